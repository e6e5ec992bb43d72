//! What a DOCTYPE declares, as far as it is harmless: entities whose value is plain text. Nested,
//! external and parameter entities are ignored, so nothing grows and nothing is fetched.

use std::cell::Cell;

/// The entities that a document declares for itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entities {
    values: Vec<(String, String)>,
    /// Bytes handed out so far: a short reference repeated a million times must not become a
    /// gigabyte.
    expanded_bytes: Cell<usize>,
}

/// More declarations than any feed has, and few enough for a linear search.
const MAX_ENTITIES: usize = 256;
/// Longest value that is believed.
const MAX_VALUE_BYTES: usize = 1024;
/// How many bytes all references of a document may become.
const MAX_EXPANDED_BYTES: usize = 4 * 1024 * 1024;

impl Entities {
    /// The value of the entity of that name; `None` too once the document has used up its share.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.values.iter().find(|(known, _)| known == name)?;
        let expanded = self.expanded_bytes.get().saturating_add(value.len());
        self.expanded_bytes.set(expanded);
        (expanded <= MAX_EXPANDED_BYTES).then_some(value)
    }

    /// Reads the `<!ENTITY name "value">` declarations of an internal subset.
    pub(crate) fn read(&mut self, subset: &str) {
        for declaration in subset.split("<!ENTITY").skip(1) {
            if self.values.len() >= MAX_ENTITIES {
                return;
            }
            if let Some(entity) = plain_entity(declaration) {
                self.values.push(entity);
            }
        }
    }
}

fn plain_entity(declaration: &str) -> Option<(String, String)> {
    let (name, rest) = declaration
        .trim_start()
        .split_once(|c: char| c.is_ascii_whitespace())?;
    let rest = rest.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let value = rest[1..].split(quote).next()?;
    let is_name = name
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    let is_reference = value
        .strip_prefix("&#")
        .is_some_and(|number| !number.contains('&'));
    if !is_name || name.is_empty() || value.len() > MAX_VALUE_BYTES {
        return None;
    }
    if is_reference {
        let decoded = super::entities::decode_entities(value, &Entities::default()).into_owned();
        return Some((name.to_owned(), decoded));
    }
    (!value.contains('&') && !value.contains('<')).then(|| (name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_values_are_believed() {
        let mut entities = Entities::default();
        entities.read(
            "[ <!ENTITY cubed \"&#179;\"> <!ENTITY c '(C)'> <!ENTITY lol \"&c;&c;\">
               <!ENTITY file SYSTEM \"file:///etc/passwd\"> <!ENTITY % p \"x\"> ]",
        );
        assert_eq!(entities.get("cubed"), Some("³"));
        assert_eq!(entities.get("c"), Some("(C)"));
        assert_eq!(entities.get("lol"), None);
        assert_eq!(entities.get("file"), None);
        assert_eq!(entities.get("p"), None);
    }
}
