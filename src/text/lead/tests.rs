//! What is shown of leads, in the languages of the lists.

use super::*;

#[test]
fn what_pages_put_around_a_lead_is_no_lead() {
    let cases = [
        (
            "Gusts reach 140km/h. Continue reading...",
            "Gusts reach 140km/h.",
        ),
        (
            "Gusts reach 140km/h Continue reading...",
            "Gusts reach 140km/h",
        ),
        ("The post Bypass approved appeared first on Gazette.", ""),
        (
            "Rain fell. The post Rain appeared first on Gazette.",
            "Rain fell.",
        ),
        (
            "Please use Chrome browser for a more accessible video player",
            "",
        ),
        (
            "Advertisement\n\nA fire destroyed a bakery.",
            "A fire destroyed a bakery.",
        ),
        (
            "Advertisement of the year: a bank won.",
            "Advertisement of the year: a bank won.",
        ),
        ("The post office closes.", "The post office closes."),
        (
            "He said so. She could not read more.",
            "He said so. She could not read more.",
        ),
        ("雨が降った。", "雨が降った。"),
    ];
    for (lead, told) in cases {
        assert_eq!(without_boilerplate(lead), told, "{lead}");
    }
}

#[test]
fn short_lines_before_the_first_paragraph_are_no_lead() {
    let told = "A volcano erupted near Grindavik on Monday.\nMore followed.";
    for before in [
        "",
        "Listen to this article\n",
        "Share\n\nSave\n",
        "By Jane Doe, Nairobi\n",
        "Reading time: 2 minutes\nLast updated: 30 November 2026\n",
        "Delegates arrive at the hotel. | Photo: AFP\n",
        "[ppp_patron_only level=\"5\"]\n",
    ] {
        let text = [before, told].concat();
        assert_eq!(first_paragraph_on(&text), told, "{before}");
    }
    for text in [
        "NAIROBI, Kenya (AP) —\nA court halted the lease.",
        "“It is over.”\nThe minister said so.",
        "雨が降った。\n以上",
        "Listen to this article\nShare",
        "Rain\nin\nseven\nshort\nlines\nof\na\npoem.",
        "The council of the town has voted for the new bridge over the old river\nIt was close.",
    ] {
        assert_eq!(first_paragraph_on(text), text);
    }
    assert_eq!(first_paragraph_on(""), "");
}

#[test]
fn what_pages_put_around_a_lead_is_no_lead_in_other_languages() {
    for lead in [
        "اقرأ المزيد",
        "تصوير: محمد حسن",
        "ادامه مطلب",
        "לכתבה המלאה לחצו כאן",
        "Haberin devamı için tıklayınız",
        "Giriş Tarihi: 30.11.2026 08:12 Son Güncelleme: 30.11.2026 08:40",
        "Διαβάστε περισσότερα...",
        "Читати далі",
        "Фото: Getty Images",
        "点击查看全文>>",
        "责任编辑：王小明",
        "(责编：王小明、李雷)",
        "繼續閱讀...",
        "請繼續往下閱讀...",
        "続きを読む",
        "この記事は有料会員限定です。残り1234文字",
        "（写真：共同通信）",
        "기사 더보기",
        "무단전재 및 재배포 금지",
        "사진=연합뉴스",
        "और पढ़ें",
        "और प\u{95D}ें",
        "फोटो: पीटीआई",
        "বিস্তারিত পড়ুন",
        "மேலும் படிக்க",
        "อ่านต่อ",
        "ภาพ: รอยเตอร์",
        "Xem thêm",
        "(Ảnh: TTXVN)",
        "Baca selengkapnya",
        "Baca juga: 5 Fakta Gempa",
        "Scroll ke bawah untuk melanjutkan membaca. ADVERTISEMENT",
        "Soma zaidi",
        "Leia mais",
        "Läs mer",
        "Lue lisää",
        "Your browser does not support the video tag. Click to play",
        "By our correspondent in Osaka",
        "We use cookies to improve your experience. Accept all",
        "Photo: AFP / Ted Aljibe",
        "PHOTO | J. Doe",
        "Subscribe to our newsletter",
        "Last updated: 30 Nov 2026, 08:12",
        "© 2026 Example Media. All rights reserved.",
    ] {
        assert_eq!(without_boilerplate(lead), "", "{lead}");
    }
}

