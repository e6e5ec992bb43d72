-- Events that a decision names keep their row when they are merged into another, published or not: the
-- decision binds what they went into, and what it marked stays marked.
ALTER TABLE events ADD COLUMN is_named INTEGER NOT NULL DEFAULT 0;

UPDATE events SET is_named = 1 WHERE id IN (
    SELECT t.atom FROM decisions d, json_tree(d.ruling) t
    WHERE t.type = 'integer' AND (t.key IN ('event', 'kept', 'merged', 'from', 'to')
        OR t.path IN ('$.kept_events', '$.merged_events', '$.split_events', '$.target')));

-- What was decided or taken back since the events followed the decisions last.
CREATE INDEX decisions_unheeded ON decisions (id) WHERE obeyed <> (undone_at IS NULL);
