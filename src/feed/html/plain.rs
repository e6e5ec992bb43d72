//! Plain text: out of markup, and out of text that was encoded twice or holds control characters.

use std::borrow::Cow;

use super::captions::Captions;
use crate::feed::entities::{decode_html_into, named, windows_1252_control};

/// The text of an HTML fragment: tags and comments gone, scripts and styles gone with their
/// content, blocks as lines of their own, references decoded, white space collapsed within lines.
pub(crate) fn plain_text(html: &str) -> String {
    text_of(html, |_, _| {})
}

/// As [`plain_text`], without the captions of pictures; `None` if there are none.
pub(crate) fn uncaptioned_text(html: &str) -> Option<String> {
    let has_name = |name| memchr::memmem::find(html.as_bytes(), name).is_some();
    if ![&b"caption"[..], b"Caption", b"CAPTION"]
        .into_iter()
        .any(has_name)
    {
        return None;
    }
    let mut captions = Captions::default();
    let text = text_of(html, |tag, raw| match tag {
        Some(tag) => captions.pass(tag, raw),
        None => captions.finish(raw),
    });
    captions.were_found.then_some(text)
}

/// The text of a fragment. `pass` sees each tag before it is read, and at the end none, and may take back text.
fn text_of(html: &str, mut pass: impl FnMut(Option<&Tag<'_>>, &mut String)) -> String {
    let mut raw = String::with_capacity(html.len());
    let html = without_cdata(html);
    let mut rest = &*html;
    let mut endless = Endless::default();
    while let Some(at) = memchr::memchr(b'<', rest.as_bytes()) {
        decode_html_into(&mut raw, &rest[..at]);
        rest = &rest[at..];
        rest = match Tag::at(rest) {
            Some(tag) => {
                pass(Some(&tag), &mut raw);
                raw.push_str(tag.stands_for());
                tag.rest_after_content(&mut endless)
            }
            None => {
                raw.push('<');
                &rest[1..]
            }
        };
    }
    decode_html_into(&mut raw, rest);
    pass(None, &mut raw);
    collapse_lines(&tidy(&raw))
}

/// Marks of CDATA that were escaped stand around the text that they mean.
fn without_cdata(html: &str) -> Cow<'_, str> {
    match html.contains("<![CDATA[") {
        true => Cow::Owned(html.replace("<![CDATA[", "").replace("]]>", "")),
        false => Cow::Borrowed(html),
    }
}

/// Elements that begin and end a line.
pub(super) const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "caption",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "legend",
    "li",
    "main",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tr",
    "ul",
];
/// Elements whose content is not text for readers.
const HIDDEN: &[&str] = &["script", "style", "iframe", "template", "applet"];
/// Markup without an end tag that alone shows that a text is HTML.
const VOID: &[&str] = &["br", "hr", "img", "wbr", "input"];
/// What feeds use in text: the list that Python's feedparser accepts, without the obsolete, and with what
/// HTML has for Asian writing, writing from the right, marks and pictures.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "area", "audio", "b", "bdi", "bdo", "big", "button", "canvas",
    "caption", "cite", "code", "col", "colgroup", "command", "data", "datagrid", "datalist", "del",
    "details", "dfn", "dialog", "dir", "em", "fieldset", "font", "i", "img", "input", "ins", "kbd",
    "label", "legend", "m", "map", "mark", "menu", "meter", "nobr", "noscript", "option", "output",
    "path", "picture", "progress", "q", "rb", "rp", "rt", "rtc", "ruby", "s", "samp", "select",
    "small", "sound", "source", "spacer", "span", "strike", "strong", "sub", "summary", "sup",
    "svg", "tbody", "td", "textarea", "tfoot", "th", "thead", "time", "tt", "u", "var", "video",
    "wbr",
];

/// A start tag, end tag, comment or declaration at the start of a text.
pub(super) struct Tag<'a> {
    /// As written; empty for comments and declarations.
    pub(super) name: &'a str,
    pub(super) is_end: bool,
    /// As written, with the end of the tag.
    pub(super) attributes: &'a str,
    /// What follows it.
    pub(super) rest: &'a str,
}

impl<'a> Tag<'a> {
    /// The tag at the start of `text`, which begins with `<`; `None` if it is a bare sign.
    pub(super) fn at(text: &'a str) -> Option<Self> {
        let body = &text[1..];
        if let Some(comment) = body.strip_prefix("!--") {
            let rest = memchr::memmem::find(comment.as_bytes(), b"-->")
                .map_or("", |end| &comment[end + 3..]);
            return Some(Self::nameless(rest));
        }
        if body.starts_with(['!', '?']) {
            return Some(Self::nameless(after_tag(body)));
        }
        let (name, is_end) = tag_name(text)?;
        let attributes = &body[usize::from(is_end) + name.len()..];
        if !is_end && !is_known(name) && is_never_closed(attributes) {
            return None;
        }
        let rest = after_tag(attributes);
        Some(Self {
            name,
            is_end,
            attributes: &attributes[..attributes.len() - rest.len()],
            rest,
        })
    }

