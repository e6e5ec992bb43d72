//! Languages other than English: scripts without capitals, words that decline, two languages beside each other.

use std::collections::BTreeSet;

use dateline::cluster::{ArrivingItem, Engine, Settings, Weights};
use dateline::decisions::Constraints;
use dateline::news::{EventId, ItemId, OutletId, utc_from_secs};

use super::clustering_streams::{NOON, other_news};

/// An item: when, in which language, title and lead. Each has an outlet of its own.
type Item<'a> = (i64, &'a str, &'a str, &'a str);

/// An engine that has taken in these items, by their places from 1 on, and settled.
fn settled<'a>(items: impl IntoIterator<Item = Item<'a>>) -> Engine {
    let mut engine = Engine::new(Settings::default(), Weights::embedded(), EventId(1));
    for (id, (secs, language, title, lead)) in (1..).zip(items) {
        engine.arrive(&ArrivingItem {
            id: ItemId(id),
            outlet: OutletId(id),
            language: language.to_owned(),
            item_time: utc_from_secs(secs),
            time_is_claimed: true,
            title: title.to_owned(),
            summary: lead.to_owned(),
            ..ArrivingItem::default()
        });
    }
    engine.settle(&Constraints::default());
    engine
}

/// Two tellings each of four events that nothing joins but a number or two, in a language that no table knows yet.
type Told = (&'static str, [[[&'static str; 2]; 2]; 4]);

