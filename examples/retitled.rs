//! Serves pairs of successive headlines as two documents of one feed and counts the pairs that are
//! one item with two states: `DATELINE_CORPORA=DIR cargo run --release --example retitled`

use std::collections::HashMap;

use dateline::feed::identity::{
    Candidate, GuidStanding, IdentityInput, KnownItem, KnownItems, Verdict, Visit, is_revision,
    match_items,
};
use dateline::feed::{self, ParsedFeed};
use dateline::news::ItemId;
use serde_json::Value;

fn main() -> anyhow::Result<()> {
    let Some(folder) = std::env::var_os("DATELINE_CORPORA") else {
        println!("DATELINE_CORPORA is not set: there are no pairs to check");
        return Ok(());
    };
    let text =
        std::fs::read_to_string(std::path::Path::new(&folder).join("retitled.pairs.dev.jsonl"))?;
    let pairs: Vec<Value> = text
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    let pairs: Vec<&Value> = pairs
        .iter()
        .filter(|pair| pair["a"]["url"].is_string() && pair["a"]["url"] == pair["b"]["url"])
        .collect();
    for guid in ["none", "url", "id"] {
        let one: usize = pairs
            .iter()
            .map(|pair| usize::from(is_one_item(pair, guid)))
            .sum();
        println!(
            "guid {guid}: {one} of {} pairs are one item with two states",
            pairs.len()
        );
    }
    Ok(())
}

fn document(item: &Value, guid: &str) -> ParsedFeed {
    let escaped = |name: &str| ammonia::clean_text(item[name].as_str().unwrap_or_default());
    let guid = match guid {
        "none" => String::new(),
        name => format!("<guid isPermaLink=\"false\">{}</guid>", escaped(name)),
    };
    let text = format!(
        "<rss version=\"2.0\"><channel><title>x</title><item><title>{}</title><link>{}</link>{guid}<description>{}</description><pubDate>{}</pubDate></item></channel></rss>",
        escaped("title"),
        escaped("url"),
        escaped("summary"),
        escaped("published"),
    );
    let base = url::Url::parse("https://feeds.example.net/rss").expect("a URL");
    feed::read(text.as_bytes(), None, &base).0
}

fn is_one_item(pair: &Value, guid: &str) -> bool {
    let [first, second] = ["a", "b"].map(|side| document(&pair[side], guid));
    let inputs = [&first, &second].map(|feed| {
        let item = &feed.items[0];
        IdentityInput {
            guid: item.guid.clone(),
            link: item.link.clone(),
            title: item.title.clone(),
            summary: item.summary.clone(),
            published_at: item.published,
            ..IdentityInput::default()
        }
    });
    let fetched_at = inputs[1].published_at.unwrap_or_default();
    let known = KnownItem {
        id: ItemId(1),
        title: inputs[0].title.clone(),
        summary: inputs[0].summary.clone(),
        link: inputs[0].link.clone(),
        published_at: inputs[0].published_at,
        fetched_at,
        listed_at: fetched_at,
        is_tombstone: false,
    };
    let candidates = inputs.clone().map(Candidate::of);
    let by_key = candidates[0].keys.iter().map(|key| (key.digest, known.id));
    let known = KnownItems {
        by_key: by_key.collect(),
        items: HashMap::from([(known.id, known)]),
    };
    let visit = Visit {
        standing: GuidStanding::Good,
        fetched_at,
        last_visit_at: None,
    };
    let matching = match_items(&[&candidates[1]], &known, visit);
    matching.items[0].verdict == Verdict::Same(ItemId(1))
        && is_revision(&inputs[0].title, &inputs[1].title)
}
