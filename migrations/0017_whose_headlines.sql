-- Whose headline a development is told under where that is no longer the event's, so that what an editor spikes
-- leaves the log too.
ALTER TABLE developments ADD COLUMN headline_item_id INTEGER;

DROP TRIGGER events_renamed;
CREATE TRIGGER events_renamed AFTER UPDATE OF headline ON events
WHEN old.published_at IS NOT NULL AND old.headline IS NOT new.headline BEGIN
    UPDATE developments SET headline = old.headline, headline_item_id = old.headline_item_id
        WHERE event_id = old.id AND headline IS NULL;
    UPDATE events SET published_state = json_set(published_state, '$.headline', old.headline)
        WHERE id = old.id AND json_type(published_state, '$.headline') IS NULL;
END;
