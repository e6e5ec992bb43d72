-- Events that rulings have in another storyline than the machine: where the machine links them. When
-- no ruling holds an event elsewhere it stands there again. No reference: the storyline of an event
-- that stands elsewhere may have no row of its own.
CREATE TABLE event_homes (
    event_id     INTEGER PRIMARY KEY REFERENCES events (id) ON DELETE CASCADE,
    storyline_id INTEGER NOT NULL
) STRICT;
CREATE INDEX event_homes_storyline ON event_homes (storyline_id);
