//! The home directory of a run, held open: files go in and come out through it without ever following a link.
//!
//! Held open, a directory in memory outlives the processes that used it; let go, it is gone, also when Purser is killed.

use crate::claimed::Claimed;
use rustix::fs::{AtFlags, FileType, Mode, OFlags};
use rustix::io::Errno;
use secrecy::{ExposeSecret, SecretSlice};
use services::ports::{HomeFile, HomePath, ReadFileError, ReadRule};
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::MetadataExt;

/// A directory held open.
#[derive(Debug)]
pub(super) struct Home {
    folder: OwnedFd,
    /// On a disk, and to be wiped when nobody needs it any more.
    _wipe: Option<Claimed>,
}

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

impl Home {
    /// Opens a directory; a link is refused.
    pub(super) fn open(path: &std::path::Path) -> Result<Self, Errno> {
        rustix::fs::open(path, FOLDER, Mode::empty()).map(|folder| Self { folder, _wipe: None })
    }

    /// Wipes the directory when it is let go.
    pub(super) fn wiped(self, claimed: Claimed) -> Self {
        Self { _wipe: Some(claimed), ..self }
    }

    /// Device and inode: is it the same directory as another one?
    #[cfg(target_os = "linux")]
    pub(super) fn identity(&self) -> Result<(u64, u64), Errno> {
        rustix::fs::fstat(&self.folder).map(|stat| (stat.st_dev, stat.st_ino))
    }

    /// Reads a file under the rule.
    pub(super) fn read(&self, path: &HomePath, rule: ReadRule) -> Result<SecretSlice<u8>, ReadFileError> {
        let (folders, name) = path.parts();
        let folder = self.walk(folders, false)?;
        // Without NONBLOCK a pipe would keep us waiting for a writer.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&folder, name, flags, Mode::empty()).map_err(|error| why(folder.as_fd(), name, error))?;
        let file = File::from(file);
        let found = file.metadata().map_err(|error| ReadFileError::Io(error.to_string()))?;
        if !found.is_file() {
            return Err(ReadFileError::NotAFile);
        }
        if rule.private {
            if found.uid() != rustix::process::geteuid().as_raw() {
                return Err(ReadFileError::ForeignOwner);
            }
            let mode = found.mode() & 0o777;
            if mode & 0o077 != 0 {
                return Err(ReadFileError::Open(mode));
            }
        }
        contents(file, found.len(), rule.max_bytes)
    }

    /// Puts a file in place of the one there, whole or not at all. Folders on the way are made, 0700.
    pub(super) fn write(&self, file: &HomeFile) -> Result<(), ReadFileError> {
        let (folders, name) = file.path.parts();
        let folder = self.walk(folders, true)?;
        let fresh = format!(".{name}.purser-new");
        match rustix::fs::unlinkat(&folder, fresh.as_str(), AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => {}
            Err(error) => return Err(io(error)),
        }
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let written = rustix::fs::openat(&folder, fresh.as_str(), flags, Mode::RUSR | Mode::WUSR).map_err(io)?;
        File::from(written).write_all(file.contents.expose_secret().as_bytes()).map_err(|error| ReadFileError::Io(error.to_string()))?;
        rustix::fs::renameat(&folder, fresh.as_str(), &folder, name).map_err(io)
    }

    fn walk(&self, folders: &[String], make: bool) -> Result<OwnedFd, ReadFileError> {
        let mut folder = rustix::fs::openat(&self.folder, ".", FOLDER, Mode::empty()).map_err(io)?;
        for name in folders {
            if make
                && let Err(error) = rustix::fs::mkdirat(&folder, name.as_str(), Mode::RWXU)
                && error != Errno::EXIST
            {
                return Err(io(error));
            }
            folder = rustix::fs::openat(&folder, name.as_str(), FOLDER, Mode::empty()).map_err(|error| why(folder.as_fd(), name, error))?;
        }
        Ok(folder)
    }
}

