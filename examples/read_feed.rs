//! Reads feed documents and prints one JSON object a line for each, for tools that compare
//! readers: `cargo run --release --example read_feed -- FILE…`, or names on standard input.

use std::io::{BufRead, Write};

use dateline::feed::{self, ParsedFeed};
use dateline::news::{Problem, UtcTime};
use serde_json::{Value, json};

fn main() -> anyhow::Result<()> {
    let base = url::Url::parse("http://example.invalid/feed")?;
    let mut names: Vec<String> = std::env::args().skip(1).collect();
    if names.is_empty() {
        names = std::io::stdin().lock().lines().collect::<Result<_, _>>()?;
    }
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for name in names {
        let bytes = std::fs::read(&name)?;
        let (parsed, problems) = feed::read(&bytes, None, &base);
        serde_json::to_writer(&mut out, &as_json(&name, &parsed, &problems))?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

fn time(at: Option<UtcTime>) -> Option<i64> {
    at.map(|at| at.timestamp())
}

fn as_json(name: &str, feed: &ParsedFeed, problems: &[Problem]) -> Value {
    let items: Vec<Value> = feed
        .items
        .iter()
        .map(|item| {
            json!({
                "id": item.guid, "link": item.link, "title": item.title,
                "summary": item.summary_or_content(), "content": item.content_html,
                "author": item.author, "published": time(item.published),
                "updated": time(item.updated.or(item.published)),
            })
        })
        .collect();
    json!({
        "file": name, "id": feed.id, "summary": feed.subtitle, "format": feed.format.name(), "encoding": feed.encoding, "title": feed.title,
        "link": feed.link, "language": feed.language, "published": time(feed.published),
        "updated": time(feed.updated.or(feed.published)), "problems": problems.iter().map(|p| &p.kind).collect::<Vec<_>>(),
        "items": items,
    })
}
