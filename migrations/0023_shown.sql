-- Whose callbacks they are: the host as an address is written in one way only. Those of before are of nobody's until they
-- are asked for again.
ALTER TABLE hub_subscriptions ADD COLUMN host TEXT NOT NULL DEFAULT '';
ALTER TABLE hub_requests ADD COLUMN host TEXT NOT NULL DEFAULT '';

-- What is shown of a feed and of an outlet beside every report. A feed that was never read has no reports yet. The time
-- is no other than the version's: what a moment later changes has another one.
CREATE TRIGGER feeds_renamed
AFTER UPDATE OF outlet_id, url, title, category, site_url, document_id ON feeds
WHEN old.last_success_at IS NOT NULL
    AND (old.outlet_id, old.url, old.title, old.category, old.site_url, old.document_id)
    IS NOT (new.outlet_id, new.url, new.title, new.category, new.site_url, new.document_id) BEGIN
    UPDATE publication SET version = version + 1, changed_at = changed_at + 1;
END;

CREATE TRIGGER feeds_removed AFTER DELETE ON feeds WHEN old.last_success_at IS NOT NULL BEGIN
    UPDATE publication SET version = version + 1, changed_at = changed_at + 1;
END;

CREATE TRIGGER outlets_renamed AFTER UPDATE OF name ON outlets WHEN old.name IS NOT new.name BEGIN
    UPDATE publication SET version = version + 1, changed_at = changed_at + 1;
END;
