//! What words and addresses of two items say of whether they are one.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use percent_encoding::percent_decode_str;

use super::keys::{KeyKind, keys_of};
use super::similar::{common_share, length, likeness, words};
use super::{IdentityInput, KnownItem};
use crate::news::UtcTime;
use crate::text::links::place_of;

/// Titles that share less than this are about different things; headline edits of one report
/// mostly keep more.
pub(super) const DIFFERENT_TITLES: f32 = 0.34;
/// Titles that share this much are the same title.
pub(super) const SAME_TITLES: f32 = 0.8;

/// True if two items say different things: by their leads, or what these name, else by any word of their titles, for notices
/// of one kind differ in one (`wind` for `rain`, 4.5 for 6.8).
pub(super) fn says_other_words(input: &IdentityInput, known: &KnownItem) -> bool {
    match lead_likeness(input, known) {
        Some(alike) => alike < SAME_TITLES || names_others(input, known),
        None => likeness(&input.title, &known.title) < 1.0,
    }
}

/// True if the lead of each names what the other item does not: a number, a name, or a word of its headline that it says
/// again. An edit may add one; what is put in the place of another is of the next notice.
fn names_others(input: &IdentityInput, known: &KnownItem) -> bool {
    differ_in_names(told_by(input), told_of(known))
}

/// True if the lead of each has a word that the other item does not.
pub(super) fn differ_in_words(input: &IdentityInput, known: &KnownItem) -> bool {
    let (ours, theirs) = (told_by(input), told_of(known));
    has_beyond(ours, theirs, |_| true) && has_beyond(theirs, ours, |_| true)
}

/// True if two entries of one document have leads that name what the other does not.
pub(super) fn name_each_other(a: &IdentityInput, b: &IdentityInput) -> bool {
    a.lead() != b.lead() && differ_in_names(told_by(a), told_by(b))
}

/// A headline and its lead.
type Told<'a> = (&'a str, &'a str);

fn told_by(input: &IdentityInput) -> Told<'_> {
    (&input.title, input.lead())
}

fn told_of(known: &KnownItem) -> Told<'_> {
    (&known.title, &known.summary)
}

fn differ_in_names(ours: Told<'_>, theirs: Told<'_>) -> bool {
    let names =
        |one, other| has_beyond(one, other, may_be_name) || says_of_title_beyond(one, other);
    names(ours, theirs) && names(theirs, ours)
}

/// True if a lead has a word that counts and that another headline and its lead do not hold.
fn has_beyond((_, lead): Told<'_>, other: Told<'_>, counts: impl Fn(&str) -> bool) -> bool {
    let held = words_of(other);
    let own = lead.split(|c: char| !c.is_alphanumeric());
    let mut own = own.filter(|word| counts(word)).flat_map(words);
    own.any(|word| !held.contains(&word))
}

/// True if a lead says a word of its headline again that another headline and its lead do not hold.
fn says_of_title_beyond((title, lead): Told<'_>, other: Told<'_>) -> bool {
    let (held, own_title) = (words_of(other), words_of((title, "")));
    let mut own = words(lead).into_iter();
    own.any(|word| own_title.contains(&word) && !held.contains(&word))
}

fn words_of((title, lead): Told<'_>) -> BTreeSet<String> {
    words(title).into_iter().chain(words(lead)).collect()
}

/// True for what begins as names and numbers do; where a script has no capitals, for any word.
fn may_be_name(word: &str) -> bool {
    let begins_so = |c: char| c.is_uppercase() || c.is_numeric() || !has_case(c);
    word.starts_with(begins_so)
}

/// True for letters that may be capitals in a sentence. Georgian has them for whole headlines alone.
fn has_case(c: char) -> bool {
    let is_georgian = ('\u{10d0}'..='\u{10ff}').contains(&c);
    (c.is_uppercase() || c.is_lowercase()) && !is_georgian
}

/// True if an item claims the time of a known one, to the second, which is what the store keeps.
pub(super) fn has_time_of(input: &IdentityInput, known: &KnownItem) -> bool {
    let secs = |at: Option<UtcTime>| at.map(|at| at.timestamp());
    secs(input.published_at) == secs(known.published_at)
}

/// The leads of both; `None` if either is empty.
fn leads<'a>(input: &'a IdentityInput, known: &'a KnownItem) -> Option<(&'a str, &'a str)> {
    let both = (input.lead(), known.summary.as_str());
    (!both.0.is_empty() && !both.1.is_empty()).then_some(both)
}

/// How alike two leads are; `None` if either is empty.
pub(super) fn lead_likeness(input: &IdentityInput, known: &KnownItem) -> Option<f32> {
    leads(input, known).map(|(ours, theirs)| likeness(ours, theirs))
}

/// True if neither headlines nor leads have much in common; without two leads `None`, if the headlines do not, and without
/// headlines too.
pub(super) fn tells_other_thing(input: &IdentityInput, known: &KnownItem) -> Option<bool> {
    let have_titles = !(input.title.is_empty() && known.title.is_empty());
    if have_titles && likeness(&input.title, &known.title) >= DIFFERENT_TITLES {
        return Some(false);
    }
    match leads(input, known) {
        None if have_titles => None,
        _ => Some(tells_other_lead(input, known)),
    }
}

