//! Opening the database: pools, limits, and what SQLite has to be told.

use crate::errors::store_error;
use crate::settings::{DatabaseKind, DatabaseSettings};
use sea_orm::sqlx::Connection;
use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, Database, DatabaseConnection};
use secrecy::ExposeSecret;
use services::ports::StoreError;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a statement waits for another process's lock.
const BUSY_WAIT: Duration = Duration::from_secs(10);
/// How long a caller waits for a connection; longer than [`BUSY_WAIT`], so that the lock's own error comes first.
const ACQUIRE_WAIT: Duration = Duration::from_secs(15);
/// A reader costs a thread and up to 2 MiB of page cache, and more than this many gain nothing.
const SQLITE_READERS: u32 = 4;
/// How long one statement may take on a server, and an idle transaction may stay open.
const STATEMENT_LIMIT: Duration = Duration::from_secs(30);

/// Why the database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is not one Purser understands; the text says what is wrong and never repeats the address.
    #[error("the database address {0}")]
    Address(&'static str),
    /// The SQLite file cannot be created or opened.
    #[error("cannot open the database file {}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// There is no SQLite file, or nothing in it, and none was to be made.
    #[error("there is no database at {}", .0.display())]
    Missing(PathBuf),
    /// It is there and does not answer as it should.
    #[error("the database does not answer")]
    Store(#[source] StoreError),
}

/// Where to write and where to read. The same pool on PostgreSQL.
pub(crate) struct Pools {
    pub(crate) writer: DatabaseConnection,
    pub(crate) readers: DatabaseConnection,
}

/// What to do where there is no SQLite file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Absent {
    /// Make it.
    Make,
    /// Refuse, and leave everything as it is.
    Refuse,
}

/// Opens the database the settings name.
pub(crate) async fn open(settings: &DatabaseSettings, absent: Absent) -> Result<Pools, OpenError> {
    match settings.kind() {
        Some(DatabaseKind::Sqlite) => sqlite(settings, absent).await,
        Some(DatabaseKind::Postgres) => postgres(settings).await,
        None => Err(OpenError::Address("must begin with sqlite: or postgres://")),
    }
}

/// One writer, because SQLite has only one and a queue in here is fairer than its lock; readers beside it (WAL).
async fn sqlite(settings: &DatabaseSettings, absent: Absent) -> Result<Pools, OpenError> {
    let options: SqliteConnectOptions = settings.url.expose_secret().parse().map_err(|_| OpenError::Address("is not a SQLite address"))?;
    let path = options.get_filename().to_owned();
    if settings.url.expose_secret().contains(":memory:") || path.as_os_str().is_empty() {
        return Err(OpenError::Address("must name a file: a database in memory would be lost"));
    }
    let mut options = options.busy_timeout(BUSY_WAIT).foreign_keys(true).pragma("journal_size_limit", "67108864");
    match absent {
        Absent::Make => {
            create_private(&path).map_err(|source| OpenError::File { path, source })?;
            options = options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Normal);
        }
        // The journal stays as the file has it: a restored copy has no WAL, and turning it on would change the file.
        Absent::Refuse => expect_file(path)?,
    }
    if let Some(pages) = settings.max_pages {
        options = options.pragma("max_page_count", pages.to_string());
    }
    // The writer first: it is the one that turns the WAL on.
    let writer = sqlite_pool(&options, 1).await?;
    let readers = sqlite_pool(&options, settings.max_connections.clamp(1, SQLITE_READERS)).await?;
    Ok(Pools { writer, readers })
}

async fn sqlite_pool(options: &SqliteConnectOptions, connections: u32) -> Result<DatabaseConnection, OpenError> {
    let options = options.clone();
    let mut pool = limits("sqlite::memory:", connections);
    // The hook below asks already whether the connection is alive.
    pool.test_before_acquire(false);
    pool.map_sqlx_sqlite_opts(move |_| quiet(options.clone())).map_sqlx_sqlite_before_acquire(|connection, _| {
        Box::pin(async move {
            // A full disk makes SQLite roll back by itself and sqlx lose count; such a connection is thrown away.
            // The ping waits for a rollback that is still under way.
            connection.ping().await?;
            Ok(!connection.is_in_transaction())
        })
    });
    connect(pool).await
}

/// Makes the file, readable by its owner only; the WAL and the index beside it inherit that.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn expect_file(path: PathBuf) -> Result<(), OpenError> {
    match std::fs::metadata(&path) {
        Ok(found) if found.len() > 0 => Ok(()),
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(OpenError::File { path, source }),
        Ok(_) | Err(_) => Err(OpenError::Missing(path)),
    }
}

async fn postgres(settings: &DatabaseSettings) -> Result<Pools, OpenError> {
    let options: PgConnectOptions = settings.url.expose_secret().parse().map_err(|_| OpenError::Address("is not a PostgreSQL address"))?;
    let millis = |limit: Duration| limit.as_millis().to_string();
    let options = options.application_name("purser").options([
        ("statement_timeout", millis(STATEMENT_LIMIT)),
        ("idle_in_transaction_session_timeout", millis(STATEMENT_LIMIT)),
        ("lock_timeout", millis(BUSY_WAIT)),
    ]);
    // One more than asked for: waiting for notifications keeps a connection for itself.
    let mut pool = limits("postgres://localhost", settings.max_connections.max(1) + 1);
    pool.map_sqlx_postgres_opts(move |_| quiet(options.clone()));
    let pool = connect(pool).await?;
    Ok(Pools { writer: pool.clone(), readers: pool })
}

/// The address is a stand-in: the real one, which may hold a password, goes in through the options.
fn limits(stand_in: &str, connections: u32) -> ConnectOptions {
    let mut pool = ConnectOptions::new(stand_in);
    pool.max_connections(connections).acquire_timeout(ACQUIRE_WAIT).sqlx_logging(false).record_stmt_in_spans(false);
    pool
}

/// Statements may hold what must not be read in a log.
fn quiet<O: sea_orm::sqlx::ConnectOptions>(options: O) -> O {
    options.disable_statement_logging()
}

async fn connect(pool: ConnectOptions) -> Result<DatabaseConnection, OpenError> {
    Database::connect(pool).await.map_err(|error| OpenError::Store(store_error(&error)))
}
