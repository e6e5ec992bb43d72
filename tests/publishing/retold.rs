//! Previews, live blogs and opinions that their outlet retitles to plain news: none is lost, and none is told twice.

use dateline::jobs::cluster::ClusteringSettings;
use dateline::jobs::decide::{Asked, decide, why_in_no_event};
use dateline::news::{Item, ItemId, Ruling, Target, UtcTime, utc_from_secs};
use dateline::store::check::check_database;
use dateline::store::{decisions, items};

use super::http::Server;
use super::newsroom::START;
use super::week::{Listed, Pipeline};
use crate::rows::list_rows;

const PREVIEW: (&str, &str) = (
    "Preview: Braga v Utrecht",
    "Braga meet Utrecht in the Europa League on Thursday.",
);
const RESULT: (&str, &str) = (
    "Braga beat Utrecht 3-1 in Europa League",
    "Braga beat Utrecht 3-1 in the Europa League on Thursday with two goals by Ricardo Horta.",
);
const OTHERS: [(&str, &str, &str); 2] = [
    (
        "Courier",
        "Horta scores twice as Braga beat Utrecht 3-1",
        "Ricardo Horta scored twice for Braga against Utrecht in the Europa League.",
    ),
    (
        "Ledger",
        "Braga 3-1 Utrecht: Horta double in Europa League",
        "Braga beat Utrecht in the Europa League with two goals by Ricardo Horta.",
    ),
];

fn at(hours: f64) -> UtcTime {
    utc_from_secs(START + (hours * 3600.0) as i64)
}

/// What the Paper lists under one id, published at the start.
fn paper((title, lead): (&str, &str)) -> Listed {
    let mut listed = Listed::new("Paper".into(), at(0.0), title.into(), lead.into());
    listed.item.guid = Some("braga-utrecht".into());
    listed
}

fn others() -> Vec<Listed> {
    let told = OTHERS.iter();
    told.map(|(outlet, title, lead)| {
        Listed::new((*outlet).into(), at(10.0), (*title).into(), (*lead).into())
    })
    .collect()
}

