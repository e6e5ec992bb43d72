//! The demo's own feed server: made-up outlets on loopback that list more of their week as the
//! seconds pass. It answers what a well-behaved outlet answers, validators and 304 included.

use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::TimeDelta;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event as XmlEvent};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::clock::Clock;
use crate::news::UtcTime;

/// The hours from the summit's opening to the end of the week that is told.
const HOURS_AFTER_OPENING: i64 = 46;

/// What the week's file holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Week {
    /// The outlets, one feed each.
    pub outlet: Vec<WeekOutlet>,
    /// What they publish.
    pub item: Vec<WeekItem>,
}

/// A made-up outlet.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeekOutlet {
    /// Its name.
    pub name: String,
    /// `wire` or `outlet`.
    pub kind: String,
    /// Language code.
    pub language: String,
    /// Path of its feed, without slash and ending.
    pub path: String,
}

/// One item of the week, or a new state of one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeekItem {
    /// Unique name.
    pub name: String,
    /// The item whose state this replaces; absent for a new item.
    pub again: Option<String>,
    /// Name of the outlet.
    pub outlet: String,
    /// Hours from the opening of the summit.
    pub hour: f64,
    /// Seconds from the start of the demo until it is listed.
    pub second: i64,
    /// Title as published.
    pub title: String,
    /// Lead as published.
    pub summary: String,
}

impl Week {
    /// The week that is built in.
    ///
    /// # Errors
    /// None on a released binary: a test reads it.
    pub fn built_in() -> anyhow::Result<Self> {
        toml::from_str(include_str!("week.toml")).context("the demo's week does not parse")
    }

    /// Seconds from the start until the last item is listed.
    pub fn length_secs(&self) -> i64 {
        self.item
            .iter()
            .map(|item| item.second)
            .max()
            .unwrap_or_default()
    }
}

/// Serves a week from `started_at` on.
pub struct WeekServer {
    week: Week,
    started_at: UtcTime,
    clock: Arc<dyn Clock>,
}

impl WeekServer {
    /// A server whose first second is now.
    pub fn new(week: Week, clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self {
            week,
            started_at: clock.now(),
            clock,
        })
    }

    /// The routes: one feed an outlet at `/{path}.xml`.
    pub fn router(self: Arc<Self>) -> Router {
        Router::new()
            .route("/{file}", get(serve_feed))
            .with_state(self)
    }

    /// The feed of an outlet as it stands at this second, as RSS; `None` for an unknown path.
    fn render(&self, path: &str) -> Option<Vec<u8>> {
        let outlet = self.week.outlet.iter().find(|outlet| outlet.path == path)?;
        let second = (self.clock.now() - self.started_at).num_seconds();
        let mut listed: Vec<(&WeekItem, &WeekItem)> = Vec::new();
        for item in &self.week.item {
            if item.outlet != outlet.name || item.second > second {
                continue;
            }
            let first = item.again.as_deref().unwrap_or(&item.name);
            match listed
                .iter_mut()
                .find(|(original, _)| original.name == first)
            {
                Some(entry) => entry.1 = item,
                None => listed.push((item, item)),
            }
        }
        listed.reverse();
        // Writing to memory does not fail.
        self.write_rss(outlet, &listed).ok()
    }

    fn write_rss(
        &self,
        outlet: &WeekOutlet,
        listed: &[(&WeekItem, &WeekItem)],
    ) -> std::io::Result<Vec<u8>> {
        let mut xml = Writer::new_with_indent(Vec::new(), b' ', 1);
        xml.write_event(XmlEvent::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
        xml.write_event(XmlEvent::Start(
            BytesStart::new("rss").with_attributes([("version", "2.0")]),
        ))?;
        xml.write_event(XmlEvent::Start(BytesStart::new("channel")))?;
        let site = format!("https://{}.example/", outlet.path);
        write_text(&mut xml, "title", &outlet.name)?;
        write_text(&mut xml, "link", &site)?;
        write_text(
            &mut xml,
            "description",
            "A made-up outlet of Dateline's demo",
        )?;
        write_text(&mut xml, "language", &outlet.language)?;
        for (original, state) in listed {
            xml.write_event(XmlEvent::Start(BytesStart::new("item")))?;
            write_text(&mut xml, "title", &state.title)?;
            write_text(&mut xml, "link", &format!("{site}{}", original.name))?;
            write_text(&mut xml, "guid", &format!("{site}{}", original.name))?;
            write_text(&mut xml, "pubDate", &self.time_of(original).to_rfc2822())?;
            write_text(&mut xml, "description", &state.summary)?;
            xml.write_event(XmlEvent::End(BytesEnd::new("item")))?;
        }
        xml.write_event(XmlEvent::End(BytesEnd::new("channel")))?;
        xml.write_event(XmlEvent::End(BytesEnd::new("rss")))?;
        Ok(xml.into_inner())
    }

    fn time_of(&self, item: &WeekItem) -> UtcTime {
        let opening = self.started_at - TimeDelta::hours(HOURS_AFTER_OPENING);
        opening + TimeDelta::seconds((item.hour * 3600.0) as i64)
    }
}

async fn serve_feed(
    State(server): State<Arc<WeekServer>>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    let body = file
        .strip_suffix(".xml")
        .and_then(|path| server.render(path));
    let Some(body) = body else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let digest = Sha256::digest(&body);
    let etag: String = digest[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let etag = format!("\"{etag}\"");
    let known = headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|value| value == etag.as_str());
    if known {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response();
    }
    let media_type = "application/rss+xml; charset=utf-8".to_owned();
    (
        [(header::CONTENT_TYPE, media_type), (header::ETAG, etag)],
        body,
    )
        .into_response()
}

fn write_text(xml: &mut Writer<Vec<u8>>, name: &str, text: &str) -> std::io::Result<()> {
    xml.create_element(name)
        .write_text_content(BytesText::new(text))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::FakeClock;

    fn server() -> (Arc<WeekServer>, Arc<FakeClock>) {
        let clock = Arc::new(FakeClock::new(crate::news::utc_from_secs(1_760_000_000)));
        (
            WeekServer::new(Week::built_in().unwrap(), clock.clone()),
            clock,
        )
    }

    #[test]
    fn every_item_names_an_outlet_of_the_week() {
        let week = Week::built_in().unwrap();
        for item in &week.item {
            assert!(
                week.outlet.iter().any(|outlet| outlet.name == item.outlet),
                "{}",
                item.name
            );
        }
        assert!(week.length_secs() <= 120);
    }

    #[test]
    fn a_new_state_takes_the_place_of_the_old_one() {
        let (server, clock) = server();
        clock.advance_secs(5);
        let before = String::from_utf8(server.render("pacific-wire").unwrap()).unwrap();
        clock.advance_secs(115);
        let after = String::from_utf8(server.render("pacific-wire").unwrap()).unwrap();
        assert!(before.contains("cuts rate to 4.5 percent"));
        assert!(after.contains("CORRECTED-"));
        assert!(!after.contains("<title>Central bank of Norland cuts rate to 4.5 percent"));
    }
}
