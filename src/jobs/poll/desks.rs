//! Where documents are read: threads that do nothing else. Reading takes a core; and every thread
//! that ever read one keeps the memory in which it matched patterns, so that they are few.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use tokio::sync::oneshot;

type Work = Box<dyn FnOnce() + Send>;

/// The threads; they end with the last clone.
#[derive(Clone)]
pub(super) struct Desks {
    queue: mpsc::Sender<Work>,
}

impl Desks {
    /// So many threads, at least one.
    pub(super) fn new(count: usize) -> Self {
        let (queue, works) = mpsc::channel::<Work>();
        let works = Arc::new(Mutex::new(works));
        for _ in 0..count.max(1) {
            let works = Arc::clone(&works);
            let started = std::thread::Builder::new()
                .name("reader".into())
                .spawn(move || work_off(&works));
            drop(started.expect("the system can start a thread"));
        }
        Self { queue }
    }

    /// Does the work on one of the threads; `None` if it panicked. Who waits is bounded by the caller.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        let work = Box::new(move || {
            if let Ok(done) = catch_unwind(AssertUnwindSafe(work)) {
                // A visit that was broken off does not mind.
                drop(answer.send(done));
            }
        });
        self.queue.send(work).ok()?;
        answered.await.ok()
    }
}

fn work_off(works: &Mutex<mpsc::Receiver<Work>>) {
    loop {
        let next = works.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            Ok(work) => work(),
            Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_panics_is_none_and_the_threads_go_on() {
        let desks = Desks::new(1);
        let panicked = desks.run(|| -> u8 { panic!("a bug") }).await;
        assert_eq!(panicked, None);
        assert_eq!(desks.run(|| 7).await, Some(7));
    }

    #[tokio::test]
    async fn all_work_is_done_by_these_threads() {
        let desks = Desks::new(2);
        let mut names = std::collections::BTreeSet::new();
        for _ in 0..50 {
            names.insert(
                desks
                    .run(|| format!("{:?}", std::thread::current().id()))
                    .await,
            );
        }
        assert!(names.len() <= 2, "{names:?}");
    }
}
