//! What comes of what was told, and what is told anew the next night, are events of their own: an appeal, a successor,
//! other dead.

use super::clustering_likenesses::{Report, Told, check};

const HOUR: i64 = 60;

/// Reports of two events, the second so many minutes later, in two languages or one: of each two outlets.
macro_rules! two_events {
    ($($later:expr, $language:literal, [$($first:literal),+], [$($then:literal),+];)+) => {
        &[$((
            "aabb",
            &[
                (0, $language, $($first),+),
                (20, $language, $($first),+),
                ($later, $language, $($then),+),
                ($later + 20, $language, $($then),+),
            ] as &'static [Report],
        )),+] as &'static [Told]
    };
}

#[test]
fn an_appeal_is_another_event_than_the_verdict() {
    check(two_events! {
        7 * HOUR, "en",
        ["Ex-banker Leo Strand jailed for six years for fraud", "Leo Strand was sentenced in London."],
        ["Leo Strand appeals against fraud conviction", "The former banker is challenging his six-year sentence."];
        29 * HOUR, "de",
        ["Ralf Kern zu drei Jahren Haft verurteilt", "Das Landgericht Kassel hat Ralf Kern wegen Untreue verurteilt."],
        ["Ralf Kern legt Revision gegen Urteil ein", "Der frühere Bürgermeister geht gegen das Urteil vor."];
        29 * HOUR, "fr",
        ["L'ancien maire Paul Garnier condamné à trois ans de prison", "Paul Garnier a été condamné lundi à Nice."],
        ["Condamné à trois ans de prison, Paul Garnier fait appel", "L'ancien maire a fait appel mardi."];
        7 * HOUR, "es",
        ["Condenan a Luis Prado a seis años de cárcel", "La Audiencia condena al exalcalde por malversación."],
        ["Luis Prado recurre su condena ante el Supremo", "El exalcalde presenta recurso."];
    });
}

#[test]
fn who_has_an_office_then_is_another_event_than_that_it_is_left() {
    check(two_events! {
        7 * HOUR, "en",
        ["Health Secretary Helen Carver resigns", "Helen Carver has quit over expenses."],
        ["Imran Qureshi named new health secretary", "Imran Qureshi replaces Helen Carver, who resigned earlier."];
        7 * HOUR, "en",
        ["UK culture minister Ashe resigns over expenses", "British culture minister Nina Ashe resigned on Monday."],
        ["UK names Patel culture minister after Ashe quits", "Britain named Raj Patel culture minister."];
        29 * HOUR, "en",
        ["Chelsea sack manager Rossi", "Chelsea have dismissed Marco Rossi."],
        ["Chelsea appoint Lund as new manager", "Erik Lund replaces Marco Rossi, who was sacked."];
        7 * HOUR, "de",
        ["Kulturministerin Nina Asche tritt zurück", "Nina Asche ist zurückgetreten."],
        ["Rolf Patel wird neuer Kulturminister", "Rolf Patel folgt auf Nina Asche, die zurückgetreten war."];
        29 * HOUR, "fr",
        ["La ministre de la Culture Nina Ashe démissionne", "Nina Ashe a quitté le gouvernement."],
        ["Raj Patel nommé ministre de la Culture", "Raj Patel remplace Nina Ashe, démissionnaire."];
        7 * HOUR, "es",
        ["Dimite la ministra de Cultura Nina Ares", "Nina Ares deja el Gobierno."],
        ["Raúl Pérez, nuevo ministro de Cultura", "Raúl Pérez sustituye a Nina Ares, que dimitió."];
    });
}

#[test]
fn who_goes_and_who_comes_are_one_event_where_both_are_told_at_once() {
    check(&[(
        "aaa",
        &[
            (
                0,
                "en",
                "Chelsea sack manager Rossi",
                "Chelsea have dismissed Marco Rossi.",
            ),
            (
                15,
                "en",
                "Chelsea sack Rossi and appoint Lund as manager",
                "Chelsea have dismissed Marco Rossi; Erik Lund replaces him.",
            ),
            (
                30,
                "en",
                "Manager Rossi sacked by Chelsea",
                "Marco Rossi has been dismissed by Chelsea.",
            ),
        ],
    )]);
}

