//! What can be read of JSON that is broken or cut off, in time that grows with its length.

use serde_json::Value;

use super::Object;
use crate::feed::reader::MAX_ITEMS;

/// What was read of a document.
#[derive(Default)]
pub(super) struct Salvaged {
    /// The fields before the items, and the items that can be read.
    pub(super) feed: Object,
    /// True if the document ends too early.
    pub(super) is_cut: bool,
}

/// Reads a mended document as far as it can be.
pub(super) fn salvage(text: &str) -> Salvaged {
    let mut feed = Object::new();
    let Some((head, list)) = find_list(text) else {
        let is_cut = !ends_in_brace(text);
        return Salvaged { feed, is_cut };
    };
    let closed_head = format!("{}}}", head.trim_end().trim_end_matches(','));
    if let Ok(Value::Object(head)) = serde_json::from_str(&closed_head) {
        feed = head;
    }
    let mut budget = Budget::of(list);
    let (items, is_cut) = salvage_items(list, &mut budget);
    feed.insert("items".to_owned(), Value::Array(items));
    Salvaged { feed, is_cut }
}

/// What stands before the list of items, and the list from after its bracket: the document's own, or where strings are
/// broken before it the first one of that name.
fn find_list(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0;
    let mut begins = brackets(text).filter_map(|(at, step)| {
        depth += step;
        (depth == 2 && text[at..].starts_with('[')).then_some(at)
    });
    let own = begins.find_map(|at| Some((before_name(&text[..at])?, &text[at + 1..])));
    own.or_else(|| {
        let mut names = memchr::memmem::find_iter(text.as_bytes(), NAME);
        names.find_map(|at| {
            let after = text[at + NAME.len()..].trim_start().strip_prefix(':')?;
            Some((&text[..at], after.trim_start().strip_prefix('[')?))
        })
    })
}

const NAME: &str = "\"items\"";

/// What stands before the name of the items and the colon that a text ends with.
fn before_name(text: &str) -> Option<&str> {
    text.trim_end()
        .strip_suffix(':')?
        .trim_end()
        .strip_suffix(NAME)
}

/// The brackets and braces of a text outside its strings, each with its place and 1 where it opens, -1 where it closes.
fn brackets(text: &str) -> impl Iterator<Item = (usize, i64)> + '_ {
    let mut is_string = false;
    let mut bytes = text.bytes().enumerate();
    std::iter::from_fn(move || {
        while let Some((at, byte)) = bytes.next() {
            match byte {
                b'\\' => drop(bytes.next()),
                b'"' => is_string = !is_string,
                b'{' | b'[' if !is_string => return Some((at, 1)),
                b'}' | b']' if !is_string => return Some((at, -1)),
                _ => {}
            }
        }
        None
    })
}

/// What can be read of the items of a list, from after its bracket, and whether the document ends too early. What cannot
/// be read, an item or what a program complains of between two, is passed over.
fn salvage_items(list: &str, budget: &mut Budget) -> (Vec<Value>, bool) {
    let mut items = Vec::new();
    let mut rest = list;
    while items.len() < MAX_ITEMS {
        rest = rest.trim_start_matches(|c: char| c == ',' || c.is_whitespace());
        if let Some(after) = rest.strip_prefix(']') {
            return (items, !closes(after));
        }
        if rest.is_empty() {
            return (items, true);
        }
        let next = match read_value(rest) {
            Reading::Value(item, after) => {
                items.push(item);
                Some(after)
            }
            Reading::Cut => return (items, !lacks_last_quote(rest)),
            Reading::Broken(_) => after_broken(rest, budget).or_else(|| next_item(rest, budget)),
        };
        match next {
            Some(next) => rest = next,
            None => return (items, !ends_in_brace(rest)),
        }
    }
    (items, false)
}

/// True if what follows the list ends the document.
fn closes(after: &str) -> bool {
    let mut depth = 1;
    brackets(after).any(|(_, step)| {
        depth += step;
        depth == 0
    })
}

fn ends_in_brace(text: &str) -> bool {
    text.trim_end().ends_with('}')
}

/// True if what seems to go on beyond the end is a string whose last sign is missing: list and document end in it.
fn lacks_last_quote(text: &str) -> bool {
    let signs = text.trim_end().strip_suffix('}').map(str::trim_end);
    signs.is_some_and(|text| text.ends_with(']')) && ends_in_string(text)
}

fn ends_in_string(text: &str) -> bool {
    let mut is_string = false;
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            b'"' => is_string = !is_string,
            _ => {}
        }
    }
    is_string
}

