//! Requests about feeds: add (also by the address of a page), import, edit, remove, visit. Used by
//! the daemon for requests in the store, and by a command that owns the store itself.

mod known;

use std::collections::BTreeMap;

use anyhow::Context as _;
use url::Url;

use crate::feed::opml::{OpmlFeed, read_feed_text};
use crate::feed::{self, Format};
use crate::fetch::{CronLine, FeedRequest, FetchOutcome, Visited, without_credentials};
use crate::news::{Answer, FeedId, OutletId, OutletKind, Request, UtcTime};
use crate::store::feeds::{self, FeedEdit, FeedListing, NewFeed};
use crate::store::{Connection, Result, Transaction, outlets, polls};
use crate::text::language::two_letters;

use self::known::{Known, Proposed};
use super::discover::find_feeds;
use super::poll::{PollReport, Poller};
use super::sweep::{NOT_SET, is_clock_set};

/// Feeds of an import that are written in one transaction.
const IMPORT_BATCH: usize = 500;

/// Does what a request about feeds asks; `None` if the request is about something else.
///
/// # Errors
/// If the store fails. What is wrong with the request or the address is in the answer.
pub async fn answer_request(poller: &Poller, request: &Request) -> anyhow::Result<Option<Answer>> {
    let is_visit = matches!(request, Request::Poll { .. } | Request::AddFeed { .. });
    if is_visit && !is_clock_set(poller.clock.now()) {
        return Ok(Some(Answer::refused(NOT_SET)));
    }
    let answer = match request {
        Request::Poll { feeds } => poll_feeds(poller, feeds).await?,
        Request::AddFeed {
            url,
            outlet,
            kind,
            category,
            language,
        } => {
            if let Some(refused) = refuse_language(language.as_deref()) {
                return Ok(Some(refused));
            }
            let wanted = OpmlFeed {
                url: url.clone(),
                outlet: outlet.clone(),
                kind: kind.as_deref().and_then(OutletKind::from_name),
                category: category.clone().unwrap_or_default(),
                language: language.clone(),
                ..OpmlFeed::default()
            };
            add_address(poller, wanted).await?
        }
        Request::RemoveFeed { feed } => remove_feed(poller, *feed).await?,
        Request::ImportOpml { opml } => import_opml(poller, opml).await?,
        Request::EditFeed { .. } => edit_feed(poller, request).await?,
        Request::Decide { .. } | Request::Undo { .. } => return Ok(None),
    };
    Ok(Some(answer))
}

/// Adds the feed at an address, or the feeds that the page there names. Asks for the address once. One that leads to
/// the address of a feed that is there already adds nothing.
///
/// # Errors
/// If the store fails.
pub async fn add_address(poller: &Poller, mut wanted: OpmlFeed) -> anyhow::Result<Answer> {
    let Some(url) = read_address(&wanted.url) else {
        return Ok(Answer::refused(format!(
            "{:?} is no address of the web",
            wanted.url
        )));
    };
    wanted.url = url.to_string();
    let request = FeedRequest {
        url: wanted.url.clone(),
        manners: Some(poller.manners()),
        ..FeedRequest::default()
    };
    let visited = poller.fetcher.fetch(&request).await;
    let shown = without_credentials(&url);
    let bytes = match &visited.outcome {
        FetchOutcome::Body { bytes, .. } => bytes,
        FetchOutcome::Failed(failure) => {
            return Ok(Answer::refused(format!("{shown} was not added: {failure}")));
        }
        other => {
            let status = visited.answer.status;
            tracing::debug!(?other, "an address that was to be added is no feed");
            return Ok(Answer::refused(format!(
                "{shown} was not added: it answers {status}"
            )));
        }
    };
    let base = Url::parse(&visited.answer.final_url).unwrap_or_else(|_| url.clone());
    let content_type = visited.answer.content_type.as_deref();
    let (parsed, _) = feed::read_polled(bytes, content_type, &base);
    if parsed.format != Format::None {
        if let Some(answer) = find_where_it_leads(poller, &url, &base)? {
            return Ok(answer);
        }
        let wanted = Wanted {
            feed: wanted,
            channel: parsed.title,
        };
        return add_visited(poller, wanted, visited).await;
    }
    let named = find_feeds(&String::from_utf8_lossy(bytes), &base);
    if named.is_empty() {
        return Ok(Answer::refused(format!(
            "{shown} is no feed, and names none in its head"
        )));
    }
    let list: Vec<OpmlFeed> = named
        .into_iter()
        .map(|feed| OpmlFeed {
            url: feed.url,
            title: feed.title,
            ..wanted.clone()
        })
        .collect();
    let added = add_list(poller, list).await?;
    Ok(Answer::done(added.iter().flat_map(Added::lines).collect()))
}

