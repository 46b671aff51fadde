//! Builds.

use super::moment;
use crate::wire::{BuildDraft, BuildNow, BuildPageView, BuildRow, BuildsView, LogView, ProgramView};
use domain::build::archive::{MOST_BYTES, MOST_UPLOADED};
use domain::build::{BuildEnd, BuildState, SpanStyle, Workspace, spans_after};
use services::builds::{BuildDetail, LogPart, ReadyProgram};
use vocab::{BuildPhase, Lending, Tone};

/// What a page shows of a log at most, in bytes; the whole is in the machine API.
const SHOWN: usize = 128 * 1024;
/// Longest title, in characters.
const TITLE: usize = 120;
const COLOURS: [&str; 8] = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

/// What warns of the sandbox, and folders that builds may work in.
type Surroundings = (Vec<String>, Vec<String>);

/// The list, and what a new one needs.
pub fn builds(programs: Vec<ReadyProgram>, builds: &[BuildDetail], surroundings: Surroundings, draft: Option<BuildDraft>) -> BuildsView {
    let program = |found: ReadyProgram| ProgramView {
        label: format!("{} ({})", found.provider, found.program),
        provider_id: found.provider_id,
        trouble: found.trouble,
    };
    BuildsView {
        lendings: lendings(&programs),
        programs: programs.into_iter().map(program).collect(),
        builds: builds.iter().map(row).collect(),
        warnings: surroundings.0,
        roots: surroundings.1,
        archive_help: format!(
            "A .tar or .tar.gz of at most {} MiB, with files and folders only, which unpacks to at most {} MiB.",
            MOST_UPLOADED >> 20,
            MOST_BYTES >> 20
        ),
        draft,
    }
}

/// Every way that some program that is ready can borrow.
fn lendings(programs: &[ReadyProgram]) -> Vec<(String, String)> {
    let can = |lending: &Lending| programs.iter().any(|program| program.trouble.is_none() && program.lendings.contains(lending));
    let choice = |lending: &Lending| (lending.as_str().to_owned(), lending.describe().to_owned());
    Lending::ALL.iter().filter(|lending| can(lending)).map(choice).collect()
}

/// One build with what it printed. `wait` says what it waits for, if it does.
pub fn build_page(detail: &BuildDetail, log: LogView, wait: Option<String>, warnings: Vec<String>) -> BuildPageView {
    let build = &detail.build;
    let phase = build.phase();
    let running = detail.duration.filter(|_| phase == BuildPhase::Running).map(time::Duration::whole_seconds);
    let title = title(&build.prompt);
    let files = detail.artefacts.filter(|found| found.files > 0);
    BuildPageView {
        id: build.id,
        prompt: (title != build.prompt).then(|| build.prompt.clone()),
        title,
        warnings,
        now: BuildNow {
            phase: phase.label().to_owned(),
            tone: tone(phase),
            open: phase.is_open(),
            succeeded: phase == BuildPhase::Succeeded,
            repeatable: build.workspace != Workspace::Archive,
            message: message(detail, wait),
            artefacts: files.map(|found| format!("{}, {}", counted(found.files), bytes(found.bytes))),
            created: moment(build.created_at),
            facts: facts(detail),
        },
        running,
        log,
    }
}

fn message(detail: &BuildDetail, wait: Option<String>) -> Option<String> {
    match &detail.build.state {
        BuildState::Queued => wait,
        BuildState::Preparing { .. } if detail.build.lending == Lending::HandOver => {
            Some("Its sandbox is being made ready. It waits for as long as somebody else uses the sign-in.".to_owned())
        }
        BuildState::Preparing { .. } => Some("Its sandbox and its credential are being made ready.".to_owned()),
        BuildState::Running { .. } => None,
        BuildState::Ended { end: BuildEnd::Succeeded, .. } if detail.artefacts.is_some_and(|found| found.files == 0) => {
            Some("The program ended with exit code 0. It made no files.".to_owned())
        }
        BuildState::Ended { end, .. } => Some(end.words()),
    }
}

