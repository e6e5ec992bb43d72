//! The pace towards hosts: which addresses share one lane, and how long a host that asked for
//! quiet is left alone. Plain functions; `jobs::sweep` does the waiting.

use url::{Host, Url};

use super::outcome::{Answer, FetchOutcome};

/// Platforms on which every customer has a name of his own and one company pays for the traffic.
/// Short on purpose: the whole public suffix list costs 2 MB.
const PLATFORMS: [&str; 24] = [
    "blogspot.com",
    "buttondown.email",
    "beehiiv.com",
    "cdninstagram.com",
    "feedblitz.com",
    "feedburner.com",
    "ghost.io",
    "github.io",
    "hashnode.dev",
    "hatenablog.com",
    "jimdofree.com",
    "libsyn.com",
    "livejournal.com",
    "medium.com",
    "over-blog.com",
    "podbean.com",
    "reddit.com",
    "squarespace.com",
    "substack.com",
    "tumblr.com",
    "typepad.com",
    "wixsite.com",
    "wordpress.com",
    "youtube.com",
];

/// How widely a request for quiet is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CoolDownScope {
    /// Only the feed that was answered so.
    Feed,
    /// Every feed of the host (of the platform, for known platforms).
    #[default]
    Host,
    /// Every feed of the last two labels of the name.
    Domain,
}

/// How requests are spaced.
#[derive(Clone, Debug)]
pub struct PaceSettings {
    /// Least time from the end of one request to a host to the start of the next, in milliseconds.
    pub host_gap_millis: u64,
    /// Most requests under way at once, over all hosts.
    pub max_in_flight: usize,
    /// How widely a request for quiet is taken.
    pub cool_down_scope: CoolDownScope,
    /// First cool-down after a 429 that names no time, in seconds; doubles with each further one.
    pub cool_down_secs: u64,
    /// Longest time that Retry-After is obeyed for, in seconds. A typing error of an outlet must
    /// not silence it for years.
    pub retry_after_cap_secs: u64,
}

impl Default for PaceSettings {
    fn default() -> Self {
        Self {
            host_gap_millis: 1000,
            max_in_flight: 64,
            cool_down_scope: CoolDownScope::Host,
            cool_down_secs: 600,
            retry_after_cap_secs: 3 * 86_400,
        }
    }
}

/// The lane of an address: its host, or its platform for known platforms. Feeds of one lane are
/// visited one at a time. Empty if the address has no host.
pub fn host_key(url: &str) -> String {
    let Some(host) = host_of(url) else {
        return String::new();
    };
    PLATFORMS
        .iter()
        .find(|platform| is_under(&host, platform))
        .copied()
        .or_else(|| has_name_by_country(&host).then_some("blogspot.com"))
        .map_or(host, str::to_owned)
}

/// What a request for quiet is remembered under, by its scope; `None` if it holds for the feed
/// alone.
pub fn cool_down_key(url: &str, scope: CoolDownScope) -> Option<String> {
    let key = host_key(url);
    match scope {
        CoolDownScope::Feed => None,
        CoolDownScope::Host => Some(key),
        CoolDownScope::Domain => Some(last_two_labels(&key)),
    }
}

fn host_of(url: &str) -> Option<String> {
    match Url::parse(url).ok()?.host()? {
        Host::Domain(name) => Some(name.trim_end_matches('.').to_owned()),
        literal => Some(literal.to_string()),
    }
}

fn is_under(host: &str, platform: &str) -> bool {
    host.strip_suffix(platform)
        .is_some_and(|front| front.is_empty() || front.ends_with('.'))
}

/// `a.blogspot.de`, `a.blogspot.com.br`: names of one platform under each country's.
fn has_name_by_country(host: &str) -> bool {
    host.split('.').skip(1).any(|label| label == "blogspot")
}

fn last_two_labels(host: &str) -> String {
    if host.parse::<std::net::Ipv4Addr>().is_ok() || host.starts_with('[') {
        return host.to_owned();
    }
    let mut labels: Vec<&str> = host.rsplit('.').take(2).collect();
    labels.reverse();
    labels.join(".")
}

/// A host's request for quiet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoolDown {
    /// Seconds from now.
    pub secs: u64,
    /// One line for the operator.
    pub reason: String,
}

