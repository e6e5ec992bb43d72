//! A field while its text is being gathered: simple ones (a date, an id) and texts that may hold
//! markup, escaped or not.

use url::Url;

use crate::feed::doctype::Entities;
use crate::feed::entities::{decode_entities_into, push_escaped};
use crate::feed::raw::{RawText, TextKind};

use super::names::Role;
use super::scan::Tag;
use super::state::{local_of, same_name};

/// What a text says of its own kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// Explicitly text.
    Text,
    /// HTML, escaped.
    Html,
    /// Markup that stands in the document itself.
    Xhtml,
    /// Nothing.
    Nothing,
    /// Something that is not text (a picture).
    Alien,
}

/// A field being read.
pub(super) struct Capture<'a> {
    pub name: &'a str,
    pub role: Role,
    /// Length of the stack with the element on it.
    pub depth: usize,
    /// True for texts that may hold markup: tags inside are part of them.
    pub is_construct: bool,
    pub claim: Claim,
    pub is_base64: bool,
    /// An attribute that the field needs when it ends: `isPermaLink`, `term`, `ref`.
    pub note: String,
    pub text: String,
    /// True once the text is kept as HTML because tags stood in it.
    is_markup: bool,
    pub nested_same: usize,
    pub nested_items: usize,
    /// How many tags are open inside, ends missing or not.
    pub nested: usize,
    /// Where the first tag stood that is a field by itself, and what the text was until then.
    first_field: Option<(usize, usize)>,
}

impl<'a> Capture<'a> {
    pub(super) fn new(name: &'a str, role: Role, depth: usize) -> Self {
        Self {
            name,
            role,
            depth,
            is_construct: false,
            claim: Claim::Nothing,
            is_base64: false,
            note: String::new(),
            text: String::new(),
            is_markup: false,
            nested_same: 0,
            nested_items: 0,
            nested: 0,
            first_field: None,
        }
    }

    pub(super) fn take_text(&mut self, text: &str, entities: &Entities) {
        if self.is_markup {
            self.text.push_str(text);
        } else {
            decode_entities_into(&mut self.text, text, entities);
        }
    }

    pub(super) fn take_cdata(&mut self, text: &str) {
        if self.is_markup && self.claim == Claim::Xhtml {
            push_escaped(&mut self.text, text);
        } else {
            self.text.push_str(text);
        }
    }

    /// A start tag within the text; `is_field` if outside of texts it would be a field.
    pub(super) fn take_start(&mut self, tag: Tag<'a>, is_field: bool) {
        let local = local_of(tag.name);
        if is_field && self.first_field.is_none() {
            self.first_field = Some((tag.at, self.text.len()));
        }
        if !tag.is_empty {
            self.nested += 1;
            self.nested_same += usize::from(same_name(tag.name, self.name));
            self.nested_items += usize::from(same_name(local, "item") || same_name(local, "entry"));
        }
        if !self.is_markup {
            // Blogs wrap escaped HTML into one bare div.
            if self.claim != Claim::Xhtml && same_name(local, "div") {
                return;
            }
            self.begin_markup();
        }
        self.text.push('<');
        self.text.push_str(local);
        self.text.push_str(tag.attributes);
        self.text.push('>');
        if tag.is_empty && !is_void(local) {
            self.push_end(local);
        }
    }

    fn begin_markup(&mut self) {
        self.is_markup = true;
        if self.claim != Claim::Html {
            let text = std::mem::take(&mut self.text);
            push_escaped(&mut self.text, &text);
        }
    }

    fn push_end(&mut self, local: &str) {
        self.text.push_str("</");
        self.text.push_str(local);
        self.text.push('>');
    }

    /// An end tag within the text that does not end it.
    pub(super) fn take_end(&mut self, name: &str) {
        let local = local_of(name);
        self.nested = self.nested.saturating_sub(1);
        if same_name(name, self.name) {
            self.nested_same = self.nested_same.saturating_sub(1);
        }
        if same_name(local, "item") || same_name(local, "entry") {
            self.nested_items = self.nested_items.saturating_sub(1);
        }
        if self.is_markup && !is_void(local) {
            self.push_end(local);
        }
    }

    /// True if a text holds what would be a field outside of it.
    pub(super) fn swallowed_a_field(&self) -> bool {
        self.is_construct && self.first_field.is_some()
    }

    /// Cuts the text where it should have ended, and says from where to read on.
    pub(super) fn cut_at_first_field(&mut self) -> Option<usize> {
        let (at, length) = self.first_field.take()?;
        // Escaping since then may have moved the place by some bytes, never below.
        let length = (0..=length.min(self.text.len()))
            .rev()
            .find(|at| self.text.is_char_boundary(*at))?;
        self.text.truncate(length);
        Some(at)
    }

    /// The text, with what it claims to be.
    pub(super) fn into_text(self, is_atom: bool, base: Option<Url>) -> RawText {
        let is_markup = self.is_markup;
        let decoded = (self.is_base64 && !is_markup).then(|| decode_base64(&self.text));
        let kind = match self.claim {
            _ if is_markup => TextKind::Html,
            Claim::Html | Claim::Xhtml => TextKind::Html,
            Claim::Text if is_atom => TextKind::Plain,
            Claim::Text | Claim::Nothing => TextKind::Unsaid,
            // Text in a strange wrapper is text; anything else in it (a picture) is nothing.
            Claim::Alien if matches!(decoded, Some(Some(_))) => TextKind::Unsaid,
            Claim::Alien => return RawText::default(),
        };
        let text = decoded.flatten().unwrap_or(self.text);
        let value = match text.trim() {
            trimmed if trimmed.len() == text.len() => text,
            trimmed => trimmed.to_owned(),
        };
        RawText { value, kind, base }
    }
}

fn is_void(name: &str) -> bool {
    [
        "br", "hr", "img", "input", "wbr", "area", "col", "link", "meta", "source", "embed",
        "param",
    ]
    .iter()
    .any(|void| same_name(void, name))
}

/// Base64 with white space anywhere (RFC 2045); `None` if it is none or not UTF-8 inside.
fn decode_base64(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0u32);
    for byte in text
        .bytes()
        .filter(|b| !b.is_ascii_whitespace() && *b != b'=')
    {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0xFF_FFFF;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xFF) as u8);
        }
    }
    String::from_utf8(bytes).ok()
}
