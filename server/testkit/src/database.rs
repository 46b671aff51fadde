//! A fresh database a test, on SQLite and on PostgreSQL, gone with the test.

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::print_stderr,
    reason = "a test that has no database must stop and say why"
)]

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};
use secrecy::{ExposeSecret, SecretString};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use storage::{DatabaseKind, DatabaseSettings, Storage};
use tempfile::TempDir;
use url::Url;

/// Address of a PostgreSQL server where databases may be made and dropped; `scripts/postgres.sh start` prints one.
pub const POSTGRES_URL: &str = "PURSER_TEST_POSTGRES_URL";

/// A database of its own, with the schema in place unless it was made bare.
pub struct TestDatabase {
    storage: Storage,
    settings: DatabaseSettings,
    kind: DatabaseKind,
    home: Home,
}

enum Home {
    Folder(TempDir),
    Server { admin: Url, name: String },
}

impl TestDatabase {
    /// A SQLite file in a temporary folder.
    pub async fn sqlite() -> Self {
        Self::bare_sqlite().await.migrated().await
    }

    /// A database on the test server; `None`, with a line saying so, when there is no such server.
    pub async fn postgres() -> Option<Self> {
        match Self::bare_postgres().await {
            Some(bare) => Some(bare.migrated().await),
            None => None,
        }
    }

    /// One of each kind there is.
    pub async fn each() -> Vec<Self> {
        let mut all = vec![Self::sqlite().await];
        all.extend(Self::postgres().await);
        all
    }

    /// SQLite without a schema.
    pub async fn bare_sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let settings = DatabaseSettings::sqlite(&folder.path().join("purser.db"));
        Self::open(settings, DatabaseKind::Sqlite, Home::Folder(folder)).await
    }

    /// PostgreSQL without a schema.
    pub async fn bare_postgres() -> Option<Self> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let Ok(admin) = std::env::var(POSTGRES_URL) else {
            eprintln!("SKIPPED on PostgreSQL: {POSTGRES_URL} is not set (scripts/postgres.sh start prints it)");
            return None;
        };
        let admin: Url = admin.parse().expect("PURSER_TEST_POSTGRES_URL is an address");
        let name = format!("purser_test_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let server = connect(admin.as_str()).await;
        // A process with this number may have been killed before it could tidy up.
        server.execute_unprepared(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.expect("dropped");
        server.execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE template0")).await.expect("created");
        server.close().await.expect("closed");
        let mut own = admin.clone();
        own.set_path(&name);
        let settings = DatabaseSettings::from_url(SecretString::from(own.to_string()));
        Some(Self::open(settings, DatabaseKind::Postgres, Home::Server { admin, name }).await)
    }

    async fn open(settings: DatabaseSettings, kind: DatabaseKind, home: Home) -> Self {
        let storage = Storage::connect(&settings).await.expect("the database opens");
        Self { storage, settings, kind, home }
    }

    async fn migrated(self) -> Self {
        self.storage.migrate().await.expect("the schema");
        self
    }

    /// The database, behind every port.
    pub fn storage(&self) -> &Storage {
        &self.storage
    }

    /// How to reach it, for whatever opens it itself.
    pub fn settings(&self) -> &DatabaseSettings {
        &self.settings
    }

    /// Which kind it is.
    pub fn kind(&self) -> DatabaseKind {
        self.kind
    }

    /// The SQLite file, if it is one.
    pub fn file(&self) -> Option<PathBuf> {
        match &self.home {
            Home::Folder(folder) => Some(folder.path().join("purser.db")),
            Home::Server { .. } => None,
        }
    }

    /// The same database through pools of its own, as another process would see it.
    pub async fn again(&self) -> Storage {
        Storage::connect(&self.settings).await.expect("the database opens again")
    }

    /// Runs a statement behind the ports' back, for instance to move an instant into the past.
    pub async fn execute(&self, sql: &str) {
        let raw = self.raw().await;
        raw.execute_unprepared(sql).await.expect("the statement runs");
        raw.close().await.expect("closed");
    }

    /// Runs a statement in a transaction that stays open, and in the way of others, until it is told to go.
    pub async fn obstacle(&self, sql: &str) -> Obstacle {
        let raw = self.raw().await;
        raw.execute_unprepared("BEGIN").await.expect("begun");
        raw.execute_unprepared(sql).await.expect("the statement runs");
        Obstacle(raw)
    }

    /// One plain connection, for looking behind the ports and for standing in the way.
    pub async fn raw(&self) -> DatabaseConnection {
        connect(self.settings.url.expose_secret()).await
    }
}

/// An open transaction, see [`TestDatabase::obstacle`].
pub struct Obstacle(DatabaseConnection);

impl Obstacle {
    /// Takes everything back.
    pub async fn go(self) {
        self.0.execute_unprepared("ROLLBACK").await.expect("rolled back");
        self.0.close().await.expect("closed");
    }
}

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.expect("a plain connection")
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Home::Server { admin, name } = &self.home else { return };
        let (admin, drop_it) = (admin.clone(), format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        // The test's own runtime is busy with this very drop.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let server = connect(admin.as_str()).await;
                server.execute_unprepared(&drop_it).await.map(drop).map_err(std::io::Error::other)
            })
        });
        if !matches!(dropping.join(), Ok(Ok(()))) {
            eprintln!("{name} was not dropped; it goes with its server");
        }
    }
}
