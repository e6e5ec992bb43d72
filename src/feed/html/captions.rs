//! Captions of pictures within a text, left out while its tags are passed: no text is looked through twice, however many
//! captions begin and never end.

use super::plain::{BLOCKS, Tag, is_among};

/// How WordPress marked captions before HTML had an element for them.
const CLASS: &str = "wp-caption-text";

/// The captions of a text that is being read.
#[derive(Default)]
pub(super) struct Captions {
    open: Option<Caption>,
    /// True once one was left out.
    pub(super) were_found: bool,
}

/// One that has begun.
struct Caption {
    /// True for `<figcaption>`, false for a paragraph.
    is_element: bool,
    /// How long the text was when it began.
    start: usize,
    /// Up to where the text was looked at for words of it.
    looked_until: usize,
    /// How long the text was when a paragraph began behind its first words: where it ends if it is not closed.
    last_line_until: Option<usize>,
    /// How many blocks that have to be closed have begun in it and have not ended.
    open_blocks: usize,
}

impl Captions {
    /// A tag comes, before anything of it stands in the text.
    pub(super) fn pass(&mut self, tag: &Tag<'_>, text: &mut String) {
        if let Some(open) = &mut self.open
            && !open.is_ended_by(tag, text)
        {
            return;
        }
        if let Some(ended) = self.open.take() {
            self.leave_out(&ended, text.len(), text);
        }
        self.open = Caption::begun_by(tag, text.len());
    }

    /// The text ends. A caption that was not closed is known by the paragraph behind it, or not at all.
    pub(super) fn finish(&mut self, text: &mut String) {
        if let Some(open) = self.open.take() {
            self.leave_out(&open, open.start, text);
        }
    }

    /// Up to `end`, or where it is known to end before.
    fn leave_out(&mut self, caption: &Caption, end: usize, text: &mut String) {
        let end = caption.last_line_until.unwrap_or(end);
        self.were_found |= end > caption.start;
        text.replace_range(caption.start..end, "");
    }
}

impl Caption {
    fn begun_by(tag: &Tag<'_>, at: usize) -> Option<Self> {
        let is_element = tag.is("figcaption");
        let begins = !tag.is_end && (is_element || tag.is("p") && has_class(tag.attributes));
        begins.then_some(Self {
            is_element,
            start: at,
            looked_until: at,
            last_line_until: None,
            open_blocks: 0,
        })
    }

    /// True if the caption ends before a tag: at its end or that of its picture or of a block that both stand in, where
    /// another picture or caption begins, and one that is a paragraph where another block does. One that holds paragraphs
    /// of its own is closed for sure.
    fn is_ended_by(&mut self, tag: &Tag<'_>, text: &str) -> bool {
        let is_of_picture = tag.is("figcaption") || tag.is("figure");
        let is_block = is_among(tag.name, BLOCKS) && !tag.is("br");
        if !self.is_element {
            return is_block;
        }
        if is_of_picture && tag.is_end {
            self.last_line_until = None;
        } else if is_block && !tag.is_end && self.last_line_until.is_none() {
            let has_words = !text[self.looked_until..].trim().is_empty();
            self.looked_until = text.len();
            self.last_line_until = has_words.then_some(text.len());
        }
        is_of_picture || self.ends_block_around(tag)
    }

    /// True for the end of a block that began before the caption.
    fn ends_block_around(&mut self, tag: &Tag<'_>) -> bool {
        if !is_among(tag.name, BLOCKS) || is_among(tag.name, UNCLOSED) {
            return false;
        }
        let is_around = tag.is_end && self.open_blocks == 0;
        self.open_blocks = match tag.is_end {
            true => self.open_blocks.saturating_sub(1),
            false => self.open_blocks + 1,
        };
        is_around
    }
}

/// Blocks whose ends are often left out, or written where none began.
const UNCLOSED: &[&str] = &["br", "dd", "dt", "hr", "li", "option", "p", "tr"];

fn has_class(attributes: &str) -> bool {
    let is_between = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '=' | '>' | '/');
    let mut words = attributes.split(is_between);
    words.any(|word| word.eq_ignore_ascii_case(CLASS))
}

#[cfg(test)]
mod tests {
    use super::super::plain::uncaptioned_text;

    #[test]
    fn a_caption_ends_with_its_picture_and_takes_no_text_behind_it() {
        let told = "<p>The minister has resigned.</p>";
        for html in [
            format!("<figure><figcaption>In May</figcaption></figure>{told}"),
            format!(
                "<figure><figcaption>In May</figure>{told}<figure><figcaption>A bridge</figcaption></figure>"
            ),
            format!(
                "<figcaption>In May{told}<figure><img><figcaption>A bridge</figcaption></figure>"
            ),
            format!("<figcaption>In May{told}<figcaption>A bridge</figcaption>"),
            format!("<figcaption>In May<figcaption>A bridge</figcaption>{told}"),
            format!("<figcaption><p>In May</p><p>Photo: Ann</p></figcaption>{told}"),
            format!("<figcaption>In May<div>Photo: Ann</div></figcaption>{told}"),
            format!("<figcaption>In May{told}"),
            format!("<div><figure><figcaption>In May</div>{told}</figure>"),
            format!(
                "<div><figcaption><div>In May</div></div>{told}<figcaption>A bridge</figcaption>"
            ),
            format!("<p class='wp-caption-text'>In May{told}"),
            format!("<p class='wp-caption-text'>In <br>May</div>{told}"),
            format!("<P ID=c CLASS='a WP-Caption-Text'>In May</P>{told}"),
            format!("<p class='wp-caption-text'>In May<figcaption>A bridge</figcaption>{told}"),
        ] {
            let text = uncaptioned_text(&html);
            assert_eq!(
                text.as_deref(),
                Some("The minister has resigned."),
                "{html}"
            );
        }
    }

    #[test]
    fn what_is_no_caption_for_sure_stays() {
        for html in [
            "<p>The minister has resigned.</p>",
            "<figcaption>The minister has resigned.",
            "<p>The caption reads no.</p>",
            "<p class='no-wp-caption-text-here'>The minister has resigned.</p>",
            "<figcaptions>a</figcaptions>",
        ] {
            assert_eq!(uncaptioned_text(html), None, "{html}");
        }
    }
}
