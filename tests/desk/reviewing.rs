//! The questions of the review queue, as an editor reads them, and the answer of `dateline why`.

use dateline::jobs::decide::{Asked, decide, undo};
use dateline::news::{
    EventId, Evidence, ItemId, PairEvidence, Ruling, ScoredPair, Target, UtcTime,
};
use dateline::store::Store;
use dateline::store::decisions::load_decisions;
use dateline::store::events::{self, Member};
use dateline::store::review;

use super::http::Running;
use super::newsdesk::{Newsdesk, now};

/// Item 4 stands in event 2 by little.
async fn doubt(store: &Store) -> Evidence {
    let evidence = Evidence {
        item: ItemId(4),
        event: EventId(2),
        mean_score: 0.55,
        threshold: 0.5,
        runner_up: Some((EventId(1), 0.25)),
        strongest_for: vec![PairEvidence {
            other: ItemId(5),
            score: 0.55,
            terms: Vec::new(),
        }],
        strongest_against: Vec::new(),
        decisions: Vec::new(),
        reprint_of: None,
    };
    put(store, evidence.clone()).await;
    evidence
}

/// An item stands where it does for these reasons.
async fn put(store: &Store, evidence: Evidence) {
    // Its terms are not known any more.
    let frozen = ScoredPair {
        earlier: ItemId(1),
        later: ItemId(4),
        score: 0.25,
        weights_version: 1,
        values: vec![0.5],
    };
    let member = Member {
        item: ItemId(4),
        reprint_of: None,
        evidence: Some(evidence),
        frozen: vec![frozen],
    };
    let written = store.write(move |tx| events::save_members(tx, EventId(2), &[member], now()));
    written.await.unwrap();
}

#[tokio::test]
async fn the_item_that_gave_the_headline_is_held_against_another_report() {
    let running = Running::start(|_| {}).await;
    doubt(&running.desk.store).await;
    let (cookie, _) = running.log_in("anna").await;
    let page = running
        .get("/desk/review", &[("cookie", cookie.as_str())])
        .await;
    assert!(page.body.contains("belongs:4:2"), "{}", page.body);
    let shown = |title: &str| page.body.matches(title).count();
    assert_eq!(shown("Summit ends without a deal"), 1, "{}", page.body);
    assert_eq!(shown("No deal as Anchorage talks break up"), 1);
}

/// What is asked, as the keys of the questions.
fn asked(desk: &Newsdesk) -> Vec<String> {
    let open = desk.store.read(|conn| review::load_doubts(conn, now(), 20));
    let open = open.unwrap().into_iter();
    open.map(|doubt| doubt.question.key()).collect()
}

/// What an editor rules at a time, and what is asked then; it is taken back again.
async fn asked_after(desk: &Newsdesk, ruling: Ruling, at: UtcTime) -> Vec<String> {
    let ruled = Asked {
        ruling,
        editor: "anna".into(),
        note: String::new(),
    };
    let answer = decide(&desk.store, ruled, at).await.unwrap();
    assert!(answer.done, "{answer:?}");
    let then = asked(desk);
    let made = desk.store.read(load_decisions).unwrap();
    let last = made.last().unwrap().id;
    assert!(
        undo(&desk.store, last, "ben".into(), at)
            .await
            .unwrap()
            .done
    );
    then
}

#[tokio::test]
async fn what_a_ruling_answers_is_not_asked() {
    let desk = Newsdesk::open().await;
    let mut evidence = doubt(&desk.store).await;
    evidence.runner_up = Some((EventId(1), 0.45));
    put(&desk.store, evidence).await;
    assert_eq!(asked(&desk), ["merge:1:2", "belongs:4:2"]);
    let (a, b) = (ItemId(4), ItemId(2));
    let parted = Ruling::NotSameEvent { a, b };
    assert_eq!(asked_after(&desk, parted, now()).await, ["belongs:4:2"]);
    let (a, b, items) = (ItemId(4), ItemId(5), Vec::new());
    let joined = Ruling::SameEvent { a, b, items };
    assert_eq!(asked_after(&desk, joined, now()).await, ["merge:1:2"]);
    assert_eq!(asked(&desk).len(), 2, "it is asked again");
}

/// Item 4 came six hours ago.
#[tokio::test]
async fn what_came_before_the_lock_of_an_event_is_not_late_for_it() {
    let desk = Newsdesk::open().await;
    let mut evidence = doubt(&desk.store).await;
    evidence.runner_up = Some((EventId(1), 0.45));
    put(&desk.store, evidence).await;
    let lock = || Ruling::Lock {
        event: EventId(1),
        items: [1, 2, 3].map(ItemId).to_vec(),
    };
    let earlier = now() - chrono::TimeDelta::hours(7);
    let late = asked_after(&desk, lock(), earlier).await;
    assert_eq!(late, ["late:4:1", "belongs:4:2"]);
    assert_eq!(asked_after(&desk, lock(), now()).await, ["belongs:4:2"]);
}

