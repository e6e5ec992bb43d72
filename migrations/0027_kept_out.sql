-- What the machine takes out of an event or a storyline that an editor keeps out stays out as long as that is, wherever
-- it stands then.
CREATE TABLE items_kept_out (
    item_id INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
    noun    INTEGER NOT NULL CHECK (noun IN (2, 3)),   -- as in decision_names: an event, a storyline
    thing   INTEGER NOT NULL,
    PRIMARY KEY (item_id, noun, thing)
) STRICT, WITHOUT ROWID;
CREATE INDEX items_kept_out_with ON items_kept_out (noun, thing);

-- Whether anything is kept out is asked in each step.
CREATE INDEX events_spiked ON events (id) WHERE spiked = 1;
CREATE INDEX storylines_spiked ON storylines (id) WHERE spiked = 1;

-- Events that were kept out before it was noted of what was told: they are looked at, or it would not be told that they
-- are let in again.
INSERT INTO publish_queue (event_id)
    SELECT id FROM events WHERE public_id IS NOT NULL
        AND (spiked = 1 OR storyline_id IN (SELECT id FROM storylines WHERE spiked = 1))
    ON CONFLICT DO NOTHING;