/// The answer about an address that leads to that of a feed: followed under both, each of its items would be there
/// twice. `None` if it leads nowhere else, or no feed has that address.
fn find_where_it_leads(
    poller: &Poller,
    asked: &Url,
    led_to: &Url,
) -> anyhow::Result<Option<Answer>> {
    if asked == led_to {
        return Ok(None);
    }
    let find = |conn: &Connection| feeds::find_by_address(conn, led_to.as_str());
    let found = poller.store.read(find)?;
    let leads = format!("{} leads there", without_credentials(asked));
    Ok(found.map(|id| Answer::done(vec![say_added(id, false, led_to.as_str()), leads])))
}

/// Adds the feeds of an OPML document. They are visited at the pace of all others.
///
/// # Errors
/// If the store fails.
pub async fn import_opml(poller: &Poller, opml: &str) -> anyhow::Result<Answer> {
    let (list, problems) = read_feed_text(opml);
    let problems = problems.into_iter().map(|problem| problem.message);
    if list.is_empty() {
        let mut answer = Answer::refused("the list names no feed that can be visited");
        answer.lines.extend(problems);
        return Ok(answer);
    }
    let added = add_list(poller, list).await?;
    let lines = std::iter::once(sum_up(&added)).chain(say_proposed(&added));
    Ok(Answer::done(lines.chain(problems).collect()))
}

/// A feed to be added, with what its document calls itself.
#[derive(Clone, Default)]
struct Wanted {
    feed: OpmlFeed,
    channel: String,
}

impl Wanted {
    /// All that it is called by its list and by its document.
    fn name(&self) -> String {
        let names = [self.feed.title.as_str(), &self.channel];
        names.join(" | ").trim_matches([' ', '|']).to_owned()
    }
}

/// What came of one that was to be added.
struct Added {
    id: FeedId,
    url: String,
    is_new: bool,
    /// The outlet that it was taken to be of, or may be of; `None` if that was named, or nothing tells of one.
    proposed: Option<Proposed>,
}

impl Added {
    fn lines(&self) -> Vec<String> {
        let said = |proposed: &Proposed| proposed.said(self.id);
        let added = say_added(self.id, self.is_new, &self.url);
        std::iter::once(added)
            .chain(self.proposed.as_ref().map(said))
            .collect()
    }
}

impl Proposed {
    fn said(&self, feed: FeedId) -> String {
        let (name, publisher) = (&self.outlet.name, &self.publisher);
        match self.is_taken {
            true => format!(
                "it is of the outlet {name:?}, as other feeds of {publisher}; `dateline feeds set {feed} --outlet NAME` makes it another's"
            ),
            false => format!(
                "it may be of the outlet {name:?}, as other feeds of {publisher}, though its name does not say so; `dateline feeds set {feed} --outlet {name:?}` makes it so"
            ),
        }
    }
}

fn sum_up(added: &[Added]) -> String {
    let new = added.iter().filter(|one| one.is_new).count();
    let known = added.len() - new;
    let feeds = if new == 1 { "feed" } else { "feeds" };
    let were = if known == 1 { "was" } else { "were" };
    format!("{new} {feeds} added, {known} {were} there already")
}

