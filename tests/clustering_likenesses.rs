//! Likenesses: reports of one kind that tell of two towns, of two nights, or of two things of one country, and such as
//! tell of one all the same.

use dateline::cluster::{ArrivingItem, Engine, Settings, Weights};
use dateline::decisions::Constraints;
use dateline::news::{EventId, ItemId, OutletId, utc_from_secs};

use super::clustering_streams::{NOON, other_news};

/// A report: minutes after noon, language, title and lead. Each is of an outlet of its own.
pub(super) type Report = (i64, &'static str, &'static str, &'static str);

/// Reports, and a letter for each: those of one event have the same.
pub(super) type Told = (&'static str, &'static [Report]);

/// Letters of the events in which reports stand after a thousand items of other news in English, or in an empty database.
fn letters_of(reports: &[Report], after_news: bool) -> String {
    let other = other_news().filter(|_| after_news);
    let other = other.map(|(secs, title)| (secs, "en", OutletId(1), title, String::new()));
    let told = reports
        .iter()
        .zip(2..)
        .map(|((minutes, language, title, lead), outlet)| {
            let (title, lead) = ((*title).to_owned(), (*lead).to_owned());
            (
                NOON + minutes * 60,
                *language,
                OutletId(outlet),
                title,
                lead,
            )
        });
    let mut engine = Engine::new(Settings::default(), Weights::embedded(), EventId(1));
    let mut ids = Vec::new();
    for ((secs, language, outlet, title, summary), id) in other.chain(told).zip(1..) {
        engine.arrive(&ArrivingItem {
            id: ItemId(id),
            outlet,
            language: language.to_owned(),
            item_time: utc_from_secs(secs),
            time_is_claimed: true,
            title,
            summary,
            ..ArrivingItem::default()
        });
        ids.push(ItemId(id));
    }
    engine.settle(&Constraints::default());
    let mut known = Vec::new();
    let letters = ids[ids.len() - reports.len()..].iter().map(|item| {
        let event = engine.event_of(*item).expect("it tells an event");
        let place = known.iter().position(|other| *other == event);
        let place = place.unwrap_or_else(|| {
            known.push(event);
            known.len() - 1
        });
        char::from(b'a' + place as u8)
    });
    letters.collect()
}

pub(super) fn check(told: &[Told]) {
    for (expected, reports) in told {
        for after_news in [true, false] {
            let letters = letters_of(reports, after_news);
            assert_eq!(
                &letters, expected,
                "after news: {after_news}, {:?}",
                reports[0].2
            );
        }
    }
}

#[test]
fn one_kind_of_thing_of_two_towns_or_people_is_two_events_where_every_noun_has_a_capital() {
    check(&[
        (
            "aabb",
            &[
                (
                    0,
                    "de",
                    "Frau in Rostock getötet: Ehemann festgenommen",
                    "In Rostock ist am Morgen eine Frau in ihrer Wohnung getötet worden. Die Polizei nahm den Ehemann fest.",
                ),
                (
                    7,
                    "de",
                    "Rostock: Mann soll seine Ehefrau getötet haben",
                    "Nach dem Tod einer Frau in Rostock sitzt der Mann in Haft.",
                ),
                (
                    60,
                    "de",
                    "Frau in Kassel getötet: Ehemann festgenommen",
                    "In Kassel ist am Morgen eine Frau in ihrer Wohnung getötet worden. Die Polizei nahm den Ehemann fest.",
                ),
                (
                    67,
                    "de",
                    "Kassel: Mann soll seine Ehefrau getötet haben",
                    "Nach dem Tod einer Frau in Kassel sitzt der Mann in Haft.",
                ),
            ],
        ),
        (
            "aabb",
            &[
                (
                    0,
                    "de",
                    "Explosion in Wohnhaus in Gotha",
                    "In Gotha ist ein Wohnhaus explodiert.",
                ),
                (
                    7,
                    "de",
                    "Gotha: Wohnhaus explodiert, mehrere Verletzte",
                    "Die Ursache ist unklar.",
                ),
                (
                    60,
                    "de",
                    "Explosion in Wohnhaus in Wesel",
                    "In Wesel ist ein Wohnhaus explodiert.",
                ),
                (
                    67,
                    "de",
                    "Wesel: Wohnhaus explodiert, mehrere Verletzte",
                    "Die Ursache ist unklar.",
                ),
            ],
        ),
        (
            "aabb",
            &[
                (
                    0,
                    "de",
                    "Brandner tritt zurück",
                    "Brandner hat seinen Rücktritt erklärt.",
                ),
                (
                    7,
                    "de",
                    "Minister Brandner erklärt Rücktritt",
                    "Er zog die Konsequenzen.",
                ),
                (
                    60,
                    "de",
                    "Wissmann tritt zurück",
                    "Wissmann hat seinen Rücktritt erklärt.",
                ),
                (
                    67,
                    "de",
                    "Minister Wissmann erklärt Rücktritt",
                    "Er zog die Konsequenzen.",
                ),
            ],
        ),
        (
            "aabb",
            &[
                (
                    0,
                    "de",
                    "Landtagswahl in Sachsen: SPD stärkste Kraft",
                    "Bei der Landtagswahl in Sachsen liegt die SPD nach ersten Hochrechnungen vorn.",
                ),
                (
                    7,
                    "de",
                    "SPD gewinnt Landtagswahl in Sachsen",
                    "Die SPD wird in Sachsen stärkste Kraft.",
                ),
                (
                    60,
                    "de",
                    "Landtagswahl in Hessen: SPD stärkste Kraft",
                    "Bei der Landtagswahl in Hessen liegt die SPD nach ersten Hochrechnungen vorn.",
                ),
                (
                    67,
                    "de",
                    "SPD gewinnt Landtagswahl in Hessen",
                    "Die SPD wird in Hessen stärkste Kraft.",
                ),
            ],
        ),
    ]);
}

#[test]
fn a_town_or_a_person_is_a_name_though_it_ends_as_a_kind_of_thing_does() {
    check(&[
        (
            "aaabbb",
            &[
                (0, "de", "Zwei Tote bei Wohnungsbrand in Düsseldorf", ""),
                (
                    18,
                    "de",
                    "Düsseldorf: Zwei Menschen sterben bei Brand in Wohnung",
                    "",
                ),
                (36, "de", "Brand in Düsseldorf: Zwei Bewohner tot", ""),
                (60, "de", "Zwei Tote bei Wohnungsbrand in Ingolstadt", ""),
                (
                    78,
                    "de",
                    "Ingolstadt: Zwei Menschen sterben bei Brand in Wohnung",
                    "",
                ),
                (96, "de", "Brand in Ingolstadt: Zwei Bewohner tot", ""),
            ],
        ),
        (
            "aabb",
            &[
                (0, "de", "Minister Wieland tritt zurück", ""),
                (18, "de", "Rücktritt von Minister Wieland", ""),
                (60, "de", "Minister Hildebrand tritt zurück", ""),
                (78, "de", "Rücktritt von Minister Hildebrand", ""),
            ],
        ),
    ]);
}

#[test]
fn one_event_in_other_nouns_is_one_where_every_noun_has_a_capital() {
    check(&[
        (
            "aa",
            &[
                (
                    0,
                    "de",
                    "Explosion in Wohnhaus in Gotha",
                    "In Gotha ist ein Wohnhaus explodiert, die Feuerwehr löscht.",
                ),
                (
                    15,
                    "de",
                    "Gotha: Mehrere Verletzte nach Explosion",
                    "Ein Wohnhaus ist am Morgen explodiert.",
                ),
            ],
        ),
        (
            "aa",
            &[
                (
                    0,
                    "de",
                    "Rentenpaket: Koalition einigt sich",
                    "Union und SPD haben sich auf das Rentenpaket geeinigt.",
                ),
                (
                    15,
                    "de",
                    "Einigung beim Rentenpaket",
                    "Die Koalition hat ihren Streit um die Rente beigelegt.",
                ),
            ],
        ),
    ]);
}

#[test]
fn an_apostrophe_shows_the_name_of_a_town_in_turkish_though_it_opens_the_title() {
    check(&[(
        "aabb",
        &[
            (
                0,
                "tr",
                "Kayseri'de trafik kazası: 4 ölü, 6 yaralı",
                "Otomobil ile kamyon çarpıştı.",
            ),
            (
                7,
                "tr",
                "Kayseri'de feci kaza: 4 kişi hayatını kaybetti",
                "Kazada 6 kişi yaralandı.",
            ),
            (
                60,
                "tr",
                "Samsun'da trafik kazası: 4 ölü, 6 yaralı",
                "Otomobil ile kamyon çarpıştı.",
            ),
            (
                67,
                "tr",
                "Samsun'da feci kaza: 4 kişi hayatını kaybetti",
                "Kazada 6 kişi yaralandı.",
            ),
        ],
    )]);
}

#[test]
fn attacks_on_one_town_of_two_nights_are_two_events_if_each_tells_its_own_dead() {
    check(&[(
        "aabb",
        &[
            (
                0,
                "en",
                "Drone attack on Marev kills three, mayor says",
                "Drones struck the city of Marev before dawn on Sunday, killing three people in a block of flats.",
            ),
            (
                6,
                "en",
                "Drone attack on Marev kills at least 3",
                "At least three people died when drones hit flats in Marev overnight.",
            ),
            (
                1440,
                "en",
                "Drone attack on Marev kills five, mayor says",
                "Drones struck the city of Marev before dawn on Monday, killing five people at a market.",
            ),
            (
                1446,
                "en",
                "Drone attack on Marev kills at least 5",
                "At least five people died when drones hit a market in Marev overnight.",
            ),
        ],
    )]);
}

#[test]
fn a_toll_that_is_said_to_have_risen_or_rises_within_hours_is_of_one_event() {
    check(&[
        (
            "aaaa",
            &[
                (
                    0,
                    "en",
                    "Landslide in Marev kills 12",
                    "A landslide buried a village near Marev on Sunday.",
                ),
                (
                    6,
                    "en",
                    "Marev landslide kills 12",
                    "Rescuers dig for survivors near Marev.",
                ),
                (
                    1440,
                    "en",
                    "Marev landslide death toll rises to 40",
                    "Rescuers found more bodies under the landslide near Marev.",
                ),
                (
                    1446,
                    "en",
                    "Toll of Marev landslide climbs to 40",
                    "More bodies were found near Marev.",
                ),
            ],
        ),
        (
            "aa",
            &[
                (
                    0,
                    "en",
                    "Drone attack on Marev kills three, mayor says",
                    "Drones struck the city of Marev before dawn on Sunday.",
                ),
                (
                    300,
                    "en",
                    "Drone attack on Marev kills five, mayor says",
                    "Two more people died in Marev after drones struck before dawn on Sunday.",
                ),
            ],
        ),
    ]);
}

#[test]
fn what_titles_number_otherwise_are_two_events() {
    check(&[
        (
            "aabb",
            &[
                (
                    0,
                    "en",
                    "Okafor wins stage 12 of Tour of Iberia",
                    "Ben Okafor won at the summit.",
                ),
                (
                    6,
                    "en",
                    "Tour of Iberia: Okafor storms to stage 12 victory",
                    "Okafor won.",
                ),
                (
                    1440,
                    "en",
                    "Okafor wins stage 13 of Tour of Iberia",
                    "Ben Okafor won the time trial.",
                ),
                (
                    1446,
                    "en",
                    "Tour of Iberia: Okafor storms to stage 13 victory",
                    "Okafor won.",
                ),
            ],
        ),
        (
            "aabb",
            &[
                (
                    0,
                    "en",
                    "Marev government wins first confidence vote",
                    "Prime minister Anders Holt survived.",
                ),
                (
                    6,
                    "en",
                    "Holt survives first no-confidence vote",
                    "The prime minister survived.",
                ),
                (
                    120,
                    "en",
                    "Marev government wins second confidence vote",
                    "Prime minister Anders Holt survived again.",
                ),
                (
                    126,
                    "en",
                    "Holt survives second no-confidence vote",
                    "The prime minister survived.",
                ),
            ],
        ),
    ]);
}

#[test]
fn a_country_alone_makes_no_event() {
    check(&[
        (
            "aab",
            &[
                (
                    0,
                    "en",
                    "Landslide in Nepal kills 12",
                    "At least 12 people died when a landslide swept away houses in Taplejung district.",
                ),
                (
                    15,
                    "en",
                    "Landslide kills at least 12 in eastern Nepal, police say",
                    "Rain set off a landslide in Taplejung district, a police official said.",
                ),
                (
                    120,
                    "en",
                    "Nepal offers free climbs to 97 peaks as tourism surges",
                    "The tourism department hopes to draw climbers to remote regions.",
                ),
            ],
        ),
        (
            "ab",
            &[
                (
                    0,
                    "en",
                    "Bus crash in Brazil kills 11",
                    "A bus collided with a truck.",
                ),
                (15, "en", "Why tariffs haven't gotten Brazil to cave", ""),
            ],
        ),
        (
            "ab",
            &[
                (0, "en", "Bus crash in Brazil kills 11", ""),
                (15, "en", "Brazil clamped down on big tech", ""),
            ],
        ),
        (
            "aa",
            &[
                (0, "en", "Quake strikes Nepal", ""),
                (15, "en", "Nepal hit by strong quake", ""),
            ],
        ),
    ]);
}

#[test]
fn a_name_alone_makes_no_event() {
    check(&[
        (
            "abcdef",
            &[
                (
                    0,
                    "en",
                    "Court in Osaka rejects appeal by former mayor Walsh",
                    "The court upheld the bribery conviction of the former mayor. He must serve two years.",
                ),
                (
                    30,
                    "en",
                    "Flooded Osaka hospital takes patients again",
                    "Patients returned five weeks after a burst main filled its cellars.",
                ),
                (
                    60,
                    "en",
                    "Osaka police seize 23 kilos of cocaine",
                    "The drugs were hidden in crates of pineapples. Two men were arrested.",
                ),
                (
                    90,
                    "en",
                    "Wolf seen in suburb of Osaka",
                    "A driver filmed the animal crossing a road. Schools kept children indoors.",
                ),
                (
                    120,
                    "en",
                    "Osaka museum buys painting by Rossi for 571 million",
                    "The still life of 1921 will hang in a room of its own from March.",
                ),
                (
                    150,
                    "en",
                    "Osaka airport to get third runway by 2040",
                    "The transport ministry approved the plan in spite of protests by fishermen.",
                ),
            ],
        ),
        (
            "ab",
            &[
                (0, "en", "Halvorsen lets troops carry firearms on bases", ""),
                (
                    20,
                    "en",
                    "Army chief of staff fired by Halvorsen, sources say",
                    "",
                ),
            ],
        ),
        (
            "aa",
            &[
                (0, "en", "Quake rattles Osaka", ""),
                (15, "en", "Osaka shaken by strong quake", ""),
            ],
        ),
    ]);
}

/// Reports of one event, six minutes apart, without leads.
fn check_one_event(language: &'static str, titles: &[&'static str]) {
    let reports: Vec<Report> = (0..)
        .zip(titles)
        .map(|(at, title)| (at * 6, language, *title, ""))
        .collect();
    let letters = letters_of(&reports, true);
    assert!(
        letters.chars().all(|letter| letter == 'a'),
        "{letters} {titles:?}"
    );
}

