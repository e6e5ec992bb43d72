//! Work asked of the owner of the data directory, and its answer.

use std::time::Duration;

use super::super::site::Site;
use crate::news::{Answer, Request};
use crate::store::{Connection, Result, decisions, requests};

/// How long a page waits for the answer; the request stands anyway.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the page to which an editor comes back waits until events follow what was decided: as long as that may
/// take. It shows what there is then.
const OBEYED_WITHIN: Duration = Duration::from_secs(2);

/// Writes a request down and waits for its answer. Returns its number, and `None` if there is no
/// answer yet.
pub(super) async fn ask(site: &Site, request: Request) -> Result<(i64, Option<Answer>)> {
    let now = site.clock().now();
    let number = site
        .store()
        .write_durably(move |tx| requests::ask(tx, &request, now))
        .await?;
    let answer = wait_for(site, PATIENCE, |conn| requests::load_answer(conn, number));
    Ok((number, answer.await?))
}

/// Waits until events follow all that was decided.
pub(super) async fn wait_until_obeyed(site: &Site) -> Result<()> {
    let obeyed = wait_for(site, OBEYED_WITHIN, |conn| {
        Ok(decisions::are_obeyed(conn)?.then_some(()))
    });
    obeyed.await.map(drop)
}

/// What is looked for after each commit until it is there; `None` if it is not in time.
async fn wait_for<T>(
    site: &Site,
    patience: Duration,
    look: impl Fn(&Connection) -> Result<Option<T>>,
) -> Result<Option<T>> {
    let mut commits = site.store().commits()?;
    let waiting = async {
        loop {
            if let Some(found) = site.store().read(&look)? {
                return Ok(Some(found));
            }
            if commits.changed().await.is_err() {
                return Ok(None);
            }
        }
    };
    tokio::time::timeout(patience, waiting)
        .await
        .unwrap_or(Ok(None))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::clock::FakeClock;
    use crate::news::{ItemId, Ruling, utc_from_secs};
    use crate::serve::Settings;
    use crate::store::Store;

    #[tokio::test]
    async fn the_page_after_a_ruling_waits_until_events_follow_it() {
        let directory = tempfile::tempdir().expect("a directory");
        let store = Store::open(directory.path()).expect("a store opens");
        let clock = Arc::new(FakeClock::new(utc_from_secs(0)));
        let site = Site::new(store.clone(), Settings::default(), clock);
        wait_until_obeyed(&site).await.expect("nothing is decided");
        let ruled = store.write(|tx| {
            let (a, b) = (ItemId(1), ItemId(2));
            let ruling = Ruling::NotSameEvent { a, b };
            decisions::save_decision(tx, &ruling, "anna", "", utc_from_secs(0))
        });
        ruled.await.expect("it is decided");
        let waiting = wait_until_obeyed(&site);
        tokio::pin!(waiting);
        tokio::select! {
            biased;
            _ = &mut waiting => panic!("it is not obeyed yet"),
            () = std::future::ready(()) => {}
        }
        let obey = store.write(|tx| decisions::note_obeyed(tx, &decisions::load_decisions(tx)?));
        obey.await.expect("it is obeyed");
        waiting.await.expect("the page goes on");
        assert!(store.read(decisions::are_obeyed).expect("it is read"));
    }
}
