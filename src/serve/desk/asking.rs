//! Work asked of the owner of the data directory, and its answer.

use std::time::Duration;

use super::super::site::Site;
use crate::news::{Answer, Request};
use crate::store::{Result, StoreError, requests};

/// How long a page waits for the answer; the request stands anyway.
const PATIENCE: Duration = Duration::from_secs(10);

/// Writes a request down and waits for its answer. Returns its number, and `None` if there is no
/// answer yet.
pub(super) async fn ask(site: &Site, request: Request) -> Result<(i64, Option<Answer>)> {
    let now = site.clock().now();
    let mut commits = site.store().commits()?;
    let number = site
        .store()
        .write_durably(move |tx| requests::ask(tx, &request, now))
        .await?;
    let waiting = async {
        loop {
            if let Some(answer) = site
                .store()
                .read(|conn| requests::load_answer(conn, number))?
            {
                return Ok::<_, StoreError>(Some(answer));
            }
            if commits.changed().await.is_err() {
                return Ok(None);
            }
        }
    };
    match tokio::time::timeout(PATIENCE, waiting).await {
        Ok(answer) => Ok((number, answer?)),
        Err(_) => Ok((number, None)),
    }
}
