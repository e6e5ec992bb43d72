-- Dateline's database, first form. Instants are whole seconds since 1970 in UTC. A row id of
-- items is also its place in history (seq): handed out by the writer, never used twice.

CREATE TABLE outlets (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    kind        TEXT NOT NULL DEFAULT 'outlet' CHECK (kind IN ('wire', 'outlet')),
    reliability REAL NOT NULL DEFAULT 1.0 CHECK (reliability >= 0)
) STRICT;

CREATE TABLE feeds (
    id                 INTEGER PRIMARY KEY,
    url                TEXT NOT NULL UNIQUE,
    outlet_id          INTEGER NOT NULL REFERENCES outlets (id),
    title              TEXT NOT NULL DEFAULT '',
    category           TEXT NOT NULL DEFAULT '',
    language           TEXT,
    site_url           TEXT,
    added_at           INTEGER NOT NULL,
    -- what the operator set
    cron               TEXT,
    interval_secs      INTEGER,                        -- fixed interval; NULL for adaptive
    paused             INTEGER NOT NULL DEFAULT 0,
    own                INTEGER NOT NULL DEFAULT 0,     -- own or under contract: no floor, no pace
    full_text_allowed  INTEGER NOT NULL DEFAULT 0,
    any_certificate    INTEGER NOT NULL DEFAULT 0,
    allow_downgrade    INTEGER NOT NULL DEFAULT 0,     -- follow https to http
    -- the next visit and the last ones
    next_visit_at      INTEGER NOT NULL,
    next_visit_reason  TEXT NOT NULL DEFAULT 'never visited',
    claimed_until      INTEGER NOT NULL DEFAULT 0,     -- a sweep holds it until then
    last_visit_at      INTEGER,
    last_success_at    INTEGER,
    last_change_at     INTEGER,                        -- last visit that brought a new item
    last_error         TEXT,
    failures           INTEGER NOT NULL DEFAULT 0,
    failing_since      INTEGER,
    adaptive_secs      INTEGER NOT NULL DEFAULT 900,
    overlap            REAL,                           -- share of known items at the last 200
    possible_gap_at    INTEGER,
    gap_count          INTEGER NOT NULL DEFAULT 0,
    items_per_day      REAL NOT NULL DEFAULT 0,
    body_hash          BLOB,
    body_unchanged_since INTEGER,
    last_full_fetch_at INTEGER,
    health             TEXT NOT NULL DEFAULT 'new',
    health_reason      TEXT NOT NULL DEFAULT 'never visited',
    health_since       INTEGER NOT NULL,
    guid_standing      TEXT NOT NULL DEFAULT 'good' CHECK (guid_standing IN ('good', 'lost')),
    reader_version     INTEGER NOT NULL DEFAULT 0,     -- reader that made the stored items
    -- validators belong to the URL they came from
    validators_url     TEXT,
    etag               BLOB,
    last_modified      BLOB,
    -- a permanent redirect on trial
    moved_to           TEXT,
    moved_since        INTEGER,
    moved_visits       INTEGER NOT NULL DEFAULT 0,
    -- what the document said
    hub_url            TEXT,
    self_url           TEXT,
    hints              TEXT                            -- JSON: ttl, skip hours and days, sy:*
) STRICT;
CREATE INDEX feeds_due ON feeds (next_visit_at) WHERE paused = 0;

CREATE TABLE feed_health_history (
    feed_id INTEGER NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    at      INTEGER NOT NULL,
    health  TEXT NOT NULL,
    reason  TEXT NOT NULL
) STRICT;
CREATE INDEX feed_health_history_feed ON feed_health_history (feed_id, at);

CREATE TABLE polls (
    id          INTEGER PRIMARY KEY,
    feed_id     INTEGER NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    at          INTEGER NOT NULL,
    outcome     TEXT NOT NULL,                         -- items, unchanged, or a failure's name
    status      INTEGER,
    bytes       INTEGER NOT NULL DEFAULT 0,
    millis      INTEGER NOT NULL DEFAULT 0,
    listed      INTEGER NOT NULL DEFAULT 0,
    known       INTEGER NOT NULL DEFAULT 0,
    new         INTEGER NOT NULL DEFAULT 0,
    revised     INTEGER NOT NULL DEFAULT 0,
    overlap     REAL,
    gap         INTEGER NOT NULL DEFAULT 0,
    note        TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX polls_feed ON polls (feed_id, at);

CREATE TABLE unknown_prefixes (
    feed_id INTEGER NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    prefix  TEXT NOT NULL,
    count   INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (feed_id, prefix)
) STRICT, WITHOUT ROWID;

CREATE TABLE hosts (
    host           TEXT PRIMARY KEY,
    cool_until     INTEGER NOT NULL,
    cool_reason    TEXT NOT NULL,
    strikes        INTEGER NOT NULL DEFAULT 0          -- rate signals in a row
) STRICT, WITHOUT ROWID;

CREATE TABLE items (
    id              INTEGER PRIMARY KEY AUTOINCREMENT, -- seq
    feed_id         INTEGER NOT NULL,
    outlet_id       INTEGER NOT NULL REFERENCES outlets (id),
    fetched_at      INTEGER NOT NULL,
    published_at    INTEGER,
    updated_at      INTEGER,
    item_time       INTEGER NOT NULL,
    time_is_claimed INTEGER NOT NULL,
    language        TEXT NOT NULL,
    role            TEXT NOT NULL,
    title           TEXT NOT NULL,
    series_key      TEXT,
    content         BLOB NOT NULL,                     -- packed (store/packing.rs): lead, text, link, …
    withdrawn_at    INTEGER,
    revision_count  INTEGER NOT NULL DEFAULT 0,
    seen_at         INTEGER NOT NULL,                  -- when the present state was first seen
    digest          BLOB NOT NULL                      -- of the normalised content
) STRICT;
CREATE INDEX items_time ON items (item_time);
CREATE INDEX items_feed ON items (feed_id, id);
CREATE INDEX items_series ON items (id, series_key) WHERE series_key IS NOT NULL;

-- What packed contents are unpacked with: words that occur in many items, learnt from items.
CREATE TABLE dictionaries (
    id      INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 255),
    content BLOB NOT NULL
) STRICT;

