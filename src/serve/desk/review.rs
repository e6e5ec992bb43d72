//! The review queue, and how often editors overruled the machine.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;

use super::super::site::Site;
use super::frame::{Frame, frame, let_in, page, read};
use super::views::named;
use crate::news::{Event, EventId, ItemId};
use crate::store::reports::load_all_reports;
use crate::store::review::{
    Doubt, Question, WeekOfReviews, count_reviews, load_doubts, try_thresholds,
};
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
    let side_of = |id: EventId, event: Option<&Event>| {
        let headline = event.map(|event| named(&event.headline));
        (format!("/desk/events/{id}"), headline.unwrap_or_default())
    };
    let event_side = |id: EventId| -> crate::store::Result<(String, String)> {
        Ok(side_of(id, desk::load_event(conn, id)?.as_ref()))
    };
    let item_side = |id: ItemId, event: EventId| -> crate::store::Result<(String, String)> {
        let title = items::load_item(conn, id)?.map(|item| named(&item.title));
        let title = title.unwrap_or_default();
        Ok((format!("/desk/events/{event}#item-{id}"), title))
    };
    let (asked, left, right) = match doubt.question {
        Question::Belongs { item, event } => {
            let shown = desk::load_event(conn, event)?;
            let (link, mut headline) = side_of(event, shown.as_ref());
            let left = item_side(item, event)?;
            let chosen = shown.and_then(|event| event.headline_item_id);
            if chosen == Some(item) || headline == left.1 {
                headline = told_beside(conn, item, event)?.unwrap_or(headline);
            }
            ("Does this item tell this event?", left, (link, headline))
        }
        Question::Merge { event, other } => (
            "Are these two events one?",
            event_side(event)?,
            event_side(other)?,
        ),
        Question::Kill { item, event } => (
            "Does a notice that was not believed withdraw this item?",
            item_side(item, event)?,
            event_side(event)?,
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
        numbers: match doubt.question {
            Question::Kill { .. } => format!("{} outlets · yes spikes it", doubt.reach),
            _ => format!(
                "mean score {:.2} against {:.2} · {} outlets",
                doubt.score, doubt.threshold, doubt.reach
            ),
        },
    })
}

/// What another report of the event says, for an item that gave the event its headline; `None` if none says
/// anything else.
fn told_beside(
    conn: &Connection,
    item: ItemId,
    event: EventId,
) -> crate::store::Result<Option<String>> {
    let reports = load_all_reports(conn, event)?;
    let own = reports.iter().find(|report| report.item_id == item);
    let own = own.map(|report| report.title.clone());
    let mut titles = reports.into_iter().map(|report| report.title);
    Ok(titles
        .find(|title| Some(title) != own.as_ref())
        .map(|title| named(&title)))
}

#[derive(Template)]
#[template(path = "desk_quality.html")]
struct QualityPage {
    frame: Frame,
    weeks: Vec<WeekOfReviews>,
    trials: Vec<TrialLine>,
}

struct TrialLine {
    threshold: String,
    is_in_use: bool,
    agreed: u32,
    wrongly_joined: u32,
    wrongly_parted: u32,
}

/// Thresholds that are tried on the answers, as steps from the one in use.
const TRIED: [f32; 7] = [-0.18, -0.12, -0.06, 0.0, 0.06, 0.12, 0.18];

pub(super) async fn quality(
    State(site): State<Site>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Response> {
    let asker = let_in(&site, &headers, &uri).await?;
    let in_use = site.settings().settle_score;
    let tried = TRIED.map(|step| in_use + step).into_iter();
    let tried = tried.filter(|threshold| (0.0..=1.0).contains(threshold));
    let tried: Vec<f64> = tried.map(f64::from).collect();
    let (weeks, trials) = read(&site, move |conn| {
        Ok((count_reviews(conn)?, try_thresholds(conn, &tried)?))
    })
    .await?;
    let trials = trials.into_iter().map(|trial| TrialLine {
        threshold: format!("{:.2}", trial.threshold),
        is_in_use: trial.threshold == f64::from(in_use),
        agreed: trial.agreed,
        wrongly_joined: trial.wrongly_joined,
        wrongly_parted: trial.wrongly_parted,
    });
    let quality = QualityPage {
        frame: frame(&site, "Quality", "quality", &asker),
        weeks,
        trials: trials.collect(),
    };
    Ok(page(StatusCode::OK, &quality))
}
