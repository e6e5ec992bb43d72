//! `kill -9` at random points under load: outlets publish, editors decide, readers read. After each
//! the database is whole, no item is lost or doubled, every decision that was acknowledged stands
//! once, and every id that was published answers. Ten kills by default; a thousand with
//! `DATELINE_CRASHES=1000 cargo test --release --test main operating::crash`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use dateline::news::{DecisionId, EventId, ItemId, Ruling, StorylineId, Target};
use dateline::store::decisions::load_decisions;
use dateline::store::{Store, editors, sessions};
use sha2::{Digest, Sha256};

use super::client::Client;
use super::newsroom::{Outlets, now};
use super::service::Place;

const FEEDS: usize = 8;
const READERS: usize = 3;
const TOKEN: &str = "5e55101000000000000000000000000000000000000000000000000000000000";

/// What the outside world remembers over all crashes.
#[derive(Default)]
struct World {
    /// Notes of the decisions that were acknowledged.
    decided: Mutex<BTreeSet<String>>,
    /// Decisions whose undoing was acknowledged.
    undone: Mutex<BTreeSet<i64>>,
    /// Ids that readers were shown, in hex.
    read: Mutex<BTreeSet<String>>,
    answers: AtomicUsize,
    count: AtomicU32,
}

/// A repeatable source of chance.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound.max(1)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_at_any_point_under_load_loses_nothing_that_was_promised() {
    let crashes: u64 = std::env::var("DATELINE_CRASHES").map_or(10, |text| text.parse().unwrap());
    let seed: u64 = std::env::var("DATELINE_SEED").map_or(20_261_122, |text| text.parse().unwrap());
    let mut chance = Chance(seed);
    let outlets = Outlets::open(FEEDS, 3).await;
    let place = Place::new(&[outlets.port()], "[clustering]\nsettle_every = 16\n");
    let store = place.open_store();
    outlets.subscribe(&store, 1, now()).await;
    open_desk(&store).await;
    drop(store);
    let world = Arc::new(World::default());
    let mut ids = BTreeMap::new();
    for crash in 0..crashes {
        let mut service = place.start();
        let people = crowd(&place, &world);
        if let Err(problem) = until_busy(&outlets, &mut chance).await {
            panic!(
                "crash {crash}, seed {seed}: {problem}\n{}",
                say_state(&place)
            );
        }
        service.kill();
        drop(people);
        place.forget_notes();
        let wrong = place.find_wrong().await;
        assert!(wrong.is_empty(), "crash {crash}, seed {seed}: {wrong}");
        let store = place.open_store();
        let mut wrong = outlets.find_lost_or_doubled(&store);
        wrong.extend(find_broken_promises(&store, &world));
        wrong.extend(find_changed_ids(&store, &mut ids, &world));
        assert!(wrong.is_empty(), "crash {crash}, seed {seed}: {wrong:#?}");
        if (crash + 1) % 50 == 0 {
            eprintln!("{} crashes, all well", crash + 1);
        }
    }
    let decided = world.decided.lock().unwrap().len();
    let (shown, published) = (world.read.lock().unwrap().len(), ids.len());
    eprintln!(
        "{crashes} crashes: {} visits, {} answers, {decided} decisions acknowledged, {published} \
         ids published, {shown} of them read",
        outlets.asked(),
        world.answers.load(Ordering::SeqCst),
    );
    assert!(decided > 0 && shown > 0, "there was load");
}

/// An editor who is logged in.
async fn open_desk(store: &Store) {
    let opened = store.write(|tx| {
        let digest: [u8; 32] = Sha256::digest(TOKEN.as_bytes()).into();
        editors::invite_editor(tx, "ada", [7; 32], now(), now())?;
        let editor = editors::find_editor(tx, "ada")?.expect("was just invited");
        sessions::open_session(tx, digest, editor.id, "csrf", now())
    });
    opened.await.unwrap();
}

/// Editors and readers at work; they stop when the set is dropped.
fn crowd(place: &Place, world: &Arc<World>) -> tokio::task::JoinSet<()> {
    let mut people = tokio::task::JoinSet::new();
    let client = place.client();
    for reader in 0..READERS {
        people.spawn(read_on(client.clone(), Arc::clone(world), reader));
    }
    let editor = client
        .with("Cookie", &format!("dateline={TOKEN}"))
        .with("X-CSRF-Token", "csrf");
    people.spawn(decide_on(editor, Arc::clone(world)));
    people
}

