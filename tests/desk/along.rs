//! What leaves an event by a ruling that does not name it is named where the ruling is.

use dateline::news::{EventId, ItemId, Ruling, WentAlong};
use dateline::store::went_along;

use super::http::Running;
use super::newsdesk::now;
use super::world::{World, word};

/// Words of one matter, which no other has.
fn words(matter: usize, count: usize) -> Vec<String> {
    let own = |at: usize| format!("qu{}", word(matter * 97 + at * 13 + 5));
    (0..count).map(own).collect()
}

/// An alert under whose id readers follow an event, and three reports that are nearer to one another than to it.
async fn told(world: &mut World) -> (EventId, Vec<ItemId>) {
    let alert = words(1, 8);
    let whole = [alert.clone(), words(2, 8)].concat();
    let alert = alert.join(" ");
    world.ingest(1, alert.clone(), alert.clone(), 7).await;
    world.take_in();
    world.publish().await;
    world.take_in();
    for outlet in 2..5 {
        // In words of its own, or it were a copy.
        let mut told = whole.clone();
        told.rotate_left(outlet * 3);
        told.remove(outlet);
        let own = word(outlet * 7 + 400);
        let title = format!("{} {own}", told[..9].join(" "));
        let summary = format!("{own} {}", told.join(" "));
        world.ingest(outlet, title, summary, 7).await;
    }
    world.take_in();
    let event = *world.places().last_key_value().unwrap().1;
    let items = world.members(event);
    assert_eq!(items.len(), 4, "one event");
    (event, items)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_goes_along_with_what_a_ruling_parts_is_kept_with_where_it_went() {
    let mut world = World::open(1000).await;
    let (event, items) = told(&mut world).await;
    let (a, b) = (items[0], items[1]);
    let answer = world.rule(Ruling::NotSameEvent { a, b }).await;
    let decision = answer.decision.unwrap();
    let went = world.store.read(|conn| went_along::load(conn, decision));
    let places = world.places();
    assert_eq!(places[&a], event, "readers know it by the alert");
    let along = WentAlong {
        items: items[2..].to_vec(),
        from: event,
        into: places[&b],
    };
    assert_eq!(went.unwrap(), [along]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_went_along_is_kept_although_the_daemon_was_killed_while_it_obeyed() {
    let mut world = World::open(1000).await;
    let (event, items) = told(&mut world).await;
    let (a, b) = (items[0], items[1]);
    let asked = Ruling::NotSameEvent { a, b };
    let answer = world
        .rule_and_crash(
            asked,
            "BEFORE UPDATE OF obeyed ON decisions WHEN new.obeyed = 1",
        )
        .await;
    let decision = answer.decision.unwrap();
    let load = |world: &World| {
        world
            .store
            .read(|conn| went_along::load(conn, decision))
            .unwrap()
    };
    assert_ne!(world.places()[&b], event, "the step was taken");
    assert_eq!(load(&world), [], "it is not told before all is done");
    world.take_in();
    let along = WentAlong {
        items: items[2..].to_vec(),
        from: event,
        into: world.places()[&b],
    };
    assert_eq!(load(&world), [along]);
}

#[tokio::test]
async fn the_page_and_the_log_name_what_went_along() {
    let running = Running::start(|_| {}).await;
    let (cookie, csrf) = running.log_in("anna").await;
    let headers = [("cookie", cookie.as_str())];
    let form = format!("do=split&event=1&seen=1:1,2,3&pick=3&back=/desk/events/1&csrf={csrf}");
    let reply = running.post("/desk/act", &headers, &form).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    // As the clusterer would have done.
    let written = running.desk.store.write(|tx| {
        let sql = "INSERT INTO went_along VALUES (1, 1, 1, 9), (1, 2, 1, 9)";
        Ok(tx.execute(sql, [])?)
    });
    written.await.unwrap();
    let words = "items 1, 2 went from event 1 to event 9 with it";
    for path in [reply.header("location"), "/desk/log", "/desk/events/1"] {
        let page = running.get(path, &headers).await.body;
        assert!(page.contains(words), "{path}: {page}");
    }
    let log = std::process::Command::new(env!("CARGO_BIN_EXE_dateline"))
        .args(["log", "--data-dir"])
        .arg(running.desk.directory.path())
        .output()
        .unwrap();
    let log = String::from_utf8(log.stdout).unwrap();
    assert!(log.contains(words), "{log} {}", now());
}

#[tokio::test]
async fn what_two_told_apart_took_along_is_named_wherever_it_is_asked_about() {
    let running = Running::start(|_| {}).await;
    let (cookie, csrf) = running.log_in("anna").await;
    let headers = [
        ("cookie", cookie.as_str()),
        ("x-csrf-token", csrf.as_str()),
        ("content-type", "application/json"),
    ];
    let body = r#"{"ruling":{"kind":"not-same-event","a":1,"b":3}}"#;
    let made = running.post("/api/decisions", &headers, body).await;
    assert_eq!(made.status, 200, "{}", made.body);
    let outcome: serde_json::Value = serde_json::from_str(&made.body).unwrap();
    // As the clusterer would have done.
    let written = running.desk.store.write(|tx| {
        let sql = "INSERT INTO went_along VALUES (1, 2, 1, 2)";
        Ok(tx.execute(sql, [])?)
    });
    written.await.unwrap();
    let words = "item 2 went from event 1 to event 2 with it";
    let request = format!("/api/requests/{}", outcome["request"]);
    for path in [&request, "/desk/log", "/desk/events/1", "/desk/events/2"] {
        let page = running.get(path, &headers).await.body;
        assert_eq!(page.matches(words).count(), 1, "{path}: {page}");
    }
    let along = r#""went_along":[{"items":[2],"from":1,"into":2}]"#;
    let listed = running.get("/api/decisions", &headers).await.body;
    let log = std::process::Command::new(env!("CARGO_BIN_EXE_dateline"))
        .args(["log", "--json", "--data-dir"])
        .arg(running.desk.directory.path())
        .output()
        .unwrap();
    let log = String::from_utf8(log.stdout).unwrap();
    assert!(log.contains(along), "{log}");
    let one: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let went = serde_json::json!([{ "items": [2], "from": 1, "into": 2 }]);
    assert_eq!(one["decisions"][0]["went_along"], went, "{listed}");
}
