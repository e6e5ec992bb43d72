//! Which states of a known item are stored.

use dateline::news::{ItemId, utc_from_secs};
use dateline::store::items;

use super::harness::{Newsroom, START};
use crate::server::Reply;

fn atom(title: &str, lead: &str, minutes: i64) -> Reply {
    let at = |minutes: i64| utc_from_secs(START - 9000 + minutes * 60).to_rfc3339();
    Reply::ok(format!(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>t</title><entry><title>{title}</title>\
         <id>tag:paper.test,1</id><link href=\"http://paper.test/a/1\"/><published>{}</published>\
         <updated>{}</updated><summary>{lead}</summary></entry></feed>",
        at(0),
        at(minutes)
    ))
}

#[tokio::test]
async fn a_server_that_lags_behind_brings_no_earlier_state_back_and_a_later_one_is_taken() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let three = atom("Three dead in blast", "Police said three people died.", 5);
    let twelve = atom(
        "Twelve dead in blast",
        "Police said twelve people died.",
        90,
    );
    room.poll_for(id, three.clone()).await;
    let mut revised = 0;
    for _ in 0..4 {
        for state in [&twelve, &three] {
            let report = room.poll_for(id, state.clone()).await;
            assert!(report.new.is_empty());
            revised += report.revised;
        }
    }
    assert_eq!(revised, 1);
    let title = || {
        let item = room.store.read(|conn| items::load_item(conn, ItemId(1)));
        item.unwrap().expect("it is kept").title
    };
    assert_eq!(title(), "Twelve dead in blast");
    // What was never seen is taken, whatever its outlet's clock says.
    let ten = atom(
        "Ten dead in blast",
        "Police corrected the number to ten.",
        80,
    );
    assert_eq!(room.poll_for(id, ten).await.revised, 1);
    let back = atom("Three dead in blast", "Police said three people died.", 120);
    assert_eq!(room.poll_for(id, back).await.revised, 1);
    assert_eq!(title(), "Three dead in blast");
}
