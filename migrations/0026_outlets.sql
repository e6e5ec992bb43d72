-- The outlets of an event stand beside it, as a JSON array of ids in ascending order: those of a storyline are counted
-- from them, not from all its items. NULL until the event is described again: then they are read from its items.
ALTER TABLE events ADD COLUMN outlets TEXT;
