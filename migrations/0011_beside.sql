-- Items that tell no event (wraps, live blogs, background) and stand beside the report that they
-- resemble most, in whichever storyline that stands by now. What follows from the words of items is
-- kept, and nothing that a decision could move, so that undoing one has nothing to put back.
CREATE TABLE items_beside (
    item_id   INTEGER PRIMARY KEY REFERENCES items (id) ON DELETE CASCADE,
    report_id INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX items_beside_report ON items_beside (report_id);

-- Which report it was is not known of older ones: the last one before it in the same storyline.
INSERT INTO items_beside (item_id, report_id)
SELECT b.item_id, max(m.item_id)
FROM storyline_items b
    CROSS JOIN events e ON e.storyline_id = b.storyline_id
    CROSS JOIN event_items m ON m.event_id = e.id AND m.item_id < b.item_id
GROUP BY b.item_id;

-- Or else the first one after it.
INSERT OR IGNORE INTO items_beside (item_id, report_id)
SELECT b.item_id, min(m.item_id)
FROM storyline_items b
    CROSS JOIN events e ON e.storyline_id = b.storyline_id
    CROSS JOIN event_items m ON m.event_id = e.id
GROUP BY b.item_id;

DROP TABLE storyline_items;
