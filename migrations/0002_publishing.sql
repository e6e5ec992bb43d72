-- What is published: its version, what waits to be looked at, ids that outlive their rows, private
-- outputs, and the WebSub hub.

CREATE TABLE publication (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    instance   BLOB NOT NULL,                          -- 16 bytes; the ids of the feeds come from it
    version    INTEGER NOT NULL DEFAULT 0,             -- moves whenever anything shown may have changed
    changed_at INTEGER NOT NULL
) STRICT;

-- Events that changed since the publisher last looked at them. Filled by triggers, so that no stage
-- can forget it. Not INSERT OR IGNORE: within a trigger the outer statement's policy would win.
CREATE TABLE publish_queue (
    event_id INTEGER PRIMARY KEY,
    look_at  INTEGER NOT NULL DEFAULT 0                -- held back until then; any change ends that
) STRICT;
CREATE INDEX publish_queue_time ON publish_queue (look_at);

CREATE TRIGGER events_opened AFTER INSERT ON events BEGIN
    INSERT INTO publish_queue (event_id) VALUES (new.id) ON CONFLICT DO UPDATE SET look_at = 0;
END;

CREATE TRIGGER events_changed
AFTER UPDATE OF version, settled, spiked, merged_into, split_from, withdrawn_at, storyline_id
    ON events
WHEN (old.version, old.settled, old.spiked, old.merged_into, old.split_from, old.withdrawn_at,
        old.storyline_id)
    IS NOT (new.version, new.settled, new.spiked, new.merged_into, new.split_from,
        new.withdrawn_at, new.storyline_id)
BEGIN
    INSERT INTO publish_queue (event_id) VALUES (new.id) ON CONFLICT DO UPDATE SET look_at = 0;
END;

-- What a published event was merged into answers for its id: it is not held back.
CREATE TRIGGER events_merged_away AFTER UPDATE OF merged_into ON events
WHEN new.merged_into IS NOT NULL AND old.merged_into IS NOT new.merged_into
    AND EXISTS (SELECT 1 FROM events WHERE id = new.merged_into) BEGIN
    INSERT INTO publish_queue (event_id) VALUES (new.merged_into)
        ON CONFLICT DO UPDATE SET look_at = 0;
END;

CREATE TRIGGER events_gone AFTER DELETE ON events BEGIN
    DELETE FROM publish_queue WHERE event_id = old.id;
END;

CREATE TRIGGER event_items_added AFTER INSERT ON event_items BEGIN
    INSERT INTO publish_queue (event_id) VALUES (new.event_id) ON CONFLICT DO UPDATE SET look_at = 0;
END;

CREATE TRIGGER event_items_moved AFTER UPDATE OF event_id, reprint_of ON event_items
WHEN (old.event_id, old.reprint_of) IS NOT (new.event_id, new.reprint_of) BEGIN
    INSERT INTO publish_queue (event_id) VALUES (old.event_id), (new.event_id)
        ON CONFLICT DO UPDATE SET look_at = 0;
END;

CREATE TRIGGER event_items_removed AFTER DELETE ON event_items BEGIN
    INSERT INTO publish_queue (event_id) VALUES (old.event_id) ON CONFLICT DO UPDATE SET look_at = 0;
END;

CREATE TRIGGER items_changed
AFTER UPDATE OF title, content, role, withdrawn_at ON items
WHEN (old.title, old.content, old.role, old.withdrawn_at)
    IS NOT (new.title, new.content, new.role, new.withdrawn_at) BEGIN
    INSERT INTO publish_queue (event_id)
        SELECT event_id FROM event_items WHERE item_id = new.id ON CONFLICT DO UPDATE SET look_at = 0;
END;

