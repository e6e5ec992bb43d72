//! Feed readers as their source has them, reading a replayed week poll by poll: nobody is notified
//! more often than something material happened, and nothing vanishes before its time.

use std::collections::{BTreeMap, BTreeSet};

use dateline::news::{DevelopmentKind, Role};
use dateline::store::published::{self, Extent};
use serde_json::Value;

use super::newsroom::{Newsroom, START, Told, told};

/// An entry as a reader gets it.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    pub id: String,
    pub title: String,
    pub published: String,
    pub updated: String,
    pub content: String,
}

/// How a reader takes a changed entry of an id that it knows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Habit {
    /// Replaces it silently: NetNewsWire, Miniflux, FreshRSS and tt-rss by default.
    Silent,
    /// Shows it unread again when `updated` moved: FreshRSS and tt-rss if asked to.
    UnreadAgain,
    /// Lists it as updated when it grew by more than fifty letters: Feedbin.
    UpdatedIfGrown,
    /// Keeps what it had: CommaFeed, yarr.
    IgnoresEdits,
}

/// Every habit.
pub const HABITS: [Habit; 4] = [
    Habit::Silent,
    Habit::UnreadAgain,
    Habit::UpdatedIfGrown,
    Habit::IgnoresEdits,
];

pub struct Reader {
    pub habit: Habit,
    kept: BTreeMap<String, Seen>,
    pub notified: BTreeMap<String, usize>,
    told: Vec<Seen>,
}

impl Reader {
    pub fn new(habit: Habit) -> Self {
        Self {
            habit,
            kept: BTreeMap::new(),
            notified: BTreeMap::new(),
            told: Vec::new(),
        }
    }

    /// What a notification told, each time with what was known before.
    pub fn steps(&self, id: &str) -> Vec<&Seen> {
        self.told.iter().filter(|seen| seen.id == id).collect()
    }

    pub fn poll(&mut self, entries: &[Seen]) {
        for entry in entries {
            let known = self.kept.get(&entry.id);
            let is_news = match (known, self.habit) {
                (None, _) => true,
                (Some(known), Habit::UnreadAgain) => known.updated != entry.updated,
                (Some(known), Habit::UpdatedIfGrown) => {
                    sanitized_letters(&entry.content) > sanitized_letters(&known.content) + 50
                }
                (Some(_), Habit::Silent | Habit::IgnoresEdits) => false,
            };
            if is_news {
                self.told.extend(known.cloned());
                self.told.push(entry.clone());
                *self.notified.entry(entry.id.clone()).or_default() += 1;
            }
            if known.is_none() || self.habit != Habit::IgnoresEdits {
                self.kept.insert(entry.id.clone(), entry.clone());
            }
        }
    }
}

/// How Feedbin counts (`Sanitize.fragment(content).length`): without markup, escapes as they stand,
/// and a space before and after each block.
fn sanitized_letters(html: &str) -> usize {
    let mut parts = html.split('<');
    let before = parts.next().map_or(0, |text| text.chars().count());
    let counts = parts.map(|part| {
        let (tag, text) = part.split_once('>').expect("a tag that ends");
        let name = tag.trim_start_matches('/').split(' ').next();
        let is_block = matches!(name, Some("p" | "ul" | "li"));
        text.chars().count() + usize::from(is_block)
    });
    before + counts.sum::<usize>()
}

/// What the week brings, hour by hour: event, outlet, headline, role.
fn week() -> Vec<(i64, &'static str, String, Role)> {
    let outlets = ["AP", "Reuters", "Daily", "Post", "Herald", "dpa"];
    let mut lines = Vec::new();
    for hour in 0..168_usize {
        let event = 1 + (hour / 2) as i64;
        let outlet = outlets[hour % outlets.len()];
        let toll = 10 + hour % 3;
        lines.push((
            event,
            outlet,
            format!("Fire {event} spreads, {toll} hurt"),
            Role::News,
        ));
        if hour % 5 == 0 {
            lines.push((
                event,
                "Post",
                format!("More about fire {event}"),
                Role::Update,
            ));
        }
        if hour % 24 == 7 {
            lines.push((
                event,
                "Daily",
                format!("Correction on fire {event}"),
                Role::Correction,
            ));
        }
    }
    lines
}

