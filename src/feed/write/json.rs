//! JSON Feed 1.1, with what has no place in it under `_dateline`. Who wrote it is said twice: in `authors`, and for
//! readers of 1.0 in `author`.

use serde_json::{Map, Value, json};

use super::atom::{language_tag, timestamp};
use super::content::body_html;
use super::document::{Document, Entry, Link, Notice, OutputFormat, ReportLine, with_ending};
use super::plain::{one_line, web_address};

/// The document in JSON.
pub(super) fn write_json(document: &Document) -> Vec<u8> {
    let mut feed = Map::new();
    put(&mut feed, "version", "https://jsonfeed.org/version/1.1");
    put(&mut feed, "title", one_line(&document.title));
    put(&mut feed, "home_page_url", document.page_url.as_str());
    put(&mut feed, "feed_url", document.self_url(OutputFormat::Json));
    if !document.subtitle.is_empty() {
        put(&mut feed, "description", one_line(&document.subtitle));
    }
    if let Some(previous) = &document.paging.previous {
        put(
            &mut feed,
            "next_url",
            with_ending(previous, OutputFormat::Json),
        );
    }
    if let Some(language) = document.language.as_deref().and_then(language_tag) {
        put(&mut feed, "language", language);
    }
    let author = json!({ "name": "Dateline" });
    put(&mut feed, "authors", json!([author]));
    put(&mut feed, "author", author);
    if let Some(hub) = &document.hub_url {
        put(&mut feed, "hubs", json!([{ "type": "WebSub", "url": hub }]));
    }
    put(&mut feed, "_dateline", about_feed(document));
    let items: Vec<Value> = document.entries.iter().map(item).collect();
    put(&mut feed, "items", items);
    let mut bytes =
        serde_json::to_vec(&Value::Object(feed)).expect("a value of strings serialises");
    bytes.push(b'\n');
    bytes
}

fn about_feed(document: &Document) -> Value {
    let deletions: Vec<Value> = document
        .deletions
        .iter()
        .map(|deletion| {
            json!({
                "id": deletion.id,
                "at": timestamp(deletion.at),
                "reason": one_line(&deletion.reason),
            })
        })
        .collect();
    let mut about = Map::new();
    put(&mut about, "id", document.id.as_str());
    put(&mut about, "updated", timestamp(document.updated));
    if let Some(language) = document.language.as_deref().and_then(language_tag) {
        put(&mut about, "language", language);
    }
    if let Some(current) = &document.paging.archive_of {
        put(
            &mut about,
            "current_url",
            with_ending(current, OutputFormat::Json),
        );
    }
    if !deletions.is_empty() {
        put(&mut about, "deleted", deletions);
    }
    Value::Object(about)
}

fn item(entry: &Entry) -> Value {
    let mut item = Map::new();
    let alternate = web_address(&entry.alternate).unwrap_or_else(|| entry.page_url.clone());
    put(&mut item, "id", entry.id.as_str());
    put(&mut item, "url", entry.page_url.as_str());
    if alternate != entry.page_url {
        put(&mut item, "external_url", alternate);
    }
    put(&mut item, "title", one_line(&entry.title));
    if !entry.body.lede.is_empty() {
        put(&mut item, "summary", one_line(&entry.body.lede));
    }
    put(
        &mut item,
        "content_html",
        body_html(&entry.body, &entry.page_url),
    );
    put(&mut item, "date_published", timestamp(entry.published));
    put(&mut item, "date_modified", timestamp(entry.updated));
    if !entry.outlets.is_empty() {
        let name = one_line(&entry.outlets.join(", "));
        put(&mut item, "author", json!({ "name": name }));
        let names = entry.outlets.iter().map(|name| one_line(name));
        let authors: Vec<Value> = names.map(|name| json!({ "name": name })).collect();
        put(&mut item, "authors", authors);
    }
    if let Some(language) = entry.language.as_deref().and_then(language_tag) {
        put(&mut item, "language", language);
    }
    let tags = tags(entry);
    if !tags.is_empty() {
        put(&mut item, "tags", tags);
    }
    if let Some(url) = entry
        .image
        .as_ref()
        .and_then(|image| web_address(&image.url))
    {
        put(&mut item, "image", url);
    }
    put(&mut item, "_dateline", about_entry(entry));
    Value::Object(item)
}

fn tags(entry: &Entry) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for category in &entry.categories {
        let term = one_line(&category.term);
        if !term.is_empty() && !tags.contains(&term) {
            tags.push(term);
        }
    }
    tags
}

fn about_entry(entry: &Entry) -> Value {
    let body = &entry.body;
    let mut about = Map::new();
    if let Some(language) = entry.language.as_deref().and_then(language_tag) {
        put(&mut about, "language", language);
    }
    if let Some(at) = body.occurred_at {
        put(&mut about, "occurred_at", timestamp(at));
    }
    for (name, text) in [("place", &body.place), ("change", &body.change)] {
        if !text.is_empty() {
            put(&mut about, name, one_line(text));
        }
    }
    if !body.roles.is_empty() {
        let roles: Vec<String> = body.roles.iter().map(|text| one_line(text)).collect();
        put(&mut about, "roles", roles);
    }
    if !body.notices.is_empty() {
        let notices: Vec<String> = body.notices.iter().map(Notice::text).collect();
        put(&mut about, "notices", notices);
    }
    if !entry.absorbed.is_empty() {
        let ids: Vec<&str> = entry.absorbed.iter().map(|one| one.id.as_str()).collect();
        put(&mut about, "merged", ids);
    }
    if let Some(reply) = &entry.in_reply_to {
        put(&mut about, "in_reply_to", reply.id.as_str());
    }
    if let Some(Link { url, title, .. }) = &body.storyline {
        let mut storyline = Map::new();
        put(&mut storyline, "url", web_address(url));
        if !title.is_empty() {
            put(&mut storyline, "title", one_line(title));
        }
        put(&mut about, "storyline", storyline);
    }
    if !body.reports.is_empty() {
        let reports: Vec<Value> = body.reports.iter().map(report).collect();
        put(&mut about, "reports", reports);
    }
    if !body.events.is_empty() {
        let events: Vec<Value> = body
            .events
            .iter()
            .map(|event| {
                json!({
                    "title": one_line(&event.title),
                    "url": web_address(&event.url),
                    "occurred_at": timestamp(event.occurred_at),
                    "place": one_line(&event.place),
                    "outlets": event.outlet_count,
                })
            })
            .collect();
        put(&mut about, "events", events);
    }
    Value::Object(about)
}

fn report(report: &ReportLine) -> Value {
    let reprints: Vec<Value> = report
        .reprints
        .iter()
        .map(|reprint| {
            json!({
                "outlet": one_line(&reprint.outlet),
                "url": reprint.url.as_deref().and_then(web_address),
                "at": timestamp(reprint.at),
            })
        })
        .collect();
    json!({
        "id": one_line(&report.guid),
        "outlet": one_line(&report.outlet),
        "title": one_line(&report.title),
        "url": report.url.as_deref().and_then(web_address),
        "language": report.language.as_deref().and_then(language_tag),
        "at": timestamp(report.at),
        "role": report.role,
        "first": report.is_first,
        "withdrawn": report.is_withdrawn,
        "note": one_line(&report.note),
        "reprints": reprints,
    })
}

fn put(map: &mut Map<String, Value>, key: &str, value: impl Into<Value>) {
    map.insert(key.to_owned(), value.into());
}
