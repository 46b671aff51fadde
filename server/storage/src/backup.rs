//! A copy of a SQLite database while it is in use.

use crate::database::Storage;
use crate::errors::{Fault, IntoStore};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sea_orm::sqlx::{self, Connection};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use services::ports::{StoreError, StoreResult};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// Why there is no copy. Nothing of it is left then.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A server's database is not one file.
    #[error("the database is on a PostgreSQL server")]
    Server,
    /// Nothing is written over.
    #[error("{} is there already, and nothing is written over", .0.display())]
    Exists(PathBuf),
    /// The copy cannot be written.
    #[error("cannot write {}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The database did not do its part.
    #[error("the database could not be copied")]
    Store(#[source] StoreError),
}

impl Storage {
    /// Writes everything as it is at this moment into one new file, readable by its owner only, and checks it; returns its
    /// size. Whoever uses the database goes on meanwhile.
    ///
    /// # Errors
    /// [`BackupError`]; on PostgreSQL always.
    pub async fn backup(&self, path: &Path) -> Result<u64, BackupError> {
        if self.backend() != DbBackend::Sqlite {
            return Err(BackupError::Server);
        }
        if path.symlink_metadata().is_ok() {
            return Err(BackupError::Exists(path.to_owned()));
        }
        // Under another name until it is whole: nobody ever takes half a copy for one.
        let mut draft = path.as_os_str().to_owned();
        draft.push(".part");
        let draft = PathBuf::from(draft);
        claim(&draft)?;
        let copied = self.copy_into(&draft, path).await;
        if copied.is_err() {
            drop(std::fs::remove_file(&draft));
        }
        copied
    }

    async fn copy_into(&self, draft: &Path, path: &Path) -> Result<u64, BackupError> {
        let wrong = |source: io::Error| BackupError::File { path: path.to_owned(), source };
        // Whole, so that SQLite does not take a name for an address.
        let whole = std::path::absolute(draft).map_err(wrong)?;
        let name = whole.to_str().ok_or_else(|| wrong(io::Error::other("the name is not UTF-8 text")))?;
        let copy = Statement::from_sql_and_values(self.backend(), "VACUUM INTO $1", [name.into()]);
        self.readers().execute_raw(copy).await.store().map_err(BackupError::Store)?;
        check(&whole).await.map_err(BackupError::Store)?;
        let file = File::open(draft).map_err(wrong)?;
        file.sync_all().map_err(wrong)?;
        std::fs::rename(draft, path).map_err(wrong)?;
        Ok(file.metadata().map_err(wrong)?.len())
    }
}

/// Makes the file, empty and private: SQLite fills one that is empty and refuses any other.
fn claim(draft: &Path) -> Result<(), BackupError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(draft).map(drop).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => BackupError::Exists(draft.to_owned()),
        _ => BackupError::File { path: draft.to_owned(), source },
    })
}

/// Reads through the whole copy.
async fn check(copy: &Path) -> StoreResult<()> {
    let unsound = |words: String| StoreError::Failed(Box::new(Fault::words(words)));
    let options = SqliteConnectOptions::new().filename(copy).read_only(true);
    let mut connection = SqliteConnection::connect_with(&options).await.map_err(|error| unsound(error.to_string()))?;
    let found: Result<String, _> = sqlx::query_scalar("PRAGMA quick_check").fetch_one(&mut connection).await;
    drop(connection.close().await);
    match found {
        Ok(words) if words == "ok" => Ok(()),
        Ok(words) => Err(unsound(words)),
        Err(error) => Err(unsound(error.to_string())),
    }
}
