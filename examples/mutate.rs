//! The long run: reads documents spoilt at random and counts panics, which must be none.
//! `cargo run --release --example mutate -- --count 10000000 [--seed N]`

use std::panic::catch_unwind;
use std::sync::atomic::{AtomicU64, Ordering};

#[path = "../tests/reading/mutation.rs"]
mod mutation;

/// Panics of feed-rs that its fence caught: they cost time, not the document.
static CAUGHT_WITHIN: AtomicU64 = AtomicU64::new(0);

fn main() -> anyhow::Result<()> {
    std::panic::set_hook(Box::new(|_| {
        CAUGHT_WITHIN.fetch_add(1, Ordering::Relaxed);
    }));
    let arguments: Vec<String> = std::env::args().collect();
    let option = |name: &str, default: u64| {
        let at = arguments.iter().position(|argument| argument == name);
        at.and_then(|at| arguments.get(at + 1)?.parse().ok())
            .unwrap_or(default)
    };
    let count = option("--count", 100_000);
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/feeds");
    let folder = std::env::var("DATELINE_FIXTURES").unwrap_or_else(|_| folder.to_owned());
    let mut documents = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        documents.push(std::fs::read(entry?.path())?);
    }
    documents.sort();
    let base = url::Url::parse("https://feeds.example.net/news/rss")?;
    let mut mutator = mutation::Mutator::new(documents, option("--seed", 1));
    let (mut panics, mut items) = (0u64, 0usize);
    for number in 1..=count {
        let bytes = mutator.next();
        match catch_unwind(|| dateline::feed::read(&bytes, None, &base)) {
            Ok((feed, _)) => items += feed.items.len(),
            Err(_) => {
                panics += 1;
                std::fs::write(
                    std::env::temp_dir().join(format!("dateline-panic-{number}.xml")),
                    &bytes,
                )?;
            }
        }
        if number % 100_000 == 0 {
            report(number, items, panics);
        }
    }
    report(count, items, panics);
    anyhow::ensure!(panics == 0, "some inputs made the reader panic");
    Ok(())
}

fn report(number: u64, items: usize, panics: u64) {
    let within = CAUGHT_WITHIN.load(Ordering::Relaxed) - panics;
    println!(
        "{number} inputs, {items} items, {panics} panics, {within} caught within the strict parser"
    );
}
