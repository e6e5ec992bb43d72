//! A store with events of known items, for tests of the desk.

use chrono::TimeDelta;
use dateline::news::{
    Event, EventId, FeedId, ItemId, OutletId, OutletKind, Ruling, StorylineId, UtcTime,
    WireReading, utc_from_secs,
};
use dateline::store::events::{self, EventDescription, Member, StorylineDescription};
use dateline::store::items::{ItemState, insert_item};
use dateline::store::{Result, Store, Transaction, desk, outlets};

/// Noon of a day in 2026, when everything in these tests happens.
pub fn now() -> UtcTime {
    utc_from_secs(1_790_000_000)
}

/// A store with events; the directory goes with it.
pub struct Newsdesk {
    pub directory: tempfile::TempDir,
    /// The store.
    pub store: Store,
}

impl Newsdesk {
    /// Items 1, 2, 3 tell event 1 and items 4, 5 event 2, both of storyline 1; item 6 tells event
    /// 3 of storyline 2.
    pub async fn open() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        store.write(fill).await.unwrap();
        Self { directory, store }
    }

    /// An event as it is now.
    pub fn event(&self, id: i64) -> Event {
        let found = self.store.read(|conn| desk::load_event(conn, EventId(id)));
        found.unwrap().unwrap()
    }
}

fn fill(tx: &Transaction<'_>) -> Result<()> {
    let titles = [
        (
            1,
            "Summit opens in Anchorage",
            "Leaders shook hands on a red carpet.",
        ),
        (
            1,
            "Leaders meet in Anchorage as summit opens",
            "The talks began at noon.",
        ),
        (
            1,
            "Red carpet for summit guests",
            "Guards stood in the rain.",
        ),
        (2, "Summit ends without a deal", "Both sides left early."),
        (
            2,
            "No deal as Anchorage talks break up",
            "No date for new talks was set.",
        ),
        (
            3,
            "Floods close the harbour of Juneau",
            "Ferries stay away until Monday.",
        ),
    ];
    for (number, (event, title, summary)) in (1..).zip(titles) {
        let outlet = outlets::ensure_outlet(tx, &format!("Outlet {number}"), OutletKind::Outlet)?;
        let at = now() - TimeDelta::hours(10 - number);
        let state = ItemState {
            guid: None,
            title: title.to_owned(),
            summary: summary.to_owned(),
            text: String::new(),
            link: Some(format!("https://outlet{number}.example/{number}")),
            author: None,
            language: "en".to_owned(),
            published_at: None,
            updated_at: None,
            item_time: at,
            time_is_claimed: true,
            wire: WireReading {
                clean_title: title.to_owned(),
                clean_summary: summary.to_owned(),
                ..WireReading::default()
            },
            categories: Vec::new(),
            image: None,
            digest: [0; 16],
            withdrawn_at: None,
            keys: Vec::new(),
        };
        let item = insert_item(tx, FeedId(1), outlet, &state, at)?;
        assert_eq!(item, ItemId(number));
        let member = Member {
            item: ItemId(number),
            reprint_of: None,
            evidence: None,
            frozen: Vec::new(),
        };
        events::save_members(tx, EventId(event), &[member], now())?;
    }
    for (event, storyline, headline, reports) in [
        (1, 1, titles[0].1, 3),
        (2, 1, titles[3].1, 2),
        (3, 2, titles[5].1, 1),
    ] {
        events::link_event(tx, EventId(event), StorylineId(storyline))?;
        let at = now() - TimeDelta::hours(10 - 3 * event);
        let description = EventDescription {
            headline: headline.to_owned(),
            lede: "Both sides left early.".to_owned(),
            place: "ANCHORAGE".to_owned(),
            occurred_at: at,
            first_report_at: at,
            last_report_at: at,
            report_count: reports,
            outlets: (1..=i64::from(reports)).map(OutletId).collect(),
            ..EventDescription::default()
        };
        events::describe_event(tx, EventId(event), &description)?;
    }
    for (storyline, headline, count) in [(1, "Anchorage summit", 2), (2, "Juneau floods", 1)] {
        let description = StorylineDescription {
            headline: headline.to_owned(),
            slug: headline.to_lowercase().replace(' ', "-"),
            last_event_at: now() - TimeDelta::hours(storyline),
            first_event_at: now() - TimeDelta::hours(9),
            event_count: count,
            outlet_count: 5,
            ..StorylineDescription::default()
        };
        events::describe_storyline(tx, StorylineId(storyline), &description)?;
    }
    Ok(())
}

/// Items by number.
pub fn items(numbers: &[i64]) -> Vec<ItemId> {
    numbers.iter().copied().map(ItemId).collect()
}

/// Event 2 is event 1.
pub fn merge() -> Ruling {
    Ruling::MergeEvents {
        kept: EventId(1),
        kept_items: items(&[1, 2, 3]),
        merged: EventId(2),
        merged_items: items(&[4, 5]),
    }
}

/// Item 3 tells something else than event 1.
pub fn split() -> Ruling {
    Ruling::SplitEvent {
        event: EventId(1),
        kept_items: items(&[1, 2]),
        split_items: items(&[3]),
    }
}