/// At most `max_bytes`, whatever the file does meanwhile.
fn contents(file: File, size: u64, max_bytes: u64) -> Result<SecretSlice<u8>, ReadFileError> {
    if size > max_bytes {
        return Err(ReadFileError::TooLarge(max_bytes));
    }
    let room = usize::try_from(size).unwrap_or_default() + 1;
    let mut bytes = Vec::with_capacity(room);
    file.take(max_bytes + 1).read_to_end(&mut bytes).map_err(|error| ReadFileError::Io(error.to_string()))?;
    if bytes.len() as u64 > max_bytes {
        return Err(ReadFileError::TooLarge(max_bytes));
    }
    Ok(SecretSlice::from(bytes))
}

/// Why a name could not be opened. Opening a link without following it fails in more than one way.
fn why(folder: BorrowedFd<'_>, name: &str, error: Errno) -> ReadFileError {
    if error == Errno::NOENT {
        return ReadFileError::Missing;
    }
    match rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW).map(|stat| FileType::from_raw_mode(stat.st_mode)) {
        Ok(FileType::Symlink) => ReadFileError::Link,
        Ok(FileType::RegularFile | FileType::Directory) | Err(_) => io(error),
        Ok(_) => ReadFileError::NotAFile,
    }
}

fn io(error: Errno) -> ReadFileError {
    ReadFileError::Io(std::io::Error::from(error).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn home() -> (tempfile::TempDir, Home) {
        let folder = tempfile::tempdir().expect("a folder");
        let home = Home::open(folder.path()).expect("opens");
        (folder, home)
    }

    fn path(text: &str) -> HomePath {
        HomePath::read(text).expect("a path")
    }

    fn read(home: &Home, text: &str) -> Result<String, ReadFileError> {
        let bytes = home.read(&path(text), ReadRule { max_bytes: 10, private: true })?;
        Ok(String::from_utf8_lossy(bytes.expose_secret()).into_owned())
    }

    fn write(home: &Home, text: &str, contents: &str) -> Result<(), ReadFileError> {
        home.write(&HomeFile { path: path(text), contents: contents.into() })
    }

    #[test]
    fn files_go_in_private_and_come_out() {
        let (folder, home) = home();
        write(&home, ".a/b/c", "one").expect("written");
        write(&home, ".a/b/c", "two").expect("written again");
        assert_eq!(read(&home, ".a/b/c"), Ok("two".into()));
        let mode = |name: &str| std::fs::metadata(folder.path().join(name)).expect("there").permissions().mode() & 0o777;
        assert_eq!((mode(".a"), mode(".a/b/c")), (0o700, 0o600));
        assert_eq!(std::fs::read_dir(folder.path().join(".a/b")).expect("reads").count(), 1, "nothing is left beside it");
    }

    #[test]
    fn what_is_not_an_ordinary_private_file_is_refused() {
        let (folder, home) = home();
        let at = |name: &str| folder.path().join(name);
        symlink("/etc/passwd", at("link")).expect("made");
        symlink("/etc", at("folder-link")).expect("made");
        std::fs::create_dir(at("folder")).expect("made");
        std::fs::write(at("open"), "x").expect("written");
        std::fs::set_permissions(at("open"), std::fs::Permissions::from_mode(0o644)).expect("set");
        write(&home, "long", "12345678901").expect("written");
        rustix::fs::mkfifoat(&home.folder, "pipe", Mode::RUSR | Mode::WUSR).expect("made");
        for (name, expected) in [
            ("link", ReadFileError::Link),
            ("folder-link/passwd", ReadFileError::Link),
            ("folder", ReadFileError::NotAFile),
            ("pipe", ReadFileError::NotAFile),
            ("open", ReadFileError::Open(0o644)),
            ("long", ReadFileError::TooLarge(10)),
            ("missing", ReadFileError::Missing),
            ("missing/deep", ReadFileError::Missing),
        ] {
            assert_eq!(read(&home, name), Err(expected), "{name}");
        }
        assert!(home.read(&path("open"), ReadRule { max_bytes: 10, private: false }).is_ok());
        assert!(write(&home, "folder-link/new", "x").is_err() && !std::path::Path::new("/etc/new").exists());
        write(&home, "link", "mine").expect("replaced, not followed");
        assert_eq!(read(&home, "link"), Ok("mine".into()));
        assert_eq!(Home::open(&at("folder-link")).err(), Some(Errno::NOTDIR), "a link is no home");
    }
}
