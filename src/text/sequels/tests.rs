//! What titles tell of offices and courts, in pairs of titles of many languages.

use super::*;

fn follows(language: &str, titles: [&str; 2]) -> bool {
    let [one, other] = titles.map(|title| Sequel::of_title(title, language));
    let matters = [one.follows(other), other.follows(one)];
    matters.iter().any(Option::is_some)
}

#[test]
fn an_appeal_follows_a_verdict() {
    for (language, verdict, appeal) in [
        (
            "en",
            "Ex-banker Leo Strand jailed for fraud",
            "Leo Strand appeals against fraud conviction",
        ),
        (
            "en",
            "Strand sentenced to six years",
            "Jailed Strand lodges appeal against conviction",
        ),
        (
            "de",
            "Ralf Kern zu drei Jahren Haft verurteilt",
            "Ralf Kern legt Revision gegen Urteil ein",
        ),
        (
            "de",
            "Ralf Kern zu Haft verurteilt",
            "Nach Verurteilung: Ralf Kern geht in Berufung",
        ),
        (
            "fr",
            "L'ancien maire Paul Garnier condamné",
            "Paul Garnier fait appel de sa condamnation",
        ),
        (
            "fr",
            "Paul Garnier condamné à trois ans",
            "Condamné à trois ans de prison, Paul Garnier fait appel",
        ),
        (
            "es",
            "Condenan a Luis Prado a seis años",
            "Luis Prado recurre su condena ante el Supremo",
        ),
        (
            "it",
            "Marco Leone condannato a sei anni",
            "Marco Leone ricorre in appello",
        ),
        (
            "pt",
            "Paulo Neves condenado a seis anos",
            "Paulo Neves recorre da condenação",
        ),
        (
            "nl",
            "Oud-minister veroordeeld tot celstraf",
            "Oud-minister gaat in hoger beroep",
        ),
        (
            "sv",
            "Exministern döms till fängelse",
            "Exministern överklagar domen",
        ),
        (
            "da",
            "Eksminister dømt for bedrageri",
            "Eksminister anker dommen",
        ),
        (
            "pl",
            "Były minister skazany na trzy lata",
            "Były minister składa apelację",
        ),
        (
            "ru",
            "Экс-министра приговорили к трём годам",
            "Экс-министр обжаловал приговор",
        ),
        (
            "uk",
            "Ексміністра засудили до трьох років",
            "Ексміністр оскаржив вирок",
        ),
        (
            "ar",
            "الحكم على الوزير السابق بالسجن",
            "الوزير السابق يستأنف الحكم",
        ),
        ("ja", "元社長に懲役３年の判決", "元社長が控訴"),
        ("zh", "前市长被判五年", "前市长提出上诉"),
        ("ko", "전 시장 징역 3년 선고", "전 시장 측 항소했다"),
    ] {
        assert!(follows(language, [verdict, appeal]), "{verdict} / {appeal}");
    }
    for (language, one, other) in [
        (
            "en",
            "Leo Strand jailed for six years",
            "Strand jailed for fraud, will appeal",
        ),
        (
            "en",
            "Leo Strand jailed for six years",
            "Appeals court judge retires",
        ),
        (
            "en",
            "Man jailed for murder",
            "Police chief appeals for calm",
        ),
        (
            "fr",
            "Paul Garnier condamné",
            "Le maire fait appel aux dons",
        ),
        (
            "it",
            "Leone condannato a sei anni",
            "Leone condannato in appello",
        ),
        (
            "nl",
            "Minister veroordeeld",
            "Minister in hoger beroep veroordeeld",
        ),
        // What a court decides on an appeal, told with the appeal and without it.
        (
            "fr",
            "Affaire Garnier : Paul Garnier définitivement condamné",
            "La Cour de cassation rejette le pourvoi en cassation de Paul Garnier",
        ),
        (
            "en",
            "Supreme Court turns away convicted trafficker Lena Strand",
            "Supreme Court rejects Lena Strand appeal against conviction",
        ),
        (
            "en",
            "Jailed Lena Strand to stay in prison, judges rule",
            "Lena Strand loses appeal against sentence",
        ),
        (
            "ja",
            "元社長に二審も無罪判決",
            "東京高裁、元社長の検察側控訴を棄却",
        ),
        (
            "zh",
            "高院维持原判 前市长被判十年",
            "前市长不服判决被驳回 维持十年",
        ),
        (
            "it",
            "Leone condannato a 16 anni: la sentenza della Cassazione",
            "La Cassazione respinge il ricorso in Cassazione di Leone",
        ),
        (
            "ru",
            "Суд оставил в силе приговор Лосеву",
            "Мосгорсуд отклонил жалобу Лосева, который обжаловал срок",
        ),
        // Who stabs is no one who appeals.
        (
            "ar",
            "الحكم على منفذ الهجوم بالسجن المؤبد",
            "السجن المؤبد لرجل طعن شرطية",
        ),
        // Both at once, and what is only meant.
        (
            "nb",
            "Mann dømt til 18 år for drap i Bergen",
            "Mann dømt til 18 år for drap, anker på stedet",
        ),
        (
            "nl",
            "Rechter: Bakker veroordeeld tot levenslang",
            "Bakker krijgt levenslang, gaat in cassatie",
        ),
        (
            "ko",
            "전 시장 징역 3년 선고",
            "전 시장 징역 3년, 즉각 항소했다",
        ),
        (
            "en",
            "Leo Strand found guilty of assault",
            "Strand retrial: jury returns verdict as lawyers say they are appealing",
        ),
        (
            "en",
            "Leo Strand sentenced to five-year election ban",
            "Leo Strand to appeal five-year election ban",
        ),
    ] {
        assert!(!follows(language, [one, other]), "{one} / {other}");
    }
}

