//! The wire normaliser: what an agency's or outlet's tags say of an item, each with the stretch
//! it was read from, so that the original can always be put together again.
//!
//! The conventions themselves are data (`src/text/rules/*.toml`, explained in `docs/wire-tags.md`);
//! this room only applies them. It does not decide whether a kill is believed (`text::belief`).

mod body;
mod peel;
mod rules;
mod shelf;
mod suffix;

#[cfg(test)]
mod tests;

use crate::news::{Role, Span, UtcTime, WireReading, WireTag};
use crate::text::dateline;
use rules::Rule;

/// What is known of an item before its wire conventions are read. Every text is plain text.
#[derive(Clone, Copy, Debug, Default)]
pub struct WireInput<'a> {
    /// The outlet's name as kept; empty if unknown.
    pub outlet_name: &'a str,
    /// True if the outlet is an agency.
    pub outlet_is_wire: bool,
    /// The name of the feed that the item came from (RSS `source`), as aggregators give it.
    pub source_name: Option<&'a str>,
    /// Two-letter language code or `und`.
    pub language: &'a str,
    /// Title as the feed gives it.
    pub title: &'a str,
    /// Lead; may be empty.
    pub summary: &'a str,
    /// Full text; may be empty.
    pub text: &'a str,
    /// Link to the report, if any.
    pub link: Option<&'a str>,
    /// Categories as written.
    pub categories: &'a [String],
    /// The time of the item (invariant 10): completes datelines without a year.
    pub item_time: UtcTime,
}

/// Reads the tags, role, series, agency, dateline and change note of an item. Never fails; what no
/// rule knows stays in the title and is reported in `unknown_prefix`.
pub fn read_wire(input: &WireInput<'_>) -> WireReading {
    let mut draft = Draft::default();
    let title = peel::read_title(input, &mut draft);
    body::read_body(input, &mut draft);
    peel::read_link_and_categories(input, &mut draft);
    finish(input, draft, title)
}

/// The agency whose convention the rule of that id is; `None` for the habits of many outlets and
/// for an unknown id.
pub fn agency_of_rule(id: &str) -> Option<&'static str> {
    rules::rulebook().agency_of(id)
}

/// The text without the stretches that `tags` took out of `field`: for a title or summary the same
/// as the clean text, and the only way to a clean full text (`field` = `text`).
pub fn without_tags(original: &str, field: &str, tags: &[WireTag]) -> String {
    let mut spans: Vec<Span> = tags
        .iter()
        .filter(|tag| tag.removed && tag.field == field)
        .map(|tag| tag.span)
        .collect();
    spans.sort_by_key(|span| span.start);
    let mut clean = String::with_capacity(original.len());
    let mut from = 0;
    for span in spans {
        clean.push_str(original.get(from..span.start).unwrap_or_default());
        from = span.end.max(from);
    }
    clean.push_str(original.get(from..).unwrap_or_default());
    clean
}

/// The original text of `field`, put together from the clean text and the stretches taken out.
pub fn with_tags(clean: &str, field: &str, tags: &[WireTag]) -> String {
    let mut removed: Vec<&WireTag> = tags
        .iter()
        .filter(|tag| tag.removed && tag.field == field)
        .collect();
    removed.sort_by_key(|tag| tag.span.start);
    let mut original = String::with_capacity(clean.len() + 32);
    let mut rest = clean;
    for tag in removed {
        let gap = tag.span.start.saturating_sub(original.len());
        let (before, after) = rest.split_at_checked(gap).unwrap_or((rest, ""));
        original.push_str(before);
        original.push_str(&tag.text);
        rest = after;
    }
    original.push_str(rest);
    original
}

/// What has been read so far.
#[derive(Default)]
struct Draft {
    tags: Vec<WireTag>,
    roles: Vec<Role>,
    series_no: Option<u32>,
    series_key: Option<String>,
    key_is_rest: bool,
    replaces: bool,
    reading: WireReading,
}

