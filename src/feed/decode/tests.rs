//! Which bytes are read as which text.

use super::*;

fn read(bytes: &[u8], content_type: Option<&str>) -> (String, String) {
    let mut problems = Vec::new();
    let decoded = decode(bytes, content_type, &mut problems);
    (decoded.encoding, decoded.text.into_owned())
}

#[test]
fn a_mark_beats_every_name() {
    let bytes = b"\xEF\xBB\xBF<?xml version='1.0' encoding='koi8-r'?><a>\xC3\xA9</a>";
    let (encoding, text) = read(bytes, Some("text/xml; charset=big5"));
    assert_eq!(encoding, "utf-8");
    assert!(text.ends_with("<a>é</a>"));
}

#[test]
fn wide_text_is_seen_by_its_zero_bytes() {
    let wide: Vec<u8> = "<a>é</a>"
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    assert_eq!(read(&wide, None), ("utf-16be".into(), "<a>é</a>".into()));
    let wider: Vec<u8> = "<a>é</a>"
        .chars()
        .flat_map(|c| u32::from(c).to_le_bytes())
        .collect();
    assert_eq!(read(&wider, None), ("utf-32le".into(), "<a>é</a>".into()));
}

#[test]
fn the_header_beats_the_declaration() {
    let bytes = b"<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><a>\xD0\xD2\xC9</a>";
    let (_, text) = read(bytes, Some("application/rss+xml; charset=\"KOI8-R\""));
    assert!(text.ends_with("<a>при</a>"));
}

#[test]
fn what_a_server_says_by_habit_does_not_beat_a_declaration_that_every_byte_fits() {
    for label in ["shift_jis", "euc-kr", "gb2312", "big5", "euc-jp"] {
        let text = format!("<?xml version='1.0' encoding='{label}'?><a>日本</a>");
        let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).expect("it is known");
        let bytes = encoding.encode(&text).0;
        let (_, read) = read(&bytes, Some("text/xml; charset=ISO-8859-1"));
        assert!(read.ends_with("<a>日本</a>"), "{label}: {read}");
    }
    let latin = b"<?xml version='1.0' encoding='shift_jis'?><a>na\xEFve d\xE9j\xE0</a>";
    let (_, text) = read(latin, Some("text/xml; charset=ISO-8859-1"));
    assert!(text.ends_with("<a>na\u{ef}ve d\u{e9}j\u{e0}</a>"), "{text}");
}

#[test]
fn a_name_that_the_bytes_contradict_is_passed_over() {
    let bytes = "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><a>naïve – déjà</a>".as_bytes();
    assert!(
        read(bytes, Some("text/xml; charset=ISO-8859-1"))
            .1
            .contains("naïve – déjà")
    );
    let koi = b"<?xml version='1.0' encoding='utf-8'?><a>\xF0\xD2\xC5\xDA\xC9\xC4\xC5\xCE\xD4 \xF2\xCF\xD3\xD3\xC9\xC9</a>";
    assert!(read(koi, None).1.contains("Президент России"));
}

#[test]
fn one_invalid_byte_does_not_change_the_rest() {
    let mut bytes = "<a>één twee drié – vijf ñ ü</a>".as_bytes().to_vec();
    bytes.insert(3, 0x93);
    assert_eq!(read(&bytes, None).1, "<a>“één twee drié – vijf ñ ü</a>");
}

#[test]
fn names_are_read_in_every_form() {
    for (label, bytes, text) in [
        ("cp437", &b"\x81"[..], "ü"),
        ("IBM850", b"\x81", "ü"),
        ("windows_1251", b"\xE6", "ж"),
        ("iso8859-5", b"\xD6", "ж"),
        ("x-sjis", b"\x82\xA0", "あ"),
        ("latin_1", b"\xE9", "é"),
        ("mac_greek", b"\x80", "Ä"),
        ("ISO_8859-5:1988", b"\xD6", "ж"),
        ("1251", b"\xE6", "ж"),
        ("cp1125", b"\xA6", "ж"),
        ("hp-roman8", b"\xC5", "é"),
        ("latin10", b"\xA4", "€"),
    ] {
        let mut document = format!("<?xml version='1.0' encoding='{label}'?>").into_bytes();
        document.extend_from_slice(bytes);
        assert!(read(&document, None).1.ends_with(text), "{label}");
    }
}

#[test]
fn ebcdic_is_seen_by_its_first_bytes() {
    let cp037 = [0x4C, 0x6F, 0xA7, 0x94, 0x93, 0x6F, 0x6E, 0x4C, 0x81, 0x6E];
    assert_eq!(read(&cp037, None).1, "<?xml?><a>");
}

