//! From what the drivers say to what a use case can act on.

use sea_orm::sqlx::{self, sqlite::SqliteError};
use sea_orm::{DbErr, RuntimeErr, SqlErr};
use services::ports::conflict::{EMAIL_TAKEN, GONE, STALE_VERSION, TAKEN};
use services::ports::{StoreError, StoreResult};

/// What went wrong in the database: the driver's code and words. Rows' values, which PostgreSQL adds as "detail",
/// are left behind, so that this may be logged.
#[derive(Debug, thiserror::Error)]
#[error("{words}{}", code.as_ref().map(|code| format!(" (code {code})")).unwrap_or_default())]
pub(crate) struct Fault {
    code: Option<String>,
    words: String,
}

impl Fault {
    pub(crate) fn words(words: impl Into<String>) -> Self {
        Self { code: None, words: words.into() }
    }
}

/// `result.store()?` instead of `result.map_err(store_error)?`.
pub(crate) trait IntoStore<T> {
    fn store(self) -> StoreResult<T>;
}

impl<T> IntoStore<T> for Result<T, DbErr> {
    fn store(self) -> StoreResult<T> {
        self.map_err(|error| store_error(&error))
    }
}

/// Classifies a driver's error.
pub(crate) fn store_error(error: &DbErr) -> StoreError {
    let code = driver_code(error);
    let fault = Box::new(Fault { words: error.to_string(), code: code.as_ref().map(|(_, code)| code.clone()) });
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(words)) => return StoreError::Conflict(taken(&words)),
        Some(SqlErr::ForeignKeyConstraintViolation(_)) => return StoreError::Conflict(GONE),
        // RESTRICT is a trigger to SQLite: SQLITE_CONSTRAINT_TRIGGER, <https://www.sqlite.org/rescode.html>; so are other triggers.
        _ if matches!(&code, Some((Driver::Sqlite, code)) if code == "1811") && fault.words.contains("FOREIGN KEY") => {
            return StoreError::Conflict(GONE);
        }
        _ => {}
    }
    let trouble = match (error, &code) {
        (_, Some((Driver::Sqlite, code))) => sqlite_trouble(code),
        (_, Some((Driver::Postgres, code))) => postgres_trouble(code),
        (DbErr::ConnectionAcquire(_) | DbErr::Conn(_), None) => Trouble::Away,
        (DbErr::Exec(RuntimeErr::SqlxError(inner)) | DbErr::Query(RuntimeErr::SqlxError(inner)), None) => sqlx_trouble(inner),
        _ => Trouble::Ours,
    };
    match trouble {
        Trouble::Away => StoreError::Unavailable(fault),
        Trouble::Full => StoreError::Full(fault),
        Trouble::Ours => StoreError::Failed(fault),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    /// Not there, locked or read-only: it may pass, or the machine needs attention.
    Away,
    /// No room.
    Full,
    /// A bug.
    Ours,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Driver {
    Sqlite,
    Postgres,
}

fn driver_code(error: &DbErr) -> Option<(Driver, String)> {
    let (DbErr::Exec(RuntimeErr::SqlxError(inner))
    | DbErr::Query(RuntimeErr::SqlxError(inner))
    | DbErr::Conn(RuntimeErr::SqlxError(inner))) = error
    else {
        return None;
    };
    let sqlx::Error::Database(database) = &**inner else { return None };
    let driver = if database.try_downcast_ref::<SqliteError>().is_some() { Driver::Sqlite } else { Driver::Postgres };
    Some((driver, database.code()?.into_owned()))
}

fn sqlx_trouble(error: &sqlx::Error) -> Trouble {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => Trouble::Away,
        _ => Trouble::Ours,
    }
}

/// Result codes, <https://www.sqlite.org/rescode.html>; the low byte is the primary one.
fn sqlite_trouble(code: &str) -> Trouble {
    const BUSY: u32 = 5;
    const LOCKED: u32 = 6;
    const READONLY: u32 = 8;
    const INTERRUPT: u32 = 9;
    const IOERR: u32 = 10;
    const FULL: u32 = 13;
    const CANTOPEN: u32 = 14;
    const PROTOCOL: u32 = 15;
    match code.parse::<u32>().unwrap_or_default() & 0xff {
        FULL => Trouble::Full,
        BUSY | LOCKED | READONLY | INTERRUPT | IOERR | CANTOPEN | PROTOCOL => Trouble::Away,
        _ => Trouble::Ours,
    }
}

/// SQLSTATE, <https://www.postgresql.org/docs/15/errcodes-appendix.html>.
fn postgres_trouble(code: &str) -> Trouble {
    match code {
        "53100" => Trouble::Full,
        // A standby, a lock or statement that took too long, a deadlock or a serialisation failure.
        "25006" | "55P03" | "57014" | "40001" | "40P01" => Trouble::Away,
        // Connection exceptions, insufficient resources, operator intervention (shutting down, starting up), I/O errors.
        other if ["08", "53", "57", "58"].iter().any(|class| other.starts_with(class)) => Trouble::Away,
        _ => Trouble::Ours,
    }
}

/// The fixed word for a unique constraint, found by its column (SQLite) or index name (PostgreSQL).
fn taken(words: &str) -> &'static str {
    let names = |column: &str, index: &str| words.contains(column) || words.contains(index);
    if names("user_account.email", "user_account_email") {
        EMAIL_TAKEN
    } else if names("connection.provider_id", "connection_provider_id") {
        // Two connected the same provider at once, neither having seen the other.
        STALE_VERSION
    } else {
        TAKEN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_apart() {
        for (code, trouble) in
            [("5", Trouble::Away), ("517", Trouble::Away), ("8", Trouble::Away), ("13", Trouble::Full), ("1", Trouble::Ours)]
        {
            assert_eq!(sqlite_trouble(code), trouble, "{code}");
        }
        for (code, trouble) in [("57P01", Trouble::Away), ("53300", Trouble::Away), ("53100", Trouble::Full), ("42P01", Trouble::Ours)] {
            assert_eq!(postgres_trouble(code), trouble, "{code}");
        }
        assert_eq!(taken("UNIQUE constraint failed: user_account.email"), EMAIL_TAKEN);
        assert_eq!(taken(r#"duplicate key value violates unique constraint "connection_provider_id""#), STALE_VERSION);
        assert_eq!(taken("UNIQUE constraint failed: access_token.public_id"), TAKEN);
    }

    #[test]
    fn a_pool_without_connections_is_an_outage() {
        let error = store_error(&DbErr::ConnectionAcquire(sea_orm::ConnAcquireErr::Timeout));
        assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    }
}
