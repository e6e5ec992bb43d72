//! What is wrong with a config file, where, and what was probably meant.

use std::fmt;
use std::path::{Path, PathBuf};

/// Line and column of a text, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Line.
    pub line: usize,
    /// Column, in characters.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// Why a config file is refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read config {path}: {cause}; name another with --config")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// A key that does not exist.
    #[error("{path}, {place}: unknown key `{key}`{}", hint(.nearest))]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// Where.
        place: Place,
        /// The key as written.
        key: String,
        /// The valid key that looks most like it; `None` if none does.
        nearest: Option<String>,
    },
    /// A syntax error or a value of the wrong type.
    #[error("{path}, {place}: {problem}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where.
        place: Place,
        /// What is wrong, in one line.
        problem: String,
    },
    /// A value of the right type that makes no sense.
    #[error("{path}, {place}: `{key}` {problem}")]
    BadValue {
        /// The file.
        path: PathBuf,
        /// Where.
        place: Place,
        /// The key, with its table.
        key: String,
        /// What is wrong, and what is valid.
        problem: String,
    },
}

impl ConfigError {
    pub(super) fn from_toml(error: &toml::de::Error, text: &str, path: &Path) -> Self {
        let path = path.to_owned();
        let place = place_of(text, error.span().map_or(0, |span| span.start));
        let message = error.message().lines().collect::<Vec<_>>().join(" ");
        match quoted_words(&message).split_first() {
            Some((key, known)) if message.starts_with("unknown field") => {
                let nearest = nearest(key, known);
                ConfigError::UnknownKey {
                    path,
                    place,
                    key: (*key).to_owned(),
                    nearest,
                }
            }
            _ => ConfigError::Malformed {
                path,
                place,
                problem: message,
            },
        }
    }
}

fn hint(nearest: &Option<String>) -> String {
    nearest.as_ref().map_or_else(
        || "; `config/dateline.toml` lists the keys that exist".to_owned(),
        |key| format!("; did you mean `{key}`?"),
    )
}

/// Words between backticks, in order: serde names the unknown key and then those it knows.
fn quoted_words(message: &str) -> Vec<&str> {
    message.split('`').skip(1).step_by(2).collect()
}

/// Jaro-Winkler above .7 is a slip of the finger; below it is another word.
fn nearest(key: &str, known: &[&str]) -> Option<String> {
    known
        .iter()
        .map(|word| (strsim::jaro_winkler(key, word), *word))
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, word)| word.to_owned())
}

fn place_of(text: &str, offset: usize) -> Place {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    Place { line, column }
}

/// Where a key such as `fetch.allow_networks` is set; the first line if it is not.
pub(super) fn place_of_key(text: &str, key: &str) -> Place {
    let (table, name) = key.rsplit_once('.').unwrap_or(("", key));
    let mut inside = table.is_empty();
    for (index, line) in text.lines().enumerate() {
        let trimmed = line.trim_start();
        if trimmed.starts_with('[') {
            inside = trimmed.trim_matches(['[', ']', ' ']) == table;
        } else if inside
            && trimmed
                .strip_prefix(name)
                .is_some_and(|rest| rest.trim_start().starts_with('='))
        {
            return Place {
                line: index + 1,
                column: line.len() - trimmed.len() + 1,
            };
        }
    }
    Place { line: 1, column: 1 }
}
