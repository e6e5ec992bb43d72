-- What editors decide shows in every feed within two seconds, in those too that rest otherwise.
ALTER TABLE publication ADD COLUMN decided INTEGER NOT NULL DEFAULT 0;  -- moves with every decision and undoing

CREATE TRIGGER decisions_made AFTER INSERT ON decisions BEGIN
    UPDATE publication SET decided = decided + 1;
END;

CREATE TRIGGER decisions_undone AFTER UPDATE OF undone_at ON decisions BEGIN
    UPDATE publication SET decided = decided + 1;
END;