/// True if two leads have little in common; false where either is empty.
pub(super) fn tells_other_lead(input: &IdentityInput, known: &KnownItem) -> bool {
    are_other_leads(input.lead(), &known.summary)
}

/// The same of two leads of one document.
pub(super) fn are_other_leads(ours: &str, theirs: &str) -> bool {
    let have_both = !ours.is_empty() && !theirs.is_empty();
    have_both && common_share(ours, theirs) < DIFFERENT_TITLES
}

/// True if a number stands in the last name of a link's path, as that of a report does that stands beside no other.
pub(super) fn stands_behind(input: &IdentityInput, number: &str) -> bool {
    let link = input.link.as_deref().unwrap_or_default();
    let path = link.split(['?', '#']).next().unwrap_or_default();
    let mut names = path.rsplit('/').filter(|name| !name.is_empty());
    names.next().is_some_and(|name| name.contains(number))
}

/// True if one of two headlines says all that the other does, which is more than a name, and goes on.
pub(super) fn says_more(ours: &str, theirs: &str) -> bool {
    let goes_on = |longer: &str, shorter: &str| {
        let longer = words_of((longer, ""));
        let shorter = (words_of((shorter, "")), length(shorter));
        shorter.1 >= HEADLINE_WORDS && shorter.0 != longer && shorter.0.is_subset(&longer)
    };
    goes_on(ours, theirs) || goes_on(theirs, ours)
}

/// Words of a headline that tells something: `Weather report` has fewer.
pub(super) const HEADLINE_WORDS: usize = 3;

/// As [`lead_likeness`], of what is left of them without their numbers.
pub(super) fn lead_likeness_but_for_numbers(
    input: &IdentityInput,
    known: &KnownItem,
) -> Option<f32> {
    let without = |lead: &str| {
        let words = lead.split_whitespace();
        let words = words.filter(|word| !word.contains(|c: char| c.is_ascii_digit()));
        words.collect::<Vec<_>>().join(" ")
    };
    leads(input, known).map(|(ours, theirs)| likeness(&without(ours), &without(theirs)))
}

/// True if an item has the address of a page, or of a part of one, and not that of a report.
pub fn is_at_page(input: &IdentityInput) -> bool {
    input.is_part || !input.link.as_deref().is_some_and(names_one_report)
}

/// What stands behind the path of a link: it names a part of the page.
pub(super) fn part_of(link: &str) -> &str {
    link.find(['?', '#']).map_or("", |at| &link[at..])
}

/// True if an item is at a part of the page of a known one.
pub(super) fn is_at_part(input: &IdentityInput, known: &KnownItem) -> bool {
    let ours = part_of(input.link.as_deref().unwrap_or_default());
    let is_other = |theirs: &str| input.is_part || part_of(theirs) != ours;
    // What was not asked for its link says the same.
    known.link.as_deref().is_some_and(is_other)
}

/// True if the pages of two items have other names, whatever stands before these: a session may.
pub(super) fn is_under_other_name(input: &IdentityInput, known: &KnownItem) -> bool {
    let name = |link: &Option<String>| {
        let page = link.as_deref().and_then(place_of)?;
        page.rsplit('/').next().map(str::to_owned)
    };
    input.link.is_some() && known.link.is_some() && name(&input.link) != name(&known.link)
}

