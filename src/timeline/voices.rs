//! Who counts as a voice of its own: an outlet, by what it publishes itself. What leads to one page is one voice,
//! whatever the feeds call themselves that list it: the sections of a paper, an aggregator and whom it links to.

use crate::text::pages::are_one_page;

/// An outlet with the page at which it tells (`text::pages::page_of`); `None` where no page can be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Voice<'a, O> {
    pub(super) outlet: O,
    pub(super) page: Option<&'a str>,
}

impl<O: PartialEq> Voice<'_, O> {
    fn is_another_than(&self, other: &Self) -> bool {
        let pages = self.page.zip(other.page);
        let is_one_page = || pages.is_some_and(|(one, other)| are_one_page(one, other));
        self.outlet != other.outlet && !is_one_page()
    }
}

/// True if two among these are voices of their own: what one outlet tells alone, or one page, may be a mistake.
pub(super) fn are_two<O: PartialEq>(voices: &[Voice<'_, O>]) -> bool {
    let mut later = voices.iter().enumerate();
    later.any(|(at, one)| voices[..at].iter().any(|other| one.is_another_than(other)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_page_is_one_voice_whoever_lists_it() {
        let voices = |tellers: &[(&'static str, &'static str)]| {
            let voices = tellers.iter().map(|(outlet, page)| Voice {
                outlet: *outlet,
                page: Some(*page).filter(|page| !page.is_empty()),
            });
            are_two(&voices.collect::<Vec<_>>())
        };
        assert!(!voices(&[]));
        assert!(!voices(&[("A", "a/1"), ("A", "a/2")]));
        assert!(!voices(&[
            ("A World", "a/1"),
            ("A Europe", "a/1"),
            ("Links", "a/1")
        ]));
        assert!(voices(&[("A", "a/1"), ("B", "b/1")]));
        assert!(voices(&[("A", ""), ("B", "")]), "no page can be named");
        assert!(voices(&[("A", "tube/watch?v=1"), ("B", "tube/watch?v=2")]));
        assert!(!voices(&[
            ("A", "a/a.php?id=1"),
            ("B", "a/a.php?id=1&in=2")
        ]));
        // Who links to both is no voice, and takes none from them.
        assert!(voices(&[
            ("Links", "a/1"),
            ("Links", "b/1"),
            ("A", "a/1"),
            ("B", "b/1")
        ]));
    }
}
