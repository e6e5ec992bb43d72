//! The walk over the tags: which elements are open, which field is being filled, what a missing or
//! stray end tag means.

use std::rc::Rc;

use url::Url;

use crate::feed::parsed::Format;
use crate::feed::raw::{RawFeed, RawItem};
use crate::feed::urls::LONGEST_ADDRESS;

use super::capture::Capture;
use super::names::{Role, Space, role_of, space_of_prefix, space_of_uri};
use super::scan::{Attributes, Scanner, Tag, Token};
use super::{MAX_ITEMS, Reading};

/// Whose field an element fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Feed,
    Item,
    /// RSS `source` or atom:source of an item.
    Source,
    /// A picture or search box, whose titles and links are not those of the feed or item.
    Aside,
}

/// An open element.
pub(super) struct Open<'a> {
    pub name: &'a str,
    pub role: Role,
    pub scope: Scope,
    base: Option<Rc<Url>>,
    language: Option<Rc<str>>,
    /// How many prefixes were known before it.
    prefixes: usize,
}

/// How a field that may be said several times is chosen: the shallowest element wins.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Depths {
    pub title: Option<usize>,
    pub published: Option<usize>,
    pub updated: Option<usize>,
    pub guid: Option<usize>,
    pub link: Option<usize>,
    pub summary: Option<usize>,
}

/// What gave the address of an item's source, the weakest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SourceRank {
    #[default]
    Nothing,
    Id,
    Itself,
    Page,
}

/// What a caption is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caption {
    Picture,
    Other,
}

/// The item being read, with what is only needed while it is.
#[derive(Default)]
pub(super) struct ItemDraft {
    pub item: RawItem,
    pub depths: Depths,
    pub guid_link: Option<String>,
    pub other_link: Option<String>,
    pub comments_link: Option<String>,
    /// What the lead is the caption of, if it is one.
    pub caption: Option<Caption>,
    /// True if the last medium is a picture.
    pub is_in_picture: bool,
    pub image_rank: u32,
    pub source_rank: SourceRank,
    pub credit: Option<String>,
    /// True if the content is a second description, which real content replaces.
    pub has_content_from_description: bool,
}

/// Deeper than any feed, and shallow enough to be kept.
const MAX_DEPTH: usize = 1000;
/// More prefixes than any document declares.
const MAX_PREFIXES: usize = 256;
/// More attributes than any tag of a feed has.
const MAX_ATTRIBUTES: usize = 256;
/// Longer attributes are pictures in the text, or made to hurt.
const MAX_ATTRIBUTE_BYTES: usize = 16 * 1024;
/// How far up an end tag looks for its start tag.
const MAX_SEARCH: usize = 64;

/// How often a document may be read again from within, on the whole.
const MAX_REWINDS: usize = 8;

#[derive(PartialEq)]
enum Recovery {
    Nothing,
    Closed,
    Rewound,
}

/// The state of a reading.
pub(super) struct State<'a> {
    pub scanner: Scanner<'a>,
    text: &'a str,
    pub base: &'a Url,
    pub stack: Vec<Open<'a>>,
    /// Elements beyond the depth that is kept.
    overflow: usize,
    prefixes: Vec<(&'a str, Space)>,
    pub captures: Vec<Capture<'a>>,
    pub feed: RawFeed,
    pub feed_depths: Depths,
    /// The feed's id, where it is an address: stands in for a missing link.
    pub feed_guid_link: Option<String>,
    /// An alternate that is no page, as an item's `other_link`.
    pub feed_other_link: Option<String>,
    pub draft: Option<ItemDraft>,
    is_broken: bool,
    pub is_hostile: bool,
    is_wide: bool,
    has_too_many_items: bool,
    rewound_bytes: usize,
    /// Where an element ends that holds what only begins like items.
    within_until: usize,
    looked_ahead: usize,
    pub sy_period: Option<u64>,
    pub sy_frequency: Option<u64>,
}

impl<'a> State<'a> {
    pub(super) fn new(text: &'a str, base: &'a Url) -> Self {
        Self {
            scanner: Scanner::new(text),
            text,
            base,
            stack: Vec::new(),
            overflow: 0,
            prefixes: Vec::new(),
            captures: Vec::new(),
            feed: RawFeed::default(),
            feed_depths: Depths::default(),
            feed_guid_link: None,
            feed_other_link: None,
            draft: None,
            is_broken: false,
            is_hostile: false,
            is_wide: false,
            has_too_many_items: false,
            rewound_bytes: 0,
            within_until: 0,
            looked_ahead: 0,
            sy_period: None,
            sy_frequency: None,
        }
    }

