-- When an item without a time, which its outlet lists under ids that are made up anew, was last noted as listed.
ALTER TABLE items ADD COLUMN listed_at INTEGER;
