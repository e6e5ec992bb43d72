//! The clusterer as a whole: the case it was made for, its state, and streams that mean harm.

use dateline::cluster::{
    ArrivingItem, Engine, Publication, Restored, RestoredEvent, Settings, Settlement, Weights,
};
use dateline::decisions::Constraints;
use dateline::news::{EventId, ItemId, OutletId, Role, ScoredPair, StorylineId, utc_from_secs};
use dateline::timeline::{StorylineSettings, Storylines};

/// 15 August 2025, 18:00 UTC.
const EVENING: i64 = 1_755_280_800;

struct Desk {
    engine: Engine,
    pairs: Vec<ScoredPair>,
    reprints: Vec<(ItemId, ItemId)>,
    items: Vec<ArrivingItem>,
    last: Settlement,
    closed: Vec<EventId>,
}

impl Desk {
    fn new() -> Self {
        Self {
            engine: Engine::new(Settings::default(), Weights::embedded(), EventId(1)),
            pairs: Vec::new(),
            reprints: Vec::new(),
            items: Vec::new(),
            last: Settlement::default(),
            closed: Vec::new(),
        }
    }

    fn tell(&mut self, hours: f64, outlet: i64, title: &str, summary: &str) -> ItemId {
        self.tell_as(Role::News, hours, outlet, (title, summary))
    }

    fn tell_as(&mut self, role: Role, hours: f64, outlet: i64, text: (&str, &str)) -> ItemId {
        let id = ItemId(self.items.len() as i64 + 1);
        let item = ArrivingItem {
            id,
            outlet: OutletId(outlet),
            language: "en".to_owned(),
            item_time: utc_from_secs(EVENING + (hours * 3600.0) as i64),
            time_is_claimed: true,
            title: text.0.to_owned(),
            summary: text.1.to_owned(),
            role,
            ..ArrivingItem::default()
        };
        let arrival = self.engine.arrive(&item);
        self.pairs.extend(arrival.pairs);
        self.reprints
            .extend(arrival.reprint_of.map(|original| (id, original)));
        self.items.push(item);
        id
    }

    fn settle(&mut self, constraints: &Constraints) {
        self.last = self.engine.settle(constraints);
        self.closed = self.engine.move_on();
    }

    fn event(&self, item: ItemId) -> EventId {
        self.engine.event_of(item).expect("the item tells an event")
    }

    /// The storylines of what changed last.
    fn storylines(&self) -> Storylines {
        let mut storylines = Storylines::new(StorylineSettings::default(), StorylineId(1));
        let changed = self.last.changed.iter();
        let sketches = changed.filter_map(|change| self.engine.sketch(change.event));
        storylines.link(&sketches.collect::<Vec<_>>());
        storylines
    }

    /// What a store would hold.
    fn stored(&self) -> Restored {
        let events = self.engine.live_events().map(|id| RestoredEvent {
            id,
            items: self.engine.items_of(id),
            publication: None,
        });
        Restored {
            dormant: Vec::new(),
            tables: self.engine.tables(),
            cursor: self.engine.cursor(),
            latest_secs: self.engine.latest().told_secs(),
            reprints: self.reprints.clone(),
            events: events.collect(),
            oldest_live: self.engine.oldest_live(),
            own: Vec::new(),
            kept_back: Default::default(),
            constraints: Constraints::default(),
        }
    }
}

/// A week of made-up news, so that the tables know what is common.
fn fill_with_other_news(desk: &mut Desk) {
    let places = [
        "Lisbon", "Oslo", "Nairobi", "Quito", "Hanoi", "Perth", "Lagos", "Turin",
    ];
    let things = [
        "harbour", "school", "bridge", "museum", "railway", "hospital", "market", "dam",
    ];
    let acts = [
        "opens after repairs",
        "closes for a month",
        "gets new owner",
        "hit by strike",
        "wins award",
    ];
    for n in 0..240_usize {
        let (place, thing) = (places[n % 8], things[(n / 8) % 8]);
        let title = format!(
            "{place} {thing} {} as the council of {} looks on",
            acts[n % 5],
            places[(n * 3 + 1) % 8]
        );
        let summary = format!(
            "The {thing} in {place} has been talked about for years, officials said on day {n}."
        );
        desk.tell(-60.0 + n as f64 / 6.0, n as i64 % 9, &title, &summary);
    }
}