impl Draft {
    /// Notes that `rule` read `text` at `span` of `field`.
    fn apply(&mut self, rule: &Rule, field: &str, hit: Hit<'_>) {
        self.tags.push(WireTag {
            text: hit.text.to_owned(),
            field: field.to_owned(),
            span: hit.span,
            meaning: rule.meaning().to_owned(),
            rule: rule.id.clone(),
            removed: hit.removed,
        });
        self.roles.extend(rule.role);
        self.replaces |= rule.replaces;
        self.key_is_rest |= rule.key_is_rest;
        if self.series_no.is_none() {
            self.series_no = hit.number.or(rule.number);
        }
        if self.series_key.is_none() {
            self.series_key = hit.key;
        }
    }
}

/// One stretch that a rule matched.
struct Hit<'a> {
    text: &'a str,
    span: Span,
    number: Option<u32>,
    key: Option<String>,
    removed: bool,
}

/// Puts the reading together once everything has been read.
fn finish(input: &WireInput<'_>, mut draft: Draft, title: Span) -> WireReading {
    let mut reading = std::mem::take(&mut draft.reading);
    reading.clean_title = without_tags(input.title, "title", &draft.tags);
    reading.clean_summary = without_tags(input.summary, "summary", &draft.tags);
    reading.unknown_prefix = peel::unknown_prefix(input, title, &draft.tags);
    reading.role = weightiest(&draft.roles);
    reading.series_no = draft.series_no;
    reading.replaces = draft.replaces;
    // A kill names its slug in the title and again in the text, there without the region.
    let title_is_key = draft.key_is_rest || (reading.role == Role::Kill && input.outlet_is_wire);
    let slug = (title_is_key && peel::is_slug(&reading.clean_title))
        .then(|| reading.clean_title.trim().to_owned());
    reading.series_key = slug.or(draft.series_key);
    if reading.agency.is_none() && input.outlet_is_wire {
        reading.agency = Some(
            dateline::agency_of_outlet(input.outlet_name)
                .unwrap_or(input.outlet_name)
                .to_owned(),
        )
        .filter(|name| !name.is_empty());
    }
    draft.tags.sort_by_key(|tag| {
        let field = ["title", "summary", "text", "link", "category"]
            .iter()
            .position(|field| *field == tag.field);
        (field, tag.span.start)
    });
    reading.tags = draft.tags;
    reading
}

/// What economists are asked is what they expect: without its tag it would be told as having happened.
const POLL: &str = "reuters-poll";

/// The title under which an item is told: its own without tags, or what stands for one. It is not compared: what
/// is only in the text counts as that.
pub fn told_title(reading: &WireReading) -> String {
    let title = &reading.clean_title;
    let is_poll = || reading.tags.iter().any(|tag| tag.rule == POLL);
    match title.trim().is_empty() {
        true => first_words(&reading.clean_summary),
        false if is_poll() => ["Poll: ", title].concat(),
        false => title.clone(),
    }
}

/// A headline is rarely longer, in letters.
const LONG_HEADLINE: usize = 100;

/// What stands for the title of an item without one, as short posts are: its first sentence, or as much of it
/// as a headline holds.
fn first_words(summary: &str) -> String {
    let line = summary.trim().lines().next().unwrap_or_default().trim();
    let end = line.char_indices().nth(LONG_HEADLINE).map(|(at, _)| at);
    let held = &line[..end.unwrap_or(line.len())];
    let is_end = |at: &usize| held[*at..].chars().nth(1).is_none_or(char::is_whitespace);
    let mut ends = held.match_indices(['.', '!', '?']).map(|(at, _)| at);
    if let Some(at) = ends.find(|at| is_end(at) && held[..*at].contains(' ')) {
        let sentence = &held[..at + 1];
        return sentence.strip_suffix('.').unwrap_or(sentence).to_owned();
    }
    if end.is_none() {
        return held.to_owned();
    }
    let word = held.rfind(char::is_whitespace).unwrap_or(held.len());
    [held[..word].trim_end(), "…"].concat()
}

/// The role that decides where several tags stand in a row (`CORRECTED-UPDATE 1-`,
/// `REFILE-WRAPUP 1-`): what forbids most comes first.
fn weightiest(roles: &[Role]) -> Role {
    const ORDER: [Role; 10] = [
        Role::Kill,
        Role::Correction,
        Role::Advisory,
        Role::Live,
        Role::Opinion,
        Role::Background,
        Role::Preview,
        Role::Wrap,
        Role::Update,
        Role::Alert,
    ];
    ORDER
        .into_iter()
        .find(|role| roles.contains(role))
        .unwrap_or_default()
}
