//! The examples of the rule files, and claims on whole readings.

use super::rules::{FILES, Place, Rule, rulebook};
use super::*;
use std::collections::HashSet;

fn every_rule() -> Vec<&'static Rule> {
    let book = rulebook();
    [
        &book.start,
        &book.end,
        &book.body_start,
        &book.body,
        &book.link,
        &book.category,
    ]
    .into_iter()
    .flat_map(|shelf| shelf.rules())
    .collect()
}

/// Reads `text` as the field that `rule` looks at, as an item for which the rule holds.
fn read_for(rule: &Rule, text: &str) -> (WireReading, String) {
    let categories = vec![text.to_owned()];
    let mut input = WireInput {
        outlet_name: "Example",
        outlet_is_wire: rule.wire_only,
        language: rule.languages.first().map_or("und", String::as_str),
        ..WireInput::default()
    };
    match rule.at {
        Place::Start | Place::End => input.title = text,
        Place::BodyStart | Place::Body => input.summary = text,
        Place::Link => input.link = Some(text),
        Place::Category => input.categories = &categories,
    }
    let reading = read_wire(&input);
    let rest = match rule.at {
        Place::Start | Place::End => reading.clean_title.clone(),
        Place::BodyStart | Place::Body => reading.clean_summary.clone(),
        Place::Link | Place::Category => text.to_owned(),
    };
    (reading, rest)
}

#[test]
fn every_rule_reads_its_own_examples() {
    let mut wrong = Vec::new();
    for rule in every_rule() {
        assert!(!rule.examples.is_empty(), "{} has no example", rule.id);
        for (text, expected) in &rule.examples {
            let (reading, rest) = read_for(rule, text);
            let fired: Vec<&str> = reading.tags.iter().map(|tag| tag.rule.as_str()).collect();
            let same_role = rule.role.is_none() || reading.role != Role::News;
            if rest != *expected || reading.tags.is_empty() || !same_role {
                wrong.push(format!(
                    "{}: {text:?} -> {rest:?} by {fired:?} as {:?}",
                    rule.id, reading.role
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_rule_reads_what_it_must_not() {
    let mut wrong = Vec::new();
    for rule in every_rule() {
        for text in &rule.never {
            let (reading, rest) = read_for(rule, text);
            if !reading.tags.is_empty() && (reading.role != Role::News || rest != *text) {
                wrong.push(format!(
                    "{}: {text:?} -> {:?} {:?}",
                    rule.id, reading.role, reading.tags
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_an_id_of_its_own() {
    let rules = every_rule();
    let ids: HashSet<&str> = rules.iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(ids.len(), rules.len());
    assert!(rules.len() > FILES.len());
}

#[test]
fn what_was_taken_off_can_be_put_back() {
    for rule in every_rule() {
        for (text, _) in &rule.examples {
            let (reading, _) = read_for(rule, text);
            let (field, clean) = match rule.at {
                Place::Start | Place::End => ("title", &reading.clean_title),
                _ => ("summary", &reading.clean_summary),
            };
            if matches!(rule.at, Place::Link | Place::Category) {
                continue;
            }
            assert_eq!(with_tags(clean, field, &reading.tags), *text);
            for tag in reading.tags.iter().filter(|tag| tag.field == field) {
                assert_eq!(text[tag.span.start..tag.span.end], tag.text);
            }
        }
    }
}
