//! Build sandboxes: the programs of providers, and builds, run where they see nothing of Purser.
//!
//! [`Bubblewrap`] gives each run its own namespaces and a home directory in memory that vanishes with it. [`PlainProcess`] is
//! for machines that forbid namespaces: it keeps files and environment apart by habit, not by force, and says so.

#[cfg(target_os = "linux")]
mod bubblewrap;
#[cfg(target_os = "linux")]
mod cgroup;
mod home;
pub mod lookup;
mod missing;
#[cfg(target_os = "linux")]
mod mounts;
mod process;
mod run;
#[cfg(target_os = "linux")]
mod spawner;
mod tree;

#[cfg(target_os = "linux")]
pub use bubblewrap::Bubblewrap;
pub use lookup::InstalledPrograms;
pub use missing::NoSandbox;
pub use process::PlainProcess;

use services::ports::BuildSandbox;
use std::path::PathBuf;
use std::sync::Arc;

/// Which runner an operator asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runner {
    /// Namespaces, or nothing.
    Bubblewrap,
    /// A plain child process.
    Process,
}

/// What the runners need to know of this installation.
#[derive(Debug, Clone)]
pub struct SandboxSettings {
    /// Must not be seen from inside: the data folder, the key file, the database.
    pub hidden: Vec<PathBuf>,
    /// Folders in there of which a run may see a part, namely its own: where builds work, where programs are.
    pub shown: Vec<PathBuf>,
    /// Where plain processes get their home directories.
    pub homes: PathBuf,
}

/// The runner that was asked for, or else the best that works here.
///
/// # Errors
/// When bubblewrap was asked for and does not work; in words.
pub async fn pick(asked: Option<Runner>, settings: &SandboxSettings) -> Result<Arc<dyn BuildSandbox>, String> {
    let reason = match asked {
        Some(Runner::Process) => "PURSER_SANDBOX asks for plain processes".to_owned(),
        Some(Runner::Bubblewrap) | None => match namespaces(settings).await {
            Ok(sandbox) => return Ok(sandbox),
            Err(words) if asked.is_some() => return Err(words),
            Err(words) => words,
        },
    };
    Ok(Arc::new(PlainProcess::new(settings.homes.clone(), &reason)))
}

/// The same, and instead of an error a runner that refuses every run with these words: a server without a sandbox still serves.
pub async fn pick_or_refuse(asked: Option<Runner>, settings: &SandboxSettings) -> Arc<dyn BuildSandbox> {
    pick(asked, settings).await.unwrap_or_else(|words| Arc::new(NoSandbox::new(words)))
}

#[cfg(target_os = "linux")]
async fn namespaces(settings: &SandboxSettings) -> Result<Arc<dyn BuildSandbox>, String> {
    let program = lookup::on_path("bwrap").ok_or("bubblewrap (bwrap) is not installed")?;
    let sandbox = Bubblewrap::new(program, settings.hidden.clone(), settings.shown.clone()).map_err(|error| error.to_string())?;
    sandbox.probe().await?;
    Ok(Arc::new(sandbox))
}

#[cfg(not(target_os = "linux"))]
async fn namespaces(_: &SandboxSettings) -> Result<Arc<dyn BuildSandbox>, String> {
    Err("this system has no namespaces".to_owned())
}
