//! Permanent ids under long random histories of what the daemon does: items come and are clustered,
//! editors merge, split, move, spike and undo, retention removes, the daemon restarts. Every id ever
//! published answers, and means reports that it was published for, but for those that an editor took
//! out of it. More operations with `DATELINE_OPERATIONS`.

use std::collections::{BTreeMap, BTreeSet};

use dateline::decisions::in_force;
use dateline::jobs::StorageSettings;
use dateline::jobs::cluster::ClusteringSettings;
use dateline::jobs::decide::{Asked, decide, undo};
use dateline::jobs::retention::remove_old;
use dateline::news::{
    Decision, DecisionId, EventId, ItemId, PublicId, Ruling, Standing, Target, UtcTime,
};
use dateline::store::{decisions, events, published};

use super::newsroom::at_minute;
use super::week::{Listed, Pipeline};
use crate::dice::Dice;

const OPERATIONS: usize = 120;
/// Things that happen, each told in words of its own; after a while others happen.
const HAPPENINGS: usize = 9;
/// Minutes between two items.
const GAP: i64 = 90;
/// Hours in which items are compared, so that much leaves the window.
const WINDOW_HOURS: u32 = 48;
const KEEP_DAYS: u32 = 4;

struct World {
    pipeline: Pipeline,
    dice: Dice,
    minutes: i64,
    told: usize,
    /// Every id ever published, with its event and the items shown then.
    ids: BTreeMap<PublicId, (EventId, BTreeSet<ItemId>)>,
    /// Of each report that editors spiked: the event that it stood in, and what they left in it.
    spiked_beside: BTreeMap<ItemId, (EventId, Vec<ItemId>)>,
    counts: BTreeMap<&'static str, usize>,
    /// What was done last, for a message.
    last: String,
}

fn word(number: usize) -> String {
    let syllables = ["ba", "ko", "ri", "tu", "le", "na", "so", "mi", "du", "fe"];
    let digits = [number % 10, number / 10 % 10, number / 100 % 10];
    digits.iter().map(|digit| syllables[*digit]).collect()
}

impl World {
    fn open(seed: u64) -> Self {
        let mut settings = ClusteringSettings::default();
        settings.events.window_hours = WINDOW_HOURS;
        Self {
            pipeline: Pipeline::open_with(settings),
            dice: Dice(seed),
            minutes: 0,
            told: 0,
            ids: BTreeMap::new(),
            spiked_beside: BTreeMap::new(),
            counts: BTreeMap::new(),
            last: String::new(),
        }
    }

    fn now(&self) -> UtcTime {
        at_minute(self.minutes)
    }

    /// One to four items that tell what happens these days.
    async fn ingest(&mut self) {
        for _ in 0..=self.dice.roll(4) {
            self.told += 1;
            let happening = self.dice.roll(HAPPENINGS) + self.told / 60 * HAPPENINGS;
            let skipped = self.dice.roll(8);
            self.tell(happening, skipped).await;
        }
    }

    /// An item that tells of a happening, but for one of eight words.
    async fn tell(&mut self, happening: usize, skipped: usize) {
        self.minutes += GAP;
        let own = |at: usize| word(happening * 97 + at * 13 + 5);
        let words: Vec<String> = (0..8).filter(|at| *at != skipped).map(own).collect();
        let title = format!("{} {}", words.join(" "), word(self.dice.roll(1000)));
        let lead: Vec<String> = words.iter().rev().cloned().collect();
        let outlet = format!("Outlet {}", self.dice.roll(40));
        let item = Listed::new(outlet, self.now(), title, lead.join(" "));
        let now = self.now();
        self.pipeline.visit(&[item], now).await;
    }

    async fn publish(&mut self) {
        let now = self.now();
        self.pipeline.visit(&[], now).await;
        self.pipeline
            .publish(now + chrono::TimeDelta::minutes(5))
            .await;
    }

    fn members(&self, event: EventId) -> Vec<ItemId> {
        let members = self
            .pipeline
            .store
            .read(|conn| events::load_members(conn, event));
        let members = members.expect("a read").into_iter();
        members.map(|(item, _)| item).collect()
    }

