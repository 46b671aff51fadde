//! Fetches a provider's program from the npm registry: the pinned archive, its SHA-512 proved, the named files kept.
//!
//! Everything happens in a folder beside the final one, which appears whole or not at all. Nothing of the archive is run.

mod unpack;

use crate::http::describe;
use domain::cli::{Tool, ToolPackage};
use domain::provider::endpoint;
use sha2::{Digest, Sha512};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use url::Url;

/// npm's own registry.
pub const NPM_REGISTRY: &str = "https://registry.npmjs.org";
/// Larger than every pinned archive.
const LARGEST_ARCHIVE: u64 = 1 << 30;
/// For the words: silence of this length ends a download.
const SILENCE: Duration = Duration::from_mins(2);

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Bytes so far, and of how many, if the registry says.
    Fetching(u64, Option<u64>),
    /// The archive is whole and genuine.
    Unpacking,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Installed {
    /// It was fetched; the program is here.
    Now(PathBuf),
    /// It was here already.
    Before(PathBuf),
}

/// Why it was not installed.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// No package for this machine.
    #[error(
        "there is no package of it for {os} on {arch}; put the program on PATH yourself, or name it in the catalogue as cli.program",
        os = std::env::consts::OS,
        arch = std::env::consts::ARCH
    )]
    NoPackage,
    /// The registry cannot be asked, or refuses.
    #[error("the registry did not give it: {0}")]
    Registry(String),
    /// The archive is not the pinned one.
    #[error("the archive is not the genuine one (its SHA-512 differs from the one this release of Purser knows); nothing was installed")]
    NotGenuine,
    /// The archive is genuine and a file is missing: our own mistake.
    #[error("the archive has no {0}")]
    Missing(String),
    /// The disk.
    #[error("{0} cannot be written")]
    Disk(PathBuf, #[source] io::Error),
}

/// Installs tools into a folder.
#[derive(Debug, Clone)]
pub struct ToolInstaller {
    client: reqwest::Client,
    registry: Url,
    folder: PathBuf,
}

impl ToolInstaller {
    /// From this registry into this folder, `<folder>/<name>/<version>/`.
    pub const fn new(client: reqwest::Client, registry: Url, folder: PathBuf) -> Self {
        Self { client, registry, folder }
    }

    /// Installs a tool, unless it is there.
    ///
    /// # Errors
    /// Why not; nothing is left behind then.
    pub async fn install(&self, name: &str, tool: &Tool, progress: impl Fn(Progress) + Send) -> Result<Installed, InstallError> {
        let target = self.folder.join(name).join(&tool.version);
        let entry = target.join(&tool.entry);
        if entry.is_file() {
            return Ok(Installed::Before(entry));
        }
        let package = tool.package(std::env::consts::OS, std::env::consts::ARCH).ok_or(InstallError::NoPackage)?;
        let staging = Staging::make(&self.folder.join(name).join(format!(".{}-{}", tool.version, std::process::id())))?;
        let archive = staging.0.join("archive.tgz");
        self.fetch(package, &archive, &progress).await?;
        progress(Progress::Unpacking);
        let (files, whole) = (package.files.clone(), staging.0.join("whole"));
        let unpacked = whole.clone();
        let done = tokio::task::spawn_blocking(move || unpack::unpack(&archive, &files, &unpacked)).await;
        done.map_err(|error| InstallError::Disk(whole.clone(), io::Error::other(error)))??;
        if target.exists() {
            std::fs::remove_dir_all(&target).map_err(|error| InstallError::Disk(target.clone(), error))?;
        }
        match std::fs::rename(&whole, &target) {
            Err(_) if entry.is_file() => Ok(Installed::Before(entry)), // somebody else was as quick
            Err(error) => Err(InstallError::Disk(target, error)),
            Ok(()) => Ok(Installed::Now(entry)),
        }
    }

    async fn fetch(&self, package: &ToolPackage, archive: &Path, progress: &(impl Fn(Progress) + Send)) -> Result<(), InstallError> {
        let url = endpoint::join(&self.registry, &package.archive);
        endpoint::check(&url).map_err(|error| InstallError::Registry(error.to_string()))?;
        let host = crate::call::host_of(&url);
        let failed = |error: &reqwest::Error| InstallError::Registry(describe(error, &host, SILENCE).message);
        let mut response = self.client.get(url).send().await.map_err(|error| failed(&error))?;
        if !response.status().is_success() {
            return Err(InstallError::Registry(format!("{host} answered with status {}", response.status().as_u16())));
        }
        let (total, mut fetched, mut hash) = (response.content_length(), 0_u64, Sha512::new());
        let disk = |error| InstallError::Disk(archive.to_owned(), error);
        let mut file = tokio::fs::File::create(archive).await.map_err(disk)?;
        while let Some(piece) = response.chunk().await.map_err(|error| failed(&error))? {
            fetched += piece.len() as u64;
            if fetched > LARGEST_ARCHIVE {
                return Err(InstallError::NotGenuine);
            }
            hash.update(&piece);
            file.write_all(&piece).await.map_err(disk)?;
            progress(Progress::Fetching(fetched, total));
        }
        file.flush().await.map_err(disk)?;
        let digest: [u8; 64] = hash.finalize().into();
        if package.digest() == Some(digest) { Ok(()) } else { Err(InstallError::NotGenuine) }
    }
}

/// A folder that goes when it is no longer needed.
struct Staging(PathBuf);

impl Staging {
    fn make(folder: &Path) -> Result<Self, InstallError> {
        drop(std::fs::remove_dir_all(folder));
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.map(|()| Self(folder.to_owned())).map_err(|error| InstallError::Disk(folder.to_owned(), error))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}
