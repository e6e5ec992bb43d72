-- The item that tells an event in place of one that tells none, because the outlet retitled it: a live blog that became
-- a report. The keys that still lead to the old one lead on to it.
ALTER TABLE items ADD COLUMN retold_as INTEGER;
