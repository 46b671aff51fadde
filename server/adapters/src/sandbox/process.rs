//! Runs as plain child processes, for machines that forbid namespaces: an environment and a home directory of their own and
//! limits on each process, but nothing that keeps them from reading what Purser's user can read. The warning says so.

use super::home::Home;
use super::run::{Keep, Started, watch_over};
use super::tree::Tree;
use crate::claimed::{self, Claimed};
use async_trait::async_trait;
use rustix::process::Pid;
use services::ports::{BuildSandbox, SandboxError, SandboxNature, SandboxRun, SandboxSpec};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use tokio::process::Command;

/// Starts runs as plain child processes.
#[derive(Debug)]
pub struct PlainProcess {
    homes: PathBuf,
    warning: String,
}

impl PlainProcess {
    /// With a folder for home directories, and why there are no namespaces. What a killed server left there is ended and
    /// wiped.
    pub fn new(homes: PathBuf, reason: &str) -> Self {
        let warning = format!(
            "Builds run as plain processes ({reason}): they could read what Purser itself can read. \
             Use them only with programs and prompts you trust."
        );
        claimed::sweep(&homes, "", end_those_at_home);
        Self { homes, warning }
    }

    fn make_home(&self) -> io::Result<Claimed> {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.homes)?;
        Claimed::make(&self.homes.canonicalize()?, "")
    }
}

#[async_trait]
impl BuildSandbox for PlainProcess {
    fn nature(&self) -> SandboxNature {
        SandboxNature { name: "process", warnings: vec![self.warning.clone()], sockets: false }
    }

    async fn start(&self, mut spec: SandboxSpec) -> Result<SandboxRun, SandboxError> {
        if let Some((_, to)) = spec.sockets.first() {
            return Err(SandboxError::Place(format!("{to} needs bubblewrap: plain processes have no view of their own")));
        }
        let claimed = self.make_home().map_err(SandboxError::Io)?;
        let folder = claimed.path().to_owned();
        let home = Home::open(&folder).map_err(|error| SandboxError::Io(error.into()))?.wiped(claimed);
        for file in &spec.files {
            home.write(file).map_err(|error| SandboxError::Place(format!("a file for the run cannot be written: {error}")))?;
        }
        let child = command(&spec, &folder).spawn().map_err(|_| SandboxError::Program(spec.program.file.display().to_string()))?;
        let pid = child.id().and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
        let pid = pid.ok_or_else(|| SandboxError::Broken("the program ended at once".to_owned()))?;
        limit(pid, &spec);
        let stdin = spec.stdin.take();
        Ok(watch_over(Started { child, tree: Tree::Group(pid), home: Arc::new(home), stdin, limits: spec.limits, keep: Box::new(Nothing) }))
    }
}

fn command(spec: &SandboxSpec, home: &Path) -> Command {
    let mut command = Command::new(&spec.program.file);
    command.args(&spec.arguments).env_clear();
    command.env("HOME", home).env("TMPDIR", home).env("USER", "build").env("LANG", "C.UTF-8").env("TERM", "dumb");
    command.env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin").envs(&spec.env);
    command.current_dir(spec.workspace.as_deref().unwrap_or(home)).process_group(0).kill_on_drop(true);
    command.stdin(if spec.stdin.is_some() { Stdio::piped() } else { Stdio::null() }).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A process has begun to run by now; nothing better is possible without a view of its own.
#[cfg(target_os = "linux")]
fn limit(pid: Pid, spec: &SandboxSpec) {
    use rustix::process::{Resource, Rlimit, prlimit};
    for (resource, value) in [(Resource::Core, 0), (Resource::Data, spec.limits.memory_bytes), (Resource::Fsize, spec.limits.file_bytes)] {
        if let Err(error) = prlimit(Some(pid), resource, Rlimit { current: Some(value), maximum: Some(value) }) {
            tracing::debug!(?resource, %error, "a limit could not be set");
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn limit(_: Pid, _: &SandboxSpec) {}

/// Ends the processes that a killed server has left: nothing but a run has such a home directory.
#[cfg(target_os = "linux")]
fn end_those_at_home(home: &Path) {
    use rustix::process::{Signal, kill_process};
    let Ok(home) = home.canonicalize() else { return };
    let home = format!("HOME={}", home.display());
    let at_home = |environ: Vec<u8>| environ.split(|byte| *byte == 0).any(|variable| variable == home.as_bytes());
    // A process that is about to start another one may be quicker than one look.
    for _ in 0..10 {
        let Ok(processes) = std::fs::read_dir("/proc") else { return };
        let found: Vec<Pid> = processes
            .flatten()
            .filter(|process| std::fs::read(process.path().join("environ")).is_ok_and(at_home))
            .filter_map(|process| process.file_name().to_str()?.parse().ok().and_then(Pid::from_raw))
            .collect();
        if found.is_empty() {
            return;
        }
        for pid in found {
            // It may have ended by itself.
            let _ = kill_process(pid, Signal::KILL);
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

#[cfg(not(target_os = "linux"))]
fn end_those_at_home(_: &Path) {}

/// There is nothing to keep: the home directory knows itself when it is to go.
struct Nothing;

#[async_trait]
impl Keep for Nothing {
    fn ran_out_of_memory(&self) -> bool {
        false
    }

    async fn let_go(self: Box<Self>) {}
}