#[test]
fn a_country_or_a_part_of_one_is_the_place_of_each_town_in_it() {
    check_one_event(
        "en",
        &[
            "Israeli strike in Beirut kills Hezbollah commander Tabtabai",
            "Israeli strike in Lebanon kills Hezbollah commander Tabtabai",
        ],
    );
    check_one_event(
        "sv",
        &[
            "Minst elva döda i skjutning i Sydney",
            "Minst elva döda i skjutning i Australien",
        ],
    );
    check_one_event(
        "ru",
        &[
            "Не менее 11 человек погибли при стрельбе в Австралии",
            "Не менее 11 человек погибли при стрельбе в Сиднее",
        ],
    );
    check(&[
        (
            "aa",
            &[
                (
                    0,
                    "de",
                    "Zwei Tote bei Messerangriff in Bayern",
                    "In einem Park in Aschaffenburg hat ein Mann auf Passanten eingestochen.",
                ),
                (
                    6,
                    "de",
                    "Zwei Tote bei Messerangriff in Aschaffenburg",
                    "Der Täter wurde nahe dem Bahnhof festgenommen.",
                ),
            ],
        ),
        (
            "aa",
            &[
                (
                    0,
                    "en",
                    "Bus crash in Kenya kills 21",
                    "The bus plunged into a ditch, police said.",
                ),
                (
                    6,
                    "en",
                    "Bus crash in Kisumu kills 24",
                    "It is the worst accident in Kenya this year.",
                ),
            ],
        ),
    ]);
}

