//! What an event is about, for `timeline`: its words and names as one unit vector.

use rustc_hash::FxHashMap;

use super::arriving::{IN_TITLE, KIND, NUMBER, PART_OF_LAND};
use super::engine::Engine;
use super::grouping::Grouping;
use super::window::{LiveItem, NAME, Term};
use crate::news::EventId;

/// An event's words, weighed and summed over its live reports.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventSketch {
    /// The event.
    pub event: EventId,
    /// Its words; the squares of their weights sum to 1.
    pub terms: SketchTerms,
    /// Item time of its first live report, in seconds since 1970.
    pub first_secs: i64,
    /// Item time of its latest report.
    pub last_secs: i64,
}

/// Hashes of words, rising, with their weights, six bytes each: a hundred thousand sketches are held at a
/// time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SketchTerms(Box<[[u16; 3]]>);

impl SketchTerms {
    /// Steps of a weight of 1: it takes two bytes, and what is stored is what is compared.
    pub const WEIGHT_STEPS: f32 = 65_535.0;

    /// Hashes with weights in whole steps, as they come.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (u32, u16)> + '_ {
        let joined = |high, low| u32::from(high) << 16 | u32::from(low);
        let terms = self.0.iter();
        terms.map(move |[high, low, weight]| (joined(*high, *low), *weight))
    }
}

impl FromIterator<(u32, u16)> for SketchTerms {
    /// Of hashes that rise.
    fn from_iter<I: IntoIterator<Item = (u32, u16)>>(terms: I) -> Self {
        let terms = terms.into_iter();
        let packed = terms.map(|(hash, weight)| [(hash >> 16) as u16, hash as u16, weight]);
        Self(packed.collect())
    }
}

/// What a word of a lead counts beside one of a title. Storylines of alaska2025 come out at a B-cubed F1
/// of .89 to .90 from a tenth to three tenths and at .84 from two fifths up, those of outlets' feeds are
/// the same throughout (means over five thresholds of linking).
const OF_LEAD: f32 = 0.25;
/// What a word that says what kind of event it is counts beside another. In full, 43 of 63 pairs of reports that share
/// nothing but their kind were in one storyline, at a quarter 13; storylines that are labelled lump less
/// (`docs/clustering.md`).
const OF_KIND: f32 = 0.25;
/// Words kept of an event.
const MOST_TERMS: usize = 40;

impl Engine {
    /// The sketch of a live event; `None` if it has no live items.
    pub fn sketch(&self, event: EventId) -> Option<EventSketch> {
        self.sketch_in(&self.groups, event)
    }

    /// The sketch of an event as the machine alone would have it; `None` if it has no live items
    /// there.
    pub fn own_sketch(&self, event: EventId) -> Option<EventSketch> {
        self.sketch_in(self.own_groups(), event)
    }

    fn sketch_in(&self, groups: &Grouping, event: EventId) -> Option<EventSketch> {
        let members = &groups.events.get(&event)?.members;
        let items = || members.iter().map(|slot| self.window.item(*slot));
        let originals = members
            .iter()
            .filter(|slot| self.window.original_of(**slot).is_none());
        let mut reports: Vec<&LiveItem> = originals.map(|slot| self.window.item(*slot)).collect();
        // Rulings may make an event of copies whose original stands elsewhere.
        if reports.is_empty() {
            reports.extend(items());
        }
        // On alaska2025 made into pairs of Han characters storylines come out at a B-cubed F1 of .75 without
        // pairs by chance, .53 if they count a tenth and .34 with them.
        // Numbers link nothing: three matches of three countries were one storyline because all ended 2-1.
        let mut terms = summed(&reports, |item, term| {
            !term.is(NUMBER)
                && !self
                    .tables
                    .is_chance_pair(item.language, term.hash, term.flags)
        });
        if terms.is_empty() {
            terms = summed(&reports, |_, _| true);
        }
        terms.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        terms.truncate(MOST_TERMS);
        let norm = terms
            .iter()
            .map(|(_, weight)| weight * weight)
            .sum::<f32>()
            .sqrt();
        terms.sort_unstable_by_key(|(term, _)| *term);
        // Weights are parts of a unit vector, so they fit.
        let in_steps = |weight: f32| (weight / norm * SketchTerms::WEIGHT_STEPS) as u16;
        let terms = terms.into_iter();
        Some(EventSketch {
            event,
            terms: terms
                .map(|(term, weight)| (term, in_steps(weight)))
                .collect(),
            first_secs: items().map(|item| item.time_secs).min()?,
            last_secs: items().map(|item| item.time_secs).max()?,
        })
    }
}

/// The words of reports that are wanted, each with its summed weight.
fn summed(reports: &[&LiveItem], is_wanted: impl Fn(&LiveItem, &Term) -> bool) -> Vec<(u32, f32)> {
    let mut sums: FxHashMap<u32, f32> = FxHashMap::default();
    for item in reports {
        for term in item.terms.iter().filter(|term| is_wanted(item, term)) {
            let place = if term.is(IN_TITLE) { 1.0 } else { OF_LEAD };
            // `South` names neither Korea nor Carolina, which were one storyline by it.
            let is_name = term.is(NAME) && !term.is(PART_OF_LAND);
            let kind = match (term.is(KIND), is_name) {
                (true, _) => OF_KIND,
                (false, true) => 2.0,
                (false, false) => 1.0,
            };
            *sums.entry(term.hash).or_default() +=
                term.weight() * place * kind / item.norm.max(1.0);
        }
    }
    let sums = sums.into_iter();
    sums.filter(|(_, weight)| *weight > 0.0).collect()
}
