//! Where the archives of the log are kept that were asked for by number, so that they are not
//! rendered again to find it out.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use super::address::{Address, Form, Output};

/// By number and form; there are no more than there are archives.
#[derive(Default)]
pub(super) struct Leads {
    known: RwLock<HashMap<(u32, Form), Lead>>,
}

struct Lead {
    generation: u64,
    url: String,
}

impl Leads {
    /// Where a path leads, if that is known of this generation and is not the path itself.
    pub(super) fn find(&self, address: &Address, path: &str, generation: u64) -> Option<String> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let lead = known.get(&log_archive(address)?)?;
        let leads_on = lead.generation == generation && !lead.url.ends_with(path);
        leads_on.then(|| lead.url.clone())
    }

    /// An archive that exists is kept at that address.
    pub(super) fn keep(&self, address: &Address, url: &str, generation: u64) {
        let Some(archive) = log_archive(address) else {
            return;
        };
        let url = url.to_owned();
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(archive, Lead { generation, url });
    }
}

/// The number and the form of an archive of the log, whatever state it is asked for in.
fn log_archive(address: &Address) -> Option<(u32, Form)> {
    match address {
        Address::Output {
            output: Output::Log,
            form,
            archive: Some(archive),
        } => Some((archive.number, *form)),
        _ => None,
    }
}
