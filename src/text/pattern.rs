//! A pattern that is compiled when the first text is held against it: the rules are of many languages and agencies,
//! and of most of these nothing ever comes. Each compiled one takes memory for each thread that uses it.

use std::sync::OnceLock;

use regex::Regex;

/// A pattern that is known to be valid, because tests hold examples against it.
#[derive(Debug)]
pub(super) struct Pattern {
    text: String,
    regex: OnceLock<Regex>,
}

impl Pattern {
    pub(super) fn new(text: String) -> Self {
        Self {
            text,
            regex: OnceLock::new(),
        }
    }

    pub(super) fn regex(&self) -> &Regex {
        let compile = || Regex::new(&self.text).expect("the embedded patterns are valid");
        self.regex.get_or_init(compile)
    }
}
