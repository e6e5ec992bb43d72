//! Cuts a document into tags and text. Forgiving: a sign that begins no markup is text, quotes may
//! be missing, anything may end too early. Linear in the length of the document.

use memchr::{memchr, memchr2, memchr3, memmem};

use crate::feed::doctype::Entities;

/// A piece of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Text with references.
    Text(&'a str),
    /// Text as it is.
    CData(&'a str),
    /// A start tag.
    Start(Tag<'a>),
    /// An end tag, by its name.
    End(&'a str),
}

/// A start tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// Name with prefix, as written.
    pub name: &'a str,
    /// All attributes, as written.
    pub attributes: &'a str,
    /// True if it ends itself.
    pub is_empty: bool,
    /// Where the tag begins in the document.
    pub at: usize,
}

/// The tokens of a document.
pub(super) struct Scanner<'a> {
    text: &'a str,
    /// Where the next token begins.
    pub at: usize,
    /// What the DOCTYPE declared.
    pub entities: Entities,
    /// True if the document ended within a tag, comment or CDATA section.
    pub is_cut: bool,
    /// True if something was not markup as XML has it.
    pub is_odd: bool,
    /// From where the end of a CDATA section was looked for, and where the next one stands.
    cdata_end: Option<(usize, Option<usize>)>,
    /// Behind this no item ends, as far as that was asked.
    last_item_end: Option<usize>,
    has_comment_end: bool,
    has_instruction_end: bool,
    has_doctype: bool,
}

const CDATA: &[u8] = b"<![CDATA[";
/// How items end.
const ITEM_ENDS: [&[u8]; 2] = [b"</item", b"</entry"];

/// How much of a DOCTYPE is read for entities.
const MAX_DOCTYPE_BYTES: usize = 64 * 1024;

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            entities: Entities::default(),
            is_cut: false,
            is_odd: false,
            cdata_end: None,
            last_item_end: None,
            has_comment_end: true,
            has_instruction_end: true,
            has_doctype: false,
        }
    }

    /// Another one, for looking at what comes from `at` on.
    pub(super) fn ahead(&self, at: usize) -> Self {
        Self {
            at,
            entities: Entities::default(),
            is_cut: false,
            ..*self
        }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// The next tag or text; comments, instructions and declarations are passed over.
    pub(super) fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let rest = self.rest();
            let bytes = rest.as_bytes();
            if *bytes.first()? != b'<' {
                return Some(self.text_token(0));
            }
            match bytes.get(1) {
                Some(b'/') => {
                    if let Some(token) = self.end_tag() {
                        return Some(token);
                    }
                }
                Some(b'!') => {
                    if let Some(token) = self.declaration() {
                        return Some(token);
                    }
                }
                Some(b'?') => self.instruction(),
                Some(c) if c.is_ascii_alphabetic() || *c == b'_' || *c >= 0x80 => {
                    if let Some(token) = self.start_tag() {
                        return Some(token);
                    }
                }
                _ => {
                    self.is_odd = true;
                    return Some(self.text_token(1));
                }
            }
        }
    }

    /// Text up to the next `<` after `from`.
    fn text_token(&mut self, from: usize) -> Token<'a> {
        let rest = self.rest();
        let end = memchr(b'<', &rest.as_bytes()[from..]).map_or(rest.len(), |end| end + from);
        self.at += end;
        Token::Text(&rest[..end])
    }

    fn end_tag(&mut self) -> Option<Token<'a>> {
        let body = &self.rest()[2..];
        let Some(end) = memchr2(b'>', b'<', body.as_bytes()) else {
            self.cut();
            return None;
        };
        let is_closed = body.as_bytes()[end] == b'>';
        self.is_odd |= !is_closed;
        self.at += 2 + end + usize::from(is_closed);
        let name = body[..end].trim();
        (!name.is_empty()).then_some(Token::End(name))
    }

    fn cut(&mut self) {
        self.is_cut = true;
        self.at = self.text.len();
    }

    fn skip_tag(&mut self) {
        match memchr(b'>', self.rest().as_bytes()) {
            Some(at) => self.at += at + 1,
            None => self.cut(),
        }
    }

    /// Leaves what was begun with so many bytes and never ends: the tag after it is not a part of it.
    fn skip_unclosed(&mut self, mark: usize) {
        self.at += mark;
        match memchr2(b'<', b'>', self.rest().as_bytes()) {
            Some(at) => self.at += at + usize::from(self.rest().as_bytes()[at] == b'>'),
            None => self.cut(),
        }
    }

    // Each of the searches for an end that may lie far away is given up once it has failed, or a
    // document of unclosed starts would take time by the square of its length.

    fn instruction(&mut self) {
        let end = if self.has_instruction_end {
            memmem::find(self.rest().as_bytes(), b"?>")
        } else {
            None
        };
        match end {
            Some(end) => self.at += end + 2,
            None => {
                self.has_instruction_end = false;
                self.is_odd = true;
                self.skip_unclosed(2);
            }
        }
    }

    fn declaration(&mut self) -> Option<Token<'a>> {
        let rest = self.rest();
        if rest
            .get(..9)
            .is_some_and(|start| start.eq_ignore_ascii_case("<![CDATA["))
        {
            return self.cdata();
        }
        if rest.starts_with("<!--") {
            self.comment(rest);
        } else if rest
            .get(..9)
            .is_some_and(|start| start.eq_ignore_ascii_case("<!doctype"))
        {
            self.doctype(rest);
        } else {
            self.is_odd = true;
            if rest[2..].starts_with("ENTITY") {
                self.entities.read(&rest[..rest.find('>').unwrap_or(0)]);
            }
            self.skip_tag();
        }
        None
    }

    /// The section; nothing but its mark is passed over where its end is missing and items go on behind it.
    fn cdata(&mut self) -> Option<Token<'a>> {
        let start = self.at + CDATA.len();
        let end = self.end_of_cdata(start);
        let swallows_items = match end {
            Some(end) => holds_end_of_item_before_cdata(&self.text.as_bytes()[start..end]),
            None => start < self.last_item_end(),
        };
        if swallows_items {
            self.is_odd = true;
            self.at = start;
            return None;
        }
        let Some(end) = end else {
            self.cut();
            return Some(Token::CData(&self.text[start..]));
        };
        self.at = end + 3;
        Some(Token::CData(&self.text[start..end]))
    }

    fn end_of_cdata(&mut self, start: usize) -> Option<usize> {
        let is_known = |(from, end): &(usize, Option<usize>)| {
            *from <= start && end.is_none_or(|end| end >= start)
        };
        if let Some((_, end)) = self.cdata_end.filter(is_known) {
            return end;
        }
        let found = memmem::find(&self.text.as_bytes()[start..], b"]]>");
        let end = found.map(|found| found + start);
        self.cdata_end = Some((start, end));
        end
    }

    fn last_item_end(&mut self) -> usize {
        let bytes = self.text.as_bytes();
        *self.last_item_end.get_or_insert_with(|| {
            let ends = ITEM_ENDS.iter();
            let last = ends.filter_map(|end| memmem::rfind(bytes, end)).max();
            last.unwrap_or(0)
        })
    }

    fn comment(&mut self, rest: &str) {
        let end = if self.has_comment_end {
            memmem::find(&rest.as_bytes()[4..], b"-->")
        } else {
            None
        };
        match end {
            Some(end) => self.at += 4 + end + 3,
            None => {
                self.has_comment_end = false;
                self.is_odd = true;
                self.skip_unclosed(4);
            }
        }
    }

    fn doctype(&mut self, rest: &str) {
        let bytes = rest.as_bytes();
        let end = match memchr2(b'[', b'>', bytes) {
            Some(at) if bytes[at] == b'[' && !self.has_doctype => end_of_subset(bytes, at),
            Some(at) if bytes[at] == b'[' => None,
            Some(at) => Some(at + 1),
            None => None,
        };
        self.has_doctype = true;
        let Some(end) = end else {
            self.is_odd = true;
            return self.skip_tag();
        };
        let readable = end.min(MAX_DOCTYPE_BYTES);
        if let Some(subset) = rest.get(..readable) {
            self.entities.read(subset);
        }
        self.at += end;
    }

    fn start_tag(&mut self) -> Option<Token<'a>> {
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let name_end = bytes[1..]
            .iter()
            .position(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | b'>' | b'/' | b'<'))
            .map_or(bytes.len(), |end| end + 1);
        let Some((end, is_closed)) = end_of_tag(bytes, name_end) else {
            self.cut();
            return None;
        };
        self.is_odd |= !is_closed;
        let inside = &rest[name_end..end];
        let attributes = inside.strip_suffix('/').unwrap_or(inside);
        let tag = Tag {
            name: &rest[1..name_end],
            attributes,
            is_empty: attributes.len() < inside.len(),
            at: self.at,
        };
        self.at += end + usize::from(is_closed);
        Some(Token::Start(tag))
    }
}

