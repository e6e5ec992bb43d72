//! What a step of the machine takes out of events and storylines that editors keep out: it stays out with them, or the
//! machine would overrule the editor.

use std::collections::BTreeSet;

use super::save::Save;
use crate::news::{EventId, ItemId, Target};
use crate::store::{Result, Transaction, events, kept_out, standing};

/// Items that a step may take out of what is kept out, each with what that is.
#[derive(Debug, Default)]
pub(super) struct Leaving(Vec<(ItemId, Vec<Target>)>);

impl Leaving {
    /// Looked up before the step is written. What leaves while decisions are being obeyed does so by an editor's
    /// word.
    pub(super) fn before(tx: &Transaction<'_>, save: &Save) -> Result<Self> {
        let mut leaving = Self::default();
        if save.is_obeying || !kept_out::is_any(tx)? {
            return Ok(leaving);
        }
        let merged = save.settlement.merged.iter().map(|(gone, _)| *gone);
        let mut all: BTreeSet<EventId> = merged.collect();
        all.extend(save.placing.placed.keys());
        for (gone, _) in &save.placing.merged {
            let around = standing::load_events_around(tx, *gone)?.into_iter();
            all.extend(around.filter(|one| one.shown == *gone).map(|one| one.event));
        }
        for item in save.newcomers.iter().flatten().map(|member| member.item) {
            all.extend(events::event_of_item(tx, item)?);
        }
        for event in all {
            let keepers = kept_out::load_keepers(tx, event)?;
            if !keepers.is_empty() {
                let items = events::load_items(tx, event)?.into_iter();
                leaving.0.extend(items.map(|item| (item, keepers.clone())));
            }
        }
        Ok(leaving)
    }

    /// Keeps out what the step has taken out. To be called once it is written.
    pub(super) fn keep_out(self, tx: &Transaction<'_>) -> Result<()> {
        for (item, keepers) in self.0 {
            let now = kept_out::load_keepers_of_item(tx, item)?;
            for keeper in keepers.into_iter().filter(|one| !now.contains(one)) {
                kept_out::keep_out(tx, item, keeper)?;
            }
        }
        Ok(())
    }
}
