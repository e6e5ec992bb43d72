//! What readers are shown of events and storylines, as conditions on `events e` and `storylines s`.

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
    () => {
        concat!(
            "NOT EXISTS (WITH RECURSIVE way (id) AS (SELECT e.merged_into
                UNION SELECT x.merged_into FROM way JOIN events x ON x.id = way.id)
            SELECT 1 FROM way JOIN events t ON t.id = way.id WHERE NOT ",
            is_let_through!("t"),
            ")"
        )
    };
}

/// True if no editor keeps an event back, nor what it was merged into.
pub(super) const IS_LET_THROUGH: &str = concat!(
    "(",
    is_let_through!("e"),
    " AND (e.merged_into IS NULL OR ",
    is_end_let_through!(),
    "))"
);

/// True if an event is shown: no editor keeps it back, and what it said before it was merged is not by a
/// report that one keeps out.
pub(super) const IS_SHOWN: &str = concat!(
    "(",
    is_let_through!("e"),
    " AND (e.merged_into IS NULL
        OR NOT EXISTS (SELECT 1 FROM items i WHERE i.id = e.headline_item_id AND i.spiked = 1)
        AND ",
    is_end_let_through!(),
    "))"
);

/// True if a storyline was merged into one that no editor keeps back, nor what that was merged into.
pub(super) const LEADS_ON: &str = "(s.merged_into IS NOT NULL
    AND NOT EXISTS (WITH RECURSIVE way (id) AS (SELECT s.merged_into
            UNION SELECT x.merged_into FROM way JOIN storylines x ON x.id = way.id)
        SELECT 1 FROM way JOIN storylines t ON t.id = way.id WHERE t.spiked = 1))";

/// True if a storyline has an event that is shown.
pub(super) const SHOWS_EVENTS: &str = concat!(
    "EXISTS (SELECT 1 FROM events e
        WHERE e.storyline_id = s.id AND e.published_at IS NOT NULL AND e.merged_into IS NULL AND ",
    is_let_through!("e"),
    " AND EXISTS (SELECT 1 FROM event_items h WHERE h.event_id = e.id))"
);

/// True if a storyline has an event that was published and still has reports, be they kept out or not.
pub(super) const HOLDS_EVENTS: &str = "EXISTS (SELECT 1 FROM events e
        WHERE e.storyline_id = s.id AND e.published_at IS NOT NULL AND e.merged_into IS NULL
            AND EXISTS (SELECT 1 FROM event_items h WHERE h.event_id = e.id))";

/// True if an event has reports to show, or says into what it was merged.
pub(super) const HAS_REPORTS: &str = "(e.merged_into IS NOT NULL
    OR EXISTS (SELECT 1 FROM event_items h WHERE h.event_id = e.id))";

/// True if no editor keeps back the report whose words a development `d` is told in. Under the headline that its
/// event has, it stands as long as that.
pub(super) const IS_TOLD: &str =
    "NOT EXISTS (SELECT 1 FROM items i WHERE i.spiked = 1 AND i.id = d.headline_item_id)";
