-- When a visit found what the hub had not sent; NULL since a signed notification came. Until one comes, the
-- feed keeps its own pace: there are hubs that confirm everything and send nothing.
ALTER TABLE subscriptions ADD COLUMN missed_at INTEGER;
