//! The feeds that are there, by their addresses as they are visited and by whose their hosts are: what is to be added
//! is held against them.

use std::collections::{BTreeMap, HashMap, HashSet};

use url::Url;

use crate::news::{FeedId, Outlet, OutletId, OutletKind};
use crate::store::feeds::{self, FeedListing};
use crate::store::{Connection, Result, outlets};
use crate::text::outlet_names::TellingWords;
use crate::text::publishers::publisher_of;

/// The outlet that a feed may be of because others of its publisher are.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Proposed {
    /// The outlet.
    pub(super) outlet: Outlet,
    /// Whose both addresses are.
    pub(super) publisher: String,
    /// False if the feed has a name that tells of another: that is for a person to say.
    pub(super) is_taken: bool,
}

/// What is there.
#[derive(Default)]
pub(super) struct Known {
    by_address: HashMap<String, FeedId>,
    by_publisher: HashMap<String, Publisher>,
    outlets: HashMap<OutletId, Outlet>,
}

/// What is there of one publisher.
#[derive(Default)]
struct Publisher {
    /// Its outlets, each with what tells them in their names and in those of these feeds.
    outlets: BTreeMap<OutletId, TellingWords>,
    /// The addresses of the feeds without what they are asked for.
    places: HashSet<String>,
}

impl Known {
    pub(super) fn load(conn: &Connection) -> Result<Self> {
        let mut known = Self::default();
        for outlet in outlets::list_outlets(conn)? {
            known.outlets.insert(outlet.id, outlet);
        }
        for FeedListing { feed, .. } in feeds::list_feeds(conn)? {
            if let Ok(url) = Url::parse(&feed.url) {
                known.note(feed.id, &url, (feed.outlet_id, &feed.title));
            }
        }
        Ok(known)
    }

    /// Notes a feed that is there, with its outlet and its title. Of feeds whose addresses are one, however they are
    /// written, the first counts.
    pub(super) fn note(&mut self, feed: FeedId, url: &Url, (outlet, title): (OutletId, &str)) {
        self.by_address.entry(as_visited(url)).or_insert(feed);
        let Some(name) = publisher_of(url) else {
            return;
        };
        let outlet_name = self.outlets.get(&outlet).map(|outlet| outlet.name.as_str());
        let mut words = TellingWords::of(outlet_name.unwrap_or_default(), &name);
        words.extend(TellingWords::of(title, &name));
        let publisher = self.by_publisher.entry(name).or_default();
        publisher.places.insert(without_query(url));
        publisher.outlets.entry(outlet).or_default().extend(words);
    }

    pub(super) fn note_outlet(&mut self, outlet: Outlet) {
        self.outlets.insert(outlet.id, outlet);
    }

    pub(super) fn feed_at(&self, url: &Url) -> Option<FeedId> {
        self.by_address.get(&as_visited(url)).copied()
    }

    /// The outlet of a publisher's feeds that a feed of this name may be of: the only one whose names have a word in common
    /// with it, or where the name tells nothing, the only one. Of another kind than is asked for it is none.
    pub(super) fn propose(
        &self,
        url: &Url,
        name: &str,
        kind: Option<OutletKind>,
    ) -> Option<Proposed> {
        let publisher = publisher_of(url)?;
        let there = self.by_publisher.get(&publisher)?;
        let words = TellingWords::of(name, &publisher);
        let mut alike = there
            .outlets
            .iter()
            .filter(|(_, own)| own.share_one(&words));
        let (id, is_taken) = match (alike.next(), alike.next()) {
            (Some((id, _)), None) => (*id, true),
            (Some(_), Some(_)) => return None,
            (None, _) => (
                there.only_one()?,
                words.is_empty() && there.tells_by_address(url, name),
            ),
        };
        let outlet = self.outlets.get(&id)?.clone();
        let fits = kind.is_none_or(|kind| kind == outlet.kind);
        fits.then_some(Proposed {
            outlet,
            publisher,
            is_taken,
        })
    }
}

impl Publisher {
    /// `None` where feeds of one publisher are of several outlets: somebody told them apart, or their names did.
    fn only_one(&self) -> Option<OutletId> {
        let mut outlets = self.outlets.keys();
        outlets.next().copied().filter(|_| outlets.next().is_none())
    }

    /// False of a feed without a name that differs from another by what the same program is asked for: it may pass on
    /// whatever it is asked for.
    fn tells_by_address(&self, url: &Url, name: &str) -> bool {
        !name.trim().is_empty()
            || url.query().is_none()
            || !self.places.contains(&without_query(url))
    }
}

fn without_query(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    as_visited(&url)
}

/// An address as it is asked for: what is behind `#` stays with the reader.
fn as_visited(url: &Url) -> String {
    let mut url = url.clone();
    url.set_fragment(None);
    url.into()
}