const OTHER_SCRIPTS: [Told; 6] = [
    (
        "ja",
        [
            [
                [
                    "日銀、政策金利を0.75%に引き上げ",
                    "日本銀行は28日の金融政策決定会合で、政策金利を0.5%から0.75%へ引き上げることを決めた。",
                ],
                [
                    "日銀が追加利上げ決定、0.75%に 植田総裁が会見へ",
                    "日銀は28日、政策金利を0.75%程度に引き上げることを賛成多数で決定した。",
                ],
            ],
            [
                [
                    "大谷翔平、今季50号本塁打 ドジャース勝利",
                    "ドジャースの大谷翔平選手が28日、ジャイアンツ戦で今季50号となる本塁打を放った。",
                ],
                [
                    "大谷が50号、2年連続の大台 ドジャース快勝",
                    "米大リーグ、ドジャースの大谷翔平は28日のジャイアンツ戦で2年連続となる50号本塁打を記録した。",
                ],
            ],
            [
                [
                    "石川県で震度6弱の地震 津波の心配なし",
                    "気象庁によると、28日午前9時12分ごろ、石川県能登地方で震度6弱の強い地震があった。",
                ],
                [
                    "能登で震度6弱、津波なし 気象庁",
                    "28日午前9時すぎ、石川県能登地方を震源とする地震があり、輪島市で震度6弱を観測した。",
                ],
            ],
            [
                [
                    "トヨタ、純利益3割減 米関税が響く",
                    "トヨタ自動車が28日発表した中間期の連結純利益は前年同期比30%減だった。米国の関税が響いた。",
                ],
                [
                    "トヨタの9月中間決算、純利益30%減 関税が打撃",
                    "トヨタ自動車の9月中間連結決算は純利益が30%減の1兆3000億円となった。",
                ],
            ],
        ],
    ),
    (
        "zh",
        [
            [
                [
                    "央行降准50个基点 释放万亿资金",
                    "中国人民银行决定下调存款准备金率0.5个百分点，预计释放长期流动性1万亿元。",
                ],
                [
                    "中国央行下调存款准备金率0.5个百分点",
                    "中国人民银行28日宣布下调金融机构存款准备金率0.5个百分点，释放长期资金约1万亿元。",
                ],
            ],
            [
                [
                    "神舟二十一号发射成功",
                    "28日，神舟二十一号载人飞船在酒泉卫星发射中心发射升空，三名航天员顺利进入太空。",
                ],
                [
                    "神舟二十一号载人飞船成功升空 三名航天员入轨",
                    "我国28日在酒泉成功发射神舟二十一号载人飞船，航天员乘组状态良好。",
                ],
            ],
            [
                [
                    "泽连斯基抵达巴黎会晤马克龙",
                    "乌克兰总统泽连斯基28日抵达巴黎，将与法国总统马克龙讨论停火方案。",
                ],
                [
                    "马克龙在爱丽舍宫会见泽连斯基 讨论停火",
                    "法国总统马克龙28日在巴黎会见到访的乌克兰总统泽连斯基，双方讨论和平计划。",
                ],
            ],
            [
                [
                    "比亚迪第三季度净利润下降33%",
                    "比亚迪28日公布财报，第三季度净利润78亿元，同比下降33%。",
                ],
                [
                    "比亚迪三季度利润同比降三成",
                    "中国电动车制造商比亚迪公布第三季度净利润同比下降33%至78亿元，低于预期。",
                ],
            ],
        ],
    ),
    (
        "ko",
        [
            [
                [
                    "경주 규모 4.8 지진…인명 피해 없어",
                    "기상청에 따르면 28일 오전 경북 경주시에서 규모 4.8의 지진이 발생했다.",
                ],
                [
                    "경북 경주서 규모 4.8 지진 발생",
                    "28일 오전 8시 20분 경북 경주시 남남서쪽 지역에서 규모 4.8의 지진이 발생했다고 기상청이 밝혔다.",
                ],
            ],
            [
                [
                    "한은, 기준금리 2.50% 동결",
                    "한국은행 금융통화위원회는 28일 기준금리를 연 2.50%로 동결했다.",
                ],
                [
                    "기준금리 네 번째 동결…한은 '집값·환율 부담'",
                    "한국은행이 28일 기준금리를 2.50%로 유지하기로 했다. 이창용 총재는 환율과 집값을 언급했다.",
                ],
            ],
            [
                [
                    "손흥민 멀티골…LAFC 3-0 완승",
                    "손흥민이 28일 미국프로축구 경기에서 두 골을 넣으며 LAFC의 3-0 승리를 이끌었다.",
                ],
                [
                    "손흥민 2골 폭발, LAFC 완승 견인",
                    "LAFC 손흥민이 28일 열린 MLS 경기에서 멀티골을 터뜨려 팀의 3-0 승리를 이끌었다.",
                ],
            ],
            [
                [
                    "부산 공장 화재로 5명 사망",
                    "28일 부산 강서구의 한 도금 공장에서 불이 나 작업자 5명이 숨졌다.",
                ],
                [
                    "부산 강서구 도금공장 불, 5명 숨져",
                    "부산 강서구 녹산공단 도금공장에서 28일 화재가 발생해 5명이 사망했다고 소방당국이 밝혔다.",
                ],
            ],
        ],
    ),
    (
        "ar",
        [
            [
                [
                    "زلزال بقوة 5.4 درجات يضرب جنوب إيران",
                    "ضرب زلزال بقوة 5.4 درجات محافظة هرمزغان جنوب إيران، بحسب المركز الأميركي للمسح الجيولوجي.",
                ],
                [
                    "هزة أرضية بقوة 5.4 في هرمزغان الإيرانية",
                    "أعلن مركز رصد الزلازل أن هزة بقوة 5.4 درجة وقعت في محافظة هرمزغان جنوبي إيران من دون خسائر.",
                ],
            ],
            [
                [
                    "البنك المركزي المصري يخفض أسعار الفائدة 100 نقطة أساس",
                    "قررت لجنة السياسة النقدية في البنك المركزي المصري خفض أسعار الفائدة بواقع 100 نقطة أساس إلى 21 في المئة.",
                ],
                [
                    "مصر: خفض الفائدة بنسبة 1 في المئة",
                    "خفض البنك المركزي المصري سعر الفائدة على الإيداع إلى 21 في المئة في اجتماعه الخميس.",
                ],
            ],
            [
                [
                    "استقالة رئيس الوزراء الياباني إيشيبا",
                    "أعلن رئيس الوزراء الياباني شيغيرو إيشيبا استقالته بعد خسارة حزبه الانتخابات.",
                ],
                [
                    "إيشيبا يستقيل من رئاسة وزراء اليابان",
                    "قال شيغيرو إيشيبا إنه سيتنحى من منصب رئيس وزراء اليابان إثر هزيمة الحزب الحاكم في الانتخابات.",
                ],
            ],
            [
                [
                    "مقتل 15 شخصا في غارة إسرائيلية على خان يونس",
                    "قتل 15 فلسطينيا على الأقل في غارة إسرائيلية استهدفت منزلا في خان يونس جنوب قطاع غزة.",
                ],
                [
                    "15 قتيلا بقصف إسرائيلي على منزل في خان يونس",
                    "أفاد الدفاع المدني في غزة بمقتل 15 شخصا إثر قصف إسرائيلي على خان يونس.",
                ],
            ],
        ],
    ),
    (
        "hi",
        [
            [
                [
                    "दिल्ली में लाल किले के पास कार में धमाका, 9 की मौत",
                    "दिल्ली के लाल किला मेट्रो स्टेशन के पास एक कार में जोरदार धमाका हुआ जिसमें 9 लोगों की मौत हो गई।",
                ],
                [
                    "लाल किला धमाका: कार विस्फोट में 9 लोग मारे गए",
                    "राजधानी दिल्ली में लाल किले के निकट खड़ी कार में हुए विस्फोट में नौ लोगों की जान चली गई।",
                ],
            ],
            [
                [
                    "आरबीआई ने रेपो रेट में 0.25 प्रतिशत की कटौती की",
                    "भारतीय रिजर्व बैंक ने रेपो रेट 0.25 प्रतिशत घटाकर 5.25 प्रतिशत कर दिया। गवर्नर संजय मल्होत्रा ने घोषणा की।",
                ],
                [
                    "RBI ने घटाया रेपो रेट, सस्ते होंगे लोन",
                    "रिजर्व बैंक के गवर्नर संजय मल्होत्रा ने रेपो रेट 25 बेसिस प्वाइंट घटाकर 5.25% करने का ऐलान किया।",
                ],
            ],
            [
                [
                    "बिहार चुनाव: एनडीए की बड़ी जीत, 202 सीटें",
                    "बिहार विधानसभा चुनाव में एनडीए ने 243 में से 202 सीटें जीतीं।",
                ],
                [
                    "बिहार में एनडीए ने जीती 202 सीटें, महागठबंधन 35 पर सिमटा",
                    "बिहार विधानसभा चुनाव के नतीजों में एनडीए को 202 सीटें मिलीं जबकि महागठबंधन 35 पर सिमट गया।",
                ],
            ],
            [
                [
                    "महिला विश्व कप: भारत पहली बार चैंपियन",
                    "हरमनप्रीत कौर की कप्तानी में भारत ने दक्षिण अफ्रीका को 52 रन से हराकर पहली बार विश्व कप जीता।",
                ],
                [
                    "भारत ने महिला विश्व कप जीता, दक्षिण अफ्रीका को हराया",
                    "भारतीय महिला क्रिकेट टीम ने फाइनल में दक्षिण अफ्रीका को 52 रन से हराकर विश्व कप जीत लिया।",
                ],
            ],
        ],
    ),
    (
        "th",
        [
            [
                [
                    "น้ำท่วมหาดใหญ่ เสียชีวิตแล้ว 55 ราย",
                    "กระทรวงสาธารณสุขเผยผู้เสียชีวิตจากน้ำท่วมใหญ่ในอำเภอหาดใหญ่ จังหวัดสงขลา เพิ่มเป็น 55 ราย",
                ],
                [
                    "ยอดตายน้ำท่วมหาดใหญ่พุ่ง 55 ศพ",
                    "ศูนย์อำนวยการน้ำท่วมสงขลา แถลงยอดผู้เสียชีวิตในหาดใหญ่ 55 ราย เร่งช่วยเหลือผู้ติดค้าง",
                ],
            ],
            [
                [
                    "กนง.มีมติลดดอกเบี้ยเหลือ 1.25%",
                    "คณะกรรมการนโยบายการเงินมีมติลดอัตราดอกเบี้ยนโยบาย 0.25% เหลือ 1.25% ต่อปี",
                ],
                [
                    "แบงก์ชาติลดดอกเบี้ยนโยบาย 0.25% มาอยู่ที่ 1.25%",
                    "กนง. ลดดอกเบี้ยนโยบายลง 0.25% สู่ระดับ 1.25% เพื่อพยุงเศรษฐกิจ",
                ],
            ],
            [
                [
                    "ทีมชาติไทยชนะสิงคโปร์ 3-1 คัดบอลเอเชีย",
                    "ฟุตบอลทีมชาติไทยเอาชนะสิงคโปร์ 3-1 ในศึกคัดเลือกเอเชียนคัพที่ราชมังคลากีฬาสถาน",
                ],
                [
                    "ช้างศึกเฉือนสิงคโปร์ 3-1 คัดเอเชียนคัพ",
                    "ทีมชาติไทยเปิดราชมังคลากีฬาสถานชนะสิงคโปร์ 3-1 ฟุตบอลเอเชียนคัพรอบคัดเลือก",
                ],
            ],
            [
                [
                    "ศาลรัฐธรรมนูญสั่งยุบพรรคก้าวไกล",
                    "ศาลรัฐธรรมนูญมีมติเอกฉันท์สั่งยุบพรรคก้าวไกล และตัดสิทธิกรรมการบริหารพรรค 10 ปี",
                ],
                [
                    "ยุบพรรคก้าวไกล ตัดสิทธิกรรมการบริหาร 10 ปี",
                    "ศาลรัฐธรรมนูญวินิจฉัยให้ยุบพรรคก้าวไกลจากกรณีหาเสียงแก้ไขมาตรา 112",
                ],
            ],
        ],
    ),
];

