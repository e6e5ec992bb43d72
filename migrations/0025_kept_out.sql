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

-- What is shown of a feed stands beside its items; one that was removed and is added again has some before it is read,
-- and so has one into which another went. However many are changed at once, the time of the version does not run far
-- ahead of the clock.
DROP TRIGGER feeds_renamed;
CREATE TRIGGER feeds_renamed
AFTER UPDATE OF outlet_id, url, title, category, site_url, document_id ON feeds
WHEN (old.outlet_id, old.url, old.title, old.category, old.site_url, old.document_id)
    IS NOT (new.outlet_id, new.url, new.title, new.category, new.site_url, new.document_id)
    AND (old.last_success_at IS NOT NULL OR EXISTS (SELECT 1 FROM items WHERE feed_id = new.id)) BEGIN
    UPDATE publication SET version = version + 1,
        changed_at = min(changed_at + 1, max(changed_at, unixepoch() + 300));
END;

DROP TRIGGER feeds_removed;
CREATE TRIGGER feeds_removed AFTER DELETE ON feeds
WHEN old.last_success_at IS NOT NULL OR EXISTS (SELECT 1 FROM items WHERE feed_id = old.id) BEGIN
    UPDATE publication SET version = version + 1,
        changed_at = min(changed_at + 1, max(changed_at, unixepoch() + 300));
END;

CREATE TRIGGER feeds_added AFTER INSERT ON feeds
WHEN EXISTS (SELECT 1 FROM items WHERE feed_id = new.id) BEGIN
    UPDATE publication SET version = version + 1,
        changed_at = min(changed_at + 1, max(changed_at, unixepoch() + 300));
END;

DROP TRIGGER outlets_renamed;
CREATE TRIGGER outlets_renamed AFTER UPDATE OF name ON outlets WHEN old.name IS NOT new.name BEGIN
    UPDATE publication SET version = version + 1,
        changed_at = min(changed_at + 1, max(changed_at, unixepoch() + 300));
END;
