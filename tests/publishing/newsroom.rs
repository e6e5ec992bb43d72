//! A small newsroom for tests: a database in a directory of its own, with outlets, items, events and
//! storylines as the earlier stages would have left them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use dateline::clock::FakeClock;
use dateline::jobs::publish::{Pass, Published, publish_events};
use dateline::news::{
    Dateline, EventId, Image, ItemId, Life, OutletId, OutletKind, PublicId, Role, StorylineId,
    UtcTime, WireReading, utc_from_secs,
};
use dateline::serve::{Settings, Site};
use dateline::store::events::{EventDescription, Member, StorylineDescription};
use dateline::store::items::{self, ItemState};
use dateline::store::{Store, decisions, describing, events, feeds, outlets, published};

/// 2025-08-15T18:00:00Z.
pub const START: i64 = 1_755_280_800;

/// A database and the clock that its rows are written by.
pub struct Newsroom {
    pub store: Store,
    pub clock: Arc<FakeClock>,
    ids: Arc<AtomicU64>,
    directory: tempfile::TempDir,
}

/// An item to be told.
pub struct Told<'a> {
    pub outlet: &'a str,
    pub title: &'a str,
    pub lede: &'a str,
    pub link: Option<&'a str>,
    pub role: Role,
    pub minutes: i64,
}

/// An item with nothing special about it.
pub fn told<'a>(outlet: &'a str, title: &'a str, link: &'a str, minutes: i64) -> Told<'a> {
    Told {
        outlet,
        title,
        lede: "",
        link: Some(link),
        role: Role::News,
        minutes,
    }
}

pub fn at_minute(minutes: i64) -> UtcTime {
    utc_from_secs(START + minutes * 60)
}

impl Newsroom {
    pub fn open() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        Self {
            store: Store::open(directory.path()).expect("a database"),
            clock: Arc::new(FakeClock::new(utc_from_secs(START))),
            ids: Arc::new(AtomicU64::new(1)),
            directory,
        }
    }

    /// Opens the database anew where the newsroom stands.
    pub fn restart(&mut self) {
        self.store = Store::open(self.directory.path()).expect("the database");
    }

    pub fn settings(&self) -> Settings {
        Settings {
            base_url: "https://news.example".to_owned(),
            ..Settings::default()
        }
    }

    pub fn site(&self) -> Site {
        Site::new(self.store.clone(), self.settings(), self.clock.clone())
    }

    /// Keeps an item and returns its id.
    pub async fn ingest(&self, told: Told<'_>) -> ItemId {
        let now = at_minute(told.minutes);
        let (outlet, host) = (told.outlet.to_owned(), told.outlet.to_lowercase());
        let state = item_state(&told);
        self.store
            .write(move |tx| {
                let kind = match outlet.as_str() {
                    "AP" | "Reuters" | "dpa" => OutletKind::Wire,
                    _ => OutletKind::Outlet,
                };
                let outlet_id = outlets::ensure_outlet(tx, &outlet, kind)?;
                let new = feeds::NewFeed {
                    url: format!("https://reader:secret@{host}.example/world.xml"),
                    outlet_id,
                    title: format!("{outlet} world"),
                    category: "World".to_owned(),
                    language: Some("en".to_owned()),
                };
                let (feed_id, _) = feeds::add_feed(tx, &new, now)?;
                items::insert_item(tx, feed_id, outlet_id, &state, now)
            })
            .await
            .expect("an item")
    }

    /// Puts items into an event of a storyline and describes both from them.
    pub async fn assign(&self, event: i64, storyline: i64, members: &[(ItemId, Option<ItemId>)]) {
        let members: Vec<Member> = members
            .iter()
            .map(|(item, reprint_of)| Member {
                item: *item,
                reprint_of: *reprint_of,
                evidence: None,
                frozen: Vec::new(),
            })
            .collect();
        let (event, storyline) = (EventId(event), StorylineId(storyline));
        let now = at_minute(0);
        self.store
            .write(move |tx| {
                events::save_members(tx, event, &members, now)?;
                events::link_event(tx, event, storyline)?;
                describe(tx, event, storyline)
            })
            .await
            .expect("an event");
    }

    /// One pass of the publisher, `minutes` after the start; the clusterer has looked at everything before.
    pub async fn publish(&self, minutes: i64) -> Published {
        let looked = self.store.write(|tx| {
            if let Some(through) = describing::load_describe_queue(tx, u32::MAX)?.through {
                describing::leave_describe_queue(tx, through)?;
            }
            decisions::note_obeyed(tx, &decisions::load_decisions(tx)?)
        });
        looked.await.expect("an empty queue");
        self.publish_before_describing(minutes).await
    }

    /// A pass while what changed is not described anew yet.
    pub async fn publish_before_describing(&self, minutes: i64) -> Published {
        self.publish_held(minutes, 180).await
    }

    /// The same with another hold.
    pub async fn publish_held(&self, minutes: i64, hold_secs: i64) -> Published {
        self.clock.set(at_minute(minutes));
        let ids = self.ids.clone();
        let pass = Pass {
            now: at_minute(minutes),
            hold_secs,
            random: Arc::new(move || {
                let number = ids.fetch_add(1, Ordering::SeqCst);
                let mut bytes = [0; 16];
                bytes[8..].copy_from_slice(&number.to_be_bytes());
                bytes
            }),
        };
        publish_events(&self.store, pass).await.expect("a pass")
    }

    /// The permanent id of an event's row.
    pub fn public_id(&self, event: i64) -> PublicId {
        self.store
            .read(|conn| published::name_of_event(conn, EventId(event)))
            .expect("a row")
            .expect("a published event")
            .public_id
    }

    /// The permanent id of a storyline's row.
    pub fn storyline_id(&self, storyline: i64) -> PublicId {
        self.store
            .read(|conn| published::name_of_storyline(conn, StorylineId(storyline)))
            .expect("a row")
            .expect("a published storyline")
            .public_id
    }
}

