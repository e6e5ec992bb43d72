//! The latest time that items tell, as far as it is believed. Ageing goes by it, and not by the wall clock.
//!
//! An item cannot be more than minutes ahead of the clock that accepted it (invariant 10). One that is ahead by
//! more of what the clock said later was accepted while the clock was wrong: it ages no other.

use crate::news::UtcTime;

/// By how much an item is believed to be ahead of the clock, in seconds: more than visits that ran side by side
/// and are saved in another order make it, and far less than anything ages in.
const BELIEVED_SECS: i64 = 86_400;

/// The latest time of any item, and what our clock said when the last one was accepted.
#[derive(Clone, Copy, Debug)]
pub struct Latest {
    told_secs: i64,
    clock: Option<UtcTime>,
}

impl Default for Latest {
    /// Nothing was told yet; without a clock everything will be believed.
    fn default() -> Self {
        Self {
            told_secs: i64::MIN,
            clock: None,
        }
    }
}

impl Latest {
    /// Something has this time.
    pub fn tell(&mut self, secs: i64) {
        self.told_secs = self.told_secs.max(secs);
    }

    /// What our clock said when the last item was accepted.
    pub fn tell_clock(&mut self, accepted_at: UtcTime) {
        self.clock = Some(accepted_at);
    }

    /// The latest time that was told, believed or not; `None` if none was.
    pub fn told_secs(self) -> Option<i64> {
        (self.told_secs > i64::MIN).then_some(self.told_secs)
    }

    /// The latest time; what the clock said if something is ahead of it that is not believed.
    pub fn secs(self) -> i64 {
        match self.clock {
            Some(clock) if self.is_ahead(self.told_secs) => clock.timestamp(),
            _ => self.told_secs,
        }
    }

    /// True of a time that is not believed.
    pub fn is_ahead(self, secs: i64) -> bool {
        let clock = self.clock.map(|clock| clock.timestamp());
        clock.is_some_and(|clock| secs > clock.saturating_add(BELIEVED_SECS))
    }

    /// True if something that is accepted now shows that the clock was ahead before.
    pub fn was_set_back(self, accepted_at: UtcTime) -> bool {
        let now = Self {
            clock: Some(accepted_at),
            ..self
        };
        self.clock
            .is_some_and(|clock| now.is_ahead(clock.timestamp()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::news::utc_from_secs;

    const NOW: i64 = 1_790_000_000;

    #[test]
    fn what_is_a_day_ahead_of_the_clock_is_not_the_latest_time() {
        let mut latest = Latest::default();
        latest.tell(NOW);
        latest.tell(NOW + 400 * 86_400);
        assert_eq!(latest.secs(), NOW + 400 * 86_400, "there is no clock");
        latest.tell_clock(utc_from_secs(NOW + 60));
        assert_eq!(latest.secs(), NOW + 60);
        latest.tell_clock(utc_from_secs(NOW + 400 * 86_400));
        assert_eq!(latest.secs(), NOW + 400 * 86_400, "it has come");
    }

    #[test]
    fn a_clock_that_is_corrected_by_hours_was_not_set_back() {
        let mut latest = Latest::default();
        assert!(!latest.was_set_back(utc_from_secs(0)));
        latest.tell_clock(utc_from_secs(NOW));
        assert!(!latest.was_set_back(utc_from_secs(NOW - 7200)));
        assert!(latest.was_set_back(utc_from_secs(NOW - 2 * 86_400)));
    }
}
