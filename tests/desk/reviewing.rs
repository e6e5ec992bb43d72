//! The questions of the review queue, as an editor reads them.

use dateline::news::{EventId, Evidence, ItemId, PairEvidence};
use dateline::store::events::{self, Member};

use super::http::Running;
use super::newsdesk::now;

#[tokio::test]
async fn the_item_that_gave_the_headline_is_held_against_another_report() {
    let running = Running::start(|_| {}).await;
    let written = running.desk.store.write(|tx| {
        let evidence = Evidence {
            item: ItemId(4),
            event: EventId(2),
            mean_score: 0.55,
            threshold: 0.5,
            strongest_for: vec![PairEvidence {
                other: ItemId(5),
                score: 0.55,
                terms: Vec::new(),
            }],
            runner_up: None,
            strongest_against: Vec::new(),
            decisions: Vec::new(),
            reprint_of: None,
        };
        let member = Member {
            item: ItemId(4),
            reprint_of: None,
            evidence: Some(evidence),
            frozen: Vec::new(),
        };
        events::save_members(tx, EventId(2), &[member], now())
    });
    written.await.unwrap();
    let (cookie, _) = running.log_in("anna").await;
    let page = running
        .get("/desk/review", &[("cookie", cookie.as_str())])
        .await;
    assert!(page.body.contains("belongs:4:2"), "{}", page.body);
    let shown = |title: &str| page.body.matches(title).count();
    assert_eq!(shown("Summit ends without a deal"), 1, "{}", page.body);
    assert_eq!(shown("No deal as Anchorage talks break up"), 1);
}
