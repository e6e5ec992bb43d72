//! The long run: holds the claims of `fuzz/claims.rs` against inputs spoilt at random and counts
//! those that break one, which must be none.
//! `cargo run --release --example mutate -- --count 10000000 [--seed N] [--what dates]`

use std::panic::catch_unwind;
use std::sync::atomic::{AtomicU64, Ordering};

#[path = "../fuzz/claims.rs"]
mod claims;
#[path = "../tests/reading/mutation.rs"]
mod mutation;

/// Panics of feed-rs that its fence caught: they cost time, not the document.
static CAUGHT_WITHIN: AtomicU64 = AtomicU64::new(0);

fn main() -> anyhow::Result<()> {
    std::panic::set_hook(Box::new(|_| {
        CAUGHT_WITHIN.fetch_add(1, Ordering::Relaxed);
    }));
    let arguments: Vec<String> = std::env::args().collect();
    let option = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name);
        at.and_then(|at| arguments.get(at + 1))
    };
    let number = |name, default| option(name).map_or(Ok(default), |value| value.parse::<u64>());
    let (count, seed) = (number("--count", 100_000)?, number("--seed", 1)?);
    let what = option("--what").map_or("feeds", String::as_str);
    let (claim, seeds): (claims::Claim, _) = match what {
        "feeds" => (claims::feeds, documents()?),
        "dates" => (claims::dates, mutation::date_seeds()),
        "opml" => (claims::opml, mutation::opml_seeds()),
        "wire_tags" => (claims::wire_tags, mutation::wire_seeds()),
        "links" => (claims::links, mutation::link_seeds()),
        other => anyhow::bail!("there is no claim `{other}`"),
    };
    let mut mutator = mutation::Mutator::new(seeds, seed);
    let mut broken = 0u64;
    for number in 1..=count {
        let bytes = mutator.next();
        if catch_unwind(|| claim(&bytes)).is_err() {
            broken += 1;
            let name = format!("dateline-panic-{what}-{seed}-{number}");
            std::fs::write(std::env::temp_dir().join(name), &bytes)?;
        }
        if number % 1_000_000 == 0 {
            report(what, number, broken);
        }
    }
    report(what, count, broken);
    anyhow::ensure!(broken == 0, "some inputs broke the claim `{what}`");
    Ok(())
}

fn documents() -> anyhow::Result<Vec<Vec<u8>>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/feeds");
    let folder = std::env::var("DATELINE_FIXTURES").unwrap_or_else(|_| folder.to_owned());
    let mut documents = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        documents.push(std::fs::read(entry?.path())?);
    }
    documents.sort();
    Ok(documents)
}

fn report(what: &str, number: u64, broken: u64) {
    let within = CAUGHT_WITHIN.load(Ordering::Relaxed) - broken;
    println!("{what}: {number} inputs, {broken} panics, {within} caught within the strict parser");
}
