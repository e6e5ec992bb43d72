//! What each element means: which field it begins, and where its text goes when it ends.

use crate::feed::dates::{DateClaim, read_claim, read_date};
use crate::feed::entities::decode_entities;
use crate::feed::parsed::Format;
use crate::feed::raw::{RawItem, RawText};
use crate::feed::urls::{resolve, web_url};

use super::capture::{Capture, Claim};
use super::names::Role;
use super::state::{Caption, ItemDraft, Scope, SourceRank, State, is_as_shallow};

/// The attributes of a tag, as written.
pub(super) type Attributes<'a> = [(&'a str, &'a str)];

/// The value of an attribute, by its name without prefix, in any case.
pub(super) fn attribute<'a>(attributes: &Attributes<'a>, name: &str) -> Option<&'a str> {
    attributes
        .iter()
        .find(|(known, _)| super::state::local_of(known).eq_ignore_ascii_case(name))
        .map(|(_, value)| *value)
}

impl<'a> State<'a> {
    pub(super) fn decoded(&self, text: &str) -> String {
        decode_entities(text, &self.scanner.entities).into_owned()
    }

    pub(super) fn decoded_attribute(
        &self,
        attributes: &Attributes<'a>,
        name: &str,
    ) -> Option<String> {
        attribute(attributes, name)
            .map(|value| self.decoded(value).trim().to_owned())
            .filter(|value| !value.is_empty())
    }

    pub(super) fn take_text(&mut self, text: &str) {
        if let Some(capture) = self.captures.last_mut() {
            capture.take_text(text, &self.scanner.entities);
        }
    }

    pub(super) fn take_cdata(&mut self, text: &str) {
        if let Some(capture) = self.captures.last_mut() {
            capture.take_cdata(text);
        }
    }

    /// An element was opened.
    pub(super) fn enter(&mut self, role: Role, parent: Scope, attributes: &Attributes<'a>) {
        match role {
            Role::Rss => self.claim_format(Format::Rss),
            Role::Rdf => self.claim_format(Format::Rdf),
            Role::AtomFeed => self.claim_format(Format::Atom),
            Role::Channel => self.enter_channel(attributes),
            Role::Item => self.begin_item(attributes),
            Role::Link => self.enter_link(attributes),
            Role::Source => self.enter_source(parent, attributes),
            Role::Enclosure | Role::MediaContent | Role::MediaThumbnail | Role::ItunesImage => {
                self.enter_media(role, attributes);
            }
            Role::InReplyTo => {
                let reference = self.decoded_attribute(attributes, "ref");
                self.with_item(|draft| {
                    draft.item.in_reply_to = reference.or(draft.item.in_reply_to.take())
                });
            }
            _ => {}
        }
        if matches!(role, Role::Rss | Role::Rdf | Role::AtomFeed | Role::Channel)
            && let Some(language) = self.language_here()
        {
            self.feed.language.get_or_insert(language);
        }
        if let Some(default) = default_claim(role) {
            self.begin_construct(role, default, attributes);
        } else if is_simple(role) {
            self.begin_simple(role, attributes);
        }
    }

    fn enter_channel(&mut self, attributes: &Attributes<'a>) {
        self.claim_format(Format::Rss);
        // The Channel Definition Format says both as attributes.
        if let Some(href) = self.decoded_attribute(attributes, "href") {
            self.feed.link = resolve(&href, self.base_here().0);
        }
        if let Some(time) = attribute(attributes, "lastmod").and_then(read_claim) {
            self.feed.updated = Some(time);
        }
    }

    fn begin_item(&mut self, attributes: &Attributes<'a>) {
        let is_entry = self
            .stack
            .last()
            .is_some_and(|open| super::state::local_of(open.name).eq_ignore_ascii_case("entry"));
        self.claim_format(if is_entry { Format::Atom } else { Format::Rss });
        let mut draft = ItemDraft::default();
        draft.item.guid = self.decoded_attribute(attributes, "about");
        draft.item.language = self.language_here();
        // The Channel Definition Format says both as attributes.
        draft.item.link = self
            .decoded_attribute(attributes, "href")
            .and_then(|href| resolve(&href, self.base_here().0));
        draft.item.updated = attribute(attributes, "lastmod").and_then(read_claim);
        self.draft = Some(draft);
    }

