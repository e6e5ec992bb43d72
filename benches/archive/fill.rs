//! Makes items, events and storylines with the statistics of news: words by Zipf's law, events of one
//! to some hundred items, the last hundred thousand items within the window.

use dateline::cluster::{ArrivingItem, Engine, Restored, Weights};
use dateline::jobs::cluster::ClusteringSettings;
use dateline::news::{
    EventId, FeedId, ItemId, Life, OutletId, OutletKind, PublicId, Role, StorylineId, UtcTime,
    WireReading, utc_from_secs,
};
use dateline::store::clustering::LearntTable;
use dateline::store::events::{self, EventDescription, Member, StorylineDescription};
use dateline::store::feeds::{NewFeed, add_feed};
use dateline::store::items::{ItemState, insert_item};
use dateline::store::{Pending, Result, Store, Transaction, clustering, outlets, publishing};

const FEEDS: u64 = 2_000;
/// Items of one transaction.
const LOT: u64 = 2_000;
/// Items within the window of the clusterer.
const LIVE: u64 = 100_000;
/// Seconds between two items in the window.
const LIVE_SECS: i64 = 3;
/// Seconds between two items before it.
const OLD_SECS: i64 = 6;
const VOCABULARY: u64 = 60_000;

/// How many items there are, and when the last one came, in Unix seconds.
#[derive(Clone, Copy)]
pub struct Archive {
    pub count: u64,
    pub until: i64,
}

impl Archive {
    pub fn time_of(self, item: u64) -> UtcTime {
        let back = (self.count - item.min(self.count)) as i64;
        let live = back.min(LIVE as i64);
        utc_from_secs(self.until - live * LIVE_SECS - (back - live) * OLD_SECS)
    }
}

/// A path with numbers and words put in.
pub fn name_in(page: &str, round: u64, count: u64) -> String {
    let event = event_of(count - 1 - mix(round) % (count / 2)) + 1;
    page.replace("{event}", &event.to_string())
        .replace("{line}", &(event / 3 + 1).to_string())
        .replace("{rare}", &word(20_000 + mix(round) % 20_000))
        .replace("{common}", &word(20 + mix(round) % 20))
        .replace("{start}", &word(2_000 + mix(round) % 500)[..4])
}

pub fn fill(store: &Store, there: u64, archive: Archive) {
    let prepared = store.write_blocking(move |tx| prepare(tx, archive));
    prepared.expect("feeds are added");
    let count = archive.count;
    let mut from = there;
    while from < count {
        let until = (from + LOT).min(count);
        let lot = store.begin_together_blocking(move |tx| write_lot(tx, (from, until), archive));
        let written = lot.and_then(Pending::wait);
        written.expect("items are written");
        store
            .learn_to_pack(until as i64)
            .expect("packing is learnt");
        from = until;
    }
    let oldest = count.saturating_sub(LIVE).max(1) as i64;
    let learnt = learn(archive, oldest as u64);
    let ends = store.write_blocking(move |tx| {
        clustering::save_learnt_tables(tx, &learnt)?;
        clustering::save_cursor(tx, "cluster", count as i64)?;
        clustering::save_cursor(tx, "cluster-oldest-live", oldest)?;
        clustering::save_cursor(tx, "cluster-next-event", event_of(count) as i64 + 2)?;
        clustering::save_cursor(tx, "cluster-next-storyline", event_of(count) as i64 / 3 + 3)?;
        publishing::move_version(tx, archive.time_of(count))
    });
    ends.expect("cursors are saved");
}

/// What clustering would have learnt from the last items before the oldest live one.
fn learn(archive: Archive, oldest: u64) -> Vec<LearntTable> {
    let settings = ClusteringSettings::default().events;
    let mut learning = Engine::restore(settings, Weights::embedded(), Restored::default());
    for from in (oldest.saturating_sub(LIVE)..oldest).step_by(LOT as usize) {
        let until = (from + LOT).min(oldest);
        let items: Vec<ArrivingItem> = (from..until).map(|at| arriving(at, archive)).collect();
        learning.take(&items, Vec::new());
    }
    let tables = learning.finish().tables().languages;
    let learnt = tables.into_iter().map(|(language, content)| LearntTable {
        language,
        seq: ItemId(oldest as i64),
        content,
    });
    learnt.collect()
}

fn arriving(item: u64, archive: Archive) -> ArrivingItem {
    let state = state_of(item, event_of(item), archive);
    ArrivingItem {
        id: ItemId(item as i64 + 1),
        outlet: OutletId(outlet_of(item)),
        outlet_is_wire: false,
        language: state.language,
        item_time: state.item_time,
        time_is_claimed: true,
        title: state.title,
        summary: state.summary,
        text: state.text,
        role: Role::News,
        agency: None,
        dateline: None,
        series_key: None,
    }
}

fn prepare(tx: &Transaction<'_>, archive: Archive) -> Result<()> {
    let began = archive.time_of(0);
    publishing::ensure_publication(tx, PublicId::mint([7; 16]), began)?;
    for feed in 0..FEEDS {
        let name = format!("Outlet {}", feed / 5);
        let outlet_id = outlets::ensure_outlet(tx, &name, OutletKind::Outlet)?;
        let new = NewFeed {
            url: format!("https://outlet{feed}.example/feed"),
            outlet_id,
            ..NewFeed::default()
        };
        add_feed(tx, &new, began)?;
    }
    Ok(())
}

