//! Links, sources and pictures: fields that stand in attributes.

use crate::feed::urls::resolve;
use crate::news::Image;

use super::capture::Capture;
use super::fields::{Attributes, attribute};
use super::names::Role;
use super::state::{Scope, SourceRank, State, is_as_shallow};

impl<'a> State<'a> {
    fn resolved(&self, address: &str) -> Option<String> {
        resolve(address, self.base_here().0)
    }

    fn address_attribute(&self, attributes: &Attributes<'a>) -> Option<String> {
        ["href", "url", "uri", "resource"]
            .iter()
            .find_map(|name| self.decoded_attribute(attributes, name))
    }

    pub(super) fn enter_link(&mut self, attributes: &Attributes<'a>) {
        let Some(address) = self.address_attribute(attributes) else {
            let name = self.stack.last().map_or("", |open| open.name);
            self.captures
                .push(Capture::new(name, Role::Link, self.stack.len()));
            return;
        };
        let Some(address) = self.resolved(&address) else {
            return;
        };
        let rel = attribute(attributes, "rel")
            .unwrap_or("alternate")
            .trim()
            .to_ascii_lowercase();
        let kind = attribute(attributes, "type")
            .unwrap_or("text/html")
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        let is_page = matches!(
            kind.as_str(),
            "text/html" | "html" | "application/xhtml+xml" | "xhtml" | ""
        );
        let scope = self.stack.last().map_or(Scope::Feed, |open| open.scope);
        for rel in rel.split_ascii_whitespace() {
            let rel = rel.rsplit('/').next().unwrap_or(rel);
            if rel == "enclosure" {
                self.enter_media(Role::Enclosure, attributes);
            }
            self.put_link(&address, rel, is_page, scope);
        }
    }

    fn put_link(&mut self, address: &str, rel: &str, is_page: bool, scope: Scope) {
        let (address, depth) = (address.to_owned(), self.stack.len());
        match (scope, rel, &mut self.draft) {
            (Scope::Item, "alternate", Some(draft)) => draft.put_link(address, is_page, depth),
            (Scope::Source, "alternate", Some(draft)) => {
                draft.put_source_url(address, SourceRank::Page);
            }
            (Scope::Source, "self", Some(draft)) => {
                draft.put_source_url(address, SourceRank::Itself);
            }
            (Scope::Feed, "alternate", None) if is_page => {
                let is_own = is_as_shallow(&mut self.feed_depths.link, depth);
                self.feed.link = Some(address).filter(|_| is_own).or(self.feed.link.take());
            }
            (Scope::Feed, "alternate", None) => self.feed_other_link = Some(address),
            (Scope::Feed, "self", None) => self.feed.self_url = Some(address),
            (Scope::Feed, "hub", None) => self.feed.hub_urls.push(address),
            _ => {}
        }
    }

    pub(super) fn deliver_link(&mut self, text: &str, scope: Scope) {
        let Some(address) = self.resolved(text) else {
            return;
        };
        self.put_link(&address, "alternate", true, scope);
    }

    /// Where an item is talked about stands in for where it can be read.
    pub(super) fn deliver_comments(&mut self, text: &str) {
        let address = self.resolved(text);
        self.with_item(|draft| draft.comments_link = address);
    }

    pub(super) fn enter_source(&mut self, parent: Scope, attributes: &Attributes<'a>) {
        if parent != Scope::Item {
            return;
        }
        let url = attribute(attributes, "url").and_then(|url| self.resolved(&self.decoded(url)));
        self.with_item(|draft| {
            if let Some(url) = url {
                draft.put_source_url(url, SourceRank::Page);
            }
        });
        let name = self.stack.last().map_or("", |open| open.name);
        self.captures
            .push(Capture::new(name, Role::Source, self.stack.len()));
    }

    pub(super) fn deliver_source(&mut self, text: String) {
        if !text.is_empty() {
            self.with_item(|draft| {
                let title = crate::feed::raw::RawText {
                    value: text,
                    ..Default::default()
                };
                draft.item.source_title.get_or_insert(title);
            });
        }
    }

    pub(super) fn enter_media(&mut self, role: Role, attributes: &Attributes<'a>) {
        let Some(url) = self
            .address_attribute(attributes)
            .and_then(|url| self.resolved(&url))
        else {
            return;
        };
        let kind = attribute(attributes, "type").map(|kind| kind.trim().to_ascii_lowercase());
        let medium = attribute(attributes, "medium").unwrap_or_default();
        let is_image = match role {
            Role::MediaThumbnail | Role::ItunesImage => true,
            _ => match &kind {
                Some(kind) if !kind.is_empty() => kind.starts_with("image/"),
                _ => medium == "image" || has_image_name(&url),
            },
        };
        let number =
            |name| attribute(attributes, name).and_then(|value| value.trim().parse::<u32>().ok());
        let (width, height) = (number("width"), number("height"));
        // A full picture before a thumbnail, a wide one before a narrow one.
        let rank = match role {
            Role::MediaContent => 20_000,
            Role::Enclosure => 10_000,
            _ => 1,
        } + width.unwrap_or(0).min(9_000);
        self.with_item(|draft| {
            if role == Role::MediaContent {
                draft.is_in_picture = is_image;
            }
            if is_image && rank > draft.image_rank {
                draft.image_rank = rank;
                draft.item.image = Some(Image {
                    url,
                    media_type: kind,
                    width,
                    height,
                    credit: None,
                });
            }
        });
    }
}

fn has_image_name(url: &str) -> bool {
    let path = url
        .split(['?', '#'])
        .next()
        .unwrap_or(url)
        .to_ascii_lowercase();
    [".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif"]
        .iter()
        .any(|end| path.ends_with(end))
}
