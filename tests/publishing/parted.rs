//! Entries of the living feed when the machine changes its mind, or an outlet its words: they are
//! edited, and no reader takes that for news.

use dateline::news::{EventId, ItemId, Standing, StorylineId};
use dateline::store::{Transaction, events, items, published};

use super::newsroom::{Newsroom, Told, at_minute, item_state, told};
use super::readers::{Habit, Reader, Seen, poll};

const LONG: &str = "https://daily.example/2025/08/15/a-long-address-of-a-report-of-the-fire-1";

/// A fire and a flood, published.
async fn fire_and_flood() -> (Newsroom, Vec<ItemId>) {
    let room = Newsroom::open();
    let mut items = Vec::new();
    for (event, outlet, headline, link) in [
        (1, "Daily", "Fire spreads through the old harbour", LONG),
        (1, "AP", "Harbour fire spreads", "https://ap.example/1"),
        (
            2,
            "Reuters",
            "River floods the valley",
            "https://reuters.example/2",
        ),
    ] {
        let item = room.ingest(told(outlet, headline, link, 0)).await;
        room.assign(event, event, &[(item, None)]).await;
        items.push(item);
    }
    room.publish(10).await;
    (room, items)
}

async fn edit(room: &Newsroom, item: ItemId, title: &str, link: Option<&str>) {
    let state = item_state(&Told {
        link,
        ..told("Daily", title, "", 0)
    });
    let revised = move |tx: &Transaction<'_>| items::revise_item(tx, item, &state, at_minute(20));
    room.store.write(revised).await.expect("a revision");
}

struct Desk {
    room: Newsroom,
    reader: Reader,
    minutes: i64,
}

impl Desk {
    fn of(room: Newsroom) -> Self {
        let reader = Reader::new(Habit::UpdatedIfGrown);
        let minutes = 10;
        Self {
            room,
            reader,
            minutes,
        }
    }

    /// Publishes, has the feed read, and gives the entry of the fire.
    async fn read(&mut self) -> Seen {
        self.minutes += 10;
        self.room.publish(self.minutes).await;
        let entries = poll(&self.room.site(), "/feeds/events.json").await;
        self.reader.poll(&entries);
        assert!(
            self.reader.notified.values().all(|times| *times == 1),
            "{:#?}",
            self.reader.steps(&self.room.public_id(1).urn())
        );
        let fire = self.room.public_id(1).urn();
        let mut entries = entries.into_iter();
        entries.find(|entry| entry.id == fire).expect("the fire")
    }
}

#[tokio::test]
async fn events_that_are_merged_and_parted_again_are_no_news() {
    let (room, items) = fire_and_flood().await;
    let mut desk = Desk::of(room);
    let before = desk.read().await;
    let merge = |tx: &Transaction<'_>| events::merge_event(tx, EventId(1), EventId(2));
    desk.room.store.write(merge).await.expect("a merge");
    let merged = desk.read().await;
    let flood = format!("https://news.example/events/{}", desk.room.public_id(2));
    assert!(
        merged
            .content
            .contains(&format!("Merged into: <a href=\"{flood}\">River floods"))
    );
    assert!(
        merged.content.contains(LONG),
        "its reports are still listed"
    );
    desk.room
        .assign(1, 1, &[(items[0], None), (items[1], None)])
        .await;
    let parted = desk.read().await;
    assert_eq!(parted.content, before.content);
}

