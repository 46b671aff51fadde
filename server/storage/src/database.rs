//! The one door to the database.

use crate::open::{Absent, OpenError, Pools, open};
use crate::settings::DatabaseSettings;
use crate::wake::Wake;
use sea_orm::{DatabaseConnection, DbBackend};
use std::sync::Arc;

/// The database, behind every port. Cheap to clone; the pools close with the last clone.
#[derive(Clone)]
pub struct Storage {
    inner: Arc<Inner>,
}

struct Inner {
    pools: Pools,
    wake: Wake,
}

impl std::fmt::Debug for Storage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Storage").field(&self.backend()).finish()
    }
}

impl Storage {
    /// Opens the database; a SQLite file that is not there is made. Nothing is migrated yet: see [`Storage::migrate`].
    ///
    /// # Errors
    /// [`OpenError`] with what is wrong with the address, the file or the server.
    pub async fn connect(settings: &DatabaseSettings) -> Result<Self, OpenError> {
        Ok(Self::over(open(settings, Absent::Make).await?))
    }

    /// Opens a database that is there, and makes nothing.
    ///
    /// # Errors
    /// [`OpenError::Missing`] where there is none, and as [`Storage::connect`].
    pub async fn connect_existing(settings: &DatabaseSettings) -> Result<Self, OpenError> {
        Ok(Self::over(open(settings, Absent::Refuse).await?))
    }

    fn over(pools: Pools) -> Self {
        let wake = Wake::new(pools.readers.clone());
        Self { inner: Arc::new(Inner { pools, wake }) }
    }

    /// Closes the pools: running statements end, later ones fail, and SQLite folds its WAL into the file.
    pub async fn close(&self) {
        self.inner.wake.stop();
        for pool in [&self.inner.pools.readers, &self.inner.pools.writer] {
            if let Err(error) = pool.close_by_ref().await {
                tracing::warn!(%error, "closing the database");
            }
        }
    }

    pub(crate) fn backend(&self) -> DbBackend {
        self.inner.pools.writer.get_database_backend()
    }

    /// For reading.
    pub(crate) fn readers(&self) -> &DatabaseConnection {
        &self.inner.pools.readers
    }

    /// For writing: transactions through [`Storage::write`], single statements directly.
    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.inner.pools.writer
    }

    pub(crate) fn wake(&self) -> &Wake {
        &self.inner.wake
    }
}
