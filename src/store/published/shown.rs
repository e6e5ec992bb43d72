//! What readers are shown of events and storylines, as conditions on `events e` and `storylines s`.

use crate::store::kept_out::is_item_out;
use crate::store::withdrawn::is_item_withdrawn;

/// True if no editor keeps an event back: neither it, nor its storyline, nor each of its reports. One that was merged
/// away stands in no storyline but that of what it went into.
macro_rules! is_let_through {
    ($event:literal) => {
        concat!(
            "(",
            $event,
            ".spiked = 0
    AND (",
            $event,
            ".merged_into IS NOT NULL OR NOT EXISTS (SELECT 1 FROM storylines k WHERE k.id = ",
            $event,
            ".storyline_id AND k.spiked))
    AND NOT (",
            $event,
            ".id IN (SELECT m.event_id FROM items i JOIN event_items m ON m.item_id = i.id
            WHERE i.spiked = 1)
        AND NOT EXISTS (SELECT 1 FROM event_items m JOIN items i ON i.id = m.item_id
            WHERE m.event_id = ",
            $event,
            ".id AND i.spiked = 0)))"
        )
    };
}

/// True if no editor keeps back what an event was merged into, nor what that was.
macro_rules! is_end_let_through {
    ($event:literal) => {
        concat!(
            "NOT EXISTS (WITH RECURSIVE way (id) AS (SELECT ",
            $event,
            ".merged_into
                UNION SELECT x.merged_into FROM way CROSS JOIN events x ON x.id = way.id)
            SELECT 1 FROM way CROSS JOIN events t ON t.id = way.id WHERE NOT ",
            is_let_through!("t"),
            ")"
        )
    };
}

/// True if no editor keeps an event back, nor what it was merged into.
macro_rules! is_way_let_through {
    ($event:literal) => {
        concat!(
            "(",
            is_let_through!($event),
            " AND (",
            $event,
            ".merged_into IS NULL OR ",
            is_end_let_through!($event),
            "))"
        )
    };
}

/// True if no editor keeps an event back, nor what it was merged into.
pub(in crate::store) const IS_LET_THROUGH: &str = is_way_let_through!("e");

/// True if an event is shown: no editor keeps it back, and what it said before it was merged is not by a
/// report that is out.
pub(super) const IS_SHOWN: &str = concat!(
    "(",
    is_let_through!("e"),
    " AND (e.merged_into IS NULL OR NOT ",
    is_item_out!("e.headline_item_id"),
    " AND ",
    is_end_let_through!("e"),
    "))"
);

/// The events of a storyline that were published and still have reports, be they kept out or not.
macro_rules! held_by {
    ($line:literal) => {
        concat!(
            "SELECT 1 FROM events e WHERE e.storyline_id = ",
            $line,
            ".id AND e.published_at IS NOT NULL AND e.merged_into IS NULL
                AND EXISTS (SELECT 1 FROM event_items h WHERE h.event_id = e.id)"
        )
    };
}

/// True if a storyline has an event that is shown.
macro_rules! shows_events {
    ($line:literal) => {
        concat!(
            "EXISTS (",
            held_by!($line),
            " AND ",
            is_let_through!("e"),
            ")"
        )
    };
}

/// Storylines `o` in which it is told by now what was told in one and merged into events of others.
macro_rules! told_instead {
    ($line:literal) => {
        concat!(
            "FROM events e CROSS JOIN events x ON x.id = e.merged_into CROSS JOIN storylines o ON o.id = x.storyline_id
            WHERE e.storyline_id = ",
            $line,
            ".id AND e.published_at IS NOT NULL AND o.id <> ",
            $line,
            ".id AND x.merged_into IS NULL AND ",
            is_let_through!("x"),
            " AND o.public_id IS NOT NULL AND o.merged_into IS NULL"
        )
    };
}

/// True if an editor keeps a storyline back that was not merged: it, or all that stands in it and is told nowhere else.
macro_rules! is_kept_back {
    ($line:literal) => {
        concat!(
            "(",
            $line,
            ".spiked = 1 OR EXISTS (",
            held_by!($line),
            ") AND NOT ",
            shows_events!($line),
            " AND NOT EXISTS (SELECT 1 ",
            told_instead!($line),
            "))"
        )
    };
}

/// True if a storyline's headline is by a report that is out, or was worded for an event that is kept back, or was when
/// retention took it: of others it is forgotten then.
macro_rules! is_name_out {
    ($line:literal) => {
        concat!(
            "CASE WHEN ",
            $line,
            ".headline_item_id IS NOT NULL THEN ",
            is_item_out!($line, ".headline_item_id"),
            " ELSE ",
            $line,
            ".headline_event_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM events p WHERE p.id = ",
            $line,
            ".headline_event_id AND ",
            is_way_let_through!("p"),
            ") END"
        )
    };
}

/// True if all that a storyline `e` tells was withdrawn. One that was merged is described no more: then what it is headed
/// by.
// Of nearly all the first event that is looked at stands.
pub(super) const IS_LINE_WITHDRAWN: &str = concat!(
    "CASE WHEN e.merged_into IS NULL THEN
        NOT EXISTS (SELECT 1 FROM events told WHERE told.storyline_id = e.id
            AND told.published_at IS NOT NULL AND told.merged_into IS NULL AND told.spiked = 0
            AND told.withdrawn_at IS NULL)
        AND EXISTS (SELECT 1 FROM events told WHERE told.storyline_id = e.id AND told.published_at IS NOT NULL
            AND told.merged_into IS NULL AND told.withdrawn_at IS NOT NULL)
    WHEN e.headline_item_id IS NOT NULL THEN ",
    is_item_withdrawn!("e.headline_item_id"),
    " ELSE EXISTS (SELECT 1 FROM events killed
        WHERE killed.id = e.headline_event_id AND killed.withdrawn_at IS NOT NULL) END"
);

