//! Which numbers and addresses make sense. A wrong one would not be noticed at the start but by what is
//! missing a week later: visits that never come, items that are never taken, links that lead nowhere.

use url::Url;

use super::file::Config;
use crate::text::language::two_letters;

const YEAR_SECS: f64 = 366.0 * 86_400.0;
/// No body, header or cache that one process can hold is larger.
const MOST_BYTES: f64 = (1_u64 << 40) as f64;

/// The first value outside its bounds: the key, and what is wrong.
pub(super) fn find_senseless(config: &Config) -> Option<(String, String)> {
    number_outside(config)
        .or_else(|| out_of_order(config))
        .or_else(|| address_outside(config))
        .or_else(|| unknown_language(config))
        .map(|(key, problem)| (key.to_owned(), problem))
}

/// A number of the config with its key, and what it lies between.
type Bound = (&'static str, f64, f64, f64);

fn number_outside(config: &Config) -> Option<(&'static str, String)> {
    // Every number of a config is told exactly enough by 53 bits to be held against a bound.
    macro_rules! bound {
        ($table:ident.$key:ident, $least:expr, $most:expr) => {{
            let key = concat!(stringify!($table), ".", stringify!($key));
            (key, config.$table.$key as f64, $least, $most)
        }};
    }
    let bounds: [Bound; 25] = [
        bound!(server.publish_hold_secs, 0.0, YEAR_SECS),
        bound!(server.feed_keep_secs, 0.0, 10.0 * YEAR_SECS),
        bound!(server.cache_bytes, 0.0, MOST_BYTES),
        bound!(polling.base_secs, 1.0, YEAR_SECS),
        bound!(polling.floor_secs, 1.0, YEAR_SECS),
        bound!(polling.ceiling_secs, 1.0, YEAR_SECS),
        bound!(polling.host_gap_millis, 0.0, 3_600_000.0),
        bound!(polling.max_in_flight, 1.0, 1e6),
        bound!(polling.max_new_items, 1.0, 1e6),
        bound!(fetch.max_body_bytes, 1024.0, MOST_BYTES),
        bound!(fetch.max_header_bytes, 1024.0, MOST_BYTES),
        bound!(fetch.dns_timeout_secs, 1.0, 3600.0),
        bound!(fetch.connect_timeout_secs, 1.0, 3600.0),
        bound!(fetch.idle_timeout_secs, 1.0, 3600.0),
        bound!(fetch.whole_timeout_secs, 1.0, 3600.0),
        bound!(clustering.window_hours, 1.0, 24.0 * 366.0),
        bound!(clustering.candidates, 1.0, 1e6),
        bound!(clustering.join_score, 0.1, 1.0),
        bound!(clustering.settle_score, 0.1, 1.0),
        bound!(clustering.settle_every, 1.0, 1e6),
        bound!(clustering.most_items, 1000.0, 1e9),
        bound!(storylines.link_score, 0.0, 1.0),
        bound!(storylines.damping_days, 0.001, 3660.0),
        bound!(storylines.closed_after_days, 1.0, 3660.0),
        bound!(storylines.most_events, 1000.0, 1e9),
    ];
    let is_outside = |(_, value, least, most): &&Bound| !(*least..=*most).contains(value);
    bounds
        .iter()
        .find(is_outside)
        .map(|(key, value, least, most)| {
            (
                *key,
                format!("is {value}: it lies between {least} and {most}"),
            )
        })
}

/// Two numbers of which one bounds the other.
fn out_of_order(config: &Config) -> Option<(&'static str, String)> {
    let polling = &config.polling;
    if polling.floor_secs > polling.ceiling_secs {
        let problem = format!(
            "is {}, more than ceiling_secs, {}",
            polling.floor_secs, polling.ceiling_secs
        );
        return Some(("polling.floor_secs", problem));
    }
    let (window, kept) = (config.clustering.window_hours, config.storage.keep_days);
    if u64::from(window) > u64::from(kept) * 24 {
        let problem = format!("is {window}, longer than the {kept} days that items are kept");
        return Some(("clustering.window_hours", problem));
    }
    None
}

/// A view of a language that no item can have.
fn unknown_language(config: &Config) -> Option<(&'static str, String)> {
    let named = config.views.iter().flat_map(|view| &view.languages);
    let mut wrong =
        named.filter(|code| *code != "und" && two_letters(code).as_ref() != Some(*code));
    let code = wrong.next()?;
    let problem = match two_letters(code) {
        Some(right) => format!("holds `{code}`: items are in `{right}`"),
        None => format!("holds `{code}`: languages are named by two letters, such as en"),
    };
    Some(("views.languages", problem))
}

fn address_outside(config: &Config) -> Option<(&'static str, String)> {
    let server = &config.server;
    for (key, text) in [
        ("server.base_url", &server.base_url),
        ("server.external_hub", &server.external_hub),
    ] {
        if !text.is_empty() && !is_address(text, key == "server.base_url") {
            let problem =
                format!("is `{text}`: an address begins with https:// or http:// and names nobody");
            return Some((key, problem));
        }
    }
    let contact = &config.fetch.contact;
    if contact.chars().any(char::is_control) {
        let problem = "holds a line break or another control character".to_owned();
        return Some(("fetch.contact", problem));
    }
    None
}

/// Paths are put behind the address of the site, so it ends before any query.
fn is_address(text: &str, is_site: bool) -> bool {
    Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.fragment().is_none()
            && !(is_site && (!url.username().is_empty() || url.password().is_some()))
            && !(is_site && url.query().is_some())
    })
}
