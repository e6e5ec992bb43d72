//! Views: filtered outputs, defined in the configuration or made on the desk.

use super::{OutletKind, PublishedEvent, Role};

/// A filter over the published events, and the output that it makes. An empty list or text does not
/// filter.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct View {
    /// Its name in addresses: lower-case letters, digits and hyphens.
    pub name: String,
    /// Its title; the name if empty.
    pub title: String,
    /// Categories, of which an event's reports carry at least one; case does not matter.
    pub categories: Vec<String>,
    /// Languages (`en`), in at least one of which the event is told.
    pub languages: Vec<String>,
    /// Names of outlets, of which at least one tells the event.
    pub outlets: Vec<String>,
    /// Kinds of outlet, of which at least one tells the event.
    pub kinds: Vec<OutletKind>,
    /// How many outlets must carry the event; 0 and 1 do not filter.
    pub minimum_outlets: u32,
    /// Words that all occur in the headline, the lede, the place or a report's title.
    pub search: String,
    /// Roles, of which at least one report has one.
    pub roles: Vec<Role>,
    /// True if it is only served under a token.
    pub private: bool,
}

impl View {
    /// True if the event is in the view.
    pub fn matches(&self, shown: &PublishedEvent) -> bool {
        let reports = &shown.reports;
        let none_or = |is_unset: bool, holds: bool| is_unset || holds;
        shown.event.outlet_count >= self.minimum_outlets
            && none_or(
                self.categories.is_empty(),
                reports.iter().any(|report| {
                    report
                        .categories
                        .iter()
                        .any(|one| is_named(&self.categories, one))
                }),
            )
            && none_or(
                self.languages.is_empty(),
                reports.iter().any(|report| self.speaks(&report.language)),
            )
            && none_or(
                self.outlets.is_empty(),
                reports.iter().any(|report| {
                    is_named(&self.outlets, &report.outlet)
                        || report
                            .reprints
                            .iter()
                            .any(|one| is_named(&self.outlets, &one.outlet))
                }),
            )
            && none_or(
                self.kinds.is_empty(),
                reports
                    .iter()
                    .any(|report| self.kinds.contains(&report.outlet_kind)),
            )
            && none_or(
                self.roles.is_empty(),
                reports
                    .iter()
                    .any(|report| self.roles.contains(&report.role)),
            )
            && self.finds_words(shown)
    }

    /// The title shown.
    pub fn shown_title(&self) -> &str {
        if self.title.is_empty() {
            &self.name
        } else {
            &self.title
        }
    }

    fn speaks(&self, language: &str) -> bool {
        let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_lowercase();
        self.languages
            .iter()
            .any(|wanted| primary(wanted) == primary(language))
    }

    fn finds_words(&self, shown: &PublishedEvent) -> bool {
        if self.search.trim().is_empty() {
            return true;
        }
        let event = &shown.event;
        let mut text = [&*event.headline, &event.lede, &event.place].join(" ");
        for report in &shown.reports {
            text.push(' ');
            text.push_str(&report.title);
        }
        let text = text.to_lowercase();
        self.search
            .to_lowercase()
            .split_whitespace()
            .all(|word| text.contains(word))
    }
}

fn is_named(names: &[String], name: &str) -> bool {
    let name = name.to_lowercase();
    names.iter().any(|one| one.to_lowercase() == name)
}
