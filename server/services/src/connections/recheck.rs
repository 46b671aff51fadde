//! Asking again: what could not be decided, and what the gateway ran into.

use super::Connections;
use crate::error::ServiceResult;
use domain::audit::Action;
use domain::connection::Connection;
use domain::people::Caller;
use time::OffsetDateTime;
use vocab::{AuthMethod, ProviderId};

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

    async fn recheck(&self, connection: Connection) -> ServiceResult<()> {
        let target = match self.credentials.target(&connection).await {
            Ok(target) => target,
            Err(error) => {
                tracing::warn!(provider = %connection.provider_id, %error, "a connection could not be checked");
                return Ok(());
            }
        };
        let check = self.client.verify(&target).await;
        let same = check.verdict == connection.standing.verdict();
        let mut trail = self.trail_of_check(&Caller::system(), Action::CONNECTION_RECHECK, &target.provider, &check);
        if same {
            // Only news is written down; an outage of a day would fill the log.
            trail.audit.clear();
        }
        let healed = !same && check.verdict == vocab::Verdict::Ok;
        let id = connection.provider_id.clone();
        self.note_check(connection, &check, trail).await?;
        if healed {
            self.models.sync_in_background(&id, &check);
        }
        Ok(())
    }
}
