//! Moved feeds: when a redirect becomes the feed's address. A permanent redirect has to hold
//! before it is believed, because portals and mistakes redirect permanently too.

use url::Url;

use crate::news::UtcTime;

use super::outcome::Hop;

/// How long a permanent redirect must hold (lion-reader: 7 days; NewsBlur: 10 fetches); both.
const TRIAL_DAYS: i64 = 7;
const TRIAL_VISITS: u32 = 10;

/// Words in an address that say "log in first", as NetNewsWire knows them and more.
const PORTAL_WORDS: [&str; 16] = [
    "accounts",
    "auth",
    "authenticate",
    "captive",
    "captiveportal",
    "consent",
    "hotspot",
    "login",
    "logon",
    "oauth",
    "portal",
    "signin",
    "signon",
    "sso",
    "wifi",
    "wlan",
];

/// A permanent redirect that is being watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveTrial {
    /// Where it leads.
    pub to_url: String,
    /// Since when it has led there.
    pub since: UtcTime,
    /// Visits in a row that it has led there.
    pub visits: u32,
}

/// What to do about a feed's address after a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MoveVerdict {
    /// The address stays; nothing is watched.
    Stay,
    /// The address stays; the redirect is on trial.
    Watch(MoveTrial),
    /// The feed has this address from now on.
    Adopt(String),
}

/// Judges the redirects of one visit. `is_feed` is true if what was found at the end is a feed
/// (or is known not to have changed since it was one).
pub fn judge_move(
    feed_url: &str,
    hops: &[Hop],
    is_feed: bool,
    trial: Option<&MoveTrial>,
    now: UtcTime,
) -> MoveVerdict {
    let Some(last) = hops.last() else {
        return MoveVerdict::Stay;
    };
    if !is_feed || !hops.iter().all(Hop::is_permanent) || leads_to_portal(&last.to_url) {
        return MoveVerdict::Stay;
    }
    if is_only_https(feed_url, &last.to_url) {
        return MoveVerdict::Adopt(last.to_url.clone());
    }
    let trial = match trial {
        Some(trial) if trial.to_url == last.to_url => MoveTrial {
            visits: trial.visits.saturating_add(1),
            ..trial.clone()
        },
        _ => MoveTrial {
            to_url: last.to_url.clone(),
            since: now,
            visits: 1,
        },
    };
    if trial.visits >= TRIAL_VISITS && (now - trial.since).num_days() >= TRIAL_DAYS {
        MoveVerdict::Adopt(trial.to_url)
    } else {
        MoveVerdict::Watch(trial)
    }
}

/// True if the address looks like a page to log in, of the site or of the network in between.
pub fn leads_to_portal(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else {
        return true;
    };
    let host = url.host_str().unwrap_or_default();
    let words = host
        .split(['.', '-'])
        .chain(url.path().split(['/', '.', '-', '_']));
    words
        .map(str::to_ascii_lowercase)
        .any(|word| PORTAL_WORDS.contains(&word.as_str()))
}

