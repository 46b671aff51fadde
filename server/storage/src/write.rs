//! One write: a transaction that takes its trail along and always ends here.

use crate::database::Storage;
use crate::errors::IntoStore;
use crate::wake::Wake;
use crate::{audit, events};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait};
use services::ports::{StoreResult, Trail};

/// Advisory locks on PostgreSQL. SQLite needs none: its write transactions are alone anyway.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Lock {
    /// Schema changes.
    Migrations,
    /// Who becomes the first owner.
    FirstOwner,
    /// Appends to the event log, so that positions become visible in order.
    Events,
    /// Whose turn a build is.
    Builds,
}

/// An open write transaction. Every one ends in a `finish` function; nothing but the database is awaited meanwhile.
pub(crate) struct Write<'a> {
    pub(crate) tx: DatabaseTransaction,
    wake: &'a Wake,
}

impl Storage {
    /// Begins a write. On SQLite the write lock is taken at once, which waits for other processes; taking it later,
    /// after a read, would fail at once instead.
    pub(crate) async fn write(&self) -> StoreResult<Write<'_>> {
        let options = TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..Default::default() };
        let tx = self.writer().begin_with_options(options).await.store()?;
        Ok(Write { tx, wake: self.wake() })
    }
}

impl Write<'_> {
    /// Ends the transaction: with the trail if it was done, without a trace if not.
    pub(crate) async fn finish<T>(self, done: StoreResult<T>, trail: &Trail) -> StoreResult<T> {
        let done = match done {
            Ok(value) => append(&self.tx, trail).await.map(|()| value),
            Err(error) => Err(error),
        };
        match done {
            Ok(value) => {
                self.tx.commit().await.store()?;
                if !trail.events.is_empty() {
                    self.wake.up();
                }
                Ok(value)
            }
            Err(error) => {
                // The first error tells more; a connection that cannot roll back is thrown away by its pool.
                if let Err(error) = self.tx.rollback().await {
                    tracing::debug!(%error, "rolling back");
                }
                Err(error)
            }
        }
    }

    /// The same, leaving no trace when nothing was there to be done (`false`).
    pub(crate) async fn finish_if(self, done: StoreResult<bool>, trail: &Trail) -> StoreResult<bool> {
        let nothing = Trail::default();
        let trail = if matches!(done, Ok(true)) { trail } else { &nothing };
        self.finish(done, trail).await
    }
}

/// Events come last: their lock is held until the commit and must not wait for anything else.
async fn append(tx: &DatabaseTransaction, trail: &Trail) -> StoreResult<()> {
    audit::append(tx, &trail.audit).await?;
    events::append(tx, &trail.events).await
}

/// Waits for an advisory lock that ends with the transaction.
pub(crate) async fn lock(tx: &DatabaseTransaction, lock: Lock) -> StoreResult<()> {
    /// Keeps our numbers apart from other programs' in the same database ("purs").
    const SPACE: i32 = 0x7075_7273;
    if tx.get_database_backend() == DbBackend::Postgres {
        let values = [SPACE.into(), (lock as i32).into()];
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, "SELECT pg_advisory_xact_lock($1, $2)", values);
        tx.query_one_raw(statement).await.store()?;
    }
    Ok(())
}