    pub(super) fn run(&mut self) {
        while !self.has_too_many_items {
            let Some(token) = self.scanner.next() else {
                let swallowed = self.captures.last().is_some_and(Capture::swallowed_a_field);
                if swallowed && self.recover_text() == Recovery::Rewound {
                    continue;
                }
                break;
            };
            match token {
                Token::Text(text) => self.take_text(text),
                Token::CData(text) => self.take_cdata(text),
                Token::Start(tag) => self.start(tag),
                Token::End(name) => self.end(name),
            }
        }
    }

    pub(super) fn finish(mut self) -> Reading {
        let stand_in = self.feed_guid_link.take().or(self.feed_other_link.take());
        self.feed.link = self.feed.link.take().or(stand_in);
        let is_cut = self.scanner.is_cut || !self.captures.is_empty();
        let is_open = !self.stack.is_empty();
        // A field that was cut off is worth nothing, and an item that was cut off only something
        // if it can be recognised when it comes whole.
        if let Some(draft) = self.draft.take() {
            let item = draft.finish();
            let has_name = item.guid.is_some() || item.link.is_some();
            let has_text = !item.title.is_empty() || !item.summary.is_empty();
            if !is_cut || (has_name && has_text) {
                self.feed.items.push(item);
            }
        }
        Reading {
            is_broken: self.is_broken || self.scanner.is_odd,
            // Whoever stops between two items has not closed the document either.
            is_cut: is_cut || is_open,
            has_too_many_items: self.has_too_many_items,
            is_hostile: self.is_hostile,
            is_wide: self.is_wide,
            feed: self.feed,
        }
    }

    fn start(&mut self, tag: Tag<'a>) {
        if let Some(capture) = self.captures.last_mut()
            && capture.is_construct
        {
            if tag
                .name
                .bytes()
                .next()
                .is_some_and(|b| b.is_ascii_alphabetic())
            {
                // Long attributes are harmless here, but not to a parser that compares them all.
                self.is_wide |=
                    tag.attributes.len() > MAX_ATTRIBUTE_BYTES || capture.nested > MAX_DEPTH;
                let is_field = role_of(space_of_prefix(prefix_of(tag.name)), local_of(tag.name))
                    != Role::Other;
                capture.take_start(tag, is_field);
            }
            return;
        }
        if self.stack.len() >= MAX_DEPTH {
            self.is_hostile = true;
            self.overflow += usize::from(!tag.is_empty);
            return;
        }
        let prefixes = self.prefixes.len();
        let attributes = self.attributes_of(&tag);
        let mut role = self.role(tag.name);
        if role == Role::Item && self.is_within_item(&tag) {
            role = Role::Other;
        } else if role == Role::Item {
            self.close_open_item();
        }
        self.open(tag, role, &attributes, prefixes);
        if tag.is_empty {
            self.close();
        }
    }

    fn attributes_of(&mut self, tag: &Tag<'a>) -> Vec<(&'a str, &'a str)> {
        if tag.attributes.is_empty() {
            return Vec::new();
        }
        let attributes: Vec<_> = Attributes(tag.attributes).take(MAX_ATTRIBUTES).collect();
        self.is_hostile |= attributes.len() == MAX_ATTRIBUTES;
        for (name, value) in &attributes {
            let prefix = match name.strip_prefix("xmlns") {
                Some("") => "",
                Some(prefix) => prefix.strip_prefix(':').unwrap_or(prefix),
                None => continue,
            };
            if self.prefixes.len() < MAX_PREFIXES && !value.is_empty() {
                // An unknown default namespace is some dialect of feeds; an unknown URI under a
                // usual prefix is a misspelt one. What stands around items is a feed whatever it says.
                let known =
                    space_of_uri(value).filter(|_| !prefix.is_empty() || !is_frame(tag.name));
                let space = known.unwrap_or_else(|| space_of_prefix(prefix));
                self.prefixes.push((prefix, space));
            }
        }
        attributes
    }

    fn role(&self, name: &str) -> Role {
        let prefix = prefix_of(name);
        let declared = self
            .prefixes
            .iter()
            .rev()
            .find(|(known, _)| *known == prefix);
        let space = declared.map_or_else(|| space_of_prefix(prefix), |(_, space)| *space);
        role_of(space, local_of(name))
    }