fn is_only_https(from: &str, to: &str) -> bool {
    let (Ok(mut from), Ok(to)) = (Url::parse(from), Url::parse(to)) else {
        return false;
    };
    from.set_fragment(None);
    // The target's credentials were dropped; the feed's own do not make a difference.
    let _ = from.set_username("");
    let _ = from.set_password(None);
    from.scheme() == "http" && from.set_scheme("https").is_ok() && from == to
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::news::utc_from_secs;

    const DAY: i64 = 86_400;
    const FROM: &str = "https://paper.test/feed";
    const TO: &str = "https://news.paper.test/rss";

    fn hop(status: u16, to: &str) -> Hop {
        Hop {
            status,
            to_url: to.to_owned(),
        }
    }

    fn judge(hops: &[Hop], is_feed: bool) -> MoveVerdict {
        let seasoned = MoveTrial {
            to_url: hops.last().map_or(String::new(), |hop| hop.to_url.clone()),
            since: utc_from_secs(0),
            visits: 500,
        };
        judge_move(
            FROM,
            hops,
            is_feed,
            Some(&seasoned),
            utc_from_secs(30 * DAY),
        )
    }

    #[test]
    fn a_permanent_redirect_is_adopted_after_seven_days_and_ten_visits_not_before() {
        let hops = [hop(301, TO)];
        let mut trial = None;
        let mut adopted_at = None;
        for visit in 1..=40 {
            let now = utc_from_secs(visit * DAY / 4);
            match judge_move(FROM, &hops, true, trial.as_ref(), now) {
                MoveVerdict::Watch(next) => trial = Some(next),
                MoveVerdict::Adopt(url) => {
                    assert_eq!(url, TO);
                    adopted_at = Some(visit);
                    break;
                }
                MoveVerdict::Stay => panic!("a permanent redirect is watched"),
            }
        }
        assert_eq!(
            adopted_at,
            Some(29),
            "seven days of four visits after the first one"
        );
        let once_a_week = MoveTrial {
            to_url: TO.into(),
            since: utc_from_secs(0),
            visits: 8,
        };
        let verdict = judge_move(
            FROM,
            &hops,
            true,
            Some(&once_a_week),
            utc_from_secs(60 * DAY),
        );
        assert!(
            matches!(verdict, MoveVerdict::Watch(_)),
            "nine visits are not ten"
        );
    }

    #[test]
    fn a_target_that_changes_starts_the_trial_anew() {
        let old = MoveTrial {
            to_url: "https://else.test/".into(),
            since: utc_from_secs(0),
            visits: 99,
        };
        let now = utc_from_secs(30 * DAY);
        let verdict = judge_move(FROM, &[hop(308, TO)], true, Some(&old), now);
        let fresh = MoveTrial {
            to_url: TO.into(),
            since: now,
            visits: 1,
        };
        assert_eq!(verdict, MoveVerdict::Watch(fresh));
    }

    #[test]
    fn the_address_stays_when_one_hop_is_temporary_or_the_target_is_no_feed_or_a_portal() {
        for (why, hops, is_feed) in [
            ("302", vec![hop(302, TO)], true),
            ("303", vec![hop(303, TO)], true),
            ("307", vec![hop(307, TO)], true),
            (
                "301 then 302",
                vec![hop(301, "https://a.test/"), hop(302, TO)],
                true,
            ),
            ("not a feed", vec![hop(301, TO)], false),
            (
                "login page",
                vec![hop(301, "https://paper.test/login?next=/feed")],
                true,
            ),
            (
                "hotel wifi",
                vec![hop(301, "https://wifi.hotel.test/feed")],
                true,
            ),
            (
                "sign-in host",
                vec![hop(301, "https://accounts.paper.test/feed")],
                true,
            ),
        ] {
            assert_eq!(judge(&hops, is_feed), MoveVerdict::Stay, "{why}");
        }
        assert_eq!(judge(&[hop(301, TO)], true), MoveVerdict::Adopt(TO.into()));
        assert_eq!(judge(&[hop(308, TO)], true), MoveVerdict::Adopt(TO.into()));
    }

    #[test]
    fn http_to_https_of_the_same_address_is_adopted_at_once() {
        let now = utc_from_secs(0);
        let verdict = |from: &str, to: &str| judge_move(from, &[hop(301, to)], true, None, now);
        let https = "https://paper.test/feed?x=1";
        assert_eq!(
            verdict("http://paper.test/feed?x=1", https),
            MoveVerdict::Adopt(https.into())
        );
        let other = "https://paper.test/other";
        assert!(matches!(
            verdict("http://paper.test/feed", other),
            MoveVerdict::Watch(_)
        ));
        let temporary = [hop(302, "https://paper.test/feed")];
        let verdict = judge_move("http://paper.test/feed", &temporary, true, None, now);
        assert_eq!(verdict, MoveVerdict::Stay);
    }
}
