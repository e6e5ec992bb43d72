//! Which of several claims is an item's own.

use super::*;

fn items_of(inside: &str) -> Vec<feed::ParsedItem> {
    let document =
        format!("<rss version=\"2.0\"><channel><title>F</title>{inside}</channel></rss>");
    read(document.as_bytes()).0.items
}

fn entry_of(inside: &str) -> feed::ParsedItem {
    let document = format!(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>F</title><entry><id>u</id>{inside}</entry></feed>"
    );
    let mut items = read(document.as_bytes()).0.items;
    items.pop().expect("an entry")
}

#[test]
fn what_stands_deeper_is_of_something_else() {
    let own = "<title>A</title><link>http://a.example/1</link><description>Lead</description>";
    for nested in [
        "<related><article><title>B</title><link>http://b.example/</link></article></related>",
        "<related><link href=\"http://b.example/\"/></related>",
        "<author><name>N</name><link>http://b.example/</link><description>Bio</description></author>",
        "<gallery><photo><description>Caption</description></photo></gallery>",
    ] {
        for inside in [[own, nested].concat(), [nested, own].concat()] {
            let items = items_of(&format!("<item>{inside}</item>"));
            assert_eq!(items.len(), 1, "{inside}");
            assert_eq!(
                items[0].link.as_deref(),
                Some("http://a.example/1"),
                "{inside}"
            );
            assert_eq!(items[0].summary, "Lead", "{inside}");
        }
    }
}

#[test]
fn what_leads_nowhere_hides_no_permalink() {
    let items = items_of(
        "<item><title>A</title><link>javascript:alert(1)</link><guid>http://a.example/g</guid></item>",
    );
    assert_eq!(items[0].link.as_deref(), Some("http://a.example/g"));
}

#[test]
fn a_source_is_known_by_its_page_before_its_feed_before_its_id() {
    let id = "<id>http://s.example/id</id>";
    let itself = "<link rel=\"self\" href=\"http://s.example/feed\"/>";
    let page = "<link href=\"http://s.example/\"/>";
    for (links, expected) in [
        (vec![id, itself, page], Some("http://s.example/")),
        (vec![page, itself, id], Some("http://s.example/")),
        (vec![id, itself], Some("http://s.example/feed")),
        (vec![id], Some("http://s.example/id")),
        (vec!["<id>urn:s</id>"], None),
    ] {
        let source = links.concat();
        let entry = entry_of(&format!("<source><title>S</title>{source}</source>"));
        assert_eq!(entry.source_url.as_deref(), expected, "{source}");
    }
}

#[test]
fn an_enclosed_picture_is_the_items_picture() {
    let entry =
        entry_of("<link rel=\"enclosure\" type=\"image/png\" href=\"http://a.example/p.png\"/>");
    assert_eq!(
        entry.image.expect("a picture").url,
        "http://a.example/p.png"
    );
}

#[test]
fn what_never_ends_swallows_no_tag_after_it() {
    for unclosed in ["<!-- foo ", "<?php echo 1 "] {
        let items = items_of(&format!(
            "<item><title>A</title></item>{unclosed}<item><title>B</title></item><item><title>C</title></item>"
        ));
        let titles: Vec<&str> = items.iter().map(|item| item.title.as_str()).collect();
        assert_eq!(titles, ["A", "B", "C"], "{unclosed}");
    }
}

#[test]
fn json_with_half_a_character_or_a_raw_line_break_loses_nothing() {
    for title in [
        r"A \ud83d",
        r"A \ude00 \\u",
        "A \n",
        r"A \ud83d\ud83d\ude00",
    ] {
        let document = format!(
            "{{\"version\":\"https://jsonfeed.org/version/1\",\"title\":\"F\",\"items\":[\
             {{\"id\":\"1\",\"title\":\"{title}\"}},{{\"id\":\"2\",\"title\":\"B\"}}]}}"
        );
        let (feed, problems) = read(document.as_bytes());
        let titles: Vec<&str> = feed.items.iter().map(|item| item.title.as_str()).collect();
        assert!(
            titles.len() == 2 && titles[0].starts_with('A'),
            "{title}: {titles:?}"
        );
        assert!(has(&problems, "not-well-formed"), "{title}");
    }
    let emoji = r#"{"version":"https://jsonfeed.org/version/1","items":[{"id":"1","title":"\ud83d\ude00 \n \ud83d"}]}"#;
    assert_eq!(read(emoji.as_bytes()).0.items[0].title, "😀 \u{fffd}");
}

