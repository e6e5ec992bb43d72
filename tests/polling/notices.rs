//! Notices that withdraw a story, in whichever order they and the story come.

use dateline::news::{FeedId, OutletKind, utc_from_secs};
use dateline::store::feeds;

use super::harness::{Newsroom, START};
use crate::server::Reply;

const LINK: &str = "http://ap.test/senator-arrested";

/// An item that was told so many minutes ago; without a time if that is `None`.
#[derive(Clone)]
struct Told {
    guid: &'static str,
    link: &'static str,
    title: &'static str,
    lead: &'static str,
    minutes: Option<i64>,
}

fn story(minutes: impl Into<Option<i64>>) -> Told {
    Told {
        guid: "story",
        link: LINK,
        title: "Senator Marlow arrested over bribes in harbour deal",
        lead: "WASHINGTON (AP) — Senator Marlow was arrested on Monday over bribes, police said.",
        minutes: minutes.into(),
    }
}

fn kill(minutes: impl Into<Option<i64>>) -> Told {
    Told {
        guid: "kill",
        link: LINK,
        title: "MANDATORY KILL: Senator-Arrested",
        lead: "Please kill the story Senator-Arrested. A kill is mandatory.",
        minutes: minutes.into(),
    }
}

fn listed(items: &[Told]) -> Reply {
    let item = |told: &Told| {
        let date = told.minutes.map_or(String::new(), |minutes| {
            let at = utc_from_secs(START - minutes * 60).to_rfc2822();
            format!("<pubDate>{at}</pubDate>")
        });
        format!(
            "<item><guid isPermaLink=\"false\">{}</guid><link>{}</link><title>{}</title>\
             <description>{}</description>{date}</item>",
            told.guid, told.link, told.title, told.lead
        )
    };
    let items: String = items.iter().map(item).collect();
    Reply::ok(format!(
        "<rss version=\"2.0\"><channel><title>t</title>{items}</channel></rss>"
    ))
}

async fn agency(room: &Newsroom, path: &str) -> FeedId {
    let url = room.server.url("ap.test", path);
    room.add_of("AP", OutletKind::Wire, &url).await
}

fn titles(room: &Newsroom, condition: &str) -> Vec<String> {
    let sql = format!("SELECT title FROM items WHERE {condition} ORDER BY id");
    let read = room.store.read(|conn| {
        let mut query = conn.prepare(&sql)?;
        let rows = query.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<Vec<String>, _>>()?)
    });
    read.unwrap()
}

fn withdrawn(room: &Newsroom) -> Vec<String> {
    titles(room, "withdrawn_at IS NOT NULL")
}

fn doubted(room: &Newsroom) -> Vec<String> {
    titles(room, "id IN (SELECT item_id FROM doubted_kills)")
}

#[tokio::test]
async fn a_kill_that_comes_with_its_story_withdraws_it() {
    let of_series = |told: Told, title, link| Told {
        title,
        link,
        ..told
    };
    let by_series = (
        of_series(
            story(15),
            "BC-US--Senate-Bill,2nd Ld-Writethru",
            "http://ap.test/1-a-b",
        ),
        of_series(kill(5), "BC-US--Senate-Bill, KILL", "http://ap.test/2-a-b"),
    );
    // Neither has a time: feeds list the newest first.
    let undated = (story(None), kill(None));
    for (story, kill) in [
        (story(15), kill(5)),
        (story(15), kill(None)),
        by_series,
        undated,
    ] {
        let both = [kill.clone(), story.clone()];
        let mut orders = vec![both.to_vec()];
        if story.minutes.is_some() {
            orders.push(vec![story.clone(), kill.clone()]);
        }
        for order in orders {
            let room = Newsroom::open().await;
            let feed = agency(&room, "/feed").await;
            let report = room.poll_for(feed, listed(&order)).await;
            assert_eq!(report.new.len(), 2);
            assert_eq!(withdrawn(&room), [story.title], "{:?}", kill.title);
            assert!(doubted(&room).is_empty());
        }
    }
}

#[tokio::test]
async fn a_kill_that_was_seen_before_its_story_withdraws_it_whichever_feed_lists_it() {
    for feeds in [["/a", "/b"], ["/a", "/a"]] {
        for link in [LINK, "http://ap.test/news/7654321/the-senator-was-arrested"] {
            let room = Newsroom::open().await;
            let kill = Told { link, ..kill(5) };
            let first = agency(&room, feeds[0]).await;
            room.poll_for(first, listed(&[kill])).await;
            room.clock.advance_secs(900);
            let second = agency(&room, feeds[1]).await;
            let story = Told { link, ..story(15) };
            let report = room
                .poll_for(second, listed(std::slice::from_ref(&story)))
                .await;
            assert_eq!(report.new.len(), 1, "{feeds:?}");
            assert_eq!(withdrawn(&room), [story.title], "{feeds:?}");
            let kills = titles(&room, "role = 'kill' AND withdrawn_at IS NULL");
            assert_eq!(
                kills.len(),
                1,
                "it is no new state of the notice: {feeds:?}"
            );
        }
    }
}

