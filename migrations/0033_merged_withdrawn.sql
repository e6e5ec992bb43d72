-- What was merged away is described no more, so it is found by the report that it is headed by when that is withdrawn.
CREATE INDEX events_merged_headline ON events (headline_item_id) WHERE merged_into IS NOT NULL;
CREATE INDEX storylines_merged_headline ON storylines (headline_item_id) WHERE merged_into IS NOT NULL;

-- Which decisions took something along out of an event or into it.
CREATE INDEX went_along_from ON went_along (from_event);
CREATE INDEX went_along_into ON went_along (into_event);

-- An event that is gone while a headline that an editor worded for it stands was kept back: of others it is forgotten.
CREATE INDEX storylines_worded ON storylines (headline_event_id) WHERE headline_item_id IS NULL;
UPDATE storylines SET headline_event_id = NULL
WHERE headline_item_id IS NULL AND headline_event_id NOT IN (SELECT id FROM events);
