//! Which database, and how it is used.

use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use secrecy::{ExposeSecret, SecretString};
use std::path::{Path, PathBuf};

/// Which of the two databases an address names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseKind {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

/// How to reach the database.
#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    /// `sqlite:PATH`, `sqlite://PATH` or `postgres://…`. May hold a password.
    pub url: SecretString,
    /// Most connections at once. A SQLite file has one writer and at most four readers in any case.
    pub max_connections: u32,
    /// Most pages (of 4 KiB) a SQLite file may have; `None` leaves it to the disk.
    pub max_pages: Option<u32>,
}

/// Connections when nobody says otherwise.
pub const MAX_CONNECTIONS: u32 = 10;

impl DatabaseSettings {
    /// An address as it stands in the settings.
    pub fn from_url(url: SecretString) -> Self {
        Self { url, max_connections: MAX_CONNECTIONS, max_pages: None }
    }

    /// A SQLite file.
    pub fn sqlite(path: &Path) -> Self {
        Self::from_url(SecretString::from(format!("sqlite://{}", path.display())))
    }

    /// Which database the address names; `None` for anything Purser cannot use.
    pub fn kind(&self) -> Option<DatabaseKind> {
        let url = self.url.expose_secret();
        if url.starts_with("sqlite:") {
            Some(DatabaseKind::Sqlite)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Some(DatabaseKind::Postgres)
        } else {
            None
        }
    }

    /// The file of a SQLite database, whether it is there or not; `None` for a server, and for one in memory.
    pub fn file(&self) -> Option<PathBuf> {
        let url = self.url.expose_secret();
        if self.kind() != Some(DatabaseKind::Sqlite) || url.contains(":memory:") {
            return None;
        }
        let options: SqliteConnectOptions = url.parse().ok()?;
        Some(options.get_filename().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_decides_and_the_password_stays_hidden() {
        let kind = |url: &str| DatabaseSettings::from_url(SecretString::from(url)).kind();
        assert_eq!(kind("sqlite:data/purser.db"), Some(DatabaseKind::Sqlite));
        assert_eq!(kind("postgres://a@b/c"), Some(DatabaseKind::Postgres));
        assert_eq!(kind("postgresql://a@b/c"), Some(DatabaseKind::Postgres));
        assert_eq!(kind("mysql://a@b/c"), None);
        let file = |url: &str| DatabaseSettings::from_url(SecretString::from(url)).file();
        assert_eq!(file("sqlite:data/purser.db"), Some("data/purser.db".into()));
        assert_eq!(file("sqlite:///srv/with%20space.db?mode=rwc"), Some("/srv/with space.db".into()));
        assert_eq!((file("sqlite::memory:"), file("postgres://a@b/c")), (None, None));
        let settings = DatabaseSettings::from_url(SecretString::from("postgres://a:hunter2@b/c"));
        assert!(!format!("{settings:?}").contains("hunter2"));
        assert_eq!(DatabaseSettings::sqlite(Path::new("/a/b.db")).file().as_deref(), Some(Path::new("/a/b.db")));
    }
}
