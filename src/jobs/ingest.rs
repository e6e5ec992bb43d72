//! From a parsed document to what is to be kept of it: which items are new, which are revised,
//! which were known. Prepared on a reading connection, saved in the poll's own transaction.
//!
//! It does not fetch and does not decide when to come again.

mod bound;
mod draft;
mod known;
mod links;
mod notices;
mod retold;
mod standing;

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::feed::identity::{
    Candidate, GuidStanding, ItemMatch, Matching, Verdict, Visit, match_items,
};
use crate::feed::{Languages, ParsedFeed, ParsedItem};
use crate::news::{Feed, ItemId, KeyDigest, Outlet, OutletKind, Problem, Role, UtcTime};
use crate::store::items::{self, ItemState};
use crate::store::{self, Connection, Result, StoreError, Transaction};
use crate::text::belief::is_own_kill_believed;
use draft::{Draft, note_constant_leads, note_stale};
use known::Known;
pub use links::Corrected;

/// A document and its circumstances.
#[derive(Clone, Copy, Debug)]
pub struct Arrived<'a> {
    /// The feed it was fetched for.
    pub feed: &'a Feed,
    /// That feed's outlet; attribution stays with it whatever the document says.
    pub outlet: &'a Outlet,
    /// The document.
    pub parsed: &'a ParsedFeed,
    /// What was known of the feed's guids.
    pub standing: GuidStanding,
    /// Our clock at the fetch.
    pub fetched_at: UtcTime,
    /// True for a notification that may hold only some of the feed's items: says nothing about
    /// overlap.
    pub is_partial: bool,
    /// True for a document that ended before its end: its last item may be a torso.
    pub is_cut: bool,
}

/// What is to be kept of a document.
#[derive(Clone, Debug, Default)]
pub struct Prepared {
    /// Items in the document.
    pub listed: usize,
    /// Items that were known, revised ones among them.
    pub known: usize,
    /// New items, in the order in which they enter history.
    pub new: Vec<NewItem>,
    /// Known items that now say something else.
    pub revised: Vec<(ItemId, ItemState)>,
    /// Known items that say what they said, at what may be another address.
    pub corrected: Vec<Corrected>,
    /// Known items, told by no id, whose claimed time drifts, with what it is now.
    pub redated: Vec<(ItemId, UtcTime)>,
    /// Known items without a time, or with that of the visit, told by no id, that are listed still.
    pub relisted: Vec<ItemId>,
    /// True if links changed while the items did not.
    pub links_churn: bool,
    /// Keys that known items can be recognised by from now on.
    pub keys: Vec<(ItemId, Vec<KeyDigest>)>,
    /// Known items that say what they said, and were taken in while the clock was ahead.
    pub ahead: Vec<(ItemId, ItemState)>,
    /// Copies of revised items that fall with them, because their new states are kills.
    pub withdrawn: BTreeSet<ItemId>,
    /// Items whose new states are kills that nobody has to believe.
    pub doubted: BTreeSet<ItemId>,
    /// The last place in history when the document was compared.
    pub compared_at: ItemId,
    /// Items of the document that wait for the next visit, since there were more than are looked at.
    pub waiting: usize,
    /// True if a state of a known item is not taken yet, and has to come again.
    pub puts_off: bool,
    /// What is now known of the feed's guids.
    pub standing: GuidStanding,
    /// Why guids lost their standing; `None` if nothing changed.
    pub lost_because: Option<String>,
    /// True if ids changed while the items did not.
    pub guids_churn: bool,
    /// True if no item has a usable date.
    pub is_undated: bool,
    /// Share of the listed items that were known; `None` for an empty or partial document and at
    /// the first visit.
    pub overlap: Option<f64>,
    /// True if nothing of the document was known although the feed was visited before: what it
    /// listed in between may be lost.
    pub is_possible_gap: bool,
    /// Prefixes that no wire rule knows, with how often they stood in new items.
    pub unknown_prefixes: BTreeMap<String, u32>,
    /// The latest claimed time of publication.
    pub newest_claim: Option<UtcTime>,
    /// What was left out, in words.
    pub problems: Vec<Problem>,
}

/// An item that was not known.
#[derive(Clone, Debug)]
pub struct NewItem {
    /// Its first state.
    pub first: ItemState,
    /// States that the same document lists of it besides, oldest first: revisions.
    pub later: Vec<ItemState>,
    /// Earlier items that it may mean if it is a notice that withdraws something.
    pub means: Vec<ItemId>,
}

