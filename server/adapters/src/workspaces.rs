//! The folders that builds work in: their own ones below the data folder, and those that the settings name.

use async_trait::async_trait;
use bytes::Bytes;
use domain::build::archive::{ArchiveError, EntryKind, Gauge};
use flate2::read::GzDecoder;
use futures::StreamExt;
use futures::stream::BoxStream;
use secrecy::{ExposeSecret, SecretString};
use services::ports::{Artefacts, WorkspaceError, Workspaces};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use tokio::sync::mpsc;
use vocab::BuildId;

/// Pieces of an archive that wait for a reader.
const WAITING: usize = 8;
const PIECE: usize = 64 * 1024;
/// A file is looked through in parts of this size.
const PART: usize = 1 << 20;

/// Folders of this machine.
#[derive(Debug, Clone)]
pub struct BuildFolders {
    /// Where builds get folders of their own.
    own: PathBuf,
    /// Where they may also work.
    roots: Vec<PathBuf>,
}

impl BuildFolders {
    /// With a place for builds' own folders, and folders whose contents builds may work in.
    pub const fn new(own: PathBuf, roots: Vec<PathBuf>) -> Self {
        Self { own, roots }
    }

    fn place(&self, id: BuildId) -> PathBuf {
        self.own.join(id.to_string())
    }

    fn make_now(&self, id: BuildId) -> io::Result<PathBuf> {
        let place = self.place(id);
        DirBuilder::new().recursive(true).mode(0o700).create(&place)?;
        Ok(place)
    }

    fn unpack_now(&self, id: BuildId, archive: &[u8]) -> Result<PathBuf, WorkspaceError> {
        let place = self.make_now(id)?;
        let done = if archive.starts_with(&[0x1f, 0x8b]) { unpack(GzDecoder::new(archive), &place) } else { unpack(archive, &place) };
        if let Err(error) = done {
            std::fs::remove_dir_all(&place)?;
            return Err(error);
        }
        Ok(place)
    }
}

#[async_trait]
impl Workspaces for BuildFolders {
    async fn make(&self, id: BuildId) -> Result<PathBuf, WorkspaceError> {
        Ok(self.make_now(id)?)
    }

    async fn unpack(&self, id: BuildId, archive: Bytes) -> Result<PathBuf, WorkspaceError> {
        let folders = self.clone();
        let unpacked = tokio::task::spawn_blocking(move || folders.unpack_now(id, &archive)).await;
        unpacked.unwrap_or_else(|error| Err(io::Error::other(error).into()))
    }

    fn folder(&self, named: &str) -> Result<PathBuf, WorkspaceError> {
        let refused = |words: &str| WorkspaceError::Folder(format!("{named:?} {words}"));
        if self.roots.is_empty() {
            return Err(refused("cannot be used: no folders are open to builds (PURSER_BUILD_ROOTS)"));
        }
        let roots: Vec<PathBuf> = self.roots.iter().filter_map(|root| root.canonicalize().ok()).collect();
        let whole = Path::new(named).canonicalize().map_err(|_| refused("is not a folder of Purser's machine"))?;
        if whole.is_dir() && roots.iter().any(|root| whole.starts_with(root)) {
            Ok(whole)
        } else {
            Err(refused("is not below a folder that is open to builds"))
        }
    }

    fn roots(&self) -> Vec<String> {
        self.roots.iter().map(|root| root.display().to_string()).collect()
    }

    async fn scrub(&self, id: BuildId, secrets: Vec<SecretString>) -> Result<Vec<String>, WorkspaceError> {
        let place = self.place(id);
        let done = tokio::task::spawn_blocking(move || {
            let mut removed = Vec::new();
            walk(&place, &mut |file, _| {
                if holds(file, &secrets)? {
                    std::fs::remove_file(file)?;
                    removed.push(file.strip_prefix(&place).unwrap_or(file).display().to_string());
                }
                Ok(())
            })?;
            Ok(removed)
        });
        done.await.unwrap_or_else(|error| Err(WorkspaceError::Io(io::Error::other(error))))
    }

    async fn remove(&self, id: BuildId) -> Result<bool, WorkspaceError> {
        let place = self.place(id);
        let done = tokio::task::spawn_blocking(move || match std::fs::remove_dir_all(&place) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error.into()),
        });
        done.await.unwrap_or_else(|error| Err(WorkspaceError::Io(io::Error::other(error))))
    }

    async fn artefacts(&self, id: BuildId) -> Option<Artefacts> {
        let place = self.place(id);
        let counted = tokio::task::spawn_blocking(move || {
            let mut found = Artefacts::default();
            walk(&place, &mut |_, size| {
                found.files += 1;
                found.bytes += size;
                Ok(())
            })
            .map(|()| found)
        });
        counted.await.ok()?.ok()
    }

    async fn pack(&self, id: BuildId) -> Option<BoxStream<'static, io::Result<Bytes>>> {
        let place = self.place(id);
        if !place.is_dir() {
            return None;
        }
        let (pieces, taken) = mpsc::channel(WAITING);
        tokio::task::spawn_blocking(move || {
            let mut archive = tar::Builder::new(Pieces { pieces: pieces.clone(), piece: Vec::with_capacity(PIECE) });
            // A link is packed as a link: following it would pack what the build itself could not read.
            archive.follow_symlinks(false);
            archive.mode(tar::HeaderMode::Deterministic);
            let done = archive.append_dir_all(".", &place).and_then(|()| archive.into_inner()).and_then(|mut pieces| pieces.flush());
            if let Err(error) = done {
                // Nobody may be listening any more, which is no matter.
                drop(pieces.blocking_send(Err(error)));
            }
        });
        Some(futures::stream::unfold(taken, |mut taken| async move { Some((taken.recv().await?, taken)) }).boxed())
    }
}

