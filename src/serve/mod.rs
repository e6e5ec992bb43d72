//! HTTP in: published feeds, pages, the desk, the JSON API, health and metrics.