fn facts(detail: &BuildDetail) -> Vec<(String, String)> {
    let build = &detail.build;
    let workspace = match &build.workspace {
        Workspace::Empty => "A new, empty folder".to_owned(),
        Workspace::Archive => "An uploaded archive".to_owned(),
        Workspace::Folder(folder) => folder.clone(),
    };
    let ended = !build.phase().is_open();
    let ran = detail.duration.filter(|_| ended).map(|ran| ("Ran for", lasted(ran.whole_seconds())));
    let credential = build.lending.describe().split(':').next().unwrap_or_default().to_owned();
    [
        ("Program of", detail.provider.clone()),
        ("Workspace", workspace),
        ("Credential", credential),
        ("Started by", build.started_by.clone()),
    ]
    .into_iter()
    .chain(ran)
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

/// The end of a log, for a page that has nothing of it yet.
pub fn whole_log(log: &LogPart) -> LogView {
    let text = &log.text;
    let start = text.len().saturating_sub(SHOWN);
    // Whole lines only; what is left out may still say in what colour the rest begins.
    let start =
        if start == 0 { 0 } else { text.bytes().skip(start).position(|byte| byte == b'\n').map_or(text.len(), |at| start + at + 1) };
    let (before, shown) = text.split_at(start);
    LogView { cut: start > 0, ..part(String::new(), log.next, spans_after(SpanStyle::default(), before).1, shown, log.more) }
}

/// What came after a place.
pub fn log_part(from: String, look: SpanStyle, log: &LogPart) -> LogView {
    part(from, log.next, look, &log.text, log.more)
}

fn part(from: String, next: u64, look: SpanStyle, text: &str, more: bool) -> LogView {
    let (spans, end) = spans_after(look, text);
    let spans = spans.into_iter().map(|span| (class(span.style), span.text)).collect();
    LogView { from, place: place(next, end), spans, cut: false, more }
}

/// A place in a log: the piece that was read last, and how the text looked at its end.
fn place(after: u64, look: SpanStyle) -> String {
    let colour = look.colour.map_or_else(String::new, |colour| colour.to_string());
    format!("{after}.{}.{}.{colour}", u8::from(look.bold), u8::from(look.dim))
}

/// Reads a place; `None` when it is none, and the page begins anew.
pub fn read_place(place: &str) -> Option<(u64, SpanStyle)> {
    let mut parts = place.split('.');
    let after = parts.next()?.parse().ok()?;
    let (bold, dim) = (parts.next()? == "1", parts.next()? == "1");
    let colour = parts.next()?.parse().ok().filter(|colour| usize::from(*colour) < COLOURS.len());
    Some((after, SpanStyle { bold, dim, colour }))
}

fn row(detail: &BuildDetail) -> BuildRow {
    let build = &detail.build;
    let phase = build.phase();
    let ran = detail.duration.map(|ran| format!(" · {}", lasted(ran.whole_seconds()))).unwrap_or_default();
    BuildRow {
        id: build.id,
        title: title(&build.prompt),
        about: format!("{} · {}{ran}", detail.provider, build.started_by),
        phase: phase.label().to_owned(),
        tone: tone(phase),
        created: moment(build.created_at),
    }
}

/// The first line of a prompt, not endless.
fn title(prompt: &str) -> String {
    let line = prompt.lines().next().unwrap_or_default();
    let mut title: String = line.chars().take(TITLE).collect();
    if title.len() < line.len() {
        title.push('…');
    }
    title
}

fn counted(files: u64) -> String {
    if files == 1 { "1 file".to_owned() } else { format!("{files} files") }
}

fn bytes(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{} kB", bytes.div_ceil(1024)),
        _ => format!("{} MB", bytes.div_ceil(1_048_576)),
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
        assert_eq!((counted(1), bytes(5), bytes(1500)), ("1 file".to_owned(), "5 bytes".to_owned(), "2 kB".to_owned()));
        assert_eq!(title("one\ntwo"), "one");
        assert_eq!(title(&"x".repeat(200)).chars().count(), TITLE + 1);
    }

    #[test]
    fn a_log_in_parts_is_the_log_as_a_whole() {
        let part = |text: &str, next| LogPart { text: text.to_owned(), next, more: false };
        let pieces = ["a\n\u{1b}[1;31mb\n", "c\n", "\u{1b}[0md\n"];
        let whole = whole_log(&part(&pieces.concat(), 3));
        let mut shown = whole_log(&part(pieces[0], 1));
        for (piece, next) in pieces.iter().skip(1).zip(2..) {
            let (_, style) = read_place(&shown.place).expect("a place");
            let more = log_part(shown.place.clone(), style, &part(piece, next));
            assert_eq!(more.from, shown.place);
            shown = LogView { spans: [shown.spans, more.spans].concat(), place: more.place, ..whole.clone() };
        }
        let looks = |log: &LogView| {
            log.spans.iter().flat_map(|(class, text)| text.chars().map(|c| (class.clone(), c)).collect::<Vec<_>>()).collect::<Vec<_>>()
        };
        assert_eq!((looks(&shown), &shown.place), (looks(&whole), &whole.place));
    }

    #[test]
    fn a_long_log_begins_with_a_whole_line_in_its_colour() {
        let text = format!("\u{1b}[32m{}", "é line\n".repeat(SHOWN / 4));
        let log = whole_log(&LogPart { text, next: 9, more: false });
        assert!(log.cut && log.spans[0].0 == "log-green" && log.spans[0].1.starts_with("é line\n"));
        assert_eq!(log.spans.len(), 1);
        for nonsense in ["", "x", "1", "1.0", "1.1.1", "-1.0.0."] {
            assert_eq!(read_place(nonsense), None, "{nonsense}");
        }
        assert_eq!(read_place("7.0.1.99"), Some((7, SpanStyle { bold: false, dim: true, colour: None })));
    }
}
