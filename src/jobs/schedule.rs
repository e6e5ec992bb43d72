//! The cron schedule: each line wakes one worker. A worker that is still busy when its time comes
//! again is woken once afterwards, so that no job ever runs twice at the same time.

use anyhow::Context;
use tokio::sync::mpsc;
use tokio_cron_scheduler::{Job, JobScheduler};

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

/// Starts the scheduler: each cron line (six fields, UTC) rings its bell.
///
/// # Errors
/// A line that is not a cron line.
pub async fn start_schedule(lines: &[(&str, Bell)]) -> anyhow::Result<JobScheduler> {
    let scheduler = JobScheduler::new()
        .await
        .context("cannot start the schedule")?;
    for (line, bell) in lines {
        let bell = bell.clone();
        let job = Job::new(*line, move |_, _| bell.ring())
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

    #[tokio::test]
    async fn a_cron_line_rings_its_bell() {
        let (bell, mut worker) = bell();
        let mut scheduler = start_schedule(&[("* * * * * *", bell)]).await.unwrap();
        assert!(worker.wait().await);
        scheduler.shutdown().await.unwrap();
    }
}
