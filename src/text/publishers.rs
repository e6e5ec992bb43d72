//! Whose an address is, as far as its host says so: the part of a host's name that one publisher has. It looks nothing
//! up, and where it cannot be sure it says nothing.

use url::{Host, Url};

/// The name under which all that stands is one publisher's; `None` for an address by number, a name of this network,
/// and a host at which many publish, or that says in the address whose words it passes on.
///
/// `feeds.paper.example` and `www.paper.example` are `paper.example`'s, `anna.substack.com` and `police.nsw.gov.au` are
/// themselves, `medium.com`, `feeds.transistor.fm`, `www.gov.uk` and `/?bridge=…` are nobody's.
pub fn publisher_of(url: &Url) -> Option<String> {
    let Some(Host::Domain(host)) = url.host() else {
        return None;
    };
    let host = host.trim_end_matches('.');
    let labels: Vec<&str> = host.split('.').collect();
    let is_local = labels.len() < 2 || labels.last().is_some_and(|last| LOCAL.contains(last));
    let is_shared = || SHARED.iter().any(|shared| is_under(host, shared));
    if is_local || is_shared() || passes_on(url, &labels) {
        return None;
    }
    let platform = PLATFORMS
        .iter()
        .find(|platform| is_under(host, platform))
        .map(|one| one.split('.').count())
        .or_else(|| labels_of_blogs(&labels));
    let suffix = platform.unwrap_or_else(|| labels_of_registry(&labels));
    let own = labels.len().checked_sub(suffix + 1)?;
    // What a platform calls its own machine is no name of one of those who publish there.
    if platform.is_some() && MACHINES.contains(&labels[own]) {
        return None;
    }
    // `www.gov.example` is the portal of a whole government.
    let is_portal = labels[own] == "www" && suffix > 1;
    (!is_portal).then(|| labels[own..].join("."))
}