fn describe(
    tx: &dateline::store::Transaction<'_>,
    event: EventId,
    storyline: StorylineId,
) -> dateline::store::Result<()> {
    let reports = published::load_reports(tx, event)?;
    let lead = reports.first().expect("an event has a report");
    let item = items::load_item(tx, lead.item_id)?.expect("the lead's item");
    let carriers: usize = reports.iter().map(|report| 1 + report.reprints.len()).sum();
    let description = EventDescription {
        headline: lead.title.clone(),
        headline_item: Some(lead.item_id),
        headline_reason: String::new(),
        lede: item.wire.clean_summary.clone(),
        place: item
            .wire
            .dateline
            .and_then(|dateline| dateline.place)
            .unwrap_or_default(),
        occurred_at: lead.at,
        first_report_at: lead.at,
        last_report_at: reports.last().map_or(lead.at, |report| report.at),
        report_count: reports.len() as u32,
        outlets: (1..=carriers as i64).map(OutletId).collect(),
    };
    events::describe_event(tx, event, &description)?;
    let description = StorylineDescription {
        headline: "The Alaska summit".to_owned(),
        slug: format!("alaska-summit-{storyline}"),
        life: Life::Developing,
        first_event_at: lead.at,
        last_event_at: lead.at,
        event_count: 1,
        outlet_count: carriers as u32,
        named_after: None,
    };
    events::describe_storyline(tx, storyline, &description)
}

pub fn item_state(told: &Told<'_>) -> ItemState {
    let time = at_minute(told.minutes);
    let mut digest = [0; 16];
    for (index, byte) in told.title.bytes().enumerate() {
        digest[index % 16] ^= byte;
    }
    ItemState {
        guid: None,
        title: told.title.to_owned(),
        summary: told.lede.to_owned(),
        text: String::new(),
        link: told.link.map(str::to_owned),
        author: None,
        language: "en".to_owned(),
        published_at: Some(time),
        updated_at: None,
        item_time: time,
        time_is_claimed: true,
        wire: WireReading {
            clean_title: told.title.to_owned(),
            clean_summary: told.lede.to_owned(),
            role: told.role,
            dateline: Some(Dateline {
                place: Some("ANCHORAGE, Alaska".to_owned()),
                date: None,
            }),
            ..WireReading::default()
        },
        categories: vec!["Diplomacy".to_owned()],
        image: Some(Image {
            url: "https://pictures.example/a.jpg".to_owned(),
            media_type: Some("image/jpeg".to_owned()),
            width: Some(640),
            height: Some(480),
            credit: Some("A. Photographer".to_owned()),
        }),
        digest,
        withdrawn_at: None,
        keys: Vec::new(),
    }
}

/// A storyline of two events, told by several outlets, published; then corrected.
pub async fn summit() -> Newsroom {
    let room = Newsroom::open();
    let opening = [
        Told {
            lede: "Leaders of two countries sat down on Friday for talks on a ceasefire.",
            ..told("AP", "Summit opens in Anchorage", "https://ap.example/1", 0)
        },
        told(
            "Daily",
            "Summit opens in Anchorage",
            "https://daily.example/1",
            4,
        ),
        told(
            "Reuters",
            "Leaders meet in Alaska for talks",
            "https://reuters.example/1",
            7,
        ),
    ];
    let mut ids = Vec::new();
    for one in opening {
        ids.push(room.ingest(one).await);
    }
    let members = [(ids[0], None), (ids[1], Some(ids[0])), (ids[2], None)];
    room.assign(1, 1, &members).await;
    room.publish(10).await;
    let ending = [
        Told {
            lede: "The talks closed after three hours, and neither side named a next meeting.",
            ..told(
                "Reuters",
                "Alaska summit ends without a deal",
                "https://reuters.example/2",
                180,
            )
        },
        told(
            "AP",
            "No deal as leaders leave Alaska",
            "https://ap.example/2",
            182,
        ),
    ];
    let mut ids = Vec::new();
    for one in ending {
        ids.push(room.ingest(one).await);
    }
    room.assign(2, 1, &[(ids[0], None), (ids[1], None)]).await;
    room.publish(190).await;
    let correction = room
        .ingest(Told {
            role: Role::Correction,
            ..told(
                "Daily",
                "Talks lasted three hours, not two",
                "https://daily.example/2",
                240,
            )
        })
        .await;
    room.assign(2, 1, &[(correction, None)]).await;
    room.publish(245).await;
    room
}