/// True if a storyline was merged into one that no editor keeps back, nor what that was merged into.
macro_rules! leads_on {
    () => {
        concat!(
            "(s.merged_into IS NOT NULL
    AND NOT EXISTS (WITH RECURSIVE way (id) AS (SELECT s.merged_into
            UNION SELECT x.merged_into FROM way CROSS JOIN storylines x ON x.id = way.id)
        SELECT 1 FROM way CROSS JOIN storylines t ON t.id = way.id WHERE ",
            is_kept_back!("t"),
            "))"
        )
    };
}

/// True if a storyline was merged and readers are told into what: that is not kept back, and neither its own headline nor
/// that of its end is by what is out.
pub(super) const SAYS_INTO_WHAT: &str = concat!(
    "(",
    leads_on!(),
    " AND NOT ",
    is_name_out!("s"),
    " AND NOT EXISTS (WITH RECURSIVE way (id) AS (SELECT s.merged_into
            UNION SELECT x.merged_into FROM way CROSS JOIN storylines x ON x.id = way.id)
        SELECT 1 FROM way CROSS JOIN storylines t ON t.id = way.id WHERE t.merged_into IS NULL AND ",
    is_name_out!("t"),
    "))"
);

/// True if an editor keeps a storyline back, or what it was merged into.
pub(super) const IS_KEPT_BACK: &str = concat!(
    "(s.spiked = 1 OR CASE WHEN s.merged_into IS NULL THEN ",
    is_kept_back!("s"),
    " ELSE NOT ",
    leads_on!(),
    " END)"
);

/// True if what was told in a storyline `s` was merged into what an editor keeps back.
pub(super) const IS_TOLD_WHERE_KEPT_BACK: &str = concat!(
    "EXISTS (SELECT 1 FROM events e WHERE e.storyline_id = s.id AND e.published_at IS NOT NULL
        AND e.merged_into IS NOT NULL AND NOT ",
    is_end_let_through!("e"),
    ")"
);

/// The storylines `o` in which is told by now what was told in a storyline.
pub(super) const TOLD_INSTEAD: &str = told_instead!("s");

/// True if a storyline has an event that is shown.
pub(super) const SHOWS_EVENTS: &str = shows_events!("s");

/// True if the headline of a storyline `e` may be shown.
pub(super) const IS_NAMED: &str = concat!("(e.spiked = 0 AND NOT ", is_name_out!("e"), ")");

/// True if an event has reports to show, or says into what it was merged.
pub(super) const HAS_REPORTS: &str = "(e.merged_into IS NOT NULL
    OR EXISTS (SELECT 1 FROM event_items h WHERE h.event_id = e.id))";

/// True if the report is not out whose words a development `d` is told in. Under the headline that its event has, it
/// stands as long as that.
pub(super) const IS_TOLD: &str = concat!("NOT ", is_item_out!("d.headline_item_id"));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use crate::store::publishing::{HOW_MERGED_STAND, SAY_THE_SAME};

    #[test]
    fn what_is_shown_is_asked_without_going_through_any_table() {
        let directory = tempfile::tempdir().expect("a directory");
        let store = Store::open(directory.path()).expect("a database");
        let of_storylines = [
            SAYS_INTO_WHAT,
            IS_KEPT_BACK,
            SHOWS_EVENTS,
            IS_TOLD_WHERE_KEPT_BACK,
        ];
        let of_storylines = of_storylines
            .map(|condition| format!("SELECT 1 FROM storylines s WHERE s.id = 1 AND {condition}"));
        let told = "SELECT 1 FROM developments d JOIN events e ON e.id = d.event_id WHERE d.id = 1";
        let others = [
            format!("SELECT 1 FROM storylines e WHERE e.id = 1 AND {IS_NAMED}"),
            format!("SELECT 1 FROM storylines e WHERE e.id = 1 AND {IS_LINE_WITHDRAWN}"),
            SAY_THE_SAME.replace("?1", "1"),
            HOW_MERGED_STAND.replace("?1", "1"),
            format!("SELECT 1 FROM events e WHERE e.id = 1 AND {IS_SHOWN} AND {IS_LET_THROUGH}"),
            format!("{told} AND {IS_TOLD}"),
        ];
        for sql in of_storylines.iter().chain(&others) {
            let steps = store.read(|conn| {
                let mut query = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
                let steps = query.query_map([], |row| row.get::<_, String>(3))?;
                Ok(steps.collect::<rusqlite::Result<Vec<_>>>()?)
            });
            let steps = steps.expect("a plan");
            let scans = steps.iter().filter(|step| step.starts_with("SCAN"));
            // The index holds nothing but what is spiked, and the way is what one was merged into.
            let short = [
                "SCAN way",
                "SCAN led",
                "SCAN CONSTANT ROW",
                "SCAN l VIRTUAL TABLE INDEX 3:",
            ];
            let is_short =
                |step: &&String| short.contains(&step.as_str()) || step.contains("items_spiked");
            let long: Vec<&String> = scans.filter(|step| !is_short(step)).collect();
            assert!(long.is_empty(), "{sql}: {long:?} in {steps:#?}");
        }
    }
}
