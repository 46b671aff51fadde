//! Files out of a sandbox that does not play fair.

use super::{bubblewrap, path, shell};
use secrecy::ExposeSecret;
use services::ports::{BuildSandbox, HomeFile, ReadFileError, ReadRule, SandboxEnd};
use std::time::Duration;

#[tokio::test]
async fn links_pipes_open_modes_and_floods_are_refused() {
    let Some(sandbox) = bubblewrap().await else { return };
    let script = "ln -s /etc/passwd link; ln -s /proc/1/root up; ln -s .. above; mkfifo pipe; mkdir folder; printf x > open; chmod 644 open; \
                  umask 077; head -c 300000 /dev/zero > long; printf ok > good; ln good hard";
    let run = sandbox.start(shell(script)).await.unwrap();
    assert_eq!(run.control.wait().await, SandboxEnd::Exited(0));
    for (name, expected) in [
        ("link", ReadFileError::Link),
        ("up/etc/passwd", ReadFileError::Link),
        ("above/other", ReadFileError::Link),
        ("pipe", ReadFileError::NotAFile),
        ("folder", ReadFileError::NotAFile),
        ("open", ReadFileError::Open(0o644)),
        ("long", ReadFileError::TooLarge(256 * 1024)),
        ("missing", ReadFileError::Missing),
    ] {
        assert_eq!(run.control.read_file(&path(name), ReadRule::CREDENTIAL).await.err(), Some(expected), "{name}");
    }
    assert!(run.control.read_file(&path("good"), ReadRule::CREDENTIAL).await.is_ok());
}

#[tokio::test]
async fn files_go_in_while_it_runs_and_come_out_as_it_rewrites_them() {
    let Some(sandbox) = bubblewrap().await else { return };
    let mut spec = shell("umask 077; while [ \"$(cat c)\" != two ]; do sleep 0.05; done; stat -c '%a %u' c; printf three > c");
    spec.files.push(HomeFile { path: path("c"), contents: "one".into() });
    let run = sandbox.start(spec).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let read = async || run.control.read_file(&path("c"), ReadRule::CREDENTIAL).await.map(|bytes| bytes.expose_secret().to_vec());
    assert_eq!(read().await.unwrap(), b"one");
    run.control.write_file(&HomeFile { path: path("c"), contents: "two".into() }).await.unwrap();
    assert_eq!(run.control.wait().await, SandboxEnd::Exited(0));
    assert_eq!(read().await.unwrap(), b"three");
    assert_eq!(super::printed(run.output).await, "600 1000\n");
}