#[test]
fn a_land_and_a_town_are_two_places_where_nothing_says_that_the_town_lies_there() {
    for (language, a, b) in [
        (
            "en",
            "Bus crash in Kenya kills 21",
            "Bus crash in Lima kills 14",
        ),
        (
            "en",
            "Earthquake in Peru kills 12",
            "Earthquake in Herat kills 9",
        ),
        (
            "en",
            "Mass shooting in Brazil leaves five dead",
            "Mass shooting in Leeds leaves five dead",
        ),
        (
            "en",
            "Small plane crashes in Texas, killing four",
            "Small plane crashes in Devon, killing three",
        ),
        (
            "de",
            "Zwei Tote bei Brand in Bayern",
            "Zwei Tote bei Brand in Rostock",
        ),
        (
            "de",
            "Messerangriff in Frankreich: Zwei Verletzte",
            "Messerangriff in Dortmund: Zwei Verletzte",
        ),
        (
            "nl",
            "Dode bij woningbrand in Limburg",
            "Dode bij woningbrand in Haarlem",
        ),
        (
            "sv",
            "Man skjuten till döds i Skåne",
            "Man skjuten till döds i Gävle",
        ),
        (
            "es",
            "Terremoto en Perú deja tres muertos",
            "Terremoto en Manila deja cinco muertos",
        ),
        (
            "it",
            "Valanga in Austria, due morti",
            "Valanga a Cervinia, due morti",
        ),
    ] {
        let letters = letters_of(&[(0, language, a, ""), (6, language, b, "")], false);
        assert_eq!(letters, "ab", "{a} / {b}");
    }
    // A number that both have says nothing if a lead says that it is elsewhere.
    check(&[(
        "ab",
        &[
            (
                0,
                "en",
                "Factory explosion in India kills 12",
                "The blast tore through a plant near Pune.",
            ),
            (
                6,
                "en",
                "Factory explosion in Izmir kills 12",
                "Rescuers pulled survivors from the ruins.",
            ),
        ],
    )]);
    // Nor does it, or who met whom, if the leads have nothing in common.
    for reports in [
        [
            (
                0,
                "en",
                "Bus crash kills 17 in Kenya",
                "A bus fell into a ravine.",
            ),
            (
                60,
                "en",
                "Bus crash kills 17 in Cusco",
                "A lorry hit the bus.",
            ),
        ],
        [
            (
                0,
                "de",
                "Busunglück in Kenia fordert 17 Tote",
                "Ein Bus stürzte in eine Schlucht.",
            ),
            (
                60,
                "de",
                "Busunglück in Lima fordert 17 Tote",
                "Ein Laster rammte den Bus.",
            ),
        ],
        [
            (
                0,
                "en",
                "Harris and Walz hold rally in Georgia",
                "Kamala Harris and Tim Walz spoke to thousands.",
            ),
            (
                60,
                "en",
                "Harris and Walz hold rally in Milwaukee",
                "Kamala Harris and Tim Walz filled an arena.",
            ),
        ],
    ] {
        let letters = letters_of(&reports, true);
        assert_eq!(letters, "ab", "{}", reports[0].2);
    }
}

