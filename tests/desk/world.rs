//! A store with its clusterer, items that tell of things in words of their own, random rulings on
//! what came of them, and what has to hold of all rulings in force.

use std::collections::{BTreeMap, BTreeSet};

use dateline::cluster::Weights;
use dateline::decisions::{Attributes, constraints_of, in_force};
use dateline::jobs::cluster::{Clusterer, ClusteringSettings};
use dateline::jobs::decide::{Asked, decide, undo};
use dateline::jobs::publish::{Pass, publish_events};
use dateline::news::{
    Answer, DecisionId, EventId, ItemId, OutletKind, Role, Ruling, StorylineId, Target, UtcTime,
    WireReading,
};
use dateline::store::feeds::{self, NewFeed};
use dateline::store::items::{self, ItemState};
use dateline::store::{Connection, Store, decisions, desk, events, outlets, standing};

use super::newsdesk::now;
use crate::dice::Dice;
use crate::rows::list_rows;

/// Items that come first, so that words weigh something.
const BACKGROUND: usize = 700;
/// Things that happen, each told in words of its own.
const HAPPENINGS: usize = 9;

pub fn word(number: usize) -> String {
    let syllables = ["ba", "ko", "ri", "tu", "le", "na", "so", "mi", "du", "fe"];
    let digits = [number % 10, number / 10 % 10, number / 100 % 10];
    digits.iter().map(|digit| syllables[*digit]).collect()
}

/// A store with its clusterer.
pub struct World {
    directory: tempfile::TempDir,
    pub store: Store,
    settings: ClusteringSettings,
    pub clusterer: Clusterer,
    pub minutes: i64,
    ids: u64,
}

fn load(store: &Store, settings: &ClusteringSettings) -> Clusterer {
    Clusterer::load(store, settings.clone(), Weights::embedded()).unwrap()
}

impl World {
    /// The merge of all that a storyline holds into another.
    pub fn merge_lines(&self, kept: StorylineId, merged: StorylineId) -> Ruling {
        let of = |line| self.store.read(|conn| desk::events_of(conn, line)).unwrap();
        Ruling::MergeStorylines {
            kept,
            kept_events: of(kept),
            merged,
            merged_events: of(merged),
        }
    }