/// True if an item seems to end before another section begins: the end of that one was taken for the end of this.
fn holds_end_of_item_before_cdata(section: &[u8]) -> bool {
    let next = memmem::find(section, CDATA);
    let before = next.map_or(&[][..], |next| &section[..next]);
    ITEM_ENDS
        .iter()
        .any(|end| memmem::find(before, end).is_some())
}

/// One past `]>` with white space between, after the `[` at `start`.
fn end_of_subset(bytes: &[u8], start: usize) -> Option<usize> {
    memchr::memchr_iter(b']', &bytes[start..])
        .map(|at| at + start)
        .find_map(|at| {
            let after = bytes[at + 1..]
                .iter()
                .position(|b| !b.is_ascii_whitespace())?
                + at
                + 1;
            (bytes[after] == b'>').then_some(after + 1)
        })
}

/// Where a tag ends: the place of its `>`, or of the `<` of the next tag if it has none. Signs in
/// quotes do not count, unless the quotes are never closed.
fn end_of_tag(bytes: &[u8], from: usize) -> Option<(usize, bool)> {
    // A tag in whose middle another begins was never closed. Nothing beyond that is looked at, or many such tags
    // would take time by the square of their number.
    let near = memchr2(b'<', b'>', &bytes[from..]).map(|near| near + from);
    let mut at = match memchr2(b'"', b'\'', &bytes[from..near.unwrap_or(bytes.len())]) {
        Some(quote) => from + quote,
        None => return near.map(|near| (near, bytes[near] == b'>')),
    };
    loop {
        at += memchr3(b'>', b'"', b'\'', &bytes[at..])?;
        if bytes[at] == b'>' {
            return Some((at, true));
        }
        let opens_value =
            bytes[..at].iter().rev().find(|b| !b.is_ascii_whitespace()) == Some(&b'=');
        match memchr(bytes[at], &bytes[at + 1..]).filter(|_| opens_value) {
            Some(length) if !runs_away(&bytes[at + 1..at + 1 + length]) => at += length + 2,
            _ => at += 1,
        }
    }
}