#[test]
fn a_caption_is_no_lead_beside_a_full_text_or_a_picture_none_beside_a_title() {
    let medium = |kind: &str| {
        format!(
            "<media:content url=\"http://a.example/m\" type=\"{kind}\">\
             <media:description>FILE - A raccoon in 2019.</media:description></media:content>"
        )
    };
    let (picture, film) = (medium("image/jpeg"), medium("video/mp4"));
    let group = "<media:group><media:description>FILE - A raccoon in 2019.</media:description></media:group>";
    let (title, text) = (
        "<title>A</title>",
        "<content:encoded>The governor signed.</content:encoded>",
    );
    for (inside, summary) in [
        ([title, "<description></description>", text, &picture], ""),
        ([title, "", &picture, text], ""),
        ([title, "", group, text], ""),
        ([title, "", "", &picture], ""),
        (["", "", "", &picture], "FILE - A raccoon in 2019."),
        ([title, "", "", &film], "FILE - A raccoon in 2019."),
        ([title, "", "", group], "FILE - A raccoon in 2019."),
        (
            [
                title,
                &picture,
                "<itunes:summary>Lead</itunes:summary>",
                text,
            ],
            "Lead",
        ),
        (
            [title, &picture, "<description>Lead</description>", text],
            "Lead",
        ),
    ] {
        let item = ["<item><guid>1</guid>", &inside.concat(), "</item>"].concat();
        let items = items_of(&item);
        assert_eq!(items[0].summary, summary, "{item}");
    }
}

#[test]
fn title_author_and_time_before_a_description_are_not_the_lead() {
    let lead = "The council voted seven to two on Monday, 11/30/2026, at 10:00 against it.";
    for (fields, is_cut) in [
        (
            "<b>Council rejects  deal</b>\n<span>admin</span>\n<time>Mon, 11/30/2026 - 10:00</time>\n",
            true,
        ),
        ("Council rejects deal\n\nMo., 30.11.2026\n", true),
        (
            "Council rejects deal\nAnn Smith\n30 November 2026\n\n",
            true,
        ),
        (
            "Council rejects deal\nlun. 30 de noviembre de 2026 a las 10:00\n",
            true,
        ),
        ("Council rejects deal\n", false),
        ("Council rejects deal\nIn 2026, 12 have died.\n", false),
        ("Council rejects deal\nIn 2026, 12 of 30 died\n", false),
        (
            "Council rejects deal\n2026年11月30日，北京发生大火致12人死亡。\n",
            false,
        ),
        (
            "Council rejects deal\n2026年11月30日10:23北京大火致12死\n",
            false,
        ),
        ("Council rejects deal\n2026年11月30日 10:23\n", true),
        (
            "Council rejects deal\nAnn S.\nпонедельник, 30 ноября 2026\n",
            true,
        ),
        (
            "Council rejects deal\nadmin2\nPoniedziałek, 30.11.2026 - 10:00\n",
            true,
        ),
        ("Council rejects deal\nNovember 30, 2026\n", true),
        ("Council rejects deal\nBerlin, 30 November 2026\n", false),
        (
            "Council rejects deal\nМосква, 30 ноября 2026, 10:00\n",
            false,
        ),
        (
            "Council rejects deal\nShe leaves at once.\n30 November 2026\n",
            false,
        ),
        (
            "Council rejects deal\n大臣は辞任した。\n2026年11月30日\n",
            false,
        ),
        (
            "Council rejects deal\nLeeds 2, Hull 1\n30 November 2026\n",
            false,
        ),
        ("Council rejects deal\nKickoff 20:45, 30 Nov 2026\n", false),
        ("Another title\nadmin\nMon, 11/30/2026 - 10:00\n", false),
        (
            "Council rejects deal\nIt was the third vote of its kind since a year ago, and the closest.\n30 November 2026\n",
            false,
        ),
    ] {
        let description = format!("{fields}<div><p>{lead}</p></div>");
        let items = items_of(&format!(
            "<item><title>Council rejects deal</title><description><![CDATA[{description}]]></description></item>"
        ));
        assert_eq!(items[0].summary == lead, is_cut, "{}", items[0].summary);
        assert!(items[0].summary.ends_with(lead), "{fields}");
    }
}

#[test]
fn captions_in_a_full_text_are_no_lead() {
    let told = "Talks on a ceasefire opened on Monday.";
    for caption in [
        "<figure><img src='a.jpg'><figcaption>Delegates arrive at the hotel.</figcaption></figure>",
        "<div class='wp-caption'><img src='x.jpg'/><p id='c' class=\"wp-caption-text\">A ferry in 2019.</p></div>",
        "<FIGCAPTION class='x'>A <b>ferry</b>\nin 2019.</FIGCAPTION >",
    ] {
        let items = items_of(&format!(
            "<item><title>T</title><content:encoded><![CDATA[{caption}<p>{told}</p>]]></content:encoded></item>"
        ));
        assert_eq!(items[0].lead(), told, "{caption}");
        assert!(items[0].content_text.len() > told.len(), "{caption}");
    }
    for credit in ["", "<p>Photo: Ann</p>"] {
        let items = items_of(&format!(
            "<item><title>T</title><content:encoded><![CDATA[<figcaption>A ferry.</figcaption>{credit}]]></content:encoded></item>",
        ));
        let lead = items[0].lead();
        assert!(lead.starts_with("A ferry."), "{lead}");
    }
}