fn write_lot(tx: &Transaction<'_>, (from, until): (u64, u64), archive: Archive) -> Result<()> {
    let mut number = from;
    while number < until {
        let event = event_of(number);
        let first = number;
        while number < until && event_of(number) == event {
            number += 1;
        }
        let mut members = Vec::new();
        for item in first..number {
            let state = state_of(item, event, archive);
            let feed_id = FeedId((mix(item) % FEEDS) as i64 + 1);
            let outlet_id = OutletId(outlet_of(item));
            let at = archive.time_of(item);
            members.push(Member {
                item: insert_item(tx, feed_id, outlet_id, &state, at)?,
                reprint_of: None,
                evidence: None,
                frozen: Vec::new(),
            });
        }
        tell(tx, event, &members, (archive.time_of(first), first))?;
    }
    Ok(())
}

fn tell(
    tx: &Transaction<'_>,
    event: u64,
    members: &[Member],
    (at, first): (UtcTime, u64),
) -> Result<()> {
    let id = EventId(event as i64 + 1);
    let storyline = StorylineId(event as i64 / 3 + 1);
    events::save_members(tx, id, members, at)?;
    events::link_event(tx, id, storyline)?;
    let description = EventDescription {
        headline: title_of(first, event),
        headline_item: members.first().map(|member| member.item),
        lede: lead_of(first, event),
        occurred_at: at,
        first_report_at: at,
        last_report_at: at,
        report_count: members.len() as u32,
        outlets: (1..=members.len() as i64).map(OutletId).collect(),
        ..EventDescription::default()
    };
    events::describe_event(tx, id, &description)?;
    let told = StorylineDescription {
        headline: title_of(first, event),
        slug: format!("line-{storyline}"),
        life: Life::Developing,
        first_event_at: at,
        last_event_at: at,
        event_count: (event % 3) as u32 + 1,
        outlet_count: members.len() as u32,
        named_after: None,
    };
    events::describe_storyline(tx, storyline, &told)?;
    let mint = |salt: u64| {
        let number = u128::from(mix(event * 2 + salt)) << 64 | u128::from(mix(event + 77 + salt));
        PublicId::mint(number.to_le_bytes())
    };
    publishing::publish_storyline(tx, storyline, mint(0), at)?;
    let anchors = members.iter().map(|member| member.item).collect();
    publishing::publish_event(tx, id, mint(1), &anchors, at)?;
    // What its storyline says now is known of its earlier events too.
    let of_storyline = event - event % 3..=event;
    of_storyline
        .map(|event| EventId(event as i64 + 1))
        .try_for_each(|id| publishing::leave_queue(tx, id))
}

fn outlet_of(item: u64) -> i64 {
    (mix(item) % FEEDS) as i64 / 5 + 1
}

fn state_of(item: u64, event: u64, archive: Archive) -> ItemState {
    let (title, summary) = (title_of(item, event), lead_of(item, event));
    let at = archive.time_of(item);
    let key = |salt: u64| u128::from(mix(item * 8 + salt)).to_le_bytes();
    ItemState {
        guid: Some(format!(
            "https://outlet{}.example/?p={item}",
            mix(item) % FEEDS
        )),
        link: Some(format!(
            "https://outlet{}.example/{item}.html",
            mix(item) % FEEDS
        )),
        author: Some(format!("Staff of outlet {}", mix(item) % FEEDS)),
        wire: WireReading {
            clean_title: title.clone(),
            clean_summary: summary.clone(),
            role: Role::News,
            ..WireReading::default()
        },
        title,
        summary,
        text: String::new(),
        language: "en".to_owned(),
        published_at: Some(at),
        updated_at: None,
        item_time: at,
        time_is_claimed: true,
        categories: vec![format!("topic-{}", event % 50)],
        image: None,
        digest: key(7),
        withdrawn_at: None,
        keys: (0..4).map(key).collect(),
    }
}

/// Items of one event stand together; sizes are 1 to some hundred, 2.4 at the mean.
fn event_of(item: u64) -> u64 {
    // In runs of 240 items: a hundred events, the later ones smaller.
    let (run, place) = (item / 240, item % 240);
    let within = match place {
        0..60 => place / 20,
        60..140 => 3 + (place - 60) / 5,
        140..160 => 19 + (place - 140) / 2,
        _ => 29 + (place - 160),
    };
    run * 109 + within
}

fn title_of(item: u64, event: u64) -> String {
    let words = (0..10).map(|at| match at % 2 {
        0 => word(zipf(mix(event * 40 + at))),
        _ => word(zipf(mix(item * 90 + at))),
    });
    words.collect::<Vec<_>>().join(" ")
}

fn lead_of(item: u64, event: u64) -> String {
    let words = (10..52).map(|at| match at % 3 {
        0 => word(zipf(mix(event * 40 + at))),
        _ => word(zipf(mix(item * 90 + at))),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// A rank by Zipf's law of a random number.
fn zipf(random: u64) -> u64 {
    let part = (random >> 11) as f64 / (1u64 << 53) as f64;
    ((VOCABULARY as f64).powf(part) - 1.0) as u64
}

/// The word of a rank.
fn word(rank: u64) -> String {
    const SYLLABLES: [&str; 32] = [
        "ka", "lo", "mi", "ter", "van", "sol", "ren", "du", "pa", "ces", "tri", "mon", "bel",
        "for", "gan", "hu", "is", "jor", "ne", "ol", "qui", "ras", "ste", "tu", "ul", "wen", "xa",
        "yor", "zin", "bra", "cle", "dro",
    ];
    let mut rest = mix(rank) % (32 * 32 * 32 * 8);
    let mut text = String::new();
    for _ in 0..(if rank < 200 { 2 } else { 4 }) {
        text.push_str(SYLLABLES[(rest % 32) as usize]);
        rest /= 32;
    }
    text
}

fn mix(number: u64) -> u64 {
    dateline::text::words::spread(number.wrapping_add(0x9e37_79b9_7f4a_7c15))
}
