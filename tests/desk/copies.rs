//! Copies of a report: where a ruling takes them.

use dateline::jobs::decide::undo;
use dateline::news::{DecisionId, EventId, ItemId, Ruling, Target};
use dateline::store::decisions::load_decisions;
use dateline::store::{Connection, desk, events};

use super::http::{Reply, Running};
use super::newsdesk::{Newsdesk, items, now};
use super::world::{World, word};

/// Item 2 is a copy of item 1.
async fn copy(desk: &Newsdesk) {
    let written = desk.store.write(|tx| {
        let sql = "UPDATE event_items SET reprint_of = 1 WHERE item_id = 2";
        Ok(tx.execute(sql, [])?)
    });
    written.await.unwrap();
}

/// What the desk says to an editor who sends this form.
async fn send(running: &Running, form: &str) -> Reply {
    let (cookie, csrf) = running.log_in("anna").await;
    let headers = [("cookie", cookie.as_str())];
    let form = format!("{form}&csrf={csrf}");
    let reply = running.post("/desk/act", &headers, &form).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    running.get(reply.header("location"), &headers).await
}

fn rulings(desk: &Newsdesk) -> Vec<Ruling> {
    let made = desk.store.read(load_decisions).unwrap();
    made.into_iter().map(|one| one.ruling).collect()
}

#[tokio::test]
async fn a_ticked_report_is_split_out_with_its_copies() {
    let running = Running::start(|_| {}).await;
    copy(&running.desk).await;
    let form = "do=split&event=1&seen=1:1,2,3&pick=1&back=/desk/events/1";
    let page = send(&running, form).await.body;
    assert!(page.contains("a copy goes along: item 2"), "{page}");
    let split = Ruling::SplitEvent {
        event: EventId(1),
        kept_items: items(&[3]),
        split_items: items(&[1, 2]),
    };
    assert_eq!(rulings(&running.desk), [split]);
}

#[tokio::test]
async fn a_ticked_report_is_moved_without_a_word_of_its_copies() {
    let running = Running::start(|_| {}).await;
    copy(&running.desk).await;
    let form = "do=move&event=1&to=2&seen=1:1,2,3&seen=2:4,5&pick=1&back=/desk/events/1";
    let page = send(&running, form).await.body;
    assert!(page.contains("a copy goes along: item 2"), "{page}");
    let to = EventId(2);
    let by_command = Ruling::MoveItem {
        item: ItemId(1),
        from: EventId(1),
        from_items: items(&[3]),
        to,
        to_items: items(&[4, 5]),
    };
    assert_eq!(rulings(&running.desk), [by_command]);
}

#[tokio::test]
async fn a_ticked_report_is_spiked_with_its_copies_as_far_as_they_are_not_yet() {
    let running = Running::start(|_| {}).await;
    copy(&running.desk).await;
    let spike = |item| Ruling::Spike {
        target: Target::Item(ItemId(item)),
    };
    let form = "do=spike-items&event=1&seen=1:1,2,3&pick=1&back=/desk/events/1";
    send(&running, form).await;
    assert_eq!(rulings(&running.desk), [spike(1), spike(2)]);
    let answer = undo(&running.desk.store, DecisionId(2), "ben".into(), now()).await;
    assert!(answer.unwrap().done);
    send(&running, form).await;
    assert_eq!(rulings(&running.desk)[2..], [spike(2)]);
    let page = send(&running, form).await.body;
    assert!(page.contains("decision 1 says so already"), "{page}");
    send(&running, &form.replace("pick=1", "pick=3")).await;
    assert_eq!(rulings(&running.desk)[3..], [spike(3)]);
}

#[tokio::test]
async fn a_page_that_lists_what_has_left_since_moves_nothing() {
    let running = Running::start(|_| {}).await;
    copy(&running.desk).await;
    let form = "do=split&event=1&seen=1:1,2,3,4&pick=1&back=/desk/events/1";
    let page = send(&running, form).await.body;
    assert!(page.contains("event 1 changed since you looked"), "{page}");
    assert_eq!(rulings(&running.desk), []);
}

/// What leaves event 1 where these are named.
fn leaving(desk: &Newsdesk, named: &[i64]) -> (Vec<ItemId>, Vec<ItemId>) {
    let read = |conn: &Connection| desk::load_parting(conn, EventId(1), &items(named));
    desk.store.read(read).unwrap()
}

