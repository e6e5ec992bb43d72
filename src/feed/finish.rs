//! From what a document says to what is handed on: titles as text, content as safe HTML and as
//! text, addresses that lead to the web only.

use url::Url;

use crate::news::{Image, Problem};
use crate::text::lead::without_boilerplate;
use crate::text::words::is_unspaced;

use super::dates::{DateClaim, DocumentOrder, Told, begins_with_date, read_claim};
use super::html::{
    Sanitiser, escaped, looks_like_html, one_line, plain_text, tidy, uncaptioned_text,
    unescaped_again,
};
use super::parsed::{ParsedFeed, ParsedItem};
use super::raw::{RawFeed, RawItem, RawText, TextKind};
use super::urls::web_url;

/// Cleans a feed. `base` is the document's own address. `with_markup` is false where contents as HTML
/// are to be left out.
pub(crate) fn finish(
    raw: RawFeed,
    with_markup: bool,
    base: &Url,
    problems: &mut Vec<Problem>,
) -> ParsedFeed {
    let mut sanitiser = Sanitiser::new();
    let language = raw.language.as_deref().and_then(language_tag);
    let order = DocumentOrder::of(&raw.claims(), language.as_deref());
    let tell = |claim: Option<DateClaim>| claim.and_then(|claim| order.tell(claim));
    let items = raw
        .items
        .into_iter()
        .map(|item| {
            let content_html = match with_markup {
                true => safe_html(&item.content, base, &mut sanitiser),
                false => String::new(),
            };
            ParsedItem {
                content_html,
                ..finish_item(item, language.as_deref(), tell)
            }
        })
        .collect();
    if sanitiser.gave_up {
        problems.push(Problem::new(
            "markup-too-heavy",
            "some content was kept as text only: its markup is too deep, too wide or too long",
        ));
    }
    ParsedFeed {
        format: raw.format,
        encoding: String::new(),
        id: raw
            .id
            .map(|id| tidy(id.trim()).into_owned())
            .filter(|id| !id.is_empty()),
        title: text_line(&raw.title),
        subtitle: text_block(&raw.subtitle),
        link: raw.link.and_then(|link| web_url(&link)),
        language,
        self_url: raw.self_url.and_then(|url| web_url(&url)),
        hub_urls: raw.hub_urls.iter().filter_map(|url| web_url(url)).collect(),
        hints: raw.hints,
        published: tell(raw.published).map(|told| told.at),
        updated: tell(raw.updated).map(|told| told.at),
        items,
    }
}

fn safe_html(content: &RawText, base: &Url, sanitiser: &mut Sanitiser) -> String {
    let base = content.base.as_ref().unwrap_or(base);
    match content.kind {
        _ if content.is_empty() => String::new(),
        TextKind::Plain => escaped(&tidy(&content.value)),
        _ => sanitiser.clean(&tidy(&content.value), base),
    }
}

/// All of an item but its content as HTML.
fn finish_item(
    raw: RawItem,
    language: Option<&str>,
    tell: impl Fn(Option<DateClaim>) -> Option<Told>,
) -> ParsedItem {
    let published = tell(raw.published).or(tell(raw.created));
    let updated = tell(raw.updated);
    let title = text_line(&raw.title);
    let summary = text_block(&raw.summary);
    let summary = match without_fields(&summary, &title) {
        lead if lead.len() < summary.len() => lead.to_owned(),
        _ => summary,
    };
    ParsedItem {
        guid: raw
            .guid
            .map(|guid| tidy(guid.trim()).into_owned())
            .filter(|guid| !guid.is_empty()),
        link: raw.link.and_then(|link| web_url(&link)),
        uncaptioned_text: match summary.is_empty() {
            true => without_captions(&raw.content),
            false => String::new(),
        },
        title,
        summary,
        content_text: text_block(&raw.content),
        content_html: String::new(),
        author: author_line(&raw.authors),
        published: published.map(|told| told.at),
        updated: updated.map(|told| told.at),
        time_is_guessed: published.or(updated).is_some_and(|told| told.is_guess),
        language: raw
            .language
            .as_deref()
            .and_then(language_tag)
            .or(language.map(str::to_owned)),
        categories: categories(&raw.categories),
        image: raw.image.and_then(web_image),
        source_title: raw
            .source_title
            .map(|title| text_line(&title))
            .filter(|title| !title.is_empty()),
        source_url: raw.source_url.and_then(|url| web_url(&url)),
        in_reply_to: raw.in_reply_to,
    }
}

/// A title: text on one line.
fn text_line(text: &RawText) -> String {
    let is_said = matches!(text.kind, TextKind::Plain);
    one_line(&shown_text(text, is_said))
}

fn text_block(text: &RawText) -> String {
    shown_text(text, false)
}

/// What readers are shown of a text. `is_said` is true for a title that its feed calls text.
fn shown_text(text: &RawText, is_said: bool) -> String {
    let is_html = match text.kind {
        TextKind::Plain => false,
        TextKind::Html => true,
        TextKind::Unsaid => looks_like_html(&text.value),
    };
    let shown = match is_html {
        true => plain_text(&text.value),
        false => tidy(text.value.trim()).into_owned(),
    };
    // Who has written tags beside escaped ones knows how to escape.
    let may_be_escaped_twice = !is_html || !text.value.contains('<');
    let again = may_be_escaped_twice.then(|| unescaped_again(&shown, is_said));
    again.flatten().unwrap_or(shown)
}

