//! No word of what an editor keeps out stands in any published document, wherever it stood before and whatever is ruled
//! beside it. More operations with `DATELINE_OPERATIONS`, other histories with `DATELINE_SEED`.

use std::sync::Arc;

use dateline::clock::FakeClock;
use dateline::decisions::in_force;
use dateline::news::{DecisionId, EventId, ItemId, PublicId, Ruling, StorylineId, Target};
use dateline::serve::{Settings, Site};
use dateline::store::{desk, published};

use super::holding::dice;
use super::spiking::{rule, take_back};
use super::world::{World, word};
use crate::dice::Dice;
use crate::publishing::http::Server;
use crate::rows::list_rows;

const OPERATIONS: usize = 40;
/// Things that happen.
const MATTERS: usize = 5;
/// Items of what happened before, of which nothing is published.
const BACKGROUND: i64 = 700;

/// Nothing is published yet.
async fn open() -> World {
    let world = World::open(1000).await;
    let forgotten = world.store.write(|tx| {
        tx.execute_batch("DELETE FROM publish_queue; UPDATE events SET settled = 0")?;
        Ok(())
    });
    forgotten.await.expect("a write");
    world
}

/// An item that tells of a matter, with a word that no other has.
async fn tell(world: &mut World, outlet: usize, matter: usize) -> ItemId {
    let token = format!("zq{}q", world.minutes);
    let own = |at: usize| format!("qu{}", word(matter * 97 + at * 13 + 5));
    let words: Vec<String> = (0..8).filter(|at| *at != outlet % 8).map(own).collect();
    let lead: Vec<&str> = words.iter().rev().map(String::as_str).collect();
    let lead = format!("{} {token}", lead.join(" "));
    world
        .ingest(outlet, format!("{} {token}", words.join(" ")), lead, 3)
        .await;
    let newest = world.store.read(|conn| {
        let sql = "SELECT max(id) FROM items";
        Ok(conn.query_row(sql, [], |row| row.get(0))?)
    });
    ItemId(newest.expect("an item"))
}

async fn follow(world: &mut World) {
    for _ in 0..2 {
        world.take_in();
        world.publish().await;
    }
}

/// Three items of each of some matters, published; their events.
async fn told(world: &mut World, matters: usize) -> Vec<EventId> {
    told_by(world, &vec![3; matters]).await
}

/// The same, each by so many outlets.
async fn told_by(world: &mut World, outlets: &[usize]) -> Vec<EventId> {
    let mut events = Vec::new();
    for (matter, count) in outlets.iter().enumerate() {
        let mut item = ItemId(0);
        for outlet in 0..*count {
            item = tell(world, outlet, matter).await;
        }
        world.take_in();
        events.push(event_of(world, item));
    }
    follow(world).await;
    events
}

fn event_of(world: &World, item: ItemId) -> EventId {
    world.places()[&item]
}

fn line_of(world: &World, event: EventId) -> StorylineId {
    world.line_of(event).expect("one that was not merged")
}

async fn server(world: &World) -> Server {
    let settings = Settings {
        base_url: "https://news.example".to_owned(),
        ..Settings::default()
    };
    let clock = Arc::new(FakeClock::new(world.now()));
    Server::start(Site::new(world.store.clone(), settings, clock)).await
}

/// Everything that is published, a document after the other.
async fn documents(world: &World) -> String {
    let server = server(world).await;
    let lists = ["events", "storylines", "log"];
    let lists = lists
        .iter()
        .flat_map(|list| ["json", "atom"].map(|ending| format!("/feeds/{list}.{ending}")));
    let paths = lists.chain([
        "/".to_owned(),
        "/feeds/log".to_owned(),
        "/feeds.opml".to_owned(),
    ]);
    let mut paths: Vec<String> = paths.collect();
    for (noun, documents) in [
        ("events", &[""][..]),
        ("storylines", &["/timeline", "/log"]),
    ] {
        let sql = format!("SELECT hex(public_id) FROM {noun} WHERE public_id IS NOT NULL");
        for id in list_rows(&world.store, &[&sql]).lines() {
            let id = PublicId::from_bytes(u128::from_str_radix(id, 16).expect("hex").to_be_bytes());
            let of = documents
                .iter()
                .map(|document| format!("/{noun}/{id}{document}"));
            paths.extend(of.flat_map(|path| [format!("{path}.json"), path]));
        }
    }
    let mut all = String::new();
    for path in paths {
        all += &format!("\n=== {path}\n{}", server.get(&path).await.text());
    }
    all
}

/// The words of their own of items under a condition.
fn tokens(world: &World, condition: &str) -> Vec<String> {
    let sql = format!(
        "SELECT substr(i.title, instr(i.title, 'zq')) FROM items i
            LEFT JOIN event_items m ON m.item_id = i.id LEFT JOIN events e ON e.id = m.event_id
            LEFT JOIN storylines s ON s.id = e.storyline_id
         WHERE i.id > {BACKGROUND} AND ({condition}) ORDER BY i.id"
    );
    let rows = list_rows(&world.store, &[&sql]);
    rows.lines().map(str::to_owned).collect()
}

