//! What denies, what only sounds like it, and rumours that are the charge or the past.

use super::super::stages::{is_open, stage_of};
use super::super::tolls::check_tolls;

#[test]
fn what_is_absent_stands_near_what_says_so() {
    assert!(!is_open("No 10 under pressure after arrest of aide", "en"));
    assert!(!is_open("No talks, then arrest of aide", "en"));
    assert!(is_open("No immediate arrests over blast", "en"));
    assert!(is_open("Police make no arrest", "en"));
    assert!(is_open("Kein Rücktritt geplant", "de"));
}

#[test]
fn who_is_said_to_have_died_by_what_is_denied_is_no_dead() {
    for (headline, language) in [
        ("Junta denied 30 villagers were killed in raid", "en"),
        ("Viral post about 40 dead in mall fire is a hoax", "en"),
        ("Fake posts claim 15 dead in Lagos blast", "en"),
        ("False rumours of 20 deaths spark panic in Surat", "en"),
        ("Mayor debunks claim of 18 dead in tunnel", "en"),
        ("Fact check: No, 60 people did not die in Bondi flood", "en"),
        ("No proof that 25 died in prison, ministry says", "en"),
        ("Claims of 33 dead in raid denied", "en"),
        ("Army disputes UN figure of 300 killed", "en"),
        ("Claim that 90 died in camp is untrue", "en"),
        ("Unconfirmed reports of 11 dead in Aleppo", "en"),
        (
            "Reports of 14 killed in Goma are false, governor says",
            "en",
        ),
        ("Faktencheck: Keine 80 Tote bei Unwetter in Franken", "de"),
        ("Gerücht über 17 Tote in Dortmund hält sich", "de"),
        ("Bericht über 22 Tote ist falsch, sagt die Polizei", "de"),
        ("Infox : non, il n'y a pas eu 60 morts à Mayotte", "fr"),
        ("Fausse information sur 14 morts à Lille", "fr"),
        ("El bulo de los 200 muertos en el aparcamiento", "es"),
        ("Es falso que haya 30 muertos, dice el alcalde", "es"),
        ("La bufala dei 50 morti a Valencia", "it"),
        ("Boato sobre 40 mortos em presídio", "pt"),
        ("Nepnieuws over 12 doden in Breda", "nl"),
        ("Falska uppgifter om 20 döda i Borås", "sv"),
        ("Fejk: 15 zabitych w Łodzi", "pl"),
        ("25 ölü iddiası yalanlandı", "tr"),
        ("Слухи о 30 погибших в Омске", "ru"),
        ("Сообщение о 14 погибших не подтвердилось", "ru"),
        ("شائعات عن مقتل 30 شخصا في إربد", "ar"),
        ("لا صحة لأنباء مقتل 12 جنديا", "ar"),
        ("网传20人死亡系谣言", "zh"),
        ("警方辟谣：15人死亡不实", "zh"),
        ("「20人死亡」はデマ 県警", "ja"),
        ("'30명 사망'은 가짜뉴스", "ko"),
    ] {
        check_tolls(&[(headline, language, None)]);
    }
}

#[test]
fn what_only_sounds_like_a_denial_takes_nothing_back() {
    check_tolls(&[
        ("Gunman who was denied a visa kills 6", "en", Some(6)),
        ("Bomb hoax at Delhi school; crash kills 14", "en", Some(14)),
        (
            "False ceiling collapses in Pune mall, 8 dead",
            "en",
            Some(8),
        ),
        ("Fake police officers kill 7 in Benue", "en", Some(7)),
        ("Blast rules club out for years: 9 dead", "en", Some(9)),
        ("Not far from Lyon, bus crash kills 21", "en", Some(21)),
        ("Falsche Polizisten: 3 Tote in Essen", "de", Some(3)),
        ("Explosion schließt 5 Bergleute ein, 2 Tote", "de", Some(2)),
        ("Faux policiers : 4 morts à Nice", "fr", Some(4)),
        ("Falso techo cae en escuela: 6 muertos", "es", Some(6)),
        ("Falso allarme gas, poi il crollo: 5 morti", "it", Some(5)),
        ("Falsk läkare inne på sjukhus: 7 döda", "sv", Some(7)),
        ("Слушания в Думе: 15 погибших в ДТП", "ru", Some(15)),
        ("泥石流致19人死亡", "zh", Some(19)),
    ]);
}

