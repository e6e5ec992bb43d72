//! Feeds in JSON, whole and broken.

use super::*;

fn read(text: &str) -> (RawFeed, Vec<Problem>) {
    let base = Url::parse("https://example.org/feed.json").expect("a URL");
    let mut problems = Vec::new();
    (read_json(text, &base, &mut problems), problems)
}

#[test]
fn both_versions_are_read() {
    let (feed, problems) = read(
        r#"{"version":"https://jsonfeed.org/version/1","title":"T","author":{"name":"A"},
            "hubs":[{"type":"WebSub","url":"/hub"}],
            "items":[{"id":7,"url":"/a","title":"One","content_html":"<p>x</p>","date_published":"2025-08-15T10:00:00+02:00"},
                     {"id":"8","authors":[{"name":"B"},{"name":"C"}],"content_text":"y","tags":["k"]}]}"#,
    );
    assert!(problems.is_empty());
    assert_eq!(feed.hub_urls, ["https://example.org/hub"]);
    assert_eq!(feed.items[0].guid.as_deref(), Some("7"));
    assert_eq!(feed.items[0].link.as_deref(), Some("https://example.org/a"));
    assert_eq!(feed.items[0].authors, ["A"]);
    assert_eq!(feed.items[1].authors, ["B", "C"]);
}

#[test]
fn a_document_that_is_mended_is_cut_off_where_it_ends_early_and_whole_where_not() {
    let whole = "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"t\",\"items\":[\
        {\"id\":\"1\",\"content_text\":\"a raw\nbreak { and \\\" a brace\"},\
        {\"id\":\"2\",\"content_text\":\"b\",\"n\":NaN},{\"id\":\"3\",\"content_text\":\"c\"}]}";
    let base = Url::parse("https://paper.example/").unwrap();
    let read = |text: &str| {
        let mut problems = Vec::new();
        let feed = read_json(text, &base, &mut problems);
        (feed.items.len(), problems[0].kind.clone())
    };
    assert_eq!(read(whole), (3, "not-well-formed".to_owned()));
    for end in [whole.len() - 1, whole.len() - 3, whole.len() - 20] {
        let (items, kind) = read(&whole[..end]);
        assert!(items >= 2, "{items}");
        assert_eq!(kind, "truncated", "{}", &whole[..end]);
    }
}

#[test]
fn a_document_cut_off_keeps_its_complete_items() {
    let (feed, problems) = read(
        r#"{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[{"id":"1"},{"id":"2"},{"id":"3","ti"#,
    );
    assert_eq!((feed.title.value.as_str(), feed.items.len()), ("T", 2));
    assert_eq!(problems.len(), 1);
}