/// A document of some sentences by its declaration, one sign of them cut in two.
fn with_a_torn_sign(label: &str, sentence: &str) -> Vec<u8> {
    let text =
        format!("<?xml version='1.0' encoding='{label}'?><a>{sentence}</a><b>{sentence}</b>");
    let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).expect("it is known");
    let mut bytes = encoding.encode(&text).0.into_owned();
    let at = bytes.windows(4).position(|four| four == b"</a>");
    bytes.remove(at.expect("it is there") - 1);
    bytes
}

#[test]
fn a_sign_that_was_cut_in_two_does_not_change_the_rest() {
    let chinese = "国务院总理主持召开会议讨论明年预算草案";
    let japanese = "国会は来年度予算案を可決した東京で大雪";
    for (label, sentence) in [
        ("gb2312", chinese),
        ("gbk", chinese),
        ("big5", "總統週三宣布會談將延後舉行反對黨議員要求"),
        ("euc-kr", "국회 내년도 예산안 처리 대통령은 수요일 회담이"),
        ("euc-jp", japanese),
        ("shift_jis", japanese),
    ] {
        let bytes = with_a_torn_sign(label, sentence);
        let habits = [
            None,
            Some("text/xml; charset=ISO-8859-1"),
            Some("text/xml; charset=utf-8"),
        ];
        for header in habits {
            let (_, read) = read(&bytes, header);
            assert!(
                read.ends_with(&format!("<b>{sentence}</b>")),
                "{label} {header:?}: {read}"
            );
        }
    }
    // Half a sign in the middle of a line: what follows is read by the wrong halves, up to its end.
    let whole = format!("<a>{japanese}</a>").repeat(4);
    let mut euc = encoding_rs::EUC_JP.encode(&whole).0.into_owned();
    euc.remove(8);
    let header = "text/xml; charset=euc-jp";
    assert!(
        read(&euc, Some(header))
            .1
            .ends_with(&format!("<a>{japanese}</a>"))
    );
    // A byte that stands for nothing among a few that do.
    let mut greek = b"<?xml version='1.0' encoding='windows-1253'?><a>".to_vec();
    let sentence = "Ο πρόεδρος ανακοίνωσε την Τετάρτη ότι οι συνομιλίες";
    greek.extend_from_slice(&encoding_rs::WINDOWS_1253.encode(sentence).0);
    greek.extend_from_slice(b"\xD2</a>");
    assert!(read(&greek, None).1.contains(sentence));
    let latin = b"<?xml version='1.0' encoding='gbk'?><a>caf\xE9 d\xE9j\xE0 vu</a>";
    assert!(read(latin, None).1.contains("caf\u{e9} d\u{e9}j\u{e0} vu"));
}

#[test]
fn a_stray_byte_does_not_make_utf_8_what_it_is_called_by_habit() {
    let sentence = "Президент встретился с министром обороны";
    for label in ["windows-1251", "koi8-r", "iso-8859-1"] {
        let text = format!("<?xml version='1.0' encoding='{label}'?><a>{sentence}</a>");
        let bytes = [text.as_bytes(), b"<b>\x93x\x94</b>"].concat();
        for header in [None, Some("text/xml; charset=windows-1251")] {
            let (_, read) = read(&bytes, header);
            assert!(
                read.contains(sentence) && read.ends_with("<b>“x”</b>"),
                "{label}: {read}"
            );
        }
    }
}

#[test]
fn a_mark_of_utf_8_holds_beside_stray_bytes_and_not_before_another_encoding() {
    let mark = b"\xEF\xBB\xBF";
    let strays = [mark, &b"<a>\x93quoted\x94 and caf\xC3\xA9</a>"[..]].concat();
    assert_eq!(read(&strays, None).1, "<a>“quoted” and café</a>");
    let sentence = "Президент встретился с министром";
    let koi = encoding_rs::KOI8_R.encode(sentence).0;
    for (declaration, header) in [
        ("<?xml version='1.0' encoding='koi8-r'?>", None),
        ("<?xml version='1.0' encoding='utf-8'?>", None),
        ("", Some("text/xml; charset=koi8-r")),
    ] {
        let bytes = [mark, declaration.as_bytes(), &koi].concat();
        assert!(
            read(&bytes, header).1.ends_with(sentence),
            "{declaration} {header:?}"
        );
    }
}

#[test]
fn the_beginning_of_a_sign_that_was_cut_off_is_left_out() {
    for (bytes, text) in [
        (&b"\xD1\x81\xD1\x82\xD1..."[..], "ст..."),
        (
            b"\xE2\x80\x9Cx\xE2\x80\x9D, he said\xE2\x80</a>",
            "“x”, he said</a>",
        ),
        (b"\xC3\xA9 \xF0\x9F\x98", "é "),
        (b"\xE4\xB8\xAD\xE5\x9B", "中"),
        (b"\xC3\xA9t\xC3\xA9 caf\xE9\xA0!", "été café\u{a0}!"),
        (b"\xC3\xA9t\xC3\xA9 ma\xF1ana \xD1", "été mañana Ñ"),
    ] {
        assert_eq!(read(bytes, None).1, text);
    }
}

