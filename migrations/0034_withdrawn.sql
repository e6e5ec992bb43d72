-- What was withdrawn when retention took it: no word of it stands plain where it outlives that.
ALTER TABLE tombstones ADD COLUMN was_withdrawn INTEGER NOT NULL DEFAULT 0;

-- The items that do not stand: withdrawn, or copies of what was. A copy that corrects or withdraws says that itself, and
-- what stands in another event than its original is held for no copy there.
CREATE VIEW withdrawn (item_id, since) AS
    SELECT id, withdrawn_at FROM items WHERE withdrawn_at IS NOT NULL
    UNION ALL
    SELECT copy.item_id, text.withdrawn_at FROM event_items copy
        CROSS JOIN event_items original ON original.item_id = copy.reprint_of AND original.event_id = copy.event_id
        CROSS JOIN items text ON text.id = original.item_id
        CROSS JOIN items own ON own.id = copy.item_id
    WHERE text.withdrawn_at IS NOT NULL AND own.role NOT IN ('correction', 'kill')
    UNION ALL
    SELECT item_id, removed_at FROM tombstones WHERE was_withdrawn = 1;

-- What was merged away and is headed by what was withdrawn, or told nothing else, is marked as of the time at which it
-- was: it does not come as news by an upgrade. Marks that are there stay.
WITH found (event_id, since) AS MATERIALIZED (
    SELECT e.id, coalesce(
        (SELECT w.since FROM withdrawn w WHERE w.item_id = e.headline_item_id LIMIT 1),
        (SELECT iif(count(told.since) = count(*), max(told.since), NULL) FROM (
            SELECT (SELECT w.since FROM withdrawn w WHERE w.item_id = i.id LIMIT 1) AS since
            FROM json_each(e.published_state, '$.at_length.lines') line
                CROSS JOIN items i ON i.id = CAST(line.key AS INTEGER)
            WHERE i.spiked = 0) told))
    FROM events e INDEXED BY events_merged
    WHERE e.merged_into IS NOT NULL AND e.public_id IS NOT NULL AND e.withdrawn_at IS NULL)
UPDATE events SET withdrawn_at = found.since, updated_at = max(coalesce(updated_at, 0), found.since)
FROM found WHERE events.id = found.event_id AND found.since IS NOT NULL;