#[tokio::test]
async fn nobody_is_notified_more_often_than_something_material_happened() {
    let room = Newsroom::open();
    let site = room.site();
    let mut living: Vec<Reader> = HABITS.map(Reader::new).into();
    let mut log: Vec<Reader> = HABITS.map(Reader::new).into();
    let mut last_listed: BTreeMap<String, (i64, String)> = BTreeMap::new();
    for (number, (event, outlet, headline, role)) in week().into_iter().enumerate() {
        let minutes = number as i64 * 45 + 5;
        let link = format!("https://{}.example/{number}", outlet.to_lowercase());
        let item = room
            .ingest(Told {
                role,
                ..told(outlet, &headline, &link, minutes - 5)
            })
            .await;
        room.assign(event, event, &[(item, None)]).await;
        room.publish(minutes).await;
        if number % 4 != 0 {
            continue;
        }
        site.expire();
        let events = poll(&site, "/feeds/events.json").await;
        check_stay(&events, &mut last_listed, START + minutes * 60);
        for reader in &mut living {
            reader.poll(&events);
        }
        let developments = poll(&site, "/feeds/log.json").await;
        for reader in &mut log {
            reader.poll(&developments);
        }
    }
    let changes = material_changes(&room);
    assert!(
        changes.values().any(|count| *count > 1),
        "something developed"
    );
    for reader in &living {
        for (id, times) in &reader.notified {
            let most = match reader.habit {
                Habit::UnreadAgain | Habit::UpdatedIfGrown => changes[id],
                Habit::Silent | Habit::IgnoresEdits => 1,
            };
            assert!(
                *times <= most,
                "{:?} of {id}: {times} > {most}",
                reader.habit
            );
        }
    }
    let written: usize = changes.values().sum();
    for reader in &log {
        assert_eq!(reader.notified.len(), written, "{:?}", reader.habit);
        assert!(
            reader.notified.values().all(|times| *times == 1),
            "{:?}",
            reader.habit
        );
    }
}

/// How many developments each event had, by its id.
fn material_changes(room: &Newsroom) -> BTreeMap<String, usize> {
    let extent = Extent {
        at_least: 10_000,
        at_most: 10_000,
        ..Extent::default()
    };
    room.store
        .read(|conn| {
            let mut changes = BTreeMap::new();
            for development in published::latest_developments(conn, extent)? {
                let name = published::name_of_event(conn, development.event_id)?;
                let id = name.expect("a published event").public_id.urn();
                *changes.entry(id).or_default() += 1;
                assert_ne!(development.kind, DevelopmentKind::Decision);
            }
            Ok(changes)
        })
        .expect("a read")
}

pub async fn poll(site: &dateline::serve::Site, path: &str) -> Vec<Seen> {
    let (bytes, _) = site
        .feed_content(path)
        .await
        .expect("a feed")
        .expect("a feed");
    let feed: Value = serde_json::from_slice(&bytes).expect("JSON");
    let text = |item: &Value, key: &str| item[key].as_str().expect("a text").to_owned();
    let items = feed["items"].as_array().expect("items");
    let entries: Vec<Seen> = items
        .iter()
        .map(|item| Seen {
            id: text(item, "id"),
            title: text(item, "title"),
            published: text(item, "date_published"),
            updated: text(item, "date_modified"),
            content: text(item, "content_html"),
        })
        .collect();
    let ids: BTreeSet<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
    assert_eq!(ids.len(), entries.len(), "no id stands twice");
    entries
}

/// An entry that is gone had been changed 48 hours before, and 50 others came after it. The time of
/// publication never moves.
pub fn check_stay(events: &[Seen], last: &mut BTreeMap<String, (i64, String)>, now: i64) {
    let listed: BTreeSet<&str> = events.iter().map(|entry| entry.id.as_str()).collect();
    for (id, (updated, _)) in last.iter() {
        if !listed.contains(id.as_str()) {
            let age = now - updated;
            assert!(age > 48 * 3600, "{id} vanished after {age} s");
            assert!(
                events.len() >= 50,
                "{id} vanished from {} entries",
                events.len()
            );
        }
    }
    for entry in events {
        let updated = chrono::DateTime::parse_from_rfc3339(&entry.updated).expect("a time");
        let known = last
            .entry(entry.id.clone())
            .or_insert_with(|| (0, entry.published.clone()));
        assert_eq!(known.1, entry.published, "published moved");
        known.0 = updated.timestamp();
    }
}