#[test]
fn what_stands_beside_it_is_the_lead() {
    for (lead, told) in [
        (
            "Photo: AFP. A fire destroyed a bakery.",
            "A fire destroyed a bakery.",
        ),
        (
            "ADVERTISEMENT\nA fire destroyed a bakery.",
            "A fire destroyed a bakery.",
        ),
        (
            "A fire destroyed a bakery. (Reporting by J. Doe; Editing by R. Roe)",
            "A fire destroyed a bakery.",
        ),
        (
            "A fire destroyed a bakery. © Reuters",
            "A fire destroyed a bakery.",
        ),
        (
            "© Reuters. A fire destroyed a bakery.",
            "A fire destroyed a bakery.",
        ),
        (
            "A fire destroyed a bakery. Photo: Jane Doe/AP",
            "A fire destroyed a bakery.",
        ),
        (
            "A fire destroyed a bakery. Read more »",
            "A fire destroyed a bakery.",
        ),
        ("パン屋が全焼した。（写真：共同通信）", "パン屋が全焼した。"),
        ("パン屋が全焼した。続きを読む", "パン屋が全焼した。"),
        ("빵집이 탔다. 무단전재 및 재배포 금지", "빵집이 탔다."),
        ("面包店被烧毁。责任编辑：王小明", "面包店被烧毁。"),
        (
            "Kebakaran menghanguskan toko. Baca juga: Lima fakta",
            "Kebakaran menghanguskan toko.",
        ),
        ("احترق مخبز. اقرأ المزيد", "احترق مخبز."),
    ] {
        assert_eq!(without_boilerplate(lead), told, "{lead}");
    }
}

#[test]
fn a_text_that_speaks_of_such_things_is_told() {
    for lead in [
        "Photo shows the minister in a car.",
        "Photos of the crash were taken by drivers on the A1, police said, and the court will see them on Monday.",
        "Cookies sold out in Leeds. We ate them.",
        "Sign of the times: a bank closes.",
        "Updated: 5 killed in blast",
        "Updated rules for 2026 say who may fly.",
        "Küzd tovább...",
        "She fights on. Nobody could continue reading",
        "무단 횡단하던 남성이 숨졌다.",
        "残り3人の捜索が続く。",
        "更多人失踪。",
        "ต้องอ่านต่อ",
        "المزيد من القتلى في غزة",
        "Video killed the radio star, a study says.",
        "Reporting by the paper led to the arrest.",
        "The court said so (it did not say more).",
    ] {
        assert_eq!(without_boilerplate(lead), lead, "{lead}");
    }
}

#[test]
fn no_lead_becomes_longer_and_nothing_within_it_is_lost() {
    for lead in [
        "",
        " ",
        "(",
        "（",
        "…",
        "»",
        "Read more",
        "Photo:",
        "©",
        "A. B.",
        "\u{300}",
    ] {
        assert!(lead.contains(without_boilerplate(lead)), "{lead}");
    }
}

#[test]
fn the_lists_are_in_lower_case_and_say_nothing_twice() {
    let lists: Lists = toml::from_str(include_str!("../lead.toml")).expect("it parses");
    let all = [
        &lists.tails,
        &lists.heads,
        &lists.sentences,
        &lists.credits,
        &lists.times,
    ];
    let phrases: Vec<&String> = all.into_iter().flatten().collect();
    for (at, phrase) in phrases.iter().enumerate() {
        assert_eq!(phrase.to_lowercase(), **phrase);
        assert!(
            !phrase.is_empty() && !phrases[..at].contains(phrase),
            "{phrase}"
        );
    }
}

#[test]
fn a_lede_ends_at_a_sentence_within_three_hundred_characters() {
    let long = format!("{} end. {}", "word ".repeat(50), "more ".repeat(60));
    assert!(cut_lede(&long, 300).ends_with("end."));
    let endless = cut_lede(&"字".repeat(900), 300);
    assert_eq!(endless.chars().count(), 300);
}