struct Summit {
    opening: Vec<ItemId>,
    ending: Vec<ItemId>,
    troops: ItemId,
    missiles: ItemId,
}

fn tell_the_summit(desk: &mut Desk) -> Summit {
    let opening = vec![
        desk.tell(0.0, 1, "Trump and Putin Meet in Alaska to Push for Ukraine Peace Deal",
            "The two presidents shook hands in front of a backdrop in Anchorage before talks that were planned as one-on-one and now include ministers."),
        desk.tell(0.4, 2, "Trump, Putin shake hands in Alaska as talks on Ukraine begin",
            "The presidents met in Anchorage; talks planned as one-on-one were widened to senior officials and ministers."),
        desk.tell(0.9, 3, "Putin lands in Alaska and meets Trump for talks on Ukraine peace",
            "The leaders shook hands on the tarmac in Anchorage before talks with their ministers."),
    ];
    let ending = vec![
        desk.tell(5.5, 1, "Trump-Putin Summit Ends Without Ukraine Peace Deal Despite 'Progress' Claims",
            "The presidents left Anchorage without a ceasefire agreement, though both spoke of progress."),
        desk.tell(5.9, 2, "No deal as Trump-Putin summit ends without agreement on Ukraine",
            "Both presidents claimed progress but left Anchorage without an agreement on a ceasefire."),
        desk.tell(6.4, 4, "Summit ends without Ukraine deal; Trump and Putin claim progress",
            "The presidents left Alaska with no ceasefire agreement after nearly three hours."),
    ];
    Summit {
        opening,
        ending,
        troops: desk.tell(70.0, 1, "Trump Rejects US Troop Deployment in Ukraine",
            "The president said in Washington that no American soldiers would be sent as part of security guarantees."),
        missiles: desk.tell(75.0, 1, "Trump to Respond to Putin's Proposal on Extending START Restrictions, Says White House",
            "The White House said the president would answer the offer to keep the limits on nuclear warheads for a year."),
    }
}

#[test]
fn the_summit_opens_and_ends_as_two_events() {
    let mut desk = Desk::new();
    fill_with_other_news(&mut desk);
    let summit = tell_the_summit(&mut desk);
    desk.settle(&Constraints::default());
    let opening = desk.event(summit.opening[0]);
    let ending = desk.event(summit.ending[0]);
    assert_ne!(opening, ending);
    for item in &summit.opening {
        assert_eq!(desk.event(*item), opening, "{item} tells the opening");
    }
    for item in &summit.ending {
        assert_eq!(desk.event(*item), ending, "{item} tells the ending");
    }
    for other in [summit.troops, summit.missiles] {
        assert!(![opening, ending].contains(&desk.event(other)));
    }
    assert_ne!(desk.event(summit.troops), desk.event(summit.missiles));
}

#[test]
fn opening_and_ending_stand_in_one_storyline() {
    let mut desk = Desk::new();
    fill_with_other_news(&mut desk);
    let summit = tell_the_summit(&mut desk);
    desk.settle(&Constraints::default());
    let storylines = desk.storylines();
    let line = |item| storylines.storyline_of(desk.event(item));
    assert_eq!(line(summit.opening[0]), line(summit.ending[0]));
    assert_ne!(line(summit.opening[0]), line(ItemId(240)));
}