fn ids(items: &str) -> Vec<String> {
    let (feed, problems) = read(&format!(r#"{{"title":"T","items":[{items}]}}"#));
    assert_eq!(problems.len(), 1, "{items}");
    feed.items
        .into_iter()
        .filter_map(|item| item.guid)
        .collect()
}

#[test]
fn what_other_writers_take_for_json_is_mended() {
    for field in [
        r#""summary":"It\'s""#,
        r#""summary":"\x41\u12\d""#,
        r#""rate":NaN,"other":-Infinity"#,
        r#""tags":["a","b",],"#,
        "\"summary\":\"a\tb\nc\"",
    ] {
        let items = format!(r#"{{"id":"1",{field}}},{{"id":"2"}},"#);
        assert_eq!(ids(&items), ["1", "2"], "{field}");
    }
    let (feed, _) = read(r#"{"items":[{"id":"1","title":"\x41 It\'s, } \\\" NaN,]",}]}"#);
    assert_eq!(feed.items[0].title.value, r#"A It's, } \" NaN,]"#);
}

#[test]
fn comments_take_nothing_with_them() {
    let item =
        |id: u8| format!(r#"{{"id":"{id}","url":"https://a.example/{id}","title":"T // {id}"}}"#);
    let [one, two] = [1, 2].map(item);
    let head = r#""version":"https://jsonfeed.org/version/1.1","title":"P""#;
    for document in [
        format!("{{/* the \"head\" */{head},\"items\":[{one},{two}]}}"),
        format!("{{// it is \"x\n{head},\"items\":[{one}, /* more */ {two}, // last\n]}}"),
        format!(
            "{{{head},\"items\":[{},{two}]}}",
            one.replace(",\"url", ", /* u { */ \"url")
        ),
        format!(
            "{{{head},\"items\":[{},{two}] // \"\n}}// end",
            one.replace(",\"url", "// u\n,\"url")
        ),
    ] {
        let (feed, problems) = read(&document);
        assert_eq!(feed.title.value, "P", "{document}");
        let titles: Vec<_> = feed
            .items
            .iter()
            .map(|item| item.title.value.as_str())
            .collect();
        assert_eq!(titles, ["T // 1", "T // 2"], "{document}");
        assert_eq!(problems[0].kind, "not-well-formed");
    }
}

#[test]
fn an_address_behind_a_broken_string_is_no_comment() {
    let broken = r#"{"id":"2","title":"Read "https://a.example/" now","url":"//a.example/2"}"#;
    let others = r#"{"id":"3","title":"C"},{"id":"4","url":"//a.example/4"}"#;
    assert_eq!(
        ids(&format!(r#"{{"id":"1"}},{broken},{others}"#)),
        ["1", "3", "4"]
    );
}

#[test]
fn comments_that_never_end_take_bounded_time() {
    for start in ["/*", "//", "/", "\"\\", "/*\"", "/**/"] {
        let text = format!("{{\"items\":[{}", start.repeat(200_000));
        assert_eq!(read(&text).0.items.len(), 0);
        assert_eq!(find_json(&start.repeat(200_000)), None);
    }
}

#[test]
fn what_programs_write_around_json_is_passed_over() {
    for (before, after) in [
        ("/* generated */", ""),
        ("// generated\n// by { a program }\n", "\n"),
        ("\u{feff} /**/\n", ""),
        ("callback(", ");"),
        ("/**/ app.read_feed (", ") ;\n"),
        ("/**/ typeof cb === 'function' && cb(", ");"),
        ("cb && cb (\n", ")"),
        ("var feed = ", ";\n"),
        ("window.app.feed=", ""),
        ("window[\"feed\"] = ", ";"),
        (")]}',\n", ""),
        (")]}'\n", "\n"),
        ("for(;;);", ""),
        ("while (1); ", ""),
    ] {
        let text = format!(r#"{before}{{"a":1}}{after}"#);
        assert_eq!(
            find_json(&text).map(str::trim_end),
            Some(r#"{"a":1}"#),
            "{text}"
        );
    }
    let feed = r#"{"title":"a (1)","items":[{"id":"1","title":"}"}]}"#;
    for (before, after) in [
        ("if (window.cb) { cb(", "); }"),
        ("try{cb(", ")}catch(e){}"),
        ("var a = {}; var feed = ", "; cb(feed);"),
        ("(()=>cb(", "))()"),
        (r#"var widget = {"items": []}; var feed = "#, ";"),
        (r#"var menu = {"items" : { }}; var feed = "#, ";"),
    ] {
        let text = format!("{before}{feed}{after}");
        assert_eq!(find_json(&text), Some(feed), "{text}");
    }
    let cut = r#"if (cb) { cb({"items":[{"id":"1"#;
    assert_eq!(find_json(cut), Some(r#"{"items":[{"id":"1"#));
    let cut = r#"var widget = {"items":[]}; var feed = {"items":[{"id":"1"#;
    assert_eq!(find_json(cut), Some(r#"{"items":[{"id":"1"#));
    let empty = r#"var feed = {"items":[]}; var widget = {"items":[]};"#;
    assert_eq!(find_json(empty), Some(r#"{"items":[]}"#));
    for text in [
        "a == {",
        ")]}',<rss>",
        "a => {",
        "a: see [1]",
        "(<rss>{",
        "<rss>",
        "a {",
        "/* { */ <rss>",
        "callback(1)",
        "// {",
        "",
    ] {
        assert_eq!(find_json(text), None, "{text}");
    }
}

#[test]
fn an_item_that_cannot_be_read_takes_no_other_with_it() {
    for broken in [
        r#"{"id":"2","title":"He said "no" again"}"#,
        r#"{"id":"2","title":"He said "no"}"#,
        r#"{"id":"2","title":"a","attachments":[{"url":"/a"},{"url":"/b","size":1.}]}"#,
        r#"{"id":"2" "title":"a } b"}"#,
        r#"{id:2}"#,
    ] {
        let others = r#"{"id":"3","title":"C"},{"id":"4","url":"/d"}"#;
        let items = format!(r#"{{"id":"1"}},{broken},{others}"#);
        assert_eq!(ids(&items), ["1", "3", "4"], "{broken}");
    }
    let without_ids = r#"{"items":[{"url":"/1"},{"url":"/2","x":1.},{"url":"/3"}]}"#;
    assert_eq!(read(without_ids).0.items.len(), 2);
}

/// An item with its names in the order of the alphabet, as many programs write them.
fn sorted_item(id: u8, before: &str) -> String {
    format!(r#"{{{before}"content_html":"<p>B</p>","id":"{id}","title":"T","url":"/{id}"}}"#)
}

#[test]
fn authors_and_attachments_are_not_taken_for_the_items_after_a_broken_one() {
    let authors = r#""authors":[{"name":"A"},{"name":"B"}],"#;
    let attachments = r#""attachments":[{"mime_type":"audio/mpeg","title":"a","url":"/a.mp3"},
        {"mime_type":"audio/mpeg","title":"b","url":"/b.mp3"}],"#;
    for before in [authors, attachments] {
        for said in [
            r#""summary":"He said "no" again","#,
            r#""summary":"He said "no","#,
        ] {
            let broken = sorted_item(2, &[before, said].concat());
            let items = [1, 3, 4, 5].map(|id| sorted_item(id, before));
            let list = [&items[..1], &[broken], &items[1..]].concat().join(",");
            assert_eq!(ids(&list), ["1", "3", "4", "5"], "{before} {said}");
            let feed = read(&format!(r#"{{"title":"T","items":[{list}]}}"#)).0;
            assert_eq!(feed.items.len(), 4, "{before} {said}");
        }
    }
}

#[test]
fn what_stands_between_items_takes_none_with_it() {
    for between in [
        "<br />\n<b>Warning</b>: Undefined index in /feed.php on line 3<br />\n",
        "Notice: Undefined variable {x} in /a.php on line 7\n",
        "}",
        "]]",
    ] {
        let [one, two, three] = [1, 2, 3].map(|id| sorted_item(id, ""));
        for (before, after) in [("", ","), (",", "")] {
            let list = format!("{one}{before}{between}{after}{two},{three}");
            let read = ids(&list);
            let is_end = between.starts_with(']');
            let expected = if is_end { &["1"][..] } else { &["1", "2", "3"] };
            assert_eq!(read, expected, "{list}");
        }
    }
    let broken = r#"{"url":"/2","title":"He said "no"}"#;
    let list = format!(r#"{{"title":"A","url":"/1"}},{broken},{{"title":"C","url":"/3"}}"#);
    let feed = read(&format!(r#"{{"items":[{list},{{"id":"4"}}]}}"#)).0;
    assert_eq!(feed.items.len(), 3);
}

#[test]
fn a_quotation_mark_too_few_does_not_cut_a_document_off() {
    let item = |id: u8, title: &str| {
        format!(r#"{{"id":"{id}","url":"/{id}","title":{title},"content_text":"b"}}"#)
    };
    let odd = [r#"He said no""#, r#""He said no"#, "He said no"];
    for (at, title) in (1..=3).flat_map(|at| odd.map(|title| (at, title))) {
        let items = [1, 2, 3].map(|id| item(id, if id == at { title } else { "\"T\"" }));
        let text = format!(r#"{{"title":"T","items":[{}]}}"#, items.join(","));
        for (text, kind) in [
            (text.as_str(), "not-well-formed"),
            (&text[..text.len() - 1], "truncated"),
        ] {
            let (feed, problems) = read(text);
            assert_eq!(feed.items.len(), 2, "{text}");
            assert_eq!(problems[0].kind, kind, "{text}");
        }
    }
    let last = r#"{"title":"T","items":[{"id":"1","title":"a"},{"id":"2","title":"b}]}"#;
    assert_eq!(read(last).1[0].kind, "not-well-formed");
    let behind =
        r#"{"title":"T","items":[{"id":"1","x":1.},{"id":"2","title":"b"}],"x":{}} <!-- 3 ms -->"#;
    assert_eq!(read(behind).1[0].kind, "not-well-formed");
}

#[test]
fn items_of_an_extension_are_not_taken_for_the_list() {
    let broken = r#"{"id":"2","title":"He said "no" again"}"#;
    for extension in [
        r#""_page":{"items":20,"of":100}"#,
        r#""_page":{"items":[{"id":"x","title":"X"}]}"#,
        r#""description":"the \"items\":[1]""#,
        r#""description":"He said "no"","items":20"#,
    ] {
        let text = format!(
            r#"{{"title":"T",{extension},"items" : [{{"id":"1"}},{broken},{{"id":"3","title":"C"}}]}}"#
        );
        let ids: Vec<_> = read(&text)
            .0
            .items
            .into_iter()
            .map(|item| item.guid)
            .collect();
        assert_eq!(ids, [Some("1".to_owned()), Some("3".to_owned())], "{text}");
    }
}

#[test]
fn items_that_stand_in_an_object_are_read_in_their_order() {
    let read_items = |items: &str| {
        let (feed, problems) = read(&format!(
            r#"{{"version":"https://jsonfeed.org/version/1.1","title":"T","items":{items}}}"#
        ));
        let ids = feed.items.into_iter().filter_map(|item| item.guid);
        (ids.collect::<Vec<_>>().join(" "), problems.len())
    };
    for (items, ids, problems) in [
        (
            r#"{"0":{"id":"a"},"2":{"id":"b"},"10":{"id":"c"}}"#,
            "a b c",
            0,
        ),
        (
            r#"{"id":"a","title":"One alone","author":{"name":"A"}}"#,
            "a",
            0,
        ),
        ("{}", "", 0),
        ("null", "", 0),
        (r#"{"count":20}"#, "", 1),
        ("20", "", 1),
    ] {
        assert_eq!(read_items(items), (ids.to_owned(), problems), "{items}");
    }
}

#[test]
fn other_json_is_no_feed() {
    assert_eq!(read(r#"{"a":1}"#).0.format, Format::None);
    assert_eq!(read("[1,2]").0.format, Format::None);
    assert_eq!(read("{").0.format, Format::None);
}