    pub async fn open(window_hours: u32) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let mut settings = ClusteringSettings::default();
        settings.events.window_hours = window_hours;
        let clusterer = load(&store, &settings);
        let mut world = Self {
            directory,
            store,
            settings,
            clusterer,
            minutes: 0,
            ids: 0,
        };
        for number in 0..BACKGROUND {
            let words: Vec<String> = (0..7).map(|at| word(number * 37 + at * at * 131)).collect();
            world
                .ingest(number % 40, words.join(" "), String::new(), 1)
                .await;
        }
        world.take_in();
        world
    }

    pub fn now(&self) -> UtcTime {
        now() + chrono::TimeDelta::minutes(self.minutes)
    }

    /// An item that says this.
    pub async fn ingest(&mut self, outlet: usize, title: String, summary: String, minutes: i64) {
        self.ingest_as(Role::News, outlet, (title, summary), minutes)
            .await;
    }

    async fn ingest_as(
        &mut self,
        role: Role,
        outlet: usize,
        (title, summary): (String, String),
        minutes: i64,
    ) {
        self.minutes += minutes;
        let at = self.now();
        let mut digest = [0; 16];
        for (index, byte) in format!("{title}{outlet}{}", self.minutes)
            .bytes()
            .enumerate()
        {
            digest[index % 16] = u8::rotate_left(digest[index % 16], 3) ^ byte;
        }
        let state = ItemState {
            guid: None,
            title: title.clone(),
            summary: summary.clone(),
            text: String::new(),
            link: Some(format!("https://outlet{outlet}.example/{}", self.minutes)),
            author: None,
            language: "en".to_owned(),
            published_at: Some(at),
            updated_at: None,
            item_time: at,
            time_is_claimed: true,
            wire: WireReading {
                clean_title: title,
                clean_summary: summary,
                role,
                ..WireReading::default()
            },
            categories: Vec::new(),
            image: None,
            digest,
            withdrawn_at: None,
            keys: Vec::new(),
        };
        let kept = self.store.write(move |tx| {
            let name = format!("Outlet {outlet}");
            let outlet_id = outlets::ensure_outlet(tx, &name, OutletKind::Outlet)?;
            let new = NewFeed {
                url: format!("https://outlet{outlet}.example/feed"),
                outlet_id,
                ..NewFeed::default()
            };
            let (feed, _) = feeds::add_feed(tx, &new, at)?;
            items::insert_item(tx, feed, outlet_id, &state, at)
        });
        kept.await.unwrap();
    }

    /// An item that tells one of the things that happen, in its words.
    pub async fn tell(&mut self, dice: &mut Dice, minutes: i64) {
        let happening = dice.roll(HAPPENINGS);
        let own = |at: usize| word(happening * 97 + at * 13 + 5);
        let skipped = dice.roll(8);
        let words: Vec<String> = (0..8).filter(|at| *at != skipped).map(own).collect();
        let noise = word(dice.roll(1000));
        let summary = format!(
            "{} {noise}",
            words.iter().rev().cloned().collect::<Vec<_>>().join(" ")
        );
        let title = format!("{} {}", words.join(" "), word(dice.roll(1000)));
        let role = match dice.roll(10) {
            0 => Role::Live,
            _ => Role::News,
        };
        self.ingest_as(role, dice.roll(40), (title, summary), minutes)
            .await;
    }

    pub fn take_in(&mut self) {
        let now = self.now();
        tokio::task::block_in_place(|| self.clusterer.take_in(&self.store, now).unwrap());
    }

    pub fn refine(&mut self) {
        let now = self.now();
        let refined = tokio::task::block_in_place(|| self.clusterer.refine(&self.store, now));
        refined.unwrap();
    }

    pub fn restart(&mut self) {
        self.clusterer = load(&self.store, &self.settings);
    }

    /// Takes in until the first write of one kind, which fails; then starts anew.
    pub fn crash(&mut self, dice: &mut Dice) {
        let writes = [
            "BEFORE INSERT ON cursors WHEN new.name = 'cluster'",
            "BEFORE UPDATE OF obeyed ON decisions WHEN new.obeyed < 2",
            "BEFORE UPDATE OF event_id ON event_items WHEN new.item_id % 3 = 0",
            "BEFORE INSERT ON own_events WHEN new.event_id % 2 = 0",
        ];
        let write = dice.pick(&writes).expect("there are some");
        self.crash_at(write);
    }

    /// Takes in until the first write of this kind, which fails; then starts anew.
    pub fn crash_at(&mut self, write: &str) {
        let path = self.directory.path().join(dateline::store::FILE_NAME);
        let conn = Connection::open(path).unwrap();
        conn.execute_batch(&format!(
            "CREATE TRIGGER crash {write} BEGIN SELECT RAISE (ABORT, 'crash'); END"
        ))
        .unwrap();
        let now = self.now();
        // Whether anything of the kind is written depends on what was decided.
        let _ = tokio::task::block_in_place(|| self.clusterer.take_in(&self.store, now));
        conn.execute_batch("DROP TRIGGER crash").unwrap();
        self.restart();
    }

    pub async fn publish(&mut self) {
        self.ids += 1;
        let salt = self.ids;
        let count = std::sync::atomic::AtomicU64::new(0);
        let pass = Pass {
            now: self.now(),
            hold_secs: 0,
            random: std::sync::Arc::new(move || {
                let number = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                let mut bytes = [0; 16];
                bytes[..8].copy_from_slice(&salt.to_be_bytes());
                bytes[8..].copy_from_slice(&number.to_be_bytes());
                bytes
            }),
        };
        publish_events(&self.store, pass).await.unwrap();
    }

    pub fn made(&self) -> Vec<dateline::news::Decision> {
        self.store.read(decisions::load_decisions).unwrap()
    }

    /// Undoes all in random order, now and then across a restart.
    pub async fn undo_all(&mut self, dice: &mut Dice) {
        loop {
            let made = self.made();
            let open: Vec<DecisionId> = in_force(&made).map(|one| one.id).collect();
            let Some(id) = dice.pick(&open) else { return };
            let answer = undo(&self.store, id, "ben".into(), self.now()).await;
            assert!(answer.unwrap().done, "any decision can be undone");
            match dice.roll(6) {
                0 => self.crash(dice),
                1..=2 => self.restart(),
                _ => {}
            }
            self.take_in();
            self.check(0);
        }
    }

    pub fn places(&self) -> BTreeMap<ItemId, EventId> {
        let read = self.store.read(|conn| {
            let mut query = conn.prepare("SELECT item_id, event_id FROM event_items")?;
            let rows =
                query.query_map([], |row| Ok((ItemId(row.get(0)?), EventId(row.get(1)?))))?;
            Ok(rows.collect::<Result<_, _>>()?)
        });
        read.unwrap()
    }

    pub fn members(&self, event: EventId) -> Vec<ItemId> {
        let members = self.store.read(|conn| events::load_members(conn, event));
        members.unwrap().into_iter().map(|(item, _)| item).collect()
    }

    /// The events that tell one of the things that happen, by number of items, the largest first.
    pub fn events(&self) -> Vec<EventId> {
        let read = self.store.read(|conn| {
            let sql = "SELECT event_id FROM event_items WHERE item_id > ?1
                 GROUP BY event_id ORDER BY count(*) DESC, event_id LIMIT 14";
            let mut query = conn.prepare(sql)?;
            let rows = query.query_map([BACKGROUND as i64], |row| row.get(0).map(EventId))?;
            Ok(rows.collect::<Result<_, _>>()?)
        });
        read.unwrap()
    }

    pub fn line_of(&self, event: EventId) -> Option<StorylineId> {
        let event = self
            .store
            .read(|conn| desk::load_event(conn, event))
            .unwrap()?;
        event.merged_into.is_none().then_some(event.storyline_id)
    }

    pub fn ruling(&self, dice: &mut Dice) -> Option<Ruling> {
        let events = self.events();
        let (a, b) = (dice.pick(&events)?, dice.pick(&events)?);
        let (items, others) = (self.members(a), self.members(b));
        let ruling = match dice.roll(12) {
            0..=2 => Ruling::MergeEvents {
                kept: a,
                kept_items: items,
                merged: b,
                merged_items: others,
            },
            3..=4 => {
                let (kept_items, split_items) = dice.some(&items);
                Ruling::SplitEvent {
                    event: a,
                    kept_items,
                    split_items,
                }
            }
            5 => Ruling::MoveItem {
                item: *items.first()?,
                from: a,
                from_items: items[1..].to_vec(),
                to: b,
                to_items: others,
            },
            6 => Ruling::SameEvent {
                a: dice.pick(&items)?,
                b: dice.pick(&others)?,
                items: Vec::new(),
            },
            7 => Ruling::NotSameEvent {
                a: dice.pick(&items)?,
                b: dice.pick(&items)?,
            },
            8 => Ruling::Lock { event: a, items },
            9 => Ruling::PinHeadline {
                event: a,
                headline: format!("Pinned {}", dice.roll(1000)),
            },
            10 => self.storyline_ruling(dice, a, b)?,
            _ => Ruling::Spike {
                target: Target::Item(dice.pick(&items)?),
            },
        };
        Some(ruling)
    }

    pub fn storyline_ruling(&self, dice: &mut Dice, a: EventId, b: EventId) -> Option<Ruling> {
        let (kept, merged) = (self.line_of(a)?, self.line_of(b)?);
        let of = |line| self.store.read(|conn| desk::events_of(conn, line)).unwrap();
        let (kept_events, merged_events) = (of(kept), of(merged));
        Some(if kept == merged {
            let (kept_events, split_events) = dice.some(&kept_events);
            Ruling::SplitStoryline {
                storyline: kept,
                kept_events,
                split_events,
            }
        } else {
            Ruling::MergeStorylines {
                kept,
                kept_events,
                merged,
                merged_events,
            }
        })
    }

    /// Every decision in force holds.
    pub fn check(&self, at: usize) {
        let made = self.made();
        let constraints = constraints_of(&made);
        let story = || {
            let words = in_force(&made).map(|one| format!("{} {:?}", one.id, one.ruling));
            words.collect::<Vec<_>>().join("\n")
        };
        let event_of = self.places();
        for (a, b) in &constraints.together {
            assert_eq!(
                event_of.get(a),
                event_of.get(b),
                "{at}: {a} and {b}\n{}",
                story()
            );
        }
        for (a, b) in &constraints.apart {
            assert_ne!(
                event_of.get(a),
                event_of.get(b),
                "{at}: {a} and {b}\n{}",
                story()
            );
        }
        let attributes = Attributes::of(&made);
        for (event, pinned) in &attributes.headlines {
            let shown = self
                .store
                .read(|conn| desk::load_event(conn, *event))
                .unwrap();
            if let Some(shown) =
                shown.filter(|shown| shown.merged_into.is_none() && shown.report_count > 0)
            {
                assert_eq!(shown.headline, pinned.value, "{at}");
            }
        }
        for one in in_force(&made) {
            self.check_storylines(at, &one.ruling);
        }
        assert_eq!(self.misdescribed(), "", "{at}\n{}", story());
    }

    /// Events that are described with reports or by a headline that they do not have.
    fn misdescribed(&self) -> String {
        self.list(&[
            "SELECT e.id || ' has ' || e.report_count FROM events e
             WHERE e.merged_into IS NULL AND e.report_count <> (
                SELECT max(count(*) - count(m.reprint_of), min(count(*), 1)) FROM event_items m
                    JOIN items i ON i.id = m.item_id WHERE m.event_id = e.id AND i.spiked = 0)",
            "SELECT e.id || ' shows the headline of ' || e.headline_item_id FROM events e
             WHERE e.merged_into IS NULL AND e.report_count > 0 AND e.headline_item_id NOT IN (
                SELECT item_id FROM event_items WHERE event_id = e.id)",
        ])
    }

    fn check_storylines(&self, at: usize, ruling: &Ruling) {
        let lines = |events: &[EventId]| -> BTreeSet<StorylineId> {
            events
                .iter()
                .filter_map(|event| self.line_of(*event))
                .collect()
        };
        match ruling {
            Ruling::MergeStorylines {
                kept_events,
                merged_events,
                ..
            } => {
                let all: Vec<EventId> = kept_events.iter().chain(merged_events).copied().collect();
                assert!(
                    lines(&all).len() <= 1,
                    "{at}: {ruling:?} stand in {:?}",
                    lines(&all)
                );
            }
            Ruling::SplitStoryline {
                kept_events,
                split_events,
                ..
            } => {
                // Where an event of each side are one by now, it stands with what stayed.
                let stayed: BTreeSet<EventId> = kept_events
                    .iter()
                    .map(|event| self.successor_of(*event))
                    .collect();
                let went = split_events.iter().filter(|event| !stayed.contains(event));
                let went: Vec<EventId> = went.copied().collect();
                let (kept, split) = (lines(kept_events), lines(&went));
                assert!(
                    kept.is_disjoint(&split),
                    "{at}: {ruling:?}: {kept:?} {split:?}"
                );
            }
            _ => {}
        }
    }

    /// What an event was merged into; itself if it was not.
    fn successor_of(&self, event: EventId) -> EventId {
        let next = |conn: &_| standing::load_successor(conn, event);
        let next = self.store.read(next).unwrap();
        next.map_or(event, |into| self.successor_of(into))
    }

    /// What the events are, each named by its items, and everything frozen.
    pub fn dump(&self) -> String {
        self.list(&[
            "SELECT group_concat(item_id) || ' ' || headline || ' ' || coalesce(lede, lede_bytes) || ' '
                || occurred_at || ' ' || report_count || ' ' || outlet_count || ' ' || spiked
                || locked
             FROM (SELECT * FROM event_items ORDER BY item_id) m
                JOIN events e ON e.id = m.event_id GROUP BY e.id ORDER BY min(item_id)",
            "SELECT item_id || ' ' || coalesce(reprint_of, '-') || ' ' || coalesce(hex(frozen), '-')
             FROM event_items ORDER BY item_id",
            "SELECT item_id || ' beside ' || report_id FROM items_beside ORDER BY item_id",
            "SELECT item_id || ' ' || hex(pairs) FROM scores ORDER BY item_id",
        ])
    }

    /// What the storylines are, each named by its items.
    pub fn dump_storylines(&self) -> String {
        self.list(&[
            "SELECT group_concat(item_id) || ' ' || s.headline || ' ' || s.life || ' '
                || s.event_count || ' ' || s.outlet_count || ' ' || s.first_event_at || ' '
                || s.last_event_at
             FROM (SELECT e.storyline_id, m.item_id FROM events e
                    JOIN event_items m ON m.event_id = e.id ORDER BY m.item_id) t
                JOIN storylines s ON s.id = t.storyline_id GROUP BY s.id ORDER BY min(item_id)",
        ])
    }

    /// The storylines that the machine alone would have by now, each named by its items.
    pub fn dump_own(&self) -> String {
        self.list(&[
            "WITH own (item, event) AS (
                SELECT i.value, o.event_id FROM own_events o, json_each(o.items) i
                UNION ALL SELECT m.item_id, m.event_id FROM event_items m
                WHERE m.event_id NOT IN (SELECT event_id FROM own_events)),
             homes (event, line) AS (
                SELECT event_id, storyline_id FROM own_events
                UNION ALL SELECT e.id, coalesce(h.storyline_id, e.storyline_id)
                FROM events e LEFT JOIN event_homes h ON h.event_id = e.id
                WHERE e.id NOT IN (SELECT event_id FROM own_events))
             SELECT group_concat(item) FROM (
                SELECT o.item, h.line FROM own o JOIN homes h ON h.event = o.event ORDER BY o.item)
             GROUP BY line ORDER BY min(item)",
            "WITH own (item, event) AS (
                SELECT i.value, o.event_id FROM own_events o, json_each(o.items) i
                UNION ALL SELECT m.item_id, m.event_id FROM event_items m
                WHERE m.event_id NOT IN (SELECT event_id FROM own_events))
             SELECT group_concat(item) FROM (SELECT * FROM own ORDER BY item)
             GROUP BY event ORDER BY min(item)",
        ])
    }

    /// An editor rules, and the clusterer follows.
    pub async fn rule(&mut self, ruling: Ruling) -> Answer {
        let asked = Asked {
            ruling,
            editor: "anna".into(),
            note: String::new(),
        };
        let answer = decide(&self.store, asked, self.now()).await.unwrap();
        assert!(answer.done, "{answer:?}");
        self.take_in();
        answer
    }

    /// The same where the daemon is killed at the first write of a kind, and is started anew.
    pub async fn rule_and_crash(&mut self, ruling: Ruling, write: &str) -> Answer {
        let asked = Asked {
            ruling,
            editor: "anna".into(),
            note: String::new(),
        };
        let answer = decide(&self.store, asked, self.now()).await.unwrap();
        self.crash_at(write);
        answer
    }

    /// The events in which items stand.
    pub fn homes(&self, items: &[ItemId]) -> BTreeSet<EventId> {
        let places = self.places();
        items.iter().map(|item| places[item]).collect()
    }

    fn list(&self, queries: &[&str]) -> String {
        list_rows(&self.store, queries)
    }
}