    fn open(
        &mut self,
        tag: Tag<'a>,
        role: Role,
        attributes: &[(&'a str, &'a str)],
        prefixes: usize,
    ) {
        let parent = self.stack.last();
        let parent_scope = parent.map_or(Scope::Feed, |open| open.scope);
        let mut open = Open {
            name: tag.name,
            role,
            scope: scope_of(role, parent_scope),
            base: parent.and_then(|open| open.base.clone()),
            language: parent.and_then(|open| open.language.clone()),
            prefixes,
        };
        for (name, value) in attributes {
            // The Channel Definition Format has `BASE` without a prefix.
            if name.eq_ignore_ascii_case("xml:base") || name.eq_ignore_ascii_case("base") {
                let value = self.decoded(value);
                let base = open.base.as_deref().unwrap_or(self.base);
                open.base = base
                    .join(value.trim())
                    .ok()
                    .filter(|url| !url.cannot_be_a_base() && url.as_str().len() <= LONGEST_ADDRESS)
                    .map(Rc::new)
                    .or(open.base);
            } else if name.eq_ignore_ascii_case("xml:lang") || name.eq_ignore_ascii_case("lang") {
                open.language =
                    Some(Rc::from(value.trim())).filter(|lang: &Rc<str>| !lang.is_empty());
            }
        }
        self.stack.push(open);
        self.enter(role, parent_scope, attributes);
    }

    /// True if what begins like an item stands within another one: an element that means nothing here (`timeline`)
    /// is open in between, and ends before the item does.
    fn is_within_item(&mut self, tag: &Tag<'a>) -> bool {
        let item_at = self.stack.iter().rposition(|open| open.role == Role::Item);
        let Some(item_at) = item_at else { return false };
        let item = self.stack[item_at].name;
        let mut within = self.stack[item_at + 1..].iter();
        let Some(wrapper) = within.find(|open| open.role == Role::Other) else {
            return false;
        };
        if tag.at < self.within_until {
            return true;
        }
        if self.looked_ahead > MAX_REWINDS * self.text.len() {
            return false;
        }
        let mut ahead = self.scanner.ahead(tag.at);
        let ends_first = ends_before(&mut ahead, wrapper.name, item, tag.name);
        self.looked_ahead += ahead.at - tag.at;
        if ends_first {
            self.within_until = ahead.at;
        }
        ends_first
    }

    /// Closes an item whose end tag is missing, when the next one begins.
    fn close_open_item(&mut self) {
        if let Some(at) = self.stack.iter().rposition(|open| open.role == Role::Item) {
            self.is_broken = true;
            while self.stack.len() > at {
                self.close();
            }
        }
    }

    fn end(&mut self, name: &'a str) {
        if self
            .captures
            .last()
            .is_some_and(|capture| capture.is_construct)
        {
            return self.end_within_text(name);
        }
        if self.overflow > 0 {
            self.overflow -= 1;
            return;
        }
        let found = self
            .stack
            .iter()
            .rev()
            .take(MAX_SEARCH)
            .position(|open| same_name(open.name, name));
        match found {
            None => self.is_broken = true,
            Some(above) => {
                self.is_broken |= above > 0;
                for _ in 0..=above {
                    self.close();
                }
            }
        }
    }

    fn end_within_text(&mut self, name: &'a str) {
        let beyond = ends_structure(name) && self.ends_beyond_text(name);
        let Some(capture) = self.captures.last_mut() else {
            return;
        };
        if same_name(name, capture.name) && capture.nested_same == 0 {
            return self.close();
        }
        if !beyond {
            return capture.take_end(name);
        }
        if self.recover_text() == Recovery::Closed {
            self.end(name);
        }
    }

    /// True if an end tag within a text ends the item or feed around it.
    fn ends_beyond_text(&self, name: &str) -> bool {
        let is_inner = self
            .captures
            .last()
            .is_some_and(|capture| capture.nested_items > 0)
            && self.role(name) == Role::Item;
        !is_inner && self.stack.iter().any(|open| same_name(open.name, name))
    }

