//! Why Purser does not start, in words for the person who started it.

use crate::config::SettingsError;
use adapters::{HttpSetupError, SmtpSetupError};
use services::ServiceError;
use services::ports::StoreError;
use std::net::SocketAddr;
use storage::{MigrationError, OpenError};

/// The first thing that went wrong.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The database cannot be opened.
    #[error("PURSER_DATABASE_URL: {0}")]
    Open(#[source] OpenError),
    /// There is no installation where the settings point, and this command begins none. Says where that is.
    #[error(
        "there is no Purser {0}. Set PURSER_DATA_DIR to the data folder of the one you mean, or PURSER_DATABASE_URL to its database; \
         purser serve begins a new one"
    )]
    Nowhere(String),
    /// Its schema cannot be brought up to date, or read.
    #[error("the database cannot be used")]
    Schema(#[source] MigrationError),
    /// The schema is older than this program, and only a start of the server or `purser migrate up` may change it.
    #[error("the database is not up to date: {0} changes are missing. Run: purser migrate up")]
    Outdated(usize),
    /// The database failed later.
    #[error("the database did not answer")]
    Store(#[from] StoreError),
    /// Sealed values and keys do not fit together; the text says what to do.
    #[error("{0}")]
    Keys(String),
    /// Outbound TLS.
    #[error("calls to providers cannot be made")]
    Outbound(#[from] HttpSetupError),
    /// Mail.
    #[error("PURSER_SMTP_URL: mail cannot be sent")]
    Mail(#[from] SmtpSetupError),
    /// A use case refused.
    #[error("{0}")]
    Service(#[from] ServiceError),
    /// The address is taken, or not ours.
    #[error("PURSER_ADDR: cannot listen on {addr}")]
    Listen {
        /// The address.
        addr: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The process cannot be set up.
    #[error("the process cannot be set up")]
    Process(#[source] Box<dyn std::error::Error + Send + Sync>),
}
