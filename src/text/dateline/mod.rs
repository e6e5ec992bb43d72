//! Datelines: the place and day from which a report says it was filed, and the agency that filed
//! it, at the head of a text. The forms are data (`src/text/rules/datelines.toml`).

mod day;

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use serde::Deserialize;

use crate::news::{Dateline, UtcTime};
use crate::text::pattern::Pattern;

/// How far into a text a dateline reaches at most, byline included, in bytes.
const LONGEST_BYTES: usize = 220;

/// The most words that a place has: `ST. PETERSBURG, Russia`, `SAN JUAN DE LOS LAGOS, Mexico`,
/// two places joined by a slash. What is longer is a sentence.
const MOST_PLACE_WORDS: usize = 7;

const FILE: &str = include_str!("../rules/datelines.toml");

/// A dateline that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundDateline {
    /// One past the last byte, white space after it included.
    pub end: usize,
    /// The id of the form.
    pub rule: &'static str,
    /// The agency, by its usual short name; `None` if the dateline names none.
    pub agency: Option<String>,
    /// Place and day.
    pub dateline: Dateline,
}

/// The dateline at the head of `text`, if there is one; `is_from_wire` tells that an agency's own feed
/// has it. A missing year is the one that puts the day nearest to `item_time`.
pub fn read(text: &str, is_from_wire: bool, item_time: UtcTime) -> Option<FoundDateline> {
    let window = head(text);
    let forms = forms().forms.iter();
    let mut meant = forms.filter(|form| is_from_wire || !form.text.wire_only);
    meant.find_map(|form| read_form(form, window, item_time))
}

/// The usual short name of the agency that an outlet's name stands for: `AP` for `AP News`.
pub fn agency_of_outlet(outlet_name: &str) -> Option<&'static str> {
    let name = outlet_name.trim().to_lowercase();
    forms()
        .agencies
        .iter()
        .find(|agency| {
            agency.name.to_lowercase() == name
                || agency
                    .tokens
                    .iter()
                    .any(|token| token.to_lowercase() == name)
                || agency
                    .outlets
                    .iter()
                    .any(|outlet| outlet.to_lowercase() == name)
        })
        .map(|agency| agency.name.as_str())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    grammar: Grammar,
    agency: Vec<Agency>,
    form: Vec<FormText>,
}

/// The pieces that forms are made of.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Grammar {
    byline: String,
    place: String,
    caps_town: String,
    region: String,
    date: String,
    dash: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Agency {
    name: String,
    tokens: Vec<String>,
    #[serde(default)]
    outlets: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FormText {
    id: String,
    pattern: String,
    /// True if it is read in an agency's own feed alone.
    #[serde(default)]
    wire_only: bool,
    /// Stretches one of which a matching text holds: a cheap test before the pattern.
    #[serde(default)]
    needs: Vec<String>,
    #[serde(default)]
    unless: Option<String>,
    #[serde(default)]
    agency: Option<String>,
    #[serde(default)]
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests read the examples"))]
    examples: Vec<Example>,
    #[serde(default)]
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests read the examples"))]
    never: Vec<String>,
}

/// What a form reads in a text; the item's time is taken as 2026-01-06.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(not(test), expect(dead_code, reason = "the tests read the examples"))]
struct Example {
    text: String,
    #[serde(default)]
    place: Option<String>,
    #[serde(default)]
    date: Option<String>,
    #[serde(default)]
    agency: Option<String>,
    rest: String,
}

struct Form {
    text: FormText,
    pattern: Pattern,
    unless: Option<Pattern>,
}

struct Forms {
    forms: Vec<Form>,
    agencies: Vec<Agency>,
}

fn forms() -> &'static Forms {
    static FORMS: LazyLock<Forms> = LazyLock::new(compile);
    &FORMS
}

fn compile() -> Forms {
    let file: File = toml::from_str(FILE).unwrap_or_else(|error| {
        panic!("the embedded rule file datelines.toml is not readable: {error}")
    });
    let tokens: Vec<String> = file
        .agency
        .iter()
        .flat_map(|agency| agency.tokens.iter().map(|token| regex::escape(token)))
        .collect();
    let agency = format!("(?<agency>{})", tokens.join("|"));
    let patterns: Vec<String> = file
        .form
        .iter()
        .map(|form| {
            let pattern = form
                .pattern
                .replace("{BY}", &file.grammar.byline)
                .replace("{PLACE}", &file.grammar.place)
                .replace("{CAPS}", "(?<place>{TOWN}(?:{REGION})?)")
                .replace("{TOWN}", &file.grammar.caps_town)
                .replace("{REGION}", &file.grammar.region)
                .replace("{DATE}", &file.grammar.date)
                .replace("{DASH}", &file.grammar.dash)
                .replace("{AGENCY}", &agency);
            format!(r"^\s*(?:{pattern})\s*")
        })
        .collect();
    let forms = file
        .form
        .into_iter()
        .zip(patterns)
        .map(|(text, pattern)| Form {
            pattern: Pattern::new(pattern),
            unless: text.unless.clone().map(Pattern::new),
            text,
        })
        .collect();
    Forms {
        forms,
        agencies: file.agency,
    }
}

fn read_form(form: &'static Form, window: &str, item_time: UtcTime) -> Option<FoundDateline> {
    let needs = &form.text.needs;
    let ruled_out = !needs.is_empty() && !needs.iter().any(|part| window.contains(part.as_str()));
    if ruled_out || !form.pattern.regex().is_match(window) {
        return None;
    }
    let groups = form.pattern.regex().captures(window)?;
    let whole = groups.get(0)?;
    if form
        .unless
        .as_ref()
        .is_some_and(|unless| unless.regex().is_match(whole.as_str()))
    {
        return None;
    }
    let place = groups
        .name("place")
        .map(|place| {
            place
                .as_str()
                .trim_matches(|c: char| c.is_whitespace() || c == ',')
        })
        .filter(|place| !place.is_empty());
    if place.is_some_and(|place| place.split_whitespace().count() > MOST_PLACE_WORDS) {
        return None;
    }
    let date = groups
        .name("date")
        .and_then(|date| day::read_day(date.as_str(), item_time.date_naive()));
    let agency = groups
        .name("agency")
        .map(|token| short_name(token.as_str()))
        .or_else(|| form.text.agency.clone());
    Some(FoundDateline {
        end: whole.end(),
        rule: &form.text.id,
        agency,
        dateline: Dateline {
            place: place.map(str::to_owned),
            date,
        },
    })
}

fn short_name(token: &str) -> String {
    forms()
        .agencies
        .iter()
        .find(|agency| agency.tokens.iter().any(|known| known == token))
        .map_or(token, |agency| agency.name.as_str())
        .to_owned()
}

fn head(text: &str) -> &str {
    let mut end = LONGEST_BYTES.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
