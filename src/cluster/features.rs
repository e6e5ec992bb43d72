//! What is measured of two items: the values that the weights turn into a score.
//!
//! A value of [`ABSENT`] means that the pair cannot be measured so (no date, no name, no number).

use super::newest::Newest;
use super::shared::{Shared, Side};
use super::window::{Brief, LiveItem};

/// The value of a feature that a pair does not have.
pub const ABSENT: f32 = -1.0;

/// Names of the features, in the order in which values are frozen.
pub const FEATURES: [&str; 27] = [
    "gap in time",
    "spelling of titles",
    "weight of shared words",
    "length of the shorter title",
    "length of the shorter text",
    "length of the longer text",
    "names of the title found in the other text",
    "numbers of titles",
    "local weight of shared title words",
    "words of titles",
    "words of texts",
    "least share of a title found in the other text",
    "greatest share of a title found in the other text",
    "local words of titles",
    "local words of texts",
    "rank among candidates",
    "same outlet",
    "first names of titles",
    "crowd around the newer item",
    "place among candidates",
    "rarest word shared by titles",
    "names of either title found in the other text",
    "word pairs shared by titles",
    "stages of titles",
    "same language",
    "same words of other names",
    "number of candidates",
];

/// The values of a pair.
pub(super) type Values = [f32; FEATURES.len()];

/// The features that are known before the words of two items are compared, in the order of
/// [`Glance::values`].
pub(super) const AT_A_GLANCE: [&str; 7] = [
    "gap in time",
    "rank among candidates",
    "same outlet",
    "crowd around the newer item",
    "place among candidates",
    "same language",
    "number of candidates",
];

/// What is known of a pair before the words are compared.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glance {
    gap: f32,
    relative_rank: f32,
    same_outlet: f32,
    crowd: f32,
    place: f32,
    pub(super) same_language: f32,
    candidates: f32,
}

/// How the older of two items stands among the candidates of the newer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Its rank over the best rank of all.
    pub(super) relative_rank: f32,
    /// Mean rank of the nearest over the best: near 1 where everyone tells the same matter.
    pub(super) crowd: f32,
    /// From 0.
    pub(super) number: usize,
    /// How many there are: few where little is live, and then the best of them says little.
    pub(super) of: usize,
}

impl Glance {
    pub(super) fn at(new: Brief, old: Brief, place: Place) -> Self {
        let flag = |is_set: bool| f32::from(u8::from(is_set));
        Self {
            gap: new
                .hours_to(old)
                .map_or(ABSENT, |hours| (1.0 + hours / 12.0).ln().min(5.0)),
            relative_rank: place.relative_rank,
            same_outlet: flag(new.outlet == old.outlet),
            crowd: place.crowd,
            place: log_count(place.number),
            same_language: flag(new.language == old.language),
            candidates: log_count(place.of),
        }
    }

    /// True if the times of both are claimed.
    pub(super) fn is_dated(self) -> bool {
        self.gap != ABSENT
    }

    /// In the order of [`AT_A_GLANCE`].
    pub(super) fn values(&self) -> [f32; AT_A_GLANCE.len()] {
        [
            self.gap,
            self.relative_rank,
            self.same_outlet,
            self.crowd,
            self.place,
            self.same_language,
            self.candidates,
        ]
    }
}

