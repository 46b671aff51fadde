//! Runs with bubblewrap (bwrap(1)): own user, mount, pid, ipc, uts and cgroup namespaces, the network shared.
//!
//! bubblewrap builds the view and stops at `--block-fd`. Then limits are set on its first process, its home directory (a
//! tmpfs that only it can see) is opened through `/proc/<pid>/root`, secrets are written into it, and it is let go. So a secret
//! is never in an argument, a variable or on a disk; and because the directory is held open, what the program left in it
//! can be read after its end, and is gone when it is let go.

use super::cgroup::Cgroup;
use super::home::Home;
use super::mounts::{self, HOME, Secrecy, WORKSPACE};
use super::run::{Keep, Started, watch_over};
use super::spawner::Spawner;
use super::tree::Tree;
use async_trait::async_trait;
use command_fds::{CommandFdExt, FdMapping};
use rustix::process::{Pid, PidfdFlags, Resource, Rlimit};
use services::ports::{BuildSandbox, Program, SandboxEnd, SandboxError, SandboxLimits, SandboxNature, SandboxRun, SandboxSpec};
use std::fs::File;
use std::io::{self, Seek, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::process::{Child, Command};

/// Building the view takes milliseconds; a machine under load gets more.
const START: Duration = Duration::from_secs(20);
/// Descriptors in the child.
const INFO: i32 = 3;
const BLOCK: i32 = 4;
const PASSWD: i32 = 5;
const GROUP: i32 = 6;

const NAMESPACES: [&str; 15] = [
    "--unshare-user",
    "--unshare-ipc",
    "--unshare-pid",
    "--unshare-uts",
    "--unshare-cgroup-try",
    "--die-with-parent",
    "--new-session",
    "--cap-drop",
    "ALL",
    "--hostname",
    "build",
    "--uid",
    "1000",
    "--gid",
    "1000",
];

/// Starts runs with bubblewrap. Dropped, it ends them all.
#[derive(Debug)]
pub struct Bubblewrap {
    program: PathBuf,
    secrecy: Secrecy,
    spawner: Spawner,
    warnings: Vec<String>,
}

impl Bubblewrap {
    /// With the program `bwrap`, what must not be seen from inside, and the folders in there of which a part may be.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn new(program: PathBuf, hidden: Vec<PathBuf>, shown: Vec<PathBuf>) -> io::Result<Self> {
        let group = Cgroup::make(&SandboxLimits::SIGN_IN);
        Ok(Self { program, secrecy: Secrecy { hidden, shown }, spawner: Spawner::start()?, warnings: warnings(&group) })
    }

    /// Tries it: a machine can have bubblewrap and forbid what it does.
    ///
    /// # Errors
    /// Why it does not work, in words.
    pub async fn probe(&self) -> Result<(), String> {
        let spec = SandboxSpec {
            program: Program { file: "/usr/bin/true".into(), folder: None },
            arguments: Vec::new(),
            env: std::collections::BTreeMap::new(),
            files: Vec::new(),
            stdin: None,
            workspace: None,
            readable: Vec::new(),
            sockets: Vec::new(),
            limits: SandboxLimits { time: START, ..SandboxLimits::SIGN_IN },
        };
        let run = self.start(spec).await.map_err(|error| error.to_string())?;
        match run.control.wait().await {
            SandboxEnd::Exited(0) => Ok(()),
            end => Err(format!("bubblewrap cannot run a program here ({end:?})")),
        }
    }

    /// The command up to the program, and our ends of its pipes.
    fn command(&self, spec: &SandboxSpec) -> Result<(Command, Ends, Option<Home>), SandboxError> {
        let view = mounts::view(spec, &self.secrecy, PASSWD, GROUP)?;
        let mut command = Command::new(&self.program);
        command.args(NAMESPACES).args(&view.arguments);
        command.args(["--info-fd", &INFO.to_string(), "--block-fd", &BLOCK.to_string(), "--"]).arg(&view.program).args(&spec.arguments);
        // bubblewrap hands its own environment on: in an argument, everybody could read it.
        command.env_clear().envs(environment(&view.program)).envs(&spec.env);
        command.stdin(if spec.stdin.is_some() { Stdio::piped() } else { Stdio::null() });
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let ends = descriptors(&mut command).map_err(SandboxError::Io)?;
        Ok((command, ends, view.workspace))
    }
}

