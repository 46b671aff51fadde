//! How runs end, and that nothing of them is left.

use super::{bubblewrap, done, path, printed, run_out, shell};
use futures::StreamExt;
use services::ports::{BuildSandbox, HomeFile, Output, ReadFileError, ReadRule, SandboxEnd};
use std::time::{Duration, Instant};

/// Processes of this machine with this text in their arguments.
fn living(mark: &str) -> usize {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    entries
        .filter(|entry| std::fs::read(entry.path().join("cmdline")).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains(mark)))
        .count()
}

#[tokio::test]
async fn exit_codes_and_crashes_are_told_apart() {
    let Some(sandbox) = bubblewrap().await else { return };
    assert_eq!(done(&sandbox, "exit 0").await.1, SandboxEnd::Exited(0));
    assert_eq!(done(&sandbox, "exit 7").await.1, SandboxEnd::Exited(7));
    assert_eq!(done(&sandbox, "kill -SEGV $$").await.1, SandboxEnd::Crashed);
}

#[tokio::test]
async fn endless_runs_are_stopped_with_all_they_started() {
    let Some(sandbox) = bubblewrap().await else { return };
    let mut spec = shell("setsid sleep 98761 & (sleep 98762 &) ; while :; do sleep 1; done");
    spec.limits.time = Duration::from_secs(1);
    let began = Instant::now();
    let (_, end) = run_out(sandbox.start(spec).await.unwrap()).await;
    assert_eq!(end, SandboxEnd::TimedOut);
    assert!(began.elapsed() < Duration::from_secs(10));
    assert_eq!(living("9876"), 0, "the whole tree is dead when the end is told");
}

#[tokio::test]
async fn a_program_that_ends_takes_what_it_left_running_with_it() {
    let Some(sandbox) = bubblewrap().await else { return };
    let (_, end) = done(&sandbox, "setsid sleep 98771 >/dev/null 2>&1 & exit 3").await;
    assert_eq!((end, living("98771")), (SandboxEnd::Exited(3), 0));
}

