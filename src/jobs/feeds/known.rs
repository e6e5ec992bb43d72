//! The feeds that are there, by their addresses as they are visited and by whose their hosts are: what is to be added
//! is held against them.

use std::collections::HashMap;

use url::Url;

use crate::news::{FeedId, Outlet, OutletId, OutletKind};
use crate::store::feeds::{self, FeedListing};
use crate::store::{Connection, Result, outlets};
use crate::text::publishers::publisher_of;

/// The outlet that a feed is taken to be of because others of its publisher are.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Proposed {
    /// The outlet.
    pub(super) outlet: Outlet,
    /// Whose both addresses are.
    pub(super) publisher: String,
}

/// What is there.
#[derive(Default)]
pub(super) struct Known {
    by_address: HashMap<String, FeedId>,
    /// `None` where feeds of one publisher are of several outlets: somebody told them apart.
    by_publisher: HashMap<String, Option<OutletId>>,
    outlets: HashMap<OutletId, Outlet>,
}

impl Known {
    pub(super) fn load(conn: &Connection) -> Result<Self> {
        let mut known = Self::default();
        for outlet in outlets::list_outlets(conn)? {
            known.outlets.insert(outlet.id, outlet);
        }
        for FeedListing { feed, .. } in feeds::list_feeds(conn)? {
            if let Ok(url) = Url::parse(&feed.url) {
                known.note(feed.id, &url, feed.outlet_id);
            }
        }
        Ok(known)
    }

    /// Of feeds whose addresses are one, however they are written, the first counts.
    pub(super) fn note(&mut self, feed: FeedId, url: &Url, outlet: OutletId) {
        self.by_address.entry(as_visited(url)).or_insert(feed);
        if let Some(publisher) = publisher_of(url) {
            let one = self.by_publisher.entry(publisher).or_insert(Some(outlet));
            *one = one.filter(|one| *one == outlet);
        }
    }

    pub(super) fn note_outlet(&mut self, outlet: Outlet) {
        self.outlets.insert(outlet.id, outlet);
    }

    pub(super) fn feed_at(&self, url: &Url) -> Option<FeedId> {
        self.by_address.get(&as_visited(url)).copied()
    }

    /// The outlet of all feeds of a publisher; of another kind than is asked for it is none.
    pub(super) fn propose(&self, url: &Url, kind: Option<OutletKind>) -> Option<Proposed> {
        let publisher = publisher_of(url)?;
        let id = (*self.by_publisher.get(&publisher)?)?;
        let outlet = self.outlets.get(&id)?.clone();
        let fits = kind.is_none_or(|kind| kind == outlet.kind);
        fits.then_some(Proposed { outlet, publisher })
    }
}

/// An address as it is asked for: what is behind `#` stays with the reader.
fn as_visited(url: &Url) -> String {
    let mut url = url.clone();
    url.set_fragment(None);
    url.into()
}
