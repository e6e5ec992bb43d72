-- The outlets of a storyline are counted whenever one of its events changes: without its items' rows.
CREATE INDEX items_outlet ON items (id, outlet_id);
