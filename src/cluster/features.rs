//! What is measured of two items: the values that the weights turn into a score.
//!
//! A value of [`ABSENT`] means that the pair cannot be measured so (no date, no name, no number).

use super::arriving::{IN_LEAD, IN_TITLE, KIND, LAND, NUMBER, PART_OF_LAND, PLACE, WIDE};
use super::newest::Newest;
use super::parting::Parting;
use super::reprints::SAME_WORDS;
use super::window::{Brief, LiveItem, MAYBE_NAME, NAME, Term};

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
    same_language: f32,
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

/// Sums over one item's own terms.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Side {
    title: f32,
    title_found: f32,
    names: f32,
    names_found: f32,
    title_squares: f32,
    squares: f32,
    /// Words of the title that are names, or stand for them; and those of them that are not in the other item.
    naming: u32,
    lacking: u32,
    title_names: u32,
    lacking_names: u32,
    /// Words of the title that may be names by all that is known, and are not in the other item.
    lacking_maybe: u32,
    lacking_words: u32,
    /// Words that may say which event it is where a capital shows no name.
    title_which: u32,
    /// Those of them that stand in the title and again in the lead, and not in the other item.
    lacking_twice: u32,
    /// Those of the text that stand beside the sign of a place, and not in the other item.
    lacking_places: u32,
    /// Names of the title that say where it happened, or against whom; and those of them that are in the other item.
    title_places: u32,
    found_places: u32,
    /// Those that are countries or parts of them.
    wide_places: u32,
}

impl Side {
    /// Adds a term that stands in the other item too, or not.
    pub(super) fn add(&mut self, term: Term, local: f32, found: bool) {
        self.squares += local * local;
        self.lacking_places += u32::from(tells_where(term));
        if term.is(IN_TITLE) {
            self.add_of_title(term, local);
        }
        if found {
            self.find(term, local);
        }
    }

    fn add_of_title(&mut self, term: Term, local: f32) {
        self.title_squares += local * local;
        self.title += local;
        if !term.is(NUMBER) {
            self.naming += u32::from(says_name(term));
            self.title_places += u32::from(names_place(term));
            self.wide_places += u32::from(names_place(term) && term.is(WIDE));
            self.lacking += u32::from(says_name(term));
            self.title_names += u32::from(term.is(NAME));
            self.lacking_names += u32::from(term.is(NAME));
            self.lacking_maybe += u32::from(term.is(MAYBE_NAME));
            self.lacking_words += u32::from(!term.is(NAME | MAYBE_NAME));
            self.title_which += u32::from(term.says_which());
            self.lacking_twice += u32::from(term.says_which() && term.is(IN_LEAD));
        }
        if term.is(NAME) && !term.is(NUMBER) {
            self.names += term.weight();
        }
    }

