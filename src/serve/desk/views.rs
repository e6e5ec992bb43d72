//! What the desk shows of stored rows. All text is cut to one line; the templates escape it.

use std::collections::BTreeMap;

use super::ruled::{self, DecisionLine};
use crate::feed::write::{one_line, web_address};
use crate::feed::{WordChange, word_diff};
use crate::news::{
    Decision, Event, EventId, Evidence, Item, ItemId, PairEvidence, Report, Revision, Storyline,
    StorylineId, Term, UtcTime, WireTag,
};
use crate::serve::TermsOf;
use crate::store::decisions::{self, load_about_event};
use crate::store::desk::{self, StorylineLine};
use crate::store::reports::load_all_reports;
use crate::store::{Connection, Result, events, items, kept_out};

/// Reports of one event that are explained in full.
const MOST_REPORTS: usize = 80;
/// Terms shown of a pair.
const MOST_TERMS: usize = 7;

/// An instant for machines and for people.
#[derive(serde::Serialize)]
pub(super) struct Moment {
    pub(super) machine: String,
    pub(super) person: String,
}

pub(super) fn moment(at: UtcTime) -> Moment {
    Moment {
        machine: at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        person: at.format("%-d %b %H:%M").to_string(),
    }
}

/// A bar of the small graph: where it stands and how high it is, in units of the drawing.
pub(super) struct Bar {
    pub(super) x: usize,
    pub(super) y: u32,
    pub(super) height: u32,
}

/// The latest event of a storyline on the first page.
pub(super) struct LatestLine {
    pub(super) id: i64,
    pub(super) headline: String,
    pub(super) at: Moment,
    pub(super) is_withdrawn: bool,
    pub(super) spiked: bool,
}

/// A storyline on the first page.
pub(super) struct NowLine {
    pub(super) id: i64,
    pub(super) headline: String,
    pub(super) life: &'static str,
    pub(super) counts: String,
    pub(super) languages: String,
    pub(super) latest: Option<LatestLine>,
    pub(super) bars: Vec<Bar>,
    pub(super) graph_words: String,
    pub(super) is_changed: bool,
    pub(super) spiked: bool,
}

pub(super) fn now_line(line: StorylineLine) -> NowLine {
    let most = line.hourly.iter().copied().max().unwrap_or(0).max(1);
    let bars = line
        .hourly
        .iter()
        .enumerate()
        .filter(|(_, count)| **count > 0);
    let bars = bars.map(|(at, count)| {
        let height = (count * 22).div_ceil(most);
        Bar {
            x: at * 5,
            y: 24 - height,
            height,
        }
    });
    let storyline = &line.storyline;
    NowLine {
        id: storyline.id.0,
        headline: named(&storyline.headline),
        life: life_of(storyline, line.is_withdrawn),
        counts: counts_of(storyline),
        languages: line
            .languages
            .iter()
            .take(6)
            .cloned()
            .collect::<Vec<_>>()
            .join(", "),
        latest: line.latest.map(|event| LatestLine {
            id: event.id.0,
            headline: named(&event.headline),
            at: moment(event.occurred_at),
            is_withdrawn: line.is_latest_withdrawn,
            spiked: event.spiked,
        }),
        bars: bars.collect(),
        graph_words: format!(
            "{} in the 24 hours until {} UTC",
            count(line.hourly.iter().sum(), "item"),
            line.hours_until.format("%-d %B, %H:%M")
        ),
        is_changed: line.is_changed,
        spiked: storyline.spiked,
    }
}

/// How a storyline stands, in the word of its public page.
fn life_of(storyline: &Storyline, is_withdrawn: bool) -> &'static str {
    match is_withdrawn {
        true => "withdrawn",
        false => storyline.life.name(),
    }
}

/// A report as a line.
#[derive(serde::Serialize)]
pub(super) struct ReportLine {
    pub(super) item: i64,
    pub(super) outlet: String,
    pub(super) title: String,
    pub(super) link: Option<String>,
    pub(super) language: String,
    pub(super) at: Moment,
    pub(super) role: &'static str,
    pub(super) is_withdrawn: bool,
    pub(super) is_spiked: bool,
    pub(super) reprints: Vec<String>,
}