    fn begin_construct(&mut self, role: Role, default: Claim, attributes: &Attributes<'a>) {
        let claim = attribute(attributes, "type").map_or(default, claim_of_type);
        let mode = attribute(attributes, "mode").unwrap_or_default();
        let mut capture = self.new_capture(role);
        capture.is_construct = true;
        capture.is_base64 = mode.eq_ignore_ascii_case("base64")
            || attribute(attributes, "type").is_some_and(|kind| {
                claim == Claim::Alien && (!kind.contains('/') || kind.ends_with("octet-stream"))
            });
        capture.claim = claim;
        self.captures.push(capture);
    }

    fn new_capture(&self, role: Role) -> Capture<'a> {
        let name = self.stack.last().map_or("", |open| open.name);
        Capture::new(name, role, self.stack.len())
    }

    fn begin_simple(&mut self, role: Role, attributes: &Attributes<'a>) {
        let mut capture = self.new_capture(role);
        match role {
            Role::Guid => {
                capture.note = attribute(attributes, "ispermalink")
                    .unwrap_or("true")
                    .trim()
                    .to_ascii_lowercase();
            }
            Role::Category => {
                let label = self.decoded_attribute(attributes, "label");
                capture.note = label
                    .or_else(|| self.decoded_attribute(attributes, "term"))
                    .unwrap_or_default();
            }
            Role::ItunesCategory => {
                capture.note = self
                    .decoded_attribute(attributes, "text")
                    .unwrap_or_default();
            }
            _ => {}
        }
        self.captures.push(capture);
    }

    pub(super) fn with_item(&mut self, change: impl FnOnce(&mut ItemDraft)) {
        if let Some(draft) = &mut self.draft {
            change(draft);
        }
    }

    /// A field has ended.
    pub(super) fn deliver(&mut self, capture: Capture<'a>) {
        let scope = self.stack.last().map_or(Scope::Feed, |open| open.scope);
        if scope == Scope::Aside {
            return;
        }
        if capture.is_construct {
            return self.deliver_text(capture, scope);
        }
        let text = capture.text.trim().to_owned();
        match capture.role {
            Role::Link => self.deliver_link(&text, scope),
            Role::Comments if scope == Scope::Item => self.deliver_comments(&text),
            Role::Source => self.deliver_source(text),
            Role::Guid => self.deliver_guid(&text, &capture.note, scope),
            Role::Published | Role::Updated | Role::Created => {
                self.deliver_time(capture.role, read_claim(&text), scope);
            }
            Role::Person | Role::PersonName | Role::PersonEmail => {
                self.deliver_person(capture.role, text, scope);
            }
            Role::Category | Role::ItunesCategory | Role::Keywords => {
                let value = if text.is_empty() || !capture.note.is_empty() {
                    capture.note
                } else {
                    text
                };
                self.deliver_categories(capture.role, &value, scope);
            }
            Role::Language => self.deliver_language(text, scope),
            Role::MediaCredit => self.with_item(|draft| {
                draft.credit.get_or_insert(text);
            }),
            role => self.deliver_hint(role, &text),
        }
    }

    fn deliver_text(&mut self, capture: Capture<'a>, scope: Scope) {
        let (base, is_own) = self.base_here();
        let base = is_own.then(|| base.clone());
        let (role, depth) = (capture.role, capture.depth);
        let text = capture.into_text(self.feed.format == Format::Atom, base);
        if text.is_empty() {
            return;
        }
        match (scope, role) {
            (Scope::Source, Role::Title) => {
                self.with_item(|draft| draft.item.source_title = Some(text))
            }
            (Scope::Feed, Role::Title) if self.draft.is_none() => {
                put_title(
                    &mut self.feed.title,
                    &mut self.feed_depths.title,
                    text,
                    depth,
                );
            }
            (Scope::Feed, Role::MediaTitle) if self.draft.is_none() => {
                put_title(
                    &mut self.feed.title,
                    &mut self.feed_depths.title,
                    text,
                    usize::MAX,
                );
            }
            (Scope::Feed, _) if self.draft.is_none() => self.put_subtitle(role, text),
            (Scope::Item, Role::MediaDescription) => {
                let within = self.stack.iter().rev().nth(1).map(|open| open.role);
                self.with_item(|draft| draft.put_caption(text, within == Some(Role::MediaContent)));
            }
            (Scope::Item, _) => self.with_item(|draft| draft.put_text(role, text, depth)),
            _ => {}
        }
    }

    fn put_subtitle(&mut self, role: Role, text: RawText) {
        match role {
            Role::Subtitle | Role::Description | Role::Abstract => self.feed.subtitle = text,
            Role::Summary | Role::ItunesSummary if self.feed.subtitle.is_empty() => {
                self.feed.subtitle = text;
            }
            _ => {}
        }
    }

    fn deliver_feed_guid(&mut self, text: &str, is_link: bool) {
        let (base, is_own) = self.base_here();
        let id = match resolve(text, base) {
            Some(resolved) if is_link && is_own => resolved,
            _ => text.to_owned(),
        };
        self.feed_guid_link = (is_link && id.contains("://")).then(|| id.clone());
        self.feed.id = Some(id);
    }

    fn deliver_guid(&mut self, text: &str, permalink: &str, scope: Scope) {
        let is_link = permalink == "true" || permalink.is_empty();
        if text.is_empty() || scope != Scope::Item {
            if scope == Scope::Feed && self.draft.is_none() && !text.is_empty() {
                self.deliver_feed_guid(text, is_link);
            }
            if scope == Scope::Source && web_url(text).is_some() {
                self.with_item(|draft| draft.put_source_url(text.to_owned(), SourceRank::Id));
            }
            return;
        }
        let (base, is_own) = self.base_here();
        // Only a base that the document itself gives: an id must not change with the feed's address.
        let guid = match resolve(text, base) {
            Some(resolved) if is_link && is_own => resolved,
            _ => text.to_owned(),
        };
        let depth = self.stack.len();
        self.with_item(|draft| {
            if is_as_shallow(&mut draft.depths.guid, depth) {
                if draft.guid_link.is_none() && is_link && guid.contains("://") {
                    draft.guid_link = Some(guid.clone());
                }
                draft.item.guid = Some(guid);
            }
        });
    }

    fn deliver_time(&mut self, role: Role, time: Option<DateClaim>, scope: Scope) {
        let Some(time) = time else { return };
        let depth = self.stack.len();
        match (scope, &mut self.draft) {
            (Scope::Item, Some(draft)) => draft.put_time(role, time, depth),
            (Scope::Feed, None) => {
                let field = match role {
                    Role::Published => &mut self.feed.published,
                    Role::Updated => &mut self.feed.updated,
                    _ => return,
                };
                *field = Some(time);
            }
            _ => {}
        }
    }

    fn deliver_person(&mut self, role: Role, text: String, scope: Scope) {
        let within_person = self
            .stack
            .iter()
            .rev()
            .nth(1)
            .is_some_and(|open| open.role == Role::Person);
        let counts = match role {
            Role::Person => true,
            Role::PersonName => within_person,
            _ => false,
        };
        if counts && scope == Scope::Item && !text.is_empty() {
            self.with_item(|draft| draft.item.authors.push(text));
        }
    }

    fn deliver_categories(&mut self, role: Role, value: &str, scope: Scope) {
        if scope != Scope::Item || value.is_empty() {
            return;
        }
        let is_list = role == Role::Keywords;
        self.with_item(|draft| {
            let parts = value
                .split(|c| is_list && c == ',')
                .map(str::trim)
                .filter(|part| !part.is_empty());
            draft.item.categories.extend(parts.map(str::to_owned));
        });
    }

    fn deliver_language(&mut self, text: String, scope: Scope) {
        match (scope, &mut self.draft) {
            (_, _) if text.is_empty() => {}
            (Scope::Item, Some(draft)) => draft.item.language = Some(text),
            (Scope::Feed, None) => self.feed.language = Some(text),
            _ => {}
        }
    }

    fn deliver_hint(&mut self, role: Role, text: &str) {
        let hints = &mut self.feed.hints;
        match role {
            Role::Ttl => hints.ttl_minutes = text.parse().ok(),
            Role::Hour => hints.skip_hours.extend(
                text.parse::<u8>()
                    .ok()
                    .filter(|hour| *hour <= 24)
                    .map(|hour| hour % 24),
            ),
            Role::Day => hints.skip_days.extend(day_of_week(text)),
            Role::UpdateBase => hints.update_base = read_date(text),
            Role::UpdatePeriod => self.sy_period = period_secs(text),
            Role::UpdateFrequency => {
                self.sy_frequency = text.parse().ok().filter(|times| *times > 0)
            }
            _ => return,
        }
        if let (Some(period), frequency) = (self.sy_period, self.sy_frequency.unwrap_or(1)) {
            self.feed.hints.update_period_secs = Some(period / frequency);
        }
    }
}