-- One event stands for its storyline: the publisher moves the version when it looks at it.
CREATE TRIGGER storylines_changed
AFTER UPDATE OF version, headline, slug, spiked, merged_into ON storylines
WHEN new.public_id IS NOT NULL AND (old.version, old.headline, old.slug, old.spiked, old.merged_into)
    IS NOT (new.version, new.headline, new.slug, new.spiked, new.merged_into) BEGIN
    INSERT INTO publish_queue (event_id)
        SELECT max(id) FROM events WHERE storyline_id = new.id AND public_id IS NOT NULL
            HAVING max(id) IS NOT NULL ON CONFLICT DO UPDATE SET look_at = 0;
END;

-- Ids of rows that retention removed: they answer for ever.
CREATE TABLE retired_ids (
    public_id  BLOB PRIMARY KEY,
    noun       TEXT NOT NULL CHECK (noun IN ('event', 'storyline')),
    successor  BLOB,                                   -- what it had been merged into
    reason     TEXT NOT NULL,
    retired_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER events_removed BEFORE DELETE ON events WHEN old.public_id IS NOT NULL BEGIN
    INSERT INTO retired_ids VALUES (old.public_id, 'event',
        (SELECT public_id FROM events WHERE id = old.merged_into),
        'it is older than what is kept', unixepoch());
END;

CREATE TRIGGER storylines_removed BEFORE DELETE ON storylines WHEN old.public_id IS NOT NULL BEGIN
    INSERT INTO retired_ids VALUES (old.public_id, 'storyline',
        (SELECT public_id FROM storylines WHERE id = old.merged_into),
        'it is older than what is kept', unixepoch());
END;


-- What was told under a headline keeps it when the event gets another one.
CREATE TRIGGER events_renamed AFTER UPDATE OF headline ON events
WHEN old.published_at IS NOT NULL AND old.headline IS NOT new.headline BEGIN
    UPDATE developments SET headline = old.headline WHERE event_id = old.id AND headline IS NULL;
    UPDATE events SET published_state = json_set(published_state, '$.headline', old.headline)
        WHERE id = old.id AND json_type(published_state, '$.headline') IS NULL;
END;

CREATE INDEX events_merged ON events (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX developments_event ON developments (event_id);

-- Private outputs: who knows the token may read. Only a digest of the token is kept.
CREATE TABLE output_tokens (
    id         INTEGER PRIMARY KEY,
    digest     BLOB NOT NULL UNIQUE,                   -- SHA-256
    label      TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;

-- The WebSub hub.
CREATE TABLE hub_subscriptions (
    id          INTEGER PRIMARY KEY,
    topic       TEXT NOT NULL,
    callback    TEXT NOT NULL,
    secret      BLOB,
    lease_until INTEGER NOT NULL,
    asked_from  TEXT NOT NULL DEFAULT '',              -- network address that asked
    UNIQUE (topic, callback)
) STRICT;

-- Asked, not yet verified. A later request for the same pair takes the place of an earlier one.
CREATE TABLE hub_requests (
    id         INTEGER PRIMARY KEY,
    mode       TEXT NOT NULL CHECK (mode IN ('subscribe', 'unsubscribe')),
    topic      TEXT NOT NULL,
    callback   TEXT NOT NULL,
    secret     BLOB,
    lease_secs INTEGER NOT NULL,
    asked_at   INTEGER NOT NULL,
    asked_from TEXT NOT NULL DEFAULT '',
    UNIQUE (topic, callback)
) STRICT;

-- Content that a subscriber has not taken yet: the newest only, because a topic's document is whole.
CREATE TABLE hub_deliveries (
    subscription_id INTEGER PRIMARY KEY REFERENCES hub_subscriptions (id) ON DELETE CASCADE,
    attempts        INTEGER NOT NULL DEFAULT 0,
    next_at         INTEGER NOT NULL
) STRICT;
CREATE INDEX hub_deliveries_due ON hub_deliveries (next_at);

-- What each topic's document was when its subscribers were last told.
CREATE TABLE hub_topics (
    topic  TEXT PRIMARY KEY,
    digest BLOB NOT NULL
) STRICT, WITHOUT ROWID;
