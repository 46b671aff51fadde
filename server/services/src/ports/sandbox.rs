//! Running a provider's program, or a build, where it can see nothing of Purser.

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use secrecy::{SecretSlice, SecretString};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// What is run, and with what around it.
#[derive(Debug, Clone)]
pub struct SandboxSpec {
    /// The program.
    pub program: Program,
    /// Its arguments. Every process of the machine can read them: never a secret, never a prompt.
    pub arguments: Vec<String>,
    /// Its whole environment, beside `HOME`, `PATH`, `TMPDIR`, `LANG` and `TERM`, which the sandbox sets.
    pub env: BTreeMap<String, String>,
    /// Files put into its home directory before it starts, mode 0600: the way in for secrets.
    pub files: Vec<HomeFile>,
    /// What it reads from its standard input; `None` is an empty one.
    pub stdin: Option<SecretString>,
    /// A folder of this machine that becomes its workspace and working directory. Without one it works in its home directory.
    pub workspace: Option<PathBuf>,
    /// Files and folders of this machine that it may read where they are, for example a file of root certificates.
    pub readable: Vec<PathBuf>,
    /// Sockets or files of this machine put somewhere else in the sandbox: from, to. Writable: a socket has to be.
    pub sockets: Vec<(PathBuf, String)>,
    /// When it is stopped.
    pub limits: SandboxLimits,
}

/// A program of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The file that is started.
    pub file: PathBuf,
    /// The folder it needs around it, if it is more than one file. It contains the file.
    pub folder: Option<PathBuf>,
}

/// A file below the home directory of the sandbox.
#[derive(Debug, Clone)]
pub struct HomeFile {
    /// Where, for example `.grok/auth.json`.
    pub path: HomePath,
    /// What is in it.
    pub contents: SecretString,
}

/// A path below the home directory: relative, and never leading out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomePath(Vec<String>);

/// When a sandbox is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SandboxLimits {
    /// Longest run.
    pub time: Duration,
    /// Memory of all its processes together, in bytes; where the machine cannot say that, of each one.
    pub memory_bytes: u64,
    /// Processes and threads at a time.
    pub processes: u32,
    /// What it may print, both streams together, in bytes.
    pub output_bytes: u64,
    /// What it may put into its home directory, and as much again into `/tmp`, in bytes.
    pub home_bytes: u64,
    /// Longest file it may write anywhere, in bytes, holes included.
    pub file_bytes: u64,
}

impl SandboxLimits {
    /// For a sign-in: small and short.
    pub const SIGN_IN: Self = Self {
        time: Duration::from_mins(20),
        memory_bytes: 2 << 30,
        processes: 256,
        output_bytes: 1 << 20,
        home_bytes: 256 << 20,
        file_bytes: 256 << 20,
    };

    /// For a build.
    pub const BUILD: Self = Self {
        time: Duration::from_hours(2),
        memory_bytes: 4 << 30,
        processes: 1024,
        output_bytes: 32 << 20,
        home_bytes: 1 << 30,
        file_bytes: 2 << 30,
    };
}

/// A piece of what a program printed, cut wherever the pipe cut it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// On its standard output.
    Stdout(Bytes),
    /// On its standard error.
    Stderr(Bytes),
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SandboxEnd {
    /// By itself, with this exit code.
    Exited(i32),
    /// A signal ended it.
    Crashed,
    /// It wanted more memory than it may have.
    OutOfMemory,
    /// It ran too long.
    TimedOut,
    /// It printed too much.
    TooMuchOutput,
    /// We stopped it.
    Killed,
}

/// Why no run began.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The program is not there, or cannot be started.
    #[error("the program {0} cannot be started")]
    Program(String),
    /// A file or folder it needs cannot be put into the sandbox; in words.
    #[error("{0}")]
    Place(String),
    /// The sandbox itself failed; its own words.
    #[error("the build sandbox did not start: {0}")]
    Broken(String),
    /// The system refused something the sandbox is made of.
    #[error("the build sandbox did not start")]
    Io(#[source] std::io::Error),
}

