-- Where things stand when no ruling holds them elsewhere.

-- Events that rulings have in another storyline than the machine: where the machine links them. When
-- no ruling holds an event elsewhere it stands there again. No reference: the storyline of an event
-- that stands elsewhere may have no row of its own.
CREATE TABLE event_homes (
    event_id     INTEGER PRIMARY KEY REFERENCES events (id) ON DELETE CASCADE,
    storyline_id INTEGER NOT NULL
) STRICT;
CREATE INDEX event_homes_storyline ON event_homes (storyline_id);

-- Items that rulings took out of an event that reaches back beyond the window, or into one: where they
-- came from. No reference: that event may have no row while all of its items stand elsewhere.
CREATE TABLE item_homes (
    item_id  INTEGER PRIMARY KEY REFERENCES items (id) ON DELETE CASCADE,
    event_id INTEGER NOT NULL
) STRICT;
CREATE INDEX item_homes_event ON item_homes (event_id);
