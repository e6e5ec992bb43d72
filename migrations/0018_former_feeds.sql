-- Feeds that were removed: their numbers stand at items and keys, so none goes to another feed, and a feed that
-- is added again is the one that it was. The address is empty where it went over to another feed, or is not
-- known.
CREATE TABLE former_feeds (
    id  INTEGER PRIMARY KEY,
    url TEXT NOT NULL
) STRICT;
CREATE INDEX former_feeds_url ON former_feeds (url);

-- Feeds that were removed before this: the highest number keeps all others from being used.
INSERT INTO former_feeds (id, url)
SELECT most, ''
FROM (
    SELECT max(
        coalesce((SELECT max(feed_id) FROM items), 0),
        coalesce((SELECT max(feed_id) FROM item_keys), 0)
    ) AS most
)
WHERE most > coalesce((SELECT max(id) FROM feeds), 0);