/// Why a file of a sandbox is not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadFileError {
    /// There is none.
    #[error("it is not there")]
    Missing,
    /// A symbolic link, here or on the way.
    #[error("it is a symbolic link, or behind one")]
    Link,
    /// A directory, a pipe, a device.
    #[error("it is not an ordinary file")]
    NotAFile,
    /// Others could have read it.
    #[error("other users could read it (mode {0:03o})")]
    Open(u32),
    /// Somebody else's.
    #[error("it belongs to another user")]
    ForeignOwner,
    /// More than was asked for.
    #[error("it is larger than {0} bytes")]
    TooLarge(u64),
    /// The system's words.
    #[error("it cannot be read: {0}")]
    Io(String),
}

/// What a file of a sandbox must be like to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadRule {
    /// Longest file, in bytes.
    pub max_bytes: u64,
    /// Must it be the sandbox's own, and closed to others? Credentials must.
    pub private: bool,
}

impl ReadRule {
    /// For a credential file.
    pub const CREDENTIAL: Self = Self { max_bytes: 256 * 1024, private: true };
}

/// How well a sandbox keeps things apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SandboxNature {
    /// `bubblewrap`, `process` or `none`.
    pub name: &'static str,
    /// What a person should know, on every page that runs something; empty when all is well.
    pub warnings: Vec<String>,
    /// Can a socket be put into a run, for it alone?
    pub sockets: bool,
}

/// Finds providers' programs on this machine.
pub trait Programs: Send + Sync {
    /// Where a program is: at the path the catalogue names, among the fetched ones, or on `PATH`.
    fn find(&self, program: &str) -> Option<Program>;
}

/// Starts runs.
#[async_trait]
pub trait BuildSandbox: Send + Sync {
    /// What it is and what is missing.
    fn nature(&self) -> SandboxNature;

    /// Starts a run.
    ///
    /// # Errors
    /// When it did not begin; nothing is left behind then.
    async fn start(&self, spec: SandboxSpec) -> Result<SandboxRun, SandboxError>;
}

/// A run under way.
pub struct SandboxRun {
    /// What it prints, as it comes; ends when all its processes have. Not reading it makes the program wait.
    pub output: BoxStream<'static, Output>,
    /// Everything else.
    pub control: Arc<dyn SandboxControl>,
}

/// Holds a run. When the last holder lets go, all its processes end and its home directory is gone.
#[async_trait]
pub trait SandboxControl: Send + Sync {
    /// Waits for the end; may be called again. The output has to be read meanwhile.
    async fn wait(&self) -> SandboxEnd;

    /// Ends all its processes now, and waits until they have. What is in the home directory can still be read.
    async fn kill(&self);

    /// Reads a file below the home directory, during the run or after it. Never follows a link.
    ///
    /// # Errors
    /// Why not.
    async fn read_file(&self, path: &HomePath, rule: ReadRule) -> Result<SecretSlice<u8>, ReadFileError>;

    /// Puts a file below the home directory, in place of the one there, mode 0600.
    ///
    /// # Errors
    /// The system's words.
    async fn write_file(&self, file: &HomeFile) -> Result<(), ReadFileError>;
}

impl HomePath {
    /// Reads `a/b/c`; `None` when it is empty, absolute, or goes up.
    pub fn read(text: &str) -> Option<Self> {
        let parts: Vec<String> = text.split('/').map(str::to_owned).collect();
        let plain = |part: &String| !part.is_empty() && part != "." && part != ".." && !part.contains('\0');
        parts.iter().all(plain).then_some(Self(parts))
    }

    /// The folders on the way, and the file's name.
    pub fn parts(&self) -> (&[String], &str) {
        match self.0.split_last() {
            Some((name, folders)) => (folders, name),
            None => (&[], ""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_path_stays_below() {
        let path = HomePath::read(".grok/auth.json").expect("good");
        assert_eq!(path.parts(), ([".grok".to_owned()].as_slice(), "auth.json"));
        for bad in ["", "/etc/passwd", "../x", "a/../../x", "a//b", "a/", ".", "a\0b"] {
            assert_eq!(HomePath::read(bad), None, "{bad}");
        }
    }
}