impl NewItem {
    fn newest(&self) -> &ItemState {
        self.later.last().unwrap_or(&self.first)
    }
}

/// Compares a document with what is known.
///
/// # Errors
/// Whatever the store says.
pub fn prepare(conn: &Connection, arrived: Arrived<'_>) -> Result<Prepared> {
    prepare_most(conn, arrived, usize::MAX)
}

/// As [`prepare`], and looks at so many items at most: at what is new and what has changed before what is as it was,
/// and at the newest of these. The rest waits for the next visit, for which the others are known by then.
///
/// # Errors
/// Whatever the store says.
pub fn prepare_most(conn: &Connection, arrived: Arrived<'_>, most: usize) -> Result<Prepared> {
    let listed = &arrived.parsed.items;
    let languages = Languages::new(arrived.feed.language.as_deref(), arrived.parsed);
    let mut drafts: Vec<Draft<'_>> = listed
        .iter()
        .filter(|item| !is_wholly_empty(item))
        .map(|item| Draft::glance(item, &languages, arrived.fetched_at))
        .collect();
    note_constant_leads(&mut drafts);
    if let Some(last) = drafts.last_mut() {
        last.is_torso = arrived.is_cut;
    }
    let mut prepared = Prepared {
        is_undated: drafts.iter().all(|draft| draft.item.claimed_at().is_none()),
        newest_claim: drafts
            .iter()
            .filter_map(|draft| draft.item.claimed_at())
            .max(),
        listed: drafts.len(),
        problems: note_empty_items(listed.len() - drafts.len()),
        compared_at: items::newest_item(conn)?,
        ..Prepared::default()
    };
    let mut known = Known::default();
    known.look_up(conn, arrived, &drafts)?;
    let is_first = known.items.by_key.is_empty() && !items::has_items(conn, arrived.feed.id)?;
    note_stale(&mut drafts, is_first, arrived.fetched_at);
    let is_oldest_first = bound::is_oldest_first(&drafts);
    let left_out = bound::keep_most(&mut drafts, &known, most, arrived.fetched_at);
    let mut matching = identify(conn, &mut drafts, &mut known, arrived)?;
    standing::regain(conn, &mut matching, &drafts, &known)?;
    prepared.known = left_out.known;
    prepared.waiting = left_out.waiting;
    prepared.standing = matching.standing;
    prepared.lost_because = matching.lost_because;
    prepared.guids_churn = matching.guids_churn;
    prepared.links_churn = matching.links_churn;
    let torso = drafts.iter().position(|draft| draft.is_torso);
    for (index, drafts) in group_by_item(drafts, &matching.items) {
        let may_revise = Some(index) != torso;
        prepared.take(
            (drafts, may_revise),
            &matching.items[index],
            &known,
            arrived,
        );
    }
    if !is_oldest_first {
        prepared.new.reverse();
    }
    prepared.new.sort_by_key(|item| item.first.item_time);
    prepared.note_overlap(is_first, arrived);
    notices::look_up(conn, &mut prepared, arrived)?;
    Ok(prepared)
}

