//! Why two items tell of two things whatever their values are: the rules that give a pair 0, by name.

use super::arriving::{ArrivingItem, read_item};
use super::features::{Glance, Place};
use super::newest::Newest;
use super::shared::{Shared, Side};
use super::tables::{SavedTables, Tables};
use super::window::LiveItem;
use crate::text::sequels::Matter;

/// A rule that gives a pair 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parting {
    /// Of what they share nothing says anything: numbers alone, or words that every other text has.
    NothingShared,
    /// Each says which event it tells, and the other has nothing of that.
    OtherNames,
    /// One country is all that they share of what says something.
    OneCountry,
    /// One name is.
    OneName,
    /// The titles tell alike of two places.
    TwoPlaces,
    /// The titles number or count one thing otherwise.
    CountedOtherwise,
    /// One tells what came of what the other tells.
    Sequel,
}

impl Parting {
    /// The rule of now that parts two items, by the weights that words have in these tables: what is near decides too,
    /// when an item comes, and is not known any more. `None` if none does.
    pub fn of_now(saved: &SavedTables, a: &ArrivingItem, b: &ArrivingItem) -> Option<Self> {
        let mut tables = Tables::restore(saved);
        let mut read = |item: &ArrivingItem| {
            let language = tables.language(&item.language);
            let mut live = LiveItem::new(item, language, read_item(item));
            live.weigh(&tables);
            live
        };
        let (new, old) = match a.id > b.id {
            true => (read(a), read(b)),
            false => (read(b), read(a)),
        };
        let mut newest = Newest::default();
        newest.take_in((&new, tables.is_young(new.language)), std::iter::empty());
        let place = Place {
            relative_rank: 1.0,
            crowd: 1.0,
            number: 0,
            of: 1,
        };
        let glance = Glance::at(new.brief(), old.brief(), place);
        Shared::gather(&newest, &new, &old).parted_by(&newest, &new, &old, glance)
    }

    /// What it says of two items, for people.
    pub fn reason(self) -> &'static str {
        match self {
            Self::NothingShared => "they share no word that says anything",
            Self::OtherNames => {
                "each says which event it tells, and the other has nothing of that or other names in the same words"
            }
            Self::OneCountry => "one country is all that they share of what says something",
            Self::OneName => "one name is all that they share of what says something",
            Self::TwoPlaces => "their titles tell alike of two places",
            Self::CountedOtherwise => "their titles number or count one thing otherwise",
            Self::Sequel => "one tells what came of what the other tells: an appeal, a successor",
        }
    }
}

/// Hours from which on who goes and who comes, or a verdict and the appeal, are not told at once.
const SEQUEL_HOURS: f32 = 3.0;

/// True if one item tells what came of what the other tells, hours apart: who has an office then is somebody of whom the
/// text that it is left has nothing.
pub(super) fn follow_one_another(new: &LiveItem, old: &LiveItem, sides: &[Side; 2]) -> bool {
    let hours = new.hours_to(old);
    let follows = |then: &LiveItem, before: &LiveItem, of_then: &Side| match then
        .sequel
        .follows(before.sequel)
    {
        Some(Matter::Court) => true,
        Some(Matter::Office) => of_then.names_another(),
        None => false,
    };
    hours.is_some_and(|hours| hours >= SEQUEL_HOURS)
        && (follows(new, old, &sides[0]) || follows(old, new, &sides[1]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::news::{ItemId, utc_from_secs};

    fn item(id: i64, language: &str, title: &str) -> ArrivingItem {
        ArrivingItem {
            id: ItemId(id),
            language: language.to_owned(),
            item_time: utc_from_secs(id * 60),
            time_is_claimed: true,
            title: title.to_owned(),
            ..ArrivingItem::default()
        }
    }

    #[test]
    fn the_rule_that_parts_two_titles_is_known_by_its_name() {
        let cases = [
            (
                "en",
                "Vingegaard wins stage 9 of the Vuelta",
                "Vingegaard wins stage 12 of the Vuelta",
                Some(Parting::CountedOtherwise),
            ),
            (
                "de",
                "Zwei Tote bei Wohnungsbrand in Kassel",
                "Zwei Tote bei Wohnungsbrand in Rostock",
                Some(Parting::OtherNames),
            ),
            (
                "en",
                "Ferry sinks off Cebu",
                "Senate of Rome debates pensions",
                Some(Parting::NothingShared),
            ),
            (
                "en",
                "Ferry sinks off Cebu",
                "Cebu ferry sinks with dozens aboard",
                None,
            ),
        ];
        for (language, a, b, expected) in cases {
            let (a, b) = (item(1, language, a), item(2, language, b));
            let saved = SavedTables::default();
            assert_eq!(Parting::of_now(&saved, &a, &b), expected, "{}", a.title);
            assert_eq!(Parting::of_now(&saved, &b, &a), expected, "{}", b.title);
        }
    }
}