#[test]
fn the_first_items_of_a_script_without_capitals_group_by_what_they_tell() {
    let mut told = Vec::new();
    for event in 0..4 {
        for telling in 0..2 {
            for (language, events) in &OTHER_SCRIPTS {
                told.push((*language, event, events[event][telling]));
            }
        }
    }
    let items = (0..).zip(&told);
    let engine = settled(
        items.map(|(at, (language, _, [title, lead]))| (NOON + at * 90, *language, *title, *lead)),
    );
    for event in engine.live_events() {
        let items = engine.items_of(event);
        let of_event = || items.iter().map(|item| &told[item.0 as usize - 1]);
        let stories: BTreeSet<_> = of_event()
            .map(|(language, event, _)| (language, event))
            .collect();
        let titles: Vec<&str> = of_event().map(|(_, _, [title, _])| *title).collect();
        assert_eq!((stories.len(), items.len()), (1, 2), "{titles:#?}");
    }
}

/// Of each language two tellings of one event, which share no word in one form.
const DECLINED: [(&str, [&str; 2]); 4] = [
    (
        "ru",
        [
            "Взрыв уничтожил фабрику под Волгоградом",
            "Жертвами взрыва фабрики близ Волгограда стали рабочие",
        ],
    ),
    (
        "pl",
        [
            "Pożar zniszczył kamienicę w Krakowie",
            "Strażacy po pożarze kamienicy: Kraków pomaga rodzinom",
        ],
    ),
    (
        "tr",
        [
            "Kayseri'de otel yangını",
            "Kayseri'deki otelin yangınında turistler kurtarıldı",
        ],
    ),
    (
        "fi",
        [
            "Tehtaan räjähdys Tampereella, työntekijöitä loukkaantui",
            "Tampereen tehdas räjähti, työntekijä loukkaantunut",
        ],
    ),
];