#[tokio::test]
async fn a_kill_and_a_lost_interest_end_everything() {
    let Some(sandbox) = bubblewrap().await else { return };
    let run = sandbox.start(shell("trap '' TERM INT HUP; sleep 98781 & sleep 98782; sleep 98783")).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(living("9878") > 0);
    run.control.kill().await;
    assert_eq!((run.control.wait().await, living("9878")), (SandboxEnd::Killed, 0));
    run.control.kill().await;

    let run = sandbox.start(shell("sleep 98791")).await.unwrap();
    drop(run);
    tokio::time::timeout(Duration::from_secs(5), async {
        while living("98791") > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn with_the_sandbox_all_runs_end() {
    let Some(sandbox) = bubblewrap().await else { return };
    let run = sandbox.start(shell("sleep 98801")).await.unwrap();
    drop(sandbox);
    let end = tokio::time::timeout(Duration::from_secs(5), run.control.wait()).await.unwrap();
    assert_eq!((end, living("98801")), (SandboxEnd::Crashed, 0));
}

#[tokio::test]
async fn a_hundred_megabytes_of_output_are_stopped_at_the_limit() {
    let Some(sandbox) = bubblewrap().await else { return };
    let run = sandbox.start(shell("head -c 100000000 /dev/zero; echo done >&2; sleep 5")).await.unwrap();
    let (text, end) = run_out(run).await;
    assert_eq!(end, SandboxEnd::TooMuchOutput);
    assert!(text.len() <= 1 << 20 && !text.contains("done"), "{} bytes", text.len());
}

#[tokio::test]
async fn both_streams_come_apart_and_as_they_are_printed() {
    let Some(sandbox) = bubblewrap().await else { return };
    let run = sandbox.start(shell("echo one; sleep 1; echo two >&2; sleep 30")).await.unwrap();
    let mut output = run.output;
    assert_eq!(output.next().await, Some(Output::Stdout("one\n".into())));
    assert_eq!(output.next().await, Some(Output::Stderr("two\n".into())));
    run.control.kill().await;
    assert_eq!(output.next().await, None);
}

#[tokio::test]
async fn a_fork_bomb_hurts_nobody() {
    let Some(sandbox) = bubblewrap().await else { return };
    if sandbox.nature().warnings.iter().any(|warning| warning.contains("number of processes")) {
        super::skipped("root without control groups");
        return;
    }
    let mut spec = shell("bomb() { bomb 98811 | bomb 98811 & }; bomb; sleep 98811");
    spec.limits.time = Duration::from_secs(3);
    let run = sandbox.start(spec).await.unwrap();
    let (control, output) = (run.control, run.output);
    let watch = async {
        let mut most = 0;
        while tokio::time::timeout(Duration::from_millis(300), control.wait()).await.is_err() {
            most = most.max(living("bomb 98811"));
        }
        most
    };
    let (most, _) = tokio::join!(watch, printed(output));
    assert!(most <= 64, "{most} at a time, 64 allowed inside");
    assert_eq!(living("bomb 98811"), 0);

    // A shell that cannot start one more process gives up: so its count tells where the limit was.
    let (text, _) = done(&sandbox, "while echo started; do sleep 98821 & done").await;
    let started = text.matches("started").count();
    assert!((32..=65).contains(&started) && text.contains("ork"), "{started} started: {text}");
    assert_eq!(living("98821"), 0);
}

#[tokio::test]
async fn memory_is_limited() {
    let Some(sandbox) = bubblewrap().await else { return };
    let (text, end) = done(&sandbox, "x=$(head -c 400000000 /dev/zero | tr '\\0' a); echo survived ${#x}").await;
    assert!(!text.contains("survived 400000000"), "{text}");
    assert_ne!(end, SandboxEnd::TimedOut);
}

#[tokio::test]
async fn home_and_tmp_are_limited_and_gone_afterwards() {
    let Some(sandbox) = bubblewrap().await else { return };
    let script = "head -c 50000000 /dev/zero > big; head -c 50000000 /dev/zero > /tmp/big; stat -c %s big /tmp/big; echo kept > kept";
    let run = sandbox.start(shell(script)).await.unwrap();
    let (text, _) = run_out(services::ports::SandboxRun { output: run.output, control: run.control.clone() }).await;
    assert_eq!(text.matches("No space left").count(), 2, "{text}");
    run.control.read_file(&path("big"), ReadRule { max_bytes: 100_000_000, private: false }).await.unwrap();
    // In memory of its own mount: there is no path on this machine at which it could be found.
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap();
    assert!(!mounts.contains("/home/build"));
}

#[tokio::test]
async fn a_file_is_limited_also_where_the_disk_is_not() {
    let Some(sandbox) = bubblewrap().await else { return };
    let workspace = tempfile::tempdir_in("/var/tmp").unwrap();
    let mut spec = shell("truncate -s 1T holes; truncate -s 8M good; stat -c '%n %s' *");
    spec.workspace = Some(workspace.path().to_owned());
    let (text, _) = run_out(sandbox.start(spec).await.unwrap()).await;
    assert!(text.contains("holes 0\n") && text.contains("good 8388608\n"), "{text}");
}

#[tokio::test]
async fn what_a_program_left_can_be_read_after_its_end() {
    let Some(sandbox) = bubblewrap().await else { return };
    let run = sandbox.start(shell("umask 077; mkdir .grok; printf signed-in > .grok/auth.json")).await.unwrap();
    assert_eq!(run.control.wait().await, SandboxEnd::Exited(0));
    let bytes = run.control.read_file(&path(".grok/auth.json"), ReadRule::CREDENTIAL).await.unwrap();
    assert_eq!(secrecy::ExposeSecret::expose_secret(&bytes), b"signed-in");
    let late = HomeFile { path: path("late"), contents: "x".into() };
    drop(run.control.write_file(&late).await);
    assert_eq!(run.control.read_file(&path("nothing"), ReadRule::CREDENTIAL).await.err(), Some(ReadFileError::Missing));
}