/// The outlets that feeds of a list were taken to be of, or may be of, each in one line.
fn say_proposed(added: &[Added]) -> Vec<String> {
    let mut joined: BTreeMap<(bool, &str, &str), Vec<String>> = BTreeMap::new();
    for one in added {
        if let Some(proposed) = &one.proposed {
            let (name, publisher) = (proposed.outlet.name.as_str(), proposed.publisher.as_str());
            let place = (!proposed.is_taken, name, publisher);
            joined.entry(place).or_default().push(one.id.to_string());
        }
    }
    let lines = joined.into_iter().map(|((is_open, outlet, publisher), ids)| {
        let ids = ids.join(", ");
        match is_open {
            false => format!(
                "of the outlet {outlet:?}, as other feeds of {publisher}: {ids}; `dateline feeds set FEED --outlet NAME` makes one another's"
            ),
            true => format!(
                "perhaps of the outlet {outlet:?}, as other feeds of {publisher}, though their names do not say so: {ids}; `dateline feeds set FEED --outlet {outlet:?}` makes one so"
            ),
        }
    });
    lines.collect()
}

async fn add_list(poller: &Poller, list: Vec<OpmlFeed>) -> anyhow::Result<Vec<Added>> {
    let mut added = Vec::with_capacity(list.len());
    let now = poller.clock.now();
    for batch in list.chunks(IMPORT_BATCH) {
        let batch = batch.to_vec();
        let results = poller.store.write(move |tx| {
            let mut known = Known::load(tx)?;
            let wanted = batch.into_iter().map(|feed| Wanted {
                feed,
                channel: String::new(),
            });
            wanted
                .map(|wanted| insert(tx, &mut known, wanted, now))
                .collect::<Result<Vec<_>>>()
        });
        added.extend(results.await?);
    }
    Ok(added)
}

async fn add_visited(poller: &Poller, wanted: Wanted, visited: Visited) -> anyhow::Result<Answer> {
    let now = poller.clock.now();
    let added = poller
        .store
        .write(move |tx| insert(tx, &mut Known::load(tx)?, wanted, now))
        .await?;
    let mut lines = added.lines();
    if added.is_new {
        let report = poller.take_first_visit(added.id, visited).await?;
        lines.push(say_visited(added.id, &report));
    }
    Ok(Answer::done(lines))
}

/// Adds a feed whose address is none yet that is visited.
fn insert(tx: &Transaction<'_>, known: &mut Known, wanted: Wanted, now: UtcTime) -> Result<Added> {
    let address = read_address(&wanted.feed.url);
    let url = address
        .as_ref()
        .map_or(wanted.feed.url.clone(), Url::to_string);
    if let Some(id) = address.as_ref().and_then(|address| known.feed_at(address)) {
        return Ok(Added {
            id,
            url,
            is_new: false,
            proposed: None,
        });
    }
    let (outlet_id, proposed) = whose(tx, known, &wanted, address.as_ref())?;
    let name = wanted.name();
    let new = NewFeed {
        url,
        outlet_id,
        title: wanted.feed.title,
        category: wanted.feed.category,
        language: wanted.feed.language,
    };
    let (id, is_new) = feeds::add_feed(tx, &new, now)?;
    if let Some(address) = &address {
        known.note(id, address, (outlet_id, &name));
    }
    Ok(Added {
        id,
        url: new.url,
        is_new,
        proposed,
    })
}

/// The outlet of a feed that is new: the one that is named, or that of its publisher's other feeds if its name does not
/// tell of another, or one of its own.
fn whose(
    tx: &Transaction<'_>,
    known: &mut Known,
    wanted: &Wanted,
    address: Option<&Url>,
) -> Result<(OutletId, Option<Proposed>)> {
    let feed = &wanted.feed;
    let asked = address.filter(|_| feed.outlet.is_none());
    let proposed = asked.and_then(|address| known.propose(address, &wanted.name(), feed.kind));
    if let Some(proposed) = proposed.as_ref().filter(|one| one.is_taken) {
        return Ok((proposed.outlet.id, Some(proposed.clone())));
    }
    let named = |name: &String| Some(name.clone()).filter(|name| !name.is_empty());
    let host = || address.and_then(Url::host_str).map(str::to_owned);
    let name = feed
        .outlet
        .clone()
        .or_else(|| named(&feed.title))
        .or_else(|| named(&wanted.channel))
        .or_else(host)
        .unwrap_or_else(|| feed.url.clone());
    let id = outlets::ensure_outlet(tx, &name, feed.kind.unwrap_or_default())?;
    if let Some(outlet) = outlets::load_outlet(tx, id)? {
        known.note_outlet(outlet);
    }
    Ok((id, proposed.filter(|one| one.outlet.id != id)))
}

