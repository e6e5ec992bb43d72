-- What a feed calls itself (its atom:id or guid), for those who republish its items.
ALTER TABLE feeds ADD COLUMN document_id TEXT;
