//! Our own reading, with the gaps filled from feed-rs where both see the same items.

use super::parsed::Format;
use super::raw::{RawFeed, RawItem, RawText};

/// Fills what `ours` lacks from `strict`. Items are matched by their place if both have as many.
pub(crate) fn fill_gaps(mut ours: RawFeed, strict: RawFeed) -> RawFeed {
    if ours.format == Format::None {
        ours.format = strict.format;
    }
    fill_text(&mut ours.title, strict.title);
    fill(&mut ours.link, strict.link);
    fill(&mut ours.language, strict.language);
    fill(&mut ours.self_url, strict.self_url);
    fill(&mut ours.published, strict.published);
    if ours.hub_urls.is_empty() {
        ours.hub_urls = strict.hub_urls;
    }
    if ours.items.len() == strict.items.len() {
        for (item, strict) in ours.items.iter_mut().zip(strict.items) {
            fill_item(item, strict);
        }
    }
    ours
}

fn fill_item(item: &mut RawItem, strict: RawItem) {
    fill(&mut item.guid, strict.guid);
    fill(&mut item.link, strict.link);
    fill_text(&mut item.title, strict.title);
    fill(&mut item.image, strict.image);
    if item.authors.is_empty() {
        item.authors = strict.authors;
    }
    if item.categories.is_empty() {
        item.categories = strict.categories;
    }
    if item.summary.is_empty() && item.content.is_empty() {
        item.summary = strict.summary;
        item.content = strict.content;
    }
    // feed-rs copies one time to the other, so it fills only where nothing was said.
    if item.published.is_none() && item.updated.is_none() && item.created.is_none() {
        item.published = strict.published;
        item.updated = strict.updated;
    }
}

fn fill<T>(field: &mut Option<T>, strict: Option<T>) {
    if field.is_none() {
        *field = strict;
    }
}

fn fill_text(field: &mut RawText, strict: RawText) {
    if field.is_empty() {
        *field = strict;
    }
}