/// True if a value in quotes holds the end of a tag and the start of another: the quote that
/// seems to close it belongs to a later tag.
fn runs_away(value: &[u8]) -> bool {
    memchr(b'>', value).is_some_and(|end| memchr(b'<', &value[end..]).is_some())
        && memchr(b'=', value).is_some()
}

/// The attributes of a tag: name and value as written.
pub(super) struct Attributes<'a>(pub(super) &'a str);

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self
            .0
            .trim_start_matches(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '"' | '\''));
        let end = rest
            .find(|c: char| c.is_ascii_whitespace() || c == '=')
            .unwrap_or(rest.len());
        let name = &rest[..end];
        if name.is_empty() && rest.is_empty() {
            return None;
        }
        let after = rest[end..].trim_start();
        let Some(value) = after.strip_prefix('=') else {
            self.0 = after;
            return Some((name, ""));
        };
        let value = value.trim_start();
        let (value, rest) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let body = &value[1..];
                match body.find(quote) {
                    Some(end) => (&body[..end], &body[end + 1..]),
                    None => (body, ""),
                }
            }
            _ => value.split_at(
                value
                    .find(|c: char| c.is_ascii_whitespace())
                    .unwrap_or(value.len()),
            ),
        };
        self.0 = rest;
        Some((name, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<String> {
        let mut scanner = Scanner::new(text);
        let mut out = Vec::new();
        while let Some(token) = scanner.next() {
            out.push(match token {
                Token::Text(text) => format!("t:{text}"),
                Token::CData(text) => format!("c:{text}"),
                Token::Start(tag) => {
                    let attributes: Vec<_> = Attributes(tag.attributes)
                        .map(|(n, v)| format!("{n}={v}"))
                        .collect();
                    let sign = if tag.is_empty { "e" } else { "s" };
                    format!("{sign}:{} {}", tag.name, attributes.join(" "))
                        .trim_end()
                        .to_owned()
                }
                Token::End(name) => format!("/{name}"),
            });
        }
        out
    }

    #[test]
    fn markup_is_cut_where_it_ends() {
        for (text, expected) in [
            ("<a>x</a>", vec!["s:a", "t:x", "/a"]),
            ("<?xml version='1.0'?><!-- <b> --><a/>", vec!["e:a"]),
            ("<a b='1' c=\"2\" d=3 e/>", vec!["e:a b=1 c=2 d=3 e="]),
            ("<a b=\"x > y\">", vec!["s:a b=x > y"]),
            ("<a><![CDATA[<b>]]></a >", vec!["s:a", "c:<b>", "/a"]),
            ("5 < 6", vec!["t:5 ", "t:< 6"]),
            ("<!DOCTYPE a [ <!ENTITY b \"c\"> ]><a>", vec!["s:a"]),
            (
                "<a href=\"x>text</a><b c=\"d\">",
                vec!["s:a href=x", "t:text", "/a", "s:b c=d"],
            ),
            ("<a <b>", vec!["s:a", "s:b"]),
            ("<a <b c='<'>", vec!["s:a", "s:b c=<"]),
            ("<a b='c' <d>", vec!["s:a b=c <d="]),
            ("<a>cut <![CDATA[off", vec!["s:a", "t:cut ", "c:off"]),
            (
                "<item><![CDATA[x</a></item><item><b>",
                vec!["s:item", "t:x", "/a", "/item", "s:item", "s:b"],
            ),
            (
                "<item><![CDATA[x</a></item><b><![CDATA[y]]>",
                vec!["s:item", "t:x", "/a", "/item", "s:b", "c:y"],
            ),
            ("<![CDATA[</item>]]><b>", vec!["c:</item>", "s:b"]),
            ("<a>cut <b", vec!["s:a", "t:cut "]),
            ("<a =></a>", vec!["s:a =", "/a"]),
        ] {
            assert_eq!(tokens(text), expected, "{text}");
        }
    }
}
