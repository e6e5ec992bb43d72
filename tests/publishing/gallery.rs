//! Writes the outputs of a fuller newsroom under `target/gallery`, for the checks in `tests/tools`
//! and for looking at. The addresses in them are of a server on port 8399.

use std::path::Path;

use dateline::news::{EventId, ItemId, Role, StorylineId};
use dateline::serve::{Settings, Site};
use dateline::store::events::StorylineDescription;
use dateline::store::{events, items};

use super::http::Server;
use super::newsroom::{Newsroom, Told, at_minute, told};

const BASE: &str = "http://127.0.0.1:8399";

/// Outlet, headline, lede, role, minute; a headline of `=` repeats the first one.
type Line = (&'static str, &'static str, &'static str, Role, i64);

const ARRIVAL: &[Line] = &[
    (
        "AP",
        "Presidents land in Anchorage hours before talks",
        "Two presidents arrived within an hour of each other at a military base outside the city, where a joint flight of steps had been rolled out for the first handshake.",
        Role::News,
        0,
    ),
    ("Morning Herald", "=", "", Role::News, 9),
    ("Northern Light", "=", "", Role::News, 14),
    (
        "Globe Post",
        "Handshake on the tarmac opens a day of diplomacy",
        "",
        Role::News,
        31,
    ),
];
const OPENING: &[Line] = &[
    (
        "Reuters",
        "Alaska summit opens with ceasefire at the top of the agenda",
        "The two leaders and four aides each sat down behind closed doors; a working lunch with ministers was to follow.",
        Role::Alert,
        62,
    ),
    (
        "AP",
        "Closed-door talks begin in Alaska",
        "",
        Role::News,
        66,
    ),
    (
        "Tagesblatt",
        "Gipfel in Alaska hat begonnen",
        "",
        Role::News,
        70,
    ),
    (
        "Le Quotidien",
        "Le sommet d’Anchorage s’ouvre à huis clos",
        "",
        Role::News,
        75,
    ),
];
const ENDING: &[Line] = &[
    (
        "AP",
        "Alaska summit ends without a deal",
        "After nearly three hours the leaders spoke of progress on many points but named no ceasefire and no date for a next meeting.",
        Role::News,
        250,
    ),
    (
        "Reuters",
        "No ceasefire as leaders leave Anchorage",
        "",
        Role::Update,
        253,
    ),
    ("Morning Herald", "=", "", Role::News, 258),
    ("Evening Standard Review", "=", "", Role::News, 263),
    (
        "Tagesblatt",
        "Alaska-Gipfel endet ohne Einigung",
        "",
        Role::News,
        266,
    ),
    (
        "Globe Post",
        "Talks lasted nearly three hours, not two",
        "",
        Role::Correction,
        300,
    ),
];
const FERRY: &[Line] = &[
    (
        "dpa",
        "Ferry with 80 aboard runs aground off Luzon, all rescued",
        "Coast guard boats took passengers off through the night; the cause is being looked into.",
        Role::News,
        40,
    ),
    (
        "Northern Light",
        "Passengers safe after ferry runs aground",
        "",
        Role::News,
        52,
    ),
];
const RESCUE: &[Line] = &[(
    "Globe Post",
    "Coast guard brings ferry passengers ashore",
    "",
    Role::News,
    58,
)];
const STRIKE: &[Line] = &[(
    "Morning Herald",
    "Rail workers call off Monday strike after late-night offer",
    "",
    Role::News,
    120,
)];
const ARABIC: &[Line] = &[
    (
        "Al Khabar",
        "وزراء المياه يوقعون اتفاقا لتقاسم مياه النهر",
        "وقع الوزراء الاتفاق بعد محادثات استمرت عامين.",
        Role::News,
        130,
    ),
    (
        "Reuters",
        "River states sign water-sharing pact after two years of talks",
        "",
        Role::News,
        134,
    ),
];

#[tokio::test]
async fn the_outputs_of_a_day_are_written_for_a_look() {
    let room = Newsroom::open();
    let days = [
        (1, 1, ARRIVAL, "The Alaska summit"),
        (2, 1, OPENING, "The Alaska summit"),
        (3, 2, FERRY, "Ferry aground off Luzon"),
        (7, 2, RESCUE, "Ferry aground off Luzon"),
        (4, 3, STRIKE, "Rail strike averted"),
        (5, 4, ARABIC, "River water pact"),
        (6, 1, ENDING, "The Alaska summit"),
    ];
    for (event, storyline, lines, headline) in days {
        tell(&room, event, storyline, lines).await;
        name(&room, storyline, headline).await;
        let last = lines.last().expect("lines").4;
        room.publish(last + 4).await;
    }
    // What became of some: two events turn out to be one, a report is withdrawn.
    room.store
        .write(|tx| {
            events::merge_event(tx, EventId(7), EventId(3))?;
            for (item, _) in events::load_members(tx, EventId(4))? {
                items::withdraw_item(tx, item, at_minute(310))?;
            }
            Ok(())
        })
        .await
        .expect("a merge and a kill");
    room.publish(311).await;
    write(&room).await;
}

async fn tell(room: &Newsroom, event: i64, storyline: i64, lines: &[Line]) {
    let mut members: Vec<(ItemId, Option<ItemId>)> = Vec::new();
    for (number, (outlet, headline, lede, role, minutes)) in lines.iter().enumerate() {
        let is_reprint = *headline == "=";
        let title = if is_reprint { lines[0].1 } else { headline };
        let host = outlet.to_lowercase().replace(' ', "-");
        let link = format!("https://{host}.example/{event}/{number}");
        let item = room
            .ingest(Told {
                role: *role,
                lede,
                ..told(outlet, title, &link, *minutes)
            })
            .await;
        let original = members.first().map(|(first, _)| *first);
        members.push((item, original.filter(|_| is_reprint)));
        // The correction comes after the event was published.
        if *role != Role::Correction {
            continue;
        }
        let correction = members.pop().expect("just added");
        room.assign(event, storyline, &members).await;
        room.publish(minutes - 10).await;
        members = vec![correction];
    }
    room.assign(event, storyline, &members).await;
}

async fn name(room: &Newsroom, storyline: i64, headline: &'static str) {
    let description = StorylineDescription {
        headline: headline.to_owned(),
        outlet_count: 5,
        last_event_at: at_minute(0),
        ..StorylineDescription::default()
    };
    room.store
        .write(move |tx| {
            let id = StorylineId(storyline);
            dateline::store::events::describe_storyline(tx, id, &description)
        })
        .await
        .expect("a storyline");
}

async fn write(room: &Newsroom) {
    let settings = Settings {
        base_url: BASE.to_owned(),
        ..Settings::default()
    };
    let site = Site::new(room.store.clone(), settings, room.clock.clone());
    let server = Server::start(site).await;
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/gallery");
    let storyline = room.storyline_id(1);
    let event = room.public_id(EventId(6).0);
    let mut paths = vec![
        "/".to_owned(),
        "/feeds.opml".to_owned(),
        "/nothing".to_owned(),
    ];
    let home = server.get("/").await.text();
    let style = home.split("/assets/style").nth(1).expect("a style sheet");
    let style = style.split('"').next().expect("a quoted address");
    paths.push(["/assets/style", style].concat());
    for stem in [
        "/feeds/events".to_owned(),
        "/feeds/storylines".to_owned(),
        "/feeds/log".to_owned(),
        "/feeds/status".to_owned(),
        format!("/storylines/{storyline}/timeline"),
        format!("/storylines/{storyline}/log"),
        format!("/events/{event}"),
        format!("/events/{}", room.public_id(5)),
        format!("/events/{}", room.public_id(4)),
    ] {
        for ending in ["", ".atom", ".rss", ".json"] {
            paths.push([stem.as_str(), ending].concat());
        }
    }
    for path in paths {
        let is_page = !path
            .rsplit('/')
            .next()
            .is_some_and(|name| name.contains('.'));
        let ending = if is_page { "/index.html" } else { "" };
        let file = directory.join([&path[1..], ending].concat().trim_start_matches('/'));
        std::fs::create_dir_all(file.parent().expect("a directory")).expect("a directory");
        std::fs::write(file, server.get(&path).await.body).expect("a file");
    }
}