fn report_line(report: &Report, spiked: &[ItemId]) -> ReportLine {
    let reprints = report.reprints.iter();
    ReportLine {
        item: report.item_id.0,
        outlet: one_line(&report.outlet),
        title: named(&report.title),
        link: report.link.as_deref().and_then(web_address),
        language: report.language.clone(),
        at: moment(report.at),
        role: report.role.name(),
        is_withdrawn: report.is_withdrawn,
        is_spiked: spiked.contains(&report.item_id),
        reprints: reprints.map(|one| one_line(&one.outlet)).collect(),
    }
}

/// An event with its marks.
#[derive(serde::Serialize)]
pub(super) struct EventLine {
    pub(super) id: i64,
    pub(super) headline: String,
    pub(super) place: String,
    pub(super) lede: String,
    pub(super) at: Moment,
    pub(super) counts: String,
    pub(super) is_provisional: bool,
    pub(super) is_withdrawn: bool,
    pub(super) spiked: bool,
    pub(super) locked: bool,
    pub(super) is_pinned: bool,
    /// `event:item,item`: what the editor saw.
    pub(super) seen: String,
    pub(super) reports: Vec<ReportLine>,
}

fn event_line(conn: &Connection, event: &Event, pins: &[Decision]) -> Result<EventLine> {
    let members = events::load_members(conn, event.id)?;
    let seen: Vec<String> = members.iter().map(|(item, _)| item.to_string()).collect();
    let reports = load_all_reports(conn, event.id)?.into_iter();
    let spiked = kept_out::load_spiked(conn, event.id)?;
    Ok(EventLine {
        id: event.id.0,
        headline: named(&event.headline),
        place: one_line(&event.place),
        lede: one_line(&event.lede),
        at: moment(event.occurred_at),
        counts: format!(
            "{} · {}",
            count(event.report_count, "report"),
            count(event.outlet_count, "outlet")
        ),
        is_provisional: event.published_at.is_none(),
        is_withdrawn: desk::is_withdrawn(conn, event)?,
        spiked: event.spiked,
        locked: event.locked,
        is_pinned: !pins.is_empty(),
        seen: format!("{}:{}", event.id, seen.join(",")),
        reports: reports
            .map(|report| report_line(&report, &spiked))
            .collect(),
    })
}

/// Items beside a storyline that are listed: more are counted.
const MOST_BESIDE: usize = 60;

/// A storyline with its events and what stands beside them.
#[derive(serde::Serialize)]
pub(super) struct StorylineView {
    pub(super) id: i64,
    pub(super) headline: String,
    pub(super) life: &'static str,
    pub(super) counts: String,
    pub(super) spiked: bool,
    /// The last decision by now; 0 if none was made.
    pub(super) known: i64,
    pub(super) merged_into: Option<i64>,
    pub(super) events: Vec<EventLine>,
    pub(super) beside: Vec<BesideLine>,
    /// Items beside it that are not listed.
    pub(super) beside_more: usize,
}

/// An item beside the events of a storyline.
#[derive(serde::Serialize)]
pub(super) struct BesideLine {
    pub(super) item: i64,
    pub(super) title: String,
    pub(super) role: &'static str,
    pub(super) link: Option<String>,
    pub(super) at: Moment,
}

