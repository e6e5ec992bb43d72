//! Streams of items in JSON lines, as `replay`, `eval` and `train` read them, and the three ways
//! of treating their dates.

use std::hash::Hasher;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::Context;
use rustc_hash::FxHashMap;

use crate::cluster::ArrivingItem;
use crate::news::{ItemId, OutletId, UtcTime, utc_from_secs};
use crate::text::wire::{WireInput, read_wire};
use crate::text::words::spread;

/// What is done with the dates of a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Dates {
    /// As they are; a file that is out of order by more than a quarter of an hour is sorted.
    #[default]
    Keep,
    /// Each moved on by an independent exponential gap with a mean of 14 hours, then sorted.
    Jitter,
    /// Dropped; items come in an order of hashes of their ids.
    Hide,
}

/// One line of a stream, with the labels it may carry.
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub struct StreamItem {
    /// The file's own id.
    pub id: String,
    #[serde(default)]
    published: Option<String>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    lang: Option<String>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    summary: Option<String>,
    #[serde(default)]
    body: Option<String>,
    /// Label of the true event.
    #[serde(default)]
    pub event: Option<String>,
    /// Label of the true storyline.
    #[serde(default)]
    pub story: Option<String>,
}

/// One line of a pair file.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct StreamPair {
    /// One item.
    pub a: StreamItem,
    /// The other.
    pub b: StreamItem,
    /// 1 if both tell the same event, 0 if not, `None` if undecided.
    pub label: Option<f32>,
}

/// Reads a file of JSON lines; gzip is recognised by its first bytes.
pub fn read_lines<T: serde::de::DeserializeOwned>(path: &Path) -> anyhow::Result<Vec<T>> {
    let file = std::fs::File::open(path)
        .with_context(|| format!("cannot open {}; give a file of JSON lines", path.display()))?;
    let mut file = BufReader::new(file);
    let first = file
        .fill_buf()
        .with_context(|| format!("cannot read {}", path.display()))?;
    let reader: Box<dyn Read> = match first.starts_with(&[0x1f, 0x8b]) {
        true => Box::new(flate2::bufread::MultiGzDecoder::new(file)),
        false => Box::new(file),
    };
    let mut rows = Vec::new();
    for (at, line) in BufReader::new(reader).lines().enumerate() {
        let line = line.with_context(|| format!("{} line {}", path.display(), at + 1))?;
        // Some programs begin a text with a mark of its byte order.
        let line = line.trim().trim_start_matches('\u{feff}');
        if !line.is_empty() {
            let row = serde_json::from_str(line);
            rows.push(row.with_context(|| format!("{} line {}", path.display(), at + 1))?);
        }
    }
    Ok(rows)
}

/// The order in which items arrive and the times they carry: indexes into `items`.
pub fn schedule(items: &[StreamItem], dates: Dates, seed: u64) -> Vec<(usize, Option<i64>)> {
    warn_of_times(items);
    let mut clock = Claims::default();
    let claimed = items
        .iter()
        .map(|item| clock.claim(item.published.as_deref()));
    let mut order: Vec<(usize, Option<i64>)> = claimed.enumerate().collect();
    match dates {
        Dates::Keep => {
            if is_disordered(&order) {
                sort_by_time(&mut order);
            }
        }
        Dates::Jitter => {
            for (at, time) in &mut order {
                let gap = exponential_secs(random(seed, *at as u64));
                *time = time.map(|time| time + gap);
            }
            sort_by_time(&mut order);
        }
        Dates::Hide => {
            order.sort_by_key(|(at, _)| hash_id(&items[*at].id, seed));
            order.iter_mut().for_each(|(_, time)| *time = None);
        }
    }
    order
}

/// Says on standard error which times cannot be read: such items count as undated.
fn warn_of_times(items: &[StreamItem]) {
    let is_unreadable = |item: &&StreamItem| {
        let published = item.published.as_deref().filter(|time| !time.is_empty());
        published.is_some_and(|time| chrono::DateTime::parse_from_rfc3339(time).is_err())
    };
    let mut unreadable = items.iter().filter(is_unreadable);
    if let Some(first) = unreadable.next() {
        let more = unreadable.count();
        let published = first.published.as_deref().unwrap_or_default();
        eprintln!(
            "item {} and {more} more count as undated: {published:?} is no time as in 2025-06-01T10:00:00Z",
            first.id,
        );
    }
}