#[test]
fn reports_of_one_event_meet_where_words_decline() {
    let told = DECLINED.iter().flat_map(|(language, titles)| {
        let titles = (0..).zip(titles);
        titles.map(|(at, title)| (NOON + at * 1_800, *language, *title, ""))
    });
    let engine = settled(told);
    for (at, (language, titles)) in (0..).zip(&DECLINED) {
        let [first, second] = [1, 2].map(|telling| engine.event_of(ItemId(at * 2 + telling)));
        assert!(
            first.is_some() && first == second,
            "{language}: {titles:#?}"
        );
    }
    assert_eq!(engine.live_events().count(), DECLINED.len());
}

#[test]
fn two_languages_that_share_a_number_and_that_people_died_tell_two_events() {
    let news: Vec<(i64, String)> = other_news().collect();
    let news = news
        .iter()
        .map(|(secs, title)| (*secs, "en", title.as_str(), ""));
    let told = [
        (
            NOON,
            "en",
            "Landslide in Nepal kills 23",
            "A landslide killed 23 people in Nepal.",
        ),
        (
            NOON,
            "sv",
            "5 döda och 23 skadade i tågolycka vid Gävle",
            "Ett godståg krockade med ett persontåg.",
        ),
    ];
    let last = news.len() as i64 + 2;
    let engine = settled(news.chain(told));
    let [nepal, sweden] = [last - 1, last].map(|item| engine.event_of(ItemId(item)));
    assert_ne!(nepal, sweden);
}

