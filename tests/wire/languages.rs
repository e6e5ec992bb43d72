//! Withdrawals, corrections, columns and datelines in many languages, on whole items.

use dateline::news::{Role, WireReading, utc_from_secs};
use dateline::text::wire::{WireInput, read_wire};

/// 2026-11-30T06:00:00Z.
const ITEM_TIME: i64 = 1_796_018_400;

fn read(language: &str, title: &str, summary: &str) -> WireReading {
    read_wire(&WireInput {
        outlet_name: "Example",
        language,
        title,
        summary,
        item_time: utc_from_secs(ITEM_TIME),
        ..WireInput::default()
    })
}

#[test]
fn a_notice_is_what_its_tag_says_in_every_language_of_the_rules() {
    for (language, title, role, clean) in [
        (
            "ar",
            "إلغاء خبر: وفاة الرئيس السابق",
            Role::Kill,
            "وفاة الرئيس السابق",
        ),
        (
            "ar",
            "تصحيح-مقتل 4 في انفجار بيروت",
            Role::Correction,
            "مقتل 4 في انفجار بيروت",
        ),
        ("ko", "[전문취소] 장관 사퇴", Role::Kill, "장관 사퇴"),
        ("ko", "[정정] 사망자 3명", Role::Correction, "사망자 3명"),
        (
            "tr",
            "İPTAL: Bakan istifa etti",
            Role::Kill,
            "Bakan istifa etti",
        ),
        ("tr", "DÜZELTME - 3 ölü", Role::Correction, "3 ölü"),
        (
            "ja",
            "お断り：記事を取り消します",
            Role::Kill,
            "お断り：記事を取り消します",
        ),
        ("ja", "【取り消し】大臣が辞任", Role::Kill, "大臣が辞任"),
        ("ja", "〔訂正〕死者は3人", Role::Correction, "死者は3人"),
        ("ja", "〔速報〕青森で震度5強", Role::Alert, "青森で震度5強"),
        (
            "id",
            "RALAT: Korban tewas 34 orang",
            Role::Correction,
            "Korban tewas 34 orang",
        ),
        (
            "id",
            "KOREKSI - Korban tewas 34 orang",
            Role::Correction,
            "Korban tewas 34 orang",
        ),
        (
            "vi",
            "Đính chính: 5 người chết",
            Role::Correction,
            "5 người chết",
        ),
        (
            "hi",
            "सुधार: मृतकों की संख्या 4",
            Role::Correction,
            "मृतकों की संख्या 4",
        ),
        ("bn", "সংশোধন: নিহত ৩", Role::Correction, "নিহত ৩"),
        (
            "zh",
            "更正：死亡人数为128人",
            Role::Correction,
            "死亡人数为128人",
        ),
        ("zh", "【撤稿】某部長辭職", Role::Kill, "某部長辭職"),
        ("zh", "撤回：某部长辞职", Role::Kill, "某部长辞职"),
        (
            "fa",
            "اصلاحیه: شمار کشته‌ها ۳ نفر",
            Role::Correction,
            "شمار کشته‌ها ۳ نفر",
        ),
        ("ur", "تصحیح: ہلاکتیں 3", Role::Correction, "ہلاکتیں 3"),
        (
            "he",
            "תיקון: שלושה הרוגים",
            Role::Correction,
            "שלושה הרוגים",
        ),
        (
            "th",
            "แก้ไขข่าว: ผู้เสียชีวิต 2 ราย",
            Role::Correction,
            "ผู้เสียชีวิต 2 ราย",
        ),
        (
            "el",
            "Διόρθωση: Τρεις νεκροί",
            Role::Correction,
            "Τρεις νεκροί",
        ),
        (
            "uk",
            "ВІДКЛИКАНО: Міністр пішов",
            Role::Kill,
            "Міністр пішов",
        ),
        (
            "uk",
            "Виправлення: троє загиблих",
            Role::Correction,
            "троє загиблих",
        ),
        (
            "ru",
            "АННУЛИРОВАНО: Министр ушел",
            Role::Kill,
            "Министр ушел",
        ),
        (
            "ru",
            "Исправление: погибли трое",
            Role::Correction,
            "погибли трое",
        ),
        ("zh", "社論》談判為何失敗", Role::Opinion, "談判為何失敗"),
        ("zh", "自由廣場》談判的教訓", Role::Opinion, "談判的教訓"),
        (
            "vi",
            "Góc nhìn: Vì sao thất bại",
            Role::Opinion,
            "Vì sao thất bại",
        ),
        ("id", "Opini: Mengapa gagal", Role::Opinion, "Mengapa gagal"),
        (
            "bn",
            "মতামত: আলোচনা কেন ব্যর্থ",
            Role::Opinion,
            "আলোচনা কেন ব্যর্থ",
        ),
        (
            "ta",
            "தலையங்கம்: பேச்சு ஏன் தோல்வி",
            Role::Opinion,
            "பேச்சு ஏன் தோல்வி",
        ),
        (
            "sw",
            "Maoni: Kwa nini umeshindwa",
            Role::Opinion,
            "Kwa nini umeshindwa",
        ),
        ("zh", "LIVE》香港火災", Role::Live, "香港火災"),
    ] {
        let reading = read(language, title, "");
        assert_eq!(
            (reading.role, reading.clean_title.as_str()),
            (role, clean),
            "{title}"
        );
    }
}

