//! Looks through a folder for secrets: in files, in names, and in where links lead.

use super::walk::{self, Found};
use rustix::fs::FileType;
use secrecy::{ExposeSecret, SecretString};
use services::ports::{Looked, Patience};
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// A file is looked through in parts of this size.
const PART: usize = 1 << 20;
/// Bytes that are read of one folder: a file may say that it has more of them than any disk.
const MOST_BYTES: u64 = 8 << 30;
/// Longest name for a log.
const LONGEST_NAME: usize = 200;

/// What is looked for, and for how long.
pub(super) struct Search<'a> {
    secrets: Vec<&'a [u8]>,
    longest: usize,
    patience: &'a Patience,
    left: u64,
}

/// What something is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Clean,
    /// A secret is in it.
    Holds,
    /// A secret is in its name, or in where it leads.
    Named,
    /// There was too much of it, or it does not open.
    Unseen,
}

impl<'a> Search<'a> {
    pub(super) fn new(secrets: &'a [SecretString], patience: &'a Patience) -> Self {
        let secrets: Vec<&[u8]> = secrets.iter().map(|secret| secret.expose_secret().as_bytes()).filter(|it| !it.is_empty()).collect();
        let longest = secrets.iter().map(|secret| secret.len()).max().unwrap_or_default();
        Self { secrets, longest, patience, left: MOST_BYTES }
    }

    /// Looks through a folder of ours; what holds a secret goes, and so does what there was no time to look at.
    pub(super) fn clean(&mut self, folder: &OwnedFd) -> io::Result<Looked> {
        let mut looked = Looked::default();
        walk::walk(folder, &mut |found| {
            let verdict = match found.kind {
                _ if self.named(found)? => Verdict::Named,
                FileType::Directory if !found.deepest => return found.enter_ours().map(Some),
                FileType::Directory => Verdict::Unseen,
                FileType::RegularFile => self.file(found.open_ours()?, found.size)?,
                _ => Verdict::Clean,
            };
            if note(&mut looked, found, verdict) {
                found.remove()?;
            }
            Ok(None)
        })?;
        Ok(looked)
    }

    /// Looks through a folder that is somebody's: nothing of it is changed. Files that were last changed before `since`, in
    /// seconds of Unix time, are as they were.
    pub(super) fn report(&mut self, folder: &OwnedFd, since: i64) -> io::Result<Looked> {
        let mut looked = Looked::default();
        walk::walk(folder, &mut |found| {
            let verdict = match found.kind {
                _ if self.named(found).unwrap_or(false) => Verdict::Named,
                FileType::Directory if !found.deepest => match found.enter() {
                    Ok(inner) => return Ok(Some(inner)),
                    Err(_) => Verdict::Unseen,
                },
                FileType::Directory => Verdict::Unseen,
                FileType::RegularFile => self.changed(found, since).unwrap_or(Verdict::Unseen),
                _ => Verdict::Clean,
            };
            note(&mut looked, found, verdict);
            Ok(None)
        })?;
        Ok(looked)
    }

    fn changed(&mut self, found: &Found<'_>, since: i64) -> io::Result<Verdict> {
        let file = found.open()?;
        // The time of change, which a program cannot set.
        if file.metadata()?.ctime() < since { Ok(Verdict::Clean) } else { self.file(file, found.size) }
    }

    /// Does its name hold one, or the way to it, or where it leads?
    fn named(&self, found: &Found<'_>) -> io::Result<bool> {
        let target = if found.kind == FileType::Symlink { found.target()? } else { Path::new("").to_owned() };
        Ok(self.within(found.path.as_os_str().as_bytes()) || self.within(target.as_os_str().as_bytes()))
    }

    /// Is one of the secrets in a file? Two parts overlap, so that none hides between them.
    fn file(&mut self, mut file: File, size: u64) -> io::Result<Verdict> {
        if size > self.left {
            return Ok(Verdict::Unseen);
        }
        let mut bytes = Vec::with_capacity(PART + self.longest);
        loop {
            if self.left == 0 || self.patience.is_over() {
                return Ok(Verdict::Unseen);
            }
            let read = Read::by_ref(&mut file).take(PART as u64).read_to_end(&mut bytes)?;
            if read == 0 {
                return Ok(Verdict::Clean);
            }
            self.left = self.left.saturating_sub(read as u64);
            if self.within(&bytes) {
                return Ok(Verdict::Holds);
            }
            bytes.drain(..bytes.len().saturating_sub(self.longest));
        }
    }

    fn within(&self, bytes: &[u8]) -> bool {
        self.secrets.iter().any(|secret| bytes.windows(secret.len()).any(|window| window == *secret))
    }
}

/// Notes what is not clean; `false` for what is.
fn note(looked: &mut Looked, found: &Found<'_>, verdict: Verdict) -> bool {
    match verdict {
        Verdict::Clean => return false,
        Verdict::Holds => looked.held.add(shown(&found.path)),
        Verdict::Named => looked.named.add(parent(found)),
        Verdict::Unseen => looked.unseen.add(shown(&found.path)),
    }
    true
}

/// A path for a log: not endless, nothing a terminal would obey.
fn shown(path: &Path) -> String {
    path.display().to_string().chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect()
}

/// Where something lies whose name is not to be told.
fn parent(found: &Found<'_>) -> String {
    let parent = found.path.parent().map(shown).unwrap_or_default();
    if parent.is_empty() { "the workspace".to_owned() } else { parent }
}