#[test]
fn a_successor_follows_who_leaves() {
    for (language, leaves, succeeds) in [
        (
            "en",
            "Health Secretary Helen Carver resigns",
            "Imran Qureshi named new health secretary",
        ),
        (
            "en",
            "UK culture minister Ashe resigns",
            "UK names Patel culture minister after Ashe quits",
        ),
        (
            "en",
            "Chelsea sack manager Rossi",
            "Chelsea appoint Lund as new manager",
        ),
        (
            "en",
            "Pope Francis dies at 88",
            "Cardinal Prevost elected pope",
        ),
        (
            "de",
            "Kulturministerin Nina Asche tritt zurück",
            "Rolf Patel wird neuer Kulturminister",
        ),
        (
            "de",
            "Asche tritt zurück",
            "Nach Rücktritt von Asche: Patel zum Kulturminister ernannt",
        ),
        (
            "fr",
            "La ministre Nina Ashe démissionne",
            "Raj Patel nommé ministre de la Culture",
        ),
        (
            "es",
            "Dimite la ministra Nina Ares",
            "Raúl Pérez, nuevo ministro de Cultura",
        ),
        (
            "it",
            "Si dimette la ministra Ares",
            "Luca Neri nominato ministro della Cultura",
        ),
        (
            "pt",
            "Ministra da Cultura demitida",
            "Rui Neves é o novo ministro da Cultura",
        ),
        (
            "nl",
            "Minister Bakker stapt op",
            "Jansen volgt Bakker op als minister",
        ),
        ("sv", "Kulturministern avgår", "Lund blir ny kulturminister"),
        (
            "no",
            "Kulturministeren går av",
            "Lund blir ny kulturminister",
        ),
        (
            "pl",
            "Minister kultury rezygnuje",
            "Jan Nowak nowym ministrem kultury",
        ),
        (
            "cs",
            "Ministr kultury rezignoval",
            "Novým ministrem kultury bude Novák",
        ),
        (
            "ru",
            "Министр культуры подал в отставку",
            "Назначен новый министр культуры",
        ),
        (
            "uk",
            "Міністр культури подав у відставку",
            "Призначено нового міністра культури",
        ),
        (
            "tr",
            "Kültür bakanı istifa etti",
            "Yeni kültür bakanı Ali Demir oldu",
        ),
        ("ar", "استقالة وزير الثقافة", "تعيين وزير جديد للثقافة"),
        ("ja", "文化相が辞任", "後任の文化相に田中氏"),
        ("zh", "文化部长辞职", "李伟接任文化部长"),
        ("ko", "문화부 장관 사임", "새 문화부 장관에 김철수 임명"),
    ] {
        assert!(
            follows(language, [leaves, succeeds]),
            "{leaves} / {succeeds}"
        );
    }
    for (language, one, other) in [
        (
            "en",
            "Carver resigns as health secretary",
            "Carver quits, Qureshi named health secretary",
        ),
        (
            "en",
            "Helen Carver resigns",
            "Who will succeed Helen Carver?",
        ),
        (
            "sv",
            "Narvinger utsedd till vd då Ekholm slutar",
            "Kronprinsen tar över när Ekholm avgår",
        ),
        (
            "en",
            "Helen Carver resigns",
            "Race to be new health secretary: the contenders",
        ),
        ("en", "Helen Carver resigns", "New York prepares for storm"),
        (
            "en",
            "Helen Carver resigns",
            "PM urges new health secretary to act",
        ),
        ("de", "Asche tritt zurück", "Wer wird neuer Kulturminister?"),
        ("en", "Ten dead in fire", "Six killed in fire"),
        // What `new`, an office and words of appointing say beside it.
        (
            "en",
            "Official lodges referral against fired Fed Governor Lisa Moor",
            "Housing director Pohl lodges new criminal referral for Fed Governor Lisa Moor",
        ),
        (
            "en",
            "Premier removes Billy Lund as tax commissioner",
            "Premier replaces tax commissioner Billy Lund after 2 months",
        ),
        (
            "en",
            "Judge dismisses lawsuit against Maryland judges",
            "Trump-appointed judge rebukes department for lawsuit against judges",
        ),
        (
            "en",
            "Acting prisons director Lund to leave agency",
            "Acting prisons director Todd Lund will resign at end of May",
        ),
        (
            "en",
            "Mayor Carlos Ares shot dead at festival",
            "Gunman takes life of mayor Carlos Ares at festival",
        ),
        (
            "en",
            "Militia leader Yusuf Nasr killed in Rafah",
            "Militia leader Yusuf Nasr confirmed martyred in Rafah",
        ),
        (
            "en",
            "Militia leader Yusuf Nasr killed in Beirut strike",
            "Strike hits Beirut, targeting militia's new military leader Nasr",
        ),
        (
            "en",
            "40 dead in Cebu earthquake",
            "Cebu quake: 40 fatalities as new governor declares calamity",
        ),
        (
            "en",
            "Two dead in synagogue attack",
            "Synagogue attack: chief constable named as leading inquiry",
        ),
        (
            "fr",
            "Le Premier ministre Garnier démissionne",
            "Le nouveau Premier ministre Garnier jette l'éponge",
        ),
        (
            "fr",
            "Le général Touré tué dans une embuscade",
            "Le général Touré devient la première victime de l'offensive",
        ),
        (
            "de",
            "Innenminister Lomidse entlassen",
            "Innenminister Lomidse wird abberufen",
        ),
        (
            "nl",
            "Club ontslaat trainer Bakker",
            "Trainer Bakker wordt op straat gezet",
        ),
        (
            "da",
            "FCK har fyret cheftræner Lund",
            "Cheftræner Lund bliver fritstillet",
        ),
        (
            "pl",
            "Prezydent Gdańska Nowak nie żyje",
            "Prezydent Gdańska Nowak został zamordowany",
        ),
        (
            "tr",
            "Emniyet Müdürü Ali Demir hayatını kaybetti",
            "Emniyet Müdürü Ali Demir şehit oldu",
        ),
        (
            "ru",
            "Мэр Никополя Иван Петренко убит",
            "Мэр Никополя Иван Петренко стал жертвой стрелка",
        ),
        (
            "ar",
            "مقتل 12 شخصا في غارة على صيدا",
            "غارة على صيدا تخلف 12 قتيلا",
        ),
        (
            "ar",
            "مقتل 13 في غارة على مخيم عين الحلوة",
            "إسرائيل تستهدف قائدا في مخيم عين الحلوة",
        ),
        ("zh", "董建華逝世", "首任特首董建華病逝 曾出任政協副主席"),
        (
            "it",
            "Crollo a Bari, operaio muore nel cantiere",
            "Crollo a Bari: cosa succede ora nel cantiere",
        ),
    ] {
        assert!(!follows(language, [one, other]), "{one} / {other}");
    }
}

#[test]
fn every_list_of_the_file_is_read() {
    let heads = FILE.lines().filter(|line| !line.starts_with('#'));
    for name in heads.filter_map(|line| line.split([' ', ':']).next()) {
        assert!(
            name.is_empty() || LISTS.iter().any(|(_, list)| *list == name),
            "{name}"
        );
    }
}
