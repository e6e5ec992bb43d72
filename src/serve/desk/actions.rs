//! What the buttons of the desk do: a form becomes a request, the request's answer is shown on the
//! page that the editor comes back to.

use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::super::site::Site;
use super::asking::ask;
use super::frame::{out_of_order, plain, see_other};
use super::guard::{carries_token, find_session, is_same_site, way_back};
use crate::decisions::{Attributes, LONGEST_HEADLINE, lock_of};
use crate::news::{
    DecisionId, EventId, FeedId, ItemId, Request, Ruling, Seen, StorylineId, Target,
};
use crate::store::decisions::{Named, load_about, load_about_event};
use crate::store::review::{Question, save_answer, still_stands};
use crate::store::{Connection, Result, desk, events, standing};

type Fields = Vec<(String, String)>;

pub(super) async fn act(
    State(site): State<Site>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    if !is_same_site(&site.settings(), &headers) {
        return plain(
            StatusCode::FORBIDDEN,
            "this form was sent from another site",
        );
    }
    let session = match find_session(&site, &headers).await {
        Ok(Some(session)) => session,
        Ok(None) => return see_other("/desk/login"),
        Err(error) => return out_of_order(error),
    };
    if !carries_token(&session, one(&fields, "csrf")) {
        return plain(
            StatusCode::FORBIDDEN,
            "this form is out of date: go back and load it again",
        );
    }
    let form = FormOf {
        fields: &fields,
        editor: &session.name,
    };
    match carry_out(&site, &form).await {
        Ok(Ok(number)) => see_other(&said(way_back(one(&fields, "back")), number)),
        Ok(Err(wrong)) => plain(StatusCode::UNPROCESSABLE_ENTITY, wrong),
        Err(error) => out_of_order(error),
    }
}

fn said(back: &str, number: i64) -> String {
    let path = back.split(['?', '#']).next().unwrap_or("/desk");
    format!("{path}?said={number}")
}

struct FormOf<'a> {
    fields: &'a Fields,
    editor: &'a str,
}

fn one<'a>(fields: &'a Fields, name: &str) -> &'a str {
    let found = fields.iter().find(|(key, _)| key == name);
    found.map_or("", |(_, value)| value)
}

type Wrong = &'static str;

