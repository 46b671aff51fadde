use super::archive::{ArchiveError, EntryKind, Gauge, MOST_BYTES, MOST_ENTRIES};
use super::*;
use crate::provider::Catalogue;
use proptest::prelude::*;
use time::macros::datetime;
use vocab::{BuildFailure, BuildId, Lending};

const NOW: OffsetDateTime = datetime!(2026-11-23 10:00 UTC);

fn cleaned(bytes: &[u8]) -> String {
    let mut cleaner = LogCleaner::default();
    let mut lines = cleaner.push(bytes);
    lines.extend(cleaner.rest());
    lines.concat()
}

#[test]
fn a_build_goes_forward_only() {
    let running = BuildState::Queued.taken(NOW).and_then(|state| state.begun(NOW)).expect("runs");
    let ended = running.clone().ended(BuildEnd::Succeeded, NOW).expect("ends");
    assert_eq!(ended.phase(), BuildPhase::Succeeded);
    for state in [BuildState::Queued, BuildState::Preparing { since: NOW }, running] {
        assert!(state.clone().ended(BuildEnd::Cancelled, NOW).is_ok(), "can be cancelled at every phase");
        let failed = BuildEnd::failed(BuildFailure::NotStarted, "no such program");
        assert!(state.clone().ended(failed, NOW).is_ok());
        assert_eq!(state.clone().ended(BuildEnd::Lost, NOW).is_ok(), state != BuildState::Queued, "what waits survives a restart");
    }
    assert!(BuildState::Queued.begun(NOW).is_err() && BuildState::Preparing { since: NOW }.taken(NOW).is_err());
    assert!(BuildState::Preparing { since: NOW }.ended(BuildEnd::Succeeded, NOW).is_err());
    for end in [BuildEnd::Cancelled, BuildEnd::Lost, BuildEnd::Succeeded] {
        assert!(ended.clone().ended(end, NOW).is_err(), "over is over");
    }
}

#[test]
fn a_log_keeps_text_and_colours_and_nothing_else() {
    for (given, expected) in [
        (&b"\x1b[1;31mred\x1b[0m\n"[..], "\u{1b}[1;31mred\u{1b}[0m\n"),
        (b"\x1b]0;title\x07a\x1b]8;;https://evil.example\x1b\\b\x1b[2J\x1b[10;5Hc", "abc"),
        (b"one\r\ntwo\rthree\n", "one\ntwo\nthree\n"),
        (b"\x1b[?25l\x1b[>0;1m\x1b(B<script>alert(1)</script>", "<script>alert(1)</script>"),
        (b"\x07\x08\0\x1b", ""),
        ("a\u{202e}b\u{9b}31mc".as_bytes(), "ab31mc"),
        (b"\xff\xfe", "\u{fffd}\u{fffd}"),
        (b"\x1bPq#0;2;0;0;0~\x1b\\ok", "ok"),
    ] {
        assert_eq!(cleaned(given), expected, "{given:?}");
    }
    let long = vec![b'x'; 100_000];
    assert!(LogCleaner::default().push(&long).len() > 10, "a line without an end is broken");
}

#[test]
fn colours_become_spans() {
    let plain = SpanStyle::default();
    let red = SpanStyle { bold: true, colour: Some(1), ..plain };
    let shown = spans("a\u{1b}[1;31mb\u{1b}[0mc\u{1b}[38;5;9md\u{1b}[48;2;1;2;3me\u{1b}[mf\u{1b}[92mg");
    let span = |style, text: &str| Span { style, text: text.to_owned() };
    assert_eq!(shown, [span(plain, "a"), span(red, "b"), span(plain, "cdef"), span(SpanStyle { colour: Some(2), ..plain }, "g")]);
    assert_eq!(spans("").len(), 0);
}

#[test]
fn a_colour_goes_on_from_one_part_to_the_next() {
    let red = SpanStyle { colour: Some(1), ..SpanStyle::default() };
    let (first, style) = spans_after(SpanStyle::default(), "a\n\u{1b}[31mb\n");
    let (second, end) = spans_after(style, "c\n\u{1b}[0md\n");
    assert_eq!((style, end), (red, SpanStyle::default()));
    let text = |spans: &[Span]| spans.iter().map(|span| (span.style.colour, span.text.clone())).collect::<Vec<_>>();
    assert_eq!(text(&first), [(None, "a\n".to_owned()), (Some(1), "b\n".to_owned())]);
    assert_eq!(text(&second), [(Some(1), "c\n".to_owned()), (None, "d\n".to_owned())]);
}

