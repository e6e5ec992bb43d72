//! Text that was escaped once more than its field asks for, so that readers would see its tags.

use std::borrow::Cow;

use super::plain::{Endless, Tag, is_among, is_known, looks_like_html, plain_text, tag_name};

/// How often more than a field asks for texts are escaped.
const MOST_TIMES: usize = 2;

/// The text of markup that `shown` would show as it is; `None` if it may be meant so. It is not where all of it is markup
/// from its first sign to its last, and each element is closed: who writes about tags has words around them, or names
/// some without their ends. `is_said` is true for a title that its feed calls text: in that no word stands outside of all
/// elements either.
pub(crate) fn unescaped_again(shown: &str, is_said: bool) -> Option<String> {
    let mut text = Cow::Borrowed(shown);
    for _ in 0..MOST_TIMES {
        if is_all_markup(&text) && has_closed_elements(&text, is_said) {
            return Some(plain_text(&text)).filter(|text| !text.is_empty());
        }
        if text.contains('<') || !text.contains("&lt;") {
            break;
        }
        text = Cow::Owned(plain_text(&text));
    }
    None
}

/// True if a text begins with the start of an element that HTML knows, ends with a tag, and has an end of an element and
/// no tag that HTML does not know.
fn is_all_markup(text: &str) -> bool {
    let text = text.trim();
    let is_start = |(name, is_end): (&str, bool)| !is_end && is_known(name);
    let last = text.rfind('<').map_or("", |at| &text[at..]);
    text.starts_with('<')
        && tag_name(text).is_some_and(is_start)
        && last.find('>') == last.len().checked_sub(1)
        && text.contains("</")
        && looks_like_html(text)
}

/// Elements whose ends may be left out.
const OPTIONAL: &[&str] = &[
    "p", "li", "dd", "dt", "td", "th", "tr", "tbody", "thead", "tfoot", "option", "rt", "rp",
];
/// Elements that have no end.
const ENDLESS: &[&str] = &[
    "br", "hr", "img", "wbr", "input", "area", "col", "source", "command",
];

/// True if every element of a markup ends, in order, and none that stands in no other looks like a word of a sentence;
/// with `is_strict` none of its words stands outside of all elements.
fn has_closed_elements(markup: &str, is_strict: bool) -> bool {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = markup;
    let mut endless = Endless::default();
    while let Some(at) = memchr::memchr(b'<', rest.as_bytes()) {
        if is_strict && open.is_empty() && !rest[..at].trim().is_empty() {
            return false;
        }
        rest = &rest[at..];
        let Some(tag) = Tag::at(rest) else {
            rest = &rest[1..];
            continue;
        };
        rest = tag.rest_after_content(&mut endless);
        let is_whole = rest.len() < tag.rest.len();
        if tag.is_end {
            if !close(&mut open, tag.name) {
                return false;
            }
        } else if !is_whole && begins_element(&tag) {
            if open.is_empty() && is_word(rest) {
                return false;
            }
            open.push(tag.name);
        }
    }
    open.iter().all(|name| is_among(name, OPTIONAL))
}

fn begins_element(tag: &Tag<'_>) -> bool {
    let is_closed = tag.attributes.ends_with("/>");
    !tag.name.is_empty() && !is_closed && !is_among(tag.name, ENDLESS)
}

/// Closes the innermost open element, and those within it whose ends may be left out; false if it has another name.
fn close(open: &mut Vec<&str>, name: &str) -> bool {
    while let Some(innermost) = open.pop() {
        if innermost.eq_ignore_ascii_case(name) {
            return true;
        }
        if !is_among(innermost, OPTIONAL) {
            return false;
        }
    }
    false
}

/// True if a tag with this behind it is spoken of (`<select> without </select>`): it stands apart, and no sentence begins.
fn is_word(after: &str) -> bool {
    let goes_on = |c: char| c.is_alphabetic() && !c.is_uppercase();
    let next = after.strip_prefix(' ');
    next.is_some_and(|next| next.starts_with(goes_on))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_all_markup_is_read_as_such_and_what_speaks_of_it_is_not() {
        for (shown, text) in [
            ("<p>One &amp; two</p><p>Three</p>", Some("One & two\nThree")),
            ("<b>Fire</b> in <br/><i>Porto</i>\n", Some("Fire in\nPorto")),
            ("<img src=\"/a.jpg\"><p>Lead.</p><br>", Some("Lead.")),
            ("&lt;p&gt;One &amp;amp; two&lt;/p&gt;", Some("One & two")),
            ("<p>One</p> and more", None),
            ("Use <p> and </p>", None),
            ("<b> or <strong>", None),
            ("<br> or <hr>", None),
            ("<p></p>", None),
            ("<EUR 5m>a</EUR>", None),
            ("</p>One<p>", None),
            ("Use &lt;p&gt; and &lt;/p&gt;", None),
            ("5 < 6", None),
            ("Fish &amp; chips", None),
            ("", None),
        ] {
            assert_eq!(unescaped_again(shown, false).as_deref(), text, "{shown}");
        }
    }

    #[test]
    fn who_writes_of_tags_from_the_first_sign_to_the_last_leaves_elements_open_or_tags_apart() {
        for shown in [
            "<b> vs <strong>: write <strong> not </b>",
            "<div> inside <a>: what closes </div>",
            "<select> without </select>",
            "<p> opens and this closes: </p>",
            "&lt;p&gt; opens and this closes: &lt;/p&gt;",
            "<a> or <b>bold</b>",
            "<p> or <b>bold</b>",
            "<b><i>Nested wrong</b></i>",
        ] {
            assert_eq!(unescaped_again(shown, false), None, "{shown}");
        }
    }

    #[test]
    fn markup_whose_ends_may_be_left_out_is_markup_all_the_same() {
        for (shown, text) in [
            ("<p>One<p>Two <b>three</b>", "One\nTwo three"),
            ("<ul><li>One<li>Two</ul>", "One\nTwo"),
            ("<p> One two.</p>", "One two."),
            ("<div><img src='a>b'/>One</div>", "One"),
            ("<p>One</p><script>if (a<b) c()</script>", "One"),
            ("<P>The <b> new</b> law</p>", "The new law"),
        ] {
            assert_eq!(unescaped_again(shown, false).as_deref(), Some(text));
        }
    }

    #[test]
    fn a_title_that_is_said_to_be_text_is_markup_only_where_no_word_stands_outside_of_it() {
        for (title, text) in [
            ("<b>Storm</b>", Some("Storm")),
            ("<b>Storm <i>Ann</i></b> <br>", Some("Storm Ann")),
            ("<b>Storm <i>Ann</i></b> <i>Sea</i>", Some("Storm Ann Sea")),
            ("<b>bold</b> or <strong>bold</strong>", None),
            ("<!-- a --><b>Storm</b>", None),
        ] {
            assert_eq!(unescaped_again(title, true).as_deref(), text, "{title}");
        }
    }
}
