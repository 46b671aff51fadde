//! Folders that are a living process's: it holds a lock on each (flock(2)), which the kernel lets go of whatever ends the
//! process. So whoever starts next knows what a killed one has left, and takes away only that.

use std::fs::{DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

/// Somebody who sweeps may come between making a folder and locking it.
const TRIES: u32 = 5;

/// A private folder of its own name. It goes with this value.
#[derive(Debug)]
pub(crate) struct Claimed {
    path: PathBuf,
    lock: File,
}

impl Claimed {
    /// Makes one below a folder that is there.
    pub(crate) fn make(below: &Path, prefix: &str) -> io::Result<Self> {
        for _ in 0..TRIES {
            let mut dice = [0; 12];
            getrandom::fill(&mut dice).map_err(|_| io::Error::other("no randomness"))?;
            let path = below.join(format!("{prefix}{}", hex::encode(dice)));
            DirBuilder::new().mode(0o700).create(&path)?;
            let Ok(lock) = File::open(&path) else { continue };
            lock.lock()?;
            let claimed = Self { path, lock };
            if claimed.is_there() {
                return Ok(claimed);
            }
        }
        Err(io::Error::other("folders are swept away as soon as they are made"))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    fn is_there(&self) -> bool {
        let (Ok(held), Ok(there)) = (self.lock.metadata(), self.path.symlink_metadata()) else { return false };
        (held.dev(), held.ino()) == (there.dev(), there.ino())
    }
}

impl Drop for Claimed {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.path)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "a folder of a run could not be removed; the next start of Purser will");
        }
    }
}

/// Takes away the folders of ours, by prefix, that no process holds any more; `before` sees each of them first.
pub(crate) fn sweep(below: &Path, prefix: &str, before: impl Fn(&Path)) {
    let Ok(entries) = std::fs::read_dir(below) else { return };
    let own = rustix::process::geteuid().as_raw();
    for entry in entries.flatten() {
        let ours = entry.metadata().is_ok_and(|found| found.is_dir() && found.uid() == own);
        let path = entry.path();
        if !ours || !entry.file_name().to_str().is_some_and(|name| name.starts_with(prefix)) {
            continue;
        }
        // Locked until it is gone, so that nobody takes it for theirs meanwhile.
        if let Ok(lock) = File::open(&path)
            && lock.try_lock().is_ok()
        {
            before(&path);
            if let Err(error) = std::fs::remove_dir_all(&path) {
                tracing::warn!(%error, "what a run left behind could not be removed");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn what_is_held_stays_and_what_was_left_goes() {
        let below = tempfile::tempdir().expect("a folder");
        let held = Claimed::make(below.path(), "purser-").expect("made");
        assert_eq!(std::fs::metadata(held.path()).expect("there").permissions().mode() & 0o777, 0o700);
        let left = below.path().join("purser-0011");
        std::fs::create_dir(&left).expect("made");
        std::fs::write(left.join("token"), "x").expect("written");
        std::fs::create_dir(below.path().join("other")).expect("made");
        std::os::unix::fs::symlink(below.path().join("other"), below.path().join("purser-link")).expect("made");
        let seen = RefCell::new(Vec::new());
        sweep(below.path(), "purser-", |path| seen.borrow_mut().push(path.to_owned()));
        assert_eq!(seen.into_inner(), std::slice::from_ref(&left));
        assert!(!left.exists() && held.path().exists() && below.path().join("other").exists());
        let path = held.path().to_owned();
        drop(held);
        assert!(!path.exists());
        sweep(&below.path().join("nowhere"), "", |_| {});
    }
}
