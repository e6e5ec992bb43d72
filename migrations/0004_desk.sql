-- The desk: editors and their sessions, what is spiked, the review queue, search.

ALTER TABLE items ADD COLUMN spiked INTEGER NOT NULL DEFAULT 0;
CREATE INDEX items_spiked ON items (id) WHERE spiked = 1;

CREATE INDEX items_spiked_ones ON items (id) WHERE spiked = 1;

CREATE TRIGGER items_spiked AFTER UPDATE OF spiked ON items WHEN old.spiked <> new.spiked BEGIN
    UPDATE events SET version = version + 1
        WHERE id = (SELECT event_id FROM event_items WHERE item_id = new.id);
    INSERT INTO describe_queue (event_id)
        SELECT event_id FROM event_items WHERE item_id = new.id ON CONFLICT DO NOTHING;
END;

CREATE TABLE editors (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT NOT NULL UNIQUE,
    password      TEXT,                                -- argon2id in PHC form; NULL until set
    link_digest   BLOB UNIQUE,                         -- SHA-256 of the one-time link's token
    link_until    INTEGER,
    added_at      INTEGER NOT NULL,
    looked_at     INTEGER NOT NULL DEFAULT 0           -- when the editor last looked at Now
) STRICT;

-- A session is known by a digest: who reads the database cannot take one over.
CREATE TABLE sessions (
    digest     BLOB PRIMARY KEY,                       -- SHA-256 of the cookie
    editor_id  INTEGER NOT NULL REFERENCES editors (id) ON DELETE CASCADE,
    csrf       TEXT NOT NULL,
    opened_at  INTEGER NOT NULL,
    used_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Tokens by which programs use the API in an editor's name.
CREATE TABLE editor_tokens (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    editor_id  INTEGER NOT NULL REFERENCES editors (id) ON DELETE CASCADE,
    digest     BLOB NOT NULL UNIQUE,                   -- SHA-256 of the token
    label      TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;

CREATE TABLE login_attempts (
    kind TEXT NOT NULL CHECK (kind IN ('account', 'address')),
    name TEXT NOT NULL,
    at   INTEGER NOT NULL
) STRICT;
CREATE INDEX login_attempts_name ON login_attempts (kind, name, at);

-- Answers of editors to questions of the review queue. `later` hides a question for a while.
CREATE TABLE reviews (
    question   TEXT PRIMARY KEY,                       -- kind:id:id
    answer     TEXT NOT NULL CHECK (answer IN ('yes', 'no', 'later')),
    editor     TEXT NOT NULL,
    answered_at INTEGER NOT NULL,
    score      REAL NOT NULL DEFAULT 0                 -- what the machine had said
) STRICT, WITHOUT ROWID;

-- Notices that withdraw something: looked through by the review queue.
CREATE INDEX items_kills ON items (id) WHERE role = 'kill';

CREATE INDEX storyline_items_line ON storyline_items (storyline_id, item_id);

-- Items that a notice to withdraw may mean which nobody has to believe: for editors to look at.
CREATE TABLE doubted_kills (
    item_id INTEGER PRIMARY KEY REFERENCES items (id) ON DELETE CASCADE
) STRICT;

-- Search: which words stand in which item, nothing else. Written with the item (store/search.rs) and
-- not by triggers: a statement with triggers makes FTS5 write a segment each time.
CREATE VIRTUAL TABLE item_search USING fts5 (
    words, content='', detail=none, columnsize=0, tokenize='unicode61 remove_diacritics 2'
);
