//! Addresses of what is served: a path to what it names, and back. Pure.

use std::borrow::Cow;

use crate::feed::write::OutputFormat;
use crate::news::PublicId;

/// Something published at a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Output {
    /// The list of storylines; a page only.
    Home,
    /// The living feed of events.
    Events,
    /// The living feed of storylines.
    Storylines,
    /// The log feed of developments.
    Log,
    /// The feed for operators.
    Status,
    /// A filtered output.
    View(String),
    /// A storyline's events in the order in which they happened.
    Timeline(PublicId),
    /// A storyline's developments.
    StorylineLog(PublicId),
    /// One event.
    Event(PublicId),
}

impl Output {
    /// The path without ending.
    pub fn path(&self) -> String {
        match self {
            Output::Home => "/".to_owned(),
            Output::Events => "/feeds/events".to_owned(),
            Output::Storylines => "/feeds/storylines".to_owned(),
            Output::Log => "/feeds/log".to_owned(),
            Output::Status => "/feeds/status".to_owned(),
            Output::View(name) => ["/feeds/views/", name].concat(),
            Output::Timeline(id) => ["/storylines/", &id.to_string(), "/timeline"].concat(),
            Output::StorylineLog(id) => ["/storylines/", &id.to_string(), "/log"].concat(),
            Output::Event(id) => ["/events/", &id.to_string()].concat(),
        }
    }

    /// The same under the path of a private output's token, or under none.
    pub(super) fn path_under(&self, prefix: &str) -> String {
        [prefix, &self.path()].concat()
    }
}

/// The path of the list of all outputs.
pub(super) const OPML: &str = "/feeds.opml";

/// In which form an output is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// The HTML page.
    Page,
    /// A feed.
    Feed(OutputFormat),
}

/// An archive of an output (RFC 5005, section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Archive {
    /// Its place, the oldest is 0.
    pub number: u32,
    /// What it holds, in 32 bits: under an address with these it never changes. `None` for the
    /// address that leads to what it holds now.
    pub state: Option<u32>,
}

impl Archive {
    /// Whatever it holds now.
    pub fn numbered(number: u32) -> Self {
        Self {
            number,
            state: None,
        }
    }

    /// Its address by that of its output.
    pub fn of(self, output: &str) -> String {
        let state = self.state.map(|state| format!("-{state:08x}"));
        [
            output,
            "/archive/",
            &self.number.to_string(),
            &state.unwrap_or_default(),
        ]
        .concat()
    }

    fn parse(name: &str) -> Option<Self> {
        let (number, state) = match name.split_once('-') {
            Some((number, state)) => (number, Some(u32::from_str_radix(state, 16).ok()?)),
            None => (name, None),
        };
        let archive = Self {
            number: number.parse().ok()?,
            state,
        };
        (archive.of("") == ["/archive/", name].concat()).then_some(archive)
    }
}

/// An output as somebody asks for it.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) output: &'a Output,
    pub(super) form: Form,
    /// Which archive; `None` for the subscription document.
    pub(super) archive: Option<Archive>,
    /// The path of a private output's token, or empty.
    pub(super) prefix: &'a str,
}

impl Asked<'_> {
    /// True if it is asked for under a token.
    pub(super) fn is_private(&self) -> bool {
        !self.prefix.is_empty()
    }

    /// The path under which it is asked for, without archive and ending.
    pub(super) fn path(&self) -> String {
        self.output.path_under(self.prefix)
    }
}

/// The path under which private outputs are served to who has this token.
pub(super) fn private_path(token: &str) -> String {
    ["/private/", token].concat()
}

/// What a path names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Address {
    /// An output in a form; with the number of an archive, that archive of it.
    Output {
        /// What.
        output: Output,
        /// In which form.
        form: Form,
        /// Which archive; `None` for the subscription document.
        archive: Option<Archive>,
    },
    /// A storyline by slug or by bare id: it leads to its timeline.
    Storyline(String),
    /// The list of all outputs.
    Opml,
}

impl Address {
    /// True for the feed for operators, in any form.
    pub(super) fn is_status(&self) -> bool {
        matches!(self, Address::Output { output, .. } if *output == Output::Status)
    }

    /// Reads a path; `None` if nothing can stand there.
    pub fn parse(path: &str) -> Option<Self> {
        if path == OPML {
            return Some(Address::Opml);
        }
        let (stem, form) = split_form(path);
        if let Some((stem, name)) = stem.split_once("/archive/") {
            let output = archived_output(stem)?;
            // What is edited in place has one address.
            let has_states = output == Output::Log;
            let archive = Archive::parse(name)?;
            return (has_states || archive.state.is_none()).then_some(Address::Output {
                output,
                form,
                archive: Some(archive),
            });
        }
        if let Some(name) = stem.strip_prefix("/storylines/")
            && !name.contains('/')
        {
            let is_page = form == Form::Page && !name.is_empty();
            return is_page
                .then(|| decoded(name).map(Address::Storyline))
                .flatten();
        }
        let output = output_of(stem)?;
        if output == Output::Home && form != Form::Page {
            return None;
        }
        Some(Address::Output {
            output,
            form,
            archive: None,
        })
    }
}