#[test]
fn a_caption_that_is_closed_by_its_picture_takes_no_text_with_it() {
    let told = "The minister of transport has resigned over the collapse of the bridge, she said.";
    let items = items_of(&format!(
        "<item><title>T</title><content:encoded><![CDATA[<figure><img src='a.jpg'><figcaption>The minister in May</figure>\
         <p>{told}</p><figure><figcaption>The bridge</figcaption></figure>]]></content:encoded></item>"
    ));
    assert_eq!(items[0].lead(), told);
    let items = items_of(&format!(
        "<item><title>T</title><content:encoded><![CDATA[<div><figure><figcaption>The minister in May</div>\
         <p>{told}</p></figure><p>Third paragraph.</p>]]></content:encoded></item>"
    ));
    assert!(items[0].lead().starts_with(told));
}

#[test]
fn times_of_a_document_are_read_in_one_order() {
    let claims = |head: &str, dates: &[&str]| -> Vec<String> {
        let items = dates
            .iter()
            .map(|date| format!("<item><title>T</title>{date}</item>"));
        let items = items_of(&format!("{head}{}", items.collect::<String>()));
        let claim = |item: &feed::ParsedItem| {
            let mark = if item.time_is_guessed { "?" } else { "" };
            format!("{}{mark}", written(item.claimed_at()))
        };
        items.iter().map(claim).collect()
    };
    let first = "<pubDate>1/12/2026 3:30:00 AM</pubDate>";
    assert_eq!(claims("", &[first]), ["-"]);
    assert_eq!(
        claims("", &[first, "<pubDate>30/11/2026 2:30:00 PM</pubDate>"]),
        ["2026-12-01T03:30:00Z", "2026-11-30T14:30:00Z"]
    );
    assert_eq!(
        claims("<language>en-US</language>", &[first]),
        ["2026-01-12T03:30:00Z?"]
    );
    let beside = "<pubDate>1/12/2026</pubDate><dc:date>2026-12-01T03:30:00Z</dc:date>";
    assert_eq!(claims("", &[beside]), ["2026-12-01T03:30:00Z"]);
    let after = "<pubDate>2026-12-01</pubDate><pubDate>1/12/2026 3:30</pubDate>";
    assert_eq!(claims("", &[after]), ["2026-12-01T00:00:00Z"]);
    let item =
        r#"{"id":"1","date_published":"1/12/2026"},{"id":"2","date_published":"30/11/2026"}"#;
    let json = format!(r#"{{"version":"https://jsonfeed.org/version/1.1","items":[{item}]}}"#);
    let items = read(json.as_bytes()).0.items;
    assert_eq!(written(items[0].published), "2026-12-01T00:00:00Z");
}

#[test]
fn markup_that_was_escaped_twice_is_not_shown_to_readers() {
    let read_item = |inside: &str| items_of(&format!("<item>{inside}</item>")).remove(0);
    let twice = "&amp;lt;p&amp;gt;Ships wait &amp;amp;amp; drift.&amp;lt;/p&amp;gt;";
    let item = read_item(&format!(
        "<title>&amp;lt;b&amp;gt;Storm&amp;lt;/b&amp;gt;</title><description>{twice}</description>"
    ));
    assert_eq!(
        (item.title.as_str(), item.summary.as_str()),
        ("Storm", "Ships wait & drift.")
    );
    let thrice = twice.replace("&amp;", "&amp;amp;");
    let item = read_item(&format!(
        "<title>T</title><description>{thrice}</description>"
    ));
    assert_eq!(item.summary, "Ships wait & drift.");
    for field in ["title", "description"] {
        let text = "&amp;lt;select&amp;gt; without &amp;lt;/select&amp;gt;";
        let item = read_item(&format!("<{field}>{text}</{field}>"));
        let shown = [item.title, item.summary].concat();
        assert_eq!(shown, "<select> without </select>", "{field}");
    }
    let entry = entry_of("<title type='text'>&lt;b&gt; vs &lt;i&gt;: not &lt;/b&gt;</title>");
    assert_eq!(entry.title, "<b> vs <i>: not </b>");
    for (field, shown) in [
        (
            "&lt;p&gt;&amp;lt;b&amp;gt;bold&amp;lt;/b&amp;gt;&lt;/p&gt;",
            "<b>bold</b>",
        ),
        (
            "Close &amp;lt;p&amp;gt; with &amp;lt;/p&amp;gt;",
            "Close <p> with </p>",
        ),
    ] {
        let item = read_item(&format!(
            "<title>T</title><description>{field}</description>"
        ));
        assert_eq!(item.summary, shown, "{field}");
    }
}
