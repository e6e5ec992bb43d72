//! How deep markup nests, estimated without a parser of HTML and never too low: what such a parser may not see as the end
//! of an element does not count as one, as within quotes, comments and scripts, or where no such element is open.

use super::plain::is_among;

/// True if elements nest deeper than `most`, or may.
pub(super) fn nests_deeper_than(most: usize, html: &str) -> bool {
    let bytes = html.as_bytes();
    let mut nesting = Nesting::default();
    let mut within = Within::Text;
    let mut starts = memchr::memchr_iter(b'<', bytes).peekable();
    while let Some(at) = starts.next() {
        let end = starts.peek().copied().unwrap_or(bytes.len());
        let piece = &html[at + 1..end];
        nesting.pass(piece, within == Within::Text);
        within = within.after(piece.as_bytes());
        if nesting.open.len() > most {
            return true;
        }
    }
    false
}

/// Elements that do not nest, whether or not they are closed.
const UNNESTED: &[&str] = &[
    "p", "li", "br", "img", "hr", "td", "tr", "th", "dd", "dt", "option", "input", "source", "wbr",
    "col", "meta", "link", "area",
];
/// Elements beyond which no end reaches from within.
const ENCLOSING: &[&str] = &[
    "table", "caption", "template", "object", "applet", "marquee", "select", "svg", "math",
];
/// Elements in which nothing is an end but their own.
const RAW: &[&str] = &[
    "script",
    "style",
    "textarea",
    "title",
    "iframe",
    "xmp",
    "noembed",
    "noframes",
    "noscript",
    "plaintext",
];

/// The elements that are open.
#[derive(Default)]
struct Nesting<'a> {
    open: Vec<&'a str>,
}

impl<'a> Nesting<'a> {
    /// Takes what follows a `<` up to the next one; `may_end` is false where an end may not be one.
    fn pass(&mut self, piece: &'a str, may_end: bool) {
        let is_end = piece.starts_with('/');
        let name = name_of(&piece[usize::from(is_end)..]);
        if name.is_empty() || is_among(name, UNNESTED) {
            return;
        }
        if !is_end {
            self.open.push(name);
        } else if may_end {
            self.close(name);
        }
    }

    fn close(&mut self, name: &str) {
        if let Some(place) = self.place_of(name) {
            // What stands in it may stay open: `<b><div></b>`.
            self.open.remove(place);
        }
    }

    /// Which open element an end closes; `None` if it reaches none.
    fn place_of(&self, name: &str) -> Option<usize> {
        for (place, open) in self.open.iter().enumerate().rev() {
            if open.eq_ignore_ascii_case(name) {
                return Some(place);
            }
            let is_innermost = place + 1 == self.open.len();
            if is_among(open, ENCLOSING) || is_innermost && is_among(open, RAW) {
                return None;
            }
        }
        None
    }
}

fn name_of(piece: &str) -> &str {
    let is_name = piece.starts_with(|c: char| c.is_ascii_alphabetic());
    let end = piece.find(|c: char| !c.is_ascii_alphanumeric());
    let end = end.unwrap_or(piece.len());
    &piece[..if is_name { end } else { 0 }]
}

/// What the next `<` stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Text,
    /// A tag or declaration that has not ended.
    Tag,
    /// A value in quotes of this kind.
    Quotes(u8),
    /// What ends with these signs.
    Comment(&'static [u8]),
}

impl Within {
    /// What follows stands in after what was passed up to it.
    fn after(self, piece: &[u8]) -> Self {
        let rest = match self {
            Self::Comment(end) => return Self::Comment(end).unless_ended(piece),
            Self::Text if piece.starts_with(b"!--") => {
                return Self::Comment(b"-->").unless_ended(&piece[3..]);
            }
            Self::Text if piece.starts_with(b"![CDATA[") => {
                return Self::Comment(b"]]>").unless_ended(piece);
            }
            Self::Text if !begins_tag(piece) => return Self::Text,
            Self::Quotes(quote) => match memchr::memchr(quote, piece) {
                Some(end) => &piece[end + 1..],
                None => return self,
            },
            Self::Text | Self::Tag => piece,
        };
        after_attributes(rest)
    }

    fn unless_ended(self, piece: &[u8]) -> Self {
        match self {
            Self::Comment(end) if memchr::memmem::find(piece, end).is_some() => Self::Text,
            _ => self,
        }
    }
}

fn begins_tag(piece: &[u8]) -> bool {
    let sign = |at: usize| piece.get(at).copied().unwrap_or_default();
    sign(0).is_ascii_alphabetic() || matches!(sign(0), b'!' | b'?' | b'/')
}

/// What follows the attributes of a tag stands in.
fn after_attributes(mut rest: &[u8]) -> Within {
    while let Some(at) = memchr::memchr3(b'>', b'"', b'\'', rest) {
        let sign = rest[at];
        if sign == b'>' {
            return Within::Text;
        }
        let opens = rest[..at].trim_ascii_end().ends_with(b"=");
        rest = &rest[at + 1..];
        if opens {
            match memchr::memchr(sign, rest) {
                Some(end) => rest = &rest[end + 1..],
                None => return Within::Quotes(sign),
            }
        }
    }
    Within::Tag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_closes_nothing_makes_nothing_less_deep() {
        for piece in [
            "<figcaption></p>a<p>",
            "<div></b>",
            "<b><div></b>",
            "<div><!-- </div> -->",
            "<div><img alt='</div>'>",
            "<div><img alt = \"> </div>\">",
            "<div><script></div></script>",
            "<div><table><td></div></table>",
            "<div><a b='",
            "<div></1>",
        ] {
            assert!(nests_deeper_than(256, &piece.repeat(300)), "{piece}");
        }
    }

    #[test]
    fn what_is_closed_is_not_deep_however_often_it_comes() {
        for piece in [
            "<div><p>One <b>two</b><p>three</div>",
            "<TABLE><tr><td><a href='x'>1</a></table>",
            "<!-- <p>a</p> --><i title=\"it's > one\">a</i>",
            "<!--[if mso]><!--><div>a</div><!--<![endif]-->",
            "<script>if (a) b()</script>5 < 6 ",
            "<ul><li>a<li><span>b</span></ul><br/>",
            "<blockquote>a</blockquote></p></div>",
        ] {
            assert!(!nests_deeper_than(8, &piece.repeat(300)), "{piece}");
        }
    }
}