/// Waits for a random number of visits, then for a random moment behind them. One daemon of four
/// does not live to see its first.
async fn until_busy(outlets: &Outlets, chance: &mut Chance) -> Result<(), String> {
    let visits = chance.below(4).min(1) * chance.below(2 * FEEDS as u64);
    let enough = outlets.asked() + visits as usize;
    let busy = async {
        while outlets.asked() < enough {
            tokio::task::yield_now().await;
        }
    };
    let limit = std::time::Duration::from_secs(120);
    let waited = tokio::time::timeout(limit, busy).await;
    waited.map_err(|_| format!("{visits} visits do not come within {limit:?}"))?;
    for _ in 0..chance.below(20_000) {
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// What there is to see of a daemon that stands still: its log's end, and when each feed is due.
fn say_state(place: &Place) -> String {
    let store = Store::open_read_only(&place.data_dir()).unwrap();
    let sql =
        "SELECT id || ' ' || health || ' in ' || (next_visit_at - unixepoch()) || ' s, claimed '
            || claimed_until || ', ' || next_visit_reason || ', ' || health_reason FROM feeds";
    let feeds: Vec<String> = store
        .read(|conn| {
            let mut query = conn.prepare(sql)?;
            let rows = query.query_map([], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .unwrap();
    let log = place.log();
    let lines: Vec<&str> = log.lines().rev().take(30).collect();
    format!("{}\nnewest first:\n{}", feeds.join("\n"), lines.join("\n"))
}

async fn read_on(client: Client, world: Arc<World>, reader: usize) {
    let paths = [
        "/feeds/events.atom",
        "/feeds/log.atom",
        "/feeds/storylines.atom",
        "/",
    ];
    for turn in reader.. {
        // A connection that the crash cut off is what this is about.
        let Ok(reply) = client.get(paths[turn % paths.len()]).await else {
            continue;
        };
        world.answers.fetch_add(1, Ordering::SeqCst);
        assert_eq!(reply.status, 200, "{}", reply.body);
        if paths[turn % paths.len()] == "/feeds/events.atom" && reply.body.ends_with("</feed>\n") {
            let entries = reply.body.split("<entry>").skip(1);
            let ids = entries.filter_map(|entry| entry.split("<id>urn:uuid:").nth(1)?.get(..36));
            let ids = ids.map(|id| id.replace('-', ""));
            world.read.lock().unwrap().extend(ids);
        }
    }
}

async fn decide_on(client: Client, world: Arc<World>) {
    loop {
        let number = world.count.fetch_add(1, Ordering::SeqCst);
        let done = match number % 9 {
            8 => undo_one(&client, &world).await,
            _ => decide_one(&client, &world, number).await,
        };
        if done.is_some() {
            world.answers.fetch_add(1, Ordering::SeqCst);
        }
    }
}

async fn decide_one(client: &Client, world: &World, number: u32) -> Option<()> {
    let event = EventId(i64::from(number / 8 + 1));
    let ruling = match number % 8 {
        0 | 1 => Ruling::PinHeadline {
            event,
            headline: format!("Headline {number}"),
        },
        2 | 3 => Ruling::RenameStoryline {
            storyline: StorylineId(i64::from(number / 16 + 1)),
            headline: format!("Storyline {number}"),
        },
        4 => Ruling::Spike {
            target: Target::Event(EventId(event.0 * 5)),
        },
        5 => Ruling::SameEvent {
            a: ItemId(event.0 * 11),
            b: ItemId(event.0 * 11 + 4),
            items: Vec::new(),
        },
        _ => Ruling::NotSameEvent {
            a: ItemId(event.0 * 13),
            b: ItemId(event.0 * 13 + 1),
        },
    };
    let note = format!("note {number}");
    let sent = serde_json::json!({ "ruling": ruling, "note": note }).to_string();
    let reply = client.post_json("/api/decisions", &sent).await.ok()?;
    assert!(matches!(reply.status, 200 | 202 | 409), "{reply:?}");
    if reply.status == 200 {
        world.decided.lock().unwrap().insert(note);
    }
    Some(())
}

async fn undo_one(client: &Client, world: &World) -> Option<()> {
    let all = client.get("/api/decisions").await.ok()?;
    let made: serde_json::Value = serde_json::from_str(&all.body).ok()?;
    let made = made["decisions"].as_array()?;
    let last = made.iter().find(|one| one["undone_at"].is_null())?;
    let id = last["id"].as_i64()?;
    let path = format!("/api/decisions/{id}/undo");
    let reply = client.post_json(&path, "").await.ok()?;
    if reply.status == 200 {
        world.undone.lock().unwrap().insert(id);
    }
    Some(())
}

/// Every acknowledged decision stands once; what was undone is undone.
fn find_broken_promises(store: &Store, world: &World) -> Vec<String> {
    let made = store.read(load_decisions).unwrap();
    let mut wrong = Vec::new();
    let mut times: BTreeMap<&str, u32> = BTreeMap::new();
    for decision in &made {
        *times.entry(&decision.note).or_default() += 1;
    }
    for (note, times) in &times {
        if *times > 1 {
            wrong.push(format!("the decision of {note} stands {times} times"));
        }
    }
    for note in world.decided.lock().unwrap().iter() {
        if !times.contains_key(note.as_str()) {
            wrong.push(format!("the decision of {note} is lost"));
        }
    }
    for id in world.undone.lock().unwrap().iter() {
        let decision = made.iter().find(|one| one.id == DecisionId(*id));
        if decision.is_none_or(|one| one.undone_at.is_none()) {
            wrong.push(format!("the undoing of decision {id} is lost"));
        }
    }
    wrong
}

/// Each event and storyline keeps the id it was published under, and every id that a reader was
/// shown is known.
fn find_changed_ids(
    store: &Store,
    known: &mut BTreeMap<(String, i64), String>,
    world: &World,
) -> Vec<String> {
    let sql = "SELECT 'event', id, lower(hex(public_id)) FROM events WHERE public_id IS NOT NULL
         UNION ALL SELECT 'storyline', id, lower(hex(public_id)) FROM storylines
             WHERE public_id IS NOT NULL";
    let rows: BTreeMap<(String, i64), String> = store
        .read(|conn| {
            let mut query = conn.prepare(sql)?;
            let rows = query.query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .unwrap();
    let mut wrong = Vec::new();
    for (row, id) in known.iter() {
        if rows.get(row) != Some(id) {
            wrong.push(format!("{row:?} was {id} and is {:?}", rows.get(row)));
        }
    }
    let ids: BTreeSet<&String> = rows.values().collect();
    for id in world.read.lock().unwrap().iter() {
        if !ids.contains(id) {
            wrong.push(format!("a reader was shown {id}, which nobody knows"));
        }
    }
    known.extend(rows);
    wrong
}
