//! Published documents to bytes: Atom 1.0, RSS 2.0 and JSON Feed 1.1 over one document model, and
//! the OPML that lists them. Pure, and it cannot fail.
//!
//! It does not choose what is published, knows nothing of the database, and never cuts a text: what
//! a document says is decided before it comes here. Whatever the strings hold, the bytes are
//! well-formed.

mod atom;
mod content;
mod document;
mod json;
mod lines;
mod opml;
mod plain;
mod rss;
mod xml;

pub use content::body_html;
pub use document::{
    Absorbed, Body, Category, Deletion, Document, Entry, EventLine, Link, Notice, OutputFormat,
    Paging, Reply, ReportLine, ReprintLine, SourceFeed,
};
pub use lines::{cut, letters_of, lines_of};
pub use opml::{OutputLine, write_opml};
pub use plain::{one_line, web_address, without_controls};

/// The bytes of the document in that format. Equal documents give equal bytes.
pub fn write_document(document: &Document, format: OutputFormat) -> Vec<u8> {
    match format {
        OutputFormat::Atom => atom::write_atom(document),
        OutputFormat::Rss => rss::write_rss(document),
        OutputFormat::Json => json::write_json(document),
    }
}

#[cfg(test)]
mod tests;
