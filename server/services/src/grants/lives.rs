//! How signed-in grants live, for health and metrics.

use super::Grants;
use crate::error::ServiceResult;
use domain::connection::{Connection, CredentialFacts};
use domain::grant::{Life, Refresh};
use std::collections::HashMap;
use time::OffsetDateTime;
use vocab::GrantId;

/// How every signed-in grant lives.
#[derive(Debug, Clone)]
pub struct Lives {
    by_grant: HashMap<GrantId, Life>,
    /// The present that they are compared with.
    pub now: OffsetDateTime,
}

impl Lives {
    /// The life of a connection's credential; `None` for a key and for local engines.
    pub fn of(&self, connection: &Connection) -> Option<&Life> {
        self.by_grant.get(&connection.grant_id?)
    }

    /// What a connection's health is derived from.
    pub fn credential(&self, connection: Option<&Connection>, opens: bool) -> CredentialFacts<'_> {
        CredentialFacts { opens, life: connection.and_then(|connection| self.of(connection)), now: self.now }
    }
}

impl Grants {
    /// How every signed-in grant lives.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn lives(&self) -> ServiceResult<Lives> {
        let by_grant = self.0.grants.lives().await?.into_iter().collect();
        Ok(Lives { by_grant, now: self.0.installation.now().await? })
    }

    pub(super) async fn count_states(&self) -> ServiceResult<()> {
        let Lives { by_grant, now } = self.lives().await?;
        for state in ["good", "retrying", "expired", "ended"] {
            let count = by_grant.values().filter(|life| state_of(life, now) == state).count();
            metrics::gauge!("purser_grants", "state" => state).set(f64::from(u32::try_from(count).unwrap_or(u32::MAX)));
        }
        Ok(())
    }
}

/// The state of a grant, for `/metrics`.
fn state_of(life: &Life, now: OffsetDateTime) -> &'static str {
    match &life.refresh {
        Refresh::Ended { .. } => "ended",
        _ if now >= life.access_expires_at => "expired",
        Refresh::Retrying { .. } => "retrying",
        Refresh::Never | Refresh::Due { .. } => "good",
    }
}