    fn nameless(rest: &'a str) -> Self {
        Self {
            name: "",
            is_end: false,
            attributes: "",
            rest,
        }
    }

    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// What the tag leaves in the text.
    fn stands_for(&self) -> &'static str {
        if is_among(self.name, BLOCKS) {
            "\n"
        } else if is_among(self.name, &["td", "th"]) {
            " "
        } else {
            ""
        }
    }

    /// What follows the tag, or the whole element if its content is not for readers.
    pub(super) fn rest_after_content(&self, endless: &mut Endless) -> &'a str {
        let place = HIDDEN
            .iter()
            .position(|name| name.eq_ignore_ascii_case(self.name));
        let Some(place) = place.filter(|place| !self.is_end && !endless.0[*place]) else {
            return self.rest;
        };
        let mut rest = self.rest;
        while let Some(at) = memchr::memmem::find(rest.as_bytes(), b"</") {
            rest = &rest[at + 2..];
            let is_this = rest
                .get(..self.name.len())
                .is_some_and(|name| name.eq_ignore_ascii_case(self.name));
            if is_this {
                return after_tag(&rest[self.name.len()..]);
            }
        }
        endless.0[place] = true;
        self.rest
    }
}

/// Of which elements of [`HIDDEN`] no end was found to the end of the text: none follows, and looking again for
/// each of many takes the square of the length.
#[derive(Default)]
pub(super) struct Endless([bool; HIDDEN.len()]);

/// The name of the start or end tag that a text begins with, and whether it is one of an end; `None` if it begins
/// with none.
pub(super) fn tag_name(text: &str) -> Option<(&str, bool)> {
    let body = text.get(1..)?;
    let is_end = body.starts_with('/');
    let name = &body[usize::from(is_end)..];
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let end = name
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | ':')))
        .unwrap_or(name.len());
    Some((&name[..end], is_end))
}

/// True if HTML has an element of that name.
pub(super) fn is_known(name: &str) -> bool {
    [BLOCKS, INLINE, HIDDEN]
        .iter()
        .any(|names| is_among(name, names))
}

/// True if the next tag begins, or the text ends, before what follows the name of a tag says anything like one
/// (`debt is <EUR 100 million`).
fn is_never_closed(attributes: &str) -> bool {
    let bytes = attributes.as_bytes();
    let end = memchr::memchr2(b'<', b'>', bytes).unwrap_or(bytes.len());
    bytes.get(end) != Some(&b'>') && memchr::memchr(b'=', &bytes[..end]).is_none()
}

pub(super) fn is_among(name: &str, names: &[&str]) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// What follows the `>` of a tag whose name was read; signs in quotes do not count.
fn after_tag(attributes: &str) -> &str {
    let bytes = attributes.as_bytes();
    let mut at = 0;
    let mut fallback = None;
    while let Some(found) = memchr::memchr3(b'>', b'"', b'\'', &bytes[at..]) {
        at += found;
        match bytes[at] {
            b'>' => return &attributes[at + 1..],
            quote if at > 0 && bytes[at - 1] == b'=' => {
                if fallback.is_none() {
                    // Without one there is no end to look for.
                    fallback = Some(at + memchr::memchr(b'>', &bytes[at..]).unwrap_or(bytes.len()));
                }
                if fallback >= Some(bytes.len()) {
                    return "";
                }
                match memchr::memchr(quote, &bytes[at + 1..]) {
                    Some(end) => at += end + 2,
                    None => break,
                }
            }
            _ => at += 1,
        }
    }
    fallback.map_or("", |gt| &attributes[gt + 1..])
}

/// True if a text of unknown kind is HTML: it has an end tag, a void tag or a reference, and no
/// tag or reference that HTML does not know. It errs towards text, as feedparser does.
pub(crate) fn looks_like_html(text: &str) -> bool {
    let mut has_evidence = false;
    let mut rest = text;
    while let Some(at) = memchr::memchr2(b'<', b'&', rest.as_bytes()) {
        let is_tag = rest.as_bytes()[at] == b'<';
        rest = &rest[at..];
        if is_tag {
            if let Some((name, is_end)) = tag_name(rest) {
                if !is_known(name) {
                    return false;
                }
                has_evidence |= is_end || is_among(name, VOID);
            }
        } else {
            match reference_name(rest) {
                Some(name) if name.starts_with('#') || named(name).is_some() => has_evidence = true,
                Some(_) => return false,
                None => {}
            }
        }
        rest = &rest[1..];
    }
    has_evidence
}

