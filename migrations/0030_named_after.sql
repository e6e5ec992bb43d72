-- Whose headline a storyline is named by, so that what an editor keeps out leaves the names of those too that were
-- merged into others and are described no more: the event, and the report that gave the event its headline. Without an
-- event an editor named it, without a report an editor worded the headline.
ALTER TABLE storylines ADD COLUMN headline_event_id INTEGER;
ALTER TABLE storylines ADD COLUMN headline_item_id INTEGER;

UPDATE storylines SET headline_event_id = (
    SELECT e.id FROM events e
    WHERE e.storyline_id = storylines.id AND e.merged_into IS NULL AND e.headline = storylines.headline
    ORDER BY e.id LIMIT 1);
UPDATE storylines SET headline_item_id = (SELECT headline_item_id FROM events WHERE id = headline_event_id)
WHERE headline_event_id IS NOT NULL;

-- What was merged away holds no events any more: under that headline something was told in it.
UPDATE storylines SET (headline_event_id, headline_item_id) = (
    SELECT e.id, iif(d.headline IS NULL, coalesce(d.headline_item_id, e.headline_item_id), d.headline_item_id)
    FROM developments d CROSS JOIN events e ON e.id = d.event_id
    WHERE d.storyline_id = storylines.id AND coalesce(d.headline, e.headline) = storylines.headline
    ORDER BY d.id DESC LIMIT 1)
WHERE headline_event_id IS NULL AND public_id IS NOT NULL;
