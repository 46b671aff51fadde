//! Builds on the wire.

use super::Moment;
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
    /// Is something still going on?
    pub open: bool,
}

/// A build's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildPageView {
    /// As in the list.
    pub row: BuildRow,
    /// The whole prompt.
    pub prompt: String,
    /// How it borrows, and where it works.
    pub facts: Vec<(String, String)>,
    /// How it ended.
    pub message: Option<String>,
    /// What it printed: class and text.
    pub log: Vec<(String, String)>,
    /// Was the beginning of the log left out?
    pub cut: bool,
    /// What it made, in words, when that can be downloaded.
    pub artefacts: Option<String>,
}
