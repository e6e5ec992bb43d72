-- How often the link of an item was corrected: one that comes again is a correction too, a few times.
ALTER TABLE items ADD COLUMN link_moves INTEGER NOT NULL DEFAULT 0;