fn is_under(host: &str, name: &str) -> bool {
    let before = host.strip_suffix(name);
    before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// True for what a server makes of others' pages and for whoever has an account there: whose it is stands behind the
/// host, and whom the server belongs to says nothing.
fn passes_on(url: &Url, labels: &[&str]) -> bool {
    let is_bridge = |label: &&str| BRIDGES.iter().any(|bridge| label.starts_with(bridge));
    let mut segments = url.path_segments().into_iter().flatten();
    let is_account = segments.any(|segment| segment.starts_with('@') || segment == "users");
    is_account
        || is_path_of_many(url)
        || labels.iter().any(is_bridge)
        || url.query_pairs().any(|(name, _)| name == "bridge")
}

/// True for a path by which a server that anybody may run passes on a channel: `/telegram/channel/…` of RSSHub, `/feeds/c/…`
/// of Lemmy, `/feeds/videos.xml` of PeerTube.
fn is_path_of_many(url: &Url) -> bool {
    let segments: Vec<&str> = url.path_segments().into_iter().flatten().collect();
    segments.windows(2).any(|pair| {
        let is_network = NETWORKS.contains(&pair[0]) && ACCOUNTS.contains(&pair[1]);
        let is_community = matches!(pair[1], "c" | "u") && segments.len() > 2;
        is_network || (pair[0] == "feeds" && (is_community || pair[1].starts_with("videos.")))
    })
}

/// True if the name of a feed is that of an account in its address: `Ministry / @mod` at `/mod/rss`.
pub fn is_of_account(url: &Url, name: &str) -> bool {
    let is_sign = |c: char| !(c.is_alphanumeric() || matches!(c, '@' | '_' | '-' | '.'));
    let handles = name
        .split(is_sign)
        .filter_map(|word| word.strip_prefix('@'));
    let mut handles = handles.filter(|handle| !handle.is_empty());
    handles.any(|handle| {
        let mut segments = url.path_segments().into_iter().flatten();
        segments.any(|segment| segment.eq_ignore_ascii_case(handle))
    })
}

/// Of blogs that have a name under each country's: `a.blogspot.de`, `a.blogspot.com.br`.
fn labels_of_blogs(labels: &[&str]) -> Option<usize> {
    let at = labels.iter().position(|label| *label == "blogspot")?;
    Some(labels.len() - at)
}

/// How many labels at the end of a name are not the publisher's own: two in `paper.co.uk`, one in `paper.example`, three
/// in `police.nsw.gov.au`, since the offices of a state are many.
fn labels_of_registry(labels: &[&str]) -> usize {
    let before = |count: usize| labels.len().checked_sub(count + 1).map(|at| labels[at]);
    let is_country = labels.last().is_some_and(|last| last.len() == 2);
    let is_category = before(1).is_some_and(|second| CATEGORIES.contains(&second));
    let registry = if is_country && is_category { 2 } else { 1 };
    let is_of_government = labels[labels.len() - registry] == "gov";
    let is_state = |label: &str| label.len() == 2 || STATES.contains(&label);
    match is_of_government && before(registry).is_some_and(is_state) {
        true => registry + 1,
        false => registry,
    }
}

/// How hosts are called on which what others publish is made a feed, or has accounts: anybody runs them.
const BRIDGES: [&str; 13] = [
    "fivefilters",
    "invidious",
    "lemmy",
    "libreddit",
    "mastodon",
    "mstdn",
    "nitter",
    "peertube",
    "redlib",
    "rss-bridge",
    "rssbridge",
    "rsshub",
    "xcancel",
];

/// Networks whose accounts a bridge has by their names, and what it calls these.
const NETWORKS: [&str; 12] = [
    "bilibili",
    "bsky",
    "facebook",
    "instagram",
    "telegram",
    "threads",
    "tiktok",
    "twitter",
    "vk",
    "weibo",
    "x",
    "youtube",
];
const ACCOUNTS: [&str; 6] = ["channel", "group", "page", "playlist", "profile", "user"];

/// What hosts of many call the machine that has the feeds of all.
const MACHINES: [&str; 16] = [
    "api", "app", "atom", "blog", "blogs", "cdn", "feed", "feeds", "m", "media", "podcast",
    "podcasts", "rss", "static", "www", "xml",
];

/// States whose names have more than two letters, before `gov.au` and `gov`.
const STATES: [&str; 18] = [
    "act", "alabama", "alaska", "arkansas", "colorado", "delaware", "georgia", "iowa", "maine",
    "maryland", "mass", "michigan", "nsw", "ohio", "qld", "texas", "utah", "vic",
];

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
const PLATFORMS: [&str; 59] = [
    "azurewebsites.net",
    "bayern.de",
    "beehiiv.com",
    "blog.fc2.com",
    "blog.hu",
    "blogs.com",
    "blogspot.com",
    "blox.pl",
    "bund.de",
    "buttondown.email",
    "buzzsprout.com",
    "canalblog.com",
    "captivate.fm",
    "castos.com",
    "cloudfront.net",
    "exblog.jp",
    "feedblitz.com",
    "firebaseapp.com",
    "fireside.fm",
    "fly.dev",
    "ghost.io",
    "github.io",
    "gitlab.io",
    "hashnode.dev",
    "hatenablog.com",
    "hatenablog.jp",
    "herokuapp.com",
    "hessen.de",
    "jimdofree.com",
    "libsyn.com",
    "livejournal.com",
    "mave.digital",
    "micro.blog",
    "neocities.org",
    "netlify.app",
    "niedersachsen.de",
    "nrw.de",
    "onrender.com",
    "over-blog.com",
    "pages.dev",
    "podbean.com",
    "podcaster.de",
    "podigee.io",
    "podomatic.com",
    "rss.com",
    "sachsen.de",
    "seesaa.net",
    "squarespace.com",
    "substack.com",
    "tistory.com",
    "transistor.fm",
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
const SHARED: [&str; 88] = [
    "acast.com",
    "admin.ch",
    "amazonaws.com",
    "ameba.jp",
    "ameblo.jp",
    "anchor.fm",
    "apple.com",
    "archive.org",
    "art19.com",
    "audioboom.com",
    "ausha.co",
    "baidu.com",
    "bilibili.com",
    "bing.com",
    "blogger.com",
    "blubrry.com",
    "bsky.app",
    "canada.ca",
    "dailymotion.com",
    "daum.net",
    "dzen.ru",
    "europa.eu",
    "facebook.com",
    "feed43.com",
    "feedburner.com",
    "feedly.com",
    "feedpress.me",
    "feeds2.com",
    "feedx.net",
    "fetchrss.com",
    "firstory.me",
    "flipboard.com",
    "fosstodon.org",
    "github.com",
    "gitlab.com",
    "google.com",
    "googleapis.com",
    "gov.uk",
    "infosec.exchange",
    "inoreader.com",
    "instagram.com",
    "ivoox.com",
    "kill-the-newsletter.com",
    "linkedin.com",
    "livedoor.jp",
    "mas.to",
    "mastodon.social",
    "medium.com",
    "megaphone.fm",
    "msn.com",
    "naver.com",
    "note.com",
    "odysee.com",
    "ok.ru",
    "omnycontent.com",
    "pinecast.com",
    "politepol.com",
    "presseportal.ch",
    "presseportal.de",
    "qq.com",
    "redcircle.com",
    "reddit.com",
    "rss.app",
    "rsshub.app",
    "rumble.com",
    "simplecast.com",
    "sohu.com",
    "soundcloud.com",
    "soundon.fm",
    "spotify.com",
    "spreaker.com",
    "t.me",
    "telegram.me",
    "threads.net",
    "tiktok.com",
    "twitter.com",
    "vimeo.com",
    "vk.com",
    "vk.ru",
    "weibo.com",
    "x.com",
    "ximalaya.com",
    "yahoo.co.jp",
    "yahoo.com",
    "ycombinator.com",
    "youtube.com",
    "zencastr.com",
    "zhihu.com",
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
            ("https://www.rfs.nsw.gov.au/feed", Some("rfs.nsw.gov.au")),
            ("https://police.nsw.gov.au/rss", Some("police.nsw.gov.au")),
            ("https://www.fire.ca.gov/rss", Some("fire.ca.gov")),
            ("https://www.ca.gov/rss", None),
            ("https://earthquake.usgs.gov/rss", Some("usgs.gov")),
            ("https://www.bka.bund.de/rss", Some("bka.bund.de")),
            ("https://a.blogspot.de/feed", Some("a.blogspot.de")),
            (
                "https://www.a.blogspot.com.br/feed",
                Some("a.blogspot.com.br"),
            ),
            ("https://feeds.acast.com/public/shows/1", None),
            ("https://feeds.transistor.fm/show", None),
            ("https://feed.podbean.com/show/feed.xml", None),
            ("https://show.podbean.com/feed", Some("show.podbean.com")),
            ("https://rss.beehiiv.com/feeds/a.xml", None),
            ("https://api.substack.com/feed/podcast/1.rss", None),
            ("https://media.rss.com/show/feed.xml", None),
            ("http://blog.livedoor.jp/anna/index.rdf", None),
            ("https://www.blogger.com/feeds/1/posts/default", None),
            ("https://xcancel.com/kremlin/rss", None),
            ("https://hub.box.example/telegram/channel/wire", None),
            ("https://box.example/feeds/c/news.xml", None),
            (
                "https://tube.example/feeds/videos.xml?videoChannelId=1",
                None,
            ),
            ("https://paper.example/feeds/c", Some("paper.example")),
            ("https://paper.example/feeds/world", Some("paper.example")),
            ("https://nitter.box.example/kremlin/rss", None),
            ("https://rss.box.example/?action=display&bridge=Wire", None),
            ("https://social.example/@anna.rss", None),
            ("https://social.example/users/anna.rss", None),
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

    #[test]
    fn a_name_that_stands_in_the_address_behind_a_sign_is_that_of_an_account() {
        for (name, path, expected) in [
            ("Ministry of Defence / @MOD_x", "mod_x/rss", true),
            ("@wire", "feeds/Wire", true),
            ("Wire", "wire/rss", false),
            ("Desk @ Paper", "paper/rss", false),
            ("Desk (desk@paper.example)", "paper.example/rss", false),
            ("The Paper (@paper)", "world/rss", false),
        ] {
            let url = Url::parse(&format!("https://birds.example/{path}")).unwrap();
            assert_eq!(is_of_account(&url, name), expected, "{name}");
        }
    }
}
