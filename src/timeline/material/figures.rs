//! Figures of a headline that are news: a toll that has risen, another share of the vote.

use std::collections::BTreeMap;

use super::another_day::begins_anew;
use super::{Present, Telling, Told, is_confirmed, moved};
use crate::timeline::counts::{Figure, is_leap};

/// What is said of the headline's figure, if it is news.
pub(super) fn tell_figure(
    next: &mut Told,
    figure: Figure,
    (present, as_headline): (&Present, &dyn Fn() -> String),
) -> Option<String> {
    if are_first_dead(next, &figure) {
        // They stand once two outlets tell them.
        let is_told = is_told_by_two(&figure, present);
        return is_told.then(|| {
            next.figures.insert(figure.kind, figure.number);
            as_headline()
        });
    }
    // Of forty hostages twelve may be freed, and a turnout is no share of the vote: neither stands instead of the other.
    let is_toll = figure.is_toll();
    let (before, after) = moved_figure(next, figure, present)?;
    Some(match is_toll {
        true => format!("now {after} instead of {before}"),
        false => as_headline(),
    })
}

/// True for dead of an event that was told without any.
fn are_first_dead(told: &Told, now: &Figure) -> bool {
    now.is_toll() && !told.figures.contains_key(&now.kind)
}

fn is_told_by_two(toll: &Figure, present: &Present) -> bool {
    is_confirmed(present, |telling| {
        telling
            .figure()
            .is_some_and(|told| told == *toll || told.exceeds(toll))
    })
}

/// The figure of a report's headline, by what it counts.
pub(super) fn figures_of(shown: Option<&Telling>) -> BTreeMap<String, String> {
    let figure = shown.and_then(Telling::figure);
    figure.into_iter().map(Figure::into_parts).collect()
}

/// A toll that has risen is confirmed by whoever tells as many dead or more. That of another matter is not told: of a
/// war it does not stand either, of the next day it does.
fn moved_figure(next: &mut Told, now: Figure, present: &Present) -> Option<(String, String)> {
    let standing = next.figures.get(&now.kind);
    let before: Option<u32> = standing.and_then(|before| before.parse().ok());
    let tolls = before
        .zip(now.toll())
        .filter(|(before, after)| before != after);
    let told = tolls.map(|(before, after)| (before, after, tolls_of(present)));
    let is_of_war = told.as_ref().is_some_and(|(before, after, told)| {
        is_leap(*before, *after, told.iter().map(|(_, toll)| *toll))
    });
    if is_of_war {
        return None;
    }
    let is_of_another_day =
        told.is_some_and(|(before, after, told)| begins_anew(before, after, &told));
    move_figure(next, now, before, present).filter(|_| !is_of_another_day)
}

fn move_figure(
    next: &mut Told,
    now: Figure,
    before: Option<u32>,
    present: &Present,
) -> Option<(String, String)> {
    let mut standing = next.figures.remove(&now.kind);
    let mut former = next.former_figures.remove(&now.kind).unwrap_or_default();
    let tells = |telling: &Telling| {
        telling.figure().is_some_and(|told| {
            told == now
                || now.is_toll() && told.is_toll() && told.exceeds(&now) && now.is_above(before)
        })
    };
    let moved = moved(&mut standing, &mut former, Some(&now.number), |_| {
        is_confirmed(present, tells)
    });
    next.figures
        .extend(standing.map(|standing| (now.kind.clone(), standing)));
    if !former.is_empty() {
        next.former_figures.insert(now.kind, former);
    }
    moved
}

/// The reports that tell of dead, and how many.
fn tolls_of(present: &Present) -> Vec<(&Telling, u32)> {
    let standing = present.tellings.iter().filter(|one| !one.is_withdrawn);
    standing
        .filter_map(|one| Some((one, one.figure()?.toll()?)))
        .collect()
}
