//! The rules of one place, found fast: most texts carry no tag at all, and nearly every rule can be ruled
//! out by its language, by the first byte of the text or by a word that it cannot do without. A pattern is
//! compiled when the first text needs it: most languages never come.

use regex::Captures;
use regex_syntax::hir::literal::Extractor;

use super::WireInput;
use super::rules::{Place, Rule};
use crate::text::pattern::Pattern;

/// A rule that fired, with the stretch it matched.
pub(super) struct Match<'r, 't> {
    pub rule: &'r Rule,
    pub start: usize,
    pub end: usize,
    pub number: Option<u32>,
    pub key: Option<&'t str>,
}

/// The rules of one place, in the order of the files.
pub(super) struct Shelf {
    rules: Vec<Compiled>,
    /// For each first byte, the rules that a text beginning with it may match.
    by_first_byte: Vec<Vec<usize>>,
}

struct Compiled {
    rule: Rule,
    pattern: Pattern,
    unless: Option<Pattern>,
    needs: Option<Pattern>,
}

impl Shelf {
    /// Takes the rules of `place` out of `rules`.
    pub fn take(rules: &mut Vec<Rule>, place: Place) -> Self {
        let (here, others): (Vec<Rule>, Vec<Rule>) = std::mem::take(rules)
            .into_iter()
            .partition(|rule| rule.at == place);
        *rules = others;
        let rules: Vec<Compiled> = here.into_iter().map(Compiled::new).collect();
        let mut by_first_byte = vec![Vec::new(); 256];
        for (index, compiled) in rules.iter().enumerate() {
            for byte in compiled.first_bytes() {
                by_first_byte[usize::from(byte)].push(index);
            }
        }
        Self {
            rules,
            by_first_byte,
        }
    }

    /// The rule that matches the longest stretch of `text`; the first of the files on a tie.
    pub fn longest<'r, 't>(
        &'r self,
        input: &WireInput<'_>,
        text: &'t str,
    ) -> Option<Match<'r, 't>> {
        let mut best: Option<Match<'r, 't>> = None;
        for found in self.matches(input, text) {
            let length = |found: &Match<'_, '_>| found.end - found.start;
            if best
                .as_ref()
                .is_none_or(|best| length(&found) > length(best))
            {
                best = Some(found);
            }
        }
        best
    }

    /// Every rule that matches, in the order of the files.
    pub fn matches<'r, 't>(
        &'r self,
        input: &WireInput<'_>,
        text: &'t str,
    ) -> impl Iterator<Item = Match<'r, 't>> {
        let first = text.bytes().next();
        first
            .map(|byte| self.by_first_byte[usize::from(byte)].as_slice())
            .unwrap_or_default()
            .iter()
            .filter_map(|index| self.rules[*index].find(input, text))
    }

    /// The rules, in the order of the files.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().map(|compiled| &compiled.rule)
    }
}

impl Compiled {
    fn new(rule: Rule) -> Self {
        let of_rule = pattern(&anchored(&rule));
        let unless = rule.unless.as_deref().map(pattern);
        let needs = (!rule.needs.is_empty()).then(|| {
            let words: Vec<String> = rule.needs.iter().map(|word| regex::escape(word)).collect();
            pattern(&format!("(?i:{})", words.join("|")))
        });
        Self {
            rule,
            pattern: of_rule,
            unless,
            needs,
        }
    }

    fn find<'r, 't>(&'r self, input: &WireInput<'_>, text: &'t str) -> Option<Match<'r, 't>> {
        let ruled_out = !self.rule.holds_for(input)
            || self
                .needs
                .as_ref()
                .is_some_and(|needs| !needs.regex().is_match(text))
            || !self.pattern.regex().is_match(text);
        if ruled_out {
            return None;
        }
        let groups = self.pattern.regex().captures(text)?;
        let whole = groups.get(0)?;
        let excepted = |unless: &Pattern| unless.regex().is_match(whole.as_str());
        if self.unless.as_ref().is_some_and(excepted) {
            return None;
        }
        let tag = groups.name("tag").unwrap_or(whole);
        Some(Match {
            rule: &self.rule,
            start: tag.start(),
            end: tag.end(),
            number: number_of(&groups),
            key: groups.name("key").map(|key| key.as_str()),
        })
    }

    /// The bytes that a matching text can begin with; all of them where that is not known.
    fn first_bytes(&self) -> Vec<u8> {
        let anywhere = matches!(self.rule.at, Place::Body | Place::Link | Place::End);
        let parsed = regex_syntax::parse(&self.rule.pattern).ok();
        let prefixes = parsed
            .filter(|_| !anywhere)
            .map(|pattern| Extractor::new().limit_class(64).extract(&pattern));
        let literals = prefixes.as_ref().and_then(|prefixes| prefixes.literals());
        let firsts: Option<Vec<u8>> = literals
            .unwrap_or_default()
            .iter()
            .map(|literal| literal.as_bytes().first().copied())
            .collect();
        match firsts {
            Some(mut bytes) if !bytes.is_empty() => {
                bytes.sort_unstable();
                bytes.dedup();
                bytes
            }
            _ => (0..=255).collect(),
        }
    }
}

fn number_of(groups: &Captures<'_>) -> Option<u32> {
    groups.name("no")?.as_str().parse().ok()
}

fn pattern(text: &str) -> Pattern {
    // A boundary between Unicode words would take the search from the automaton to a machine that
    // is fifty times slower, at the first dash or quotation mark of a title.
    Pattern::new(text.replace(r"\b", r"(?-u:\b)"))
}

fn anchored(rule: &Rule) -> String {
    let pattern = &rule.pattern;
    match rule.at {
        Place::Start | Place::BodyStart => format!("^(?:{pattern})"),
        Place::End | Place::Category => format!("^(?:{pattern})$"),
        Place::Body | Place::Link => format!("(?:{pattern})"),
    }
}