    /// Other things happen until nothing that is there now is compared any more.
    async fn leave_the_window(&mut self) {
        self.minutes += i64::from(WINDOW_HOURS) * 60;
        for happening in 40..42 {
            self.tell(happening, 0).await;
            self.publish().await;
        }
    }

    /// An editor parts an event; the one that holds what is not `kept`.
    async fn part(&mut self, event: EventId, kept: &[ItemId]) -> EventId {
        let items = self.members(event).into_iter();
        let split_items: Vec<ItemId> = items.filter(|item| !kept.contains(item)).collect();
        let item = split_items[0];
        let ruling = Ruling::SplitEvent {
            event,
            kept_items: kept.to_vec(),
            split_items,
        };
        assert!(self.rule(ruling).await);
        self.publish().await;
        self.event_of(item)
    }

    fn event_of(&self, item: ItemId) -> EventId {
        let read = |conn: &dateline::store::Connection| events::event_of_item(conn, item);
        let found = self.pipeline.store.read(read);
        found.expect("a read").expect("one")
    }

    fn id_of(&self, event: EventId) -> PublicId {
        let stored = self
            .pipeline
            .store
            .read(|conn| published::name_of_event(conn, event));
        stored
            .expect("a read")
            .expect("a published event")
            .public_id
    }

    fn latest_events(&self) -> Vec<EventId> {
        let sql = "SELECT event_id FROM event_items GROUP BY event_id
             ORDER BY max(item_id) DESC LIMIT 20";
        self.rows(sql, |row| row.get(0).map(EventId))
    }

    fn rows<T>(
        &self,
        sql: &str,
        read: impl Fn(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Vec<T> {
        let rows = self.pipeline.store.read(|conn| {
            let mut query = conn.prepare(sql)?;
            let rows = query.query_map([], |row| read(row))?;
            Ok(rows.collect::<Result<_, _>>()?)
        });
        rows.expect("a read")
    }

    fn ruling(&mut self) -> Option<Ruling> {
        let events = self.latest_events();
        let (a, b) = (self.dice.pick(&events)?, self.dice.pick(&events)?);
        let (items, others) = (self.members(a), self.members(b));
        Some(match self.dice.roll(10) {
            0..=2 => Ruling::MergeEvents {
                kept: a,
                kept_items: items,
                merged: b,
                merged_items: others,
            },
            3..=5 => {
                let (kept_items, split_items) = items.iter().partition(|_| self.dice.roll(2) == 0);
                Ruling::SplitEvent {
                    event: a,
                    kept_items,
                    split_items,
                }
            }
            6..=7 => Ruling::MoveItem {
                item: *items.first()?,
                from: a,
                from_items: items[1..].to_vec(),
                to: b,
                to_items: others,
            },
            _ => {
                let item = self.dice.pick(&items)?;
                self.spiked_beside.insert(item, (a, items));
                Ruling::Spike {
                    target: Target::Item(item),
                }
            }
        })
    }

    async fn operate(&mut self) {
        let what = match self.dice.roll(20) {
            0..=8 => {
                self.ingest().await;
                "ingest"
            }
            9..=13 => self.decide().await,
            14..=15 => self.undo().await,
            16..=17 => {
                let settings = StorageSettings {
                    keep_days: KEEP_DAYS,
                    ..StorageSettings::default()
                };
                let report = remove_old(&self.pipeline.store, &settings, self.now()).await;
                match report.expect("a run").removed.items {
                    0 => "nothing to remove",
                    _ => "retention",
                }
            }
            _ => {
                self.pipeline.restart();
                "restart"
            }
        };
        *self.counts.entry(what).or_default() += 1;
        if !matches!(what, "decide" | "undo") {
            self.last = what.to_owned();
        }
        self.publish().await;
    }

    async fn decide(&mut self) -> &'static str {
        let Some(ruling) = self.ruling() else {
            return "nothing to decide";
        };
        self.last = format!("{ruling:?}");
        match self.rule(ruling).await {
            true => "decide",
            false => "refused",
        }
    }

    async fn rule(&mut self, ruling: Ruling) -> bool {
        let asked = Asked {
            ruling,
            editor: "anna".into(),
            note: String::new(),
        };
        let answer = decide(&self.pipeline.store, asked, self.now()).await;
        answer.expect("an answer").done
    }

    async fn lock(&mut self, event: EventId) {
        let items = self.members(event);
        assert!(self.rule(Ruling::Lock { event, items }).await);
        self.publish().await;
    }

    async fn take_back(&mut self, decision: i64) {
        let id = DecisionId(decision);
        let answer = undo(&self.pipeline.store, id, "ben".into(), self.now()).await;
        assert!(answer.expect("an answer").done);
        self.publish().await;
    }

    async fn undo(&mut self) -> &'static str {
        let made = self.pipeline.store.read(decisions::load_decisions);
        let made = made.expect("a read");
        let open: Vec<DecisionId> = in_force(&made).map(|one| one.id).collect();
        let Some(id) = self.dice.pick(&open) else {
            return "nothing to undo";
        };
        let undone = made.iter().find(|one| one.id == id);
        self.last = format!("undo {id}: {:?}", undone.map(|one| &one.ruling));
        let answer = undo(&self.pipeline.store, id, "ben".into(), self.now()).await;
        assert!(answer.expect("an answer").done);
        "undo"
    }

