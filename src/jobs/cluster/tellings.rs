//! What items tell, kept while it is asked for often: an event is described anew with each of its arrivals.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::jobs::describe::Telling;
use crate::news::ItemId;
use crate::store::{Connection, Result, describing};

/// Bytes of what is kept of late, and of what was kept before that: together some thousands of items.
const KEPT_BYTES: usize = 4 << 20;
/// Beyond so many items that say something else, all are read anew.
const MOST_RESTATED: u32 = 4_096;

/// Tellings that were read of late. What is asked for stays, what is not goes.
#[derive(Default)]
pub(super) struct Tellings {
    late: FxHashMap<ItemId, Arc<Telling>>,
    late_bytes: usize,
    before: FxHashMap<ItemId, Arc<Telling>>,
}

impl Tellings {
    /// Forgets what may say something else by now. That is in the queue of what is to be described until a step which
    /// began with it is saved, so whoever does this before each step that reads is never behind what he describes.
    pub(super) fn forget_restated(&mut self, conn: &Connection) -> Result<()> {
        match describing::load_restated(conn, MOST_RESTATED)? {
            None => *self = Self::default(),
            Some(items) => {
                for item in items {
                    self.late.remove(&item);
                    self.before.remove(&item);
                }
            }
        }
        Ok(())
    }

    /// What these items tell; those that are gone are left out.
    pub(super) fn load(&mut self, conn: &Connection, ids: &[ItemId]) -> Result<Vec<Arc<Telling>>> {
        let mut found = Vec::with_capacity(ids.len());
        let mut missing = Vec::new();
        for id in ids {
            match self.find(*id) {
                Some(telling) => found.push(telling),
                None => missing.push(*id),
            }
        }
        for row in describing::load_tellings(conn, &missing)? {
            let telling = Arc::new(Telling::read(row));
            self.keep(telling.clone());
            found.push(telling);
        }
        Ok(found)
    }

    fn find(&mut self, id: ItemId) -> Option<Arc<Telling>> {
        if let Some(telling) = self.late.get(&id) {
            return Some(telling.clone());
        }
        let telling = self.before.remove(&id)?;
        self.keep(telling.clone());
        Some(telling)
    }

    fn keep(&mut self, telling: Arc<Telling>) {
        if self.late_bytes > KEPT_BYTES {
            self.before = std::mem::take(&mut self.late);
            self.late_bytes = 0;
        }
        self.late_bytes += telling.bytes();
        self.late.insert(telling.item(), telling);
    }
}