/// No word of what is out is published; returns all that is.
async fn check(world: &World, at: &str) -> String {
    let documents = documents(world).await;
    for token in tokens(world, "i.spiked OR e.spiked OR s.spiked") {
        if let Some(place) = documents.find(&token) {
            let path = documents[..place].rsplit("=== ").next().expect("a path");
            let path = path.lines().next().unwrap_or_default();
            panic!("{at}: {token} stands in {path}\n{}", story(world));
        }
    }
    documents
}

fn story(world: &World) -> String {
    let queries = [
        "SELECT 'event ' || e.id || ' into ' || coalesce(e.merged_into, '-') || ' of '
            || coalesce(e.storyline_id, '-') || iif(e.spiked, ' spiked', '') || ' ' || e.headline || ': '
            || coalesce((SELECT group_concat(item_id) FROM event_items WHERE event_id = e.id), '')
         FROM events e WHERE e.public_id IS NOT NULL",
        "SELECT 'storyline ' || id || ' into ' || coalesce(merged_into, '-') || iif(spiked, ' spiked ', ' ')
            || headline || ' by ' || coalesce(headline_item_id, '-')
         FROM storylines WHERE public_id IS NOT NULL",
        "SELECT 'item ' || id || iif(spiked, ' spiked ', ' ') || title FROM items WHERE id > 700",
        "SELECT 'decision ' || id || ' ' || ruling FROM decisions WHERE undone_at IS NULL",
    ];
    list_rows(&world.store, &queries)
}

async fn spike(world: &mut World, target: Target) -> DecisionId {
    assert!(rule(world, Ruling::Spike { target }).await);
    follow(world).await;
    world.made().last().expect("a decision").id
}

async fn merge_lines(world: &mut World, kept: StorylineId, merged: StorylineId) {
    let ruling = world.merge_lines(kept, merged);
    assert!(rule(world, ruling).await);
    follow(world).await;
}

fn id_of(world: &World, line: StorylineId) -> PublicId {
    let name = |conn: &_| published::name_of_storyline(conn, line);
    let name = world.store.read(name).expect("a read");
    name.expect("a published storyline").public_id
}

fn headline_item(world: &World, event: EventId) -> ItemId {
    let found = world.store.read(|conn| desk::load_event(conn, event));
    let found = found.expect("a read").expect("the event");
    found.headline_item_id.expect("a report gave it")
}

/// Whose headline each published storyline has.
fn named_after(world: &World) -> String {
    let sql = "SELECT id || ' ' || headline || ' ' || coalesce(headline_event_id, '-') || ' '
            || coalesce(headline_item_id, '-') FROM storylines WHERE public_id IS NOT NULL";
    list_rows(&world.store, &[sql])
}

/// The same as it is found out where it was not noted.
async fn named_after_an_upgrade(world: &World) -> String {
    let migration = include_str!("../../migrations/0030_named_after.sql");
    let start = migration.find("UPDATE storylines").expect("it is there");
    let upgraded = world.store.write(move |tx| {
        let sql = "UPDATE storylines SET headline_event_id = NULL, headline_item_id = NULL";
        tx.execute(sql, [])?;
        Ok(tx.execute_batch(&migration[start..])?)
    });
    upgraded.await.expect("an upgrade");
    named_after(world)
}

async fn is_listed(world: &World, line: StorylineId) -> bool {
    let feed = server(world).await.get("/feeds/storylines.json").await;
    feed.text().contains(&id_of(world, line).urn())
}

