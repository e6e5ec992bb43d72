//! HTML made safe to show: no scripts, styles, forms or handlers; links to the web only; relative
//! addresses resolved. Bounded: what would take a parser of HTML too long is kept as text.

use ammonia::{Builder, UrlRelative};
use url::Url;

use super::depth::nests_deeper_than;
use super::plain::plain_text;
use crate::feed::entities::push_escaped;
use crate::feed::urls::rooted;

/// How many bytes of markup one document may have cleaned; the rest is kept as text. Cleaning
/// runs at some 20 MB/s.
const MAX_CLEANED_BYTES: usize = 12 * 1024 * 1024;
/// Elements nested deeper than this are markup made to hurt: the cost of parsing grows with the
/// square of the depth.
const MAX_DEPTH: usize = 256;
/// As many attributes on one tag, for the same reason.
const MAX_ATTRIBUTES: usize = 256;

/// Cleans the fragments of one document.
pub(crate) struct Sanitiser {
    cleaned_bytes: usize,
    ready: Option<(Url, Builder<'static>)>,
    /// True once something was kept as text because it would have taken too long.
    pub(crate) gave_up: bool,
}

impl Sanitiser {
    /// For one document.
    pub(crate) fn new() -> Self {
        Self {
            cleaned_bytes: 0,
            ready: None,
            gave_up: false,
        }
    }

    /// The fragment, safe; relative addresses are resolved against `base`.
    pub(crate) fn clean(&mut self, html: &str, base: &Url) -> String {
        if !html.contains(['<', '&', '>']) {
            return html.to_owned();
        }
        self.cleaned_bytes = self.cleaned_bytes.saturating_add(html.len());
        if self.cleaned_bytes > MAX_CLEANED_BYTES || is_made_to_hurt(html) {
            self.gave_up = true;
            return escaped(&plain_text(html));
        }
        self.builder_for(base).clean(html).to_string()
    }

    fn builder_for(&mut self, base: &Url) -> &Builder<'static> {
        if self.ready.as_ref().is_none_or(|(known, _)| known != base) {
            self.ready = Some((base.clone(), builder(base)));
        }
        let (_, builder) = self.ready.as_ref().expect("was set above");
        builder
    }
}

/// Text as HTML that shows it.
pub(crate) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    push_escaped(&mut html, text);
    html
}

fn builder(base: &Url) -> Builder<'static> {
    let mut builder = Builder::default();
    builder
        .url_schemes(["http", "https"].into())
        .link_rel(Some("noopener noreferrer"))
        .strip_comments(true)
        .add_tags(["audio", "video", "source", "picture", "main"])
        .add_tag_attributes("video", ["src", "poster", "width", "height"])
        .add_tag_attributes("audio", ["src"])
        .add_tag_attributes("source", ["src", "type"])
        .rm_tag_attributes("img", ["align"])
        .attribute_filter(|_, name, value| match name {
            // Where a quotation comes from is followed by nobody and checked by nothing.
            "cite" => None,
            "href" | "src" | "poster" => Some(rooted(value)),
            _ => Some(value.into()),
        })
        .clean_content_tags(
            [
                "script", "style", "iframe", "object", "noscript", "template", "title",
            ]
            .into(),
        );
    let relative = if base.cannot_be_a_base() || !matches!(base.scheme(), "http" | "https") {
        UrlRelative::Deny
    } else {
        UrlRelative::RewriteWithBase(base.clone())
    };
    builder.url_relative(relative);
    builder
}

fn is_made_to_hurt(html: &str) -> bool {
    let bytes = html.as_bytes();
    // Signs within quotes are of the same tag, so tags may be longer than they look.
    let is_crowded = |until_end: &[u8]| {
        let equals = memchr::memchr_iter(b'=', until_end);
        let quoted = equals.filter(|at| matches!(until_end.get(at + 1), Some(b'"' | b'\'')));
        quoted.count() > MAX_ATTRIBUTES
    };
    if bytes.split(|b| *b == b'>').any(is_crowded) {
        return true;
    }
    let mut starts = memchr::memchr_iter(b'<', bytes).peekable();
    while let Some(at) = starts.next() {
        let end = starts.peek().copied().unwrap_or(bytes.len());
        let tag = &bytes[at + 1..end];
        let spaces = tag
            .iter()
            .take_while(|b| **b != b'>')
            .filter(|b| matches!(b, b' ' | b'\n' | b'\t' | b'/' | b'=' | b'"'));
        if tag.len() > MAX_ATTRIBUTES && spaces.count() > 4 * MAX_ATTRIBUTES {
            return true;
        }
    }
    nests_deeper_than(MAX_DEPTH, html)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(html: &str) -> String {
        let base = Url::parse("https://example.org/a/feed.xml").expect("a URL");
        Sanitiser::new().clean(html, &base)
    }

    #[test]
    fn nothing_that_runs_survives() {
        for html in [
            "<script>alert(1)</script>",
            "<a href=\"javascript:alert(1)\">x</a>",
            "<a href=\" jAvA\tscript:alert(1)\">x</a>",
            "<a href=\"&#106;avascript:alert(1)\">x</a>",
            "<img src=x onerror=alert(1)>",
            "<img src=\"data:text/html,alert(1)\">",
            "<svg><script>alert(1)</script></svg>",
            "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
            "<p style=\"width:expression(alert(1))\">x</p>",
            "<math><mi xlink:href=\"javascript:alert(1)\">x</mi></math>",
            "<form action=\"javascript:alert(1)\"><input type=submit></form>",
            "<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">",
            "<base href=\"javascript:alert(1)//\">",
            "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
            "<object data=\"javascript:alert(1)\"></object>",
            "<a href=\"vbscript:alert(1)\">x</a>",
        ] {
            let cleaned = clean(html);
            assert!(!cleaned.contains("alert"), "{html} became {cleaned}");
        }
    }

    #[test]
    fn relative_addresses_are_resolved() {
        assert_eq!(
            clean("<a href=\"../b\">x</a><img src=\"//cdn.example.net/i.png\">"),
            "<a href=\"https://example.org/b\" rel=\"noopener noreferrer\">x</a><img src=\"https://cdn.example.net/i.png\">"
        );
    }

    #[test]
    fn no_address_is_left_that_a_page_would_look_for_at_its_own_site() {
        for (html, cleaned) in [
            (
                "<img src=\"https:/desk/x\">",
                "<img src=\"https://desk/x\">",
            ),
            ("<img src=\"http:desk\">", "<img src=\"http://desk/\">"),
            (
                "<img src=\" ht\ttps:/desk\">",
                "<img src=\"https://desk/\">",
            ),
            ("<q cite=\"javascript:alert(1)\">x</q>", "<q>x</q>"),
        ] {
            assert_eq!(clean(html), cleaned);
        }
    }

    #[test]
    fn markup_made_to_hurt_becomes_text() {
        let deep = "<div>".repeat(200_000) + "text";
        assert_eq!(clean(&deep), "text");
        let wide = format!("<p {}>text</p>", "a=1 ".repeat(100_000));
        assert_eq!(clean(&wide), "text");
        let hidden = "<figcaption></p>a<p>".repeat(300);
        assert!(!clean(&hidden).contains('<'));
    }
}
