//! What was rendered and is kept, and for how long.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use super::PAGE_SECS;
use crate::serve::rendered::Rendered;

#[derive(Default)]
pub(super) struct Slot {
    pub(super) kept: RwLock<Option<Kept>>,
    pub(super) making: Arc<tokio::sync::Mutex<()>>,
}

impl Slot {
    /// The earlier document if it says the same, with its codings and its date.
    pub(super) fn earlier_or(&self, rendered: Arc<Rendered>) -> Arc<Rendered> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some(earlier) if earlier.rendered.says_the_same(&rendered) => earlier.rendered.clone(),
            _ => rendered,
        }
    }
}

#[derive(Clone)]
pub(super) struct Kept {
    pub(super) generation: u64,
    pub(super) rendered: Arc<Rendered>,
    /// Until when, by [`crate::clock::Clock::elapsed`], readers are served it although something has changed since.
    pub(super) rests_until: Duration,
}

/// Who asks for a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::serve) enum Demand {
    /// A reader, who comes again.
    Reader,
    /// A hub, which delivers it once: what has changed must be in it.
    Hub,
}

/// How long after a decision nothing rests: it is obeyed and published within two seconds, and a database that
/// is written to all the time may take as long again.
pub(super) const RESTLESS: Duration = Duration::from_secs(4);

/// The publication as it was seen last.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) version: i64,
    pub(super) decided: i64,
    /// Until when, by [`crate::clock::Clock::elapsed`], what editors decided last may still be coming.
    pub(super) prompt_until: Duration,
}

/// What takes less is rendered for each change.
const LEAST_REST: Duration = Duration::from_millis(50);
/// A document rests for so many times as long as it took, so that a large feed costs a twentieth of a
/// core however often something changes.
const REST: u32 = 20;
/// It rests no longer than a page may be kept by its readers, and a feed says at least twice as long.
pub(super) const LONGEST_REST: Duration = Duration::from_secs(PAGE_SECS as u64);

/// How long a document that took so long to render is served without being rendered again.
pub(super) fn rest_after(took: Duration) -> Duration {
    match took < LEAST_REST {
        true => Duration::ZERO,
        false => (took * REST).min(LONGEST_REST),
    }
}

/// Holds all that is kept under the limit, in bytes: first goes what is out of date, then what was rendered
/// longest ago, until a quarter is free. What somebody waits for stays however large it is, since it would be
/// rendered again for each of them.
pub(super) fn bound_weight(slots: &mut HashMap<String, Arc<Slot>>, limit: usize, generation: u64) {
    if slots.iter().map(weight_of).sum::<usize>() <= limit {
        return;
    }
    slots.retain(|_, slot| is_awaited(slot) || generation_and_rest(slot).0 == generation);
    let mut by_age: Vec<(Duration, usize, String)> = slots
        .iter()
        .filter(|entry| !is_awaited(entry.1))
        .map(|entry| {
            let rest = generation_and_rest(entry.1).1;
            (rest, weight_of(entry), entry.0.clone())
        })
        .collect();
    by_age.sort_unstable();
    let mut weight: usize = slots.iter().map(weight_of).sum();
    if weight <= limit {
        return;
    }
    for (_, less, path) in by_age {
        if weight <= limit / 4 * 3 {
            break;
        }
        slots.remove(&path);
        weight -= less;
    }
}

/// True while somebody renders it or waits for that: they would look for it in vain.
fn is_awaited(slot: &Arc<Slot>) -> bool {
    Arc::strong_count(slot) > 1
}

/// Both zero for what is being rendered for the first time.
fn generation_and_rest(slot: &Slot) -> (u64, Duration) {
    let kept = slot.kept.read().unwrap_or_else(PoisonError::into_inner);
    kept.as_ref().map_or((0, Duration::ZERO), |kept| {
        (kept.generation, kept.rests_until)
    })
}

/// How much memory what is kept takes, roughly.
fn weight_of((path, slot): (&String, &Arc<Slot>)) -> usize {
    let kept = slot.kept.read().unwrap_or_else(PoisonError::into_inner);
    path.len() + kept.as_ref().map_or(64, |kept| kept.rendered.weight())
}
