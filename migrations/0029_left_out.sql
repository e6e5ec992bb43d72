-- What left a spiked event by way of another one that had left it, before that was noted of its items, after the spike and
-- by no editor's word, stays out with it: 0027 looked one step far.
WITH RECURSIVE spikes (event, decision, at) AS MATERIALIZED (
    SELECT o.id, max(d.id), max(d.decided_at) FROM events o
        JOIN decision_names n ON n.noun = 2 AND n.thing = o.id
        JOIN decisions d ON d.id = n.decision_id
    WHERE o.spiked = 1 AND d.undone_at IS NULL AND json_extract(d.ruling, '$.kind') = 'spike'
    GROUP BY o.id),
left (event, origin) AS (
    SELECT event, event FROM spikes
    UNION
    SELECT e.id, s.event FROM left l
        JOIN spikes s ON s.event = l.origin
        JOIN events e ON e.split_from = l.event
    WHERE e.public_id IS NULL AND e.opened_at >= s.at
        AND NOT EXISTS (SELECT 1 FROM event_items x
                JOIN decision_names n ON n.noun = 1 AND n.thing = x.item_id
                JOIN decisions d ON d.id = n.decision_id
            WHERE x.event_id = e.id AND d.undone_at IS NULL AND d.id > s.decision
                AND json_extract(d.ruling, '$.kind') IN ('split-event', 'move-item', 'not-same-event')))
INSERT OR IGNORE INTO items_kept_out (item_id, noun, thing)
    SELECT m.item_id, 2, l.origin FROM left l
        JOIN events e ON e.id = l.event
        JOIN event_items m ON m.event_id = e.id
    WHERE e.merged_into IS NULL AND e.split_from <> l.origin;
UPDATE items SET spiked = 1 WHERE spiked = 0 AND id IN (SELECT item_id FROM items_kept_out);

-- A lock was a mark of its event, and is where what it names stands.
UPDATE events SET locked = NOT locked, version = version + 1
WHERE merged_into IS NULL AND locked <> (id IN (
    SELECT m.event_id FROM decisions d
        JOIN decision_names n ON n.decision_id = d.id AND n.noun = 1
        JOIN event_items m ON m.item_id = n.thing
    WHERE d.undone_at IS NULL AND json_extract(d.ruling, '$.kind') = 'lock'));
