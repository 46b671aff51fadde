//! What a sandbox sees of this machine, as arguments of bubblewrap.

use super::home::Home;
use services::ports::{Program, SandboxError, SandboxSpec};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The home directory inside.
pub(super) const HOME: &str = "/home/build";
/// The workspace inside.
pub(super) const WORKSPACE: &str = "/workspace";
/// The program inside, when it is not part of the system.
const TOOL: &str = "/opt/tool";

/// Directories of the system beside `/usr`; on a merged system they are links into it.
const SYSTEM: [&str; 6] = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];
/// What programs need of `/etc`: names, certificates, time zone, loader. Nothing that says who lives here.
const ETC: [&str; 16] = [
    "alternatives",
    "ca-certificates",
    "ca-certificates.conf",
    "gai.conf",
    "host.conf",
    "hosts",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "nsswitch.conf",
    "pki",
    "protocols",
    "resolv.conf",
    "services",
    "ssl",
];

/// A sandbox's view, and the program in it.
pub(super) struct View {
    /// Arguments of bubblewrap.
    pub(super) arguments: Vec<OsString>,
    /// The program's path inside.
    pub(super) program: PathBuf,
    /// The workspace that was checked, held open: what is at its path by the time of the mount may be something else.
    pub(super) workspace: Option<Home>,
}

/// What no run may see.
#[derive(Debug)]
pub(super) struct Secrecy {
    /// All of it.
    pub(super) hidden: Vec<PathBuf>,
    /// Folders in there of which a run may see a part.
    pub(super) shown: Vec<PathBuf>,
}

impl Secrecy {
    fn hidden(&self) -> impl Iterator<Item = PathBuf> {
        self.hidden.iter().filter_map(|path| path.canonicalize().ok())
    }

    /// A path that may be shown: it is there, and has nothing to do with what has to stay hidden, or is the part of it that a run
    /// may see.
    fn visible(&self, path: &Path) -> Result<PathBuf, SandboxError> {
        let shown = path.display();
        let whole = path.canonicalize().map_err(|error| SandboxError::Place(format!("{shown} cannot be used in a build: {error}")))?;
        let part = || self.shown.iter().filter_map(|path| path.canonicalize().ok()).any(|all| whole != all && whole.starts_with(all));
        if self.hidden().any(|secret| secret.starts_with(&whole) || (whole.starts_with(&secret) && !part())) {
            return Err(SandboxError::Place(format!("{shown} holds Purser's own data, or is part of it, which no build may see")));
        }
        Ok(whole)
    }

    /// The workspace, held open as it was checked: it has to be where its path says, without a link on the way.
    fn workspace(&self, path: &Path) -> Result<(PathBuf, Home), SandboxError> {
        let elsewhere = || SandboxError::Place(format!("{} leads somewhere else", path.display()));
        let held = Home::open(path).map_err(|_| elsewhere())?;
        let whole = self.visible(path)?;
        let there = Home::open(&whole).and_then(|there| there.identity());
        if whole == path && there == held.identity() { Ok((whole, held)) } else { Err(elsewhere()) }
    }
}

/// Puts the view together; `passwd` and `group` are descriptors of the files of these names.
pub(super) fn view(spec: &SandboxSpec, secrecy: &Secrecy, passwd: i32, group: i32) -> Result<View, SandboxError> {
    let mut arguments = Arguments::default();
    arguments.add(["--ro-bind", "/usr", "/usr"]);
    for path in SYSTEM {
        match std::fs::read_link(path) {
            Ok(target) => arguments.add([OsString::from("--symlink"), target.into(), path.into()]),
            Err(_) => arguments.add(["--ro-bind-try", path, path]),
        }
    }
    for name in ETC {
        let path = format!("/etc/{name}");
        arguments.add(["--ro-bind-try", &path, &path]);
    }
    arguments.add(["--ro-bind-data", &passwd.to_string(), "/etc/passwd", "--ro-bind-data", &group.to_string(), "/etc/group"]);
    arguments.add(["--proc", "/proc", "--dev", "/dev"]);
    let size = spec.limits.home_bytes.to_string();
    arguments.add(["--perms", "1777", "--size", &size, "--tmpfs", "/tmp"]);
    arguments.add(["--perms", "0700", "--size", &size, "--tmpfs", HOME]);
    let program = program(&spec.program, secrecy, &mut arguments)?;
    readable(spec, secrecy, &mut arguments)?;
    for (from, to) in &spec.sockets {
        arguments.add([OsString::from("--bind"), from.into(), to.into()]);
    }
    let mut folder = HOME;
    let mut held = None;
    if let Some(workspace) = &spec.workspace {
        let (whole, checked) = secrecy.workspace(workspace)?;
        arguments.add([OsString::from("--bind"), whole.into(), WORKSPACE.into()]);
        (folder, held) = (WORKSPACE, Some(checked));
    }
    arguments.add(["--remount-ro", "/", "--chdir", folder]);
    Ok(View { arguments: arguments.0, program, workspace: held })
}

/// What it may read where it is; and what it may not, although it is part of the system.
fn readable(spec: &SandboxSpec, secrecy: &Secrecy, arguments: &mut Arguments) -> Result<(), SandboxError> {
    // Where the data folder is below /usr, it would be seen through it. What a run may see of it comes over that.
    let covered: Vec<PathBuf> = secrecy.hidden().filter(|path| path.starts_with("/usr")).collect();
    for path in &covered {
        if path.is_dir() {
            arguments.add([OsString::from("--size"), "65536".into(), "--tmpfs".into(), path.into()]);
        } else {
            arguments.add([OsString::from("--ro-bind"), "/dev/null".into(), path.into()]);
        }
    }
    for path in &spec.readable {
        let path = secrecy.visible(path)?;
        if !path.starts_with("/usr") || covered.iter().any(|covered| path.starts_with(covered)) {
            arguments.add([OsString::from("--ro-bind"), path.clone().into(), path.into()]);
        }
    }
    for path in covered.iter().filter(|path| path.is_dir()) {
        arguments.add([OsString::from("--remount-ro"), path.into()]);
    }
    Ok(())
}

/// The program as it is where it belongs to the system, else in its folder, else alone.
fn program(program: &Program, secrecy: &Secrecy, arguments: &mut Arguments) -> Result<PathBuf, SandboxError> {
    let missing = || SandboxError::Program(program.file.display().to_string());
    let file = program.file.canonicalize().map_err(|_| missing())?;
    if let Some(folder) = &program.folder {
        let folder = folder.canonicalize().map_err(|_| missing())?;
        let inside = Path::new(TOOL).join(file.strip_prefix(&folder).map_err(|_| missing())?);
        arguments.add([OsString::from("--ro-bind"), folder.into(), TOOL.into()]);
        return Ok(inside);
    }
    let of_system = |path: &Path| path.starts_with("/usr") || SYSTEM.iter().any(|folder| path.starts_with(folder));
    if of_system(&file) && !secrecy.hidden().any(|hidden| file.starts_with(hidden)) {
        // By the name it was called: some programs are many, and look at it.
        return Ok(if of_system(&program.file) { program.file.clone() } else { file });
    }
    let inside = Path::new(TOOL).join(program.file.file_name().ok_or_else(missing)?);
    arguments.add([OsString::from("--ro-bind"), file.into(), inside.clone().into()]);
    Ok(inside)
}

#[derive(Default)]
struct Arguments(Vec<OsString>);

impl Arguments {
    fn add<T: Into<OsString>, const N: usize>(&mut self, arguments: [T; N]) {
        self.0.extend(arguments.into_iter().map(Into::into));
    }
}
