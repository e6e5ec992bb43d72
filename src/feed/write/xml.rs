//! A thin layer over quick-xml's writer: elements by name, with every text and attribute cleaned of
//! what XML cannot hold. Escaping is quick-xml's, of no more than must be: HTML 4 does not know
//! `&apos;`, and readers that do not either would show it.

use quick_xml::Writer;
use quick_xml::escape::partial_escape;
use quick_xml::events::attributes::Attr;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::plain::{folded, without_controls};

/// Attributes of an element, in order. What is text in them is cut by whoever gives it: an address that is cut leads
/// nowhere.
pub(super) type Attributes<'a> = &'a [(&'a str, &'a str)];

/// An XML document, or a fragment of one, as it grows in memory.
pub(super) struct Xml {
    writer: Writer<Vec<u8>>,
}

impl Xml {
    /// A document: it begins with the XML declaration.
    pub(super) fn document() -> Self {
        let mut xml = Self {
            writer: Writer::new_with_indent(Vec::with_capacity(16 * 1024), b' ', 1),
        };
        xml.put(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)));
        xml
    }

    /// A fragment: no declaration, no indentation.
    pub(super) fn fragment() -> Self {
        Self {
            writer: Writer::new(Vec::with_capacity(2 * 1024)),
        }
    }

    /// Opens an element.
    pub(super) fn open(&mut self, name: &str, attributes: Attributes<'_>) {
        self.put(Event::Start(tag(name, attributes)));
    }

    /// Closes an element.
    pub(super) fn close(&mut self, name: &str) {
        self.put(Event::End(BytesEnd::new(name)));
    }

    /// An element without content.
    pub(super) fn empty(&mut self, name: &str, attributes: Attributes<'_>) {
        self.put(Event::Empty(tag(name, attributes)));
    }

    /// An element that holds a text.
    pub(super) fn element(&mut self, name: &str, attributes: Attributes<'_>, text: &str) {
        self.open(name, attributes);
        self.text(text);
        self.close(name);
    }

    /// A text.
    pub(super) fn text(&mut self, text: &str) {
        let text = without_controls(text);
        self.put(Event::Text(BytesText::from_escaped(partial_escape(&text))));
    }

    /// Markup that was written as a fragment.
    pub(super) fn markup(&mut self, fragment: &str) {
        self.put(Event::Text(BytesText::from_escaped(fragment)));
    }

    /// The bytes of a document, which end with a line end.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        let mut bytes = self.writer.into_inner();
        bytes.push(b'\n');
        bytes
    }

    /// A fragment as text.
    pub(super) fn into_text(self) -> String {
        String::from_utf8(self.writer.into_inner()).expect("only UTF-8 was written")
    }

    fn put(&mut self, event: Event<'_>) {
        self.writer
            .write_event(event)
            .expect("writing to memory does not fail");
    }
}

fn tag<'a>(name: &'a str, attributes: Attributes<'_>) -> BytesStart<'a> {
    let mut start = BytesStart::new(name);
    for (key, value) in attributes {
        let value = partial_escape(folded(value)).replace('"', "&quot;");
        start.push_attribute(Attr::DoubleQ(*key, value.as_str()));
    }
    start
}
