//! Builds.

use super::moment;
use crate::wire::{BuildPageView, BuildRow, BuildsView, ProgramView};
use domain::build::{BuildState, SpanStyle, Workspace, spans};
use services::builds::{BuildDetail, ReadyProgram};
use vocab::{BuildPhase, Tone};

/// What a page shows of a log at most, in bytes; the whole is in the machine API.
const SHOWN: usize = 128 * 1024;
const COLOURS: [&str; 8] = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

/// The list, and what a new one needs.
pub fn builds(programs: Vec<ReadyProgram>, builds: &[BuildDetail], surroundings: (Vec<String>, Vec<String>)) -> BuildsView {
    let program = |found: ReadyProgram| ProgramView {
        label: format!("{} ({})", found.provider, found.program),
        provider_id: found.provider_id,
        trouble: found.trouble,
    };
    BuildsView {
        programs: programs.into_iter().map(program).collect(),
        builds: builds.iter().map(row).collect(),
        warnings: surroundings.0,
        roots: surroundings.1,
    }
}

/// One build with what it printed.
pub fn build_page(detail: &BuildDetail, log: &str) -> BuildPageView {
    let build = &detail.build;
    let start = log.len().saturating_sub(SHOWN);
    let start = if start == 0 { 0 } else { log.get(start..).and_then(|rest| rest.find('\n')).map_or(log.len(), |at| start + at + 1) };
    let workspace = match &build.workspace {
        Workspace::Empty => "A new, empty folder".to_owned(),
        Workspace::Archive => "An uploaded archive".to_owned(),
        Workspace::Folder(folder) => folder.clone(),
    };
    let message = match &build.state {
        BuildState::Ended { end, .. } => Some(end.words()),
        _ => None,
    };
    BuildPageView {
        row: row(detail),
        prompt: build.prompt.clone(),
        facts: vec![("Credential".to_owned(), build.lending.describe().to_owned()), ("Workspace".to_owned(), workspace)],
        message,
        log: spans(log.get(start..).unwrap_or_default()).into_iter().map(|span| (class(span.style), span.text)).collect(),
        cut: start > 0,
        artefacts: detail.artefacts.filter(|found| found.files > 0).map(|found| format!("{} files, {} bytes", found.files, found.bytes)),
    }
}

fn row(detail: &BuildDetail) -> BuildRow {
    let build = &detail.build;
    let phase = build.phase();
    let ran = detail.duration.map(|ran| format!(" · {}", lasted(ran.whole_seconds()))).unwrap_or_default();
    BuildRow {
        id: build.id,
        title: build.prompt.lines().next().unwrap_or_default().chars().take(120).collect(),
        about: format!("{} · {}{ran}", detail.provider, build.started_by),
        phase: phase.label().to_owned(),
        tone: tone(phase),
        created: moment(build.created_at),
        open: phase.is_open(),
    }
}

const fn tone(phase: BuildPhase) -> Tone {
    match phase {
        BuildPhase::Queued | BuildPhase::Cancelled => Tone::Neutral,
        BuildPhase::Preparing | BuildPhase::Running => Tone::Info,
        BuildPhase::Succeeded => Tone::Ok,
        BuildPhase::Failed => Tone::Bad,
        BuildPhase::Lost => Tone::Warn,
    }
}

fn lasted(seconds: i64) -> String {
    if seconds < 60 { format!("{seconds} s") } else { format!("{} min {} s", seconds / 60, seconds % 60) }
}

/// Classes of our own, never a style of the log's.
fn class(style: SpanStyle) -> String {
    let mut classes: Vec<String> = Vec::new();
    if style.bold {
        classes.push("log-bold".to_owned());
    }
    if style.dim {
        classes.push("log-dim".to_owned());
    }
    if let Some(colour) = style.colour.and_then(|colour| COLOURS.get(usize::from(colour))) {
        classes.push(format!("log-{colour}"));
    }
    classes.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_looks_are_words() {
        assert_eq!((lasted(7), lasted(125)), ("7 s".to_owned(), "2 min 5 s".to_owned()));
        assert_eq!(class(SpanStyle { bold: true, dim: false, colour: Some(1) }), "log-bold log-red");
    }
}
