//! The rules of the wire normaliser as read from the data files, compiled once.

use std::sync::LazyLock;

use serde::Deserialize;

use super::WireInput;
use super::shelf::Shelf;
use crate::news::Role;

/// The embedded data files, by name.
pub(super) const FILES: [(&str, &str); 14] = [
    ("reuters", include_str!("../rules/reuters.toml")),
    ("ap", include_str!("../rules/ap.toml")),
    ("afp", include_str!("../rules/afp.toml")),
    ("dpa", include_str!("../rules/dpa.toml")),
    ("yonhap", include_str!("../rules/yonhap.toml")),
    ("agencies", include_str!("../rules/agencies.toml")),
    ("web", include_str!("../rules/web.toml")),
    ("web_languages", include_str!("../rules/web_languages.toml")),
    ("web_scripts", include_str!("../rules/web_scripts.toml")),
    ("web_notices", include_str!("../rules/web_notices.toml")),
    ("web_opinions", include_str!("../rules/web_opinions.toml")),
    ("web_routines", include_str!("../rules/web_routines.toml")),
    ("links", include_str!("../rules/links.toml")),
    ("body", include_str!("../rules/body.toml")),
];

/// Where a rule looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Place {
    /// At the start of what is left of the title.
    Start,
    /// The last part of the title, from its separator or opening bracket on.
    End,
    /// At the start of the body, after byline and dateline.
    BodyStart,
    /// Anywhere in the first part of the body.
    Body,
    /// Anywhere in the link.
    Link,
    /// A whole category.
    Category,
}

/// One convention.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    /// Unique, in kebab case.
    pub id: String,
    /// Where it looks.
    pub at: Place,
    /// What it looks for; the groups `no` and `key` give the number and the key of the series, and
    /// `tag` the stretch that is the tag where the pattern looks beyond it.
    pub pattern: String,
    /// Words one of which a matching text holds, in any case: a cheap test before the pattern.
    #[serde(default)]
    pub needs: Vec<String>,
    /// A stretch for which the rule does not hold, searched in what the pattern matched.
    #[serde(default)]
    pub unless: Option<String>,
    /// The role that it gives.
    #[serde(default)]
    pub role: Option<Role>,
    /// What it says beside a role: `series`, `exclusive`, `repeat`, `topic`, `kill`, `hold`,
    /// `change-note`.
    #[serde(default)]
    pub says: Option<String>,
    /// The agency whose convention it is; `None` for the habits of many outlets.
    #[serde(default)]
    pub agency: Option<String>,
    /// The number of the series if the pattern captures none.
    #[serde(default)]
    pub number: Option<u32>,
    /// True if what is left of the title, where it is a slug, is the key of the series.
    #[serde(default)]
    pub key_is_rest: bool,
    /// True if the item replaces earlier takes.
    #[serde(default)]
    pub replaces: bool,
    /// True if the stretch is read but left in the title.
    #[serde(default)]
    pub keep: bool,
    /// True if the rule holds for agencies only.
    #[serde(default)]
    pub wire_only: bool,
    /// Languages for which it holds; empty for all. An unknown language is no obstacle.
    #[serde(default)]
    pub languages: Vec<String>,
    /// `[title or body or link, what is left]`: checked by the tests.
    #[serde(default)]
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests read the examples"))]
    pub examples: Vec<(String, String)>,
    /// Texts on which the rule must not fire: checked by the tests.
    #[serde(default)]
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests read the examples"))]
    pub never: Vec<String>,
}

impl Rule {
    /// The word for the tag's `meaning`.
    pub fn meaning(&self) -> &str {
        self.says.as_deref().unwrap_or("role")
    }

    /// True if the rule may be applied to items such as `input`.
    pub fn holds_for(&self, input: &WireInput<'_>) -> bool {
        (!self.wire_only || input.outlet_is_wire)
            && (self.languages.is_empty()
                || matches!(input.language, "" | "und")
                || self.languages.iter().any(|code| code == input.language))
    }
}

/// All rules, by place.
pub(super) struct Rulebook {
    pub start: Shelf,
    pub end: Shelf,
    pub body_start: Shelf,
    pub body: Shelf,
    pub link: Shelf,
    pub category: Shelf,
}

impl Rulebook {
    /// The agency of the rule of that id.
    pub fn agency_of(&self, id: &str) -> Option<&str> {
        [&self.start, &self.end, &self.body_start, &self.body]
            .into_iter()
            .flat_map(Shelf::rules)
            .find(|rule| rule.id == id)
            .and_then(|rule| rule.agency.as_deref())
    }
}

/// The rules of the embedded files.
pub(super) fn rulebook() -> &'static Rulebook {
    static RULEBOOK: LazyLock<Rulebook> = LazyLock::new(|| {
        let mut rules: Vec<Rule> = FILES
            .iter()
            .flat_map(|(name, text)| read_file(name, text))
            .collect();
        Rulebook {
            start: Shelf::take(&mut rules, Place::Start),
            end: Shelf::take(&mut rules, Place::End),
            body_start: Shelf::take(&mut rules, Place::BodyStart),
            body: Shelf::take(&mut rules, Place::Body),
            link: Shelf::take(&mut rules, Place::Link),
            category: Shelf::take(&mut rules, Place::Category),
        }
    });
    &RULEBOOK
}

fn read_file(name: &str, text: &str) -> Vec<Rule> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        rule: Vec<Rule>,
    }
    let file: File = toml::from_str(text).unwrap_or_else(|error| {
        panic!("the embedded rule file {name}.toml is not readable: {error}")
    });
    file.rule
}
