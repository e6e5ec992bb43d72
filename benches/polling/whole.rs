//! Dateline as it runs, with the pace towards hosts switched off and the clock in the bench's hand.

use std::path::Path;
use std::sync::Arc;

use dateline::clock::{Clock as _, FakeClock, SystemClock};
use dateline::jobs::PollSettings;
use dateline::store::{Store, items};
use tokio::runtime::Runtime;

use super::{Task, farm};

pub fn prepare<'a>(
    runtime: &'a Runtime,
    directory: &Path,
    task: Task,
) -> Box<dyn FnMut() -> u64 + 'a> {
    let store = Store::open(directory).expect("a store opens");
    let clock = Arc::new(FakeClock::new(SystemClock.now()));
    farm::add_feeds(&store, clock.now(), task.port, task.feeds);
    let load = (task.port, task.in_flight);
    let sweep = farm::sweep(&store, clock.clone(), load, PollSettings::default());
    let (mut desk, press) = (farm::Desk::load(&store), farm::Press::new(&store));
    Box::new(move || {
        clock.advance_secs(7200);
        std::thread::scope(|scope| {
            let (store, clock) = (&store, &clock);
            let (desk, press) = (&mut desk, press.clone());
            let (end, ended) = std::sync::mpsc::channel::<()>();
            scope.spawn(move || {
                // As the daemon does: cluster what came in, publish what settled, wait a moment.
                loop {
                    let pause = std::time::Duration::from_millis(100);
                    let is_last = ended.recv_timeout(pause).is_ok();
                    desk.cluster(store, clock.now());
                    press.publish(runtime, store, clock.now());
                    if is_last {
                        break;
                    }
                }
            });
            runtime.block_on(async {
                let mut visited = 0;
                while visited < task.feeds {
                    visited += sweep.tick().await.expect("feeds are claimed");
                    sweep.wait_until_idle().await;
                }
            });
            // The other end waits for it or is gone with a panic of its own.
            let _ = end.send(());
        });
        store.read(items::count_items).expect("items are counted")
    })
}