async fn remove_feed(poller: &Poller, id: FeedId) -> anyhow::Result<Answer> {
    let removed = poller
        .store
        .write(move |tx| feeds::remove_feed(tx, id))
        .await?;
    Ok(match removed {
        true => Answer::done(vec![format!("feed {id} removed; its items stay")]),
        false => Answer::refused(format!("there is no feed {id}")),
    })
}

async fn edit_feed(poller: &Poller, request: &Request) -> anyhow::Result<Answer> {
    let Request::EditFeed {
        feed,
        paused,
        title,
        category,
        cron,
        interval_secs,
        own,
        full_text_allowed,
        any_certificate,
        reliability,
        outlet,
        language,
    } = request.clone()
    else {
        return Ok(Answer::refused("not an edit"));
    };
    if let Some(line) = cron.as_deref().filter(|line| !line.is_empty())
        && let Err(error) = line.parse::<CronLine>()
    {
        return Ok(Answer::refused(error.to_string()));
    }
    if reliability.is_some_and(|weight| !(0.0..=3.0).contains(&weight)) {
        return Ok(Answer::refused("a reliability lies between 0 and 3"));
    }
    if outlet.as_deref().is_some_and(|name| name.trim().is_empty()) {
        return Ok(Answer::refused("an outlet has a name"));
    }
    if let Some(refused) = refuse_language(language.as_deref()) {
        return Ok(refused);
    }
    let sets_language = language.is_some();
    let edit = FeedEdit {
        title,
        category,
        cron,
        interval_secs,
        paused,
        own,
        full_text_allowed,
        any_certificate,
        language,
    };
    let rhythm = |listing: &FeedListing| (listing.feed.cron.clone(), listing.interval_secs);
    let edited = poller
        .store
        .write(move |tx| {
            let before = feeds::load_feed(tx, feed)?;
            feeds::edit_feed(tx, feed, &edit)?;
            let Some(before) = before else {
                return Ok(None);
            };
            let given = outlet.map(|name| give(tx, &before, &name)).transpose()?;
            let given = given.flatten();
            let listing = feeds::load_feed(tx, feed)?;
            // The weight that a form shows is that of the outlet before.
            let is_others = given.as_ref().is_some_and(|given| !given.is_new);
            if let (Some(listing), Some(weight), false) = (&listing, reliability, is_others) {
                outlets::set_reliability(tx, listing.feed.outlet_id, weight)?;
            }
            Ok(listing.map(|listing| (before, listing, given)))
        })
        .await?;
    let Some((before, listing, given)) = edited else {
        return Ok(Answer::refused(format!("there is no feed {feed}")));
    };
    let has_other_rhythm = rhythm(&before) != rhythm(&listing);
    let mut lines = vec![format!("feed {feed} changed")];
    lines.extend(given.map(|given| given.said(&listing.outlet)));
    if sets_language {
        lines.push("its language is that of what is read from now on".to_owned());
    }
    let next = listing.feed.next_visit_at;
    if has_other_rhythm && next > poller.clock.now() && next.timestamp() < polls::NEVER {
        lines.push(format!(
            "the new rhythm holds from its next visit on, {}; `dateline poll {feed}` makes it now",
            say_time(next)
        ));
    }
    Ok(Answer::done(lines))
}

/// What is answered where something is said to be a language and is none.
fn refuse_language(tag: Option<&str>) -> Option<Answer> {
    let tag = tag.filter(|tag| !tag.is_empty() && two_letters(tag).is_none())?;
    let said = format!("{tag:?} names no language: write two letters, such as en");
    Some(Answer::refused(said))
}

