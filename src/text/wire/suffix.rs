//! The last part of a title: where it begins, and whether it is the outlet's own name.
//!
//! There is no list of outlets: a suffix is one if it says the name that the outlet is kept
//! under, or the name of the feed an aggregator took the item from, or the host of the link.

use super::WireInput;

/// The longest suffix that is looked at, in bytes.
const LONGEST_SUFFIX_BYTES: usize = 90;

/// Where the last part of a title begins: at ` - `, ` | `, ` – ` and the like, or at the opening
/// bracket of a last bracketed word. `None` if the title has no parts.
pub(super) fn last_part(title: &str) -> Option<usize> {
    bracket(title)
        .or_else(|| separator(title).max(colon(title)))
        .or_else(|| comma(title))
        .filter(|at| title.len() - at <= LONGEST_SUFFIX_BYTES)
        .map(|at| title[..at].trim_end().len())
}

/// True if `tail` (separator and words) is the outlet's own name.
pub(super) fn names_the_outlet(input: &WireInput<'_>, tail: &str) -> bool {
    let said = bare(tail);
    if said.is_empty()
        || !tail
            .trim_start()
            .starts_with(['-', '–', '—', '|', '·', '•', '_'])
    {
        return false;
    }
    let said_key = key(said);
    let names = [Some(input.outlet_name), input.source_name];
    names
        .into_iter()
        .flatten()
        .any(|name| same_name(&said_key, said, name))
        || host_says(input.link, &said_key)
}

/// The words of a suffix without its separator.
pub(super) fn bare(tail: &str) -> &str {
    tail.trim_matches(|c: char| c.is_whitespace() || "-–—|·•_".contains(c))
}

fn separator(title: &str) -> Option<usize> {
    let mut from = title.len();
    while let Some(at) = title[..from].rfind(['-', '–', '—', '|', '·', '•', '_']) {
        let mark = title[at..].chars().next()?;
        let after = title[at + mark.len_utf8()..].chars().next();
        let before = title[..at].chars().next_back();
        let spaced =
            after.is_some_and(char::is_whitespace) && before.is_some_and(char::is_whitespace);
        if spaced || (mark == '|' && after.is_some()) {
            return Some(at);
        }
        from = at;
    }
    None
}

fn bracket(title: &str) -> Option<usize> {
    const PAIRS: [(char, char); 4] = [(')', '('), (']', '['), ('）', '（'), ('】', '【')];
    let last = title.trim_end().chars().next_back()?;
    let (_, open) = PAIRS.into_iter().find(|(close, _)| *close == last)?;
    title.rfind(open)
}

/// `Stocks fall: Live updates`: only what is short, since a colon mostly has a sentence after it.
fn colon(title: &str) -> Option<usize> {
    let at = title.rfind(": ")?;
    (title.len() - at <= 24).then_some(at)
}

/// `US--Grassland, 1st Ld-Writethru`, `China-US-diplomacy,WRAP`, `War powers, explained.`
fn comma(title: &str) -> Option<usize> {
    let at = title.rfind(',')?;
    let short = title.len() - at <= 32;
    let tail = title[at + 1..].trim().trim_end_matches('.');
    let explained = tail.eq_ignore_ascii_case("explained");
    (explained || (short && super::peel::is_slug(&title[..at]))).then_some(at)
}

fn same_name(said_key: &str, said: &str, name: &str) -> bool {
    let name_key = key(name);
    if name_key.is_empty() || said_key.is_empty() {
        return false;
    }
    let said = without_domain(said);
    said_key == name_key
        || key(said) == name_key
        || (name_key.len() >= 3 && starts_with_word(said, name) && said_key.starts_with(&name_key))
        || (said_key.len() >= 3 && starts_with_word(name, said) && name_key.starts_with(said_key))
        || is_initials(said, name)
}

/// True if `long` begins with `short` at a word, give or take an article and at most two words
/// more: `BBC News` for `BBC`, `Reuters` for `Reuters World`.
fn starts_with_word(long: &str, short: &str) -> bool {
    let (long, short): (Vec<String>, Vec<String>) = (words(long), words(short));
    !short.is_empty() && long.len() <= short.len() + 2 && long.starts_with(&short)
}

/// `WSJ` for `The Wall Street Journal`, `NYT` for `The New York Times`.
fn is_initials(said: &str, name: &str) -> bool {
    let said = said.trim();
    let letters = said.chars().count();
    let initials: String = words(name)
        .iter()
        .filter_map(|word| word.chars().next())
        .collect();
    letters >= 2
        && said.chars().all(char::is_uppercase)
        && initials.chars().count() >= 2
        && said.to_lowercase() == initials
}

/// `DN` for `DN.se`: outlets write their address where their name belongs.
fn without_domain(said: &str) -> &str {
    match said.rsplit_once('.') {
        Some((name, domain))
            if (2..=4).contains(&domain.len())
                && domain.chars().all(|c| c.is_ascii_lowercase()) =>
        {
            name
        }
        _ => said,
    }
}

/// `DN.se` on `www.dn.se`, `abcnews` on `abcnews.go.com`.
fn host_says(link: Option<&str>, said_key: &str) -> bool {
    let Some(host) = link.and_then(host_of) else {
        return false;
    };
    let host = host.strip_prefix("www.").unwrap_or(host);
    let label = host.split('.').next().unwrap_or_default();
    let whole: String = host.chars().filter(|c| c.is_alphanumeric()).collect();
    said_key.len() >= 2
        && (said_key.eq_ignore_ascii_case(&whole)
            || (label.len() >= 4 && said_key.eq_ignore_ascii_case(label)))
}

fn host_of(link: &str) -> Option<&str> {
    let rest = &link[link.find("://")? + 3..];
    let end = rest.find(['/', '?', '#', ':']).unwrap_or(rest.len());
    Some(&rest[..end])
}

/// Letters and digits in lower case, without a leading article.
fn key(name: &str) -> String {
    words(name).concat()
}

fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    if words.len() > 1
        && matches!(
            words[0].as_str(),
            "the" | "le" | "la" | "el" | "der" | "die" | "das"
        )
    {
        words.remove(0);
    }
    words
}
