//! The list of all outputs, as OPML 2.0, for a reader to subscribe to.

use super::address::{OPML, Output, private_path};
use super::rendered::{Draft, Freshness};
use super::settings::Settings;
use crate::feed::write::{OutputLine, write_opml};
use crate::news::{PublicName, View};
use crate::store::published::{self, Extent};
use crate::store::{Connection, Result};

/// Storylines that it lists, the latest.
const LISTED_STORYLINES: u32 = 200;
/// How long it may be kept.
const LIST_SECS: u32 = 60;

/// Lists what is served to everybody or, under the path of a token, what is served to who has it: private
/// views too, every address under that path.
///
/// # Errors
/// Whatever the store says.
pub(super) fn list_outputs(conn: &Connection, settings: &Settings, prefix: &str) -> Result<Draft> {
    let extent = Extent {
        at_least: 0,
        at_most: LISTED_STORYLINES,
        ..Extent::default()
    };
    let publication = published::load_publication(conn)?;
    let storylines = published::latest_storyline_names(conn, extent)?;
    let is_public = prefix.is_empty();
    let shown = |view: &&View| !is_public || !view.private;
    let views = settings.views.iter().filter(shown);
    let lines = Lines { settings, prefix };
    let groups = [
        ("Feeds", lines.of_feeds()),
        ("Views", views.map(|view| lines.of_view(view)).collect()),
        (
            "Storylines",
            storylines
                .iter()
                .map(|name| lines.of_storyline(name))
                .collect(),
        ),
    ];
    Ok(Draft {
        body: write_opml(&settings.title, publication.changed_at, &groups),
        content_type: "text/x-opml; charset=utf-8",
        modified: Some(publication.changed_at),
        freshness: match is_public {
            true => Freshness::Public(LIST_SECS),
            false => Freshness::Private(LIST_SECS),
        },
        links: Vec::new(),
        is_shared: is_public,
    })
}

/// The addresses that who has this token is given: of the list, and of each private view.
pub fn private_addresses(settings: &Settings, token: &str) -> Vec<String> {
    let prefix = private_path(token);
    let lines = Lines {
        settings,
        prefix: &prefix,
    };
    let views = settings.views.iter().filter(|view| view.private);
    let views = views.map(|view| lines.of_view(view).feed_url);
    let list = settings.absolute(&[&prefix, OPML].concat());
    std::iter::once(list).chain(views).collect()
}

struct Lines<'a> {
    settings: &'a Settings,
    prefix: &'a str,
}

impl Lines<'_> {
    fn of_feeds(&self) -> Vec<OutputLine> {
        vec![
            self.line(
                "Events",
                "Every event, edited in place as it develops.",
                &Output::Events,
            ),
            self.line(
                "Storylines",
                "Every storyline, with its events in order.",
                &Output::Storylines,
            ),
            self.line("Log", "Every material development, once.", &Output::Log),
        ]
    }

    fn of_view(&self, view: &View) -> OutputLine {
        let output = Output::View(view.name.clone());
        self.line(view.shown_title(), "Events chosen by a filter.", &output)
    }

    fn of_storyline(&self, name: &PublicName) -> OutputLine {
        let output = Output::Timeline(name.public_id);
        self.line(
            &name.headline,
            "One storyline, its events in order.",
            &output,
        )
    }

    fn line(&self, title: &str, description: &str, output: &Output) -> OutputLine {
        let page_url = self.settings.absolute(&output.path_under(self.prefix));
        OutputLine {
            title: title.to_owned(),
            description: description.to_owned(),
            feed_url: [&page_url, ".atom"].concat(),
            page_url,
        }
    }
}