/// Reads an outcome as a request for quiet: 429, and 403 or 503 or a redirect with Retry-After, or
/// with a page that asks to prove to be human. `strikes` counts the requests for quiet in a row
/// before this one. `None` if it is none.
pub fn read_cool_down(
    outcome: &FetchOutcome,
    answer: &Answer,
    strikes: u32,
    settings: &PaceSettings,
) -> Option<CoolDown> {
    let status = answer.status;
    let own = answer.retry_after_secs;
    let was_asked = match outcome {
        FetchOutcome::Status(429) => true,
        FetchOutcome::Status(403 | 503) => own.is_some() || answer.is_challenge,
        FetchOutcome::Status(300..=399) => own.is_some(),
        // With a document it is no request for quiet: caches and frameworks set it on every answer.
        _ => false,
    };
    // A redirect that was followed may have said it too; then the last status is another.
    let asked = own.filter(|_| was_asked).max(answer.hop_retry_after_secs);
    if !was_asked && asked.is_none() {
        return None;
    }
    if let Some(asked) = asked {
        let secs = asked.min(settings.retry_after_cap_secs);
        let capped = if secs < asked { ", capped" } else { "" };
        let reason = format!("{status} with Retry-After {asked} s{capped}");
        return Some(CoolDown { secs, reason });
    }
    let secs = doubled(settings.cool_down_secs, strikes, 86_400);
    let what = if answer.is_challenge {
        " with a challenge page"
    } else {
        ""
    };
    let reason = format!(
        "{status}{what} without Retry-After, {} in a row",
        strikes + 1
    );
    Some(CoolDown { secs, reason })
}

/// `base` doubled `times`, at most `cap`.
pub(super) fn doubled(base: u64, times: u32, cap: u64) -> u64 {
    base.saturating_mul(1_u64.checked_shl(times).unwrap_or(u64::MAX))
        .min(cap.max(base))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feeds_of_a_known_platform_share_one_lane_and_other_hosts_have_their_own() {
        for (url, key) in [
            ("https://a.substack.com/feed", "substack.com"),
            ("https://substack.com/feed", "substack.com"),
            ("https://notsubstack.com/feed", "notsubstack.com"),
            ("https://a.blogspot.com/feed", "blogspot.com"),
            ("https://a.blogspot.com.br/feed", "blogspot.com"),
            ("https://News.Paper.test:8443/feed", "news.paper.test"),
            ("https://paper.test./feed", "paper.test"),
            ("http://127.0.0.1/x", "127.0.0.1"),
            ("http://[::1]/x", "[::1]"),
            ("nonsense", ""),
        ] {
            assert_eq!(host_key(url), key, "{url}");
        }
    }

    #[test]
    fn the_scope_of_a_cool_down_is_a_setting() {
        let url = "https://news.paper.test/feed";
        assert_eq!(cool_down_key(url, CoolDownScope::Feed), None);
        assert_eq!(
            cool_down_key(url, CoolDownScope::Host).as_deref(),
            Some("news.paper.test")
        );
        assert_eq!(
            cool_down_key(url, CoolDownScope::Domain).as_deref(),
            Some("paper.test")
        );
        assert_eq!(
            cool_down_key("http://10.1.2.3/", CoolDownScope::Domain).as_deref(),
            Some("10.1.2.3")
        );
    }

    fn cool(status: u16, retry: Option<u64>, challenge: bool, strikes: u32) -> Option<u64> {
        let answer = Answer {
            status,
            retry_after_secs: retry,
            is_challenge: challenge,
            ..Answer::default()
        };
        let outcome = FetchOutcome::Status(status);
        read_cool_down(&outcome, &answer, strikes, &PaceSettings::default()).map(|cool| cool.secs)
    }

    #[test]
    fn a_429_without_retry_after_is_ten_minutes_and_doubles_up_to_a_day() {
        let times: Vec<_> = (0..9)
            .map(|strikes| cool(429, None, false, strikes))
            .collect();
        let expected = [600, 1200, 2400, 4800, 9600, 19_200, 38_400, 76_800, 86_400];
        assert_eq!(times, expected.map(Some));
        assert_eq!(cool(429, None, false, 4_000_000_000), Some(86_400));
    }

    #[test]
    fn retry_after_is_obeyed_on_429_and_503_and_a_403_with_it_is_a_rate_signal() {
        for status in [429, 503, 403] {
            assert_eq!(cool(status, Some(7200), false, 0), Some(7200), "{status}");
        }
        assert_eq!(cool(429, Some(u64::MAX), false, 0), Some(3 * 86_400));
        assert_eq!(cool(403, None, true, 0), Some(600), "a challenge page");
        assert_eq!(
            cool(403, None, false, 0),
            None,
            "an ordinary ban is the feed's own matter"
        );
        assert_eq!(cool(503, None, false, 0), None);
        assert_eq!(cool(500, None, false, 0), None);
        assert_eq!(cool(302, Some(7200), false, 0), Some(7200));
    }

    #[test]
    fn retry_after_with_a_document_or_another_refusal_is_no_request_for_quiet() {
        let document = FetchOutcome::Body {
            bytes: Vec::new(),
            is_complete: true,
        };
        for (outcome, status) in [
            (document, 200),
            (FetchOutcome::NotModified, 304),
            (FetchOutcome::Status(404), 404),
        ] {
            let mut answer = Answer {
                status,
                retry_after_secs: Some(7200),
                ..Answer::default()
            };
            let settings = PaceSettings::default();
            assert_eq!(read_cool_down(&outcome, &answer, 0, &settings), None);
            answer.hop_retry_after_secs = Some(60);
            let cool = read_cool_down(&outcome, &answer, 0, &settings);
            assert_eq!(
                cool.map(|cool| cool.secs),
                Some(60),
                "{status}: by a redirect"
            );
        }
    }
}