fn queued(number: u128, lending: Lending, state: BuildState) -> Build {
    Build {
        id: BuildId::new(uuid::Uuid::from_u128(number)),
        provider_id: "xai".parse().expect("an id"),
        prompt: "x".to_owned(),
        workspace: Workspace::Empty,
        lending,
        started_by: "Ann".to_owned(),
        user_id: None,
        retry_of: None,
        created_at: NOW,
        state,
    }
}

#[test]
fn what_a_build_waits_for_is_said() {
    let (queue, runs) = (BuildState::Queued, BuildState::Running { since: NOW });
    let mine = queued(9, Lending::Lend, queue.clone());
    let running = |number| queued(number, Lending::Lend, runs.clone());
    let ended = queued(1, Lending::Lend, BuildState::Ended { ran_since: None, at: NOW, end: BuildEnd::Cancelled });
    assert_eq!(wait_of(&running(2), &[], 2), None);
    assert_eq!(wait_of(&mine, &[ended.clone(), running(2), mine.clone()], 2), Some(Wait::Nothing));
    let others =
        [ended, running(2), running(3), queued(4, Lending::Lend, queue.clone()), mine.clone(), queued(10, Lending::Lend, queue.clone())];
    let turn = wait_of(&mine, &others, 2).expect("waits");
    assert_eq!(turn, Wait::Turn { before: 1, at_once: 2 });
    assert_eq!(turn.words(), "2 builds run at once, and that many are running; one other comes first.");
    let handed = queued(5, Lending::HandOver, runs);
    assert_eq!(wait_of(&queued(9, Lending::HandOver, queue), std::slice::from_ref(&handed), 2), Some(Wait::HandedOver));
    assert_eq!(wait_of(&mine, &[handed], 2), Some(Wait::Nothing), "one that borrows a token waits for nobody");
}

#[test]
fn an_archive_stays_in_the_workspace() {
    let file = EntryKind::File(1);
    let admit = |path: &str, kind| Gauge::default().admit(path, kind);
    assert_eq!(admit("./src/main.rs", file), Ok(vec!["src".to_owned(), "main.rs".to_owned()]));
    assert_eq!(admit("./", EntryKind::Folder), Ok(vec![]));
    for path in ["../x", "a/../../x", "a/..", "/etc/passwd", "..", "", "a/", "a\0b", "..\\x", &"a/".repeat(600)] {
        assert!(matches!(admit(path, file), Err(ArchiveError::Outside(_))), "{path:?}");
    }
    assert!(matches!(admit("dev/sda", EntryKind::Other), Err(ArchiveError::Kind(_))));
    assert_eq!(admit("big", EntryKind::File(MOST_BYTES + 1)), Err(ArchiveError::TooLarge));
    let mut gauge = Gauge::default();
    assert!((0..MOST_ENTRIES).all(|n| gauge.admit(&n.to_string(), EntryKind::Folder).is_ok()));
    assert_eq!(gauge.admit("one more", file), Err(ArchiveError::TooMany));
    let mut gauge = Gauge::default();
    assert!(gauge.admit("a", EntryKind::File(u64::MAX)).is_err() && gauge.admit("b", EntryKind::File(2)).is_err());
}

#[test]
fn the_script_holds_neither_prompt_nor_secret() {
    let catalogue = Catalogue::built_in().expect("reads");
    let cli = |id: &str| catalogue.get(&id.parse().expect("an id")).and_then(|provider| provider.cli.clone()).expect("has one");
    let lane = |lending| Lane { program: "/opt/it's/grok", lending };
    let script = run_script(&cli("xai"), lane(Lending::Broker));
    let quoted = "'/opt/it'\\''s/grok'";
    assert_eq!(
        script,
        format!(
            "{quoted} 'login' </dev/null || exit $?\nexec {quoted} '--prompt-file' ''\"$HOME\"'/.purser/prompt' '--cwd' ''\"$PWD\"'' '--always-approve' </dev/null"
        )
    );
    assert!(run_script(&cli("xai"), lane(Lending::Lend)).starts_with("exec "));
    assert!(run_script(&cli("codex"), lane(Lending::Lend)).ends_with("<\"$HOME\"/.purser/prompt"));
}

proptest! {
    #[test]
    fn garbage_never_gets_through(bytes in proptest::collection::vec(any::<u8>(), 0..300), cut in 0_usize..300) {
        let whole = cleaned(&bytes);
        let mut cleaner = LogCleaner::default();
        let cut = cut.min(bytes.len());
        let mut lines = cleaner.push(&bytes[..cut]);
        lines.extend(cleaner.push(&bytes[cut..]));
        lines.extend(cleaner.rest());
        prop_assert_eq!(lines.concat(), whole.clone());
        let text: String = spans(&whole).into_iter().map(|span| span.text).collect();
        prop_assert!(text.chars().all(|c| !c.is_control() || c == '\n' || c == '\t'), "{:?}", text);
    }
}