#[test]
fn what_is_said_to_be_a_rumour_is_no_stage() {
    for (headline, language) in [
        ("Reports that minister resigned are fake", "en"),
        ("Finance chief denied he resigned", "en"),
        ("Fact check: general arrested in Harare", "en"),
        ("No evidence mayor was arrested, police say", "en"),
        (
            "Falschmeldung: Söder tritt als Ministerpräsident zurück",
            "de",
        ),
        ("Infox : le préfet démissionne", "fr"),
        ("El rumor de que el ministro dimite", "es"),
        ("Boato de que governador renuncia", "pt"),
        ("Bufala: il sindaco si dimette", "it"),
        ("Vali istifa etti haberi asılsız", "tr"),
        ("Başkan tutuklandı söylentisi yalanlandı", "tr"),
        ("Сообщения, что мэр арестован, не подтвердились", "ru"),
        ("Фейк: губернатор подал в отставку", "ru"),
        ("شائعة استقالة رئيس الوزراء", "ar"),
        ("أنباء عن استقالة المحافظ", "ar"),
        ("市长被捕系谣言", "zh"),
        ("网传校长辞职", "zh"),
        ("「知事が辞任」はデマ", "ja"),
        ("장관 사퇴는 가짜뉴스", "ko"),
        ("Macron exclut de dire qu'il démissionne", "fr"),
        ("Pistorius schließt aus, dass er kandidiert", "de"),
    ] {
        assert_eq!(stage_of(headline, language), None, "{headline}");
        assert!(is_open(headline, language), "{headline}");
    }
}

