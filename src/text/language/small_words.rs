//! Small words by which a text is in a language, and not only made of its names. What stands in names of places, people and
//! clubs is none of them: `de`, `del`, `van`, `im`, `le`, `of the`.

/// By the codes of the languages that [`super::groups`] knows.
const SMALL: [(&str, &str); 23] = [
    (
        "en",
        "to for on with by at from that as is are was were be been has have had will would says said its his \
         her their they who this into about when how why what you your our not after before over amid it he \
         but than more out up",
    ),
    (
        "de",
        "und nicht mit für nach bei aus auf wird will sich ist sind hat haben wie vor gegen über zum zur ein \
         eine einen einem einer als auch um bis werden wurde kann soll dem den es er sie dass durch unter zu \
         was warum noch mehr ohne seit kein keine trotz wegen so wer nun",
    ),
    (
        "nl",
        "met voor niet naar over bij uit wordt zijn heeft een het dat om tegen na als ook nog maar door geen \
         meer wil kan moet worden er is aan te wat tot hoe ze onder",
    ),
    (
        "fr",
        "et est pour dans avec par sur une qui que après plus pas son ses ce cette aux ont sont été fait \
         contre entre comme sans sous selon dont où leur leurs deux être va veut qu n c il elle on nous vous \
         depuis avant chez ne mais",
    ),
    (
        "es",
        "y que en por con para se su sus una un tras no es más como sin sobre contra entre ante desde ha han \
         lo ya hasta fue son pero está será cómo qué al dice",
    ),
    (
        "pt",
        "e que em por com para se sua seu uma um após não é mais como sem sobre contra entre ao à às pela \
         pelo são foi diz já até na nas num numa vai tem ser está",
    ),
    (
        "it",
        "e che per con un una non è nel nella nei alla dal dalla sul sulla più come dopo contro tra si ha \
         sono ma anche ai suo sua ecco cosa chi gli senza dei delle ora",
    ),
    (
        "sv",
        "och att som på för med av till är om inte ett en den från efter har kan ska vill mot vid blir så nu \
         över var i sig det får nya här ut upp när",
    ),
    (
        "da",
        "og at som på for med af til er om ikke et en den fra efter har kan skal vil mod ved bliver så nu \
         over var i sig det får nye her ud op når",
    ),
    (
        "no",
        "og at som på for med av til er om ikke et en den fra etter har kan skal vil mot ved blir så nå over \
         var i seg det får nye her ut opp når",
    ),
    (
        "fi",
        "ja on ei oli ovat että kun jo myös tai sekä mutta jos vain nyt yli voi näin tämä hän se ole joka \
         uusi mukaan sai sen kanssa ennen jälkeen saa tuli eivät miksi",
    ),
    (
        "et",
        "ja on ei oli et kui ka või ning see aga siis üle ta oma pärast kuid saab mis veel kes uus eest eesti \
         saavad tuleb",
    ),
    (
        "pl",
        "w z na do i nie się po o za od że jest to dla jak przez ze czy co już ma są będzie ale przed pod we \
         tym tego",
    ),
    (
        "cs",
        "v na se z a do s o za je k po pro že ve jako od ale si i bude už při by mezi podle byl má jsou před \
         proti",
    ),
    (
        "sk",
        "v na sa z a do s o za je k po pre že vo ako od ale si aj bude už pri by medzi podľa bol má sú pred \
         proti so",
    ),
    (
        "sl",
        "v na se z za je po pa da ki so ne o do od ob bo bi pri iz kot tudi še pred ali ni",
    ),
    (
        "hr",
        "u na se i za je od da su s o iz ne će kao koji po bi ali ili nakon što sa nije protiv",
    ),
    (
        "hu",
        "a az és is nem hogy egy meg már csak de ha még mint volt van lesz el ki után szerint miatt között \
         akár",
    ),
    (
        "ro",
        "și şi din cu pe pentru a o un care nu mai după este au fi ce sa se va prin peste între despre lui \
         sunt",
    ),
    (
        "tr",
        "ve bir için ile bu çok daha sonra gibi kadar oldu olarak en göre ne mi var yeni etti dedi büyük \
         açıklandı değil ilk",
    ),
    (
        "az",
        "və bir üçün ilə bu çox daha sonra ki olub edib edilib yeni görə olan ilk bağlı",
    ),
    (
        "vi",
        "và của là trong cho với không được người các có những từ đến khi sau tại bị một ở nhiều về ra vào \
         này",
    ),
    (
        "sr",
        "u na se i za je od da su s o iz ne će kao koji po bi ali ili nakon što sa nije protiv",
    ),
];

/// True if a text has a small word of a language; `l'` and the like are words of their own.
pub fn has_small_word(code: &str, text: &str) -> bool {
    let Some((_, small)) = SMALL.iter().find(|(of, _)| *of == code) else {
        return false;
    };
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, '\'' | '’'));
    words.into_iter().any(|word| {
        let word = word
            .trim_matches(|c: char| !c.is_alphanumeric())
            .to_lowercase();
        !word.is_empty() && small.split(' ').any(|one| one == word)
    })
}

#[cfg(test)]
mod tests {
    use super::super::groups::group_of;
    use super::*;

    #[test]
    fn every_language_that_words_tell_apart_has_small_words() {
        assert!(SMALL.iter().all(|(code, _)| group_of(code).is_some()));
        assert!(has_small_word("de", "Bahn: Streik für beendet erklärt"));
        assert!(has_small_word("fr", "Budget: ce qu’il faut savoir"));
        assert!(!has_small_word("de", "Weather Freiburg im Breisgau: 13C"));
    }
}
