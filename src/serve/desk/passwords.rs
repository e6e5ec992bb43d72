//! Passwords and tokens: argon2id for what people choose, plain digests for what is random.

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier};
use sha2::{Digest, Sha256};

/// The shortest password taken.
pub(super) const SHORTEST: usize = 10;
/// The longest: hashing must not be made to work on megabytes.
pub(super) const LONGEST: usize = 256;

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
    use super::*;

    #[test]
    fn a_password_is_known_again_and_no_other_is() {
        let stored = hash_password("correct horse battery").unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert!(is_password("correct horse battery", Some(&stored)));
        assert!(!is_password("correct horse batterz", Some(&stored)));
        assert!(!is_password("anything", None));
    }
}
