//! The words of the command line.

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use vault::KeyId;
use vocab::{AccessTokenId, ProviderId, Role, Scope};

/// Connect your AI providers once: agents run on them, keys stay sealed, Finance knows what they cost.
///
/// Settings are environment variables (`PURSER_ADDR`, `PURSER_DATA_DIR` …) or stand in `purser.toml`.
#[derive(Debug, Parser)]
#[command(name = "purser", version, max_term_width = 100)]
pub struct Arguments {
    /// What to do; without it, serve.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server
    Serve,
    /// Change the database schema, or look at it
    #[command(subcommand)]
    Migrate(Migrate),
    /// Add people, list them, set a password
    #[command(subcommand)]
    User(User),
    /// Create, list and revoke access tokens
    #[command(subcommand)]
    Token(Token),
    /// Fetch the providers' own programs
    #[command(subcommand)]
    Tools(Tools),
    /// Make a new sealing key, list the keys, choose the one that seals
    #[command(subcommand)]
    Keys(Keys),
    /// Seal everything again under the first key of the ring; the server may go on
    RotateKeys,
    /// Copy the SQLite database into a new file; the server may go on
    Backup {
        /// The file to make; one that is there is not written over
        file: PathBuf,
    },
    /// Show every connected provider
    Status {
        /// Tell by the exit code: 1 something is rejected or does not open, 2 something needs attention soon
        #[arg(long)]
        check: bool,
    },
    /// Look at settings, database, keys and files, and say what is wrong
    Doctor,
    /// Fill a practice installation with a finance history
    #[command(hide = true)]
    Practice,
    /// Print the document of the machine API
    Openapi,
    /// Inside a build: ask Purser for an access token
    #[command(hide = true)]
    BrokerToken,
}

/// Schema changes.
#[derive(Debug, Subcommand)]
pub enum Migrate {
    /// Make every change that is missing
    Up,
    /// Take changes back, newest first: the data in their tables is lost
    Down {
        /// How many
        #[arg(long, default_value_t = 1)]
        steps: u32,
        /// Really
        #[arg(long)]
        yes: bool,
    },
    /// List the changes
    Status,
}

/// People.
#[derive(Debug, Subcommand)]
pub enum User {
    /// Add a person
    Add {
        /// They sign in with it
        #[arg(long)]
        email: String,
        /// As shown
        #[arg(long)]
        name: String,
        /// owner, operator, finance or viewer
        #[arg(long)]
        role: Role,
        /// Read the password from stdin instead of asking for it
        #[arg(long)]
        password_stdin: bool,
    },
    /// List everybody
    List,
    /// Set a person's password and end their sessions
    ResetPassword {
        /// Whose
        #[arg(long)]
        email: String,
        /// Read the password from stdin instead of asking for it
        #[arg(long)]
        password_stdin: bool,
    },
}

/// Access tokens.
#[derive(Debug, Subcommand)]
pub enum Token {
    /// Create one; it is printed once, alone on stdout
    Create {
        /// In whose name: their role bounds it
        #[arg(long, value_name = "EMAIL")]
        user: String,
        /// As shown
        #[arg(long)]
        name: String,
        /// inference, builds, connect, read, admin, metrics
        #[arg(long, value_delimiter = ',', required = true)]
        scopes: Vec<Scope>,
        /// Only these providers
        #[arg(long, value_delimiter = ',')]
        providers: Vec<ProviderId>,
        /// Only these models
        #[arg(long, value_delimiter = ',')]
        models: Vec<String>,
        /// Days until it stops by itself; without it, never
        #[arg(long)]
        days: Option<u32>,
    },
    /// List them all
    List,
    /// Stop one at once
    Revoke {
        /// Its id, as listed
        id: AccessTokenId,
    },
}

/// The sealing keys. The first of the ring seals, every one opens.
#[derive(Debug, Subcommand)]
pub enum Keys {
    /// Make a key and let it seal: it is put first in the key file. Without a key file, the new value of the setting is printed
    New {
        /// Put it last: it opens and does not seal yet, so that every replica can learn it first
        #[arg(long)]
        last: bool,
        /// Change nothing and only print a key, for a first `PURSER_MASTER_KEYS`
        #[arg(long, conflicts_with = "last")]
        print: bool,
    },
    /// Let a key of the ring seal: it is moved to the front
    Use {
        /// Its name, as listed
        #[arg(value_parser = KeyId::parse)]
        id: KeyId,
    },
    /// List the keys' names, which one seals, and how many values lie under each
    List,
}

/// The providers' own programs, for sign-in with a code and for builds.
#[derive(Debug, Subcommand)]
pub enum Tools {
    /// Fetch one from the npm registry, in the version this release knows, and prove that it is genuine
    Install {
        /// grok or codex
        name: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_words_make_sense() {
        Arguments::command().debug_assert();
        let read = |line: &str| Arguments::try_parse_from(line.split(' ')).map(|arguments| arguments.command);
        assert!(matches!(read("purser"), Ok(None)));
        assert!(matches!(read("purser status --check"), Ok(Some(Command::Status { check: true }))));
        let Ok(Some(Command::Token(Token::Create { scopes, days, .. }))) =
            read("purser token create --user a@b.c --name ci --scopes inference,read --days 9")
        else {
            unreachable!("it reads");
        };
        assert_eq!((scopes, days), (vec![Scope::Inference, Scope::Read], Some(9)));
        assert!(read("purser token create --user a@b.c --name ci --scopes everything").is_err());
        assert!(matches!(read("purser keys use k1"), Ok(Some(Command::Keys(Keys::Use { id }))) if id.to_string() == "k1"));
        assert!(read("purser keys use far-too-long").is_err() && read("purser keys new --last --print").is_err());
    }
}