/// The text without captions; empty if it has none or nothing else that tells anything.
fn without_captions(content: &RawText) -> String {
    let text = match content.kind {
        TextKind::Plain => None,
        TextKind::Html | TextKind::Unsaid => uncaptioned_text(&content.value),
    };
    text.filter(|text| !without_boilerplate(text).is_empty())
        .unwrap_or_default()
}

/// Letters of a line that names an author at most, half of them of one that names a time; a letter of a script without
/// spaces counts as two.
const MOST_LETTERS: usize = 40;

/// The description without the fields that may stand before it, each on a line: title, author and time of the item, as
/// Drupal writes them by default. The author may be missing, the others not.
fn without_fields<'a>(summary: &'a str, title: &str) -> &'a str {
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((first, mut rest)) = summary.split_once('\n') else {
        return summary;
    };
    if title.is_empty() || words(first) != words(title) {
        return summary;
    }
    for _ in 0..2 {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        let letters = line.chars().filter(|c| c.is_alphabetic());
        let letters: usize = letters.map(|c| 1 + usize::from(is_unspaced(c))).sum();
        if letters > MOST_LETTERS {
            break;
        }
        if letters <= MOST_LETTERS / 2 && names_time(line) {
            return after.trim_start();
        }
        if !may_name_author(line) {
            break;
        }
        rest = after;
    }
    summary
}

/// False for a line with a number, which is told, and for one that ends a sentence, but with an initial (`Ann S.`).
fn may_name_author(line: &str) -> bool {
    let mut words = line.split(|c: char| !c.is_alphanumeric());
    let is_number = |word: &str| word.chars().all(char::is_numeric) && !word.is_empty();
    let unended = line.trim_end().trim_end_matches(ENDS);
    let last = unended.rsplit(' ').next().unwrap_or_default();
    let ends_sentence = unended.len() < line.trim_end().len() && last.chars().count() > 2;
    !words.any(is_number) && !ends_sentence
}

const ENDS: [char; 11] = ['.', '!', '?', '…', ':', '。', '！', '？', '।', '؟', '۔'];

/// True if a line is a date, or one with a time of day in words that are not known: a sentence may hold numbers as well,
/// and a date with a place before it is a dateline.
fn names_time(line: &str) -> bool {
    let ends_sentence = line.trim_end().ends_with(|c: char| !c.is_alphanumeric());
    let is_spaced = !line.contains(is_unspaced);
    has_date(line)
        && begins_with_date(line)
        && (read_claim(line).is_some() || (has_clock_time(line) && is_spaced && !ends_sentence))
}

fn has_clock_time(line: &str) -> bool {
    let mut places = line.as_bytes().windows(3);
    places.any(|place| {
        matches!(place, [before, b':' | b'h', after] if before.is_ascii_digit() && after.is_ascii_digit())
    })
}

/// True if a year of these times stands in a line, and a day.
fn has_date(line: &str) -> bool {
    let numbers = || line.split(|c: char| !c.is_ascii_digit());
    let is_year = |digits: &str| digits.len() == 4 && digits.starts_with("20");
    let is_day = |digits: &str| matches!(digits.len(), 1 | 2);
    numbers().any(is_year) && numbers().any(is_day)
}

/// More authors than any reader looks at.
const MAX_AUTHORS: usize = 64;

fn author_line(authors: &[String]) -> Option<String> {
    let names = distinct_lines(authors, MAX_AUTHORS);
    (!names.is_empty()).then(|| names.join(", "))
}

/// More categories than any reader looks at.
const MAX_CATEGORIES: usize = 64;

fn categories(raw: &[String]) -> Vec<String> {
    distinct_lines(raw, MAX_CATEGORIES)
}

/// The first so many that differ, each on one line.
fn distinct_lines(texts: &[String], most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for text in texts {
        let line = one_line(&plain_text(text));
        if !line.is_empty() && !lines.contains(&line) {
            lines.push(line);
            if lines.len() == most {
                break;
            }
        }
    }
    lines
}

fn web_image(image: Image) -> Option<Image> {
    let url = web_url(&image.url)?;
    let media_type = image.media_type.filter(|kind| {
        kind.len() < 64
            && kind
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"/.+-".contains(&b))
    });
    let credit = image
        .credit
        .map(|credit| one_line(&plain_text(&credit)))
        .filter(|credit| !credit.is_empty());
    Some(Image {
        url,
        media_type,
        credit,
        ..image
    })
}

/// A language tag in lower case; `None` if it is none.
fn language_tag(claim: &str) -> Option<String> {
    let tag = claim.trim().replace('_', "-").to_ascii_lowercase();
    let is_tag = tag
        .split('-')
        .next()
        .is_some_and(|first| (2..=8).contains(&first.len()))
        && tag.len() <= 35
        && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    is_tag.then_some(tag)
}
