//! What languages are called in tags: the two letters of ISO 639-1, and what feeds give where these belong.

/// The codes of ISO 639-1 but for those that [`super::two_letters`] takes for others.
const CODES: &str = "\
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv \
    cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr \
    ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw \
    ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nd ne ng nl no nr nv ny oc \
    oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st \
    su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za \
    zh zu";

/// True for the two letters of a language; `jp` and `cn` are those of countries.
pub(super) fn is_code(two: &str) -> bool {
    two.len() == 2 && CODES.split(' ').any(|code| code == two)
}

/// Three-letter codes and names that feeds give where two letters belong.
pub(super) fn longer(word: &str) -> Option<&'static str> {
    const LONGER: [(&str, &str); 62] = [
        ("eng", "en"),
        ("english", "en"),
        ("deu", "de"),
        ("ger", "de"),
        ("german", "de"),
        ("deutsch", "de"),
        ("fra", "fr"),
        ("fre", "fr"),
        ("french", "fr"),
        ("français", "fr"),
        ("spa", "es"),
        ("spanish", "es"),
        ("español", "es"),
        ("castellano", "es"),
        ("ita", "it"),
        ("italian", "it"),
        ("italiano", "it"),
        ("por", "pt"),
        ("portuguese", "pt"),
        ("português", "pt"),
        ("rus", "ru"),
        ("russian", "ru"),
        ("русский", "ru"),
        ("jpn", "ja"),
        ("japanese", "ja"),
        ("日本語", "ja"),
        ("zho", "zh"),
        ("chi", "zh"),
        ("chinese", "zh"),
        ("中文", "zh"),
        ("cmn", "zh"),
        ("kor", "ko"),
        ("korean", "ko"),
        ("한국어", "ko"),
        ("ara", "ar"),
        ("arabic", "ar"),
        ("العربية", "ar"),
        ("swe", "sv"),
        ("swedish", "sv"),
        ("svenska", "sv"),
        ("nor", "no"),
        ("nob", "no"),
        ("nno", "no"),
        ("norwegian", "no"),
        ("norsk", "no"),
        ("dan", "da"),
        ("danish", "da"),
        ("dansk", "da"),
        ("fin", "fi"),
        ("finnish", "fi"),
        ("suomi", "fi"),
        ("nld", "nl"),
        ("dut", "nl"),
        ("dutch", "nl"),
        ("nederlands", "nl"),
        ("pol", "pl"),
        ("polish", "pl"),
        ("polski", "pl"),
        ("tur", "tr"),
        ("turkish", "tr"),
        ("türkçe", "tr"),
        ("ukr", "uk"),
    ];
    LONGER
        .iter()
        .find(|(long, _)| *long == word)
        .map(|(_, short)| *short)
}
