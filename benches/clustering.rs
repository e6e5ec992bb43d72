//! Throughput of the clusterer as the number of live items grows: `cargo bench --bench clustering`.
//!
//! Items are made up: words drawn by rank (Zipf), a tenth of them belonging to hot matters, so
//! that lists are as long as in real news.

use dateline::cluster::{ArrivingItem, Engine, Settings, Weights};
use dateline::decisions::Constraints;
use dateline::news::{EventId, ItemId, OutletId, utc_from_secs};
use divan::Bencher;

fn main() {
    divan::main();
}

/// Items that one sample takes in.
const BATCH: usize = 500;

#[divan::bench(args = [10_000, 50_000, 100_000], sample_count = 5, sample_size = 1)]
fn arrivals_with_live_items(bencher: Bencher, live: usize) {
    let mut engine = Engine::new(Settings::default(), Weights::embedded(), EventId(1));
    let mut maker = Maker::default();
    take(&mut engine, &mut maker, live);
    bencher
        .counter(divan::counter::ItemsCount::new(BATCH))
        .bench_local(|| take(&mut engine, &mut maker, BATCH));
}

fn take(engine: &mut Engine, maker: &mut Maker, count: usize) {
    for _ in 0..count {
        if engine.arrive(&maker.next_item()).settling_is_due {
            engine.settle(&Constraints::default());
        }
    }
}

/// Makes items: the same ones on every run.
struct Maker {
    bits: u64,
    count: i64,
}

impl Default for Maker {
    fn default() -> Self {
        Self { bits: 7, count: 0 }
    }
}

impl Maker {
    fn next_item(&mut self) -> ArrivingItem {
        self.count += 1;
        let hot = self.draw().is_multiple_of(10);
        let matter = self.draw() % if hot { 20 } else { 20_000 };
        let title = self.text(matter, 9);
        let summary = if self.draw().is_multiple_of(2) {
            self.text(matter, 35)
        } else {
            String::new()
        };
        ArrivingItem {
            id: ItemId(self.count),
            outlet: OutletId(self.count % 200),
            language: "en".to_owned(),
            item_time: utc_from_secs(1_755_000_000 + self.count / 2),
            time_is_claimed: true,
            title,
            summary,
            ..ArrivingItem::default()
        }
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