#[test]
fn what_shares_only_what_kind_of_event_it_is_is_no_storyline() {
    let kinds = [
        [
            (
                "Hotel fire in Tirana kills six",
                "A fire swept through a hotel in Tirana.",
            ),
            (
                "Hotel fire in Mysore kills nine",
                "Guests jumped from windows in Mysore, police said.",
            ),
            (
                "Warehouse fire in Cotonou kills three",
                "Flames spread among cotton bales in Cotonou.",
            ),
        ],
        [
            (
                "Earthquake of magnitude 6.1 hits Samos",
                "A quake struck Samos.",
            ),
            (
                "Earthquake of magnitude 5.9 hits Hualien",
                "Buildings swayed in Hualien on Friday.",
            ),
            (
                "Earthquake of magnitude 6.3 hits Manokwari",
                "Residents of Manokwari ran into the streets.",
            ),
        ],
        [
            (
                "Transport minister of Kenya resigns",
                "The minister left after weeks of protest.",
            ),
            (
                "Finance minister of Slovakia resigns",
                "He lost a vote on the budget.",
            ),
            (
                "Health minister of Peru resigns",
                "Her aides had bought masks.",
            ),
        ],
    ];
    let mut desk = Desk::new();
    fill_with_other_news(&mut desk);
    let mut hours = 0.0;
    let told = kinds.map(|reports| {
        reports.map(|(title, lead)| {
            hours += 0.2;
            desk.tell(hours, (hours * 5.0) as i64, title, lead)
        })
    });
    desk.settle(&Constraints::default());
    let storylines = desk.storylines();
    for items in told {
        let lines = items.map(|item| storylines.storyline_of(desk.event(item)));
        assert_ne!(lines[0], lines[1]);
        assert_ne!(lines[1], lines[2]);
        assert_ne!(lines[0], lines[2]);
    }
}

#[test]
fn a_wrap_and_a_live_blog_join_nothing() {
    let mut desk = Desk::new();
    fill_with_other_news(&mut desk);
    let summit = tell_the_summit(&mut desk);
    let text = (
        "Trump and Putin meet in Alaska, summit ends without Ukraine peace deal",
        "The presidents shook hands in Anchorage and left hours later without a ceasefire agreement.",
    );
    let wrap = desk.tell_as(Role::Wrap, 7.0, 1, text);
    let live = desk.tell_as(Role::Live, 7.0, 2, text);
    desk.settle(&Constraints::default());
    assert_eq!(
        (desk.engine.event_of(wrap), desk.engine.event_of(live)),
        (None, None)
    );
    assert_ne!(desk.event(summit.opening[0]), desk.event(summit.ending[0]));
}

/// What the wire sent, and others copied.
const WIRE_LEAD: &str = "The two presidents shook hands on Friday in Anchorage before talks on ending the war that were planned \
    as a meeting of two and were widened to ministers at the last minute, officials said.";

#[test]
fn a_wire_copy_under_another_headline_is_a_reprint() {
    let mut desk = Desk::new();
    fill_with_other_news(&mut desk);
    let original = desk.tell(0.0, 1, "Trump and Putin meet in Alaska", WIRE_LEAD);
    let copy = desk.tell(
        1.0,
        5,
        "Handshake opens long-awaited northern summit",
        WIRE_LEAD,
    );
    assert_eq!(desk.reprints, [(copy, original)]);
    desk.settle(&Constraints::default());
    assert_eq!(desk.event(copy), desk.event(original));
}

#[test]
fn what_an_outlet_says_of_itself_with_every_item_makes_no_copies() {
    let mut desk = Desk::new();
    fill_with_other_news(&mut desk);
    let of_itself = "Alpha Post is the independent daily of the north coast and brings its readers reports, pictures \
        and opinion from politics, business, sport and culture every morning and all through the day, free of charge.";
    let titles = [
        "Minister of transport resigns over bridge",
        "Fire destroys chocolate factory in Gunnebo",
        "Striker Okafor moves to Porto",
        "Volcano on Jan Mayen wakes again",
        "Court frees journalist Deniz Aydin",
    ];
    for title in titles {
        desk.tell(0.0, 1, title, of_itself);
    }
    assert_eq!(desk.reprints, []);
}