-- What an item was known by: the first eight bytes of a digest. The row outlives the item (a
-- tombstone), so that an item which comes back is recognised.
CREATE TABLE item_keys (
    feed_id INTEGER NOT NULL,
    key     INTEGER NOT NULL,
    item_id INTEGER NOT NULL,
    PRIMARY KEY (feed_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE tombstones (
    item_id      INTEGER PRIMARY KEY,
    feed_id      INTEGER NOT NULL,
    published_at INTEGER,
    digest       BLOB NOT NULL,
    removed_at   INTEGER NOT NULL
) STRICT;

CREATE TABLE revisions (
    item_id     INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
    number      INTEGER NOT NULL,
    seen_at     INTEGER NOT NULL,
    replaced_at INTEGER NOT NULL,
    title       TEXT NOT NULL,
    content     BLOB NOT NULL,                         -- as in items
    updated_at  INTEGER,
    PRIMARY KEY (item_id, number)
) STRICT, WITHOUT ROWID;

-- How far a stage has come: the last item (or decision) that it has taken in.
CREATE TABLE cursors (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What the clusterer has learnt about words, per language; a function of seq.
CREATE TABLE learnt_tables (
    position INTEGER PRIMARY KEY,                      -- order in which the languages came up
    language TEXT NOT NULL UNIQUE,
    seq      INTEGER NOT NULL,
    content  BLOB NOT NULL
) STRICT;

-- Frozen scores of an item with earlier ones: those that count, packed (store/scores.rs). They are
-- what the settled state of the window is a function of, and go when the item leaves the window.
CREATE TABLE scores (
    item_id INTEGER PRIMARY KEY,
    pairs   BLOB NOT NULL
) STRICT;

CREATE TABLE storylines (
    id             INTEGER PRIMARY KEY,
    public_id      BLOB UNIQUE,                        -- 16 bytes; NULL while provisional
    slug           TEXT,                               -- unique by the table slugs
    headline       TEXT NOT NULL DEFAULT '',
    life           TEXT NOT NULL DEFAULT 'developing',
    first_event_at INTEGER NOT NULL DEFAULT 0,
    last_event_at  INTEGER NOT NULL DEFAULT 0,
    published_at   INTEGER,
    updated_at     INTEGER,
    event_count    INTEGER NOT NULL DEFAULT 0,
    outlet_count   INTEGER NOT NULL DEFAULT 0,
    spiked         INTEGER NOT NULL DEFAULT 0,
    merged_into    INTEGER REFERENCES storylines (id),
    version        INTEGER NOT NULL DEFAULT 0          -- moves with everything that is shown
) STRICT;
CREATE INDEX storylines_updated ON storylines (updated_at);
CREATE INDEX storylines_last ON storylines (last_event_at);

-- Slugs are aliases: one that was given once leads to its storyline for ever.
CREATE TABLE slugs (
    slug         TEXT PRIMARY KEY,
    storyline_id INTEGER NOT NULL REFERENCES storylines (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
    id               INTEGER PRIMARY KEY,
    public_id        BLOB UNIQUE,                      -- 16 bytes; NULL while provisional
    storyline_id     INTEGER REFERENCES storylines (id),
    headline         TEXT NOT NULL DEFAULT '',
    headline_item_id INTEGER,
    headline_reason  TEXT NOT NULL DEFAULT '',         -- JSON: how the headline was chosen
    lede             TEXT,                             -- NULL: as in lede_bytes
    lede_bytes       INTEGER NOT NULL DEFAULT 0,       -- so much of the lead of headline_item_id
    place            TEXT NOT NULL DEFAULT '',
    occurred_at      INTEGER NOT NULL DEFAULT 0,
    first_report_at  INTEGER NOT NULL DEFAULT 0,
    last_report_at   INTEGER NOT NULL DEFAULT 0,
    opened_at        INTEGER NOT NULL DEFAULT 0,       -- our clock
    settled          INTEGER NOT NULL DEFAULT 0,
    published_at     INTEGER,
    updated_at       INTEGER,
    change           TEXT NOT NULL DEFAULT '',
    report_count     INTEGER NOT NULL DEFAULT 0,
    outlet_count     INTEGER NOT NULL DEFAULT 0,
    spiked           INTEGER NOT NULL DEFAULT 0,
    locked           INTEGER NOT NULL DEFAULT 0,
    merged_into      INTEGER REFERENCES events (id),
    split_from       INTEGER REFERENCES events (id),
    withdrawn_at     INTEGER,
    version          INTEGER NOT NULL DEFAULT 0,       -- moves with everything that is shown
    published_state  TEXT,                             -- JSON: what a material change is held against
    sketch           BLOB                              -- what linking compares; NULL once nothing is linked to it
) STRICT;
CREATE INDEX events_storyline ON events (storyline_id, occurred_at);
CREATE INDEX events_updated ON events (updated_at);
CREATE INDEX events_last ON events (last_report_at);

CREATE TABLE event_items (
    item_id    INTEGER PRIMARY KEY REFERENCES items (id) ON DELETE CASCADE,
    event_id   INTEGER NOT NULL REFERENCES events (id),
    reprint_of INTEGER,
    evidence   BLOB,                                   -- packed (store/scores.rs): why it stands there
    frozen     BLOB                                    -- packed: the values of its weightiest pairs
) STRICT;
CREATE INDEX event_items_event ON event_items (event_id);

-- Items that belong to a storyline but to none of its events: wraps, live blogs, background.
CREATE TABLE storyline_items (
    item_id      INTEGER PRIMARY KEY REFERENCES items (id) ON DELETE CASCADE,
    storyline_id INTEGER NOT NULL REFERENCES storylines (id)
) STRICT;
CREATE INDEX storyline_items_storyline ON storyline_items (storyline_id);

-- Events whose items say something else now: to be described anew. Filled by the trigger, so that no
-- stage can forget it.
CREATE TABLE describe_queue (
    event_id INTEGER PRIMARY KEY
) STRICT;

CREATE TRIGGER items_say_something_else
AFTER UPDATE OF title, content, role, withdrawn_at ON items BEGIN
    INSERT OR IGNORE INTO describe_queue (event_id)
        SELECT event_id FROM event_items WHERE item_id = new.id;
END;

-- The reports shown when an event was first published: what its id means.
CREATE TABLE anchors (
    event_id INTEGER NOT NULL REFERENCES events (id),
    item_id  INTEGER NOT NULL,
    PRIMARY KEY (event_id, item_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE developments (
    id           INTEGER PRIMARY KEY,
    public_id    BLOB NOT NULL,
    event_id     INTEGER NOT NULL REFERENCES events (id),
    storyline_id INTEGER NOT NULL REFERENCES storylines (id),
    changed_at   INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    headline     TEXT,                                 -- NULL: the event's, which is still the same
    note         TEXT NOT NULL
) STRICT;
CREATE INDEX developments_storyline ON developments (storyline_id);

CREATE TABLE decisions (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    ruling     TEXT NOT NULL,                          -- JSON of news::Ruling
    editor     TEXT NOT NULL,
    decided_at INTEGER NOT NULL,
    note       TEXT NOT NULL DEFAULT '',
    undone_at  INTEGER,
    undone_by  TEXT,
    obeyed     INTEGER NOT NULL DEFAULT 0              -- whether the clusterer's events follow it
) STRICT;

-- Work asked of the daemon by a command or by a page, and its answer.
CREATE TABLE requests (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    command     TEXT NOT NULL,                         -- JSON
    asked_at    INTEGER NOT NULL,
    answer      TEXT,                                  -- JSON; NULL while it waits
    answered_at INTEGER
) STRICT;
CREATE INDEX requests_waiting ON requests (id) WHERE answer IS NULL;

-- Our subscriptions at other people's WebSub hubs.
CREATE TABLE subscriptions (
    feed_id     INTEGER PRIMARY KEY REFERENCES feeds (id) ON DELETE CASCADE,
    token       TEXT NOT NULL UNIQUE,                  -- unguessable part of our callback
    secret      BLOB NOT NULL,
    hub_url     TEXT NOT NULL,
    topic_url   TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('pending', 'active', 'failed')),
    asked_at    INTEGER NOT NULL,
    next_at     INTEGER NOT NULL,                      -- when to ask (again)
    lease_until INTEGER,                               -- NULL until the hub confirmed
    failures    INTEGER NOT NULL DEFAULT 0,
    last_error  TEXT,
    last_push_at INTEGER
) STRICT;
CREATE INDEX subscriptions_next ON subscriptions (next_at);

-- What hubs sent and nobody has read yet.
CREATE TABLE pushes (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    feed_id      INTEGER NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    received_at  INTEGER NOT NULL,
    content_type TEXT,
    signature    TEXT,                                 -- X-Hub-Signature as received
    body         BLOB NOT NULL
) STRICT;
CREATE INDEX pushes_feed ON pushes (feed_id);
