//! The callback of our own subscriptions, as hubs and strangers call it.

use dateline::news::FeedId;
use dateline::store::subscriptions;

use super::http::Server;
use super::newsroom::summit;

#[tokio::test]
async fn a_stranger_confirms_nothing_and_leaves_nothing() {
    let room = summit().await;
    let server = Server::start(room.site()).await;
    let question = "hub.mode=subscribe&hub.topic=https://a.example/f&hub.challenge=%3Cscript%3E";
    for mode in ["subscribe", "unsubscribe", "denied"] {
        let path = format!("/websub/guess?{}", question.replace("subscribe", mode));
        let reply = server.get(&path).await;
        assert_eq!((reply.status, reply.body.len()), (404, 0));
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
    }
    let pushed = server.post_form("/websub/guess", &[("x", "y")]).await;
    assert_eq!(pushed.status, 404);
    let waiting = room.store.read(|conn| subscriptions::load_pushes(conn, 10));
    assert!(waiting.expect("a read").is_empty());
    let known = room
        .store
        .read(|conn| subscriptions::load_subscription(conn, FeedId(1)));
    assert!(known.expect("a read").is_none());
}