async fn carry_out(site: &Site, form: &FormOf<'_>) -> Result<std::result::Result<i64, Wrong>> {
    if form.text("do") == "answer" {
        return answer_question(site, form).await;
    }
    let requests = match site.store().read(|conn| form.requests(conn))? {
        Ok(requests) => requests,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let mut last = 0;
    for request in requests {
        let (number, answer) = ask(site, request).await?;
        last = number;
        if !answer.is_some_and(|answer| answer.done) {
            break;
        }
    }
    Ok(Ok(last))
}

async fn answer_question(
    site: &Site,
    form: &FormOf<'_>,
) -> Result<std::result::Result<i64, Wrong>> {
    let (Some(question), answer) = (Question::parse(form.text("question")), form.text("answer"))
    else {
        return Ok(Err("no such question"));
    };
    if !["yes", "no", "later"].contains(&answer) {
        return Ok(Err("the answer is yes, no or later"));
    }
    let stands = |conn: &Connection| still_stands(conn, &question);
    if !site.store().read(stands)? {
        return Ok(Err(
            "what this asks about has changed since: load the page again",
        ));
    }
    let ruling = site
        .store()
        .read(|conn| ruling_of(conn, question, answer == "yes"))?;
    let mut number = 0;
    if let Some(ruling) = ruling.filter(|_| answer != "later") {
        let (asked, done) = ask(site, form.decide(ruling)).await?;
        number = asked;
        if !done.is_some_and(|answer| answer.done) {
            return Ok(Ok(number));
        }
    }
    let (answer, editor) = (answer.to_owned(), form.editor.to_owned());
    let now = site.clock().now();
    site.store()
        .write_durably(move |tx| save_answer(tx, &question, &answer, &editor, now))
        .await?;
    Ok(Ok(number))
}

/// What an answer rules; `None` if it only confirms what cannot be fixed.
fn ruling_of(conn: &Connection, question: Question, is_yes: bool) -> Result<Option<Ruling>> {
    Ok(match (question, is_yes) {
        (Question::Belongs { item, event }, true) => {
            let other = events::load_items(conn, event)?
                .into_iter()
                .find(|other| *other != item);
            other.map(|b| Ruling::SameEvent {
                a: item,
                b,
                items: Vec::new(),
            })
        }
        (Question::Belongs { item, event }, false) => Some(desk::load_split(conn, event, &[item])?),
        (Question::Merge { event, other }, true) => Some(desk::load_merge(conn, event, other)?),
        (Question::Merge { event, other }, false) => {
            let (a, b) = (
                events::load_items(conn, event)?,
                events::load_items(conn, other)?,
            );
            let pair = a.first().copied().zip(b.first().copied());
            pair.map(|(a, b)| Ruling::NotSameEvent { a, b })
        }
        (Question::Kill { item, .. }, true) => Some(Ruling::Spike {
            target: Target::Item(item),
        }),
        (Question::Kill { .. }, false) => None,
        (Question::Late { item, event }, true) => Some(desk::load_move(conn, item, event)?),
        (Question::Late { .. }, false) => None,
    })
}

/// What decisions in force say of something.
fn attributes_of(conn: &Connection, target: Target) -> Result<Attributes> {
    let named = Named::by(&Ruling::Spike { target });
    Ok(Attributes::of(&load_about(conn, &named)?))
}

impl FormOf<'_> {
    fn text(&self, name: &str) -> &str {
        one(self.fields, name).trim()
    }

    fn number(&self, name: &str) -> std::result::Result<i64, Wrong> {
        self.text(name).parse().map_err(|_| "a number is missing")
    }

    /// The number of the field; `None` if it is empty.
    fn reliability(&self) -> std::result::Result<Option<f64>, Wrong> {
        let weight = self.text("reliability").trim().replace(',', ".");
        let parsed = (!weight.is_empty()).then(|| weight.parse());
        parsed
            .transpose()
            .map_err(|_| "a reliability is a number between 0 and 3")
    }

    /// What was ticked.
    fn picked(&self) -> Vec<i64> {
        let picked = self.fields.iter().filter(|(key, _)| key == "pick");
        picked.filter_map(|(_, value)| value.parse().ok()).collect()
    }

    /// The items that were ticked.
    fn picked_items(&self) -> Vec<ItemId> {
        self.picked().into_iter().map(ItemId).collect()
    }

    /// The items of an event as the editor saw them.
    fn seen(&self, event: EventId) -> Vec<ItemId> {
        let prefix = format!("{event}:");
        let seen = self.fields.iter().filter(|(key, _)| key == "seen");
        let mut lists = seen.filter_map(|(_, value)| value.strip_prefix(&prefix));
        let items = lists.next().unwrap_or_default().split(',');
        items
            .filter_map(|item| item.parse().ok().map(ItemId))
            .collect()
    }

    fn decide(&self, ruling: Ruling) -> Request {
        self.decide_on(None, ruling)
    }

    /// A ruling that names no items, on an event as the editor saw it.
    fn decide_on(&self, event: Option<EventId>, ruling: Ruling) -> Request {
        let seen = event.map(|event| Seen {
            event,
            items: self.seen(event),
        });
        Request::Decide {
            ruling,
            editor: self.editor.to_owned(),
            note: self.text("note").chars().take(500).collect(),
            seen: seen.filter(|seen| !seen.items.is_empty()),
            known: self.text("known").parse().ok().map(DecisionId),
        }
    }

    fn target(&self) -> std::result::Result<Target, Wrong> {
        let (noun, id) = self
            .text("target")
            .split_once(':')
            .ok_or("nothing is named")?;
        let id: i64 = id.parse().map_err(|_| "nothing is named")?;
        match noun {
            "item" => Ok(Target::Item(ItemId(id))),
            "event" => Ok(Target::Event(EventId(id))),
            "storyline" => Ok(Target::Storyline(StorylineId(id))),
            _ => Err("nothing is named"),
        }
    }

    fn requests(&self, conn: &Connection) -> Result<std::result::Result<Vec<Request>, Wrong>> {
        match self.text("do") {
            "unspike" | "unlock" => self.taking_back(conn),
            "merge" => self.merges(conn),
            "split-storyline" | "merge-storylines" => self.on_storylines(conn),
            "split" => self.split(conn),
            "move" => self.moving(conn),
            "spike-items" => self.spikes(conn),
            _ => Ok(self.on_events()),
        }
    }

    fn on_events(&self) -> std::result::Result<Vec<Request>, Wrong> {
        let headline = || {
            self.text("headline")
                .chars()
                .take(LONGEST_HEADLINE)
                .collect::<String>()
        };
        let event = || self.number("event").map(EventId);
        let requests = match self.text("do") {
            "pin" => {
                let (event, headline) = (event()?, headline());
                vec![self.decide_on(Some(event), Ruling::PinHeadline { event, headline })]
            }
            "rename" => vec![self.decide(Ruling::RenameStoryline {
                storyline: StorylineId(self.number("storyline")?),
                headline: headline(),
            })],
            "spike" => {
                let target = self.target()?;
                let event = match target {
                    Target::Event(event) => Some(event),
                    Target::Item(_) | Target::Storyline(_) => None,
                };
                vec![self.decide_on(event, Ruling::Spike { target })]
            }
            "lock" => {
                let event = event()?;
                let items = self.seen(event);
                vec![self.decide(Ruling::Lock { event, items })]
            }
            "undo" => vec![Request::Undo {
                decision: DecisionId(self.number("decision")?),
                editor: self.editor.to_owned(),
            }],
            _ => return self.on_feeds(),
        };
        Ok(requests)
    }

    /// The ticked reports leave the event as it was seen, with their copies.
    fn split(&self, conn: &Connection) -> Result<std::result::Result<Vec<Request>, Wrong>> {
        let event = match self.number("event") {
            Ok(event) => EventId(event),
            Err(wrong) => return Ok(Err(wrong)),
        };
        let (split_items, _) = desk::load_parting(conn, event, &self.picked_items())?;
        let mut kept_items = self.seen(event);
        kept_items.retain(|item| !split_items.contains(item));
        Ok(Ok(vec![self.decide(Ruling::SplitEvent {
            event,
            kept_items,
            split_items,
        })]))
    }

    /// The ticked report goes into another event; what is not named of its own follows: its copies.
    fn moving(&self, conn: &Connection) -> Result<std::result::Result<Vec<Request>, Wrong>> {
        let (from, to) = match (self.number("event"), self.number("to")) {
            (Ok(from), Ok(to)) => (EventId(from), EventId(to)),
            (Err(wrong), _) | (_, Err(wrong)) => return Ok(Err(wrong)),
        };
        let Some(item) = self.picked_items().first().copied() else {
            return Ok(Err("tick an item"));
        };
        let (leaving, _) = desk::load_parting(conn, from, &[item])?;
        let mut from_items = self.seen(from);
        from_items.retain(|other| !leaving.contains(other));
        Ok(Ok(vec![self.decide(Ruling::MoveItem {
            item,
            from,
            from_items,
            to,
            to_items: self.seen(to),
        })]))
    }

    /// The ticked reports are kept out with their copies, as far as they are not yet.
    fn spikes(&self, conn: &Connection) -> Result<std::result::Result<Vec<Request>, Wrong>> {
        let picked = self.picked_items();
        let event = EventId(self.number("event").unwrap_or_default());
        let (mut items, _) = desk::load_parting(conn, event, &picked)?;
        if items.is_empty() {
            return Ok(Err("tick a report"));
        }
        let mut open = Vec::new();
        for item in &items {
            let target = Target::Item(*item);
            if attributes_of(conn, target)?.spike_of(target).is_none() {
                open.push(*item);
            }
        }
        // Of those that all are spiked the answer says so.
        if !open.is_empty() {
            items = open;
        }
        let targets = items.into_iter().map(Target::Item);
        let spikes = targets.map(|target| self.decide_on(Some(event), Ruling::Spike { target }));
        Ok(Ok(spikes.collect()))
    }

    /// The picked event that will stay, and the others, which go into it.
    fn merges(&self, conn: &Connection) -> Result<std::result::Result<Vec<Request>, Wrong>> {
        let picked = self.picked().into_iter().map(EventId);
        let ranked = picked.map(|event| standing::merge_rank(conn, event));
        let mut ranked = ranked.collect::<Result<Vec<_>>>()?;
        ranked.sort_unstable();
        let events: Vec<EventId> = ranked.into_iter().map(|rank| rank.3).collect();
        let Some((kept, others)) = events
            .split_first()
            .filter(|(_, others)| !others.is_empty())
        else {
            return Ok(Err("tick two events"));
        };
        let merges = others.iter().map(|merged| {
            self.decide(Ruling::MergeEvents {
                kept: *kept,
                kept_items: self.seen(*kept),
                merged: *merged,
                merged_items: self.seen(*merged),
            })
        });
        Ok(Ok(merges.collect()))
    }

    fn on_storylines(&self, conn: &Connection) -> Result<std::result::Result<Vec<Request>, Wrong>> {
        let Ok(storyline) = self.number("storyline").map(StorylineId) else {
            return Ok(Err("a number is missing"));
        };
        let mut kept_events = desk::events_of(conn, storyline)?;
        let ruling = if self.text("do") == "split-storyline" {
            let split_events: Vec<EventId> = self.picked().into_iter().map(EventId).collect();
            kept_events.retain(|event| !split_events.contains(event));
            Ruling::SplitStoryline {
                storyline,
                kept_events,
                split_events,
            }
        } else {
            let Ok(merged) = self.number("other").map(StorylineId) else {
                return Ok(Err("name the number of the other storyline"));
            };
            Ruling::MergeStorylines {
                kept: storyline,
                kept_events,
                merged,
                merged_events: desk::events_of(conn, merged)?,
            }
        };
        Ok(Ok(vec![self.decide(ruling)]))
    }

    fn taking_back(&self, conn: &Connection) -> Result<std::result::Result<Vec<Request>, Wrong>> {
        let target = match self.target() {
            Ok(target) => target,
            Err(wrong) => return Ok(Err(wrong)),
        };
        let found = match (self.text("do"), target) {
            ("unlock", Target::Event(event)) => lock_of(
                &events::load_items(conn, event)?,
                &load_about_event(conn, event)?,
            ),
            _ => attributes_of(conn, target)?.spike_of(target),
        };
        Ok(match found {
            Some(decision) => Ok(vec![Request::Undo {
                decision,
                editor: self.editor.to_owned(),
            }]),
            None => Err("it is not so any more: load the page again"),
        })
    }

    fn on_feeds(&self) -> std::result::Result<Vec<Request>, Wrong> {
        let request = match self.text("do") {
            "add-feed" => Request::AddFeed {
                url: self.text("url").to_owned(),
                outlet: None,
                kind: None,
                category: None,
                language: None,
            },
            "edit-feed" => {
                let short = |name| Some(self.text(name).chars().take(200).collect::<String>());
                Request::EditFeed {
                    feed: FeedId(self.number("feed")?),
                    paused: None,
                    interval_secs: None,
                    title: short("title"),
                    category: short("category"),
                    cron: short("cron"),
                    own: None,
                    full_text_allowed: None,
                    any_certificate: None,
                    reliability: self.reliability()?,
                    outlet: Some(self.text("outlet").to_owned()).filter(|name| !name.is_empty()),
                    language: None,
                }
            }
            "pause" | "resume" => Request::EditFeed {
                feed: FeedId(self.number("feed")?),
                paused: Some(self.text("do") == "pause"),
                reliability: None,
                outlet: None,
                language: None,
                title: None,
                category: None,
                cron: None,
                interval_secs: None,
                own: None,
                full_text_allowed: None,
                any_certificate: None,
            },
            "poll" => Request::Poll {
                feeds: vec![FeedId(self.number("feed")?)],
            },
            _ => return Err("the desk knows no such action"),
        };
        Ok(vec![request])
    }
}