#[tokio::test]
async fn an_entry_names_what_was_merged_into_it_in_every_format_until_it_is_parted_again() {
    let (room, items) = fire_and_flood().await;
    let page = format!("https://news.example/events/{}", room.public_id(1));
    let urn = room.public_id(1).urn();
    let text = async |room: &Newsroom, ending: &str| {
        let path = format!("/events/{}.{ending}", room.public_id(2));
        let content = room.site().feed_content(&path).await.expect("a feed");
        String::from_utf8(content.expect("a feed").0).expect("UTF-8")
    };
    let signs = [
        (
            "atom",
            format!("rel=\"related\" type=\"text/html\" href=\"{page}\" title=\"Merged into this"),
        ),
        (
            "rss",
            format!("<atom:link rel=\"related\" type=\"text/html\" href=\"{page}\""),
        ),
        ("json", format!("\"merged\":[\"{urn}\"]")),
    ];
    let merge = |tx: &Transaction<'_>| events::merge_event(tx, EventId(1), EventId(2));
    room.store.write(merge).await.expect("a merge");
    room.publish(20).await;
    for (ending, sign) in &signs {
        let text = text(&room, ending).await;
        assert!(text.contains(sign), "{sign}: {text}");
    }
    room.assign(1, 1, &[(items[0], None), (items[1], None)])
        .await;
    room.publish(30).await;
    for (ending, sign) in &signs {
        assert!(!text(&room, ending).await.contains(sign), "{sign}");
    }
}

#[tokio::test]
async fn outlets_that_came_since_are_links_and_no_news() {
    let (room, _) = fire_and_flood().await;
    let mut desk = Desk::of(room);
    desk.read().await;
    for number in 0..12 {
        let link = format!("https://outlet{number}.example/late");
        let outlet = format!("The Long Named Outlet {number}");
        let item = desk
            .room
            .ingest(told(&outlet, "Harbour fire", &link, 25))
            .await;
        desk.room.assign(1, 1, &[(item, None)]).await;
        let entry = desk.read().await;
        let linked = (0..=number).filter(|one| {
            let link =
                format!("<a href=\"https://outlet{one}.example/late\" title=\"Harbour fire · ");
            entry.content.contains(&link)
        });
        assert_eq!(linked.count(), number.min(10) + 1, "{}", entry.content);
    }
}

#[tokio::test]
async fn an_outlets_longer_words_are_told_in_the_room_there_was() {
    let (room, items) = fire_and_flood().await;
    let mut desk = Desk::of(room);
    desk.read().await;
    let longer = "Fire spreads through the old harbour as crews from five towns fight the flames \
                  and hundreds leave their homes for the night";
    edit(&desk.room, items[0], longer, Some(LONG)).await;
    let retitled = desk.read().await;
    assert!(
        retitled
            .content
            .contains("Fire spreads through the old harbou…</a>"),
        "{retitled:?}"
    );
    edit(
        &desk.room,
        items[0],
        "Fire spreads through the harbour",
        None,
    )
    .await;
    assert!(!desk.read().await.content.contains(LONG));
    edit(
        &desk.room,
        items[0],
        "Fire spreads through the harbour",
        Some(LONG),
    )
    .await;
    assert!(
        desk.read().await.content.contains(LONG),
        "an address takes no room"
    );
}

#[tokio::test]
async fn the_storyline_to_which_a_published_event_moves_is_published() {
    let (room, _) = fire_and_flood().await;
    let moved = room
        .store
        .write(|tx| events::link_event(tx, EventId(1), StorylineId(9)));
    moved.await.expect("a move");
    room.publish(20).await;
    assert_ne!(room.storyline_id(9), room.storyline_id(2));
}

#[tokio::test]
async fn an_id_leads_on_to_where_an_editor_took_its_reports() {
    let (room, reports) = fire_and_flood().await;
    let merge = |tx: &Transaction<'_>| events::merge_event(tx, EventId(1), EventId(2));
    room.store.write(merge).await.expect("a merge");
    room.publish(20).await;
    room.assign(3, 3, &[(reports[0], None), (reports[1], None)])
        .await;
    let origin = |tx: &Transaction<'_>| events::save_origin(tx, EventId(3), EventId(2));
    room.store.write(origin).await.expect("an origin");
    room.publish(30).await;
    let standing = |id| {
        let read = room
            .store
            .read(|conn| published::standing_of_event(conn, id));
        read.expect("a read").expect("an id")
    };
    let fire = room.public_id(3);
    assert_eq!(standing(room.public_id(1)), Standing::MergedInto(fire));
    assert_eq!(standing(fire), Standing::Live);
}
