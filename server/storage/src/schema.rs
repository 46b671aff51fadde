//! Bringing the schema up to date, and back.

use crate::database::Storage;
use crate::errors::{IntoStore, store_error};
use crate::write::{Lock, lock};
use migrations::{MigrationStatus, Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr};
use services::ports::{StoreError, StoreResult, Trail};

/// One schema change and whether it is in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationState {
    /// File name, for example `m20261123_000001_people`.
    pub name: String,
    /// In place?
    pub applied: bool,
}

/// Why the schema could not be changed or read.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// The database has changes this program does not know: it was used by a newer one.
    #[error("the database was made by a newer Purser: start that version, or restore a backup")]
    NewerDatabase,
    /// The database did not do its part.
    #[error("the schema could not be changed")]
    Store(#[source] StoreError),
}

impl Storage {
    /// Applies what is missing, all in one transaction and under a lock: whoever starts at the same time waits and then
    /// finds nothing to do. Returns the names of the changes made.
    ///
    /// # Errors
    /// [`MigrationError`]; nothing is changed then.
    pub async fn migrate(&self) -> Result<Vec<String>, MigrationError> {
        let write = self.write().await.map_err(MigrationError::Store)?;
        let done = apply(&write.tx).await;
        let (done, newer) = apart(done);
        let done = write.finish(done, &Trail::default()).await;
        done.map_err(|error| if newer { MigrationError::NewerDatabase } else { MigrationError::Store(error) })
    }

    /// Takes back the newest `steps` changes, or all. Returns the names of those taken back, newest first.
    ///
    /// # Errors
    /// [`MigrationError`]; nothing is changed then.
    pub async fn down(&self, steps: Option<u32>) -> Result<Vec<String>, MigrationError> {
        let write = self.write().await.map_err(MigrationError::Store)?;
        let done = take_back(&write.tx, steps).await;
        let (done, newer) = apart(done);
        let done = write.finish(done, &Trail::default()).await;
        done.map_err(|error| if newer { MigrationError::NewerDatabase } else { MigrationError::Store(error) })
    }

    /// Every change this program knows, oldest first. Writes nothing.
    ///
    /// # Errors
    /// [`MigrationError`] if the database cannot be read or is newer.
    pub async fn migration_status(&self) -> Result<Vec<MigrationState>, MigrationError> {
        let all = Migrator::get_migration_with_status_read_only(self.readers()).await;
        let all = all.map_err(|error| match Refused::from(error) {
            Refused::Newer => MigrationError::NewerDatabase,
            Refused::Store(error) => MigrationError::Store(error),
        })?;
        Ok(all.iter().map(|m| MigrationState { name: m.name().to_owned(), applied: m.status() == MigrationStatus::Applied }).collect())
    }
}

enum Refused {
    Newer,
    Store(StoreError),
}

impl From<DbErr> for Refused {
    fn from(error: DbErr) -> Self {
        // The migrator's only use of `Custom`: changes in the database that it has no file for.
        if matches!(error, DbErr::Custom(_)) { Self::Newer } else { Self::Store(store_error(&error)) }
    }
}

/// `finish` wants a [`StoreError`]; the flag says that it stands for [`Refused::Newer`].
fn apart<T>(done: Result<T, Refused>) -> (StoreResult<T>, bool) {
    match done {
        Ok(value) => (Ok(value), false),
        Err(Refused::Store(error)) => (Err(error), false),
        Err(Refused::Newer) => (Err(StoreError::Conflict("newer")), true),
    }
}

async fn apply(tx: &DatabaseTransaction) -> Result<Vec<String>, Refused> {
    prepare(tx).await.map_err(Refused::Store)?;
    let pending = Migrator::get_pending_migrations(tx).await?;
    Migrator::up(tx, None).await?;
    Ok(pending.iter().map(|migration| migration.name().to_owned()).collect())
}

async fn take_back(tx: &DatabaseTransaction, steps: Option<u32>) -> Result<Vec<String>, Refused> {
    prepare(tx).await.map_err(Refused::Store)?;
    let applied = Migrator::get_applied_migrations(tx).await?;
    Migrator::down(tx, steps).await?;
    let count = steps.map_or(usize::MAX, |steps| usize::try_from(steps).unwrap_or(usize::MAX));
    Ok(applied.iter().rev().take(count).map(|migration| migration.name().to_owned()).collect())
}

/// A schema change may take longer than a statement usually may, and so may waiting for another process's.
async fn prepare(tx: &DatabaseTransaction) -> StoreResult<()> {
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '120s'").await.store()?;
    }
    lock(tx, Lock::Migrations).await
}