/// From the started bubblewrap to the first process inside, waiting with its view built, its limits set and its files there.
async fn inside(spec: &SandboxSpec, info: OwnedFd, workspace: Option<Home>) -> Result<(Tree, Home, Cgroup), SandboxError> {
    let pid = first_process(info).await?;
    let first = rustix::process::pidfd_open(pid, PidfdFlags::NONBLOCK).map_err(|error| SandboxError::Io(error.into()))?;
    let tree = Tree::Namespace(first);
    let home = home_of(pid, &tree).await?;
    if let Some(checked) = workspace {
        let shown = Home::open(Path::new(&format!("/proc/{}/root{WORKSPACE}", pid.as_raw_nonzero())));
        if shown.and_then(|shown| shown.identity()).ok() != checked.identity().ok() {
            return Err(SandboxError::Place("another folder took the workspace's place just now".to_owned()));
        }
    }
    let mut group = Cgroup::make(&spec.limits);
    group.add(pid.as_raw_nonzero().get().unsigned_abs());
    limit(pid, &group, &spec.limits).map_err(SandboxError::Io)?;
    for file in &spec.files {
        home.write(file).map_err(|error| SandboxError::Place(format!("a file for the run cannot be written: {error}")))?;
    }
    Ok((tree, home, group))
}

#[async_trait]
impl BuildSandbox for Bubblewrap {
    fn nature(&self) -> SandboxNature {
        SandboxNature { name: "bubblewrap", warnings: self.warnings.clone(), sockets: true }
    }

    async fn start(&self, mut spec: SandboxSpec) -> Result<SandboxRun, SandboxError> {
        let (command, Ends { info, block }, workspace) = self.command(&spec)?;
        let mut child = self.spawner.spawn(command).await.map_err(SandboxError::Io)?;
        let late = || SandboxError::Broken("it did not get ready in time".to_owned());
        let ready = tokio::time::timeout(START, inside(&spec, info, workspace)).await.unwrap_or_else(|_| Err(late()));
        let (tree, home, group) = match ready {
            Ok(inside) => inside,
            Err(error) => {
                // To let go of `block` is to let the program run: not before all of it has ended.
                let words = own_words(&mut child).await;
                drop(block);
                let ours = matches!(error, SandboxError::Place(_));
                return Err(words.filter(|_| !ours).map_or(error, SandboxError::Broken));
            }
        };
        File::from(block).write_all(b"1").map_err(SandboxError::Io)?;
        let stdin = spec.stdin.take();
        Ok(watch_over(Started { child, tree, home: Arc::new(home), stdin, limits: spec.limits, keep: Box::new(Group(group)) }))
    }
}

struct Group(Cgroup);

#[async_trait]
impl Keep for Group {
    fn ran_out_of_memory(&self) -> bool {
        self.0.ran_out_of_memory()
    }