    /// Ids that are new, with what they hang on.
    fn note_ids(&mut self) {
        let sql = "SELECT e.public_id, e.id, a.item_id FROM events e
             JOIN anchors a ON a.event_id = e.id WHERE e.public_id IS NOT NULL";
        let rows = self.rows(sql, |row| {
            let bytes: [u8; 16] = row.get(0)?;
            let id = PublicId::from_bytes(bytes);
            Ok((id, EventId(row.get(1)?), ItemId(row.get(2)?)))
        });
        let mut found: BTreeMap<PublicId, (EventId, BTreeSet<ItemId>)> = BTreeMap::new();
        for (id, event, item) in rows {
            let (_, items) = found.entry(id).or_insert((event, BTreeSet::new()));
            items.insert(item);
        }
        for (id, anchors) in found {
            self.ids.entry(id).or_insert(anchors);
        }
    }

    fn check(&self, at: usize) {
        let alive: BTreeSet<ItemId> = self
            .rows("SELECT id FROM items WHERE spiked = 0", |row| {
                row.get(0).map(ItemId)
            })
            .into_iter()
            .collect();
        let made = self.pipeline.store.read(decisions::load_decisions);
        let made: Vec<Decision> = made.expect("a read");
        for (id, (event, anchors)) in &self.ids {
            let (last, standing) = self.follow(*id);
            let alive: BTreeSet<ItemId> = anchors.intersection(&alive).copied().collect();
            let (left, taken_out) = self.ruled(&made, *event);
            let kept = &alive - &taken_out;
            match standing {
                Standing::Live => {
                    let found = self
                        .pipeline
                        .store
                        .read(|conn| published::find_event(conn, last));
                    let shown = found.expect("a read").expect("a live event");
                    let items: BTreeSet<ItemId> = shown
                        .reports
                        .iter()
                        .flat_map(|report| {
                            let reprints = report.reprints.iter().map(|one| one.item_id);
                            std::iter::once(report.item_id).chain(reprints)
                        })
                        .collect();
                    assert!(
                        kept.is_empty() || !(&alive | &left).is_disjoint(&items),
                        "{at}: {id}, published for {anchors:?}, shows {items:?} at {last} after {}\n{}",
                        self.last,
                        self.story()
                    );
                }
                Standing::Gone(reason) => assert!(!reason.is_empty()),
                Standing::MergedInto(_) => panic!("{at}: {id} leads round in a ring"),
            }
        }
    }

