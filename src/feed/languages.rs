//! The language of a document's items: as claimed, as an item's own words show, or as the items of the
//! feed show together, which may contradict what the document claims.

use std::cell::OnceCell;

use super::{ParsedFeed, ParsedItem};
use crate::text::language::{Claims, Shown, detect, shown_by, two_letters};

/// Tells the language of each item of one document.
pub struct Languages<'a> {
    /// By the operator, if that names a language.
    set: Option<&'a str>,
    parsed: &'a ParsedFeed,
    /// Worked out when the first item needs it.
    shown: OnceCell<Option<Shown>>,
}

impl<'a> Languages<'a> {
    /// Of a document; `set` is what the operator says of the feed, which counts more than what the
    /// document says of itself, and less than what an item says that differs from its document.
    pub fn new(set: Option<&'a str>, parsed: &'a ParsedFeed) -> Self {
        Self {
            set: set.filter(|tag| two_letters(tag).is_some()),
            parsed,
            shown: OnceCell::new(),
        }
    }

    /// The two-letter code of an item's language, or `und` if nothing tells.
    pub fn of(&self, item: &ParsedItem) -> String {
        let said = [item.title.as_str(), &item.summary, &item.content_text].join("\n");
        let of_document = self.parsed.language.as_deref();
        // Items have their document's claim where they make none.
        let own = item.language.as_deref();
        let claims = Claims {
            own: own.filter(|own| Some(*own) != of_document),
            set: self.set,
            of_document,
        };
        detect(claims, &said, || self.shown())
    }

    /// What the document says of its language though its items show another: both as two letters, the claim first. `None`
    /// where the operator has said which it is.
    pub fn contradiction(&self) -> Option<(String, String)> {
        let of_document = self.parsed.language.as_deref();
        let claim = of_document.filter(|_| self.set.is_none());
        let claim = two_letters(claim?)?;
        let shown = self.shown().filter(|shown| shown.refutes(&claim))?;
        Some((claim, shown.code))
    }

    fn shown(&self) -> Option<Shown> {
        let words = |item: &'a ParsedItem| match item.title.is_empty() {
            true => item.summary_or_content(),
            false => item.title.as_str(),
        };
        let shown = || shown_by(self.parsed.items.iter().map(words));
        self.shown.get_or_init(shown).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed_of(titles: &[&str]) -> ParsedFeed {
        let items = titles.iter().map(|title| ParsedItem {
            title: (*title).to_owned(),
            ..ParsedItem::default()
        });
        ParsedFeed {
            items: items.collect(),
            ..ParsedFeed::default()
        }
    }

    fn languages_of(titles: &[&str]) -> Vec<String> {
        let feed = feed_of(titles);
        let languages = Languages::new(None, &feed);
        feed.items.iter().map(|item| languages.of(item)).collect()
    }

    const ENGLISH: [&str; 6] = [
        "Minister resigns over ferry contract after weeks of pressure from parliament",
        "Bank cuts rate",
        "What the new budget means for pensioners and for families with children",
        "Storm closes the northern railway for a second day, and more snow is on its way",
        "Council votes to keep the old bridge open until the new one has been built",
        "Fire at the harbour is out, but smoke still hangs over the city, officials say",
    ];

    #[test]
    fn a_headline_too_short_to_tell_is_in_the_language_of_its_feed() {
        assert_eq!(languages_of(&ENGLISH), ["en"; 6]);
        assert_eq!(languages_of(&ENGLISH[1..2]), ["und"]);
    }

    #[test]
    fn what_the_operator_says_counts_more_than_the_document_and_less_than_an_item() {
        let mut feed = feed_of(&["Regeringen i kris", "Talks go on", "Bank cuts rate"]);
        feed.language = Some("en-us".to_owned());
        let claims = [Some("en-us"), None, Some("en-gb")];
        for (item, claim) in feed.items.iter_mut().zip(claims) {
            item.language = claim.map(str::to_owned);
        }
        let told = |set: Option<&str>| -> Vec<String> {
            let languages = Languages::new(set, &feed);
            feed.items.iter().map(|item| languages.of(item)).collect()
        };
        assert_eq!(told(Some("sv")), ["sv", "sv", "en"]);
        assert_eq!(told(Some("und")), ["en"; 3]);
        assert_eq!(told(None), ["en"; 3]);
    }

