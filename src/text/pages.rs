//! Which page a link leads to, for telling whether two links lead to one. Unlike a canonical link it leaves off what an
//! outlet says there of the feed in which the link stands, and unlike an identity it may be wrong without a loss.

use super::links::is_tracking;

/// The page that a link leads to, to be held against others by [`are_one_page`]: without scheme, `www.`, the slash at the
/// end, and of the query all that names no report. `None` for the address of a whole site, which many items share.
///
/// A path that names its page needs no query (`/2026/quake-kills-12?cmp=7`), but for one that numbers what a program of such
/// a name shows (`/press-release-detail?id=7`); `/watch?v=…`, `/s?…&mid=…` and `/view.php?id=7` are as many pages as they
/// have values.
pub fn page_of(link: &str) -> Option<String> {
    let (_, address) = link.split_once("://")?;
    let address = address.strip_prefix("www.").unwrap_or(address);
    let (address, part) = cut_at(address, '#');
    let (path, query) = cut_at(address, '?');
    let path = path.trim_end_matches('/');
    let naming = match query {
        Some(query) if names_its_page(last_segment(path)) => numbering_pairs(query),
        Some(query) => naming_pairs(path, query),
        None => Vec::new(),
    };
    if !path.contains('/') && naming.is_empty() && part.is_none() {
        return None;
    }
    let mut page = path.to_owned();
    for (sign, more) in [
        ('?', naming.join("&")),
        ('#', part.unwrap_or("").to_owned()),
    ] {
        if !more.is_empty() {
            page.push(sign);
            page.push_str(&more);
        }
    }
    Some(page)
}

/// True if two links lead to one page, as [`page_of`] has them: of one path, by queries of which no parameter says
/// otherwise, or where one has none.
pub fn are_one_page(one: &str, other: &str) -> bool {
    one == other || {
        let ((one, part), (other, other_part)) = (cut_at(one, '#'), cut_at(other, '#'));
        let ((path, query), (other_path, other_query)) = (cut_at(one, '?'), cut_at(other, '?'));
        path == other_path && part == other_part && do_not_differ(query, other_query)
    }
}

/// What two links to one page have in common, whatever their queries say.
pub fn path_of(page: &str) -> &str {
    page.split(['?', '#']).next().unwrap_or(page)
}

fn do_not_differ(query: Option<&str>, other: Option<&str>) -> bool {
    let (Some(query), Some(other)) = (query, other) else {
        return true;
    };
    let mut has_common = false;
    for (name, value) in query.split('&').map(|pair| cut_at(pair, '=')) {
        let mut named = other.split('&').map(|pair| cut_at(pair, '='));
        if let Some((_, other)) = named.find(|(other, _)| *other == name) {
            if value != other {
                return false;
            }
            has_common = true;
        }
    }
    has_common
}

fn cut_at(text: &str, sign: char) -> (&str, Option<&str>) {
    match text.split_once(sign) {
        Some((front, behind)) => (front, Some(behind)),
        None => (text, None),
    }
}

/// The last part of a path; empty for a host alone.
fn last_segment(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(_, last)| last)
}

/// Digits from which on a part of a path is one of many: `2026` and `news24` are not.
const DIGITS_OF_ONE: usize = 5;
/// Words from which on it is a headline: `read-news` is none.
const WORDS_OF_HEADLINE: usize = 3;
/// Signs from which on letters and digits in turn are the id of something: `c5y7zpq1lmno`.
const SIGNS_OF_ID: usize = 8;

/// True for the number, the headline or the id of a report, beside which no query is needed.
fn names_its_page(segment: &str) -> bool {
    let digits = segment.bytes().filter(u8::is_ascii_digit).count();
    let name = cut_at(segment, '.').0;
    digits >= DIGITS_OF_ONE || (!is_script(segment) && (are_words(name) || is_id(name)))
}

fn are_words(text: &str) -> bool {
    let words = text.split(['-', '_', '+']).filter(|word| !word.is_empty());
    words.count() >= WORDS_OF_HEADLINE
}

fn is_id(text: &str) -> bool {
    let is_digit: Vec<bool> = text.chars().map(|c| c.is_ascii_digit()).collect();
    let turns = is_digit.windows(2).filter(|pair| pair[0] != pair[1]);
    is_digit.len() >= SIGNS_OF_ID && turns.count() > 2
}

