//! Runs as plain child processes, for machines that forbid namespaces: an environment and a home directory of their own and
//! limits on each process, but nothing that keeps them from reading what Purser's user can read. The warning says so.

use super::home::Home;
use super::run::{Keep, Started, watch_over};
use super::tree::Tree;
use async_trait::async_trait;
use rustix::process::Pid;
use services::ports::{BuildSandbox, SandboxError, SandboxNature, SandboxRun, SandboxSpec};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::process::Command;

static COUNT: AtomicU64 = AtomicU64::new(0);

/// Starts runs as plain child processes.
#[derive(Debug)]
pub struct PlainProcess {
    homes: PathBuf,
    warning: String,
}

impl PlainProcess {
    /// With a folder for home directories, and why there are no namespaces. What a killed server left there is wiped.
    pub fn new(homes: PathBuf, reason: &str) -> Self {
        let warning = format!(
            "Builds run as plain processes ({reason}): they could read what Purser itself can read. \
             Use them only with programs and prompts you trust."
        );
        if let Ok(left) = std::fs::read_dir(&homes) {
            left.flatten().for_each(|entry| drop(std::fs::remove_dir_all(entry.path())));
        }
        Self { homes, warning }
    }

    fn make_home(&self) -> io::Result<PathBuf> {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.homes)?;
        let folder = self.homes.join(format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
        std::fs::DirBuilder::new().mode(0o700).create(&folder)?;
        folder.canonicalize()
    }
}

#[async_trait]
impl BuildSandbox for PlainProcess {
    fn nature(&self) -> SandboxNature {
        SandboxNature { name: "process", warnings: vec![self.warning.clone()] }
    }

    async fn start(&self, mut spec: SandboxSpec) -> Result<SandboxRun, SandboxError> {
        if let Some((_, to)) = spec.sockets.first() {
            return Err(SandboxError::Place(format!("{to} needs bubblewrap: plain processes have no view of their own")));
        }
        let folder = self.make_home().map_err(SandboxError::Io)?;
        let home = Home::open(&folder).map_err(|error| SandboxError::Io(error.into()))?.wiped(folder.clone());
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
    for (resource, value) in [(Resource::Core, 0), (Resource::Data, spec.limits.memory_bytes), (Resource::Fsize, spec.limits.home_bytes)] {
        if let Err(error) = prlimit(Some(pid), resource, Rlimit { current: Some(value), maximum: Some(value) }) {
            tracing::debug!(?resource, %error, "a limit could not be set");
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn limit(_: Pid, _: &SandboxSpec) {}

/// There is nothing to keep: the home directory knows itself when it is to go.
struct Nothing;

#[async_trait]
impl Keep for Nothing {
    fn ran_out_of_memory(&self) -> bool {
        false
    }

    async fn let_go(self: Box<Self>) {}
}