/// True if two links end in one name of a report and hold the same numbers: its site was arranged anew, or it went to another
/// section. What is told each day has the day, or its number, there.
pub(super) fn has_moved(input: &IdentityInput, known: &KnownItem) -> bool {
    let (Some(ours), Some(theirs)) = (&input.link, &known.link) else {
        return false;
    };
    let numbers = |link: &str| -> Vec<String> {
        let runs = link.split(|c: char| !c.is_ascii_digit());
        runs.filter(|run| !run.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let name = name_of_words(ours);
    name.is_some() && name == name_of_words(theirs) && numbers(ours) == numbers(theirs)
}

/// The last name in the path of a link, without what says how its file is written, if it is one of several words.
fn name_of_words(link: &str) -> Option<&str> {
    let place = link.split_once("://")?.1.split(['?', '#']).next()?;
    let name = place.trim_end_matches('/').rsplit_once('/')?.1;
    let name = name.split('.').next()?;
    (name.matches(SIGNS_OF_NAME).count() >= NAME_SIGNS).then_some(name)
}

/// True if a link looks like that of one report: a name of several words, an id, a day, or a number behind it. What a
/// page is called by holds digits too (`/f1/latest`, `/bbc2`, `/2026/results`): in doubt it is a page.
pub(super) fn names_one_report(link: &str) -> bool {
    let place = link.split_once("://").map_or(link, |(_, rest)| rest);
    let place = place.split_once('/').map_or("", |(_, place)| place);
    let (path, query) = place.split_once('?').unwrap_or((place, ""));
    let readable = |text| percent_decode_str(text).decode_utf8_lossy();
    if readable(query).bytes().any(|b| b.is_ascii_digit()) {
        return true;
    }
    let path = readable(path);
    let names: Vec<&str> = path.split('/').filter(|name| !name.is_empty()).collect();
    names.iter().any(|name| is_name_of_report(name))
        || names
            .windows(2)
            .any(|pair| is_year(pair[0]) && is_number(pair[1]))
        || names.last().is_some_and(|name| {
            let stem = name.split('.').next().unwrap_or(name);
            is_number(stem) && !is_year(stem)
        })
}

fn is_name_of_report(name: &str) -> bool {
    let numbers = || {
        name.split(|c: char| !c.is_ascii_digit())
            .filter(|run| !run.is_empty())
    };
    let is_mixed = |word: &str| {
        let runs = word.split(|c: char| !c.is_ascii_digit());
        word.len() >= ID_LETTERS && runs.filter(|run| !run.is_empty()).count() > 1
    };
    name.matches(SIGNS_OF_NAME).count() >= NAME_SIGNS
        || numbers().any(|run| run.len() >= ID_DIGITS && !is_year(run))
        || name.split(|c: char| !c.is_alphanumeric()).any(is_mixed)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && is_number(text) && (text.starts_with("19") || text.starts_with("20"))
}

/// What stands between the words of a name.
const SIGNS_OF_NAME: [char; 4] = ['-', '_', '+', ' '];
/// Signs between the words of a name of a report; names of pages have fewer.
const NAME_SIGNS: usize = 2;
/// Digits of a number that is no part of a page's name (`france24`, `covid-19`).
const ID_DIGITS: usize = 3;
/// Letters and digits of an id in which these take turns (`c0example1o`).
const ID_LETTERS: usize = 8;

/// True if host rule, link or the number in it lead to the same place.
pub(super) fn shares_address(input: &IdentityInput, known: &KnownItem) -> bool {
    let address_keys = |link: &Option<String>| {
        let mut keys = keys_of(&IdentityInput {
            link: link.clone(),
            ..IdentityInput::default()
        });
        keys.retain(|key| {
            matches!(
                key.kind,
                KeyKind::HostRule | KeyKind::Link | KeyKind::LinkNumber
            )
        });
        keys
    };
    let theirs = address_keys(&known.link);
    address_keys(&input.link)
        .iter()
        .any(|key| theirs.contains(key))
}

/// True if two entries with one id are an entry and its later version, as RFC 4287, 4.1.1 has it: at one address, under
/// headlines that may be edits of each other, of two times of change.
pub(super) fn are_versions(a: &IdentityInput, b: &IdentityInput) -> bool {
    let is_of_report = a.link.as_deref().is_some_and(names_one_report);
    a.link.is_some()
        && a.link == b.link
        && matches!((a.updated_at, b.updated_at), (Some(a), Some(b)) if a != b)
        && (is_of_report || a.published_at == b.published_at)
        && likeness(&a.title, &b.title) >= DIFFERENT_TITLES
}

/// Equal texts further apart than this are an outlet's daily habit, not a repetition.
pub(super) const REPEAT_HOURS: i64 = 20;

/// The same under an id of its own beside ids that hold.
pub(super) const AGAIN_HOURS: i64 = 6;

/// True if the time that an outlet claims of an item has moved so far that the item would soon be taken for the next one
/// in the same words, and is to be noted.
pub fn has_drifted(known: &KnownItem, claim: UtcTime) -> bool {
    let moved = known.published_at.map(|then| (claim - then).abs());
    moved.is_some_and(|moved| moved > TimeDelta::hours(AGAIN_HOURS / 2))
}

/// The same of what has no time, and was last noted as listed so long ago.
pub fn was_listed_before(known: &KnownItem, now: UtcTime) -> bool {
    now - known.listed_at > TimeDelta::hours(AGAIN_HOURS / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_page_is_none_of_a_report_in_any_script_and_with_any_name() {
        for (path, is_of_report) in [
            ("breaking", false),
            ("%D8%B9%D8%A7%D8%AC%D9%84", false),
            ("%D1%81%D1%80%D0%BE%D1%87%D0%BD%D0%BE", false),
            ("top%20stories", false),
            ("f1/latest", false),
            ("v2/en-gb2/latest", false),
            ("france24", false),
            ("covid-19", false),
            ("2026/results", false),
            ("storm-closes-northern-railway", true),
            ("storm%20closes%20northern%20railway", true),
            (
                "%D0%B1%D1%83%D1%80%D1%8F-%D0%B2-%D0%BF%D0%BE%D1%80%D1%82%D1%83",
                true,
            ),
            ("2026/11/30/storm", true),
            ("news/1", true),
            ("a/storm.1234", true),
            ("12345/storm", true),
            ("news/articles/c0example1o", true),
            ("view?id=7", true),
        ] {
            let link = format!("https://paper.example/{path}");
            assert_eq!(names_one_report(&link), is_of_report, "{path}");
        }
    }
}