/// True for a program that shows whatever it is asked for.
fn is_script(segment: &str) -> bool {
    let kind = segment.rsplit_once('.').map(|(_, kind)| kind);
    kind.is_some_and(|kind| SCRIPTS.iter().any(|one| one.eq_ignore_ascii_case(kind)))
}

/// The parameters of a query by which it names a report: of a program all, else those of a value that is one of many; not
/// those that name the list in which a link stands, unless a program is asked for nothing else.
fn naming_pairs<'a>(path: &str, query: &'a str) -> Vec<&'a str> {
    let host = cut_at(path, '/').0;
    let is_script = is_script(last_segment(path));
    let is_of_list = |pair: &&str| {
        let name = cut_at(pair, '=').0;
        OF_LISTS.iter().any(|one| one.eq_ignore_ascii_case(name))
    };
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.filter(|pair| !is_tracking(cut_at(host, ':').0, pair));
    let telling = pairs.filter(|pair| is_script || is_one_of_many(cut_at(pair, '=').1));
    let (of_lists, naming): (Vec<_>, Vec<_>) = telling.partition(is_of_list);
    match is_script && naming.is_empty() {
        true => of_lists,
        false => naming,
    }
}

/// The parameters by which a query numbers a report, whatever its path says: `id=7`, `newsId=7`. What else ends so is the
/// id of a reader, a letter or a campaign: `siteid=7`, `paid=7`.
fn numbering_pairs(query: &str) -> Vec<&str> {
    let numbers = |pair: &&str| {
        let (name, value) = cut_at(pair, '=');
        let name = name.to_ascii_lowercase();
        let is_number = value.is_some_and(|value| {
            !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit())
        });
        let of_what = name.strip_suffix("id").or(name.strip_suffix("no"));
        let is_id = of_what.is_some_and(|what| {
            let what = what.trim_end_matches(['_', '-']);
            what.is_empty() || REPORTS.contains(&what)
        });
        is_number && (is_id || NUMBERS.contains(&name.as_str()))
    };
    query.split('&').filter(numbers).collect()
}

fn is_one_of_many(value: Option<&str>) -> bool {
    value.is_some_and(|value| {
        let has = |of: fn(&u8) -> bool| value.bytes().any(|byte| of(&byte));
        let is_mixed = || has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
        has(u8::is_ascii_digit) || are_words(value) || (value.len() >= SIGNS_OF_ID && is_mixed())
    })
}

const SCRIPTS: [&str; 18] = [
    "action", "ashx", "asp", "aspx", "cfm", "cgi", "dll", "do", "exe", "fcgi", "jsp", "jspx",
    "naver", "nhn", "php", "php3", "pl", "py",
];

/// What the number of a report is called, beside what ends in `id` or `no` behind one of [`REPORTS`] or nothing.
const NUMBERS: [&str; 5] = ["idx", "nid", "num", "p", "v"];

/// What a report is called in the name of its number.
const REPORTS: [&str; 27] = [
    "art", "article", "articulo", "artikel", "content", "contents", "doc", "document", "entry",
    "event", "idx", "item", "n", "new", "news", "nota", "notice", "noticia", "page", "post",
    "press", "record", "release", "report", "seq", "story", "video",
];