/// Measures a new item, which its tables hold, against an older one; and whether no rule parts them.
pub(super) fn measure(
    tables: &Newest,
    new: &LiveItem,
    old: &LiveItem,
    glance: Glance,
) -> (Values, bool) {
    let shared = Shared::gather(tables, new, old);
    let [(new_title, new_text), (old_title, old_text)] =
        [new.lengths, old.lengths].map(|(title, text)| (usize::from(title), usize::from(text)));
    let (new_words, old_words) = (new_title + new_text, old_title + old_text);
    let [new_side, old_side] = shared.sides;
    let coverage = [new_side.coverage(), old_side.coverage()];
    let values = [
        glance.gap,
        gram_cosine(tables, new, old),
        (1.0 + shared.weight).ln(),
        log_count(new_title.min(old_title)),
        log_count(new_words.min(old_words)),
        log_count(new_words.max(old_words)),
        least_present(new_side.names(), old_side.names()),
        number_agreement(new, old),
        (1.0 + shared.local_title).ln(),
        ratio(shared.title_product, new.title_norm * old.title_norm),
        ratio(shared.product, new.norm * old.norm),
        coverage[0].min(coverage[1]),
        coverage[0].max(coverage[1]),
        ratio(
            shared.local_title_product,
            (new_side.title_squares * old_side.title_squares).sqrt(),
        ),
        ratio(
            shared.local_product,
            (new_side.squares * old_side.squares).sqrt(),
        ),
        glance.relative_rank,
        glance.same_outlet,
        first_name_agreement(new, old),
        glance.crowd,
        glance.place,
        shared.rarest,
        most_named(new_side, old_side, glance.same_language),
        shared_pairs(tables, new, old),
        stage_agreement(new, old),
        glance.same_language,
        f32::from(u8::from(shared.is_one_template())),
        glance.candidates,
    ];
    (values, shared.parted_by(tables, new, old, glance).is_none())
}

pub(super) fn log_count(count: usize) -> f32 {
    (1.0 + count as f32).ln()
}

pub(super) fn ratio(part: f32, whole: f32) -> f32 {
    if whole > 0.0 {
        (part / whole).min(1.0)
    } else {
        0.0
    }
}

fn least_present(a: f32, b: f32) -> f32 {
    match (a < 0.0, b < 0.0) {
        (true, _) => b,
        (_, true) => a,
        _ => a.min(b),
    }
}

/// The greatest share of the names of one title that stand in the other text, if both titles have names
/// and one language; if it is 0, they are about different people and places.
fn most_named(a: Side, b: Side, same_language: f32) -> f32 {
    if a.naming == 0 || b.naming == 0 || same_language < 1.0 {
        return ABSENT;
    }
    let share = |side: Side| 1.0 - side.lacking as f32 / side.naming as f32;
    share(a).max(share(b))
}

fn gram_cosine(tables: &Newest, new: &LiveItem, old: &LiveItem) -> f32 {
    let shared = tables.shared_grams(&old.grams) as f32;
    ratio(shared, ((new.grams.len() * old.grams.len()) as f32).sqrt())
}

/// 1 if the titles share a number, 0 if both have numbers and share none.
fn number_agreement(new: &LiveItem, old: &LiveItem) -> f32 {
    if !new.title_has_number || !old.title_has_number {
        return ABSENT;
    }
    let is_shared = |number| old.title_numbers().any(|other| other == number);
    f32::from(u8::from(new.title_numbers().any(is_shared)))
}

/// 1 if both titles open with the same name, 0 if with different ones.
fn first_name_agreement(new: &LiveItem, old: &LiveItem) -> f32 {
    match (new.first_name, old.first_name) {
        (Some(a), Some(b)) => f32::from(u8::from(a == b)),
        _ => ABSENT,
    }
}

/// Share of neighbouring words of the shorter title that are neighbours in the other.
fn shared_pairs(tables: &Newest, new: &LiveItem, old: &LiveItem) -> f32 {
    let shared = tables.shared_word_pairs(&old.title_words) as f32;
    let shorter = new.title_words.len().min(old.title_words.len());
    ratio(shared, shorter.saturating_sub(1) as f32)
}

/// 0 for a beginning and an end, 0.5 for other opposite stages, 1 if one is ahead and the other is not, 2 if nothing is said or both
/// are ahead, 3 for the same stage.
fn stage_agreement(new: &LiveItem, old: &LiveItem) -> f32 {
    let (a, b) = (new.stages, old.stages);
    if a.are_beginning_and_end(b) {
        0.0
    } else if a.are_opposite(b) {
        0.5
    } else if a.agree(b) && !a.one_is_ahead(b) {
        3.0
    } else if a.one_is_ahead(b) {
        1.0
    } else {
        2.0
    }
}
