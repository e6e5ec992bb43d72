//! One text under several headlines: a wire copy is known as one report, and what stands below every item of a kind
//! makes none.

use dateline::cluster::{ArrivingItem, Engine, Settings, Weights};
use dateline::decisions::Constraints;
use dateline::news::{EventId, ItemId, OutletId, utc_from_secs};

use super::clustering_streams::{NOON, other_news};

/// An outlet, a title and a lead.
type Told<'a> = (i64, &'a str, &'a str);

/// An engine that knows English, and the items that it is told now, in one language, with the original of each.
struct Desk {
    engine: Engine,
    told: Vec<(ItemId, Option<ItemId>)>,
}

impl Desk {
    fn told(language: &str, told: &[Told<'_>]) -> Self {
        let mut engine = Engine::new(Settings::default(), Weights::embedded(), EventId(1));
        let other: Vec<(i64, String)> = other_news().collect();
        let other = other
            .iter()
            .map(|(secs, title)| (*secs, "en", (99, title.as_str(), "")));
        let told = told
            .iter()
            .zip(0..)
            .map(|(told, place)| (NOON + place * 1200, language, *told));
        let all = (1..).zip(other.chain(told));
        let told = all.map(|(id, (secs, language, (outlet, title, lead)))| {
            let arrival = engine.arrive(&ArrivingItem {
                id: ItemId(id),
                outlet: OutletId(outlet),
                language: language.to_owned(),
                item_time: utc_from_secs(secs),
                time_is_claimed: true,
                title: title.to_owned(),
                summary: lead.to_owned(),
                ..ArrivingItem::default()
            });
            (ItemId(id), arrival.reprint_of)
        });
        let told: Vec<_> = told.collect();
        engine.settle(&Constraints::default());
        let told = told[other_news().count()..].to_vec();
        Self { engine, told }
    }

    fn events(&self) -> Vec<Option<EventId>> {
        let told = self.told.iter();
        told.map(|(item, _)| self.engine.event_of(*item)).collect()
    }
}

/// A standard sentence and the titles above it.
const SENTENCES: [(&str, &str, [&str; 3]); 6] = [
    (
        "en",
        "The US Geological Survey said the earthquake was shallow and there was no tsunami warning. There were no \
         immediate reports of damage or casualties from the area where it struck.",
        [
            "Magnitude 5.6 earthquake strikes Fiji",
            "Magnitude 6.1 earthquake strikes Peru",
            "Strong earthquake shakes northern Chile",
        ],
    ),
    (
        "de",
        "Nach Angaben der Polizei ist die Ursache noch unklar. Die Ermittlungen dauern an, Hinweise nimmt jede \
         Dienststelle entgegen. Weitere Einzelheiten zu dem Unfall wurden zunächst nicht bekannt, heißt es in der Mitteilung.",
        [
            "Zwei Verletzte bei Unfall in Rostock",
            "Unfall auf der Kreuzung in Bamberg: drei Verletzte",
            "Unfall in Trier: Radfahrerin verletzt",
        ],
    ),
    (
        "ja",
        "気象庁によりますと、この地震による津波の心配はありません。今のところ被害の情報は入っていません。各地の震度は次の通りです。\
         今後一週間ほどは同じ程度の揺れに注意してください。",
        [
            "茨城県で震度3の地震",
            "熊本県で震度4の地震",
            "沖縄本島で強い地震",
        ],
    ),
    (
        "ko",
        "경찰은 정확한 사고 경위를 조사하고 있습니다. 자세한 내용은 곧 전해드리겠습니다. 제보는 카카오톡과 이메일로 받습니다. \
         여러분의 많은 관심과 참여를 부탁드립니다.",
        [
            "부산 교차로 사고로 2명 부상",
            "대전 터널 사고로 3명 부상",
            "청주 고속도로 사고",
        ],
    ),
    (
        "zh",
        "中国地震台网正式测定,请注意防范余震,如有灾情请及时拨打救援电话。请大家不信谣、不传谣,以官方发布的消息为准,\
         后续情况本台将持续关注并第一时间为您报道。",
        [
            "新疆阿克苏发生5.1级地震",
            "四川宜宾发生4.9级地震",
            "台湾花莲发生地震",
        ],
    ),
    (
        "ar",
        "وقال المركز الوطني إن الزلزال لم يسفر عن وقوع خسائر بشرية أو مادية حتى الآن، داعيا المواطنين إلى توخي الحذر واتباع \
         التعليمات الصادرة عن الجهات الرسمية والابتعاد عن المباني المتصدعة",
        [
            "زلزال بقوة 5.1 درجات يضرب أضنة",
            "زلزال بقوة 4.8 درجات يضرب طنجة",
            "زلزال قوي يضرب عدن",
        ],
    ),
];

#[test]
fn a_standard_sentence_below_titles_of_several_places_makes_no_copies() {
    for (language, lead, titles) in SENTENCES {
        let told: Vec<Told<'_>> = (1..)
            .zip(titles)
            .map(|(id, title)| (id, title, lead))
            .collect();
        let desk = Desk::told(language, &told);
        assert!(
            desk.told.iter().all(|(_, original)| original.is_none()),
            "{language}: {:?}",
            desk.told
        );
    }
}

/// A text of an agency and the headlines that outlets set above it.
const WIRE_TEXTS: [(&str, &str, [&str; 3]); 5] = [
    (
        "en",
        "A ferry with some 210 passengers ran aground off the island of Kythnos on Thursday in strong winds, and the \
         coast guard took everyone aboard to the port of Merichas, Greek officials said.",
        [
            "Ferry runs aground off Greek island of Kythnos",
            "All rescued as ferry hits rocks in strong winds",
            "Greece: 210 taken off ferry that ran aground",
        ],
    ),
    (
        "de",
        "Vor der griechischen Insel Kythnos ist am Donnerstag eine Fähre mit 210 Passagieren auf Grund gelaufen. Die \
         Küstenwache brachte alle Menschen an Bord bei starkem Wind in den Hafen von Merichas, wie die Behörden mitteilten.",
        [
            "Fähre läuft vor Kythnos auf Grund",
            "Griechische Küstenwache rettet 210 Passagiere von Fähre",
            "Fähre vor griechischer Insel auf Grund gelaufen - alle Menschen gerettet",
        ],
    ),
    (
        "ja",
        "ギリシャのキトノス島沖で28日、乗客約210人を乗せたフェリーが強風のため座礁した。沿岸警備隊によると、乗客は全員がメリハスの港に運ばれ、\
         けが人は出ていない。船長は島を避けようとしたが舵がきかなかったと話しているという。",
        [
            "ギリシャのキトノス島沖でフェリー座礁",
            "フェリー座礁、乗客210人全員を救助 ギリシャ",
            "強風でフェリー座礁 沿岸警備隊が乗客を港に",
        ],
    ),
    (
        "zh",
        "希腊海岸警卫队说，一艘载有约210名乘客的渡轮28日在基斯诺斯岛附近海域因强风触礁搁浅，所有乘客已被送往梅里哈斯港，没有人员受伤。\
         船长说他试图避开该岛，但船舵当时失灵，事故原因正在调查。",
        [
            "希腊渡轮在基斯诺斯岛附近搁浅",
            "载有210名乘客的渡轮触礁 乘客全部获救",
            "希腊海岸警卫队：渡轮因强风触礁搁浅",
        ],
    ),
    (
        "ar",
        "جنحت عبارة تقل نحو 210 ركاب قبالة جزيرة كيثنوس اليونانية يوم الخميس بسبب الرياح القوية، ونقل خفر السواحل جميع من كانوا \
         على متنها إلى ميناء ميريخاس دون وقوع إصابات، بحسب ما أعلنته السلطات اليونانية",
        [
            "جنوح عبارة قبالة جزيرة كيثنوس اليونانية",
            "خفر السواحل اليوناني ينقل ركاب عبارة جنحت",
            "الرياح القوية تدفع عبارة إلى الجنوح قبالة اليونان",
        ],
    ),
];

#[test]
fn a_wire_text_under_the_headlines_of_several_outlets_is_one_report() {
    for (language, lead, titles) in WIRE_TEXTS {
        let told: Vec<Told<'_>> = (1..)
            .zip(titles)
            .map(|(id, title)| (id, title, lead))
            .collect();
        let desk = Desk::told(language, &told);
        let first = Some(desk.told[0].0);
        let originals: Vec<Option<ItemId>> = desk.told.iter().map(|told| told.1).collect();
        assert_eq!(originals, [None, first, first], "{language}");
    }
}

#[test]
fn a_sentence_of_twenty_characters_alone_proves_no_copy() {
    let sentence = "この記事は会員限定です。登録すると続きをお読みいただけます。";
    let told = [
        (1, "会員制の温泉が閉館へ", sentence),
        (2, "会員の登録情報が流出か", sentence),
    ];
    let desk = Desk::told("ja", &told);
    assert_eq!(desk.told[1].1, None);
}

#[test]
fn an_outlet_that_tells_another_toll_under_an_old_lead_tells_the_same_event_anew() {
    let lead = "A passenger ferry carrying more people than its licence allowed went down in rough seas off the island \
        of Cebu on Monday, the Philippine coast guard said, and boats were searching the waters for survivors.";
    let told = [
        (1, "Ferry sinks off Cebu in the Philippines, 12 dead", lead),
        (1, "Cebu ferry sinking: death toll rises to 31", lead),
    ];
    let desk = Desk::told("en", &told);
    assert_eq!(desk.told[1].1, None);
    assert_eq!(desk.events()[0], desk.events()[1]);
}

#[test]
fn headlines_in_title_case_about_two_places_that_nobody_named_before_are_no_copies() {
    let title = |place: &str| {
        format!(
            "Police: Man Arrested After Woman Found Dead In Apartment On The East Side Of {place} Saturday Morning"
        )
    };
    let [one, other] = ["Kewanee", "Sikeston"].map(title);
    let upper = [one.to_uppercase(), other.to_uppercase()];
    for [one, other] in [[&one, &other], [&upper[0], &upper[1]]] {
        let desk = Desk::told("en", &[(1, one, ""), (2, other, "")]);
        assert_eq!(desk.told[1].1, None, "{one}");
        assert_ne!(desk.events()[0], desk.events()[1], "{one}");
    }
}

/// A title that names no place, and a lead with a place in it, of which there are two.
const OF_SOMEWHERE: [(&str, &str, &str, [&str; 2]); 5] = [
    (
        "zh",
        "警方通报一起交通事故",
        "据{}市公安局通报,一辆小型客车与一辆货车在市区道路相撞,造成多人受伤,伤者已被送往医院救治,目前均无生命危险。事故原因正在进一步调查中,善后工作有序开展。",
        ["成都", "沈阳"],
    ),
    (
        "ja",
        "住宅が全焼 けが人なし",
        "{}市で火事があり、木造2階建て住宅が全焼しました。けが人はいませんでした。警察と消防が出火の原因を詳しく調べています。現場は住宅が立ち並ぶ一角で、一時騒然としました。",
        ["秋田", "福島"],
    ),
    (
        "th",
        "ไฟไหม้บ้านไม้ ไร้เจ็บ",
        "เกิดเหตุเพลิงไหม้บ้านไม้สองชั้นในจังหวัด{} เจ้าหน้าที่ดับเพลิงใช้เวลากว่าหนึ่งชั่วโมงจึงควบคุมเพลิงไว้ได้ ไม่มีผู้ได้รับบาดเจ็บ เจ้าหน้าที่อยู่ระหว่างตรวจสอบหาสาเหตุของเพลิงไหม้",
        ["เชียงใหม่", "ขอนแก่น"],
    ),
    (
        "ar",
        "السيطرة على حريق في مستودع",
        "أعلنت مديرية الدفاع المدني في محافظة {} أن فرقها تعاملت صباح اليوم مع حريق شب في مستودع للمواد البلاستيكية وتمكنت من السيطرة عليه دون وقوع إصابات فيما باشرت الجهات المختصة التحقيق في أسباب الحريق وحصر الأضرار المادية التي خلفها",
        ["إربد", "الزرقاء"],
    ),
    (
        "hi",
        "ट्रक की टक्कर से बाइक सवार युवक की मौत",
        "{} में सड़क पर तेज रफ्तार ट्रक ने बाइक को टक्कर मार दी जिससे बाइक सवार युवक की मौके पर ही मौत हो गई पुलिस ने शव को पोस्टमार्टम के लिए भेजकर मामले की जांच शुरू कर दी है ट्रक चालक मौके से फरार हो गया",
        ["कानपुर", "पटना"],
    ),
];

#[test]
fn texts_of_one_template_that_name_their_places_in_the_lead_alone_are_two_events() {
    for (language, title, lead, places) in OF_SOMEWHERE {
        let leads = places.map(|place| lead.replace("{}", place));
        let told = [
            (1, title, leads[0].as_str()),
            (2, title, &leads[1]),
            (3, title, &leads[0]),
        ];
        let desk = Desk::told(language, &told);
        let originals: Vec<Option<ItemId>> = desk.told.iter().map(|told| told.1).collect();
        assert_eq!(originals, [None, None, Some(desk.told[0].0)], "{language}");
        assert_ne!(desk.events()[0], desk.events()[1], "{language}");
    }
}

#[test]
fn a_copy_in_which_an_editor_chose_another_word_is_one_still() {
    let lead = OF_SOMEWHERE[0].2.replace("{}", "成都");
    let edited = lead.replace("伤者", "受伤人员").replace("有序", "正在");
    let title = OF_SOMEWHERE[0].1;
    let desk = Desk::told("zh", &[(1, title, &lead), (2, title, &edited)]);
    assert_eq!(desk.told[1].1, Some(desk.told[0].0));
}

#[test]
fn one_sentence_of_two_agencies_is_told_by_both() {
    let arrive = |agencies: [Option<&str>; 2], leads: [&str; 2]| {
        let mut engine = Engine::new(Settings::default(), Weights::embedded(), EventId(1));
        let titles = [
            "Turkey earthquake death toll rises to 19",
            "Turkey earthquake death toll climbs to 19",
        ];
        let mut last = None;
        for (place, agency) in agencies.into_iter().enumerate() {
            let arrival = engine.arrive(&ArrivingItem {
                id: ItemId(place as i64 + 1),
                outlet: OutletId(place as i64 + 1),
                outlet_is_wire: true,
                language: "en".to_owned(),
                item_time: utc_from_secs(NOON + place as i64 * 600),
                time_is_claimed: true,
                title: titles[place].to_owned(),
                summary: leads[place].to_owned(),
                agency: agency.map(str::to_owned),
                ..ArrivingItem::default()
            });
            last = arrival.reprint_of;
        }
        last
    };
    let leads = [
        "The death toll from an earthquake in Malatya rose to 19.",
        "The death toll from an earthquake in Malatya climbed to 19.",
    ];
    assert_eq!(arrive([Some("Reuters"), Some("AP")], leads), None);
    let one = Some(ItemId(1));
    assert_eq!(arrive([Some("Reuters"), Some("Reuters")], leads), one);
    assert_eq!(arrive([Some("Reuters"), None], leads), one);
    let long = "The death toll from an earthquake in Malatya rose to 19 on Monday as crews dug through collapsed flats, the \
        governor said, adding that schools, roads and bridges across the province would stay shut until engineers had \
        examined them all.";
    assert_eq!(
        arrive([Some("Reuters"), Some("AP")], [long, long]),
        one,
        "a long text is one text, whoever signs it"
    );
}
