//! What is known of single outlets' ids: `host_rules.toml`, with examples that are tests.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;
use url::Url;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    rule: Vec<RuleEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleEntry {
    /// The rule holds for these hosts and their subdomains.
    hosts: Vec<String>,
    /// The first group is what stays the same.
    pattern: String,
    /// Two addresses of one item.
    #[cfg_attr(not(test), expect(dead_code, reason = "an example for the tests"))]
    same: [String; 2],
    /// An address of another item.
    #[cfg_attr(not(test), expect(dead_code, reason = "an example for the tests"))]
    other: String,
}

struct Rule {
    hosts: Vec<String>,
    pattern: Regex,
}

static FILE: LazyLock<RuleFile> = LazyLock::new(|| {
    toml::from_str(include_str!("host_rules.toml")).expect("the embedded rules are valid")
});

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    FILE.rule
        .iter()
        .map(|entry| Rule {
            hosts: entry.hosts.clone(),
            pattern: Regex::new(&entry.pattern).expect("the embedded patterns are valid"),
        })
        .collect()
});

/// What a rule finds in the guid, or else in the link: the rule's host and what stays the same.
pub(super) fn key_of(guid: Option<&str>, link: Option<&str>) -> Option<String> {
    [guid, link].into_iter().flatten().find_map(key_of_address)
}

fn key_of_address(address: &str) -> Option<String> {
    let lower = address.to_ascii_lowercase();
    let names_host = |rule: &Rule| {
        rule.hosts
            .iter()
            .any(|known| lower.contains(known.as_str()))
    };
    if !RULES.iter().any(names_host) {
        return None;
    }
    let url = Url::parse(address).ok()?;
    let host = url.host_str()?;
    let rule = RULES
        .iter()
        .find(|rule| rule.hosts.iter().any(|known| is_within(host, known)))?;
    let stable = rule.pattern.captures(address)?.get(1)?.as_str();
    Some(format!("{} {stable}", rule.hosts[0]))
}

fn is_within(host: &str, known: &str) -> bool {
    host.strip_suffix(known)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_holds_for_its_examples() {
        for entry in &FILE.rule {
            let [a, b] = &entry.same;
            let key = key_of_address(a);
            assert!(key.is_some(), "{a}");
            assert_eq!(key, key_of_address(b), "{a} and {b}");
            assert_ne!(key, key_of_address(&entry.other), "{}", entry.other);
        }
    }

    #[test]
    fn a_rule_holds_for_its_host_only() {
        assert_eq!(key_of_address("https://notdw.com/en/x/a-73634511"), None);
    }
}
