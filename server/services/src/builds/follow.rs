//! What a run prints: cleaned, freed of secrets, stored as it comes.

use super::Builds;
use crate::ports::{Output, Trail};
use domain::build::LogCleaner;
use domain::events::Event;
use secrecy::{ExposeSecret, SecretString};
use std::sync::{Mutex, PoisonError};
use vocab::BuildId;

/// Stands in a log where a secret stood.
const TAKEN_OUT: &str = "[secret]";
/// Text that is stored without waiting longer.
const ENOUGH: usize = 16 * 1024;

/// The secrets a run was lent so far.
#[derive(Default)]
pub(super) struct Known(Mutex<Vec<SecretString>>);

impl Known {
    /// One more.
    pub(super) fn add(&self, secret: &SecretString) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !secret.expose_secret().is_empty() && !known.iter().any(|old| old.expose_secret() == secret.expose_secret()) {
            known.push(secret.clone());
        }
    }

    /// All of them.
    pub(super) fn all(&self) -> Vec<SecretString> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn freed(&self, text: String) -> String {
        self.all().iter().fold(text, |text, secret| text.replace(secret.expose_secret(), TAKEN_OUT))
    }
}

/// A line of Purser's own in a log.
pub(super) fn own_words(words: &str) -> String {
    format!("\u{1b}[2mPurser: {words}\u{1b}[0m\n")
}

/// The log of one run. Both streams are cleaned by themselves: a colour of one is none of the other's.
pub(super) struct Follower<'a> {
    builds: &'a Builds,
    id: BuildId,
    known: &'a Known,
    stdout: LogCleaner,
    stderr: LogCleaner,
    waiting: String,
}

impl<'a> Follower<'a> {
    pub(super) fn new(builds: &'a Builds, id: BuildId, known: &'a Known) -> Self {
        Self { builds, id, known, stdout: LogCleaner::default(), stderr: LogCleaner::default(), waiting: String::new() }
    }

    /// Takes a piece in; `true` when there is enough to be stored.
    pub(super) fn take(&mut self, piece: Output) -> bool {
        let lines = match piece {
            Output::Stdout(bytes) => self.stdout.push(&bytes),
            Output::Stderr(bytes) => self.stderr.push(&bytes),
        };
        self.waiting.extend(lines.iter().map(|line| &**line));
        self.waiting.len() >= ENOUGH
    }

    /// A line of Purser's own.
    pub(super) fn say(&mut self, words: &str) {
        self.waiting.push_str(&own_words(words));
    }

    /// Stores what has come so far.
    pub(super) async fn store(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        let text = self.known.freed(std::mem::take(&mut self.waiting));
        let trail = Trail { audit: Vec::new(), events: vec![Event::BuildChanged { build_id: self.id }] };
        if let Err(error) = self.builds.repo().log_build(self.id, &text, trail).await {
            tracing::warn!(build = %self.id, %error, "a piece of a build's log could not be stored");
        }
    }

    /// Stores what is left.
    pub(super) async fn end(&mut self) {
        for rest in [self.stdout.rest(), self.stderr.rest()].into_iter().flatten() {
            self.waiting.push_str(&rest);
            self.waiting.push('\n');
        }
        self.store().await;
    }
}