impl ItemDraft {
    fn put_text(&mut self, role: Role, text: RawText, depth: usize) {
        match role {
            Role::Title => put_title(&mut self.item.title, &mut self.depths.title, text, depth),
            // A picture's title stands in only where the item has none, however deep.
            Role::MediaTitle => put_title(
                &mut self.item.title,
                &mut self.depths.title,
                text,
                usize::MAX,
            ),
            Role::Description | Role::Abstract | Role::Summary => {
                self.put_description(text, depth);
            }
            Role::ItunesSummary if self.item.summary.is_empty() || self.caption.is_some() => {
                self.item.summary = text;
                self.caption = None;
            }
            Role::Content | Role::EncodedContent | Role::BodyContent
                if (self.item.content.is_empty()
                    || (self.has_content_from_description && role == Role::EncodedContent)) =>
            {
                self.item.content = text;
                self.has_content_from_description = false;
            }
            _ => {}
        }
    }

    /// A caption is no lead: whatever else comes replaces it.
    fn put_caption(&mut self, text: RawText, is_within_media: bool) {
        if self.item.summary.is_empty() {
            self.item.summary = text;
            self.caption = Some(match is_within_media && self.is_in_picture {
                true => Caption::Picture,
                false => Caption::Other,
            });
        }
    }

