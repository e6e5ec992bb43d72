//! The cron schedule: each line wakes one worker. A worker that is still busy when its time comes
//! again is woken once afterwards, so that no job ever runs twice at the same time.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::sync::{mpsc, watch};
use tokio_cron_scheduler::{Job, JobScheduler};

use crate::clock::Clock;
use crate::news::UtcTime;

/// The waking end of a worker's bell. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Bell {
    sender: mpsc::Sender<()>,
}

/// The worker's end of its bell.
#[derive(Debug)]
pub struct Worker {
    receiver: mpsc::Receiver<()>,
}

/// A bell and the worker that hears it.
pub fn bell() -> (Bell, Worker) {
    let (sender, receiver) = mpsc::channel(1);
    (Bell { sender }, Worker { receiver })
}

impl Bell {
    /// Wakes the worker; if it has been woken and has not started yet, once is enough.
    pub fn ring(&self) {
        // Full means that a call waits already; closed means that the worker has ended.
        let _ = self.sender.try_send(());
    }
}

impl Worker {
    /// Waits for the bell; false once every bell is gone.
    pub async fn wait(&mut self) -> bool {
        self.receiver.recv().await.is_some()
    }
}

/// How often the calendar is compared with the time that passes.
const CLOCK_LOOK: Duration = Duration::from_secs(5);
/// A calendar this much behind was set back: what a time service corrects without a jump is far less.
const SET_BACK_SECS: i64 = 2;

/// The schedule, which begins anew when the calendar is set back: the scheduler counts towards moments of the
/// calendar, and would wait until they come again.
pub struct Timetable {
    lines: Vec<(String, Bell)>,
    scheduler: JobScheduler,
}

impl Timetable {
    /// Starts the schedule.
    ///
    /// # Errors
    /// A line that is not a cron line.
    pub async fn start(lines: Vec<(String, Bell)>) -> anyhow::Result<Self> {
        let scheduler = start_schedule(&lines).await?;
        Ok(Self { lines, scheduler })
    }

    /// Watches the calendar until it is stopped, and ends the schedule.
    pub async fn follow(mut self, clock: Arc<dyn Clock>, mut stopped: watch::Receiver<bool>) {
        let mut before = (clock.now(), clock.elapsed());
        loop {
            let is_over = tokio::select! {
                () = tokio::time::sleep(CLOCK_LOOK) => false,
                // A sender that is gone means the same as its word.
                _ = stopped.wait_for(|stop| *stop) => true,
            };
            if is_over {
                return shut_down(self.scheduler).await;
            }
            let now = (clock.now(), clock.elapsed());
            if is_set_back(before, now) {
                self.begin_anew().await;
            }
            before = now;
        }
    }

    async fn begin_anew(&mut self) {
        match start_schedule(&self.lines).await {
            Ok(scheduler) => shut_down(std::mem::replace(&mut self.scheduler, scheduler)).await,
            Err(error) => {
                tracing::error!(
                    error = format!("{error:#}"),
                    "the schedule waits for the time before the clock was set back"
                );
            }
        }
    }
}

async fn shut_down(mut scheduler: JobScheduler) {
    if let Err(error) = scheduler.shutdown().await {
        tracing::debug!(%error, "the schedule did not end by itself");
    }
}

fn is_set_back(before: (UtcTime, Duration), now: (UtcTime, Duration)) -> bool {
    let passed = now.1.saturating_sub(before.1);
    let passed = i64::try_from(passed.as_secs()).unwrap_or(0);
    (now.0 - before.0).num_seconds() < passed - SET_BACK_SECS
}

/// Starts the scheduler: each cron line (six fields, UTC) rings its bell.
///
/// # Errors
/// A line that is not a cron line.
async fn start_schedule(lines: &[(String, Bell)]) -> anyhow::Result<JobScheduler> {
    let scheduler = JobScheduler::new()
        .await
        .context("cannot start the schedule")?;
    for (line, bell) in lines {
        let bell = bell.clone();
        let job = Job::new(line.as_str(), move |_, _| bell.ring())
            .with_context(|| format!("`{line}` is no cron line"))?;
        scheduler
            .add(job)
            .await
            .with_context(|| format!("cannot schedule `{line}`"))?;
    }
    scheduler
        .start()
        .await
        .context("cannot start the schedule")?;
    Ok(scheduler)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_busy_worker_is_woken_once_however_often_the_bell_rings() {
        let (bell, mut worker) = bell();
        for _ in 0..5 {
            bell.ring();
        }
        assert!(worker.wait().await);
        drop(bell);
        assert!(!worker.wait().await);
    }

    #[test]
    fn a_calendar_that_falls_behind_the_time_that_passes_was_set_back() {
        let at = |calendar, passed| {
            let calendar = crate::news::utc_from_secs(calendar);
            (calendar, Duration::from_secs(passed))
        };
        assert!(!is_set_back(at(1000, 0), at(1005, 5)));
        assert!(!is_set_back(at(1000, 0), at(1003, 5)));
        assert!(is_set_back(at(1000, 0), at(960, 5)));
        assert!(!is_set_back(at(1000, 0), at(9000, 5)), "set on, or asleep");
    }

    #[tokio::test]
    async fn a_schedule_that_begins_anew_goes_on() {
        let (bell, mut worker) = bell();
        let lines = vec![("0 0 0 1 1 *".to_owned(), bell)];
        let mut timetable = Timetable::start(lines).await.unwrap();
        timetable.lines[0].0 = "* * * * * *".to_owned();
        timetable.begin_anew().await;
        assert!(worker.wait().await && worker.wait().await);
    }

    #[tokio::test]
    async fn a_cron_line_rings_its_bell() {
        let (bell, mut worker) = bell();
        let mut scheduler = start_schedule(&[("* * * * * *".into(), bell)])
            .await
            .unwrap();
        assert!(worker.wait().await);
        scheduler.shutdown().await.unwrap();
    }
}