/// Two tellings of an event, and one of another of its kind.
const OF_ONE_KIND: [(&str, [&str; 3]); 11] = [
    (
        "zh",
        [
            "甘肃兰州一化工厂爆炸致4人死亡",
            "兰州化工厂爆炸 已致4人遇难",
            "湖北宜昌一工厂爆炸 3人死亡",
        ],
    ),
    (
        "ja",
        [
            "長野の工場で火災、2人死亡",
            "長野市の工場火災 2人の死亡を確認",
            "静岡の倉庫で火災、1人死亡",
        ],
    ),
    (
        "ko",
        [
            "울산 공장 화재로 2명 사망",
            "울산 공장 화재…2명 숨져",
            "광주 아파트 화재로 1명 사망",
        ],
    ),
    (
        "th",
        [
            "ไฟไหม้โรงงานระยอง เสียชีวิต 3 ราย",
            "โรงงานระยองไฟไหม้ ดับ 3",
            "ไฟไหม้ตลาดอุดรธานี เสียชีวิต 1 ราย",
        ],
    ),
    (
        "ar",
        [
            "مقتل 4 أشخاص في حريق بمستشفى في الموصل",
            "حريق في مستشفى بالموصل يودي بحياة 4",
            "مقتل 3 أشخاص في حريق بمصنع في طنجة",
        ],
    ),
    (
        "fa",
        [
            "زلزله ۵.۳ ریشتری کرمان را لرزاند",
            "زلزله کرمان به بزرگی ۵.۳ خسارتی نداشت",
            "زلزله ۴.۹ ریشتری تبریز را لرزاند",
        ],
    ),
    (
        "he",
        [
            "שלושה הרוגים בשריפה בנתניה",
            "שריפה בדירה בנתניה: שלושה הרוגים",
            "שני הרוגים בשריפה בעפולה",
        ],
    ),
    (
        "hi",
        [
            "पटना में बस दुर्घटना, 5 की मौत",
            "पटना बस हादसा: 5 लोगों की मौत",
            "इंदौर में बस दुर्घटना, 3 की मौत",
        ],
    ),
    (
        "bn",
        [
            "চট্টগ্রামে ভবনে আগুন, নিহত ৩",
            "চট্টগ্রামে আগুনে ৩ জনের মৃত্যু",
            "খুলনায় বাজারে আগুন, নিহত ২",
        ],
    ),
    (
        "en",
        [
            "Bank of Korea holds rate at 2.50%",
            "Bank of Korea keeps rate at 2.50%",
            "New Zealand central bank cuts rate to 2.25%",
        ],
    ),
    (
        "uk",
        [
            "У Полтаві стався вибух, троє загиблих",
            "Вибух у Полтаві: загинули троє людей",
            "У Чернігові стався вибух, двоє загиблих",
        ],
    ),
];