/// What parameters are called that say in which list a link stands, or over whom it came.
const OF_LISTS: [&str; 20] = [
    "cat", "category", "catid", "chksm", "feed", "from", "lang", "origin", "partner", "ref",
    "referer", "referrer", "rubric", "scene", "sec", "section", "share", "source", "src", "via",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn is_one(one: &str, other: &str) -> bool {
        match (page_of(one), page_of(other)) {
            (Some(one), Some(other)) => are_one_page(&one, &other) && are_one_page(&other, &one),
            _ => false,
        }
    }

    #[test]
    fn where_the_query_alone_names_the_report_each_is_a_page_of_its_own() {
        for (one, other) in [
            (
                "https://www.youtube.com/watch?v=kJQP7kiw5Fk",
                "https://www.youtube.com/watch?v=OPf0YbXqDm0",
            ),
            (
                "https://www.youtube.com/watch?v=kJQPakiwaFk",
                "https://www.youtube.com/watch?v=OPfOYbXqDmO",
            ),
            (
                "https://mp.weixin.qq.com/s?__biz=MzA3MQ==&mid=2651&idx=1&sn=ab12",
                "https://mp.weixin.qq.com/s?__biz=MjM5OA==&mid=2652&idx=1&sn=cd34",
            ),
            (
                "https://facebook.com/permalink.php?story_fbid=pfbid02&id=61",
                "https://facebook.com/permalink.php?story_fbid=pfbid03&id=62",
            ),
            (
                "https://paper.example/article.php?id=7",
                "https://paper.example/article.php?id=8",
            ),
            (
                "https://paper.example/show.php?name=quake",
                "https://paper.example/show.php?name=flood",
            ),
            (
                "https://paper.example/show_one_item.aspx?ref=7",
                "https://paper.example/show_one_item.aspx?ref=8",
            ),
            (
                "https://paper.example/news/articleView.html?idxno=101",
                "https://paper.example/news/articleView.html?idxno=102",
            ),
            ("https://paper.example/?p=5", "https://paper.example/?p=6"),
            (
                "https://gov.example/press-release-detail?id=701",
                "https://gov.example/press-release-detail?id=702",
            ),
            (
                "https://gov.example/news_detail_page.html?lang=en&newsId=701",
                "https://gov.example/news_detail_page.html?lang=en&newsId=702",
            ),
            (
                "https://news.example/item?id=41",
                "https://news.example/item?id=42",
            ),
            (
                "https://vk.com/feed?w=wall-1_2",
                "https://vk.com/feed?w=wall-1_3",
            ),
            (
                "https://paper.example/live/x#bridge",
                "https://paper.example/live/x#vote",
            ),
            ("https://paper.example/", "https://paper.example/"),
        ] {
            assert!(!is_one(one, other), "{one}");
        }
    }

    #[test]
    fn what_says_in_which_list_a_link_stands_makes_no_other_page() {
        for (one, other) in [
            (
                "https://paper.example/a/k1",
                "http://www.paper.example/a/k1/?ref=2",
            ),
            (
                "https://paper.example/a?ref=europe",
                "https://paper.example/a?ref=africa",
            ),
            (
                "https://paper.example/a?edition=europe",
                "https://paper.example/a?edition=africa",
            ),
            (
                "https://paper.example/2026/quake-kills-12?in=3",
                "https://paper.example/2026/quake-kills-12?in=4",
            ),
            (
                "https://paper.example/2026/quake-kills-12?ocid=3",
                "https://paper.example/2026/quake-kills-12?ocid=4",
            ),
            (
                "https://paper.example/2026/quake-kills-12?siteid=3",
                "https://paper.example/2026/quake-kills-12?siteid=4",
            ),
            (
                "https://paper.example/2026/quake-kills-12?newsletterid=3",
                "https://paper.example/2026/quake-kills-12?newsletterid=4",
            ),
            (
                "https://paper.example/2026/quake-kills-12?paid=3&utm_id=5",
                "https://paper.example/2026/quake-kills-12?paid=4&utm_id=6",
            ),
            (
                "https://gov.example/press-release-detail?id=701",
                "https://gov.example/press-release-detail?id=701&cmp=2",
            ),
            (
                "https://paper.example/article123456.php?in=3",
                "https://paper.example/article123456.php?in=4",
            ),
            (
                "https://paper.example/articles/c5y7zpq1lmno?in=3",
                "https://paper.example/articles/c5y7zpq1lmno?in=4",
            ),
            (
                "https://paper.example/view.php?id=7",
                "https://paper.example/view.php?id=7&in=4",
            ),
            (
                "https://paper.example/view.php?id=7&cat=3",
                "https://paper.example/view.php?cat=4&id=7",
            ),
            (
                "https://paper.example/view.php?id=7&utm_source=a",
                "https://paper.example/view.php?id=7&utm_source=b",
            ),
            (
                "https://youtube.com/watch?v=kJQP7kiw5Fk",
                "https://www.youtube.com/watch?v=kJQP7kiw5Fk&feature=share",
            ),
            (
                "https://paper.example/?p=5",
                "https://www.paper.example?p=5",
            ),
        ] {
            assert!(is_one(one, other), "{one}");
        }
        assert!(!are_one_page(
            "paper.example/a.php?id=7",
            "paper.example/a.php?no=9"
        ));
    }
}
