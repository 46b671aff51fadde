//! The build sandboxes, for real: programs of this machine inside bubblewrap, trying what a hostile build would try.

mod ending;
mod files;
mod genuine;
mod plain;
mod seeing;

use adapters::sandbox::{Bubblewrap, SandboxSettings, lookup, pick};
use futures::StreamExt;
use services::ports::{BuildSandbox, HomePath, Output, Program, SandboxEnd, SandboxLimits, SandboxRun, SandboxSpec};
use std::collections::BTreeMap;
use std::time::Duration;

pub const LIMITS: SandboxLimits = SandboxLimits {
    time: Duration::from_mins(1),
    memory_bytes: 256 << 20,
    processes: 64,
    output_bytes: 1 << 20,
    home_bytes: 16 << 20,
    file_bytes: 64 << 20,
};

/// A shell script, in its own sandbox.
pub fn shell(script: &str) -> SandboxSpec {
    SandboxSpec {
        program: Program { file: "/bin/sh".into(), folder: None },
        arguments: vec!["-c".into(), script.into()],
        env: BTreeMap::new(),
        files: Vec::new(),
        stdin: None,
        workspace: None,
        readable: Vec::new(),
        sockets: Vec::new(),
        limits: LIMITS,
    }
}

/// bubblewrap as it is installed here. A machine that has none skips these tests aloud; CI installs it (`scripts/setup.sh tests`).
pub async fn bubblewrap() -> Option<Bubblewrap> {
    let sandbox = Bubblewrap::new(lookup::on_path("bwrap")?, Vec::new(), Vec::new()).unwrap();
    match sandbox.probe().await {
        Ok(()) => Some(sandbox),
        Err(words) => {
            skipped(&words);
            None
        }
    }
}

/// Says that a test tries nothing, and why.
#[expect(clippy::print_stderr, reason = "a test that is skipped has to say so")]
pub fn skipped(why: &str) {
    eprintln!("skipped: {why}");
}

/// Everything it prints, and how it ends.
pub async fn run_out(run: SandboxRun) -> (String, SandboxEnd) {
    let (text, end) = tokio::join!(printed(run.output), run.control.wait());
    (text, end)
}

pub async fn printed(output: impl futures::Stream<Item = Output>) -> String {
    let bytes = output
        .fold(Vec::new(), |mut all: Vec<u8>, piece| async move {
            let (Output::Stdout(bytes) | Output::Stderr(bytes)) = piece;
            all.extend_from_slice(&bytes);
            all
        })
        .await;
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Runs a script to its end.
pub async fn done(sandbox: &impl BuildSandbox, script: &str) -> (String, SandboxEnd) {
    run_out(sandbox.start(shell(script)).await.unwrap()).await
}

pub fn path(text: &str) -> HomePath {
    HomePath::read(text).unwrap()
}

#[tokio::test]
async fn the_best_that_works_is_picked() {
    let folder = tempfile::tempdir().unwrap();
    let settings = SandboxSettings { hidden: Vec::new(), shown: Vec::new(), homes: folder.path().join("homes") };
    let picked = pick(None, &settings).await.unwrap();
    assert_eq!(picked.nature().name, if bubblewrap().await.is_some() { "bubblewrap" } else { "process" });
    let plain = pick(Some(adapters::sandbox::Runner::Process), &settings).await.unwrap();
    assert!(plain.nature().warnings[0].contains("could read what Purser itself can read"));
}