pub(super) fn load_storyline(conn: &Connection, id: i64) -> Result<Option<StorylineView>> {
    let Some(storyline) = desk::load_storyline(conn, StorylineId(id))? else {
        return Ok(None);
    };
    let mut lines = Vec::new();
    for event in desk::load_events_of(conn, storyline.id)? {
        let pins = ruled::load_pins(conn, event.id)?;
        lines.push(event_line(conn, &event, &pins)?);
    }
    let (nearby, count) = desk::load_beside(conn, storyline.id, MOST_BESIDE)?;
    let mut beside = Vec::with_capacity(nearby.len());
    let beside_more = count - nearby.len();
    for item in nearby {
        if let Some(item) = items::load_item(conn, item)? {
            beside.push(BesideLine {
                item: item.id.0,
                title: named(&item.title),
                role: item.wire.role.name(),
                link: item.link.as_deref().and_then(web_address),
                at: moment(item.item_time),
            });
        }
    }
    let is_withdrawn = desk::is_line_withdrawn(conn, storyline.id)?;
    Ok(Some(StorylineView {
        id: storyline.id.0,
        headline: named(&storyline.headline),
        life: life_of(&storyline, is_withdrawn),
        counts: counts_of(&storyline),
        spiked: storyline.spiked,
        known: decisions::newest(conn)?.0,
        merged_into: storyline.merged_into.map(|into| into.0),
        events: lines,
        beside,
        beside_more,
    }))
}

/// How many events a storyline has, and how many outlets tell them.
fn counts_of(storyline: &Storyline) -> String {
    format!(
        "{} · {}",
        count(storyline.event_count, "event"),
        count(storyline.outlet_count, "outlet")
    )
}

/// A pair in an explanation.
#[derive(serde::Serialize)]
pub(super) struct PairView {
    pub(super) item: i64,
    pub(super) title: String,
    pub(super) score: String,
    pub(super) terms: Vec<TermView>,
}

/// A term in an explanation.
#[derive(serde::Serialize)]
pub(super) struct TermView {
    pub(super) feature: String,
    pub(super) value: String,
    pub(super) share: String,
    pub(super) is_for: bool,
}