#[test]
fn two_events_that_share_only_words_of_their_kind_are_two() {
    for (language, titles) in OF_ONE_KIND {
        let items = (0..).zip(titles);
        let engine =
            settled(items.map(|(place, title)| (NOON + place * 1200, language, title, "")));
        let [told, again, other] = [1, 2, 3].map(|id| engine.event_of(ItemId(id)));
        assert_eq!(told, again, "{language}: {titles:?}");
        assert_ne!(told, other, "{language}: {titles:?}");
    }
}

/// A title and a lead with a place in them, and the places that one of the kind was told of.
const TEMPLATES: [(&str, [&str; 2], [&str; 3]); 4] = [
    (
        "zh",
        [
            "{}发生里氏4级地震 暂无伤亡报告",
            "据中国地震台网测定，今日上午{}发生里氏4级地震，震源深度10公里，暂未收到人员伤亡和财产损失的报告，当地消防救援部门已派出人员前往震中了解情况，后续消息将及时通报。",
        ],
        ["四川雅安", "云南大理", "新疆和田"],
    ),
    (
        "ja",
        [
            "{}県で震度4の地震 津波の心配なし",
            "気象庁によると、きょう午前、{}県で震度4を観測する地震がありました。この地震による津波の心配はありません。今のところ被害の情報は入っていないということです。",
        ],
        ["熊本", "鹿児島", "宮崎"],
    ),
    (
        "ar",
        [
            "حريق في مصنع بمدينة {} دون إصابات",
            "اندلع حريق صباح اليوم داخل مصنع للبلاستيك في مدينة {} وتمكنت قوات الحماية المدنية من السيطرة عليه دون وقوع إصابات، وانتقلت النيابة العامة إلى مكان الحادث لمعاينته وسماع أقوال الشهود وتحديد أسباب الحريق",
        ],
        ["طنطا", "المنصورة", "أسيوط"],
    ),
    (
        "ko",
        [
            "{} 플라스틱 공장 화재 인명피해 없어",
            "오늘 오전 {} 플라스틱 공장에서 불이 나 소방당국이 진화에 나섰다. 인명피해는 없는 것으로 알려졌다. 경찰과 소방당국은 정확한 화재 원인과 재산 피해 규모를 조사하고 있다고 밝혔다.",
        ],
        ["청주", "구미", "군산"],
    ),
];

#[test]
fn texts_of_one_template_about_two_places_are_two_events_where_nothing_shows_a_name() {
    for (language, [title, lead], places) in TEMPLATES {
        let mut engine = Engine::new(Settings::default(), Weights::embedded(), EventId(1));
        let told = places.iter().chain([&places[0]]);
        let originals: Vec<Option<ItemId>> = (1..)
            .zip(told)
            .map(|(id, place)| {
                let arrival = engine.arrive(&ArrivingItem {
                    id: ItemId(id),
                    outlet: OutletId(id),
                    language: language.to_owned(),
                    item_time: utc_from_secs(NOON + id * 600),
                    time_is_claimed: true,
                    title: title.replace("{}", place),
                    summary: lead.replace("{}", place),
                    ..ArrivingItem::default()
                });
                arrival.reprint_of
            })
            .collect();
        let first = Some(ItemId(1));
        assert_eq!(originals, [None, None, None, first], "{language}");
        engine.settle(&Constraints::default());
        let events: BTreeSet<Option<EventId>> =
            (1..=4).map(|id| engine.event_of(ItemId(id))).collect();
        assert_eq!(events.len(), places.len(), "{language}");
    }
}
