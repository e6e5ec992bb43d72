//! What happens beside a visit: the feed is removed while its server answers, an item goes before it is revised.

use std::sync::{Arc, OnceLock};

use dateline::jobs::ingest;
use dateline::news::ItemId;
use dateline::store::{Store, feeds, items};

use super::harness::{Newsroom, exact, rss};
use crate::server::Reply;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_that_is_removed_while_it_is_visited_is_no_failure() {
    let store: Arc<OnceLock<Store>> = Arc::default();
    let there = Arc::clone(&store);
    let text = rss(1..4).replace("<item><title>", "<item><title>ZORKBLAT: ");
    let room = Newsroom::with(exact(), move |seen| {
        let store = there.get()?;
        if seen.path() == "/removed" {
            let url = format!("http://{}/removed", seen.header("host")?);
            let remove = move || {
                store.write_blocking(move |tx| {
                    let known = feeds::list_feeds(tx)?.into_iter();
                    let mut known = known.map(|one| one.feed).filter(|feed| feed.url == url);
                    feeds::remove_feed(tx, known.next().expect("it is there").id)
                })
            };
            assert!(tokio::task::block_in_place(remove).unwrap());
        }
        Some(Reply::ok(text.clone()))
    })
    .await;
    store.set(room.store.clone()).ok().unwrap();
    let removed = room.add("paper.test", "/removed").await;
    let stays = room.add("paper.test", "/stays").await;
    assert_eq!(room.poll(removed).await.outcome, "items");
    room.poll(stays).await;
    let counted = |id| {
        let load = |conn: &_| dateline::store::polls::load_unknown_prefixes(conn, id, 9);
        room.store.read(load).unwrap()
    };
    assert_eq!(counted(removed), []);
    assert_eq!(counted(stays).len(), 1);
}

#[tokio::test]
async fn a_revision_of_an_item_that_is_gone_by_now_takes_nothing_with_it() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let feed = room.state(id).feed;
    let mut prepared = room.prepare(&feed, &rss(1..3));
    let gone = prepared.new.pop().unwrap();
    prepared.revised = vec![(ItemId(999), gone.first)];
    let (now, saving) = (feed.next_visit_at, feed.clone());
    let saved = room
        .store
        .write(move |tx| ingest::save(tx, &saving, &prepared, now));
    assert_eq!(saved.await.unwrap().len(), 1);
    assert_eq!(room.store.read(items::count_items).unwrap(), 1);
}