async fn status_of(world: &World, line: StorylineId) -> u16 {
    let path = format!("/storylines/{}/timeline.json", id_of(world, line));
    server(world).await.get(&path).await.status
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_merged_storyline_tells_no_headline_of_what_was_spiked_since() {
    let mut world = open().await;
    // The one in the middle heads what holds it: most outlets tell it.
    let events = told_by(&mut world, &[1, 3, 1]).await;
    let lines = [0, 1, 2].map(|at| line_of(&world, events[at]));
    merge_lines(&mut world, lines[1], lines[2]).await;
    merge_lines(&mut world, lines[0], lines[1]).await;
    assert!(is_listed(&world, lines[2]).await, "it says into what");
    assert_eq!(named_after(&world), named_after_an_upgrade(&world).await);
    // The one in the middle: the first one says that it went into the end.
    let decision = spike(&mut world, Target::Event(events[1])).await;
    check(&world, "the event").await;
    assert!(!is_listed(&world, lines[1]).await && is_listed(&world, lines[2]).await);
    assert_eq!(status_of(&world, lines[1]).await, 307);
    take_back(&world, decision).await;
    follow(&mut world).await;
    assert!(is_listed(&world, lines[1]).await);
    let item = headline_item(&world, events[2]);
    spike(&mut world, Target::Item(item)).await;
    check(&world, "the report").await;
    assert!(is_listed(&world, lines[1]).await && !is_listed(&world, lines[2]).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storyline_that_was_merged_into_one_of_which_every_event_is_spiked_is_kept_back_with_it()
{
    let mut world = open().await;
    let events = told(&mut world, 2).await;
    let [kept, merged] = [0, 1].map(|at| line_of(&world, events[at]));
    merge_lines(&mut world, kept, merged).await;
    for event in &events {
        spike(&mut world, Target::Event(*event)).await;
    }
    check(&world, "all").await;
    for line in [kept, merged] {
        assert!(!is_listed(&world, line).await);
        assert_eq!(status_of(&world, line).await, 410);
    }
    let last = world.made().last().expect("a decision").id;
    take_back(&world, last).await;
    follow(&mut world).await;
    assert_eq!(status_of(&world, kept).await, 200);
    assert_eq!(status_of(&world, merged).await, 307);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_tells_no_words_of_a_report_that_stands_in_what_is_spiked() {
    for way in ["split", "moved", "storyline"] {
        let mut world = open().await;
        let events = told(&mut world, 2).await;
        let item = headline_item(&world, events[0]);
        let token = tokens(&world, &format!("i.id = {}", item.0)).remove(0);
        assert!(documents(&world).await.contains(&token));
        if way == "moved" {
            spike(&mut world, Target::Event(events[1])).await;
            let load = |conn: &_| desk::load_move(conn, item, events[1]);
            let ruling = world.store.read(load).expect("a read");
            assert!(rule(&world, ruling).await);
            follow(&mut world).await;
        } else {
            let event = event_of(&world, item);
            let mut kept_items = world.members(event);
            kept_items.retain(|kept| *kept != item);
            let split = Ruling::SplitEvent {
                event,
                kept_items,
                split_items: vec![item],
            };
            assert!(rule(&world, split).await);
            follow(&mut world).await;
            let parted = event_of(&world, item);
            assert_ne!(parted, event);
            if way == "storyline" {
                let line = line_of(&world, parted);
                let split = Ruling::SplitStoryline {
                    storyline: line,
                    kept_events: vec![event],
                    split_events: vec![parted],
                };
                assert!(rule(&world, split).await);
                follow(&mut world).await;
                let line = line_of(&world, parted);
                spike(&mut world, Target::Storyline(line)).await;
            } else {
                spike(&mut world, Target::Event(parted)).await;
            }
        }
        check(&world, way).await;
        // What is let in again is told again.
        let is_spike = |one: &&dateline::news::Decision| matches!(one.ruling, Ruling::Spike { .. });
        let made = world.made();
        let spiked = made.iter().find(is_spike).expect("a spike");
        take_back(&world, spiked.id).await;
        follow(&mut world).await;
        assert!(documents(&world).await.contains(&token), "{way}");
    }
}

/// Of what is in force, one of the latest matters.
async fn operate(world: &mut World, dice: &mut Dice) {
    let events = world.events();
    let events = &events[..events.len().min(12)];
    let event = dice.pick(events);
    match dice.roll(12) {
        0..=2 => {
            let (outlet, matter) = (dice.roll(40), dice.roll(MATTERS));
            tell(world, outlet, matter).await;
        }
        3..=5 => {
            let target = event.and_then(|event| match dice.roll(3) {
                0 => world.line_of(event).map(Target::Storyline),
                1 => Some(Target::Event(event)),
                _ => dice.pick(&world.members(event)).map(Target::Item),
            });
            if let Some(target) = target {
                rule(world, Ruling::Spike { target }).await;
            }
        }
        6..=7 => {
            let made = world.made();
            let open: Vec<DecisionId> = in_force(&made).map(|one| one.id).collect();
            if let Some(id) = dice.pick(&open) {
                take_back(world, id).await;
            }
        }
        8 => {
            let pair = event.zip(dice.pick(events));
            let ruling = pair.and_then(|(a, b)| world.storyline_ruling(dice, a, b));
            if let Some(ruling) = ruling {
                rule(world, ruling).await;
            }
        }
        _ => {
            if let Some(ruling) = world.ruling(dice) {
                rule(world, ruling).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_word_of_what_is_spiked_is_published_whatever_is_ruled_beside_it() {
    let asked = std::env::var("DATELINE_OPERATIONS");
    let operations = asked.map_or(OPERATIONS, |number| number.parse().expect("a number"));
    let mut dice = dice(0x000f_0bad);
    let mut world = open().await;
    told(&mut world, MATTERS).await;
    let mut most = 0;
    for number in 0..operations {
        operate(&mut world, &mut dice).await;
        follow(&mut world).await;
        let shown = check(&world, &number.to_string()).await;
        let in_it = |token: &String| shown.contains(token);
        most = most.max(tokens(&world, "TRUE").into_iter().filter(in_it).count());
    }
    assert!(most > 10, "{most}");
}