#[tokio::test]
async fn what_an_agency_tells_after_its_kill_stands() {
    let substitute = |minutes| Told {
        guid: "substitute",
        title: "Senator Marlow questioned about harbour deal, not arrested",
        ..story(minutes)
    };
    let together = Newsroom::open().await;
    let feed = agency(&together, "/feed").await;
    let all = [substitute(2), kill(5), story(15)];
    together.poll_for(feed, listed(&all)).await;
    assert_eq!(withdrawn(&together), [story(15).title]);

    let later = Newsroom::open().await;
    let feed = agency(&later, "/feed").await;
    later.poll_for(feed, listed(&[kill(5)])).await;
    let other = agency(&later, "/other").await;
    later.poll_for(other, listed(&[substitute(2)])).await;

    // The feed that lists the notice is visited last.
    let earlier = Newsroom::open().await;
    let other = agency(&earlier, "/other").await;
    earlier.poll_for(other, listed(&[substitute(2)])).await;
    let feed = agency(&earlier, "/feed").await;
    earlier.poll_for(feed, listed(&[kill(5)])).await;
    for room in [later, earlier] {
        assert!(withdrawn(&room).is_empty() && doubted(&room).is_empty());
    }
}

#[tokio::test]
async fn a_person_decides_what_a_kill_means_that_came_before_a_story_without_a_time() {
    let room = Newsroom::open().await;
    let feed = agency(&room, "/feed").await;
    room.poll_for(feed, listed(&[kill(5)])).await;
    let other = agency(&room, "/other").await;
    room.poll_for(other, listed(&[story(None)])).await;
    assert!(withdrawn(&room).is_empty());
    assert_eq!(doubted(&room), [story(None).title]);
}

#[tokio::test]
async fn a_kill_is_held_for_a_week_against_what_comes_after_it() {
    let room = Newsroom::open().await;
    let feed = agency(&room, "/feed").await;
    room.poll_for(feed, listed(&[kill(5)])).await;
    room.clock.advance_secs(6 * 86_400);
    let other = agency(&room, "/other").await;
    room.poll_for(other, listed(&[story(15)])).await;
    assert_eq!(withdrawn(&room).len(), 1);
    room.clock.advance_secs(2 * 86_400);
    let third = agency(&room, "/third").await;
    room.poll_for(third, listed(&[story(15)])).await;
    assert_eq!(withdrawn(&room).len(), 1);
}

#[tokio::test]
async fn a_kill_of_somebody_else_withdraws_no_story_that_comes_after_it() {
    let room = Newsroom::open().await;
    let paper = room.add("paper.test", "/feed").await;
    room.poll_for(paper, listed(&[kill(5)])).await;
    let url = room.server.url("dpa.test", "/feed");
    let other = room.add_of("dpa", OutletKind::Wire, &url).await;
    room.poll_for(other, listed(&[kill(5)])).await;
    let feed = agency(&room, "/feed").await;
    room.poll_for(feed, listed(&[story(15)])).await;
    assert!(withdrawn(&room).is_empty());
}

#[tokio::test]
async fn a_kill_finds_its_story_also_in_a_feed_that_was_removed() {
    let room = Newsroom::open().await;
    let former = agency(&room, "/former").await;
    room.poll_for(former, listed(&[story(15)])).await;
    let removed = room.store.write(move |tx| feeds::remove_feed(tx, former));
    assert!(removed.await.unwrap());
    let feed = agency(&room, "/feed").await;
    room.poll_for(feed, listed(&[kill(5)])).await;
    assert_eq!(withdrawn(&room), [story(15).title]);
}

#[tokio::test]
async fn a_kill_in_the_words_of_another_agency_is_for_a_person_under_the_storys_own_id_too() {
    let room = Newsroom::open().await;
    let feed = agency(&room, "/feed").await;
    room.poll_for(feed, listed(&[story(15)])).await;
    let title = "KILL KILL KILL Senator Marlow arrested over bribes in harbour deal";
    let revised = Told { title, ..story(15) };
    let report = room.poll_for(feed, listed(&[revised])).await;
    assert_eq!(report.revised, 1);
    assert!(withdrawn(&room).is_empty());
    assert_eq!(doubted(&room), [title]);
}
