//! The review queue, and how often editors overruled the machine.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;

use super::super::site::Site;
use super::frame::{Frame, frame, let_in, page, read};
use super::views::named;
use crate::news::{EventId, ItemId};
use crate::store::review::{Doubt, Question, WeekOfReviews, count_reviews, load_doubts};
use crate::store::{Connection, desk, items};

/// Questions on one page.
const MOST_DOUBTS: usize = 20;

#[derive(Template)]
#[template(path = "desk_review.html")]
struct ReviewPage {
    frame: Frame,
    doubts: Vec<DoubtView>,
}

struct DoubtView {
    key: String,
    asked: &'static str,
    left: (String, String),
    right: (String, String),
    numbers: String,
}

pub(super) async fn review(
    State(site): State<Site>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Response> {
    let asker = let_in(&site, &headers, &uri).await?;
    let now = site.clock().now();
    let doubts = read(&site, move |conn| {
        let doubts = load_doubts(conn, now, MOST_DOUBTS)?;
        doubts
            .iter()
            .map(|doubt| view_of(conn, doubt))
            .collect::<crate::store::Result<Vec<_>>>()
    })
    .await?;
    let review = ReviewPage {
        frame: frame(&site, "Review", "review", &asker),
        doubts,
    };
    Ok(page(StatusCode::OK, &review))
}

fn view_of(conn: &Connection, doubt: &Doubt) -> crate::store::Result<DoubtView> {
    let event_side = |id: EventId| -> crate::store::Result<(String, String)> {
        let event = desk::load_event(conn, id)?;
        let headline = event
            .map(|event| named(&event.headline))
            .unwrap_or_default();
        Ok((format!("/desk/events/{id}"), headline))
    };
    let item_side = |id: ItemId, event: EventId| -> crate::store::Result<(String, String)> {
        let title = items::load_item(conn, id)?.map(|item| named(&item.title));
        let title = title.unwrap_or_default();
        Ok((format!("/desk/events/{event}#item-{id}"), title))
    };
    let (asked, left, right) = match doubt.question {
        Question::Belongs { item, event } => (
            "Does this item tell this event?",
            item_side(item, event)?,
            event_side(event)?,
        ),
        Question::Merge { event, other } => (
            "Are these two events one?",
            event_side(event)?,
            event_side(other)?,
        ),
        Question::Late { item, event } => (
            "Does this late item belong to this locked event?",
            item_side(item, event)?,
            event_side(event)?,
        ),
    };
    Ok(DoubtView {
        key: doubt.question.key(),
        asked,
        left,
        right,
        numbers: format!(
            "mean score {:.2} against {:.2} · {} outlets",
            doubt.score, doubt.threshold, doubt.reach
        ),
    })
}

#[derive(Template)]
#[template(path = "desk_quality.html")]
struct QualityPage {
    frame: Frame,
    weeks: Vec<WeekOfReviews>,
}

pub(super) async fn quality(
    State(site): State<Site>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Response> {
    let asker = let_in(&site, &headers, &uri).await?;
    let weeks = read(&site, count_reviews).await?;
    let frame = frame(&site, "Quality", "quality", &asker);
    Ok(page(StatusCode::OK, &QualityPage { frame, weeks }))
}
