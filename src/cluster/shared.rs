//! What two items share, word by word, and the rules by which that parts them.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::arriving::{
    CAPITAL, IN_LEAD, IN_TITLE, KIND, LAND, NUMBER, OPENER, PART_OF_LAND, PLACE, WIDE,
};
use super::features::{ABSENT, Glance, ratio};
use super::newest::Newest;
use super::parting::{Parting, follow_one_another};
use super::reprints::SAME_WORDS;
use super::window::{LiveItem, MAYBE_NAME, NAME, Term};
use crate::text::words::hash_word;

/// Sums over one item's own terms.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Side {
    title: f32,
    title_found: f32,
    names: f32,
    names_found: f32,
    pub(super) title_squares: f32,
    pub(super) squares: f32,
    /// Words of the title that are names, or stand for them; and those of them that are not in the other item.
    pub(super) naming: u32,
    pub(super) lacking: u32,
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
    /// Towns that the lead alone names, by the word before them, and which are not in the other item; and so countries
    /// and parts of them.
    lacking_lead_towns: u32,
    lacking_lead_lands: u32,
    has_lead: bool,
}

impl Side {
    /// Adds a term that stands in the other item too, or not.
    pub(super) fn add(&mut self, term: Term, local: f32, found: bool) {
        self.squares += local * local;
        self.lacking_places += u32::from(tells_where(term));
        self.has_lead |= term.is(IN_LEAD);
        if term.is(IN_TITLE) {
            self.add_of_title(term, local);
        } else if names_place(term) && has_capital(term) {
            let lacking = self.lacking_in_lead(term);
            *lacking += 1;
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
            if names_place(term) && has_capital(term) {
                let lacking = self.lacking_in_lead(term);
                *lacking -= 1;
            }
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

    /// True if its title says where by countries, or parts of them, alone.
    fn names_lands_alone(&self) -> bool {
        self.wide_places == self.title_places
    }

    /// True if its title has a name of which the other text has nothing.
    pub(super) fn names_another(&self) -> bool {
        self.lacking + self.lacking_maybe > 0
    }

    fn lacking_in_lead(&mut self, place: Term) -> &mut u32 {
        match place.is(WIDE) {
            true => &mut self.lacking_lead_lands,
            false => &mut self.lacking_lead_towns,
        }
    }

    pub(super) fn coverage(self) -> f32 {
        ratio(self.title_found, self.title)
    }

    pub(super) fn names(self) -> f32 {
        if self.names > 0.0 {
            self.names_found / self.names
        } else {
            ABSENT
        }
    }
}

/// True if both titles have numbers, and share none.
fn count_otherwise(new: &LiveItem, old: &LiveItem) -> bool {
    let is_shared = |number| old.title_numbers().any(|other| other == number);
    new.title_has_number && old.title_has_number && !new.title_numbers().any(is_shared)
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
    term.is(PLACE) && term.says_which() && (term.is(IN_TITLE) || !has_capital(term))
}

fn has_capital(term: Term) -> bool {
    term.is(CAPITAL | OPENER)
}

/// Sums over the terms that two items share.
#[derive(Default)]
pub(super) struct Shared {
    pub(super) weight: f32,
    pub(super) product: f32,
    pub(super) title_product: f32,
    pub(super) local_title: f32,
    pub(super) local_title_product: f32,
    pub(super) local_product: f32,
    pub(super) rarest: f32,
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
    /// Names that they share, but for countries.
    names: Names,
    /// Those of them that both titles have, and that are names by the tables.
    title_names: Names,
    /// True if their titles share a number that is less often met than small ones.
    has_rare_number: bool,
    /// True if both titles have numbers, and share none.
    has_other_numbers: bool,
    /// Words that both leads have and the titles have not, which say something beside what kind of event it is; and those
    /// of them that are no names.
    told_in_leads: u32,
    plain_in_leads: u32,
    /// True if one title says where by a country or a part of one, the other by a town, and they agree in what else says
    /// something: the town may lie there.
    is_one_place: bool,
    /// Names of countries that they share, of some weight.
    lands: u32,
    pub(super) sides: [Side; 2],
}

/// Names that two texts share: how many, and the first two.
#[derive(Clone, Copy, Debug, Default)]
struct Names {
    count: usize,
    first: [u32; 2],
}

impl Names {
    fn add(&mut self, name: u32) {
        if let Some(place) = self.first.get_mut(self.count) {
            *place = name;
        }
        self.count += 1;
    }

    fn first(&self) -> &[u32] {
        &self.first[..self.count.min(self.first.len())]
    }

    /// True if it is one name; two neighbours of both titles are.
    fn are_one(&self, new: &LiveItem, old: &LiveItem) -> bool {
        match self.count {
            1 => true,
            2 => [new, old]
                .iter()
                .all(|item| item.has_side_by_side(self.first)),
            _ => false,
        }
    }
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
/// Other words of each that may differ where its numbers do too: of 13 made-up pairs behind 1,200 items of news one is
/// one event where three were; the labelled streams of outlets lose .002 / .007, which is one of their events.
const WORDS_BESIDE_NUMBERS: u32 = 3;
/// Names that two titles must share beside a land and a town for these to be one place, and so many where each noun
/// looks like a name; and words beside names that their leads share then: two who meet, meet in many places.
const NAMES_OF_ONE_PLACE: usize = 2;
const NOUNS_OF_ONE_PLACE: usize = 3;
const TOLD_OF_ONE_PLACE: u32 = 2;
/// Whole numbers that two titles of two events seldom share: neither small ones nor years.
const RARE_NUMBERS: std::ops::Range<u32> = 10..1900;

static RARE_NUMBER_HASHES: LazyLock<FxHashSet<u32>> =
    LazyLock::new(|| RARE_NUMBERS.map(|n| hash_word(&n.to_string())).collect());

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
        shared.has_other_numbers = count_otherwise(new, old);
        shared.terms.1 = new.terms.len() + old.terms.len() - shared.terms.0;
        shared.is_one_place = shared.are_town_and_land() && shared.agree_but_for_place(new, old);
        shared
    }

    /// The first rule that parts them; `None` if none does. Two items that share numbers alone, whatever they are, tell of
    /// nothing in common; nor do two of two languages that share a number and one word beside it which is no name, such as
    /// that people died; nor two that share one country alone, that tell of two places in the same words, or that number
    /// or count one thing otherwise, or one of which came of the other.
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
        } else if follow_one_another(new, old, &self.sides) {
            Some(Parting::Sequel)
        } else {
            None
        }
    }

    /// True if the titles say the same in the same words of different names, as the reports of two
    /// matches of a league do. Where each has numbers of its own a few words may differ too: `EU fines Apple 500 million
    /// euros over app store rules` and `EU fines Meta 200 million euros over subscription`.
    pub(super) fn is_one_template(&self) -> bool {
        let lacks_name = |side: &Side| side.lacking_names + side.lacking_maybe > 0;
        let may_lack = match self.has_other_numbers {
            true => WORDS_BESIDE_NUMBERS,
            false => 0,
        };
        let differs = |side: &Side| lacks_name(side) && side.lacking_words <= may_lack;
        self.plain_words >= TEMPLATE_WORDS
            && self.sides.iter().all(differs)
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
        let is_all = self.names.count == 0 && !self.has_told;
        self.lands == 1 && is_all && self.sides.iter().all(shows_names)
    }

    /// The same of any one name, where titles have names and are not spelled alike: what a town's paper tells of one day.
    /// Two neighbours of both titles are one name.
    fn share_a_name_alone(&self, tables: &Newest, new: &LiveItem, old: &LiveItem) -> bool {
        let have_names = self.sides.iter().all(|side| side.title_names > 0);
        let is_one = self.names.are_one(new, old);
        let is_all = is_one && self.lands == 0 && !self.has_told;
        is_all && have_names && self.spelling_beside(tables, new, old) < SPELLED_ALIKE
    }

    /// As [`gram_cosine`], but for the 4-grams of the names that both titles have.
    fn spelling_beside(&self, tables: &Newest, new: &LiveItem, old: &LiveItem) -> f32 {
        let named = self.names.first().iter();
        let of_names = named.map(|name| new.grams_of(*name).min(old.grams_of(*name)));
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
        !self.is_one_place && sides.all(|side| are_elsewhere(side) && are_alike(side))
    }

    /// True if one title says where by countries, or parts of them, alone, and the other by a town.
    fn are_town_and_land(&self) -> bool {
        let [new, old] = &self.sides;
        let say_where = new.title_places > 0 && old.title_places > 0;
        say_where && new.names_lands_alone() != old.names_lands_alone()
    }

    /// True if two titles of a town and a land share so many names, or a number that is less often met, that the town may
    /// lie there, and their leads if both have one agree in something else: neither counts otherwise, nor does the lead that goes
    /// with the land name a town, or the other a land, of which the other text has nothing. That a text has the place of
    /// the other's title is told elsewhere.
    fn agree_but_for_place(&self, new: &LiveItem, old: &LiveItem) -> bool {
        let [new_side, old_side] = &self.sides;
        let (land, town) = match new_side.names_lands_alone() {
            true => (new_side, old_side),
            false => (old_side, new_side),
        };
        let are_elsewhere = land.lacking_lead_towns > 0 || town.lacking_lead_lands > 0;
        let least = match new.nouns_have_capitals {
            true => NOUNS_OF_ONE_PLACE,
            false => NAMES_OF_ONE_PLACE,
        };
        let share_names = self.title_names.count >= least && !self.title_names.are_one(new, old);
        let have_leads = land.has_lead && town.has_lead;
        let agree_in_names =
            share_names && (!have_leads || self.plain_in_leads >= TOLD_OF_ONE_PLACE);
        let agree_in_number = self.has_rare_number && (!have_leads || self.told_in_leads > 0);
        (agree_in_names || agree_in_number) && !are_elsewhere && !count_otherwise(new, old)
    }

    /// True if they may be one place, and that is all by which the names of the titles differ.
    fn tell_one_place_twice(&self) -> bool {
        let lacks_place_alone = |side: &Side| {
            side.title_places == 1
                && side.found_places == 0
                && side.lacking_names + side.lacking_maybe == 1
        };
        self.is_one_place && self.sides.iter().all(lacks_place_alone)
    }

    /// Notes what two texts share beside the name of a country; `may_name` if its kind allows that it is a name.
    fn add_own(&mut self, a: Term, b: Term, may_name: bool) {
        let in_both = a.is(IN_TITLE) && b.is(IN_TITLE);
        let in_either = a.is(IN_TITLE) || b.is(IN_TITLE);
        let is_telling = a.weight().min(b.weight()) >= TELLING;
        let is_name = a.is(NAME | MAYBE_NAME) || b.is(NAME | MAYBE_NAME);
        if a.is(NUMBER) {
            self.has_told |= in_both;
            self.has_rare_number |= in_both && RARE_NUMBER_HASHES.contains(&a.hash);
        } else if a.is(LAND) {
            self.lands += u32::from(is_telling && (in_either || is_name));
        } else if may_name && is_name && is_telling && !a.is(PART_OF_LAND) {
            self.names.add(a.hash);
            if in_both && a.is(NAME) && b.is(NAME) {
                self.title_names.add(a.hash);
            }
        } else if !a.is(PART_OF_LAND) {
            self.has_told |= is_telling && in_either;
        }
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
        let in_leads = a.is(IN_LEAD) && b.is(IN_LEAD) && !(a.is(IN_TITLE) && b.is(IN_TITLE));
        let is_told = in_leads && is_telling && !is_kind && !a.is(NUMBER);
        let may_be_name = has_capital(a) || has_capital(b) || a.is(NAME) || b.is(NAME);
        self.told_in_leads += u32::from(is_told);
        self.plain_in_leads += u32::from(is_told && !may_be_name);
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
