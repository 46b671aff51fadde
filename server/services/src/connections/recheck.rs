//! Asking again: what could not be decided, and what the gateway ran into.

use super::Connections;
use crate::error::{ServiceError, ServiceResult};
use crate::inference::FreshCredential;
use crate::ports::Target;
use domain::audit::Action;
use domain::connection::{Check, Connection};
use domain::people::Caller;
use time::OffsetDateTime;
use vocab::{AuthMethod, ProviderId, Verdict};

impl Connections {
    /// Checks up to `limit` connections whose next check is due at `now` (the database's clock). A job calls it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn recheck_due(&self, now: OffsetDateTime, limit: u32) -> ServiceResult<usize> {
        let due = self.repo.due_for_check(now, limit).await?;
        let count = due.len();
        for connection in due {
            self.recheck(connection).await?;
        }
        Ok(count)
    }

    /// Checks one connection now, because a request through it was refused.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn recheck_now(&self, id: &ProviderId) -> ServiceResult<()> {
        match self.repo.of_provider(id).await? {
            Some(connection) if connection.enabled && connection.method != AuthMethod::None => self.recheck(connection).await,
            _ => Ok(()),
        }
    }

    /// One verification call with what is stored. An access token may have been revoked early, or replaced while the call was under
    /// way: that says nothing of the sign-in, so a refused one is replaced and the call made once more.
    pub(super) async fn verify_stored(&self, connection: &Connection) -> ServiceResult<(Target, Check)> {
        let target = self.credentials.target(connection).await?;
        let check = self.client.verify(&target).await;
        if check.verdict != Verdict::BadCredential {
            return Ok((target, check));
        }
        match self.credentials.after_refusal(connection, &target).await {
            Ok(Some(fresh)) => {
                let check = self.client.verify(&fresh).await;
                Ok((fresh, check))
            }
            // A key, a token that is as fresh as can be, or a sign-in that has ended: the provider has said what there is to say.
            Ok(None) | Err(ServiceError::TokenExpired { .. }) => Ok((target, check)),
            // Whether the sign-in is good is not known before a new token can be had.
            Err(ServiceError::Provider { failure, .. }) => Ok((target, Check::failed(failure.verdict, failure.message))),
            Err(error) => Err(error),
        }
    }

    async fn recheck(&self, connection: Connection) -> ServiceResult<()> {
        let (target, check) = match self.verify_stored(&connection).await {
            Ok(checked) => checked,
            Err(error) => {
                tracing::warn!(provider = %connection.provider_id, %error, "a connection could not be checked");
                return Ok(());
            }
        };
        let same = check.verdict == connection.standing.verdict();
        let mut trail = self.trail_of_check(&Caller::system(), Action::CONNECTION_RECHECK, &target.provider, &check);
        if same {
            // Only news is written down; an outage of a day would fill the log.
            trail.audit.clear();
        }
        let healed = !same && check.verdict == Verdict::Ok;
        let id = connection.provider_id.clone();
        self.note_check(connection, &check, trail).await?;
        if healed {
            self.models.sync_in_background(&id, &check);
        }
        Ok(())
    }
}