    /// True if the lead is a caption and there is something else to tell the item by: a full text, or beside a
    /// picture, which may be one of years ago, a title.
    fn has_mere_caption(&self) -> bool {
        let has_own_title = self.depths.title.is_some_and(|depth| depth < usize::MAX);
        match self.caption {
            None => false,
            Some(Caption::Other) => !self.item.content.is_empty(),
            Some(Caption::Picture) => !self.item.content.is_empty() || has_own_title,
        }
    }

    /// The first description is the lead; a second one, where there is no content, is the text. One that
    /// stands deeper is of something else, one that is shallower is the item's.
    fn put_description(&mut self, text: RawText, depth: usize) {
        let known = self.depths.summary;
        if !is_as_shallow(&mut self.depths.summary, depth) {
            return;
        }
        let is_shallower = known.is_some_and(|known| depth < known);
        if is_shallower || self.item.summary.is_empty() || self.caption.is_some() {
            self.item.summary = text;
            self.caption = None;
        } else if self.item.content.is_empty() {
            self.item.content = text;
            self.has_content_from_description = true;
        }
    }

    /// The last time among equals; one that stands deeper is of something else, and one that may mean two days is worse.
    fn put_time(&mut self, role: Role, time: DateClaim, depth: usize) {
        let (field, known) = match role {
            Role::Published => (&mut self.item.published, &mut self.depths.published),
            Role::Updated => (&mut self.item.updated, &mut self.depths.updated),
            _ => {
                self.item.created = Some(time);
                return;
            }
        };
        let is_better = |field: &Option<DateClaim>| {
            let is_certain = |time: DateClaim| time.certain().is_some();
            is_certain(time) || !field.is_some_and(is_certain)
        };
        if is_as_shallow(known, depth) && is_better(field) {
            *field = Some(time);
        }
    }