#[test]
fn reports_of_one_end_of_an_office_or_of_one_ruling_are_one_event_in_whatever_words() {
    for (language, lead, one, other) in [
        (
            "en",
            "Billy Lund led the tax office for 2 months.",
            "Premier replaces tax commissioner Billy Lund after 2 months",
            "Premier removes Billy Lund as tax commissioner",
        ),
        (
            "en",
            "Billy Lund led the tax office for 2 months.",
            "Acting tax director Billy Lund to leave agency",
            "Tax agency acting director Billy Lund resigns",
        ),
        (
            "en",
            "Carlos Ares was shot in Uruapan.",
            "Mayor Carlos Ares shot dead at Uruapan festival",
            "Gunman takes life of Uruapan mayor Carlos Ares at festival",
        ),
        (
            "fr",
            "Paul Garnier quitte Matignon.",
            "Le Premier ministre Garnier démissionne",
            "Le nouveau Premier ministre Garnier jette l'éponge",
        ),
        (
            "ar",
            "قتل 12 شخصا في غارة إسرائيلية على مدينة صيدا جنوب لبنان.",
            "مقتل 12 شخصا في غارة إسرائيلية على صيدا",
            "غارة إسرائيلية على صيدا تخلف 12 قتيلا",
        ),
        (
            "en",
            "The Court of Appeal dismissed the appeal of Lucy Strand.",
            "Lucy Strand loses appeal against sentence over Southport tweet",
            "Jailed Lucy Strand to stay in prison over Southport tweet, judges rule",
        ),
        (
            "fr",
            "La Cour de cassation a rejeté le pourvoi de Paul Garnier.",
            "La Cour de cassation rejette le pourvoi en cassation de Paul Garnier",
            "Paul Garnier définitivement condamné par la Cour de cassation",
        ),
    ] {
        let reports = [(0, language, one, lead), (5 * HOUR, language, other, lead)];
        let told: Told = ("aa", Box::leak(Box::new(reports)));
        check(&[told]);
    }
}

#[test]
fn what_is_closed_after_an_accident_opens_as_another_event() {
    check(two_events! {
        5 * HOUR, "de",
        ["Flughafen München nach Drohnenalarm gesperrt", "Am Flughafen München ruht der Verkehr."],
        ["Flughafen München wieder geöffnet", "Am Flughafen München rollt der Verkehr."];
        5 * HOUR, "ru",
        ["Аэропорт Казани после атаки закрыт", "Рейсы отложены."],
        ["Аэропорт Казани вновь открыт", "Самолёты летают."];
        5 * HOUR, "pt",
        ["Rodovia dos Imigrantes após acidente interditada", "A Rodovia dos Imigrantes parou."],
        ["Rodovia dos Imigrantes reaberta", "Os carros voltam à Rodovia dos Imigrantes."];
    });
}

#[test]
fn attacks_of_two_nights_are_two_events_if_their_dead_are_counted_in_words() {
    check(two_events! {
        24 * HOUR, "en",
        ["Four killed in Russian drone attack on Kharkiv", "Drones hit a block of flats, the governor said."],
        ["Russian drones kill six in Kharkiv", "Russian drones hit a hospital in Kharkiv, mayor Terekhov said."];
        24 * HOUR, "de",
        ["Vier Tote bei Drohnenangriff auf Charkiw", "Bei einem russischen Drohnenangriff sind vier Menschen getötet worden."],
        ["Sechs Tote bei Drohnenangriff auf Charkiw", "Russische Drohnen haben ein Krankenhaus in Charkiw getroffen."];
        24 * HOUR, "fr",
        ["Ukraine: quatre morts dans une attaque de drones à Kharkiv", "Quatre personnes ont été tuées lundi."],
        ["Ukraine: six morts dans une attaque de drones à Kharkiv", "Des drones russes ont frappé un hôpital."];
        24 * HOUR, "es",
        ["Cuatro muertos en un ataque con drones en Járkov", "Cuatro personas murieron en la noche del lunes."],
        ["Seis muertos en un ataque con drones en Járkov", "Drones rusos alcanzaron un hospital."];
        24 * HOUR, "de",
        ["Messerangriff in Köln: Zwei Verletzte", "Vor einem Club ist ein Mann auf zwei Gäste losgegangen."],
        ["Messerangriff in Köln: Drei Verletzte", "Im Hauptbahnhof hat eine Frau drei Reisende verletzt."];
    });
}

#[test]
fn who_is_from_a_country_is_a_name_though_the_word_is_ordinary_in_small_letters() {
    const OF_PORTUGAL: Report = (
        0,
        "en",
        "Health minister of Portugal resigns over hospital deaths",
        "Portugal's health minister Ana Ramos resigned on Thursday over deaths at an overcrowded hospital.",
    );
    check(&[
        (
            "ab",
            &[
                OF_PORTUGAL,
                (
                    20,
                    "en",
                    "Polish finance minister resigns over expenses row",
                    "Polish finance minister Jan Nowicki has resigned after a row over expenses.",
                ),
            ],
        ),
        (
            "ab",
            &[
                OF_PORTUGAL,
                (
                    20,
                    "en",
                    "Welsh finance minister resigns over expenses row",
                    "Welsh finance minister Gareth Pugh has resigned after a row over expenses.",
                ),
            ],
        ),
    ]);
}
