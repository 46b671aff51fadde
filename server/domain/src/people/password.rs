//! What a password must be. Hashing is a service's work.

use secrecy::{ExposeSecret, SecretString};

/// Fewest characters of a password (NIST SP 800-63B asks for at least 8; we hold every key of a company).
pub const MIN_CHARS: usize = 12;
/// Most bytes of a password: more only costs hashing time.
pub const MAX_BYTES: usize = 512;

/// Why a password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Fewer than [`MIN_CHARS`].
    #[error("use at least {MIN_CHARS} characters")]
    TooShort,
    /// More than [`MAX_BYTES`].
    #[error("use at most {MAX_BYTES} bytes")]
    TooLong,
    /// One character over and over, or the e-mail address.
    #[error("that password is too easy to guess")]
    TooSimple,
}

/// Checks a new password. Length decides; composition rules only make people write passwords down.
///
/// # Errors
/// [`WeakPassword`] with the rule that was broken.
pub fn check(password: &SecretString, email: &str) -> Result<(), WeakPassword> {
    let text = password.expose_secret();
    if text.chars().count() < MIN_CHARS {
        return Err(WeakPassword::TooShort);
    }
    if text.len() > MAX_BYTES {
        return Err(WeakPassword::TooLong);
    }
    let mut distinct: Vec<char> = text.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < 4 || text.eq_ignore_ascii_case(email) {
        return Err(WeakPassword::TooSimple);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_decides() {
        let check = |text: &str| check(&SecretString::from(text), "ann@example.com");
        assert_eq!(check("short"), Err(WeakPassword::TooShort));
        assert_eq!(check("aaaaaaaaaaaaaaaa"), Err(WeakPassword::TooSimple));
        assert_eq!(check("Ann@Example.com"), Err(WeakPassword::TooSimple));
        assert_eq!(check(&"ab1x".repeat(200)), Err(WeakPassword::TooLong));
        assert_eq!(check("correct horse battery"), Ok(()));
    }
}