    /// What editors said of the reports of an event, as far as it is in force: those that they left in
    /// it, which its id may mean, and those that they put elsewhere, which it need not follow.
    fn ruled(&self, made: &[Decision], event: EventId) -> (BTreeSet<ItemId>, BTreeSet<ItemId>) {
        let (mut left, mut taken_out) = (BTreeSet::new(), BTreeSet::new());
        for one in in_force(made) {
            match &one.ruling {
                Ruling::MoveItem {
                    item,
                    from,
                    from_items,
                    to,
                    to_items,
                } => {
                    taken_out.insert(*item);
                    if *from == event {
                        left.extend(from_items);
                    }
                    if *to == event {
                        left.extend(to_items);
                        left.insert(*item);
                    }
                }
                Ruling::SplitEvent {
                    event: parted,
                    kept_items,
                    split_items,
                } => {
                    taken_out.extend(split_items);
                    if *parted == event {
                        left.extend(kept_items);
                    }
                }
                Ruling::MergeEvents {
                    kept,
                    kept_items,
                    merged,
                    merged_items,
                } => {
                    let is_its = [*kept, *merged].contains(&event);
                    let items = if is_its { &mut left } else { &mut taken_out };
                    items.extend(kept_items.iter().chain(merged_items));
                }
                Ruling::Spike {
                    target: Target::Item(item),
                } => match self.spiked_beside.get(item) {
                    Some((stood_in, beside)) if *stood_in == event => left.extend(beside),
                    _ => {}
                },
                _ => {}
            }
        }
        (left, taken_out)
    }

    /// What editors decided, for a message.
    fn story(&self) -> String {
        let made = self.pipeline.store.read(decisions::load_decisions);
        let made = made.expect("a read");
        let words = in_force(&made).map(|one| format!("{} {:?}", one.id, one.ruling));
        words.collect::<Vec<_>>().join("\n")
    }

    fn follow(&self, id: PublicId) -> (PublicId, Standing) {
        let mut at = id;
        for _ in 0..1000 {
            let standing = self
                .pipeline
                .store
                .read(|conn| published::standing_of_event(conn, at))
                .expect("a read")
                .unwrap_or_else(|| panic!("{id} leads to {at}, which is nothing"));
            match standing {
                Standing::MergedInto(next) => at = next,
                other => return (at, other),
            }
        }
        (at, Standing::MergedInto(at))
    }
}