    /// The last link among equals; one that stands deeper leads to something else. What does not lead to
    /// the web is none.
    pub(super) fn put_link(&mut self, address: String, is_page: bool, depth: usize) {
        if web_url(&address).is_none() {
            return;
        }
        if !is_page {
            self.other_link = Some(address);
        } else if is_as_shallow(&mut self.depths.link, depth) {
            self.item.link = Some(address);
        }
    }

    /// The source's page, else its feed, else its id; of equals the first.
    pub(super) fn put_source_url(&mut self, address: String, rank: SourceRank) {
        if rank > self.source_rank {
            self.source_rank = rank;
            self.item.source_url = Some(address);
        }
    }

    /// The item, with what stands in for missing fields.
    pub(super) fn finish(self) -> RawItem {
        let has_mere_caption = self.has_mere_caption();
        let mut item = self.item;
        if has_mere_caption {
            item.summary = RawText::default();
        }
        let stand_in = self.guid_link.or(self.other_link).or(self.comments_link);
        item.link = item.link.or(stand_in);
        if let (Some(image), Some(credit)) = (&mut item.image, self.credit) {
            image.credit.get_or_insert(credit);
        }
        item
    }
}

/// The first title wins among equals; a shallower one wins always.
fn put_title(title: &mut RawText, known: &mut Option<usize>, text: RawText, depth: usize) {
    if known.is_none_or(|known| depth < known) {
        *known = Some(depth);
        *title = text;
    }
}

/// What the text of an element is by default; `None` if it is no text that may hold markup.
fn default_claim(role: Role) -> Option<Claim> {
    Some(match role {
        Role::Title | Role::MediaTitle | Role::Abstract | Role::Summary | Role::ItunesSummary => {
            Claim::Nothing
        }
        Role::Subtitle => Claim::Nothing,
        Role::Content | Role::UnkeptText => Claim::Nothing,
        Role::Description | Role::MediaDescription | Role::EncodedContent => Claim::Html,
        Role::BodyContent => Claim::Xhtml,
        _ => return None,
    })
}

fn claim_of_type(kind: &str) -> Claim {
    let kind = kind.trim().to_ascii_lowercase();
    match kind.as_str() {
        "text" | "plain" | "text/plain" => Claim::Text,
        "html" | "text/html" => Claim::Html,
        "xhtml" | "application/xhtml+xml" => Claim::Xhtml,
        "" => Claim::Nothing,
        kind if kind.ends_with("xml") => Claim::Xhtml,
        kind if kind.starts_with("text/") => Claim::Text,
        kind if kind.contains('/') => Claim::Alien,
        _ => Claim::Nothing,
    }
}

fn is_simple(role: Role) -> bool {
    matches!(
        role,
        Role::Guid
            | Role::Comments
            | Role::Published
            | Role::Updated
            | Role::Created
            | Role::Person
            | Role::PersonName
            | Role::PersonEmail
            | Role::PersonAddress
            | Role::Category
            | Role::ItunesCategory
            | Role::Keywords
            | Role::Language
            | Role::Ttl
            | Role::Hour
            | Role::Day
            | Role::UpdatePeriod
            | Role::UpdateFrequency
            | Role::UpdateBase
            | Role::MediaCredit
    )
}

/// 0 is Monday.
fn day_of_week(text: &str) -> Option<u8> {
    let name = text.get(..3)?.to_ascii_lowercase();
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    days.iter()
        .position(|day| *day == name)
        .and_then(|day| u8::try_from(day).ok())
}

fn period_secs(text: &str) -> Option<u64> {
    const DAY: u64 = 86_400;
    Some(match text.to_ascii_lowercase().as_str() {
        "hourly" => 3_600,
        "daily" => DAY,
        "weekly" => 7 * DAY,
        "monthly" => 30 * DAY,
        "yearly" => 365 * DAY,
        _ => return None,
    })
}
