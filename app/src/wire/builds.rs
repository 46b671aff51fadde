//! Builds on the wire.

use super::{AppError, Moment};
use serde::{Deserialize, Serialize};
use vocab::{BuildId, ProviderId, Tone};

/// The list of builds, and what a new one needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildsView {
    /// Programs that could run builds.
    pub programs: Vec<ProgramView>,
    /// Newest first.
    pub builds: Vec<BuildRow>,
    /// What warns of the sandbox.
    pub warnings: Vec<String>,
    /// Folders that builds may work in.
    pub roots: Vec<String>,
    /// How a run may borrow: value and words.
    pub lendings: Vec<(String, String)>,
    /// What an archive may be.
    pub archive_help: String,
    /// A form that was sent without a script and refused, as it was filled in.
    pub draft: Option<BuildDraft>,
}

/// The form that starts a build, as it was filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildDraft {
    /// Whose program.
    pub provider_id: String,
    /// What it is told to do.
    pub prompt: String,
    /// How it borrows.
    pub lending: String,
    /// What it works on: a `WorkspaceKind`.
    pub workspace: String,
    /// A folder of Purser's machine.
    pub folder: String,
    /// What was wrong.
    pub error: Option<AppError>,
}

/// A program that could run builds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramView {
    /// Whose.
    pub provider_id: ProviderId,
    /// As shown.
    pub label: String,
    /// What is missing; `None` when it is ready.
    pub trouble: Option<String>,
}

/// A build in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildRow {
    /// Which one.
    pub id: BuildId,
    /// First line of the prompt.
    pub title: String,
    /// Program, who started it, how long it ran.
    pub about: String,
    /// Word of its phase.
    pub phase: String,
    /// Hue of its phase.
    pub tone: Tone,
    /// When it was asked for.
    pub created: Moment,
}

/// A build's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildPageView {
    /// Which one.
    pub id: BuildId,
    /// First line of the prompt.
    pub title: String,
    /// The whole prompt, where the title is not all of it.
    pub prompt: Option<String>,
    /// What warns of the sandbox.
    pub warnings: Vec<String>,
    /// How it stands.
    pub now: BuildNow,
    /// For how many seconds its program has been running.
    pub running: Option<i64>,
    /// What it printed.
    pub log: LogView,
}

/// How a build stands: what changes seldom while it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildNow {
    /// Word of its phase.
    pub phase: String,
    /// Hue of its phase.
    pub tone: Tone,
    /// Is something still going on?
    pub open: bool,
    /// Did all go well?
    pub succeeded: bool,
    /// Can it be started again as it was? Its archive was given to it alone.
    pub repeatable: bool,
    /// What it waits for, or how it ended.
    pub message: Option<String>,
    /// What it made, in words, when that can be downloaded.
    pub artefacts: Option<String>,
    /// When it was asked for.
    pub created: Moment,
    /// Program, credential, workspace …
    pub facts: Vec<(String, String)>,
}

/// Part of what a build printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogView {
    /// The place this part follows: what was asked with. Empty for the beginning.
    pub from: String,
    /// Ask with this for what comes after it.
    pub place: String,
    /// Class and text.
    pub spans: Vec<(String, String)>,
    /// Was the beginning left out?
    pub cut: bool,
    /// Is there more already?
    pub more: bool,
}
