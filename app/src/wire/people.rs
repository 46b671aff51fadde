//! People on the wire.

use super::Moment;
use serde::{Deserialize, Serialize};
use vocab::{Permission, Role, SessionId, UserId};

/// Who is looking at the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// Their account.
    pub user_id: UserId,
    /// As shown.
    pub name: String,
    /// They sign in with it.
    pub email: String,
    /// Their role.
    pub role: Role,
    /// Is this installation a practice one (`make demo`)?
    pub practice: bool,
}

impl Viewer {
    /// For hiding what would be refused; the server checks in any case.
    pub const fn may(&self, permission: Permission) -> bool {
        self.role.may(permission)
    }
}

/// May the owner account be created from here?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SetupState {
    /// Somebody has an account already.
    Done,
    /// Yes.
    Open,
    /// Only with the one-time link from the server's log.
    NeedsLink,
}

/// A person on the team page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonView {
    /// Their account.
    pub user_id: UserId,
    /// As shown.
    pub name: String,
    /// They sign in with it.
    pub email: String,
    /// Their role.
    pub role: Role,
    /// May they sign in?
    pub active: bool,
    /// Are they the one looking?
    pub is_you: bool,
    /// When they last signed in.
    pub last_sign_in: Option<Moment>,
}

/// A signed-in browser of the person looking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// The row.
    pub id: SessionId,
    /// "Chrome on Linux", as far as it can be told.
    pub device: String,
    /// Where they signed in from.
    pub address: String,
    /// When they signed in.
    pub created: Moment,
    /// When it was last used.
    pub seen: Moment,
    /// Is it this very browser?
    pub is_this: bool,
}