fn check_stages(cases: &[(&str, &str, &str)]) {
    let told = cases.iter().map(|(headline, language, _)| {
        let stage = stage_of(headline, language).unwrap_or_default();
        (*headline, *language, stage)
    });
    let wrong: Vec<_> = told.filter(|told| !cases.contains(told)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_rumour_for_which_somebody_is_tried_denies_no_outcome() {
    check_stages(&[
        (
            "Court overturns actor's conviction in hoax attack",
            "en",
            "overturned",
        ),
        ("Hoax conviction of actor overturned", "en", "overturned"),
        ("Actor found guilty in hate crime hoax", "en", "convicted"),
        (
            "Reporter arrested for spreading false reports",
            "en",
            "arrested",
        ),
        (
            "Man sentenced for spreading false rumours",
            "en",
            "sentenced",
        ),
        ("Two arrested over fake news in Accra", "en", "arrested"),
        ("Court overturns fake news law", "en", "overturned"),
        ("Фейковый врач арестован", "ru", "arrested"),
        ("Mann wegen Falschmeldung verurteilt", "de", "sentenced"),
        (
            "Detenido por difundir bulos sobre la riada",
            "es",
            "arrested",
        ),
        ("Arrestato per bufale sul terremoto", "it", "arrested"),
        ("Блогер арестован по делу о фейках", "ru", "arrested"),
        (
            "Журналистку приговорили за фейки об армии",
            "ru",
            "sentenced",
        ),
        ("Дума одобрила закон о фейках", "ru", "approved"),
        (
            "Gazeteci dezenformasyon suçlamasıyla tutuklandı",
            "tr",
            "arrested",
        ),
        (
            "Gazeteci yalan haber yaymaktan tutuklandı",
            "tr",
            "arrested",
        ),
        ("القبض على رجل بتهمة نشر شائعات", "ar", "arrested"),
        ("男子散布地震谣言被判刑", "zh", "sentenced"),
        ("法院以传播谣言罪判刑三年", "zh", "sentenced"),
        ("デマ拡散の男を逮捕", "ja", "arrested"),
        ("가짜뉴스 유포한 남성 체포", "ko", "arrested"),
    ]);
    assert!(!is_open("Penyebar hoaks gempa ditangkap", "id"));
}

#[test]
fn a_rumour_that_came_before_denies_no_outcome() {
    check_stages(&[
        ("Mayor resigns after fake news on bribes", "en", "resigned"),
        ("Rumoured successor Kowal elected chancellor", "en", "won"),
        ("Nach Gerüchten tritt Hansen zurück", "de", "resigned"),
        ("Gerüchte bestätigt: Hansen tritt zurück", "de", "resigned"),
        (
            "Rumeurs confirmées : le ministre démissionne",
            "fr",
            "resigned",
        ),
        ("Après des rumeurs, le préfet démissionne", "fr", "resigned"),
        (
            "Tras semanas de rumores, dimite el ministro",
            "es",
            "resigned",
        ),
        ("Ministro renuncia após rumores", "pt", "resigned"),
        ("Gerucht waar: trainer opgepakt", "nl", "arrested"),
        ("Мэр подал в отставку после слухов", "ru", "resigned"),
    ]);
    for (headline, language) in [
        ("Court dismisses claims that minister resigned", "en"),
        ("Ministers rumoured sacked", "en"),
        ("نشر شائعات عن استقالة الوزير", "ar"),
        ("知事辞任のデマを拡散した男", "ja"),
        ("장관 사퇴 가짜뉴스 유포", "ko"),
        ("散布谣言称市长被捕", "zh"),
        ("Rumoured to quit: minister resigns today", "en"),
        ("After false reports that mayor resigned, calm", "en"),
        ("Паника после слухов, что мэр арестован", "ru"),
        ("El bulo es que dimite el alcalde", "es"),
        (
            "Новость об аресте мэра после проверки оказалась фейком: мэр арестован",
            "ru",
        ),
    ] {
        assert_eq!(stage_of(headline, language), None, "{headline}");
    }
}

#[test]
fn want_of_proof_and_a_court_that_rejects_claims_deny_no_outcome() {
    check_stages(&[
        (
            "Ex-aide acquitted as judge finds no evidence",
            "en",
            "acquitted",
        ),
        (
            "Keine Beweise: Bürgermeister freigesprochen",
            "de",
            "acquitted",
        ),
        (
            "Condamné malgré aucune preuve matérielle",
            "fr",
            "sentenced",
        ),
        ("Absuelto el exalcalde, sin pruebas", "es", "acquitted"),
        ("Assolto il sindaco: nessuna prova", "it", "acquitted"),
        ("Judge rejects claims over blaze", "en", "rejected"),
        ("Minister rejects claims over blaze", "en", ""),
    ]);
}

#[test]
fn a_check_of_facts_denies_where_it_is_the_label() {
    check_stages(&[
        ("Meta scraps fact-checking deal", "en", "scrapped"),
        ("Fact-checking deal scrapped by Meta", "en", "scrapped"),
        ("Meta stoppt Faktencheck in den USA", "de", "blocked"),
        ("Fact-checking claims that general was arrested", "en", ""),
        ("AP FACT CHECK: General arrested in Harare", "en", ""),
    ]);
}

#[test]
fn the_dead_of_a_rumour_for_which_somebody_is_tried_are_none() {
    check_tolls(&[
        (
            "Man jailed for spreading false reports of 40 dead",
            "en",
            None,
        ),
        ("Приговорили за фейки о 30 погибших в Буче", "ru", None),
        ("Detenido por el bulo de los 200 muertos", "es", None),
        ("男子散布某地20人死亡谣言被拘留", "zh", None),
        ("Judge rejects claims over blaze that killed 72", "en", None),
        (
            "Massenpanik nach Gerücht über Bombe, 12 Tote",
            "de",
            Some(12),
        ),
        ("Estampida tras rumor de bomba: 12 muertos", "es", Some(12)),
        (
            "Давка после слухов о взрыве: погибли 12 человек",
            "ru",
            Some(12),
        ),
    ]);
}

#[test]
fn what_is_left_out_shut_or_sentenced_is_not_denied() {
    for (headline, language) in [
        ("FIFA exclut le Congo", "fr"),
        ("Le jury exclut un candidat", "fr"),
        ("Ford schließt Werk in Saarlouis aus Kostengründen", "de"),
        ("Kaufhof schließt 16 Häuser aus Geldmangel", "de"),
        ("Richter weist Mann zurück in Haft", "de"),
        ("Woman is paid damages for false imprisonment", "en"),
        ("Judge rules jury's 4 notes out of time", "en"),
        ("Ex-mayor denied bail as trial opens", "en"),
        ("Bail denied for ex-minister", "en"),
        ("Judge denies bail for cult leader", "en"),
        ("Court refuses ex-president's appeal", "en"),
        ("Juiz nega habeas corpus a ex-ministro", "pt"),
        ("Jueza niega la libertad a exministro", "es"),
        ("Migrants were denied food, court hears", "en"),
        ("Bomb threat hoax caller named", "en"),
        ("Fake doctor named in Leeds", "en"),
        ("Falscher Arzt in Bonn verurteilt", "de"),
        ("Ente stoppt Zug bei Kiel, Schaffner vermisst", "de"),
        ("False widow spiders spread in Kent", "en"),
        ("Juez descartado del tribunal", "es"),
        ("Nega ist ein Vorname", "de"),
        ("Exclut par erreur", "nl"),
    ] {
        assert!(!is_open(headline, language), "{headline}");
    }
}

#[test]
fn the_list_is_in_the_form_in_which_words_are_compared() {
    use unicode_normalization::UnicodeNormalization;
    for line in super::FILE
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
    {
        assert_eq!(line.nfkc().collect::<String>().to_lowercase(), line);
        let (list, _) = line.split_once(':').expect("a list has a name");
        let is_of_words = list.split(' ').next() == Some("denials");
        assert!(!is_of_words || !line.contains('_'), "{line}");
    }
}

#[test]
fn a_false_alarm_denies_nothing_where_its_end_is_told() {
    check_stages(&[
        (
            "False alarm: Heathrow terminal reopens after evacuation",
            "en",
            "reopened",
        ),
        (
            "Lockdown lifted at base as bomb threat was false",
            "en",
            "lifted",
        ),
        (
            "Reports of bomb false: Leeds station reopens",
            "en",
            "reopened",
        ),
        (
            "Falsa alarma de bomba: reabre el aeropuerto de Tarvona",
            "es",
            "reopened",
        ),
        (
            "Fałszywy alarm bombowy. Lotnisko Tarwo ponownie otwarte",
            "pl",
            "reopened",
        ),
        (
            "Ложное сообщение о бомбе: аэропорт Тарвск вновь открыт",
            "ru",
            "reopened",
        ),
        ("Reports that airport reopened are false", "en", ""),
        ("False reports that bridge has reopened spread", "en", ""),
    ]);
    assert!(is_open("False alarm at Heathrow terminal", "en"));
}

#[test]
fn what_is_false_beside_an_outcome_does_not_deny_it() {
    check_stages(&[
        (
            "Fake news site founder arrested in Skopje",
            "en",
            "arrested",
        ),
        (
            "Police chief quits after untrue testimony",
            "en",
            "resigned",
        ),
        (
            "No evidence of foul play: missing hiker found dead in Alps",
            "en",
            "found dead",
        ),
        ("Claim that minister resigned is untrue", "en", ""),
        (
            "No evidence of arrest: minister resigned, paper says",
            "en",
            "",
        ),
    ]);
}
