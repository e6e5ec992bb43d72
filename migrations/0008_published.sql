-- Storylines by when they were first published: the clusterer is told of those that are new.
CREATE INDEX storylines_published ON storylines (published_at) WHERE published_at IS NOT NULL;