    async fn let_go(mut self: Box<Self>) {
        // The last processes have ended, but the kernel may still be counting.
        for _ in 0..50 {
            if self.0.remove() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// Our ends of bubblewrap's pipes.
struct Ends {
    info: OwnedFd,
    block: OwnedFd,
}

fn descriptors(command: &mut Command) -> io::Result<Ends> {
    let (info, info_there) = io::pipe()?;
    let (block_there, block) = io::pipe()?;
    let passwd = data("build:x:1000:1000:build:/home/build:/bin/sh\n")?;
    let group = data("build:x:1000:\n")?;
    let there: [(OwnedFd, i32); 4] = [(info_there.into(), INFO), (block_there.into(), BLOCK), (passwd, PASSWD), (group, GROUP)];
    let mappings = there.into_iter().map(|(parent_fd, child_fd)| FdMapping { parent_fd, child_fd }).collect();
    command.fd_mappings(mappings).map_err(io::Error::other)?;
    Ok(Ends { info: info.into(), block: block.into() })
}

/// A small file in memory.
fn data(text: &str) -> io::Result<OwnedFd> {
    let mut file = File::from(rustix::fs::memfd_create("purser", rustix::fs::MemfdFlags::CLOEXEC)?);
    file.write_all(text.as_bytes())?;
    file.rewind()?;
    Ok(file.into())
}

/// What every run has in its environment.
fn environment(program: &Path) -> [(&'static str, String); 7] {
    let path = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin";
    let path = program
        .parent()
        .filter(|folder| !folder.starts_with("/usr"))
        .map_or_else(|| path.to_owned(), |own| format!("{}:{path}", own.display()));
    let text = str::to_owned;
    [
        ("HOME", text(HOME)),
        ("USER", text("build")),
        ("LOGNAME", text("build")),
        ("PATH", path),
        ("TMPDIR", text("/tmp")),
        ("LANG", text("C.UTF-8")),
        ("TERM", text("dumb")),
    ]
}

/// bubblewrap tells the first process's id as `{"child-pid": n, …}`.
async fn first_process(info: OwnedFd) -> Result<Pid, SandboxError> {
    let mut pipe = tokio::net::unix::pipe::Receiver::from_owned_fd(info).map_err(SandboxError::Io)?;
    let mut text = Vec::new();
    while !text.contains(&b'}') {
        let mut piece = [0; 512];
        match pipe.read(&mut piece).await.map_err(SandboxError::Io)? {
            0 => return Err(SandboxError::Broken("it ended at once".to_owned())),
            read => text.extend_from_slice(&piece[..read]),
        }
    }
    let told: serde_json::Value = serde_json::from_slice(&text).unwrap_or_default();
    let pid = told.get("child-pid").and_then(serde_json::Value::as_i64).and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
    pid.ok_or_else(|| SandboxError::Broken("it does not say which process it started".to_owned()))
}

/// The home directory inside, as soon as the view is built. Until then the process still sees this machine's own.
async fn home_of(pid: Pid, tree: &Tree) -> Result<Home, SandboxError> {
    let ours = Home::open(Path::new(HOME)).and_then(|home| home.identity()).ok();
    let inside = PathBuf::from(format!("/proc/{}/root{HOME}", pid.as_raw_nonzero()));
    let search = async {
        loop {
            if let Ok(home) = Home::open(&inside)
                && home.identity().ok() != ours
            {
                return home;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::select! {
        home = search => Ok(home),
        () = tree.gone() => Err(SandboxError::Broken("it ended before the program began".to_owned())),
    }
}

/// Sets the limits on the first process; all others inherit them.
fn limit(pid: Pid, group: &Cgroup, limits: &SandboxLimits) -> io::Result<()> {
    let set = |resource, value: u64| rustix::process::prlimit(Some(pid), resource, Rlimit { current: Some(value), maximum: Some(value) });
    set(Resource::Core, 0)?;
    set(Resource::Fsize, limits.file_bytes)?;
    if !group.memory {
        // What a process really writes to, not what it reserves: several runtimes reserve more than any machine has.
        set(Resource::Data, limits.memory_bytes)?;
    }
    // Counted in the sandbox's own user namespace (Linux 5.14), and not at all for the machine's root.
    set(Resource::Nproc, u64::from(limits.processes))?;
    Ok(())
}

fn warnings(group: &Cgroup) -> Vec<String> {
    let mut warnings = Vec::new();
    if !group.memory {
        warnings.push(
            "This machine lets Purser limit the memory of each process of a build, not of a build as a whole: no writable control group."
                .to_owned(),
        );
    }
    if !group.processes && rustix::process::geteuid().is_root() {
        warnings.push(
            "Purser runs as root without a writable control group: the number of processes of a build has no limit. Use another user."
                .to_owned(),
        );
    }
    warnings
}

/// Ends bubblewrap, and tells what it said before.
async fn own_words(child: &mut Child) -> Option<String> {
    drop(child.kill().await);
    let mut text = Vec::new();
    let stderr = child.stderr.take()?;
    drop(tokio::time::timeout(Duration::from_secs(1), stderr.take(2048).read_to_end(&mut text)).await);
    let words = domain::flow::plain_words(&String::from_utf8_lossy(&text));
    Some(words).filter(|words| !words.is_empty())
}
