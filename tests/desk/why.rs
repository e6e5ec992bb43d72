//! An explanation is made of the numbers of the verdict: the verdict follows from it alone.

use dateline::cluster::{ArrivingItem, Engine, Settings, Weights};
use dateline::decisions::{Constraints, constraints_of};
use dateline::news::{
    Decision, DecisionId, EventId, Evidence, ItemId, OutletId, PairEvidence, Ruling, ScoredPair,
};

use super::newsdesk::now;

fn stream() -> Vec<ArrivingItem> {
    let titles = [
        "Summit opens in Anchorage with handshake on red carpet",
        "Harbour of Juneau closed by floods",
        "Anchorage summit opens: handshake on a red carpet",
        "Floods close Juneau harbour, ferries stay away",
        "Red carpet handshake opens summit in Anchorage",
        "Anchorage summit ends without a deal",
    ];
    let items = (1 + BACKGROUND..)
        .zip(titles)
        .map(|(number, title)| ArrivingItem {
            id: ItemId(number),
            outlet: OutletId(number),
            language: "en".into(),
            item_time: now() + chrono::TimeDelta::minutes(40 * number),
            time_is_claimed: true,
            title: title.into(),
            summary: format!("{title}, officials said on Friday."),
            ..ArrivingItem::default()
        });
    items.collect()
}

/// Items of no consequence that come first: words weigh nothing before some have been read.
const BACKGROUND: i64 = 2_000;

fn background() -> impl Iterator<Item = ArrivingItem> {
    let syllables = ["ba", "ko", "ri", "tu", "le", "na", "so", "mi", "du", "fe"];
    let word = move |number: i64| -> String {
        let digits = [number % 10, number / 10 % 10, number / 100 % 10];
        digits
            .iter()
            .map(|digit| syllables[*digit as usize])
            .collect()
    };
    (1..=BACKGROUND).map(move |number| {
        let words: Vec<String> = (0..7).map(|at| word(number * 37 + at * at * 131)).collect();
        ArrivingItem {
            id: ItemId(number),
            outlet: OutletId(number % 50),
            language: "en".into(),
            item_time: now() - chrono::TimeDelta::minutes(BACKGROUND - number),
            time_is_claimed: true,
            title: words.join(" "),
            ..ArrivingItem::default()
        }
    })
}

fn clustered() -> (Engine, Vec<ScoredPair>) {
    let mut engine = Engine::new(Settings::default(), Weights::embedded(), EventId(1));
    let mut frozen = Vec::new();
    for item in background() {
        engine.arrive(&item);
    }
    for item in stream() {
        frozen.extend(engine.arrive(&item).pairs);
    }
    engine.settle(&Constraints::default());
    (engine, frozen)
}

fn recomputed(pair: &PairEvidence) -> f32 {
    let sum: f32 = pair.terms.iter().map(|term| term.contribution).sum();
    1.0 / (1.0 + (-sum).exp())
}

#[test]
fn the_terms_of_an_explanation_give_the_frozen_score() {
    let (_, frozen) = clustered();
    assert!(!frozen.is_empty());
    for pair in &frozen {
        let shown = Weights::embedded().explain_pair(pair.later, pair);
        assert_eq!(shown.other, pair.earlier);
        let off = (recomputed(&shown) - pair.score).abs();
        assert!(
            off < 1e-4,
            "{} and {}: off by {off}",
            pair.later,
            pair.earlier
        );
    }
}

#[test]
fn the_verdict_follows_from_the_evidence_alone() {
    let (engine, frozen) = clustered();
    let explained = stream()
        .into_iter()
        .filter_map(|item| engine.explain(item.id, &frozen));
    let explained: Vec<Evidence> = explained.collect();
    assert_eq!(explained.len(), stream().len());
    assert!(
        explained
            .iter()
            .any(|evidence| !evidence.strongest_for.is_empty())
    );
    for evidence in explained {
        let others = engine.items_of(evidence.event).len() - 1;
        if others == 0 {
            assert_eq!(evidence.mean_score, 1.0);
            continue;
        }
        if others <= evidence.strongest_for.len() {
            let scores = evidence.strongest_for.iter().map(recomputed);
            let mean = scores.sum::<f32>() / others as f32;
            assert!((mean - evidence.mean_score).abs() < 2e-3, "{evidence:?}");
        }
    }
}

#[test]
fn an_undone_merge_restores_what_the_machine_had_said_and_both_ids() {
    let (mut engine, _) = clustered();
    let events = |engine: &Engine| -> Vec<(EventId, Vec<ItemId>)> {
        let events = engine.live_events();
        events
            .map(|event| (event, engine.items_of(event)))
            .collect()
    };
    let before = events(&engine);
    let of = |item: i64| engine.event_of(ItemId(BACKGROUND + item)).unwrap();
    let (kept, merged) = (of(1), of(2));
    assert_ne!(kept, merged);
    let mut decision = Decision {
        id: DecisionId(1),
        ruling: Ruling::MergeEvents {
            kept,
            kept_items: engine.items_of(kept),
            merged,
            merged_items: engine.items_of(merged),
        },
        editor: "anna".into(),
        decided_at: now(),
        note: String::new(),
        undone_at: None,
        undone_by: None,
    };
    engine.settle(&constraints_of(std::slice::from_ref(&decision)));
    let joined = |engine: &Engine| {
        let event = |item: i64| engine.event_of(ItemId(BACKGROUND + item));
        event(1) == event(2)
    };
    assert!(joined(&engine));
    decision.undone_at = Some(now());
    engine.settle(&constraints_of(&[decision]));
    assert!(!joined(&engine));
    assert_eq!(events(&engine), before);
}
