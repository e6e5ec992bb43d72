//! The integration tests: one binary, one module a subject, so that they link once.

mod opml;
mod tidy;