#[test]
fn what_outlets_ask_of_readers_below_unlike_stories_makes_no_copies() {
    let mut desk = Desk::new();
    fill_with_other_news(&mut desk);
    let of_a_service = "This article was produced in partnership with the Local Reporting Network, a nonprofit newsroom \
        that investigates abuses of power. Sign up for its newsletters to get stories like this one as soon as they \
        are published.";
    let titles = [
        "Minister Okoro resigns over bridge in Karsia",
        "Volcano wakes on Jan Mayen after two centuries",
        "Schools in Tulsa hid asbestos from parents",
    ];
    for (outlet, title) in (1..).zip(titles) {
        desk.tell(0.0, outlet, title, of_a_service);
    }
    assert_eq!(desk.reprints, []);
}

#[test]
fn an_outlet_that_tells_a_text_under_another_headline_repeats_it() {
    let mut desk = Desk::new();
    fill_with_other_news(&mut desk);
    let first = desk.tell(0.0, 1, "Trump and Putin meet in Alaska", WIRE_LEAD);
    let again = desk.tell(1.0, 1, "In Alaska, Putin and Trump shake hands", WIRE_LEAD);
    assert_eq!(desk.reprints, [(again, first)]);
}

#[test]
fn one_copy_that_is_parted_from_its_original_leaves_the_others_with_it() {
    let mut desk = Desk::new();
    fill_with_other_news(&mut desk);
    let tell = |desk: &mut Desk, outlet| {
        desk.tell(0.0, outlet, "Trump and Putin meet in Alaska", WIRE_LEAD)
    };
    let all: Vec<ItemId> = (1..=5).map(|outlet| tell(&mut desk, outlet)).collect();
    assert_eq!(desk.reprints.len(), 4);
    let (gone, kept) = (all[2], [all[0], all[1], all[3], all[4]]);
    let split = Constraints {
        apart: kept.iter().map(|kept| (gone, *kept)).collect(),
        ..Constraints::default()
    };
    let of_two = Constraints {
        apart: vec![(gone, all[1])],
        ..Constraints::default()
    };
    for constraints in [split, of_two] {
        desk.settle(&constraints);
        for item in kept {
            assert_eq!(desk.event(item), desk.event(all[0]), "{item:?}");
        }
        assert_ne!(desk.event(gone), desk.event(all[0]));
    }
}

#[test]
fn rulings_are_obeyed_and_can_be_taken_back() {
    let mut desk = Desk::new();
    fill_with_other_news(&mut desk);
    let summit = tell_the_summit(&mut desk);
    desk.settle(&Constraints::default());
    let (a, b, c) = (summit.opening[0], summit.ending[0], summit.opening[1]);
    let ruled = Constraints {
        together: vec![(a, b)],
        apart: vec![(a, c)],
        ..Constraints::default()
    };
    desk.settle(&ruled);
    assert_eq!(desk.event(a), desk.event(b));
    assert_ne!(desk.event(a), desk.event(c));
    desk.settle(&Constraints::default());
    assert_ne!(desk.event(a), desk.event(b));
    assert_eq!(desk.event(a), desk.event(c));
}

#[test]
fn a_published_event_keeps_its_id_with_its_anchors() {
    let mut desk = Desk::new();
    fill_with_other_news(&mut desk);
    let summit = tell_the_summit(&mut desk);
    desk.settle(&Constraints::default());
    let ending = desk.event(summit.ending[0]);
    let publication = Publication {
        order: 1,
        anchors: vec![summit.ending[2]],
        headline: Some(summit.ending[2]),
    };
    desk.engine.mark_published(ending, publication);
    let ruled = Constraints {
        apart: vec![
            (summit.ending[0], summit.ending[2]),
            (summit.ending[1], summit.ending[2]),
        ],
        ..Constraints::default()
    };
    desk.settle(&ruled);
    assert_eq!(desk.event(summit.ending[2]), ending);
    assert_ne!(desk.event(summit.ending[0]), ending);
    let change = desk
        .last
        .changed
        .iter()
        .find(|c| c.event == desk.event(summit.ending[0]));
    assert_eq!(change.and_then(|change| change.split_from), Some(ending));
}