#[test]
fn two_nouns_behind_against_are_no_two_opponents_where_every_noun_has_a_capital() {
    check_one_event(
        "de",
        &[
            "Supreme Court entscheidet gegen Trump im Zollstreit",
            "Zollstreit: Supreme Court entscheidet gegen US-Regierung",
        ],
    );
}

#[test]
fn dates_days_of_the_week_and_titles_won_part_no_event() {
    check_one_event(
        "de",
        &[
            "Lokführer der GDL streiken ab 3. Dezember bei der Bahn",
            "Lokführer der GDL streiken bei der Bahn bis 5. Dezember",
        ],
    );
    check_one_event(
        "pt",
        &[
            "Petrobras anuncia nesta quarta-feira redução da gasolina nas refinarias",
            "Petrobras anuncia redução da gasolina nas refinarias a partir de quinta-feira",
        ],
    );
    check_one_event(
        "en",
        &[
            "Sinner wins first Wimbledon title with victory over Alcaraz",
            "Sinner downs Alcaraz at Wimbledon to win fourth major title",
        ],
    );
}

#[test]
fn a_flood_goes_on_over_night() {
    check(&[(
        "aaaa",
        &[
            (
                0,
                "en",
                "Marev floods: 24 dead and girls missing from summer camp",
                "Flash floods along the Guadal River in Marev county.",
            ),
            (
                60,
                "en",
                "Marev flash floods kill 24; search for missing camp girls",
                "The Guadal River rose within an hour.",
            ),
            (
                840,
                "en",
                "Marev floods: 51 dead as search for camp girls goes on",
                "Flash floods along the Guadal River in Marev county killed 51.",
            ),
            (
                900,
                "en",
                "Marev flash floods kill 51; camp girls still missing",
                "Rescuers search the Guadal River in Marev county.",
            ),
        ],
    )]);
}

/// Of one form about different names, with numbers of their own and a few other words.
#[test]
fn titles_of_one_form_with_numbers_of_their_own_are_two_events() {
    let reports = [
        (
            0,
            "en",
            "EU fines Apple 500 million euros over app store rules",
            "The European Commission fined Apple 500 million euros over its app store rules.",
        ),
        (
            8,
            "en",
            "EU fines Meta 200 million euros over ad-free subscription",
            "The European Commission fined Meta 200 million euros over its ad-free subscription.",
        ),
        (
            60,
            "en",
            "Federal Reserve cuts interest rates by quarter point to 3.25%",
            "The U.S. Federal Reserve cut its benchmark rate by a quarter point to 3.25 percent.",
        ),
        (
            68,
            "en",
            "Bank of England cuts interest rates by quarter point to 3.5%",
            "The Bank of England cut Bank Rate by a quarter point to 3.5 percent.",
        ),
    ];
    assert_eq!(letters_of(&reports, true), "abcd");
}
