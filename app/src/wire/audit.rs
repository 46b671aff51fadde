//! The audit log on the wire.

use super::Moment;
use serde::{Deserialize, Serialize};
use vocab::AuditId;

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditView {
    /// The line.
    pub id: AuditId,
    /// When.
    pub at: Moment,
    /// Who.
    pub actor: String,
    /// Stable text of the action, for filters.
    pub action: String,
    /// The action in words.
    pub words: String,
    /// The object's kind.
    pub object_kind: String,
    /// The object's name, or its id where it has none any more.
    pub object: String,
    /// Did it succeed?
    pub succeeded: bool,
    /// More words.
    pub detail: String,
    /// Where it came from.
    pub address: String,
    /// Finds the log lines.
    pub request_id: String,
}

/// Filters of the page; they live in its URL.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditQuery {
    /// Exact action text; empty for all.
    #[serde(default)]
    pub action: String,
    /// Part of the actor's name; empty for all.
    #[serde(default)]
    pub actor: String,
    /// `provider`, `user`, `access_token`, `installation`; empty for all.
    #[serde(default)]
    pub object_kind: String,
    /// Exact object id; empty for all.
    #[serde(default)]
    pub object_id: String,
    /// `ok`, `failed`, or empty for all.
    #[serde(default)]
    pub outcome: String,
    /// Only lines older than this id; empty for the newest.
    #[serde(default)]
    pub before: String,
}

/// A page of the log, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    /// The lines.
    pub lines: Vec<AuditView>,
    /// Pass as `before` for the next page; `None` at the end.
    pub next: Option<AuditId>,
    /// `(text, words)` of every action, for the filter.
    pub actions: Vec<(String, String)>,
}
