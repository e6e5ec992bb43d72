-- Who stands in an event, and as a copy of what, is asked at each arrival: it is answered from the index, without the rows
-- that hold the evidence. So is how many outlets tell it.
DROP INDEX event_items_event;
CREATE INDEX event_items_event ON event_items (event_id, reprint_of);
DROP INDEX items_outlet;
CREATE INDEX items_outlet ON items (id, outlet_id, spiked);
