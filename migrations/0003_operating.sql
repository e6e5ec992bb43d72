-- What running it for years needs: slugs that stay taken when their storyline is gone, and counts of
-- visits that never go back.

CREATE TABLE slugs_kept (
    slug         TEXT PRIMARY KEY,
    storyline_id INTEGER REFERENCES storylines (id) ON DELETE SET NULL  -- NULL: retention took it
) STRICT, WITHOUT ROWID;
INSERT INTO slugs_kept SELECT slug, storyline_id FROM slugs;
DROP TABLE slugs;
ALTER TABLE slugs_kept RENAME TO slugs;
CREATE INDEX slugs_storyline ON slugs (storyline_id);

-- The log of visits is shortened; these counts are not. They are written with the visit.
CREATE TABLE visit_counts (
    outcome  TEXT PRIMARY KEY,
    visits   INTEGER NOT NULL DEFAULT 0,
    bytes    INTEGER NOT NULL DEFAULT 0,
    millis   INTEGER NOT NULL DEFAULT 0,
    new      INTEGER NOT NULL DEFAULT 0,
    revised  INTEGER NOT NULL DEFAULT 0,
    gaps     INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
INSERT INTO visit_counts
    SELECT outcome, count(*), sum(bytes), sum(millis), sum(new), sum(revised), sum(gap)
    FROM polls GROUP BY outcome;
-- What retention looks for.
CREATE INDEX events_split ON events (split_from) WHERE split_from IS NOT NULL;
CREATE INDEX storylines_merged ON storylines (merged_into) WHERE merged_into IS NOT NULL;
