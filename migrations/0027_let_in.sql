-- All that is not kept out is published: what left a spiked event before that was noted of its items, after the spike and
-- by no editor's word, stays out with it, and the rest of what was held back with an event that it had left is looked at.
INSERT OR IGNORE INTO items_kept_out (item_id, noun, thing)
    SELECT m.item_id, 2, o.id FROM events o
        JOIN events e ON e.split_from = o.id
        JOIN event_items m ON m.event_id = e.id
    WHERE o.spiked = 1 AND e.public_id IS NULL AND e.merged_into IS NULL
        AND e.opened_at >= (SELECT max(d.decided_at) FROM decision_names n JOIN decisions d ON d.id = n.decision_id
            WHERE n.noun = 2 AND n.thing = o.id AND d.undone_at IS NULL
                AND json_extract(d.ruling, '$.kind') = 'spike')
        AND NOT EXISTS (SELECT 1 FROM event_items x
                JOIN decision_names n ON n.noun = 1 AND n.thing = x.item_id
                JOIN decisions d ON d.id = n.decision_id
            WHERE x.event_id = e.id AND d.undone_at IS NULL AND d.id > (SELECT max(s.id)
                    FROM decision_names k JOIN decisions s ON s.id = k.decision_id
                WHERE k.noun = 2 AND k.thing = o.id AND s.undone_at IS NULL
                    AND json_extract(s.ruling, '$.kind') = 'spike')
                AND json_extract(d.ruling, '$.kind') IN ('split-event', 'move-item', 'not-same-event'));
UPDATE items SET spiked = 1 WHERE spiked = 0 AND id IN (SELECT item_id FROM items_kept_out);
INSERT INTO publish_queue (event_id)
    SELECT id FROM events WHERE public_id IS NULL AND split_from IS NOT NULL AND merged_into IS NULL
    ON CONFLICT DO UPDATE SET look_at = 0;

-- Whether any event is locked is asked in each step.
CREATE INDEX events_locked ON events (id) WHERE locked = 1;
