//! Which numbers and addresses make sense. A wrong one would not be noticed at the start but by what is
//! missing a week later: visits that never come, items that are never taken, links that lead nowhere.

use url::Url;

use super::file::Config;

const YEAR_SECS: f64 = 366.0 * 86_400.0;
/// No body, header or cache that one process can hold is larger.
const MOST_BYTES: f64 = (1_u64 << 40) as f64;

/// The first value outside its bounds: the key, and what is wrong.
pub(super) fn find_senseless(config: &Config) -> Option<(String, String)> {
    number_outside(config)
        .or_else(|| address_outside(config))
        .map(|(key, problem)| (key.to_owned(), problem))
}

fn number_outside(config: &Config) -> Option<(&'static str, String)> {
    let (server, polling, fetch) = (&config.server, &config.polling, &config.fetch);
    let (clustering, lines) = (&config.clustering, &config.storylines);
    let secs = |secs: u64| secs as f64;
    let count = |count: usize| count as f64;
    let numbers = [
        (
            "server.publish_hold_secs",
            f64::from(server.publish_hold_secs),
            0.0,
            YEAR_SECS,
        ),
        (
            "server.feed_keep_secs",
            f64::from(server.feed_keep_secs),
            0.0,
            10.0 * YEAR_SECS,
        ),
        (
            "server.cache_bytes",
            count(server.cache_bytes),
            0.0,
            MOST_BYTES,
        ),
        ("polling.base_secs", secs(polling.base_secs), 1.0, YEAR_SECS),
        (
            "polling.floor_secs",
            secs(polling.floor_secs),
            1.0,
            YEAR_SECS,
        ),
        (
            "polling.ceiling_secs",
            secs(polling.ceiling_secs),
            1.0,
            YEAR_SECS,
        ),
        (
            "polling.host_gap_millis",
            secs(polling.host_gap_millis),
            0.0,
            3_600_000.0,
        ),
        (
            "polling.max_in_flight",
            count(polling.max_in_flight),
            1.0,
            1e6,
        ),
        (
            "polling.max_new_items",
            count(polling.max_new_items),
            1.0,
            1e6,
        ),
        (
            "fetch.max_body_bytes",
            count(fetch.max_body_bytes),
            1024.0,
            MOST_BYTES,
        ),
        (
            "fetch.max_header_bytes",
            count(fetch.max_header_bytes),
            1024.0,
            MOST_BYTES,
        ),
        (
            "fetch.dns_timeout_secs",
            secs(fetch.dns_timeout_secs),
            1.0,
            3600.0,
        ),
        (
            "fetch.connect_timeout_secs",
            secs(fetch.connect_timeout_secs),
            1.0,
            3600.0,
        ),
        (
            "fetch.idle_timeout_secs",
            secs(fetch.idle_timeout_secs),
            1.0,
            3600.0,
        ),
        (
            "fetch.whole_timeout_secs",
            secs(fetch.whole_timeout_secs),
            1.0,
            3600.0,
        ),
        (
            "clustering.window_hours",
            f64::from(clustering.window_hours),
            1.0,
            24.0 * 366.0,
        ),
        (
            "clustering.candidates",
            count(clustering.candidates),
            1.0,
            1e6,
        ),
        (
            "clustering.join_score",
            f64::from(clustering.join_score),
            0.1,
            1.0,
        ),
        (
            "clustering.settle_score",
            f64::from(clustering.settle_score),
            0.1,
            1.0,
        ),
        (
            "clustering.settle_every",
            count(clustering.settle_every),
            1.0,
            1e6,
        ),
        (
            "clustering.most_items",
            count(clustering.most_items),
            1000.0,
            1e9,
        ),
        (
            "storylines.link_score",
            f64::from(lines.link_score),
            0.0,
            1.0,
        ),
        (
            "storylines.damping_days",
            f64::from(lines.damping_days),
            0.001,
            3660.0,
        ),
        (
            "storylines.closed_after_days",
            f64::from(lines.closed_after_days),
            1.0,
            3660.0,
        ),
        (
            "storylines.most_events",
            count(lines.most_events),
            1000.0,
            1e9,
        ),
    ];
    let is_outside =
        |(_, value, least, most): &&(&str, f64, f64, f64)| !(*least..=*most).contains(value);
    numbers
        .iter()
        .find(is_outside)
        .map(|(key, value, least, most)| {
            (
                *key,
                format!("is {value}: it lies between {least} and {most}"),
            )
        })
}

fn address_outside(config: &Config) -> Option<(&'static str, String)> {
    let server = &config.server;
    for (key, text) in [
        ("server.base_url", &server.base_url),
        ("server.external_hub", &server.external_hub),
    ] {
        if !text.is_empty() && !is_address(text, key == "server.base_url") {
            let problem = format!("is `{text}`: an address begins with https:// or http://");
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
            && !(is_site && url.query().is_some())
    })
}
