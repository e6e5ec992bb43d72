//! Time as an argument: the trait, the system's clock, and a fake one for tests and replays.
//!
//! It gives the calendar only. Waiting is tokio's, and is never decided by the calendar alone.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

/// Something that knows what time it is.
pub trait Clock: Send + Sync + 'static {
    /// The instant, in UTC.
    fn now(&self) -> DateTime<Utc>;

    /// How much time has passed since some fixed moment, whatever happens to the calendar: setting
    /// the clock does not move it, and a suspended machine may not count.
    fn elapsed(&self) -> Duration;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place that asks the machine"
    )]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn elapsed(&self) -> Duration {
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed()
    }
}

/// A clock that stands still until it is set.
#[derive(Debug)]
pub struct FakeClock {
    millis: AtomicI64,
    elapsed_millis: AtomicI64,
}

impl FakeClock {
    /// A clock that stands at `now`.
    pub fn new(now: DateTime<Utc>) -> Self {
        Self {
            millis: AtomicI64::new(now.timestamp_millis()),
            elapsed_millis: AtomicI64::new(0),
        }
    }

    /// Sets the clock, forwards or backwards. No time passes.
    pub fn set(&self, now: DateTime<Utc>) {
        self.millis.store(now.timestamp_millis(), Ordering::SeqCst);
    }

    /// Lets whole seconds pass; a negative number only sets the clock back.
    pub fn advance_secs(&self, secs: i64) {
        self.millis.fetch_add(secs * 1000, Ordering::SeqCst);
        self.elapsed_millis
            .fetch_add(secs.max(0) * 1000, Ordering::SeqCst);
    }
}

impl Clock for FakeClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.millis.load(Ordering::SeqCst)).unwrap_or_default()
    }

    fn elapsed(&self) -> Duration {
        let millis = self.elapsed_millis.load(Ordering::SeqCst);
        Duration::from_millis(millis.unsigned_abs())
    }
}
