//! Access tokens on the wire.

use super::Moment;
use serde::{Deserialize, Serialize};
use vocab::{AccessTokenId, ProviderId, Scope};

/// A token on the access page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessTokenView {
    /// The row.
    pub id: AccessTokenId,
    /// As shown.
    pub name: String,
    /// `pur_AbCd…`: enough to recognise it, nothing to use.
    pub hint: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// Only these providers; empty means all.
    pub providers: Vec<ProviderId>,
    /// Only these models; empty means all.
    pub models: Vec<String>,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created: Moment,
    /// When it stops by itself.
    pub expires: Option<Moment>,
    /// When it was last used.
    pub last_used: Option<Moment>,
    /// When it was revoked.
    pub revoked: Option<Moment>,
    /// Is it good now?
    pub live: bool,
}

/// A fresh token; the only answer that carries one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAccessToken {
    /// The token itself, shown once.
    pub value: String,
    /// The row.
    pub view: AccessTokenView,
}

impl std::fmt::Debug for NewAccessToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NewAccessToken({})", self.view.hint)
    }
}
