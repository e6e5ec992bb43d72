-- What each decision names, so that those about a thing are found among many. Nouns: 1 an item, 2 an
-- event, 3 a storyline.
CREATE TABLE decision_names (
    noun        INTEGER NOT NULL,
    thing       INTEGER NOT NULL,
    decision_id INTEGER NOT NULL REFERENCES decisions (id),
    PRIMARY KEY (noun, thing, decision_id)
) STRICT, WITHOUT ROWID;

INSERT OR IGNORE INTO decision_names
SELECT noun, thing, id FROM (
    SELECT d.id, t.atom AS thing, CASE
        WHEN t.path LIKE '%items%' OR t.key IN ('item', 'a', 'b') THEN 1
        WHEN t.path LIKE '%events%' OR t.key IN ('event', 'from', 'to')
            OR t.key IN ('kept', 'merged') AND d.ruling ->> '$.kind' = 'merge-events' THEN 2
        WHEN t.key IN ('storyline', 'kept', 'merged') THEN 3 END AS noun
    FROM decisions d, json_tree(d.ruling) t WHERE t.type = 'integer')
WHERE noun IS NOT NULL;

-- Events that a decision names keep their row when they are merged into another, published or not: the
-- decision binds what they went into, and what it marked stays marked.
ALTER TABLE events ADD COLUMN is_named INTEGER NOT NULL DEFAULT 0;

UPDATE events SET is_named = 1 WHERE id IN (SELECT thing FROM decision_names WHERE noun = 2);

-- What was decided or taken back since the events followed the decisions last.
CREATE INDEX decisions_unheeded ON decisions (id) WHERE obeyed <> (undone_at IS NULL);