/// A happening that is told twice and parted by an editor, who then merges the one half into what
/// was published before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_that_was_merged_away_follows_most_of_its_anchors_and_not_the_last_in_the_window() {
    let mut world = World::open(0x5eed_0008);
    world.tell(1, 0).await;
    world.publish().await;
    world.tell(2, 0).await;
    world.tell(2, 7).await;
    world.publish().await;
    let [elder, parted] = [1, 2].map(EventId);
    let items = world.members(parted);
    assert_eq!((world.members(elder).len(), items.len()), (1, 2));
    let half = world.part(parted, &items[..1]).await;
    let merged = world
        .rule(Ruling::MergeEvents {
            kept: elder,
            kept_items: world.members(elder),
            merged: parted,
            merged_items: world.members(parted),
        })
        .await;
    assert!(merged);
    world.publish().await;
    let [of_elder, of_parted, of_half] = [elder, parted, half].map(|event| world.id_of(event));
    // Far enough that one of the two has left the window, and the other has not.
    for number in 0..=i64::from(WINDOW_HOURS) * 60 / GAP {
        world.tell(2, 7).await;
        world.publish().await;
        assert_eq!(world.follow(of_parted).0, of_elder, "{number}");
        assert_eq!(world.id_of(half), of_half, "{number}");
        assert_eq!(world.members(half).first(), items.last(), "{number}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_stays_with_what_is_shown_of_its_anchors() {
    for kept_out in 0..2 {
        let mut world = World::open(0x5eed_0009);
        world.tell(2, 0).await;
        world.tell(2, 7).await;
        world.publish().await;
        let event = EventId(1);
        let items = world.members(event);
        let id = world.id_of(event);
        let spike = Ruling::Spike {
            target: Target::Item(items[kept_out]),
        };
        assert!(world.rule(spike).await);
        world.publish().await;
        let (a, b) = (items[0], items[1]);
        assert!(world.rule(Ruling::NotSameEvent { a, b }).await);
        world.publish().await;
        assert_eq!(world.members(event), [items[1 - kept_out]]);
        assert_eq!(world.id_of(event), id);
    }
}

/// The old event has a report that another ruling names.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_that_is_moved_into_an_old_event_joins_it_and_takes_nothing_out() {
    let mut world = World::open(0x5eed_000a);
    for (happening, skipped) in [(2, 0), (2, 7), (3, 0)] {
        world.tell(happening, skipped).await;
    }
    world.publish().await;
    let [old, other] = [1, 2].map(EventId);
    let items = world.members(old);
    let (a, b) = (items[1], world.members(other)[0]);
    assert!(world.rule(Ruling::NotSameEvent { a, b }).await);
    world.leave_the_window().await;
    world.tell(5, 0).await;
    world.publish().await;
    let from = world.latest_events()[0];
    let item = world.members(from)[0];
    let moved = world
        .rule(Ruling::MoveItem {
            item,
            from,
            from_items: Vec::new(),
            to: old,
            to_items: items.clone(),
        })
        .await;
    assert!(moved);
    let (of_old, of_from) = (world.id_of(old), world.id_of(from));
    world.publish().await;
    assert_eq!(world.members(old), [items, vec![item]].concat());
    assert_eq!(world.id_of(old), of_old);
    assert_eq!(world.follow(of_from).0, of_old);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_an_undone_split_the_id_of_the_part_leads_back_whatever_joined_it() {
    let mut world = World::open(0x5eed_000b);
    world.tell(2, 0).await;
    world.tell(2, 7).await;
    world.publish().await;
    let whole = EventId(1);
    // The first two have left the window when they are parted, the third has not.
    world.minutes += i64::from(WINDOW_HOURS) * 60 - 4 * GAP;
    world.tell(2, 7).await;
    for happening in 5..9 {
        world.tell(happening, 0).await;
        world.publish().await;
    }
    let items = world.members(whole);
    let part = world.part(whole, &items[..1]).await;
    let of_part = world.id_of(part);
    world.tell(2, 7).await;
    world.publish().await;
    assert_eq!(world.members(part).len(), 3, "the machine added one");
    let undone = undo(
        &world.pipeline.store,
        DecisionId(1),
        "ben".into(),
        world.now(),
    )
    .await;
    assert!(undone.expect("an answer").done);
    world.publish().await;
    assert_eq!(world.members(whole).len(), 4);
    assert_eq!(world.follow(of_part).0, world.id_of(whole));
}

/// Two events of one happening that an editor keeps apart, both told of again shortly before what the
/// editor named leaves the window. Then one of them is parted once more, and the machine alone would put
/// what leaves it to the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_whose_anchors_have_left_the_window_keeps_its_id_when_its_neighbour_is_parted() {
    let mut world = World::open(0x5eed_000c);
    world.tell(2, 0).await;
    world.tell(2, 7).await;
    world.publish().await;
    let both = EventId(1);
    let (a, b) = (world.members(both)[0], world.members(both)[1]);
    assert!(world.rule(Ruling::NotSameEvent { a, b }).await);
    world.publish().await;
    let other = world.event_of(b);
    for happening in 10..38 {
        world.tell(happening, 0).await;
    }
    world.lock(other).await;
    world.tell(2, 0).await;
    world.publish().await;
    world.take_back(2).await;
    world.lock(both).await;
    for _ in 0..2 {
        world.tell(2, 7).await;
        world.publish().await;
    }
    for happening in 40..44 {
        world.tell(happening, 0).await;
        world.publish().await;
    }
    world.take_back(3).await;
    let late = world.members(both)[1];
    let of_both = world.id_of(both);
    let last = world.members(other)[2];
    let half = world.part(other, &[last]).await;
    assert!(world.members(both).starts_with(&[a, late]));
    assert_eq!(world.id_of(both), of_both);
    assert_eq!(world.members(half).first(), Some(&b));
    assert!(!world.members(half).contains(&late));
}

fn asked<T: std::str::FromStr>(name: &str) -> Option<T> {
    std::env::var(name).ok()?.parse().ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_keep_their_meaning_whatever_the_desk_and_the_machine_do() {
    let operations = asked("DATELINE_OPERATIONS").unwrap_or(OPERATIONS);
    let mut world = World::open(0x5eed_0007 + asked("DATELINE_SEED").unwrap_or(0));
    for number in 0..operations {
        world.operate().await;
        world.note_ids();
        if number % (operations / 100).max(5) == 0 || number + 1 == operations {
            world.check(number);
        }
    }
    println!("{} ids, {:?}", world.ids.len(), world.counts);
    for what in ["ingest", "decide", "undo", "retention", "restart"] {
        assert!(
            world.counts.contains_key(what),
            "{what}: {:?}",
            world.counts
        );
    }
}
