//! Passwords and tokens: argon2id for what people choose, plain digests for what is random.

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

/// The shortest password taken.
pub(super) const SHORTEST: usize = 10;
/// The longest: hashing must not be made to work on megabytes.
pub(super) const LONGEST: usize = 256;

/// Passwords hashed at the same time. Each takes 19 MiB and a core for some hundredths of a second, and whoever asks
/// need not have an account.
static HASHING: Semaphore = Semaphore::const_new(2);
/// Requests that wait for that; who comes then is to come again.
static WAITING: Semaphore = Semaphore::const_new(32);

/// Does the work of hashing on a thread for that, a bounded number at a time. `None` if too many wait, or it failed.
pub(super) async fn in_turn<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let _waiting = WAITING.try_acquire().ok()?;
    let turn = HASHING.acquire().await.ok()?;
    let done = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        work()
    });
    done.await.ok()
}

/// The password in PHC form; `None` if the system gives no random bytes.
pub(super) fn hash_password(password: &str) -> Option<String> {
    let hash = Argon2::default().hash_password(password.as_bytes()).ok()?;
    Some(hash.to_string())
}

/// True if it is the password. Takes as long for an account that does not exist.
pub(super) fn is_password(password: &str, stored: Option<&str>) -> bool {
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5$\
        Zm9yIGFuIGFjY291bnQgdGhhdCBpcyBub3QgdGhlcmU";
    let Ok(hash) = PasswordHash::new(stored.unwrap_or(NOBODY)) else {
        return false;
    };
    let matches = Argon2::default().verify_password(password.as_bytes(), &hash);
    matches.is_ok() && stored.is_some()
}

/// A random token of 32 bytes, as text; `None` if the system gives no random bytes.
pub(super) fn random_token() -> Option<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).ok()?;
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// What is kept of a token.
pub(super) fn digest_of(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// True if two texts are the same, in a time that does not depend on where they differ.
pub(super) fn are_same(a: &str, b: &str) -> bool {
    subtle::ConstantTimeEq::ct_eq(a.as_bytes(), b.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test]
    async fn many_who_log_in_at_once_wait_for_two_and_the_rest_is_sent_away() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let tries = (0..100).map(|_| {
            let (running, most) = (Arc::clone(&running), Arc::clone(&most));
            tokio::spawn(in_turn(move || {
                let now = running.fetch_add(1, Ordering::SeqCst) + 1;
                most.fetch_max(now, Ordering::SeqCst);
                is_password("anything", None);
                running.fetch_sub(1, Ordering::SeqCst);
            }))
        });
        let tries: Vec<_> = tries.collect();
        let mut done = 0;
        for one in tries {
            done += usize::from(one.await.unwrap().is_some());
        }
        assert_eq!(done, 32);
        assert!(most.load(Ordering::SeqCst) <= 2);
    }

    #[test]
    fn a_password_is_known_again_and_no_other_is() {
        let stored = hash_password("correct horse battery").unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert!(is_password("correct horse battery", Some(&stored)));
        assert!(!is_password("correct horse batterz", Some(&stored)));
        assert!(!is_password("anything", None));
    }
}