#[test]
fn a_locked_event_takes_nothing_new() {
    let mut desk = Desk::new();
    fill_with_other_news(&mut desk);
    let summit = tell_the_summit(&mut desk);
    let ruled = Constraints {
        together: summit
            .opening
            .windows(2)
            .map(|pair| (pair[0], pair[1]))
            .collect(),
        locked: vec![summit.opening.clone()],
        ..Constraints::default()
    };
    desk.settle(&ruled);
    let late = desk.tell(
        2.0,
        7,
        "Trump and Putin meet in Alaska for Ukraine peace talks",
        "The presidents shook hands in Anchorage.",
    );
    desk.settle(&ruled);
    assert_ne!(desk.event(late), desk.event(summit.opening[0]));
}

#[test]
fn the_same_stream_gives_the_same_state() {
    let run = || {
        let mut desk = Desk::new();
        fill_with_other_news(&mut desk);
        tell_the_summit(&mut desk);
        desk.settle(&Constraints::default());
        (desk.pairs, desk.last, desk.engine.tables())
    };
    assert_eq!(run(), run());
}

#[test]
fn a_restored_engine_goes_on_as_if_it_had_never_stopped() {
    let mut before = Desk::new();
    fill_with_other_news(&mut before);
    before.settle(&Constraints::default());
    before.tell(
        -1.0,
        3,
        "Putin on his way to Alaska to meet Trump",
        "The plane left Moscow in the morning.",
    );
    let mut after = Desk::new();
    let mut restoring = Engine::restore(Settings::default(), Weights::embedded(), before.stored());
    for lot in before.items.chunks(100) {
        let is_of_lot = |pair: &&ScoredPair| lot.iter().any(|item| item.id == pair.later);
        let pairs = before.pairs.iter().filter(is_of_lot);
        restoring.take(lot, pairs.cloned().collect());
    }
    after.engine = restoring.finish();
    (after.items, after.pairs, after.reprints) = (
        before.items.clone(),
        before.pairs.clone(),
        before.reprints.clone(),
    );
    for desk in [&mut before, &mut after] {
        tell_the_summit(desk);
        desk.settle(&Constraints::default());
    }
    assert_eq!(before.pairs, after.pairs);
    assert_eq!(before.last, after.last);
    assert_eq!(before.engine.tables(), after.engine.tables());
}

#[test]
fn evidence_is_the_mean_of_the_frozen_scores() {
    let mut desk = Desk::new();
    fill_with_other_news(&mut desk);
    let summit = tell_the_summit(&mut desk);
    desk.settle(&Constraints::default());
    let item = summit.ending[1];
    let frozen: Vec<ScoredPair> = desk
        .pairs
        .iter()
        .filter(|p| p.earlier == item || p.later == item)
        .cloned()
        .collect();
    let evidence = desk
        .engine
        .explain(item, &frozen)
        .expect("the item is live");
    let partners = [summit.ending[0], summit.ending[2]];
    let within = frozen
        .iter()
        .filter(|p| partners.contains(&p.earlier) || partners.contains(&p.later));
    let mean = within.map(|pair| pair.score).sum::<f32>() / 2.0;
    assert!(
        (evidence.mean_score - mean).abs() < 1e-4,
        "{} against {mean}",
        evidence.mean_score
    );
    assert!(evidence.mean_score >= evidence.threshold);
    assert_eq!(evidence.strongest_for.len(), 2);
    let sum: f32 = evidence.strongest_for[0]
        .terms
        .iter()
        .map(|term| term.contribution)
        .sum();
    let score = 1.0 / (1.0 + (-sum).exp());
    assert!((score - evidence.strongest_for[0].score).abs() < 1e-3);
}