/// Every item with its role, its event, and the item that it goes on as.
fn places(desk: &Pipeline) -> Vec<(i64, String, Option<i64>, Option<i64>)> {
    let read = desk.store.read(|conn| {
        let sql = "SELECT i.id, i.role, m.event_id, i.retold_as FROM items i
             LEFT JOIN event_items m ON m.item_id = i.id ORDER BY i.id";
        let mut query = conn.prepare(sql)?;
        let rows = query.query_map([], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    });
    read.unwrap()
}

/// All that clustering keeps, as text.
fn dump(desk: &Pipeline) -> String {
    list_rows(
        &desk.store,
        &[
            "SELECT item_id || ' ' || event_id || ' ' || coalesce(hex(evidence), '-') || ' ' || coalesce(hex(frozen), '-')
                FROM event_items ORDER BY 1",
            "SELECT id || ' ' || storyline_id || ' ' || headline || ' ' || report_count || ' ' || occurred_at
                FROM events ORDER BY 1",
            "SELECT item_id || ' ' || hex(pairs) FROM scores ORDER BY 1",
            "SELECT item_id || ' ' || report_id FROM items_beside ORDER BY 1",
            "SELECT name || ' ' || value FROM cursors ORDER BY 1",
        ],
    )
}

fn load(desk: &Pipeline, id: i64) -> Item {
    let item = desk.store.read(|conn| items::load_item(conn, ItemId(id)));
    item.unwrap().expect("it is there")
}

fn assert_whole(desk: &Pipeline) {
    let findings = desk.store.read(check_database).unwrap();
    let wrong: Vec<_> = findings
        .iter()
        .filter(|one| !one.wrong.is_empty())
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

async fn published(desk: &Pipeline) -> String {
    let server = Server::start(desk.site.clone()).await;
    server.get("/feeds/events.json").await.text()
}

/// Of each event of a feed its id, its headline, and when it last changed.
fn shown(feed: &str) -> Vec<[String; 3]> {
    let feed: serde_json::Value = serde_json::from_str(feed).expect("JSON");
    let items = feed["items"].as_array().expect("items").iter();
    let shown = items.map(|item| {
        ["id", "title", "date_modified"].map(|name| item[name].as_str().unwrap().to_owned())
    });
    shown.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_preview_that_becomes_a_report_joins_the_event_that_others_tell() {
    let mut desk = Pipeline::open();
    desk.visit(&[paper(PREVIEW)], at(0.1)).await;
    desk.visit(&others(), at(10.1)).await;
    desk.visit(&[paper(RESULT)], at(10.3)).await;
    let places = places(&desk);
    let event = places[1].2;
    assert!(event.is_some(), "{places:?}");
    assert_eq!(
        places,
        [
            (1, "preview".into(), None, Some(4)),
            (2, "news".into(), event, None),
            (3, "news".into(), event, None),
            (4, "news".into(), event, None),
        ]
    );
    desk.publish(at(11.0)).await;
    let told = published(&desk).await;
    assert!(told.contains("Paper"), "{told}");
    let occurred = desk.store.read(|conn| {
        let sql = "SELECT occurred_at FROM events";
        Ok(conn.query_row(sql, [], |row| row.get::<_, i64>(0))?)
    });
    assert_eq!(
        occurred.unwrap(),
        at(10.0).timestamp(),
        "not when the preview was published"
    );
    assert_whole(&desk);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_else_tells_becomes_an_event_of_its_own_and_is_published() {
    for (before, after) in [
        (PREVIEW, RESULT),
        (
            ("LIVE: Ferry aground off Kythnos", "Follow it here."),
            (
                "Ferry with 210 aboard runs aground off Kythnos",
                "It was told on Thursday by officials.",
            ),
        ),
        (
            (
                "Opinion: Cairo book fair disappoints",
                "Where are the readers?",
            ),
            (
                "Cairo book fair opens with publishers from 50 countries",
                "",
            ),
        ),
    ] {
        let mut desk = Pipeline::open();
        desk.visit(&[paper(before)], at(0.1)).await;
        desk.publish(at(0.5)).await;
        assert!(!published(&desk).await.contains(after.0));
        desk.visit(&[paper(after)], at(1.0)).await;
        desk.publish(at(2.0)).await;
        assert!(published(&desk).await.contains(after.0), "{after:?}");
        assert_whole(&desk);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_at_any_point_of_a_retitling_changes_nothing() {
    let mut dumps = Vec::new();
    for restart in 0..6 {
        let mut desk = Pipeline::open();
        let mut point = 0;
        let mut pass = |desk: &mut Pipeline| {
            point += 1;
            if point == restart {
                desk.restart();
            }
        };
        desk.visit(&[paper(PREVIEW)], at(0.1)).await;
        pass(&mut desk);
        desk.visit(&others()[..1], at(10.1)).await;
        pass(&mut desk);
        desk.list(&[&paper(RESULT)], at(10.3)).await;
        pass(&mut desk);
        desk.take_in(at(10.3));
        pass(&mut desk);
        desk.visit(&others()[1..], at(10.6)).await;
        pass(&mut desk);
        desk.take_in(at(10.7));
        dumps.push(dump(&desk));
    }
    assert!(dumps[0].contains("Braga"));
    for other in &dumps[1..] {
        assert_eq!(*other, dumps[0]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_retitled_back_and_forth_becomes_one_new_item_and_stays_as_it_is_published() {
    for others in [others(), Vec::new()] {
        let mut desk = Pipeline::open();
        desk.visit(&[paper(PREVIEW)], at(0.1)).await;
        desk.visit(&others, at(10.1)).await;
        desk.visit(&[paper(RESULT)], at(10.3)).await;
        desk.publish(at(11.0)).await;
        let (before, places_before) = (published(&desk).await, places(&desk));
        for (turn, said) in [PREVIEW, RESULT, PREVIEW, RESULT].into_iter().enumerate() {
            let now = at(12.0 + turn as f64);
            desk.visit(&[paper(said)], now).await;
            desk.restart();
            desk.take_in(now);
            desk.publish(now).await;
            let (before, told) = (shown(&before), shown(&published(&desk).await));
            let ids =
                |shown: &[[String; 3]]| shown.iter().map(|one| one[0].clone()).collect::<Vec<_>>();
            assert_eq!(ids(&told), ids(&before));
            if !others.is_empty() {
                assert_eq!(told, before, "{said:?}");
            }
        }
        let (before, after) = (places_before, places(&desk));
        assert_eq!(after, before);
        let retold = after.last().expect("there are items").0;
        assert_eq!(load(&desk, retold).revision_count, 4);
        assert_whole(&desk);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_retitled_before_the_clusterer_sees_it_is_only_revised() {
    let mut desk = Pipeline::open();
    for (turn, said) in [PREVIEW, RESULT, PREVIEW, RESULT].into_iter().enumerate() {
        desk.list(&[&paper(said)], at(turn as f64)).await;
    }
    desk.take_in(at(4.0));
    let places = places(&desk);
    assert_eq!(places, [(1, "news".into(), Some(1), None)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_news_while_the_clusterer_was_away_and_is_news_again_is_told() {
    let mut desk = Pipeline::open();
    desk.list(&[&paper(RESULT)], at(0.1)).await;
    desk.list(&[&paper(PREVIEW)], at(0.2)).await;
    desk.take_in(at(0.3));
    desk.visit(&[paper(RESULT)], at(0.4)).await;
    let places = places(&desk);
    assert_eq!(
        places,
        [
            (1, "preview".into(), None, Some(2)),
            (2, "news".into(), Some(1), None),
        ]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_retitled_after_it_has_left_the_window_is_told_as_of_when_it_was_seen() {
    let mut settings = ClusteringSettings::default();
    settings.events.window_hours = 24;
    let mut desk = Pipeline::open_with(settings);
    desk.visit(&[paper(PREVIEW)], at(0.1)).await;
    for day in 1..5 {
        let title = format!("Dockers of harbour {day} walk out over night shifts");
        let now = at(f64::from(day) * 24.0);
        desk.visit(
            &[Listed::new("Courier".into(), now, title, String::new())],
            now,
        )
        .await;
    }
    let before = places(&desk);
    desk.visit(&[paper(RESULT)], at(100.0)).await;
    let after = places(&desk);
    assert_eq!(after[1..5], before[1..], "nothing else is changed");
    assert!(after[5].2.is_some(), "{after:?}");
    desk.publish(at(101.0)).await;
    assert!(published(&desk).await.contains(RESULT.0));
    let retold = load(&desk, 6);
    assert_eq!(
        (retold.item_time, retold.time_is_claimed),
        (at(100.0), false)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_later_claim_of_the_outlet_is_the_time_of_the_report() {
    for (published, updated, claimed) in [
        (0.0, Some(10.0), Some(10.0)),
        (10.0, None, Some(10.0)),
        (0.0, Some(40.0), None),
        (0.0, Some(0.0), None),
    ] {
        let mut desk = Pipeline::open();
        desk.visit(&[paper(PREVIEW)], at(0.1)).await;
        let mut retitled = paper(RESULT);
        retitled.item.published = Some(at(published));
        retitled.item.updated = updated.map(at);
        desk.visit(&[retitled], at(10.3)).await;
        let retold = load(&desk, 2);
        let time = claimed.map_or(at(10.3), at);
        assert_eq!(
            (retold.item_time, retold.time_is_claimed),
            (time, claimed.is_some())
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_old_item_is_known_by_leads_to_the_new_one() {
    let mut desk = Pipeline::open();
    for (hours, said, guid) in [
        (0.1, PREVIEW, None),
        (10.3, RESULT, None),
        // By its words alone.
        (10.6, PREVIEW, Some("another")),
        (10.9, RESULT, Some("another")),
    ] {
        let mut listed = paper(said);
        if let Some(guid) = guid {
            listed.item.guid = Some(guid.into());
            listed.item.link = Some("https://paper.example/moved".into());
        }
        desk.visit(&[listed], at(hours)).await;
    }
    assert_eq!(
        places(&desk),
        [
            (1, "preview".into(), None, Some(2)),
            (2, "news".into(), Some(1), None),
        ]
    );
    assert_eq!(load(&desk, 2).revision_count, 2);
    assert_whole(&desk);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_editor_keeps_out_comes_back_under_no_other_title() {
    let mut desk = Pipeline::open();
    desk.visit(&[paper(PREVIEW)], at(0.1)).await;
    for (is_spiked, items) in [(true, 1), (false, 2)] {
        let target = Target::Item(ItemId(1));
        let marked = desk
            .store
            .write(move |tx| decisions::set_spiked(tx, target, is_spiked));
        marked.await.unwrap();
        let title = format!("{}, spiked: {is_spiked}", RESULT.0);
        desk.visit(&[paper((&title, RESULT.1))], at(10.3)).await;
        assert_eq!(places(&desk).len(), items);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_what_stands_in_no_event_it_is_said_why() {
    let mut desk = Pipeline::open();
    let why = |desk: &Pipeline| {
        let item = load(desk, 1);
        desk.store
            .read(|conn| why_in_no_event(conn, &item))
            .unwrap()
    };
    desk.visit(&[paper(PREVIEW)], at(0.1)).await;
    assert_eq!(why(&desk), "item 1 is preview, which joins no event");
    let asked = Asked {
        ruling: Ruling::NotSameEvent {
            a: ItemId(1),
            b: ItemId(1),
        },
        editor: "ada".into(),
        note: String::new(),
    };
    let answer = decide(&desk.store, asked, at(0.2)).await.unwrap();
    assert_eq!(answer.lines, ["item 1 stands in no event", &why(&desk)]);
    desk.visit(&[paper(RESULT)], at(10.3)).await;
    assert_eq!(
        why(&desk),
        "item 1 was preview, which joins no event; its outlet retitled it, and it is item 2 since"
    );
}