/// How many bytes may still be read over: looking for what follows each broken item takes time by the square.
struct Budget {
    /// By brackets, for the ends of broken items.
    ends: usize,
    /// As values, for the next items.
    items: usize,
}

impl Budget {
    fn of(list: &str) -> Self {
        let most = MOST_READINGS * list.len();
        Self {
            ends: most,
            items: most,
        }
    }
}

/// How often what is broken is read over, on the whole.
const MOST_READINGS: usize = 8;

/// A value that a text begins with.
enum Reading<'a> {
    /// With what follows it.
    Value(Value, &'a str),
    /// It goes on beyond the end.
    Cut,
    /// With the bytes that were read of it.
    Broken(usize),
}

fn read_value(text: &str) -> Reading<'_> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    match values.next() {
        Some(Ok(value)) => Reading::Value(value, &text[values.byte_offset()..]),
        Some(Err(error)) if !error.is_eof() => Reading::Broken(match error.line() {
            1 => error.column(),
            _ => text.len(),
        }),
        _ => Reading::Cut,
    }
}

/// What follows a broken object, if its brackets match and the next one or the end of the list stands there: where signs
/// of strings are missing they match by chance alone.
fn after_broken<'a>(text: &'a str, budget: &mut Budget) -> Option<&'a str> {
    if !text.starts_with('{') || budget.ends == 0 {
        return None;
    }
    let after = after_brackets(text);
    let read = text.len() - after.map_or(0, str::len);
    budget.ends = budget.ends.saturating_sub(read);
    let after = after?;
    let mut signs = after.chars().filter(|c| !c.is_whitespace());
    let is_between = match signs.next()? {
        ',' => signs.next() == Some('{'),
        sign => sign == ']',
    };
    is_between.then_some(after)
}

/// The text from the next object that is an item, whatever stands before it.
fn next_item<'a>(text: &'a str, budget: &mut Budget) -> Option<&'a str> {
    for at in memchr::memchr_iter(b'{', text.as_bytes()) {
        let from = &text[at..];
        let read = match read_value(from) {
            Reading::Value(Value::Object(object), _) if is_item(&object) => return Some(from),
            Reading::Value(_, after) => from.len() - after.len(),
            Reading::Cut => return None,
            Reading::Broken(read) => read,
        };
        budget.items = budget.items.checked_sub(read)?;
    }
    None
}

/// True for an object with an identity and a text; attachments have a type besides, authors no text.
pub(super) fn is_item(object: &Object) -> bool {
    let has = |names: &[&str]| names.iter().any(|name| object.contains_key(*name));
    has(&["id", "url", "external_url"])
        && has(&["title", "content_html", "content_text", "summary"])
        && !has(&["mime_type"])
}

/// What follows the object or list that a text begins with, by its brackets; `None` if they do not match.
pub(super) fn after_brackets(text: &str) -> Option<&str> {
    let mut depth = 0;
    let mut ends = brackets(text).map(|(at, step)| {
        depth += step;
        (at, depth)
    });
    let (at, depth) = ends.find(|(_, depth)| *depth <= 0)?;
    (depth == 0).then(|| &text[at + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many items are read of a list, and how often it was read over.
    fn salvaged(list: &str) -> (usize, usize) {
        let mut budget = Budget::of(list);
        let all = budget.ends + budget.items;
        let (items, _) = salvage_items(list, &mut budget);
        (items.len(), (all - budget.ends - budget.items) / list.len())
    }

    #[test]
    fn a_list_that_is_broken_all_over_is_read_a_few_times_over() {
        let item = r#"{"id":"1","title":"T"}"#;
        let list = r#"{"{":[1,2,3,{"a":"#.repeat(20_000) + item;
        let mut budget = Budget::of(&list);
        assert!(next_item(&list, &mut budget).is_none());
        assert_eq!(salvaged(&list).0, 0);
    }

    #[test]
    fn broken_items_between_good_ones_do_not_have_the_list_read_over_for_each() {
        let long = format!(r#"{{"id":"z","title":"{}"}}]}}"#, "a".repeat(1_000_000));
        for broken in [
            r#"{"id":"b","title":"x","t":[1.}"#,
            r#"{"id":"b","title":"x","t":[[1.]}"#,
            r#"{"id":"b","t":{"u":1.}"#,
        ] {
            let count = 4_000;
            let list = [broken, r#",{"id":"g","title":"t"},"#]
                .concat()
                .repeat(count)
                + &long;
            let (items, times_over) = salvaged(&list);
            assert_eq!(items, count + 1, "{broken}");
            assert!(times_over <= 2 * MOST_READINGS, "{broken}: {times_over}");
        }
    }
}
