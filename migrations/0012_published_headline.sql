-- Where the anchors of an event fall into two halves its id stays with the headline under which it was
-- first published, whatever headline is shown since.
ALTER TABLE anchors ADD COLUMN is_headline INTEGER NOT NULL DEFAULT 0;

-- Of older ones the headline shown now is the best that is known.
UPDATE anchors SET is_headline = 1
WHERE item_id = (SELECT headline_item_id FROM events WHERE id = event_id);