#[test]
fn a_headline_that_mentions_what_was_called_off_is_no_notice() {
    for (language, title) in [
        ("tr", "İptal edilen konser yeniden başlıyor"),
        ("tr", "İptal: konser yapılmayacak"),
        ("ko", "취소된 경기 다시 열린다"),
        ("ko", "[경기취소] 폭우로 잠실 경기 순연"),
        ("ja", "免許取り消し：大臣が処分"),
        ("ja", "新聞社、辞任の記事を取り消し謝罪"),
        ("zh", "撤回大使 两国关系紧张"),
        ("ar", "إلغاء الرحلات: ما العمل"),
        ("ru", "Отмена: матч перенесен"),
        ("de", "Zurückgezogen: das Gesetz"),
        ("es", "Anulada la boda: qué pasó"),
        ("id", "Dibatalkan: konser malam ini"),
        ("sv", "Återkallas: tusentals bilar"),
    ] {
        let reading = read(language, title, "");
        assert_eq!(reading.role, Role::News, "{title}: {:?}", reading.tags);
        assert_eq!(reading.clean_title, title);
    }
}

#[test]
fn a_request_not_to_use_a_text_withdraws_it() {
    for (language, summary) in [
        ("ar", "يرجى عدم استخدام الخبر لأنه غير صحيح."),
        ("tr", "Haberi lütfen kullanmayınız."),
        ("ja", "誤報のため取り消します。"),
        ("ko", "해당 기사는 사실과 달라 전문을 취소합니다."),
        ("zh", "请勿采用。"),
    ] {
        assert_eq!(
            read(language, "x y z", summary).role,
            Role::Kill,
            "{summary}"
        );
    }
}

#[test]
fn a_dateline_is_no_part_of_the_lede_in_other_scripts() {
    for (language, summary, agency, day, clean) in [
        (
            "ar",
            "بيروت - (د ب أ) - قتل ثلاثة.",
            Some("dpa"),
            None,
            "قتل ثلاثة.",
        ),
        (
            "ar",
            "القاهرة (أ ف ب) - قضى سبعة.",
            Some("AFP"),
            None,
            "قضى سبعة.",
        ),
        (
            "ar",
            "بيروت 30 نوفمبر تشرين الثاني (رويترز) - قتل أربعة.",
            Some("Reuters"),
            Some("2026-11-30"),
            "قتل أربعة.",
        ),
        (
            "fa",
            "به گزارش ایسنا، زلزله آمد.",
            Some("ISNA"),
            None,
            "زلزله آمد.",
        ),
        (
            "tr",
            "BALIKESİR (DHA) - Deprem oldu.",
            Some("DHA"),
            None,
            "Deprem oldu.",
        ),
        (
            "el",
            "(ΑΠΕ-ΜΠΕ) Σεισμός σημειώθηκε.",
            Some("AMNA"),
            None,
            "Σεισμός σημειώθηκε.",
        ),
        (
            "uk",
            "Київ. 30 листопада. УНІАН. Курс зріс.",
            Some("UNIAN"),
            Some("2026-11-30"),
            "Курс зріс.",
        ),
        (
            "zh",
            "（中央社記者王小明台北30日電）銀行降息。",
            Some("CNA"),
            Some("2026-11-30"),
            "銀行降息。",
        ),
        (
            "zh",
            "〔記者王小明／台北報導〕銀行降息。",
            None,
            None,
            "銀行降息。",
        ),
        (
            "zh",
            "中新网北京11月30日电 银行降息。",
            Some("China News Service"),
            Some("2026-11-30"),
            "银行降息。",
        ),
        (
            "ja",
            "【東京共同】銀行が利下げ。",
            Some("Kyodo"),
            None,
            "銀行が利下げ。",
        ),
        (
            "ja",
            "[東京 30日 ロイター] - 銀行が利下げ。",
            Some("Reuters"),
            Some("2026-11-30"),
            "銀行が利下げ。",
        ),
        (
            "ko",
            "(서울=뉴스1) 이영희 기자 = 불이 났다.",
            Some("News1"),
            None,
            "불이 났다.",
        ),
        (
            "ko",
            "[서울=뉴시스] 박민수 기자 = 불이 났다.",
            Some("Newsis"),
            None,
            "불이 났다.",
        ),
        (
            "hi",
            "पटना (भाषा)। हादसा हुआ।",
            Some("PTI"),
            None,
            "हादसा हुआ।",
        ),
        (
            "vi",
            "(TTXVN) - Cháy nhà trọ.",
            Some("VNA"),
            None,
            "Cháy nhà trọ.",
        ),
        (
            "id",
            "Jakarta (ANTARA) - Gempa.",
            Some("Antara"),
            None,
            "Gempa.",
        ),
    ] {
        let reading = read(language, "x y z", summary);
        let date = reading.dateline.as_ref().and_then(|dateline| dateline.date);
        let seen = (reading.agency.as_deref(), date.map(|date| date.to_string()));
        assert_eq!(seen, (agency, day.map(str::to_owned)), "{summary}");
        assert_eq!(reading.clean_summary, clean);
    }
}