#[tokio::test]
async fn an_original_leaves_with_its_copies_and_a_copy_alone() {
    let desk = Newsdesk::open().await;
    copy(&desk).await;
    assert_eq!(leaving(&desk, &[1]), (items(&[1, 2]), items(&[3])));
    assert_eq!(leaving(&desk, &[2]), (items(&[2]), items(&[1, 3])));
    assert_eq!(leaving(&desk, &[3]), (items(&[3]), items(&[1, 2])));
    assert_eq!(leaving(&desk, &[2, 1]), (items(&[2, 1]), items(&[3])));
    assert_eq!(leaving(&desk, &[4, 3]), (items(&[4, 3]), items(&[1, 2])));
}

#[tokio::test]
async fn of_copies_whose_original_is_elsewhere_the_one_that_is_shown_leaves_with_all() {
    let desk = Newsdesk::open().await;
    let written = desk.store.write(|tx| {
        let sql = "UPDATE event_items SET reprint_of = 6 WHERE item_id IN (1, 2)";
        Ok(tx.execute(sql, [])?)
    });
    written.await.unwrap();
    assert_eq!(leaving(&desk, &[1]), (items(&[1, 2]), items(&[3])));
    assert_eq!(leaving(&desk, &[2]), (items(&[2]), items(&[1, 3])));
}

/// What a command on a fresh desk says.
async fn command(arguments: &[&str]) -> String {
    let desk = Newsdesk::open().await;
    copy(&desk).await;
    let directory = desk.directory;
    drop(desk.store);
    let mut command = assert_cmd::Command::cargo_bin("dateline").unwrap();
    command.arg("--data-dir").arg(directory.path());
    let ran = command.args(arguments).assert().success();
    String::from_utf8(ran.get_output().stdout.clone()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_takes_the_copies_along_and_says_so() {
    let said = command(&["split", "event:1", "item:1"]).await;
    assert!(said.contains("split items 1, 2 out of event 1"), "{said}");
    assert!(said.contains("a copy goes along: item 2"), "{said}");
    let said = command(&["move", "item:1", "event:2"]).await;
    assert!(said.contains("a copy goes along: item 2"), "{said}");
    let said = command(&["move", "item:2", "event:2"]).await;
    assert!(!said.contains("along"), "{said}");
}

/// Outlets tell one thing: the first item in words that three others copy, another one in words of its own.
async fn told(world: &mut World, number: usize) -> Vec<ItemId> {
    let own = |at: usize| word(number * 40 + at) + "qo";
    let title = (0..8).map(own).collect::<Vec<_>>().join(" ");
    let lead = (0..40).map(|at| own(at % 16)).collect::<Vec<_>>().join(" ");
    let newest = |conn: &Connection| {
        let sql = "SELECT max(id) FROM items";
        Ok(conn.query_row(sql, [], |row| row.get(0).map(ItemId))?)
    };
    let mut told = Vec::new();
    for outlet in 0..5 {
        let (title, lead) = match outlet {
            4 => (
                (1..8).rev().map(own).collect::<Vec<_>>().join(" "),
                title.clone(),
            ),
            _ => (title.clone(), lead.clone()),
        };
        world.ingest(outlet, title, lead, 3).await;
        told.push(world.store.read(newest).unwrap());
    }
    world.take_in();
    world.refine();
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_split_out_or_moved_with_its_copies_stays_one_report() {
    let mut world = World::open(1000).await;
    let (told, other) = (told(&mut world, 0).await, told(&mut world, 1).await);
    let (copied, rest) = told.split_at(4);
    let originals = copied.iter().map(|item| {
        let original = |conn: &Connection| events::original_of(conn, *item);
        world.store.read(original).unwrap()
    });
    let first = Some(copied[0]);
    assert_eq!(originals.collect::<Vec<_>>(), [None, first, first, first]);
    let home = world.homes(&told);
    assert_eq!(home.len(), 1, "all stand in one event");
    let event = *home.first().unwrap();
    let split = |conn: &Connection| desk::load_split(conn, event, &copied[..1]);
    let ruling = world.store.read(split).unwrap();
    world.rule(ruling).await;
    assert_eq!(world.homes(copied).len(), 1, "the copies stand together");
    assert!(world.homes(copied).is_disjoint(&world.homes(rest)));
    undo(&world.store, DecisionId(1), "ben".into(), world.now())
        .await
        .unwrap();
    world.take_in();
    assert_eq!(world.homes(&told), home);

    let into = world.homes(&other);
    let to = *into.first().unwrap();
    let moving = |conn: &Connection| desk::load_move(conn, copied[0], to);
    let ruling = world.store.read(moving).unwrap();
    let answer = world.rule(ruling).await;
    assert!(answer.lines[1].starts_with("copies go along: items "));
    assert_eq!(world.homes(copied), into);
    assert_eq!(world.homes(rest), home);
}
