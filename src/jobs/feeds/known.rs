//! The feeds that are there, by their addresses as they are visited and by whose their hosts are: what is to be added
//! is held against them.

use std::collections::{BTreeMap, HashMap, HashSet};

use url::Url;

use crate::news::{FeedId, Outlet, OutletId, OutletKind};
use crate::store::feeds::{self, FeedListing};
use crate::store::{Connection, Result, outlets};
use crate::text::outlet_names::{FeedName, Likeness};
use crate::text::publishers::{is_of_account, publisher_of};

/// The outlet that a feed may be of because others of its publisher are.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Proposed {
    /// The outlet.
    pub(super) outlet: Outlet,
    /// Whose both addresses are.
    pub(super) publisher: String,
    /// False if its name tells of another, or leaves it open: that is for a person to say.
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
    /// Its outlets.
    outlets: BTreeMap<OutletId, There>,
    /// The addresses of the feeds without what they are asked for.
    places: HashSet<String>,
}

/// What is there of one outlet of a publisher.
#[derive(Default)]
struct There {
    /// Its own name first, then those of its feeds.
    names: Vec<FeedName>,
    feeds: usize,
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
        let Some(publisher) = publisher_of_feed(url, title) else {
            return;
        };
        let outlet_name = self.outlets.get(&outlet).map(|outlet| outlet.name.as_str());
        let names =
            [outlet_name.unwrap_or_default(), title].map(|name| FeedName::of(name, &publisher));
        let publisher = self.by_publisher.entry(publisher).or_default();
        publisher.places.insert(without_query(url));
        let there = publisher.outlets.entry(outlet).or_default();
        there.feeds += 1;
        for name in names {
            if !there.names.contains(&name) {
                there.names.push(name);
            }
        }
    }

    pub(super) fn note_outlet(&mut self, outlet: Outlet) {
        self.outlets.insert(outlet.id, outlet);
    }

    pub(super) fn feed_at(&self, url: &Url) -> Option<FeedId> {
        self.by_address.get(&as_visited(url)).copied()
    }

    /// The outlet of a publisher's feeds that a feed of this name may be of. It is taken to be of the only one that has a name
    /// of the same outlet, or where one of both names tells nothing, of the only one there is; else that which is likest, and
    /// has most feeds, is for a person to say. Of another kind than is asked for it is none.
    pub(super) fn propose(
        &self,
        url: &Url,
        name: &str,
        kind: Option<OutletKind>,
    ) -> Option<Proposed> {
        let publisher = publisher_of_feed(url, name)?;
        let there = self.by_publisher.get(&publisher)?;
        let asked = FeedName::of(name, &publisher);
        let of_one = there.alike(&asked, Likeness::OfOne);
        let (id, is_taken) = match of_one[..] {
            [id] => (id, true),
            [_, _, ..] => return None,
            [] => match there
                .only_one()
                .filter(|id| there.is_its(*id, &asked, url, name))
            {
                Some(id) => (id, true),
                None => (there.likest(&asked)?, false),
            },
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

    /// The outlets of which a name is so like one.
    fn alike(&self, asked: &FeedName, wanted: Likeness) -> Vec<OutletId> {
        let is_alike = |there: &There| {
            let mut names = there.names.iter();
            names.any(|name| name.likeness(asked) == wanted)
        };
        let alike = self.outlets.iter().filter(|(_, there)| is_alike(there));
        alike.map(|(id, _)| *id).collect()
    }

    /// The outlet that a person may mean: one of those of which a name has a word in common, or of all, that with most feeds.
    fn likest(&self, asked: &FeedName) -> Option<OutletId> {
        let perhaps = self.alike(asked, Likeness::Perhaps);
        let is_meant = |id: &OutletId| perhaps.is_empty() || perhaps.contains(id);
        let meant = self.outlets.iter().filter(|(id, _)| is_meant(id));
        let first = meant.max_by_key(|(id, there)| (there.feeds, std::cmp::Reverse(**id)));
        first.map(|(id, _)| *id)
    }

    /// True of the only outlet where one of both names is no more than that of a section: the one that is asked for, or the
    /// outlet's own, which was that of its first feed, unless the other one has in part the name of the host.
    fn is_its(&self, id: OutletId, asked: &FeedName, url: &Url, name: &str) -> bool {
        let is_same_program = url.query().is_some() && self.places.contains(&without_query(url));
        if asked.tells_nothing() {
            // Without a name, what is asked of the same program may be whatever it passes on.
            return !(name.trim().is_empty() && is_same_program);
        }
        let own = self.outlets.get(&id).and_then(|there| there.names.first());
        let is_nameless = own.is_some_and(FeedName::tells_nothing);
        is_nameless && !is_same_program && (asked.is_of_host() || !asked.is_partly_of_host())
    }
}

/// Whose a feed of that name is by its address; `None` also if it is that of an account there.
fn publisher_of_feed(url: &Url, name: &str) -> Option<String> {
    publisher_of(url).filter(|_| !is_of_account(url, name))
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
