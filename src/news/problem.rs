//! Something that was wrong with an input and was mended or left out: a value, never an error
//! that travels.

/// What was wrong, and what was done about it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Problem {
    /// A short stable name in kebab case, such as `undeclared-charset`: for counting.
    pub kind: String,
    /// One line for a person.
    pub message: String,
}

impl Problem {
    /// Builds a problem of the named kind.
    pub fn new(kind: &str, message: impl Into<String>) -> Self {
        Self {
            kind: kind.to_owned(),
            message: message.into(),
        }
    }
}