    /// Ends a text whose end tag is missing: before the first field that it swallowed, which is
    /// read again, or where the document stands.
    fn recover_text(&mut self) -> Recovery {
        let Some(capture) = self
            .captures
            .last_mut()
            .filter(|capture| capture.is_construct)
        else {
            return Recovery::Nothing;
        };
        self.is_broken = true;
        let Some(at) = capture.cut_at_first_field() else {
            self.close();
            return Recovery::Closed;
        };
        self.close();
        self.rewound_bytes += self.scanner.at - at;
        if self.rewound_bytes > MAX_REWINDS * self.text.len() {
            self.is_hostile = true;
            return Recovery::Closed;
        }
        self.scanner.at = at;
        Recovery::Rewound
    }

    /// Closes the innermost element.
    fn close(&mut self) {
        if self
            .captures
            .last()
            .is_some_and(|capture| capture.depth == self.stack.len())
            && let Some(capture) = self.captures.pop()
        {
            self.deliver(capture);
        }
        let Some(open) = self.stack.pop() else { return };
        if open.role == Role::Item
            && let Some(draft) = self.draft.take()
        {
            self.feed.items.push(draft.finish());
            self.has_too_many_items = self.feed.items.len() >= MAX_ITEMS;
        }
        self.prefixes.truncate(open.prefixes);
    }

    /// The base of relative addresses here, and whether the document itself gave it.
    pub(super) fn base_here(&self) -> (&Url, bool) {
        match self.stack.last().and_then(|open| open.base.as_deref()) {
            Some(base) => (base, true),
            None => (self.base, false),
        }
    }

    pub(super) fn language_here(&self) -> Option<String> {
        self.stack
            .last()
            .and_then(|open| open.language.as_deref())
            .map(str::to_owned)
    }

    /// Sets the format if the document has not said it.
    pub(super) fn claim_format(&mut self, format: Format) {
        if self.feed.format == Format::None {
            self.feed.format = format;
        }
    }
}

/// True if of two open elements the inner one ends before the outer one, with all of the same names that begin in
/// between, and all `begun` ends before both: where end tags are missing nobody knows what stands in what.
fn ends_before(ahead: &mut Scanner<'_>, inner: &str, outer: &str, begun: &str) -> bool {
    let (mut inner_depth, mut outer_depth, mut begun_depth) = (1usize, 1usize, 0usize);
    while let Some(token) = ahead.next() {
        match token {
            Token::Start(tag) if !tag.is_empty => {
                inner_depth += usize::from(same_name(tag.name, inner));
                outer_depth += usize::from(same_name(tag.name, outer));
                begun_depth += usize::from(same_name(tag.name, begun));
            }
            Token::End(name) => {
                inner_depth -= usize::from(same_name(name, inner));
                outer_depth -= usize::from(same_name(name, outer));
                begun_depth = begun_depth.saturating_sub(usize::from(same_name(name, begun)));
                if inner_depth == 0 || outer_depth == 0 || is_frame(name) {
                    break;
                }
            }
            _ => {}
        }
    }
    inner_depth == 0 && begun_depth == 0
}

/// True for what stands around the items of RSS and Atom, written without a prefix.
fn is_frame(name: &str) -> bool {
    ["rss", "channel", "feed"]
        .iter()
        .any(|known| same_name(known, name))
}

/// True for the names whose end tags end more than a text.
fn ends_structure(name: &str) -> bool {
    ["item", "entry", "channel", "rss", "rdf", "feed"]
        .iter()
        .any(|known| same_name(known, local_of(name)))
}

fn scope_of(role: Role, parent: Scope) -> Scope {
    match role {
        Role::Item => Scope::Item,
        Role::Source if parent == Scope::Item => Scope::Source,
        Role::Image | Role::TextInput if parent != Scope::Source => Scope::Aside,
        _ => parent,
    }
}

/// True for what stands no deeper than what is known, and notes where it stands.
pub(super) fn is_as_shallow(known: &mut Option<usize>, depth: usize) -> bool {
    let is_so = known.is_none_or(|known| depth <= known);
    if is_so {
        *known = Some(depth);
    }
    is_so
}

/// The part of a name before the colon; empty if there is none.
pub(super) fn prefix_of(name: &str) -> &str {
    name.split_once(':').map_or("", |(prefix, _)| prefix)
}

/// The part of a name after the colon.
pub(super) fn local_of(name: &str) -> &str {
    name.split_once(':').map_or(name, |(_, local)| local)
}

/// Names as end tags match them: the case may differ.
pub(super) fn same_name(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}