/// A part of a path as it was before it was escaped: a slug may be of any script. `None` if that is no text.
fn decoded(part: &str) -> Option<String> {
    let decoded = percent_encoding::percent_decode_str(part).decode_utf8();
    decoded.ok().map(Cow::into_owned)
}

fn split_form(path: &str) -> (&str, Form) {
    if let Some((stem, ending)) = path.rsplit_once('.')
        && let Some(format) = OutputFormat::from_ending(ending)
    {
        return (stem, Form::Feed(format));
    }
    (path, Form::Page)
}

fn output_of(stem: &str) -> Option<Output> {
    let parts: Vec<&str> = stem.strip_prefix('/')?.split('/').collect();
    match parts.as_slice() {
        [""] => Some(Output::Home),
        ["feeds", "events"] => Some(Output::Events),
        ["feeds", "storylines"] => Some(Output::Storylines),
        ["feeds", "log"] => Some(Output::Log),
        ["feeds", "status"] => Some(Output::Status),
        ["feeds", "views", name] if is_name(name) => Some(Output::View((*name).to_owned())),
        ["storylines", id, "timeline"] => canonical_id(id).map(Output::Timeline),
        ["storylines", id, "log"] => canonical_id(id).map(Output::StorylineLog),
        ["events", id] => canonical_id(id).map(Output::Event),
        _ => None,
    }
}

fn archived_output(stem: &str) -> Option<Output> {
    output_of(stem).filter(|output| matches!(output, Output::Events | Output::Log))
}

/// One address for one thing: only the form in which we write ids.
fn canonical_id(text: &str) -> Option<PublicId> {
    PublicId::parse(text).filter(|id| id.to_string() == text)
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 64
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

    #[test]
    fn every_output_has_a_page_and_three_feeds() {
        let id = PublicId::parse(ID).expect("a UUID");
        let outputs = [
            Output::Events,
            Output::Storylines,
            Output::Log,
            Output::Status,
            Output::View("alaska-2".to_owned()),
            Output::Timeline(id),
            Output::StorylineLog(id),
            Output::Event(id),
        ];
        for output in outputs {
            let forms = OutputFormat::ALL
                .map(Form::Feed)
                .into_iter()
                .chain([Form::Page]);
            for form in forms {
                let mut path = output.path();
                if let Form::Feed(format) = form {
                    path = [&path, ".", format.ending()].concat();
                }
                let expected = Address::Output {
                    output: output.clone(),
                    form,
                    archive: None,
                };
                assert_eq!(Address::parse(&path), Some(expected), "{path}");
            }
        }
    }

    #[test]
    fn an_archive_has_an_address_for_what_it_holds_and_one_that_leads_there() {
        for (name, state) in [("12", None), ("12-0000abcd", Some(0xabcd))] {
            let archive = Archive { number: 12, state };
            let expected = Address::Output {
                output: Output::Log,
                form: Form::Feed(OutputFormat::Atom),
                archive: Some(archive),
            };
            let path = archive.of("/feeds/log");
            assert_eq!(path, ["/feeds/log/archive/", name].concat());
            assert_eq!(Address::parse(&[&path, ".atom"].concat()), Some(expected));
        }
    }

    #[test]
    fn a_slug_of_any_script_is_read_as_it_was_before_it_was_escaped() {
        for (escaped, slug) in [
            ("%E6%9D%B1%E4%BA%AC-%e3%81%8c", "東京-が"),
            ("alaska-summit", "alaska-summit"),
            ("100%-sure", "100%-sure"),
            ("%2", "%2"),
        ] {
            let path = ["/storylines/", escaped].concat();
            let expected = Address::Storyline(slug.to_owned());
            assert_eq!(Address::parse(&path), Some(expected), "{path}");
        }
        assert_eq!(Address::parse("/storylines/%ff"), None);
    }

    #[test]
    fn other_paths_name_nothing() {
        let upper = ["/events/", &ID.to_uppercase()].concat();
        let cases = [
            "",
            "/.atom",
            "/feeds",
            "/feeds/",
            "/feeds/events/",
            "/feeds/views/",
            "/events/x",
            "/feeds/views/A b",
            "/feeds/views/../x",
            "/feeds/events.xml",
            "/feeds/log/archive/01.atom",
            "/feeds/status/archive/1.atom",
            "/feeds/events/archive/-1.atom",
            "/feeds/log/archive/1-12.atom",
            "/feeds/log/archive/1-0000ABCD.atom",
            "/feeds/log/archive/+1.atom",
            "/feeds/events/archive/1-0000abcd.atom",
            "/storylines/",
            "/storylines/x.atom",
            upper.as_str(),
        ];
        for path in cases {
            assert_eq!(Address::parse(path), None, "{path}");
        }
    }
}
