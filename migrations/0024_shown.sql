-- Whose callbacks they are: the host as an address is written in one way only. Those of before are of nobody's until they
-- are asked for again.
ALTER TABLE hub_subscriptions ADD COLUMN host TEXT NOT NULL DEFAULT '';
ALTER TABLE hub_requests ADD COLUMN host TEXT NOT NULL DEFAULT '';