    /// A term that was added stands in the other item too.
    fn find(&mut self, term: Term, local: f32) {
        self.lacking_places -= u32::from(tells_where(term));
        if !term.is(IN_TITLE) {
            return;
        }
        self.title_found += local;
        if !term.is(NUMBER) {
            self.lacking -= u32::from(says_name(term));
            self.found_places += u32::from(names_place(term));
            self.lacking_names -= u32::from(term.is(NAME));
            self.lacking_maybe -= u32::from(term.is(MAYBE_NAME));
            self.lacking_words -= u32::from(!term.is(NAME | MAYBE_NAME));
            self.lacking_twice -= u32::from(term.says_which() && term.is(IN_LEAD));
        }
        if term.is(NAME) && !term.is(NUMBER) {
            self.names_found += term.weight();
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

/// True of a word that is a name, or stands for one where a capital shows none.
fn says_name(term: Term) -> bool {
    term.is(NAME) || term.says_which()
}

fn names_place(term: Term) -> bool {
    term.is(PLACE) && says_name(term) && !term.is(KIND)
}

/// True of a word beside the sign of a place that may say which event it is.
fn tells_where(term: Term) -> bool {
    term.is(PLACE) && term.says_which()
}

/// Sums over the terms that two items share.
#[derive(Default)]
pub(super) struct Shared {
    weight: f32,
    product: f32,
    title_product: f32,
    local_title: f32,
    local_title_product: f32,
    local_product: f32,
    rarest: f32,
    plain_words: u32,
    words: u32,
    /// Terms of any weight that both have, and how many there are of either.
    terms: (usize, usize),
    /// True if they share a name that is of no kind of event, as days of the week are.
    has_name: bool,
    /// True if they share a word of either title that is of no kind of event.
    has_telling: bool,
    /// True if they share a number of their titles, or a word of either that says something and is no name.
    has_told: bool,
    /// Names that they share, but for countries, and the first two of them.
    names: usize,
    named: [u32; 2],
    /// Names of countries that they share, of some weight.
    lands: u32,
    sides: [Side; 2],
}

/// What a word weighs at the least of which it says something that two items share it: one in twelve items holds
/// such a word.
const TELLING: f32 = 1.0;
/// Share of the weight of a title that stands in a text of the same kind.
const ALIKE: f32 = 0.5;
/// Likeness of the 4-grams of two titles, but for those of the names that both have, from which on they are spelled
/// alike: at .1 the made-up storylines gain .002 / .004, at .15 they lose .004 / .005, at .05 look-alikes stay together.
const SPELLED_ALIKE: f32 = 0.1;
/// Plain words that two titles must share to be of one template.
const TEMPLATE_WORDS: u32 = 4;

impl Shared {
    pub(super) fn gather(tables: &Newest, new: &LiveItem, old: &LiveItem) -> Self {
        let mut shared = Self {
            sides: [tables.whole(), Side::default()],
            ..Self::default()
        };
        for term in &old.terms {
            let (local, own) = tables.look_up(*term);
            shared.sides[1].add(*term, local, own.is_some());
            if let Some(at) = own {
                shared.add_shared(new.terms[at], *term, [tables.own_weight(at), local]);
                shared.terms.0 += 1;
            }
        }
        shared.terms.1 = new.terms.len() + old.terms.len() - shared.terms.0;
        shared
    }

    /// The first rule that parts them; `None` if none does. Two items that share numbers alone, whatever they are, tell of
    /// nothing in common; nor do two of two languages that share a number and one word beside it which is no name, such as
    /// that people died; nor two that share one country alone, that tell of two places in the same words, or that number
    /// or count one thing otherwise.
    pub(super) fn parted_by(
        &self,
        tables: &Newest,
        new: &LiveItem,
        old: &LiveItem,
        glance: Glance,
    ) -> Option<Parting> {
        let is_one_language = glance.same_language >= 1.0;
        let is_young = tables.is_young() && is_one_language;
        if !self.tells_enough(glance.same_language) {
            Some(Parting::NothingShared)
        } else if self.tell_others(is_young) {
            Some(Parting::OtherNames)
        } else if glance.is_dated() && self.share_a_country_alone() {
            Some(Parting::OneCountry)
        } else if glance.is_dated() && is_one_language && self.share_a_name_alone(tables, new, old)
        {
            Some(Parting::OneName)
        } else if is_one_language && self.tell_of_two_places() {
            Some(Parting::TwoPlaces)
        } else if new.counted.contradicts(&old.counted, new.hours_after(old)) {
            Some(Parting::CountedOtherwise)
        } else {
            None
        }
    }

    /// True if the titles say the same in the same words of different names, as the reports of two
    /// matches of a league do.
    fn is_one_template(&self) -> bool {
        let [new, old] = &self.sides;
        let lacks_name = |side: &Side| side.lacking_names + side.lacking_maybe > 0;
        let differs = |side: &Side| lacks_name(side) && side.lacking_words == 0;
        self.plain_words >= TEMPLATE_WORDS
            && differs(new)
            && differs(old)
            && !self.tell_one_place_twice()
    }

    /// The same of whole texts in scripts without capitals: what is said twice of either, in title and lead, is which
    /// event it tells, and what stands beside the sign of a place is where. Of an edited copy the title alone has what
    /// the other text lacks.
    fn fills_one_template(&self) -> bool {
        let (both, all) = self.terms;
        let mut sides = self.sides.iter();
        let tells_another = |side: &Side| side.lacking_twice + side.lacking_places > 0;
        sides.all(tells_another) && both as f32 >= SAME_WORDS * all as f32
    }

    fn tells_enough(&self, same_language: f32) -> bool {
        let least = if same_language < 1.0 && !self.has_name {
            2
        } else {
            1
        };
        self.words >= least
    }

    /// True if each title says which event it tells and nothing of that stands in the other text, where a capital shows no
    /// name, or where names differ and all that is shared of either title is of a kind of event; or if both fill
    /// one template. In a young language it is enough that the texts share no name: how much another word says is not
    /// known yet.
    fn tell_others(&self, is_young: bool) -> bool {
        let [new, old] = &self.sides;
        let say_which = new.title_which > 0 && old.title_which > 0;
        let have_names = new.title_names > 0 && old.title_names > 0;
        let lack_all = new.lacking == new.naming && old.lacking == old.naming;
        let share_nothing_telling = is_young && !self.has_name || !self.has_telling;
        let are_others = say_which || have_names && share_nothing_telling;
        lack_all && are_others && !self.tell_one_place_twice() || self.fills_one_template()
    }

    /// True if one country, or who is from there, is all that they share of what says something: no name, no number of
    /// their titles, no word of either title. In scripts without capitals a country may be all the name that an event has.
    fn share_a_country_alone(&self) -> bool {
        let shows_names = |side: &Side| side.title_which == 0 || side.title_names > 0;
        let is_all = self.names == 0 && !self.has_told;
        self.lands == 1 && is_all && self.sides.iter().all(shows_names)
    }

    /// The same of any one name, where titles have names and are not spelled alike: what a town's paper tells of one day.
    /// Two neighbours of both titles are one name.
    fn share_a_name_alone(&self, tables: &Newest, new: &LiveItem, old: &LiveItem) -> bool {
        let have_names = self.sides.iter().all(|side| side.title_names > 0);
        let is_one = match self.names {
            1 => true,
            2 => [new, old]
                .iter()
                .all(|item| item.has_side_by_side(self.named)),
            _ => false,
        };
        let is_all = is_one && self.lands == 0 && !self.has_told;
        is_all && have_names && self.spelling_beside(tables, new, old) < SPELLED_ALIKE
    }

    /// As [`gram_cosine`], but for the 4-grams of the names that both titles have.
    fn spelling_beside(&self, tables: &Newest, new: &LiveItem, old: &LiveItem) -> f32 {
        let named = &self.named[..self.names.min(self.named.len())];
        let of_names = named
            .iter()
            .map(|name| new.grams_of(*name).min(old.grams_of(*name)));
        let of_names: usize = of_names.sum();
        let [new_rest, old_rest] = [new, old].map(|item| item.grams.len().saturating_sub(of_names));
        let shared = tables.shared_grams(&old.grams).saturating_sub(of_names);
        ratio(shared as f32, ((new_rest * old_rest) as f32).sqrt())
    }

    /// True if each title says where it happened, or against whom, the other text does not have it, and at least half of
    /// each title stands in the other text: a fire in each of two towns.
    fn tell_of_two_places(&self) -> bool {
        let are_elsewhere = |side: &Side| side.title_places > 0 && side.found_places == 0;
        let are_alike = |side: &Side| side.coverage() >= ALIKE;
        let mut sides = self.sides.iter();
        !self.are_town_and_land() && sides.all(|side| are_elsewhere(side) && are_alike(side))
    }

    /// True if one title says where by countries, or parts of them, alone, and the other by a town.
    fn are_town_and_land(&self) -> bool {
        let are_lands = |side: &Side| side.wide_places == side.title_places;
        let [new, old] = &self.sides;
        new.title_places > 0 && old.title_places > 0 && are_lands(new) != are_lands(old)
    }

    /// The same if that is all by which the names of the titles differ: the town may lie there.
    fn tell_one_place_twice(&self) -> bool {
        let lacks_place_alone = |side: &Side| {
            side.title_places == 1
                && side.found_places == 0
                && side.lacking_names + side.lacking_maybe == 1
        };
        self.are_town_and_land() && self.sides.iter().all(lacks_place_alone)
    }

    /// Notes what two texts share beside the name of a country; `may_name` if its kind allows that it is a name.
    fn add_own(&mut self, a: Term, b: Term, may_name: bool) {
        let in_both = a.is(IN_TITLE) && b.is(IN_TITLE);
        let in_either = a.is(IN_TITLE) || b.is(IN_TITLE);
        let is_telling = a.weight().min(b.weight()) >= TELLING;
        let is_name = a.is(NAME | MAYBE_NAME) || b.is(NAME | MAYBE_NAME);
        if a.is(NUMBER) {
            self.has_told |= in_both;
        } else if a.is(LAND) {
            self.lands += u32::from(is_telling && (in_either || is_name));
        } else if may_name && is_name && is_telling && !a.is(PART_OF_LAND) {
            self.add_name(a.hash);
        } else if !a.is(PART_OF_LAND) {
            self.has_told |= is_telling && in_either;
        }
    }

    fn add_name(&mut self, name: u32) {
        if let Some(place) = self.named.get_mut(self.names) {
            *place = name;
        }
        self.names += 1;
    }

    fn add_shared(&mut self, a: Term, b: Term, [local_a, local_b]: [f32; 2]) {
        self.sides[0].find(a, local_a);
        let product = a.weight() * b.weight();
        self.words += u32::from(product > 0.0 && !a.is(NUMBER));
        // What only the texts share is of their kind as well: who measured the quake, on which day, in which league.
        let in_titles = a.is(IN_TITLE) || b.is(IN_TITLE);
        let is_kind = a.is(KIND) || b.is(KIND);
        let is_telling = a.weight().min(b.weight()) >= TELLING;
        self.has_telling |= is_telling && in_titles && !a.is(NUMBER) && !is_kind;
        let is_name = a.is(NAME) || b.is(NAME);
        self.has_name |= product > 0.0 && is_name && !a.is(NUMBER) && !is_kind;
        self.add_own(a, b, product > 0.0 && !is_kind);
        self.weight += (a.weight() + b.weight()) / 2.0;
        self.product += product;
        self.local_product += local_a * local_b;
        if a.is(IN_TITLE) && b.is(IN_TITLE) {
            self.title_product += product;
            self.plain_words += u32::from(!a.is(NAME | NUMBER));
            self.local_title += (local_a + local_b) / 2.0;
            self.local_title_product += local_a * local_b;
            self.rarest = self.rarest.max(local_a);
        }
    }
}
