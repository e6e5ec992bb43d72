//! What is measured of two items: the values that the weights turn into a score.
//!
//! A value of [`ABSENT`] means that the pair cannot be measured so (no date, no name, no number).

use super::arriving::{IN_TITLE, NUMBER};
use super::candidates::Neighbourhood;
use super::window::{LiveItem, NAME, Term};

/// The value of a feature that a pair does not have.
pub const ABSENT: f32 = -1.0;

/// Names of the features, in the order in which values are frozen.
pub const FEATURES: [&str; 26] = [
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
    "local names shared by titles",
    "word pairs shared by titles",
    "stages of titles",
    "same language",
    "same words of other names",
];

/// The values of a pair.
pub(super) type Values = [f32; FEATURES.len()];

/// What the pair's values depend on beside the two items.
pub(super) struct Context<'a> {
    /// The items nearest to the newer one.
    pub(super) near: &'a Neighbourhood,
    /// The older item's rank over the best rank of all candidates.
    pub(super) relative_rank: f32,
    /// Mean rank of the nearest over the best: near 1 where everyone tells the same matter.
    pub(super) crowd: f32,
    /// The older item's place among the candidates, from 0.
    pub(super) place: usize,
}

/// Measures a new item (first) against an older one.
pub(super) fn measure(new: &LiveItem, old: &LiveItem, context: &Context<'_>) -> Values {
    let shared = Shared::gather(new, old, context.near);
    let [(new_title, new_text), (old_title, old_text)] =
        [new.lengths, old.lengths].map(|(title, text)| (usize::from(title), usize::from(text)));
    let (new_words, old_words) = (new_title + new_text, old_title + old_text);
    let [new_side, old_side] = shared.sides;
    let coverage = [new_side.coverage(), old_side.coverage()];
    [
        new.hours_to(old)
            .map_or(ABSENT, |hours| (1.0 + hours / 12.0).ln().min(5.0)),
        gram_cosine(&new.grams, &old.grams),
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
        context.relative_rank,
        if new.outlet == old.outlet { 1.0 } else { 0.0 },
        first_name_agreement(new, old),
        context.crowd,
        log_count(context.place),
        shared.rarest,
        (1.0 + shared.local_names).ln(),
        shared_pairs(&new.title_words, &old.title_words),
        stage_agreement(new, old),
        f32::from(u8::from(new.language == old.language)),
        f32::from(u8::from(shared.is_one_template())),
    ]
}

fn log_count(count: usize) -> f32 {
    (1.0 + count as f32).ln()
}

fn ratio(part: f32, whole: f32) -> f32 {
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

fn gram_cosine(a: &[u32], b: &[u32]) -> f32 {
    let (mut i, mut j, mut shared) = (0, 0, 0u32);
    while i < a.len() && j < b.len() {
        let (x, y) = (a[i], b[j]);
        shared += u32::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    ratio(shared as f32, ((a.len() * b.len()) as f32).sqrt())
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
fn shared_pairs(a: &[u32], b: &[u32]) -> f32 {
    let shared = a
        .windows(2)
        .filter(|pair| b.windows(2).any(|other| other == *pair));
    ratio(
        shared.count() as f32,
        a.len().min(b.len()).saturating_sub(1) as f32,
    )
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

/// Sums over one item's own terms.
#[derive(Clone, Copy, Default)]
struct Side {
    title: f32,
    title_found: f32,
    names: f32,
    names_found: f32,
    title_squares: f32,
    squares: f32,
    lacking_names: u32,
    lacking_words: u32,
}

impl Side {
    fn add(&mut self, term: Term, local: f32, found: bool) {
        let square = local * local;
        self.squares += square;
        if !term.is(IN_TITLE) {
            return;
        }
        if !found && !term.is(NUMBER) {
            self.lacking_names += u32::from(term.is(NAME));
            self.lacking_words += u32::from(!term.is(NAME));
        }
        let found = f32::from(u8::from(found));
        self.title_squares += square;
        self.title += local;
        self.title_found += local * found;
        if term.is(NAME) && !term.is(NUMBER) {
            self.names += term.weight();
            self.names_found += term.weight() * found;
        }
    }

    fn coverage(self) -> f32 {
        ratio(self.title_found, self.title)
    }

    fn names(self) -> f32 {
        if self.names > 0.0 {
            self.names_found / self.names
        } else {
            ABSENT
        }
    }
}

/// Sums over the terms that two items share.
#[derive(Default)]
struct Shared {
    weight: f32,
    product: f32,
    title_product: f32,
    local_title: f32,
    local_title_product: f32,
    local_product: f32,
    local_names: f32,
    rarest: f32,
    plain_words: u32,
    sides: [Side; 2],
}

/// Plain words that two titles must share to be of one template.
const TEMPLATE_WORDS: u32 = 4;

impl Shared {
    fn gather(new: &LiveItem, old: &LiveItem, near: &Neighbourhood) -> Self {
        let mut shared = Self::default();
        let (mut i, mut j) = (0, 0);
        while i < new.terms.len() || j < old.terms.len() {
            let a = new.terms.get(i);
            let b = old.terms.get(j);
            match (a, b) {
                (Some(a), Some(b)) if a.hash == b.hash => {
                    let local = [near.own_weight(i), near.local_weight(*b)];
                    shared.add_shared(*a, *b, local);
                    (i, j) = (i + 1, j + 1);
                }
                (Some(a), b) if b.is_none_or(|b| a.hash < b.hash) => {
                    shared.sides[0].add(*a, near.own_weight(i), false);
                    i += 1;
                }
                (_, Some(b)) => {
                    shared.sides[1].add(*b, near.local_weight(*b), false);
                    j += 1;
                }
                (_, None) => break,
            }
        }
        shared
    }

    /// True if the titles say the same in the same words of different names, as the reports of two
    /// matches of a league do.
    fn is_one_template(&self) -> bool {
        let [new, old] = &self.sides;
        let differs = |side: &Side| side.lacking_names > 0 && side.lacking_words == 0;
        self.plain_words >= TEMPLATE_WORDS && differs(new) && differs(old)
    }

    fn add_shared(&mut self, a: Term, b: Term, [local_a, local_b]: [f32; 2]) {
        self.sides[0].add(a, local_a, true);
        self.sides[1].add(b, local_b, true);
        let product = a.weight() * b.weight();
        self.weight += (a.weight() + b.weight()) / 2.0;
        self.product += product;
        self.local_product += local_a * local_b;
        if a.is(IN_TITLE) && b.is(IN_TITLE) {
            self.title_product += product;
            self.plain_words += u32::from(!a.is(NAME | NUMBER));
            self.local_title += (local_a + local_b) / 2.0;
            self.local_title_product += local_a * local_b;
            self.rarest = self.rarest.max(local_a);
            self.local_names += if a.is(NAME) { local_a } else { 0.0 };
        }
    }
}