/// A revision against the one that replaced it.
#[derive(serde::Serialize)]
pub(super) struct RevisionView {
    pub(super) at: Moment,
    /// Each with what became of it: `same`, `removed` or `added`.
    pub(super) words: Vec<(&'static str, String)>,
}

/// A report with everything that is known of it.
#[derive(serde::Serialize)]
pub(super) struct ExplainedReport {
    pub(super) line: ReportLine,
    pub(super) fetched: Moment,
    pub(super) tags: String,
    pub(super) revisions: Vec<RevisionView>,
    pub(super) mean: String,
    pub(super) threshold: String,
    pub(super) is_alone: bool,
    /// True if it stands there by an editor's word alone.
    pub(super) is_put: bool,
    /// The event that the numbers are of, where that is another one by now.
    pub(super) joined: Option<i64>,
    pub(super) pairs_for: Vec<PairView>,
    pub(super) runner_up: Option<(i64, String, String)>,
    pub(super) pairs_against: Vec<PairView>,
    pub(super) rulings: Vec<String>,
    /// What keeps it out with it: as a form names it, and in words.
    pub(super) out_with: Vec<(String, String)>,
}

/// An event with every report explained.
#[derive(serde::Serialize)]
pub(super) struct EventView {
    pub(super) line: EventLine,
    pub(super) storyline: Option<(i64, String)>,
    /// The last decision by now; 0 if none was made.
    pub(super) known: i64,
    pub(super) merged_into: Option<i64>,
    pub(super) public_url: Option<String>,
    pub(super) reports: Vec<ExplainedReport>,
    pub(super) near: Vec<(i64, String, String)>,
    pub(super) rulings: Vec<DecisionLine>,
}

pub(super) fn load_event(
    conn: &Connection,
    id: i64,
    terms_of: TermsOf,
) -> Result<Option<EventView>> {
    let Some(event) = desk::load_event(conn, EventId(id))? else {
        return Ok(None);
    };
    let made = load_about_event(conn, event.id)?;
    let pins = ruled::load_pins(conn, event.id)?;
    let mut line = event_line(conn, &event, &pins)?;
    let lines: Vec<ReportLine> = std::mem::take(&mut line.reports);
    let mut reports = Vec::new();
    let mut titles = BTreeMap::new();
    for report in lines.into_iter().take(MOST_REPORTS) {
        if let Some(item) = items::load_item(conn, crate::news::ItemId(report.item))? {
            let evidence = events::load_evidence(conn, item.id)?;
            let evidence =
                evidence.map(|(evidence, frozen)| evidence.with_terms(&frozen, terms_of.0));
            reports.push(explain(
                conn,
                (report, evidence),
                &item,
                (event.id, &made, &mut titles),
            )?);
        }
    }
    let storyline = desk::load_storyline(conn, event.storyline_id)?;
    let mut near = Vec::new();
    for (other, headline) in desk::load_near(conn, &event, 12)? {
        let members = events::load_members(conn, other)?;
        let seen: Vec<String> = members.iter().map(|(item, _)| item.to_string()).collect();
        near.push((
            other.0,
            named(&headline),
            format!("{other}:{}", seen.join(",")),
        ));
    }
    let items = events::load_items(conn, event.id)?;
    Ok(Some(EventView {
        line,
        storyline: storyline.map(|line| (line.id.0, named(&line.headline))),
        known: decisions::newest(conn)?.0,
        merged_into: event.merged_into.map(|into| into.0),
        public_url: event.public_id.map(|id| format!("/events/{id}")),
        reports,
        near,
        rulings: ruled::decisions_on(conn, &made, (event.id, &items), &pins)?,
    }))
}

/// What a tag says, and the words that say it where they were taken off; else the rule that read it, for
/// then the words are shown anyway.
fn tag_line(tag: &WireTag) -> String {
    let meaning = tag.meaning.replace('-', " ");
    match tag.removed {
        true => format!("{meaning} “{}”", tag.text.trim()),
        false => format!("{meaning} by the rule {}", tag.rule),
    }
}

fn explain(
    conn: &Connection,
    (line, evidence): (ReportLine, Option<Evidence>),
    item: &Item,
    (event, made, titles): (EventId, &[Decision], &mut BTreeMap<i64, String>),
) -> Result<ExplainedReport> {
    let revisions = items::load_revisions(conn, item.id)?;
    let tags = item.wire.tags.iter().map(tag_line);
    let rulings = ruled::rulings_on(item.id, made);
    let mut pairs = |pairs: &[PairEvidence]| -> Result<Vec<PairView>> {
        pairs
            .iter()
            .map(|pair| pair_view(conn, pair, titles))
            .collect()
    };
    let (pairs_for, pairs_against) = match &evidence {
        Some(evidence) => (
            pairs(&evidence.strongest_for)?,
            pairs(&evidence.strongest_against)?,
        ),
        None => Default::default(),
    };
    let joined = evidence.as_ref().map(|evidence| evidence.event);
    let runner_up = evidence.as_ref().and_then(|evidence| evidence.runner_up);
    let runner_up = match runner_up {
        Some((event, mean)) => desk::load_event(conn, event)?
            .map(|event| (event.id.0, named(&event.headline), format!("{mean:.2}"))),
        None => None,
    };
    let number = |value: fn(&Evidence) -> f32| {
        let shown = evidence
            .as_ref()
            .map(|evidence| format!("{:.2}", value(evidence)));
        shown.unwrap_or_default()
    };
    Ok(ExplainedReport {
        fetched: moment(item.fetched_at),
        tags: tags.collect::<Vec<_>>().join(", "),
        revisions: diff_revisions(&revisions, item),
        mean: number(|evidence| evidence.mean_score),
        threshold: number(|evidence| evidence.threshold),
        is_alone: pairs_for.is_empty(),
        is_put: evidence.as_ref().is_some_and(|evidence| {
            evidence.mean_score < evidence.threshold && ruled::is_put(item.id, made)
        }),
        joined: joined.filter(|joined| *joined != event).map(|one| one.0),
        pairs_for,
        runner_up,
        pairs_against,
        rulings,
        out_with: ruled::load_keepers(conn, item.id)?,
        line,
    })
}

fn pair_view(
    conn: &Connection,
    pair: &PairEvidence,
    titles: &mut BTreeMap<i64, String>,
) -> Result<PairView> {
    let id = pair.other.0;
    let title = match titles.get(&id) {
        Some(title) => title.clone(),
        None => {
            let item = items::load_item(conn, pair.other)?;
            let title = item.map_or_else(|| "removed".to_owned(), |item| named(&item.title));
            titles.insert(id, title.clone());
            title
        }
    };
    Ok(PairView {
        item: id,
        title,
        score: format!("{:.2}", pair.score),
        terms: term_views(&pair.terms),
    })
}

/// The largest terms, what the others come to, and the sum, which is the log-odds of the score.
fn term_views(terms: &[Term]) -> Vec<TermView> {
    let line = |feature: String, value: String, contribution: f32| TermView {
        feature,
        value,
        share: format!("{contribution:+.2}"),
        is_for: contribution >= 0.0,
    };
    let sum = |terms: &[Term]| terms.iter().map(|term| term.contribution).sum::<f32>();
    let (largest, smaller) = terms.split_at(MOST_TERMS.min(terms.len()));
    let mut views: Vec<TermView> = largest
        .iter()
        .map(|term| {
            let value = format!("{:.2}", term.value);
            line(term.feature.clone(), value, term.contribution)
        })
        .collect();
    if !smaller.is_empty() {
        let words = format!("{} smaller ones", smaller.len());
        views.push(line(words, String::new(), sum(smaller)));
    }
    if !terms.is_empty() {
        let words = "together, as log-odds".to_owned();
        views.push(line(words, String::new(), sum(terms)));
    }
    views
}

/// Each earlier state against the next one.
fn diff_revisions(revisions: &[Revision], item: &Item) -> Vec<RevisionView> {
    let mut states: Vec<String> = revisions
        .iter()
        .map(|one| format!("{} — {}", one.title, one.summary))
        .collect();
    states.push(format!("{} — {}", item.title, item.summary));
    let steps = states.windows(2).zip(revisions);
    let views = steps.map(|(pair, revision)| RevisionView {
        at: moment(revision.replaced_at),
        words: word_diff(&pair[0], &pair[1])
            .into_iter()
            .map(|change| match change {
                WordChange::Same(words) => ("same", words),
                WordChange::Removed(words) => ("removed", words),
                WordChange::Added(words) => ("added", words),
            })
            .collect(),
    });
    views.collect()
}

pub(super) fn count(number: u32, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

pub(super) fn named(text: &str) -> String {
    let line = one_line(text);
    match line.is_empty() {
        true => "(no headline yet)".to_owned(),
        false => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::news::Span;

    #[test]
    fn what_is_shown_of_a_score_sums_to_it() {
        let term = |contribution: f32| Term {
            feature: "gap in time".to_owned(),
            value: 0.5,
            contribution,
        };
        let terms: Vec<Term> = (0..MOST_TERMS + 3)
            .map(|at| term(2.0 - at as f32 / 4.0))
            .collect();
        let shown = term_views(&terms);
        let number = |view: &TermView| view.share.parse::<f32>().expect("a number");
        let (last, parts) = shown.split_last().expect("terms");
        assert_eq!(parts.len(), MOST_TERMS + 1);
        assert_eq!(parts[MOST_TERMS].feature, "3 smaller ones");
        let sum: f32 = parts.iter().map(number).sum();
        assert!((sum - number(last)).abs() < 0.01, "{sum} {}", last.share);
        assert_eq!(term_views(&terms[..2]).len(), 3);
    }

    #[test]
    fn a_wire_tag_is_told_in_words() {
        let tag = |text: &str, meaning: &str, removed| WireTag {
            text: text.to_owned(),
            field: "title".to_owned(),
            span: Span { start: 0, end: 9 },
            meaning: meaning.to_owned(),
            rule: "capitals".to_owned(),
            removed,
        };
        assert_eq!(
            tag_line(&tag("(Adds quote) ", "change-note", true)),
            "change note “(Adds quote)”"
        );
        assert_eq!(
            tag_line(&tag("SUMMIT ENDS", "role", false)),
            "role by the rule capitals"
        );
    }
}
