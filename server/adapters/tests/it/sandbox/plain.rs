//! Plain processes: the same promises as far as they can be kept.

use super::{done, path, run_out, shell};
use adapters::sandbox::PlainProcess;
use services::ports::{BuildSandbox, HomeFile, ReadRule, SandboxEnd, SandboxError};
use std::time::Duration;

fn plain() -> (tempfile::TempDir, PlainProcess) {
    let folder = tempfile::tempdir().unwrap();
    let homes = folder.path().join("homes");
    (folder, PlainProcess::new(homes, "a test"))
}

#[tokio::test]
async fn an_empty_environment_and_a_private_home_that_is_wiped() {
    let (folder, sandbox) = plain();
    let mut spec = shell("env | cut -d= -f1 | sort | tr '\\n' ' '; echo; stat -c %a $HOME; cat token; cat; umask 077; echo left > made");
    spec.files.push(HomeFile { path: path("token"), contents: "token-secret".into() });
    spec.stdin = Some("prompt".into());
    let run = sandbox.start(spec).await.unwrap();
    let control = run.control.clone();
    let (text, end) = run_out(run).await;
    assert_eq!(text, "HOME LANG PATH PWD TERM TMPDIR USER \n700\ntoken-secretprompt");
    assert_eq!(end, SandboxEnd::Exited(0));
    assert!(control.read_file(&path("made"), ReadRule::CREDENTIAL).await.is_ok(), "readable until let go");
    drop(control);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(std::fs::read_dir(folder.path().join("homes")).unwrap().count(), 0);
}

#[tokio::test]
async fn limits_stop_it_and_a_kill_ends_its_group() {
    let (_folder, sandbox) = plain();
    let mut spec = shell("sleep 98901 & sleep 98902");
    spec.limits.time = Duration::from_millis(300);
    assert_eq!(run_out(sandbox.start(spec).await.unwrap()).await.1, SandboxEnd::TimedOut);
    assert_eq!(done(&sandbox, "head -c 100000000 /dev/zero; sleep 5").await.1, SandboxEnd::TooMuchOutput);
    let run = sandbox.start(shell("trap '' TERM; sleep 98903")).await.unwrap();
    run.control.kill().await;
    assert_eq!(run.control.wait().await, SandboxEnd::Killed);
    let living = std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter(|entry| std::fs::read(entry.path().join("cmdline")).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains("9890")));
    assert_eq!(living.count(), 0);
}

#[tokio::test]
async fn what_a_killed_server_left_is_wiped_and_what_cannot_be_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let left = folder.path().join("homes/1-0/.grok");
    std::fs::create_dir_all(&left).unwrap();
    std::fs::write(left.join("auth.json"), "token-secret").unwrap();
    let sandbox = PlainProcess::new(folder.path().join("homes"), "a test");
    assert!(!left.exists());
    let mut spec = shell("");
    spec.program.file = "/nowhere/grok".into();
    assert!(matches!(sandbox.start(spec).await.err(), Some(SandboxError::Program(_))));
    let mut spec = shell("");
    spec.sockets.push(("/x".into(), "/y".into()));
    assert!(matches!(sandbox.start(spec).await.err(), Some(SandboxError::Place(_))));
    assert_eq!(std::fs::read_dir(folder.path().join("homes")).unwrap().count(), 0, "nothing is left of what did not start");
}