/// Claims of a stream held against the claim before: one that no clock could have shown says
/// nothing.
#[derive(Default)]
struct Claims {
    latest: Option<i64>,
}

/// 1990 and 2100: outside these no feed has a true date.
const BELIEVABLE: std::ops::Range<i64> = 631_152_000..4_102_444_800;

impl Claims {
    fn claim(&mut self, published: Option<&str>) -> Option<i64> {
        let time = chrono::DateTime::parse_from_rfc3339(published?)
            .ok()?
            .timestamp();
        if !BELIEVABLE.contains(&time) {
            return None;
        }
        self.latest = self.latest.max(Some(time));
        Some(time)
    }
}

fn is_disordered(order: &[(usize, Option<i64>)]) -> bool {
    let mut latest = i64::MIN;
    for time in order.iter().filter_map(|(_, time)| *time) {
        if time < latest.saturating_sub(900) {
            return true;
        }
        latest = latest.max(time);
    }
    false
}

/// An item without a time comes with the one before it.
fn sort_by_time(order: &mut [(usize, Option<i64>)]) {
    let mut before = i64::MIN;
    let mut keyed: Vec<(i64, (usize, Option<i64>))> = Vec::with_capacity(order.len());
    for row in order.iter() {
        before = row.1.unwrap_or(before);
        keyed.push((before, *row));
    }
    keyed.sort_by_key(|(key, (at, _))| (*key, *at));
    for (row, (_, sorted)) in order.iter_mut().zip(keyed) {
        *row = sorted;
    }
}

const MEAN_GAP_SECS: f64 = 14.0 * 3600.0;

fn exponential_secs(bits: u64) -> i64 {
    let uniform = ((bits >> 11) as f64 + 0.5) / (1u64 << 53) as f64;
    (-uniform.ln() * MEAN_GAP_SECS) as i64
}

/// SplitMix64: the same seed gives the same stream on every machine.
fn random(seed: u64, at: u64) -> u64 {
    spread(seed.wrapping_add((at + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)))
}

fn hash_id(id: &str, seed: u64) -> u64 {
    let mut hasher = rustc_hash::FxHasher::default();
    hasher.write(id.as_bytes());
    random(seed, hasher.finish())
}

/// Turns lines into arriving items: ids by order of arrival from 1, outlets by name.
#[derive(Debug, Default)]
pub struct Arrivals {
    outlets: FxHashMap<String, OutletId>,
    arrived: i64,
    instant: i64,
}

impl Arrivals {
    /// The next item of the stream. Without a time it arrives at the instant of the one before.
    pub fn next(&mut self, item: &StreamItem, time: Option<i64>) -> ArrivingItem {
        self.arrived += 1;
        self.instant = time.unwrap_or(self.instant);
        let source = item.source.clone().unwrap_or_default();
        let known = self.outlets.len() as i64 + 1;
        let outlet = *self
            .outlets
            .entry(source.clone())
            .or_insert(OutletId(known));
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        let wire = read_wire(&WireInput {
            outlet_name: &source,
            outlet_is_wire: false,
            source_name: None,
            language: item.lang.as_deref().unwrap_or("und"),
            title: item.title.as_deref().unwrap_or_default(),
            summary: item.summary.as_deref().unwrap_or_default(),
            text: "",
            link: item.url.as_deref(),
            categories: &[],
            item_time: self.instant_as_time(),
        });
        ArrivingItem {
            id: ItemId(self.arrived),
            outlet,
            outlet_is_wire: false,
            language: item.lang.clone().unwrap_or_else(|| "und".to_owned()),
            item_time: self.instant_as_time(),
            time_is_claimed: time.is_some(),
            title: wire.clean_title,
            summary: wire.clean_summary,
            text: text(&item.body),
            role: wire.role,
            agency: wire.agency,
            dateline: wire.dateline,
            series_key: wire.series_key,
        }
    }

    fn instant_as_time(&self) -> UtcTime {
        utc_from_secs(self.instant)
    }
}
