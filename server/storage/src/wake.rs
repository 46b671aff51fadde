//! Hearing that somebody wrote an event: this process through memory, others through the database.

use crate::errors::IntoStore;
use sea_orm::sqlx::postgres::PgListener;
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, Statement};
use services::ports::StoreResult;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};

/// PostgreSQL notification channel; a write of events notifies it on commit.
pub const CHANNEL: &str = "purser_live_event";
/// SQLite tells nobody about other processes, so it is asked: one look at the end of an index.
const POLL_EVERY: Duration = Duration::from_millis(400);
/// Pause before listening again after PostgreSQL went away.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Wakes whoever waits for events.
pub(crate) struct Wake {
    notify: Arc<Notify>,
    database: DatabaseConnection,
    watcher: OnceLock<AbortHandle>,
}

impl Wake {
    pub(crate) fn new(database: DatabaseConnection) -> Self {
        Self { notify: Arc::new(Notify::new()), database, watcher: OnceLock::new() }
    }

    /// Something was written.
    pub(crate) fn up(&self) {
        up(&self.notify);
    }

    /// Waits for it. The watcher of other processes starts with the first to wait, so a command line has none.
    pub(crate) async fn wait(&self, at_most: Duration) {
        self.watcher.get_or_init(|| tokio::spawn(watch(self.database.clone(), self.notify.clone())).abort_handle());
        // Out of time is an answer too.
        let _ = timeout(at_most, self.notify.notified()).await;
    }

    /// Ends the watcher.
    pub(crate) fn stop(&self) {
        if let Some(watcher) = self.watcher.get() {
            watcher.abort();
        }
    }
}

impl Drop for Wake {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Wakes all who wait, and leaves a permit for one who is about to: nothing is missed between reading and waiting.
fn up(notify: &Notify) {
    notify.notify_waiters();
    notify.notify_one();
}

/// Makes this transaction's commit heard by other processes: PostgreSQL passes it on, on SQLite they look themselves.
pub(crate) async fn tell_others(tx: &DatabaseTransaction) -> StoreResult<()> {
    if tx.get_database_backend() == DbBackend::Postgres {
        let notify = Statement::from_sql_and_values(DbBackend::Postgres, "SELECT pg_notify($1, '')", [CHANNEL.into()]);
        tx.query_one_raw(notify).await.store()?;
    }
    Ok(())
}

async fn watch(database: DatabaseConnection, notify: Arc<Notify>) {
    if database.get_database_backend() == DbBackend::Postgres {
        loop {
            let Err(error) = listen(&database, &notify).await;
            tracing::debug!(%error, "listening for events of other processes; trying again");
            sleep(RETRY_AFTER).await;
        }
    }
    let mut seen = None;
    loop {
        match newest(&database).await {
            Ok(head) if seen != Some(head) => {
                seen = Some(head);
                up(&notify);
            }
            Ok(_) => {}
            Err(error) => tracing::debug!(%error, "looking for events of other processes"),
        }
        sleep(POLL_EVERY).await;
    }
}

/// Listens until the connection fails; `try_recv` has then listened again or gives the error.
async fn listen(database: &DatabaseConnection, notify: &Notify) -> Result<std::convert::Infallible, sea_orm::sqlx::Error> {
    let mut listener = PgListener::connect_with(database.get_postgres_connection_pool()).await?;
    listener.listen(CHANNEL).await?;
    loop {
        // Also after (re)connecting: what was written meanwhile was not heard.
        up(notify);
        listener.try_recv().await?;
    }
}

async fn newest(database: &DatabaseConnection) -> Result<i64, DbErr> {
    let statement = Statement::from_string(DbBackend::Sqlite, "SELECT COALESCE(MAX(id), 0) AS head FROM live_event");
    match database.query_one_raw(statement).await? {
        Some(row) => row.try_get("", "head"),
        None => Ok(0),
    }
}
