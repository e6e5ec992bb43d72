//! What a clock that was ahead leaves behind: times to come that no rule would give. They are mended at the start
//! and whenever the clock is seen to be set back.

use chrono::Duration;

use super::websub_hub::LONGEST_WAIT_SECS;
use crate::fetch::CronLine;
use crate::fetch::pace::PaceSettings;
use crate::news::UtcTime;
use crate::store::mending::{self, Bounds};
use crate::store::{Result, Transaction};

/// The seldomest visits are weekly, and up to a tenth later.
const LONGEST_WAIT: Duration = Duration::days(8);
/// The longest quiet that is taken without being asked for.
const LONGEST_QUIET: Duration = Duration::days(1);

/// How far ahead times may lie.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ahead {
    bounds: Bounds,
}

impl Ahead {
    /// With that pace, and claims of so many seconds.
    pub(super) fn of(pace: &PaceSettings, claim_secs: i64) -> Self {
        let secs = |secs: u64| i64::try_from(secs).unwrap_or(i64::MAX / 4);
        let first_quiet_secs = secs(pace.cool_down_secs.min(10 * 365 * 86_400));
        let asked = secs(pace.retry_after_cap_secs).max(first_quiet_secs);
        let quiet_secs = asked.max(LONGEST_QUIET.num_seconds());
        let bounds = Bounds {
            visit_secs: LONGEST_WAIT
                .num_seconds()
                .max(quiet_secs.saturating_add(86_400)),
            claim_secs,
            quiet_secs,
            first_quiet_secs,
            delivery_secs: LONGEST_WAIT_SECS,
        };
        Self { bounds }
    }

    /// Takes back to `now` what lies further ahead than it may.
    ///
    /// # Errors
    /// Whatever the store says.
    pub(super) fn mend(self, tx: &Transaction<'_>, now: UtcTime) -> Result<()> {
        // What the server asks for may put a visit after the line's next time, but not for ever.
        let latest = now + Duration::seconds(self.bounds.visit_secs.min(10 * 365 * 86_400));
        for feed in mending::list_cron(tx, now)? {
            let Ok(line) = feed.line.parse::<CronLine>() else {
                continue;
            };
            let is_late = || {
                let last = line.next_after(latest);
                last.is_some_and(|last| feed.next_visit_at > last)
            };
            if !feed.is_ahead && !is_late() {
                continue;
            }
            if let Some(at) = line.next_after(now) {
                mending::set_cron_visit(tx, feed.id, at)?;
            }
        }
        mending::mend_times(tx, now, &self.bounds)
    }
}