#[test]
fn escapes_of_iso_2022_jp_are_seen_whatever_is_said() {
    let sentence = "国会は来年度予算案を可決した";
    for declaration in [
        "",
        "<?xml version='1.0' encoding='iso-2022-jp'?>",
        "<?xml version='1.0' encoding='utf-8'?>",
    ] {
        let text = format!("{declaration}<a>{sentence}</a>");
        let bytes = encoding_rs::ISO_2022_JP.encode(&text).0;
        for header in [
            None,
            Some("text/xml; charset=UTF-8"),
            Some("text/xml; charset=iso-8859-1"),
        ] {
            let (encoding, read) = read(&bytes, header);
            assert_eq!(
                (encoding.as_str(), read.as_str()),
                ("iso-2022-jp", text.as_str()),
                "{header:?}"
            );
        }
    }
    assert_eq!(read(b"<a>\x1B[31mred\x1B[0m</a>", None).0, "utf-8");
}

#[test]
fn valid_utf_8_beats_every_other_name() {
    let text = "<a>国会は来年度予算案を可決した</a>";
    for label in ["gbk", "big5", "shift_jis", "euc-kr", "gb18030"] {
        let header = format!("text/xml; charset={label}");
        assert_eq!(
            read(text.as_bytes(), Some(&header)),
            ("utf-8".into(), text.into()),
            "{label}"
        );
        let declared = format!("<?xml version='1.0' encoding='{label}'?>{text}");
        for header in [None, Some("text/xml; charset=iso-8859-1")] {
            assert_eq!(read(declared.as_bytes(), header).1, declared, "{label}");
        }
    }
    // Two signs in both: the name says which.
    let short = b"<a>\xC2\xA9\xC2\xA3</a>";
    assert_eq!(read(short, Some("text/xml; charset=gbk")).1, "<a>漏拢</a>");
}

#[test]
fn iso_8859_1_of_a_server_does_not_beat_what_a_document_says_of_itself() {
    for (label, sentence) in [
        ("windows-1251", "Премьер-министр подал в отставку"),
        ("koi8-r", "Премьер-министр подал в отставку"),
        ("iso-8859-5", "Премьер-министр подал в отставку"),
        ("ibm866", "Премьер-министр подал в отставку"),
        ("windows-1256", "استقالة رئيس الوزراء في بغداد"),
        ("windows-1255", "ראש הממשלה התפטר"),
        ("windows-1253", "Παραιτήθηκε ο πρωθυπουργός"),
        ("windows-1250", "Premier podał się do dymisji"),
        ("iso-8859-2", "Premier podał się do dymisji"),
        ("iso-8859-9", "Başbakan istifa etti"),
        ("utf-8", "Премьер-министр подал в отставку"),
    ] {
        let text = format!("<?xml version='1.0' encoding='{label}'?><a>{sentence}</a>");
        let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).expect("it is known");
        let bytes = encoding.encode(&text).0;
        for habit in ["ISO-8859-1", "us-ascii", "windows-1252"] {
            let header = format!("text/xml; charset={habit}");
            assert_eq!(read(&bytes, Some(&header)).1, text, "{label} {habit}");
        }
    }
    // What the document says may be the habit, of its template.
    for label in ["windows-1251", "iso-8859-2", "utf-8", "x-unknown"] {
        let text = format!("<?xml version='1.0' encoding='{label}'?><a>Émile Déjà</a>");
        let header = Some("text/xml; charset=iso-8859-1");
        assert_eq!(read(text.as_bytes(), header).1, text, "{label}");
        let latin = encoding_rs::WINDOWS_1252.encode(&text).0;
        let is_read = read(&latin, header).1 == text;
        assert_eq!(is_read, ["utf-8", "x-unknown"].contains(&label), "{label}");
    }
}

#[test]
fn a_few_signs_of_utf_8_are_not_read_by_a_name_of_east_asia() {
    for (label, text) in [
        ("gb2312", "China’s economy"),
        ("big5", "China’s economy"),
        ("shift_jis", "Café opens after résumé"),
        ("cp437", "Café"),
        ("windows-1251", "Café"),
    ] {
        let declared = format!("<?xml version='1.0' encoding='{label}'?><a>{text}</a>");
        assert_eq!(read(declared.as_bytes(), None).1, declared, "{label}");
        let said = format!("text/xml; charset={label}");
        let utf8 = "<?xml version='1.0' encoding='utf-8'?><a>Café</a>".to_owned();
        assert_eq!(read(utf8.as_bytes(), Some(&said)).1, utf8, "{label}");
    }
}
