-- What an editor kept out when retention took it: no word of it is told of what outlives it.
ALTER TABLE tombstones ADD COLUMN was_out INTEGER NOT NULL DEFAULT 0;
