//! Whose an address is, as far as its host says so: the part of a host's name that one publisher has. It looks nothing
//! up, and where it cannot be sure it says nothing.

use url::{Host, Url};

/// The name under which all that stands is one publisher's; `None` for an address by number, a name of this network,
/// and a host at which many publish.
///
/// `feeds.paper.example` and `www.paper.example` are `paper.example`'s, `anna.substack.com` is itself,
/// `medium.com` and `www.gov.uk` are nobody's.
pub fn publisher_of(url: &Url) -> Option<String> {
    let Some(Host::Domain(host)) = url.host() else {
        return None;
    };
    let host = host.trim_end_matches('.');
    let labels: Vec<&str> = host.split('.').collect();
    let is_local = labels.len() < 2 || labels.last().is_some_and(|last| LOCAL.contains(last));
    if is_local || SHARED.iter().any(|shared| is_under(host, shared)) {
        return None;
    }
    let suffix = PLATFORMS
        .iter()
        .find(|platform| is_under(host, platform))
        .map_or_else(|| labels_of_registry(&labels), |one| one.split('.').count());
    let own = labels.len().checked_sub(suffix + 1)?;
    // `www.gov.example` is the portal of a whole government.
    let is_portal = labels[own] == "www" && suffix > 1;
    (!is_portal).then(|| labels[own..].join("."))
}

fn is_under(host: &str, name: &str) -> bool {
    let before = host.strip_suffix(name);
    before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// How many labels at the end of a name are not the publisher's own: two in `paper.co.uk`, one in `paper.example`.
fn labels_of_registry(labels: &[&str]) -> usize {
    let is_country = labels.last().is_some_and(|last| last.len() == 2);
    let second = labels.len().checked_sub(2).map(|at| labels[at]);
    match is_country && second.is_some_and(|second| CATEGORIES.contains(&second)) {
        true => 2,
        false => 1,
    }
}

/// Names of one's own network.
const LOCAL: [&str; 7] = [
    "home",
    "internal",
    "intranet",
    "lan",
    "local",
    "localdomain",
    "localhost",
];

/// What countries put before their own two letters.
const CATEGORIES: [&str; 41] = [
    "ac",
    "art",
    "asso",
    "biz",
    "co",
    "com",
    "edu",
    "ed",
    "fm",
    "gc",
    "gen",
    "go",
    "gob",
    "gouv",
    "gov",
    "government",
    "govt",
    "gub",
    "gv",
    "id",
    "in",
    "inf",
    "info",
    "lg",
    "ltd",
    "me",
    "mil",
    "ne",
    "net",
    "nic",
    "nom",
    "or",
    "org",
    "plc",
    "presse",
    "qc",
    "sch",
    "spb",
    "tm",
    "tv",
    "web",
];

/// Where many publish, each under a name of his own before this one.
const PLATFORMS: [&str; 38] = [
    "beehiiv.com",
    "blog.fc2.com",
    "blogs.com",
    "blogspot.com",
    "blog.hu",
    "blox.pl",
    "buttondown.email",
    "buzzsprout.com",
    "canalblog.com",
    "cloudfront.net",
    "exblog.jp",
    "feedblitz.com",
    "ghost.io",
    "github.io",
    "gitlab.io",
    "hashnode.dev",
    "hatenablog.com",
    "hatenablog.jp",
    "herokuapp.com",
    "jimdofree.com",
    "libsyn.com",
    "livejournal.com",
    "netlify.app",
    "over-blog.com",
    "pages.dev",
    "podbean.com",
    "seesaa.net",
    "squarespace.com",
    "substack.com",
    "tistory.com",
    "tumblr.com",
    "typepad.com",
    "vercel.app",
    "web.app",
    "weebly.com",
    "wixsite.com",
    "wordpress.com",
    "workers.dev",
];

/// Where many publish at one host, or whatever others published is listed.
const SHARED: [&str; 56] = [
    "admin.ch",
    "amazonaws.com",
    "anchor.fm",
    "apple.com",
    "archive.org",
    "baidu.com",
    "bing.com",
    "bsky.app",
    "canada.ca",
    "daum.net",
    "dailymotion.com",
    "europa.eu",
    "facebook.com",
    "feed43.com",
    "feedburner.com",
    "feedly.com",
    "feedpress.me",
    "feeds2.com",
    "feedx.net",
    "fetchrss.com",
    "flipboard.com",
    "github.com",
    "gitlab.com",
    "google.com",
    "googleapis.com",
    "gov.uk",
    "inoreader.com",
    "kill-the-newsletter.com",
    "linkedin.com",
    "mastodon.social",
    "medium.com",
    "megaphone.fm",
    "msn.com",
    "naver.com",
    "note.com",
    "omnycontent.com",
    "politepol.com",
    "presseportal.ch",
    "presseportal.de",
    "qq.com",
    "reddit.com",
    "rss.app",
    "rsshub.app",
    "simplecast.com",
    "sohu.com",
    "soundcloud.com",
    "spreaker.com",
    "t.me",
    "telegram.me",
    "twitter.com",
    "vimeo.com",
    "x.com",
    "yahoo.co.jp",
    "yahoo.com",
    "ycombinator.com",
    "youtube.com",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_under_one_name_is_one_publishers_but_for_hosts_of_many() {
        for (url, expected) in [
            ("https://feeds.paper.example/world", Some("paper.example")),
            ("http://www.paper.example:8080/", Some("paper.example")),
            ("https://paper.example./europe", Some("paper.example")),
            ("https://feeds.bbci.co.uk/news/rss.xml", Some("bbci.co.uk")),
            ("https://www3.nhk.or.jp/rss", Some("nhk.or.jp")),
            ("https://pib.gov.in/rss", Some("pib.gov.in")),
            ("https://news.un.org/feed", Some("un.org")),
            ("https://anna.substack.com/feed", Some("anna.substack.com")),
            ("https://www.a.blogspot.com/feed", Some("a.blogspot.com")),
            ("https://substack.com/feed", None),
            ("https://medium.com/feed/@anna", None),
            ("https://feeds.feedburner.com/paper", None),
            ("https://news.google.com/rss/search?q=quake", None),
            (
                "https://www.youtube.com/feeds/videos.xml?channel_id=1",
                None,
            ),
            ("https://www.gov.uk/search/news.atom", None),
            ("https://www.gov.br/saude/rss", None),
            ("https://gov.pl/rss", None),
            ("https://co.uk/", None),
            ("http://127.0.0.1:9400/rss", None),
            ("http://[::1]/rss", None),
            ("http://localhost:9400/rss", None),
            ("http://newsbox.lan/rss", None),
        ] {
            let read = publisher_of(&Url::parse(url).unwrap());
            assert_eq!(read.as_deref(), expected, "{url}");
        }
    }
}
