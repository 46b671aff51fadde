//! The folders that builds work in: their own ones below the data folder, and those that the settings name.

mod look;
mod pack;
mod unpack;
mod walk;

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use look::Search;
use rustix::fs::FileType;
use secrecy::SecretString;
use services::ports::{Artefacts, Looked, Patience, WorkspaceError, Workspaces};
use std::fs::DirBuilder;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use time::OffsetDateTime;
use tokio::sync::mpsc;
use vocab::BuildId;

/// Pieces of an archive that wait for a reader.
const WAITING: usize = 8;

/// Folders of this machine.
#[derive(Debug, Clone)]
pub struct BuildFolders {
    /// Where builds get folders of their own.
    own: PathBuf,
    /// Where they may also work.
    roots: Vec<PathBuf>,
    /// Where they may not, even if it is below one of those.
    hidden: Vec<PathBuf>,
}

impl BuildFolders {
    /// With a place for builds' own folders, folders whose contents builds may work in, and what is Purser's.
    pub const fn new(own: PathBuf, roots: Vec<PathBuf>, hidden: Vec<PathBuf>) -> Self {
        Self { own, roots, hidden }
    }

    fn place(&self, id: BuildId) -> PathBuf {
        self.own.join(id.to_string())
    }

    fn make_now(&self, id: BuildId) -> io::Result<PathBuf> {
        let place = self.place(id);
        DirBuilder::new().recursive(true).mode(0o700).create(&place)?;
        place.canonicalize()
    }

    fn unpack_now(&self, id: BuildId, archive: &[u8]) -> Result<PathBuf, WorkspaceError> {
        let place = self.make_now(id)?;
        if let Err(error) = unpack::unpack(archive, &place) {
            self.remove_now(id)?;
            return Err(error);
        }
        Ok(place)
    }

    fn remove_now(&self, id: BuildId) -> io::Result<bool> {
        match walk::root(&self.own).and_then(|own| walk::remove(own.as_fd(), id.to_string().as_ref())) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// A build's folder, opened.
    fn open(&self, id: BuildId) -> io::Result<OwnedFd> {
        walk::enter_ours(walk::root(&self.own)?.as_fd(), id.to_string().as_ref())
    }

    fn count(&self, id: BuildId) -> io::Result<Artefacts> {
        let mut counted = Artefacts::default();
        walk::walk(&self.open(id)?, &mut |found| {
            match found.kind {
                FileType::Directory => return found.enter_ours().map(Some),
                FileType::RegularFile => {
                    counted.files += 1;
                    counted.bytes += found.size;
                }
                _ => {}
            }
            Ok(None)
        })?;
        Ok(counted)
    }

    /// On a thread where it may take its time.
    async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, WorkspaceError> + Send + 'static,
    ) -> Result<T, WorkspaceError> {
        let folders = self.clone();
        let done = tokio::task::spawn_blocking(move || work(&folders)).await;
        done.unwrap_or_else(|error| Err(io::Error::other(error).into()))
    }
}

#[async_trait]
impl Workspaces for BuildFolders {
    async fn make(&self, id: BuildId) -> Result<PathBuf, WorkspaceError> {
        Ok(self.make_now(id)?)
    }

    async fn unpack(&self, id: BuildId, archive: Bytes) -> Result<PathBuf, WorkspaceError> {
        self.aside(move |folders| folders.unpack_now(id, &archive)).await
    }

    fn folder(&self, named: &str) -> Result<PathBuf, WorkspaceError> {
        let refused = |words: &str| WorkspaceError::Folder(format!("{named:?} {words}"));
        if self.roots.is_empty() {
            return Err(refused("cannot be used: no folders are open to builds (PURSER_BUILD_ROOTS)"));
        }
        let roots: Vec<PathBuf> = self.roots.iter().filter_map(|root| root.canonicalize().ok()).collect();
        let whole = Path::new(named).canonicalize().map_err(|_| refused("is not a folder of Purser's machine"))?;
        if !whole.is_dir() || !roots.iter().any(|root| whole.starts_with(root)) {
            return Err(refused("is not below a folder that is open to builds"));
        }
        let mut hidden = self.hidden.iter().filter_map(|path| path.canonicalize().ok());
        if hidden.any(|hidden| whole.starts_with(&hidden) || hidden.starts_with(&whole)) {
            return Err(refused("holds Purser's own data, or is part of it, which no build may see"));
        }
        Ok(whole)
    }

    fn roots(&self) -> Vec<String> {
        self.roots.iter().map(|root| root.display().to_string()).collect()
    }

    async fn scrub(&self, id: BuildId, secrets: Vec<SecretString>, patience: Patience) -> Result<Looked, WorkspaceError> {
        self.aside(move |folders| Ok(Search::new(&secrets, &patience).clean(&folders.open(id)?)?)).await
    }

    async fn look(
        &self,
        folder: &Path,
        since: OffsetDateTime,
        secrets: Vec<SecretString>,
        patience: Patience,
    ) -> Result<Looked, WorkspaceError> {
        let folder = folder.to_owned();
        self.aside(move |_| Ok(Search::new(&secrets, &patience).report(&walk::root(&folder)?, since.unix_timestamp())?)).await
    }

    async fn remove(&self, id: BuildId) -> Result<bool, WorkspaceError> {
        self.aside(move |folders| Ok(folders.remove_now(id)?)).await
    }

    async fn artefacts(&self, id: BuildId) -> Option<Artefacts> {
        self.aside(move |folders| Ok(folders.count(id)?)).await.ok()
    }

    async fn pack(&self, id: BuildId) -> Option<BoxStream<'static, io::Result<Bytes>>> {
        let folder = self.open(id).ok()?;
        let (pieces, taken) = mpsc::channel(WAITING);
        tokio::task::spawn_blocking(move || {
            if let Err(error) = pack::pack(&folder, pieces.clone()) {
                // Nobody may be listening any more, which is no matter.
                drop(pieces.blocking_send(Err(error)));
            }
        });
        Some(futures::stream::unfold(taken, |mut taken| async move { Some((taken.recv().await?, taken)) }).boxed())
    }
}

#[cfg(test)]
mod tests;