/// What stands between the ampersand and the semicolon, with that.
fn reference_name(text: &str) -> Option<&str> {
    let body = &text[1..];
    let end = body.find(|c: char| !(c.is_ascii_alphanumeric() || c == '#'))?;
    (end > 0 && body[end..].starts_with(';')).then(|| &body[..=end])
}

/// Mends text that was encoded twice and drops what has no place in a text: control characters,
/// noncharacters, overrides of the direction of writing, soft hyphens, zero-width spaces, joiners of words and marks.
pub(crate) fn tidy(text: &str) -> Cow<'_, str> {
    if text
        .bytes()
        .all(|b| (b' '..0x7F).contains(&b) || matches!(b, b'\n' | b'\t'))
    {
        return Cow::Borrowed(text);
    }
    let text = mend_double_encoding(text);
    if !text.chars().any(|c| replacement(c) != Some(c)) {
        return text;
    }
    Cow::Owned(text.chars().filter_map(replacement).collect())
}

fn replacement(c: char) -> Option<char> {
    match c {
        '\n' | '\t' => Some(c),
        '\r' => Some('\n'),
        '\0'..='\u{1f}' | '\u{7f}' => None,
        '\u{80}'..='\u{9f}' => {
            windows_1252_control(u32::from(c)).filter(|mapped| !mapped.is_control())
        }
        // Hyphens for line ends alone and joiners of words stand within words.
        '\u{ad}' | '\u{2060}' => None,
        '\u{200b}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => None,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => None,
        _ => Some(c),
    }
}

/// UTF-8 that was taken for windows-1252 and encoded again (`â€™`). Only if the whole text can be
/// read so: a text that is right by itself practically never can.
fn mend_double_encoding(text: &str) -> Cow<'_, str> {
    if !text.contains([
        'Ã', 'Â', 'â', 'Ä', 'Å', 'Ð', 'Ñ', 'ã', 'ä', 'å', 'æ', 'ç', 'è', 'é', 'ð',
    ]) {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars() {
        match u8::try_from(u32::from(c)) {
            Ok(byte) => bytes.push(byte),
            Err(_) => match windows_1252_byte(c) {
                Some(byte) => bytes.push(byte),
                None => return Cow::Borrowed(text),
            },
        }
    }
    match String::from_utf8(bytes) {
        Ok(mended) if is_believable(&mended) && is_no_accident(text, &mended) => Cow::Owned(mended),
        _ => Cow::Borrowed(text),
    }
}

/// Three accented letters and signs of a right text can by chance be one letter of Asia
/// (`é`, no-break space, dash), hardly three times in one text without a stray in between.
fn is_believable(mended: &str) -> bool {
    let is_far = |c: &char| *c >= '\u{3000}';
    let far = mended.chars().filter(is_far).count();
    far == 0 || far >= 3
}

/// A capital before a space that does not break, a dash or a quotation mark (`UMEÅ–`) is by chance one letter of another
/// alphabet; three different ones in a text without a stray are not, nor two unless each may end a word as written. Alone
/// only what begins as nobody writes is believed: with `Ã`, `Â` or `â` and a sign, or with a capital after a small letter.
fn is_no_accident(text: &str, mended: &str) -> bool {
    let mut signs: Vec<char> = Vec::new();
    for sign in mended.chars().filter(|c| !c.is_ascii()) {
        if !signs.contains(&sign) {
            signs.push(sign);
        }
        if signs.len() > 2 {
            return true;
        }
    }
    if signs.len() == 2 && !may_be_meant(text) {
        return true;
    }
    let Some(at) = text.find(|c: char| !c.is_ascii()) else {
        return true;
    };
    let follows_small = text[..at].ends_with(|c: char| c.is_ascii_lowercase());
    text[at..].starts_with(['Ã', 'Â'])
        || ["â€", "â‚", "â„"]
            .iter()
            .any(|start| text[at..].starts_with(start))
        || (follows_small && text[at..].starts_with(char::is_uppercase))
}

/// What may follow a word at once.
const AFTER_WORDS: &str = "\u{a0}…†‡›‘’“”•–—«»·®™";

/// True if all signs beyond ASCII may be right as they stand: letters, none of them a capital after a small one, each
/// before what may follow a word.
fn may_be_meant(text: &str) -> bool {
    let mut before = ' ';
    text.chars().all(|c| {
        let follows_small = before.is_lowercase();
        before = c;
        let is_wrong_capital = c.is_uppercase() && follows_small;
        c.is_ascii() || AFTER_WORDS.contains(c) || (is_letter(c) && !is_wrong_capital)
    })
}