    #[test]
    fn a_document_that_claims_another_language_than_its_items_show_is_not_believed() {
        let titles = [
            "Neun Tote bei Busunfall nahe Nordhausen",
            "Seilbahn bei Oberwiesenthal abgestürzt: 9 Tote",
            "Bank senkt Zins",
            "Die Feuerwehr hat den Brand im Hafen nach zwei Tagen gelöscht",
            "Das Ministerium will die Renten im nächsten Jahr erhöhen",
            "Bundesregierung beschließt Entlastung für Familien mit mehreren Kindern",
            "Zahl der Toten nach Unglück in den Bergen steigt auf 14",
        ];
        let mut feed = feed_of(&titles);
        feed.language = Some("en-US".to_owned());
        for item in &mut feed.items {
            item.language.clone_from(&feed.language);
        }
        let told = |set: Option<&str>| -> Vec<String> {
            let languages = Languages::new(set, &feed);
            feed.items.iter().map(|item| languages.of(item)).collect()
        };
        assert_eq!(told(None), ["de"; 7]);
        assert_eq!(told(Some("en")), ["en"; 7]);
        let both = Some(("en".to_owned(), "de".to_owned()));
        assert_eq!(Languages::new(None, &feed).contradiction(), both);
        assert_eq!(Languages::new(Some("en"), &feed).contradiction(), None);
    }

    #[test]
    fn a_document_of_names_is_in_the_language_that_it_claims() {
        let titles = [
            "Sinner beats Alcaraz",
            "Verstappen, Norris, Piastri: Monza practice results",
            "Bayern München 3 Borussia Dortmund 1",
            "Paris Saint-Germain v Olympique de Marseille: line-ups",
            "Le Pen, Mélenchon, Bardella",
        ];
        let mut feed = feed_of(&titles);
        feed.language = Some("en".to_owned());
        let languages = Languages::new(None, &feed);
        let told: Vec<String> = feed.items.iter().map(|item| languages.of(item)).collect();
        assert_eq!(told, ["en"; 5]);
    }

    #[test]
    fn however_many_names_a_document_has_they_contradict_no_claim() {
        let results = [
            "Bayern München 3-1 Borussia Dortmund",
            "Werder Bremen 0-0 Eintracht Frankfurt",
            "VfB Stuttgart 2-2 Bayer Leverkusen",
            "Borussia Mönchengladbach 1-4 RB Leipzig",
            "Union Berlin 1-0 Hertha Berlin",
            "Mainz 05 2-1 FC Augsburg",
            "Schalke 04 0-2 Hamburger SV",
            "1. FC Köln 3-3 SC Freiburg",
            "Fortuna Düsseldorf 1-0 Hannover 96",
            "Holstein Kiel 1-1 VfL Wolfsburg",
        ];
        let quakes = [
            "M 4.5 - 12 km SSW of Puerto San Carlos, Mexico",
            "M 5.1 - 33 km NE of San Antonio de los Cobres, Argentina",
            "M 4.8 - 20 km W of Santa Cruz del Sur",
            "M 4.4 - 88 km S of Puerto Armuelles, Panama",
            "M 4.9 - 50 km NNW of Nueva Concepcion, Guatemala",
            "M 4.6 - 7 km E of La Libertad, El Salvador",
            "M 5.0 - 40 km SW of Las Choapas",
            "M 4.3 - 15 km N of Villa General Roca, Argentina",
            "M 4.7 - 60 km W of San Pedro de Atacama, Chile",
            "M 4.5 - 10 km S of Los Amates",
        ];
        let all_at_once = [results.join(", ")];
        for titles in [&results[..], &quakes, &[all_at_once[0].as_str(); 10]] {
            let mut feed = feed_of(titles);
            feed.language = Some("en-GB".to_owned());
            let languages = Languages::new(None, &feed);
            assert_eq!(languages.contradiction(), None);
            let told: Vec<String> = feed.items.iter().map(|item| languages.of(item)).collect();
            assert_eq!(told, ["en"; 10]);
        }
    }

    #[test]
    fn an_item_in_another_script_or_another_language_for_sure_stays_in_its_own() {
        let german = "Der Rat hat am späten Montag beschlossen, die alte Brücke offen zu halten, bis die neue steht";
        let titles = [
            &ENGLISH[..],
            &ENGLISH,
            &["Банк снизил ставку", german, "42"],
        ]
        .concat();
        let told = languages_of(&titles);
        assert_eq!(told[..12], ["en"; 12]);
        assert_ne!(told[12], "en");
        assert_eq!(told[13..], ["de", "und"]);
    }

    #[test]
    fn a_feed_of_two_languages_tells_nothing_of_a_short_headline() {
        let titles = [
            ENGLISH[0],
            "Der Rat hat beschlossen, die alte Brücke offen zu halten",
            ENGLISH[2],
            "Die Feuerwehr hat den Brand im Hafen nach zwei Tagen gelöscht",
            ENGLISH[3],
            "Das Ministerium will die Renten im nächsten Jahr erhöhen",
            "Bank Rate",
        ];
        assert_eq!(languages_of(&titles)[6], "und");
    }
}
