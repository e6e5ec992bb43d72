//! The list of all outputs as OPML 2.0, so that a reader subscribes to all in one step.

use super::plain::one_line;
use super::xml::Xml;
use crate::news::UtcTime;

/// One output in the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OutputLine {
    /// Title of the feed.
    pub title: String,
    /// One sentence on what it holds.
    pub description: String,
    /// Address of its preferred format.
    pub feed_url: String,
    /// Address of its page.
    pub page_url: String,
}

/// The groups of outputs, each under a heading, as OPML.
pub fn write_opml(title: &str, changed: UtcTime, groups: &[(&str, Vec<OutputLine>)]) -> Vec<u8> {
    let mut xml = Xml::document();
    xml.open("opml", &[("version", "2.0")]);
    xml.open("head", &[]);
    xml.element("title", &[], &one_line(title));
    let date = changed.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    xml.element("dateModified", &[], &date);
    xml.close("head");
    xml.open("body", &[]);
    for (heading, lines) in groups.iter().filter(|(_, lines)| !lines.is_empty()) {
        xml.open("outline", &[("text", heading), ("title", heading)]);
        for line in lines {
            let title = one_line(&line.title);
            let description = one_line(&line.description);
            xml.empty(
                "outline",
                &[
                    // The registered value for every format of feed (OPML 2.0).
                    ("type", "rss"),
                    ("text", &title),
                    ("title", &title),
                    ("description", &description),
                    ("xmlUrl", &line.feed_url),
                    ("htmlUrl", &line.page_url),
                ],
            );
        }
        xml.close("outline");
    }
    xml.close("body");
    xml.close("opml");
    xml.into_bytes()
}