/// Makes files and folders of an archive, and nothing else, with modes of our own.
fn unpack(archive: impl Read, place: &Path) -> Result<(), WorkspaceError> {
    let unreadable = |_| ArchiveError::Unreadable;
    let mut archive = tar::Archive::new(archive);
    let mut gauge = Gauge::default();
    for entry in archive.entries().map_err(unreadable)? {
        let mut entry = entry.map_err(unreadable)?;
        let path =
            String::from_utf8(entry.path_bytes().into_owned()).map_err(|_| ArchiveError::Outside("a name that is no text".to_owned()))?;
        let kind = kind(entry.header().entry_type(), entry.size());
        let parts = gauge.admit(&path, kind)?;
        let Some((name, folders)) = parts.split_last() else { continue };
        let whole = folders.iter().fold(place.to_owned(), |whole, part| whole.join(part));
        DirBuilder::new().recursive(true).mode(0o700).create(&whole)?;
        let whole = whole.join(name);
        if kind == EntryKind::Folder {
            DirBuilder::new().recursive(true).mode(0o700).create(&whole)?;
            continue;
        }
        let runs = entry.header().mode().unwrap_or(0) & 0o100 != 0;
        let mode = if runs { 0o700 } else { 0o600 };
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&whole)?;
        io::copy(&mut entry, &mut file).map_err(unreadable)?;
    }
    Ok(())
}

fn kind(found: tar::EntryType, size: u64) -> EntryKind {
    use tar::EntryType as T;
    match found {
        T::Regular | T::Continuous => EntryKind::File(size),
        T::Directory => EntryKind::Folder,
        T::XGlobalHeader | T::XHeader => EntryKind::Note,
        _ => EntryKind::Other,
    }
}

/// Every ordinary file below a folder; links are not followed.
fn walk(folder: &Path, see: &mut dyn FnMut(&Path, u64) -> io::Result<()>) -> io::Result<()> {
    for entry in opened(folder, 0o700, |folder| std::fs::read_dir(folder))? {
        let entry = entry?;
        let found = entry.metadata()?;
        if found.is_dir() {
            walk(&entry.path(), see)?;
        } else if found.is_file() {
            see(&entry.path(), found.len())?;
        }
    }
    Ok(())
}

/// Opens what is ours; a program that has closed it to us has hidden nothing.
fn opened<T>(path: &Path, mode: u32, open: impl Fn(&Path) -> io::Result<T>) -> io::Result<T> {
    match open(path) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))?;
            open(path)
        }
        done => done,
    }
}

/// Is one of the secrets in a file, of whatever size? Two parts overlap, so that none hides between them.
fn holds(file: &Path, secrets: &[SecretString]) -> io::Result<bool> {
    let secrets: Vec<&[u8]> = secrets.iter().map(|secret| secret.expose_secret().as_bytes()).filter(|secret| !secret.is_empty()).collect();
    let longest = secrets.iter().map(|secret| secret.len()).max().unwrap_or_default();
    let mut file = opened(file, 0o600, |file| File::open(file))?;
    let mut bytes = Vec::with_capacity(PART + longest);
    while Read::by_ref(&mut file).take(PART as u64).read_to_end(&mut bytes)? > 0 {
        if secrets.iter().any(|secret| bytes.windows(secret.len()).any(|window| window == *secret)) {
            return Ok(true);
        }
        bytes.drain(..bytes.len().saturating_sub(longest));
    }
    Ok(false)
}

/// A writer whose pieces somebody else reads.
struct Pieces {
    pieces: mpsc::Sender<io::Result<Bytes>>,
    piece: Vec<u8>,
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let piece = Bytes::from(std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE)));
        self.pieces.blocking_send(Ok(piece)).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_secret_is_found_wherever_it_lies() {
        let folder = tempfile::tempdir().expect("a folder");
        let folders = BuildFolders::new(folder.path().join("builds"), Vec::new());
        let id = BuildId::new(uuid::Uuid::from_u128(7));
        let place = folders.make(id).await.expect("made");
        let secret = "at-0123456789abcdef";
        let put = |name: &str, bytes: Vec<u8>| std::fs::write(place.join(name), bytes).expect("written");
        let around = |before: usize, after: usize| [vec![b'x'; before], secret.as_bytes().to_vec(), vec![b'y'; after]].concat();
        put("whole", around(0, 0));
        put("across", around(PART - 5, 10));
        put("large", around(20 << 20, 3));
        put("closed", around(1, 1));
        put("half", b"at-0123456789abcde".to_vec());
        put("empty", Vec::new());
        std::fs::create_dir(place.join("shut")).expect("made");
        put("shut/deep", around(1, 1));
        for name in ["closed", "shut"] {
            std::fs::set_permissions(place.join(name), std::fs::Permissions::from_mode(0o000)).expect("set");
        }
        std::os::unix::fs::symlink("/etc/passwd", place.join("link")).expect("made");
        let mut removed = folders.scrub(id, vec![secret.to_owned().into(), String::new().into()]).await.expect("looked through");
        removed.sort();
        assert_eq!(removed, ["across", "closed", "large", "shut/deep", "whole"]);
        assert_eq!(folders.artefacts(id).await.map(|found| found.files), Some(2));
        assert!(folders.remove(id).await.expect("removed") && !folders.remove(id).await.expect("gone already"));
        assert!(folders.artefacts(id).await.is_none());
    }
}