/// True for what the first byte of a sign of UTF-8 is taken for in windows-1252.
fn is_letter(c: char) -> bool {
    ('\u{c0}'..='\u{ff}').contains(&c) && c.is_alphabetic()
}

fn windows_1252_byte(c: char) -> Option<u8> {
    (0x80u8..=0x9F).find(|&byte| windows_1252_control(u32::from(byte)) == Some(c))
}

/// The text on one line, with single spaces.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// Lines with single spaces, without empty lines.
fn collapse_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let start = out.len();
        for word in line.split_whitespace() {
            if out.len() > start {
                out.push(' ');
            } else if start > 0 {
                out.push('\n');
            }
            out.push_str(word);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_text() {
        for (html, text) in [
            ("<p>One</p><p>Two<br/>three</p>", "One\nTwo\nthree"),
            ("a <b>bold</b> move", "a bold move"),
            ("5 < 6 &amp; 7 > 3", "5 < 6 & 7 > 3"),
            ("x<script>alert('</b>')</script>y", "xy"),
            ("x<style>p{}</style><!-- c > --> y", "x y"),
            ("<a title=\"a > b\" href='x'>t</a>", "t"),
            ("<img src=x onerror=1>caption", "caption"),
            ("<td>a</td><td>b</td>", "a b"),
            ("caf&eacute;&nbsp;&#8211; bar", "café – bar"),
            ("<a href=\"never closed>x</a>", "x"),
            ("text <", "text <"),
            (
                "debt is <EUR 100 million, <b>he</b> said. More.",
                "debt is <EUR 100 million, he said. More.",
            ),
            (
                "debt is <EUR 100 million. More.",
                "debt is <EUR 100 million. More.",
            ),
            ("a <foo> b </foo> c <x y=z. cut", "a b c"),
            ("a <a href", "a"),
            ("<p>&lt;b&gt; stays</p>", "<b> stays"),
            ("<![CDATA[<p>a]]>", "a"),
            ("<summary>s</summary>t&period;", "s\nt."),
        ] {
            assert_eq!(plain_text(html), text, "{html}");
        }
    }

    #[test]
    fn html_is_told_from_text() {
        for (text, is_html) in [
            ("plain", false),
            ("5 < 6", false),
            ("AT&T; and more", false),
            ("a &amp; b", true),
            ("&#8216;quoted&#8217;", true),
            ("<b>x</b>", true),
            ("use <foo></foo>", false),
            ("line<br>line", true),
            ("a <b c", false),
            ("<mark>AI</mark> wins", true),
            ("<ruby>日<rt>に</rt></ruby>", true),
            ("a&comma; b", true),
        ] {
            assert_eq!(looks_like_html(text), is_html, "{text}");
        }
    }

    #[test]
    fn text_is_tidied() {
        assert_eq!(tidy("Itâ€™s Ã©tÃ©"), "It’s été");
        assert_eq!(tidy("déjà vu — Ångström"), "déjà vu — Ångström");
        for right in [
            "PÅ\u{a0}TV: V-finalen",
            "UMEÅ–STOCKHOLM",
            "MALMÅ’S NEW ARENA",
            "Å\u{a0}leve, Å\u{a0}gi",
            "voilà\u{a0}»",
            "MALMÖ’ och UMEÅ–",
            "UMEÅ– OCH LULEÅ’",
            "NESCAFÉ® ET CAFÉ… Å",
        ] {
            assert_eq!(tidy(right), right);
        }
        for (spoilt, right) in [
            ("Ã©t", "ét"),
            ("Â£5m", "£5m"),
            ("itâ€™s", "it’s"),
            ("â‚¬5m", "€5m"),
            ("cÅ“ur", "cœur"),
            ("ÅšlÄ…sk", "Śląsk"),
            ("Ð¿Ñ€Ð¸", "при"),
            ("Ð´Ð°", "да"),
            ("Ñ‚Ð°", "та"),
            ("MALMÃ– och UMEÃ…", "MALMÖ och UMEÅ"),
            ("Ä„SÅš", "ĄSŚ"),
        ] {
            assert_eq!(tidy(spoilt), right);
        }
        assert_eq!(tidy("a\u{92}b\u{0}c\u{1b}[31m"), "a’bc[31m");
        assert_eq!(tidy("\u{202e}evil\u{202c}"), "evil");
        assert_eq!(tidy("Bundes\u{ad}tags\u{2060}wahl"), "Bundestagswahl");
        assert_eq!(tidy("Ã\u{ad}sla"), "ísla");
        assert_eq!(one_line("  a \n\t b "), "a b");
    }
}