#[tokio::test]
async fn thresholds_are_tried_around_the_one_in_use_and_none_that_nothing_reaches() {
    let running = Running::start(|settings| settings.settle_score = 0.9).await;
    doubt(&running.desk.store).await;
    let (cookie, csrf) = running.log_in("anna").await;
    let headers = [("cookie", cookie.as_str())];
    let form = format!("do=answer&question=belongs:4:2&answer=yes&back=/desk/review&csrf={csrf}");
    assert_eq!(running.post("/desk/act", &headers, &form).await.status, 303);
    let page = running.get("/desk/quality", &headers).await;
    let (_, table) = page.body.split_once("Parted, editors join").unwrap();
    let rows: Vec<&str> = table.split("<tr><td>").skip(1).collect();
    let first_cells = rows.iter().map(|row| row.split("</td>").next().unwrap());
    let thresholds: Vec<&str> = first_cells.collect();
    assert_eq!(thresholds, ["0.72", "0.78", "0.84", "0.90, in use", "0.96"]);
    // The item stands where it does with .55, and the editor agrees: each of them would have parted it.
    let cells = r#"<td class="number">0</td><td class="number">0</td><td class="number">1</td>"#;
    assert!(rows.iter().all(|row| row.contains(cells)), "{table}");
}

#[tokio::test]
async fn an_answer_to_what_has_changed_since_is_refused_in_words_and_not_kept() {
    let running = Running::start(|_| {}).await;
    doubt(&running.desk.store).await;
    let (cookie, csrf) = running.log_in("anna").await;
    let headers = [("cookie", cookie.as_str())];
    for stale in [
        "belongs:4:1",
        "kill:4:1",
        "merge:1:99",
        "late:4:2",
        "late:4:99",
    ] {
        for answer in ["yes", "no", "later"] {
            let form =
                format!("do=answer&question={stale}&answer={answer}&back=/desk/review&csrf={csrf}");
            let reply = running.post("/desk/act", &headers, &form).await;
            assert_eq!(reply.status, 422, "{stale} {answer}");
            assert!(reply.body.contains("has changed since"), "{}", reply.body);
        }
    }
    let kept = running.desk.store.read(review::count_reviews).unwrap();
    assert!(kept.is_empty());
}

#[tokio::test]
async fn why_says_everything_to_people_and_to_programs() {
    let desk = Newsdesk::open().await;
    let evidence = doubt(&desk.store).await;
    let ask = |arguments: &[&str]| {
        let asked = std::process::Command::new(env!("CARGO_BIN_EXE_dateline"))
            .args(arguments)
            .arg("--data-dir")
            .arg(desk.directory.path())
            .output()
            .unwrap();
        assert!(asked.status.success(), "{asked:?}");
        String::from_utf8(asked.stdout).unwrap()
    };
    let told = ask(&["why", "4"]);
    let verdict = "stands in event 2: when it joined its mean score with the other reports was 0.550, which reaches 0.500";
    for words in [
        verdict,
        "for: item 5, score 0.550",
        "next best: event 1, mean 0.250",
    ] {
        assert!(told.contains(words), "{words} in {told}");
    }
    let told: Evidence = serde_json::from_str(&ask(&["why", "4", "--json"])).unwrap();
    assert_eq!(told.strongest_for[0].other, evidence.strongest_for[0].other);
    for (other, score) in [("1", Some(0.25)), ("5", None)] {
        let pair: serde_json::Value =
            serde_json::from_str(&ask(&["why", "4", other, "--json"])).unwrap();
        let told = pair["score"].as_f64();
        assert_eq!(
            told.map(|told| (told * 100.0).round() / 100.0),
            score,
            "{pair}"
        );
        let is_said = !pair["reason"].as_str().unwrap().is_empty();
        assert_eq!(is_said, score.is_none(), "{pair}");
    }
    let parted = ask(&["why", "3", "6"]);
    let rule = "by the rules and the weights of now the two are not of one event, as they share no word that says anything";
    assert!(parted.contains(rule), "{parted}");
    let shown = ask(&["show", "item", "4"]);
    assert!(shown.contains("Outlet 4, told 20"), "{shown}");
    assert!(shown.contains("stands in event 2"), "{shown}");

    // What came since put it elsewhere than what it was held against.
    let member = Member {
        item: ItemId(4),
        reprint_of: None,
        evidence: None,
        frozen: Vec::new(),
    };
    let moved = desk
        .store
        .write(move |tx| events::save_members(tx, EventId(1), &[member], now()));
    moved.await.unwrap();
    let told = ask(&["why", "4"]);
    assert!(
        told.contains("stands in event 1: when it joined event 2 its mean"),
        "{told}"
    );
    assert!(
        told.contains("for: item 5, score 0.550, in event 2 by now"),
        "{told}"
    );
    let told: serde_json::Value = serde_json::from_str(&ask(&["why", "4", "--json"])).unwrap();
    assert_eq!((&told["stands_in"], &told["event"]), (&1.into(), &2.into()));

    let target = Target::Item(ItemId(4));
    let asked = Asked {
        ruling: Ruling::Spike { target },
        editor: "anna".into(),
        note: String::new(),
    };
    assert!(decide(&desk.store, asked, now()).await.unwrap().done);
    assert!(ask(&["show", "item", "4"]).contains("kept out by decision 1"));
    assert!(ask(&["show", "event", "1"]).contains("kept out: items 4"));
}
