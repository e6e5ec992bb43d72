//! Text that was escaped once more than its field asks for, so that readers would see its tags.

use std::borrow::Cow;

use super::plain::{is_known, looks_like_html, plain_text, tag_name};

/// How often more than a field asks for texts are escaped.
const MOST_TIMES: usize = 2;

/// The text of markup that `shown` would show as it is; `None` if it may be meant so. It is not where all of it is markup
/// from its first sign to its last: who writes about tags has words around them.
pub(crate) fn unescaped_again(shown: &str) -> Option<String> {
    let mut text = Cow::Borrowed(shown);
    for _ in 0..MOST_TIMES {
        if is_all_markup(&text) {
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
            assert_eq!(unescaped_again(shown).as_deref(), text, "{shown}");
        }
    }
}
