//! Walks through folders by descriptor: no link is followed on the way, and no path is too long for it.

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags};
use rustix::io::Errno;
use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Folders in folders that are gone into: each costs a descriptor and a place on the stack.
pub(super) const DEEPEST: usize = 100;

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);
/// Without NONBLOCK a pipe would keep us waiting for a writer.
const FILE: OFlags = OFlags::RDONLY.union(OFlags::NOFOLLOW).union(OFlags::NONBLOCK).union(OFlags::NOCTTY).union(OFlags::CLOEXEC);

/// Something in a folder.
pub(super) struct Found<'a> {
    folder: BorrowedFd<'a>,
    name: &'a OsStr,
    /// Below the folder that is walked through.
    pub(super) path: PathBuf,
    pub(super) kind: FileType,
    /// In bytes, as it says itself: a file may be all holes.
    pub(super) size: u64,
    /// Nobody goes further than this.
    pub(super) deepest: bool,
}

/// Sees everything, and hands out the folders that are to be gone into.
pub(super) type See<'a> = &'a mut dyn FnMut(&Found<'_>) -> io::Result<Option<OwnedFd>>;

/// Everything below a folder.
pub(super) fn walk(folder: &OwnedFd, see: See<'_>) -> io::Result<()> {
    level(folder.as_fd(), Path::new(""), DEEPEST, see)
}

fn level(folder: BorrowedFd<'_>, path: &Path, left: usize, see: See<'_>) -> io::Result<()> {
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        let name = OsStr::from_bytes(entry.file_name().to_bytes());
        if name == "." || name == ".." {
            continue;
        }
        let stat = match rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => stat,
            Err(Errno::NOENT) => continue,
            Err(error) => return Err(error.into()),
        };
        let found = Found {
            folder,
            name,
            path: path.join(name),
            kind: FileType::from_raw_mode(stat.st_mode),
            size: u64::try_from(stat.st_size).unwrap_or(u64::MAX),
            deepest: left == 0,
        };
        if let Some(inner) = see(&found)?
            && left > 0
        {
            level(inner.as_fd(), &found.path, left - 1, see)?;
        }
    }
    Ok(())
}

impl Found<'_> {
    /// Opens a folder.
    pub(super) fn enter(&self) -> io::Result<OwnedFd> {
        Ok(rustix::fs::openat(self.folder, self.name, FOLDER, Mode::empty())?)
    }

    /// Opens a folder that is ours: a program that has closed it to us has hidden nothing.
    pub(super) fn enter_ours(&self) -> io::Result<OwnedFd> {
        enter_ours(self.folder, self.name)
    }

    /// Opens a file.
    pub(super) fn open(&self) -> io::Result<File> {
        Ok(rustix::fs::openat(self.folder, self.name, FILE, Mode::empty()).map(File::from)?)
    }

    /// Opens a file that is ours.
    pub(super) fn open_ours(&self) -> io::Result<File> {
        if let Err(error) = self.open()
            && error.kind() == io::ErrorKind::PermissionDenied
        {
            rustix::fs::chmodat(self.folder, self.name, Mode::RUSR | Mode::WUSR, AtFlags::empty())?;
        }
        self.open()
    }

    /// Where a link leads, as it is written.
    pub(super) fn target(&self) -> io::Result<PathBuf> {
        let target = rustix::fs::readlinkat(self.folder, self.name, Vec::new())?;
        Ok(PathBuf::from(OsStr::from_bytes(target.to_bytes())))
    }

    /// Takes it away, a folder with all that is in it.
    pub(super) fn remove(&self) -> io::Result<()> {
        remove(self.folder, self.name)
    }
}

/// Opens a folder to begin at; a link to it is an operator's.
pub(super) fn root(path: &Path) -> io::Result<OwnedFd> {
    Ok(rustix::fs::open(path, FOLDER.difference(OFlags::NOFOLLOW), Mode::empty())?)
}

/// Opens a folder of ours in another one, and to us.
pub(super) fn enter_ours(folder: BorrowedFd<'_>, name: &OsStr) -> io::Result<OwnedFd> {
    let open = || rustix::fs::openat(folder, name, FOLDER, Mode::empty());
    let inner = match open() {
        Err(Errno::ACCESS) => {
            rustix::fs::chmodat(folder, name, Mode::RWXU, AtFlags::empty())?;
            open()?
        }
        done => done?,
    };
    // Read, and gone into, and changed.
    if !Mode::from_raw_mode(rustix::fs::fstat(&inner)?.st_mode).contains(Mode::RWXU) {
        rustix::fs::fchmod(&inner, Mode::RWXU)?;
    }
    Ok(inner)
}

/// Takes away what has this name, a folder with all that is in it, however deep it goes.
pub(super) fn remove(folder: BorrowedFd<'_>, name: &OsStr) -> io::Result<()> {
    match rustix::fs::unlinkat(folder, name, AtFlags::empty()) {
        Ok(()) => return Ok(()),
        // Linux says the one of a folder, POSIX the other.
        Err(Errno::ISDIR | Errno::PERM) => {}
        Err(error) => return Err(error.into()),
    }
    let top = enter_ours(folder, name)?;
    while empty(top.as_fd(), top.as_fd(), DEEPEST)? {}
    Ok(rustix::fs::unlinkat(folder, name, AtFlags::REMOVEDIR)?)
}

/// Empties a folder. What lies too deep is moved up to `top`, for the next time: `true` when something was.
fn empty(top: BorrowedFd<'_>, folder: BorrowedFd<'_>, left: usize) -> io::Result<bool> {
    let mut moved = false;
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        let name = OsStr::from_bytes(entry.file_name().to_bytes());
        if name == "." || name == ".." {
            continue;
        }
        match rustix::fs::unlinkat(folder, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => continue,
            Err(Errno::ISDIR | Errno::PERM) => {}
            Err(error) => return Err(error.into()),
        }
        let inner = enter_ours(folder, name)?;
        if left == 0 {
            let mut dice = [0; 12];
            getrandom::fill(&mut dice).map_err(|_| io::Error::other("no randomness"))?;
            rustix::fs::renameat(folder, name, top, format!("moved-{}", hex::encode(dice)))?;
            moved = true;
        } else {
            moved |= empty(top, inner.as_fd(), left - 1)?;
            rustix::fs::unlinkat(folder, name, AtFlags::REMOVEDIR)?;
        }
    }
    Ok(moved)
}