#[test]
fn items_that_left_the_window_close_their_events() {
    let mut desk = Desk::new();
    let old = desk.tell(
        0.0,
        1,
        "A dam breaks above the town of Ohrid",
        "Hundreds flee.",
    );
    desk.settle(&Constraints::default());
    let event = desk.event(old);
    let new = desk.tell(
        24.0 * 9.0,
        2,
        "A dam breaks above the town of Ohrid",
        "Hundreds flee.",
    );
    desk.settle(&Constraints::default());
    assert_eq!(desk.engine.event_of(old), None);
    assert_eq!(desk.closed, [event]);
    assert_ne!(desk.event(new), event);
}

#[test]
fn a_reprint_stays_with_its_original_when_another_report_is_taken_out() {
    let mut desk = Desk::new();
    fill_with_other_news(&mut desk);
    let original = desk.tell(0.0, 1, "Trump and Putin meet in Alaska", WIRE_LEAD);
    let copy = desk.tell(0.5, 5, "Trump and Putin meet in Alaska", WIRE_LEAD);
    let other = desk.tell(
        1.0,
        3,
        "Trump and Putin meet in Alaska for talks on Ukraine",
        "Presidents Trump and Putin shook hands in Anchorage on Friday before their talks.",
    );
    desk.settle(&Constraints::default());
    assert_eq!(desk.reprints, [(copy, original)]);
    let parted = Constraints {
        apart: vec![(other, original), (other, copy)],
        ..Constraints::default()
    };
    desk.settle(&parted);
    assert_ne!(desk.event(other), desk.event(original));
    assert_eq!(desk.event(copy), desk.event(original));

    let from_original = Constraints {
        apart: vec![(copy, original)],
        ..Constraints::default()
    };
    desk.settle(&from_original);
    assert_ne!(desk.event(copy), desk.event(original));
}

#[test]
fn a_reprint_that_is_held_elsewhere_leaves_an_original_that_is_kept_from_there() {
    let mut desk = Desk::new();
    fill_with_other_news(&mut desk);
    let original = desk.tell(0.0, 1, "Trump and Putin meet in Alaska", WIRE_LEAD);
    let copy = desk.tell(0.5, 5, "Trump and Putin meet in Alaska", WIRE_LEAD);
    let strike = desk.tell(
        1.0,
        3,
        "Dockers at Port Calloway walk out over night shifts",
        "A strike began at the port on Friday.",
    );
    let storm = desk.tell(
        1.5,
        4,
        "Storm Imke cuts power to Kerry and Cork",
        "Gusts reached 140 kilometres an hour.",
    );
    desk.settle(&Constraints::default());
    assert_eq!(desk.reprints, [(copy, original)]);
    let rulings = Constraints {
        together: vec![(strike, copy), (copy, storm)],
        apart: vec![(strike, original)],
        ..Constraints::default()
    };
    desk.settle(&rulings);
    assert_eq!(desk.event(copy), desk.event(strike));
    assert_eq!(desk.event(copy), desk.event(storm));
    assert_ne!(desk.event(copy), desk.event(original));
}

#[test]
fn an_event_that_rulings_made_of_copies_alone_says_what_they_say() {
    let mut desk = Desk::new();
    fill_with_other_news(&mut desk);
    let title = "Trump and Putin meet in Alaska";
    let original = desk.tell(0.0, 1, title, WIRE_LEAD);
    let copies = [5, 6].map(|outlet| desk.tell(0.5, outlet, title, WIRE_LEAD));
    let rulings = Constraints {
        together: vec![(copies[0], copies[1])],
        apart: copies.map(|copy| (copy, original)).to_vec(),
        ..Constraints::default()
    };
    desk.settle(&rulings);
    let event = desk.event(copies[0]);
    assert_ne!(event, desk.event(original));
    assert_eq!(desk.engine.items_of(event), copies);
    let sketch = desk.engine.sketch(event).expect("it is live");
    assert!(sketch.terms.iter().len() > 0);
}
