//! Whose an item is: its feed's outlet, unless another feed of the same host listed its page before. Feeds of one
//! address that list one page are of one outlet, whatever they call themselves; else the sections of a paper would
//! count as so many outlets that tell the same.

use url::Url;

use crate::feed::identity::key_of_page;
use crate::news::{Feed, OutletId};
use crate::store::items::ItemState;
use crate::store::{Result, Transaction, outlets};

/// The outlet of an item that a feed lists as new.
///
/// # Errors
/// Whatever the store says.
pub(super) fn outlet_of(tx: &Transaction<'_>, feed: &Feed, state: &ItemState) -> Result<OutletId> {
    let Some(key) = state.link.as_deref().and_then(key_of_page) else {
        return Ok(feed.outlet_id);
    };
    let starts = addresses_beside(&feed.url);
    let found = outlets::find_outlet_of_key(tx, (&starts, feed.id), key)?;
    Ok(found.unwrap_or(feed.outlet_id))
}

/// How the addresses of the other feeds of a host begin; nothing for what is no address.
fn addresses_beside(url: &str) -> Vec<String> {
    let Some((host, port)) = Url::parse(url).ok().and_then(|url| {
        let host = url.host_str()?.to_owned();
        let port = url.port().map(|port| format!(":{port}"));
        Some((host, port.unwrap_or_default()))
    }) else {
        return Vec::new();
    };
    let schemes = ["http", "https"].into_iter();
    schemes
        .map(|scheme| format!("{scheme}://{host}{port}/"))
        .collect()
}
