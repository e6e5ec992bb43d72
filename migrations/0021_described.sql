-- What is to be described anew, in the order in which it was noted: items that say something else now, or events. Items,
-- because what changes while a step of clustering is being saved may not stand in its event yet, or in another one by
-- then; and a step takes out only what it had seen.
DROP TRIGGER items_say_something_else;
DROP TRIGGER items_spiked;
ALTER TABLE describe_queue RENAME TO describe_queue_of_events;
CREATE TABLE describe_queue (
    seq      INTEGER PRIMARY KEY,
    item_id  INTEGER,
    event_id INTEGER,
    CHECK ((item_id IS NULL) <> (event_id IS NULL))
) STRICT;
INSERT INTO describe_queue (event_id) SELECT event_id FROM describe_queue_of_events ORDER BY event_id;
DROP TABLE describe_queue_of_events;
-- The events of which something waits, where it stands now.
CREATE VIEW events_to_describe (event_id) AS
    SELECT event_id FROM describe_queue WHERE event_id IS NOT NULL
    UNION ALL
    SELECT m.event_id FROM describe_queue q JOIN event_items m ON m.item_id = q.item_id;

CREATE TRIGGER items_say_something_else
AFTER UPDATE OF title, content, role, withdrawn_at ON items BEGIN
    INSERT INTO describe_queue (item_id) VALUES (new.id);
END;
CREATE TRIGGER items_spiked AFTER UPDATE OF spiked ON items WHEN old.spiked <> new.spiked BEGIN
    UPDATE events SET version = version + 1
        WHERE id = (SELECT event_id FROM event_items WHERE item_id = new.id);
    INSERT INTO describe_queue (item_id) VALUES (new.id);
END;

-- An earlier state is known whole: with what it said, the role and the language that were read in it.
ALTER TABLE revisions ADD COLUMN role TEXT;
ALTER TABLE revisions ADD COLUMN language TEXT;

-- Items that had been revised before clustering took them in, and how often: what was learnt and scored hangs on that state.
CREATE TABLE items_taken_revised (
    item_id  INTEGER PRIMARY KEY REFERENCES items (id) ON DELETE CASCADE,
    revision INTEGER NOT NULL
) STRICT;