/// A feed that was made another outlet's.
struct Given {
    is_new: bool,
    items: usize,
}

impl Given {
    fn said(&self, outlet: &str) -> String {
        let new = if self.is_new { "new " } else { "" };
        let items = match self.items {
            1 => "1 item".to_owned(),
            many => format!("{many} items"),
        };
        format!("it is of the {new}outlet {outlet:?} now, and with it {items}")
    }
}

/// Makes a feed the outlet's of that name; `None` if it is so already. A new outlet is of the kind of the one before.
fn give(tx: &Transaction<'_>, before: &FeedListing, name: &str) -> Result<Option<Given>> {
    let words = |name: &str| name.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = words(name);
    if name == words(&before.outlet) {
        return Ok(None);
    }
    let is_new = outlets::find_outlet(tx, &name)?.is_none();
    let kind = outlets::load_outlet(tx, before.feed.outlet_id)?.map(|outlet| outlet.kind);
    let outlet = outlets::ensure_outlet(tx, &name, kind.unwrap_or_default())?;
    let items = outlets::give_feed(tx, before.feed.id, outlet)?;
    Ok(Some(Given { is_new, items }))
}

async fn poll_feeds(poller: &Poller, ids: &[FeedId]) -> anyhow::Result<Answer> {
    let now = poller.clock.now();
    let ids = match ids {
        [] => poller
            .store
            .read(|conn| polls::list_due_by_hand(conn, now))?,
        some => some.to_vec(),
    };
    let mut lines = Vec::new();
    for id in ids {
        let report = poller
            .poll_feed(id)
            .await
            .with_context(|| format!("feed {id}"));
        lines.push(match report {
            Ok(report) => say_visited(id, &report),
            Err(error) => format!("{error:#}"),
        });
    }
    if lines.is_empty() {
        lines.push("no feed is due".to_owned());
    }
    Ok(Answer::done(lines))
}

fn say_added(id: FeedId, is_new: bool, url: &str) -> String {
    let url = Url::parse(url).map_or_else(|_| url.to_owned(), |url| without_credentials(&url));
    match is_new {
        true => format!("feed {id} added: {url}"),
        false => format!("feed {id} was there already: {url}"),
    }
}

fn say_visited(id: FeedId, report: &PollReport) -> String {
    let next = report
        .next_visit_at
        .map_or("not by itself".to_owned(), say_time);
    format!(
        "feed {id}: {}, {} new, {} revised; {}; next visit {next}",
        report.outcome,
        report.new.len(),
        report.revised,
        report.note
    )
}

fn say_time(at: crate::news::UtcTime) -> String {
    at.format("%F %R UTC").to_string()
}

/// An address as people type it: `https://` may be left out, and `feed:` stand before it or for `http:`, as
/// browsers hand it over.
fn read_address(text: &str) -> Option<Url> {
    let text = text.trim();
    let scheme = text
        .get(..5)
        .filter(|start| start.eq_ignore_ascii_case("feed:"));
    let text = match scheme.map(|scheme| &text[scheme.len()..]) {
        Some(host) if host.starts_with("//") => format!("http:{host}"),
        Some(address) => address.to_owned(),
        None => text.to_owned(),
    };
    let text = match text.contains("://") {
        true => text,
        false => format!("https://{text}"),
    };
    let mut url = Url::parse(&text).ok()?;
    url.set_fragment(None);
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_as_people_and_browsers_write_it() {
        for (text, expected) in [
            ("paper.test/feed", Some("https://paper.test/feed")),
            ("http://paper.test/feed#top", Some("http://paper.test/feed")),
            ("feed://paper.test/feed", Some("http://paper.test/feed")),
            (
                "Feed:https://paper.test/feed",
                Some("https://paper.test/feed"),
            ),
            ("file:///etc/passwd", None),
            ("feed:file:///etc/passwd", None),
        ] {
            let read = read_address(text).map(String::from);
            assert_eq!(read.as_deref(), expected, "{text}");
        }
    }
}
