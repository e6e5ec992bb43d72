-- The machine's own events where rulings have others under the same id, or none: what storylines are
-- linked from. No references: such an event may have no row in `events`.
CREATE TABLE own_events (
    event_id       INTEGER PRIMARY KEY,
    -- The items that the machine alone would have in it, as a JSON array, those that have left the
    -- window included: empty if only rulings have the event.
    items          TEXT NOT NULL,
    -- Where the machine links it, and what linking compares; null if only rulings have the event.
    storyline_id   INTEGER,
    sketch         BLOB,
    last_report_at INTEGER NOT NULL
) STRICT;
CREATE INDEX own_events_storyline ON own_events (storyline_id) WHERE storyline_id IS NOT NULL;
CREATE INDEX own_events_age ON own_events (last_report_at);

-- What linking compares goes when nothing is linked to it any more.
CREATE INDEX events_sketched ON events (last_report_at) WHERE sketch IS NOT NULL;
