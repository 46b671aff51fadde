//! An account.

use secrecy::SecretString;
use time::OffsetDateTime;
use vocab::{Role, UserId};

/// An e-mail address as people type it: trimmed, compared without case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

/// A text that cannot be an e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("enter an e-mail address like name@example.com")]
pub struct InvalidEmail;

impl Email {
    /// Accepts what has a local part, one `@` and a host, and at most 254 characters (RFC 5321 §4.5.3.1.3).
    ///
    /// # Errors
    /// [`InvalidEmail`] for anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidEmail> {
        let text = text.trim().to_lowercase();
        let plausible = text.len() <= 254
            && !text.chars().any(|c| c.is_whitespace() || c.is_control())
            && text.split_once('@').is_some_and(|(local, host)| !local.is_empty() && !host.is_empty() && !host.contains('@'));
        if plausible { Ok(Self(text)) } else { Err(InvalidEmail) }
    }

    /// The address in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// May the person sign in?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserState {
    /// Yes.
    Active,
    /// No; sessions and tokens of theirs are refused at once.
    Disabled {
        /// Since when.
        since: OffsetDateTime,
    },
}

/// A person with an account.
#[derive(Debug, Clone)]
pub struct User {
    /// The account's id.
    pub id: UserId,
    /// As shown.
    pub name: String,
    /// Signs in with it; unique.
    pub email: Email,
    /// What they may do.
    pub role: Role,
    /// PHC string of the argon2id hash.
    pub password_hash: SecretString,
    /// May they sign in?
    pub state: UserState,
    /// When the account was made.
    pub created_at: OffsetDateTime,
    /// When they last signed in.
    pub last_sign_in_at: Option<OffsetDateTime>,
}

impl User {
    /// May this person sign in and act?
    pub fn is_active(&self) -> bool {
        self.state == UserState::Active
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_trimmed_and_lowered() {
        assert_eq!(Email::parse("  Ann@Example.COM ").map(|e| e.as_str().to_owned()), Ok("ann@example.com".to_owned()));
        for bad in ["", "a", "@b", "a@", "a@b@c", "a b@c", "a\n@c"] {
            assert_eq!(Email::parse(bad), Err(InvalidEmail), "{bad:?}");
        }
    }
}
