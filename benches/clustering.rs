//! Throughput and memory of the clusterer as the number of live items grows:
//! `cargo bench --bench clustering`, or up to a size (`-- 400000`).
//!
//! With `DATELINE_CORPORA` set, the items are the headlines of `stream_headlines_en_sv` followed
//! by more of its kind: the same headlines with their names changed, so that they are no copies.
//! Their times are pressed together so that so many are live when the window is full; each size is
//! measured from there on, in a process of its own, with the cost of items that leave. Without
//! corpora, items are made up: words drawn by rank (Zipf), a tenth of them belonging to hot matters.
//! Processor time is measured, not the time of day, so a busy machine changes little.

use std::hint::black_box;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use dateline::cluster::{ArrivingItem, Engine, Settings, Weights};
use dateline::decisions::Constraints;
use dateline::news::{EventId, ItemId, OutletId, utc_from_secs};

/// Items that each row of the table is measured over.
const BATCH: usize = 4_000;
const SIZES: [usize; 6] = [10_000, 25_000, 50_000, 100_000, 200_000, 400_000];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |text: &String| text.parse::<usize>().ok();
    if let [_, flag, size] = &arguments[..]
        && flag == ONE_SIZE
    {
        return measure(number(size).expect("a size"));
    }
    let most = arguments.iter().find_map(number).unwrap_or(100_000);
    println!("items: {}", Maker::new(headlines(), 1).kind());
    println!(
        "{:>9} {:>10} {:>12} {:>14}",
        "live", "items/s", "us an item", "bytes an item"
    );
    for size in SIZES.into_iter().filter(|size| *size <= most) {
        let program = std::env::current_exe().expect("a program has a path");
        let child = std::process::Command::new(program)
            .args([ONE_SIZE, &size.to_string()])
            .status();
        assert!(child.expect("a child starts").success());
    }
}

/// Calls this program for one row of the table.
const ONE_SIZE: &str = "--one-size";

fn measure(size: usize) {
    let mut maker = Maker::new(headlines(), size);
    let settings = Settings {
        most_items: usize::MAX,
        ..Settings::default()
    };
    let mut engine = Engine::new(settings, Weights::embedded(), EventId(1));
    let before = resident_kib();
    for _ in 0..size {
        take(&mut engine, &mut maker);
    }
    let started = cpu_secs();
    for _ in 0..BATCH {
        take(&mut engine, &mut maker);
    }
    let secs = cpu_secs() - started;
    let bytes = (resident_kib() - before) * 1024 / engine.live_items() as u64;
    println!(
        "{:>9} {:>10.0} {:>12.1} {bytes:>14}",
        engine.live_items(),
        BATCH as f64 / secs,
        secs * 1e6 / BATCH as f64
    );
    black_box(engine);
}

fn take(engine: &mut Engine, maker: &mut Maker) {
    if engine.arrive(&maker.next_item()).settling_is_due {
        engine.settle(&Constraints::default());
        engine.move_on();
    }
}

/// User and system time of this process.
fn cpu_secs() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks = |at| {
        fields
            .split_whitespace()
            .nth(at)
            .and_then(|t| t.parse::<f64>().ok())
    };
    (ticks(11).unwrap_or(0.0) + ticks(12).unwrap_or(0.0)) / 100.0
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
        .unwrap_or(0)
}

/// Language, outlet and title of each headline; empty without the corpora.
fn headlines() -> Vec<(String, i64, String)> {
    let Some(corpora) = std::env::var_os("DATELINE_CORPORA") else {
        return Vec::new();
    };
    let path = PathBuf::from(corpora).join("stream_headlines_en_sv.jsonl.gz");
    let file = std::fs::File::open(path).expect("the corpora hold the stream");
    let lines = BufReader::new(flate2::read::MultiGzDecoder::new(file)).lines();
    let mut outlets = std::collections::BTreeMap::new();
    let row = |line: std::io::Result<String>| {
        let row: serde_json::Value = serde_json::from_str(&line.ok()?).ok()?;
        let known = outlets.len() as i64 + 1;
        let outlet = *outlets.entry(row["source"].to_string()).or_insert(known);
        Some((
            row["lang"].as_str()?.to_owned(),
            outlet,
            row["title"].as_str()?.to_owned(),
        ))
    };
    lines.filter_map(row).collect()
}

/// Makes items: the same ones on every run.
struct Maker {
    headlines: Vec<(String, i64, String)>,
    bits: u64,
    count: i64,
    /// Milliseconds between two items.
    spacing: i64,
}

impl Maker {
    /// So many items then fill the window.
    fn new(headlines: Vec<(String, i64, String)>, live: usize) -> Self {
        let window = i64::from(Settings::default().window_hours) * 3_600_000;
        Self {
            headlines,
            bits: 7,
            count: 0,
            spacing: window / live as i64,
        }
    }

    fn kind(&self) -> &'static str {
        if self.headlines.is_empty() {
            "made up (DATELINE_CORPORA is not set)"
        } else {
            "headlines, and more of their kind"
        }
    }

    fn next_item(&mut self) -> ArrivingItem {
        let (language, outlet, title, summary) = if self.headlines.is_empty() {
            self.made_up()
        } else {
            self.headline()
        };
        self.count += 1;
        ArrivingItem {
            id: ItemId(self.count),
            outlet: OutletId(outlet),
            language,
            item_time: utc_from_secs(1_755_000_000 + self.count * self.spacing / 1000),
            time_is_claimed: true,
            title,
            summary,
            ..ArrivingItem::default()
        }
    }

    fn headline(&mut self) -> (String, i64, String, String) {
        let at = self.count as usize;
        let (language, outlet, title) = &self.headlines[at % self.headlines.len()];
        let round = at / self.headlines.len();
        let title = if round == 0 {
            title.clone()
        } else {
            with_other_names(title, round)
        };
        (language.clone(), *outlet, title, String::new())
    }

    fn made_up(&mut self) -> (String, i64, String, String) {
        let hot = self.draw().is_multiple_of(10);
        let matter = self.draw() % if hot { 20 } else { 20_000 };
        let title = self.text(matter, 9);
        let summary = if self.draw().is_multiple_of(2) {
            self.text(matter, 35)
        } else {
            String::new()
        };
        ("en".to_owned(), self.count % 200, title, summary)
    }

    fn text(&mut self, matter: u64, words: usize) -> String {
        let mut text = String::new();
        for at in 0..words {
            let word = if at % 3 == 0 {
                format!("Name{}", matter * 5 + self.draw() % 5)
            } else {
                let rank = (self.draw() % 1_000_000) as f64 / 1_000_000.0;
                format!("w{}", (60_000f64.powf(rank)) as u64)
            };
            text.push_str(&word);
            text.push(' ');
        }
        text
    }

    fn draw(&mut self) -> u64 {
        self.bits ^= self.bits << 13;
        self.bits ^= self.bits >> 7;
        self.bits ^= self.bits << 17;
        self.bits
    }
}

fn with_other_names(title: &str, round: usize) -> String {
    let other = |word: &str| {
        if word.chars().next().is_some_and(char::is_uppercase) {
            format!(
                "{word}{}",
                ["an", "berg", "ova"][round % 3].repeat(round.div_ceil(3))
            )
        } else {
            word.to_owned()
        }
    };
    let words: Vec<String> = title.split(' ').map(other).collect();
    words.join(" ")
}