/// Which items the drafts are. Most of a document was there at the last visit and says the same: that
/// is seen without reading language and wire tags, which is what costs, as long as nothing of an agency's
/// series is there.
fn identify(
    conn: &Connection,
    drafts: &mut [Draft<'_>],
    known: &mut Known,
    arrived: Arrived<'_>,
) -> Result<Matching> {
    let visit = Visit {
        standing: arrived.standing,
        fetched_at: arrived.fetched_at,
        // What a hub sends comes as soon as it is written, and at no visit.
        last_visit_at: arrived.feed.last_visit_at.filter(|_| !arrived.is_partial),
    };
    let is_wire = arrived.outlet.kind == OutletKind::Wire;
    let same = |draft: &Draft<'_>| known.says_same(draft).filter(|_| !is_wire);
    let same: Vec<Option<ItemId>> = drafts.iter().map(same).collect();
    for (draft, _) in drafts
        .iter_mut()
        .zip(&same)
        .filter(|(_, same)| same.is_none())
    {
        draft.read(arrived);
    }
    if !drafts.iter().any(Draft::is_of_series) {
        let matching = match_items(&candidates_of(drafts), &known.items, visit);
        if are_as_seen(&matching.items, &same) {
            return Ok(matching);
        }
    }
    drafts.iter_mut().for_each(|draft| draft.read(arrived));
    known.look_up(conn, arrived, drafts)?;
    Ok(match_items(&candidates_of(drafts), &known.items, visit))
}

fn candidates_of<'a>(drafts: &'a [Draft<'_>]) -> Vec<&'a Candidate> {
    drafts.iter().map(|draft| &draft.candidate).collect()
}

/// True if what says the same as a known item was found to be that item.
fn are_as_seen(found: &[ItemMatch], same: &[Option<ItemId>]) -> bool {
    let verdict = |index: usize| match found[index].verdict {
        Verdict::Repeats(first) => found[first].verdict,
        verdict => verdict,
    };
    let mut same = same.iter().enumerate();
    same.all(|(index, same)| same.is_none_or(|same| verdict(index) == Verdict::Same(same)))
}

/// Writes what was prepared; returns the new items' ids in order. A known item that clustering has put in no event and
/// that tells one now goes on as a new item, see `ingest::retold`.
///
/// # Errors
/// Whatever the store says; then the caller's transaction is to be given up.
pub fn save(
    tx: &Transaction<'_>,
    feed: &Feed,
    prepared: &Prepared,
    now: UtcTime,
) -> Result<Vec<ItemId>> {
    for (id, keys) in &prepared.keys {
        items::save_keys(tx, feed.id, *id, keys)?;
    }
    let mut coming: Vec<Coming<'_>> = prepared.new.iter().map(Coming::new).collect();
    prepared.correct_links(tx, feed)?;
    for (id, claim) in &prepared.redated {
        items::note_claim(tx, *id, *claim)?;
    }
    for id in &prepared.relisted {
        items::note_listing(tx, *id, now)?;
    }
    for (id, state) in &prepared.revised {
        match retold::as_new(tx, *id, state, now)? {
            Some(state) => coming.push(Coming::again(*id, state)),
            None => {
                let state = retold::as_revised(tx, *id, state, now)?;
                match items::revise_item(tx, *id, &state, now) {
                    // Retention took it since it was looked up.
                    Err(StoreError::NotFound(_)) => {}
                    revised => revised?,
                }
            }
        }
    }
    for (id, state) in &prepared.ahead {
        if retold::told_nothing_yet(tx, *id, state, now)?.is_some() {
            coming.push(Coming::again(*id, state.clone()));
        }
    }
    coming.sort_by_key(|one| one.first.item_time);
    let ids: Vec<ItemId> = coming
        .iter()
        .map(|one| one.save(tx, feed, now))
        .collect::<Result<_>>()?;
    let saved = ids.iter().zip(&coming).map(|(id, one)| notices::Saved {
        id: *id,
        state: one.later.last().unwrap_or(&one.first),
        means: one.means,
    });
    let saved: Vec<notices::Saved<'_>> = saved.collect();
    notices::judge(tx, feed, prepared, &saved, now)?;
    Ok(ids)
}

/// An item that enters history.
struct Coming<'a> {
    first: Cow<'a, ItemState>,
    later: &'a [ItemState],
    means: &'a [ItemId],
    /// The item that goes on as this one.
    before: Option<ItemId>,
}

impl<'a> Coming<'a> {
    fn new(item: &'a NewItem) -> Self {
        Self {
            first: Cow::Borrowed(&item.first),
            later: &item.later,
            means: &item.means,
            before: None,
        }
    }

    fn again(before: ItemId, state: ItemState) -> Self {
        Self {
            first: Cow::Owned(state),
            later: &[],
            means: &[],
            before: Some(before),
        }
    }

    fn save(&self, tx: &Transaction<'_>, feed: &Feed, now: UtcTime) -> Result<ItemId> {
        let id = items::insert_item(tx, feed.id, feed.outlet_id, &self.first, now)?;
        for state in self.later {
            items::revise_item(tx, id, state, now)?;
        }
        if let Some(before) = self.before {
            store::retold::go_on_as(tx, before, id)?;
        }
        Ok(id)
    }
}

/// True for an item that says nothing at all and could never be told from another.
fn is_wholly_empty(item: &ParsedItem) -> bool {
    let has_text = !(item.title.is_empty() && item.summary_or_content().is_empty());
    item.guid.is_none() && item.link.is_none() && !has_text
}

fn note_empty_items(count: usize) -> Vec<Problem> {
    if count == 0 {
        return Vec::new();
    }
    let message = format!("{count} items without id, link, title and text were left out");
    vec![Problem::new("empty-items", message)]
}

/// The states that a document lists of each item, oldest first, under the place of the first.
fn group_by_item<'a>(
    drafts: Vec<Draft<'a>>,
    found: &[ItemMatch],
) -> BTreeMap<usize, Vec<Draft<'a>>> {
    let mut groups: BTreeMap<usize, Vec<(usize, Draft<'a>)>> = BTreeMap::new();
    for (index, draft) in drafts.into_iter().enumerate() {
        let first = match found[index].verdict {
            Verdict::Repeats(first) => first,
            _ => index,
        };
        groups.entry(first).or_default().push((index, draft));
    }
    let oldest_first = |(first, mut states): (usize, Vec<(usize, Draft<'a>)>)| {
        // Feeds list the newest first.
        states.sort_by_key(|(index, draft)| (draft.revision(), Reverse(*index)));
        (first, states.into_iter().map(|(_, draft)| draft).collect())
    };
    groups.into_iter().map(oldest_first).collect()
}

impl Prepared {
    /// Takes the states that the document lists of one item, oldest first; what is known already is left as it is
    /// where it may not be revised.
    fn take(
        &mut self,
        (mut drafts, may_revise): (Vec<Draft<'_>>, bool),
        found: &ItemMatch,
        known: &Known,
        arrived: Arrived<'_>,
    ) {
        drafts.dedup_by(|later, earlier| later.digest == earlier.digest);
        let verdict = match found.verdict {
            Verdict::Same(id) if known.is_notice_about(id, &drafts) => Verdict::New,
            Verdict::Same(id) if known.is_told_since(id, drafts.last(), arrived.fetched_at) => {
                Verdict::New
            }
            verdict => verdict,
        };
        match verdict {
            Verdict::New => {
                if let Some(prefix) = drafts.last().and_then(Draft::unknown_prefix) {
                    let count = self.unknown_prefixes.entry(prefix.to_owned()).or_default();
                    *count += 1;
                }
                let states = drafts.into_iter();
                let mut states = states.map(|draft| draft.into_state(found, arrived));
                if let Some(first) = states.next() {
                    let later = states.collect();
                    let means = Vec::new();
                    self.new.push(NewItem {
                        first,
                        later,
                        means,
                    });
                }
            }
            Verdict::Repeats(_) => {}
            Verdict::Same(_) if found.is_tombstone => self.known += 1,
            Verdict::Same(id) => {
                self.known += 1;
                // Older states in the document were seen when they were new, or never will be.
                let Some(newest) = drafts.pop() else {
                    return;
                };
                if known.says(id, &newest.digest) {
                    let mut keys = found.keys.clone();
                    keys.retain(|key| known.items.by_key.get(key) != Some(&id));
                    if may_revise && found.has_own_link {
                        self.note_link(id, &newest, known);
                    }
                    let claim = known.drift_of(id, found, &newest);
                    self.redated.extend(claim.map(|claim| (id, claim)));
                    if known.is_listing_to_note(id, found, (&newest, arrived.fetched_at)) {
                        self.relisted.push(id);
                    }
                    self.keys.push((id, keys));
                    if may_revise && known.is_of_clock_ahead(id, arrived.fetched_at) {
                        self.ahead.push((id, newest.into_state(found, arrived)));
                    }
                    return;
                }
                if !may_revise || known.was_replaced(id, &newest.digest) {
                    return;
                }
                if known.is_put_off(id, &newest.digest) {
                    self.puts_off = true;
                    return;
                }
                let mut state = newest.into_state(found, arrived);
                self.judge_own_kill(id, &mut state, arrived);
                self.revised.push((id, state));
            }
        }
    }

    /// A new state of an item may withdraw it; one that is not believed is an ordinary revision, and for a person to
    /// look at.
    fn judge_own_kill(&mut self, id: ItemId, state: &mut ItemState, arrived: Arrived<'_>) {
        if state.wire.role != Role::Kill {
            return;
        }
        if is_own_kill_believed(notices::party_of(arrived.outlet, state)) {
            state.withdrawn_at = Some(arrived.fetched_at);
        } else {
            self.doubted.insert(id);
            state.wire.role = Role::News;
        }
    }

    fn note_overlap(&mut self, is_first: bool, arrived: Arrived<'_>) {
        let distinct = self.known + self.new.len();
        if is_first || arrived.is_partial || distinct == 0 {
            return;
        }
        self.overlap = Some(self.known as f64 / distinct as f64);
        self.is_possible_gap = self.known == 0;
    }
}
