//! From an uploaded archive to files and folders.

use domain::build::archive::{ArchiveError, EntryKind, Gauge, MOST_READ};
use flate2::read::GzDecoder;
use services::ports::WorkspaceError;
use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use tar::EntryType as T;

/// Unpacks a tar, compressed or not.
pub(super) fn unpack(archive: &[u8], place: &Path) -> Result<(), WorkspaceError> {
    if archive.starts_with(&[0x1f, 0x8b]) { measured(GzDecoder::new(archive), place) } else { measured(archive, place) }
}

/// A few megabytes can decompress to any number of them: no more is read than a good archive has.
fn measured(archive: impl Read, place: &Path) -> Result<(), WorkspaceError> {
    let mut archive = archive.take(MOST_READ);
    let done = entries(&mut archive, place);
    if archive.limit() == 0 { Err(ArchiveError::TooLarge.into()) } else { done }
}

/// Makes files and folders, and nothing else, with modes of our own.
fn entries(archive: impl Read, place: &Path) -> Result<(), WorkspaceError> {
    let mut archive = tar::Archive::new(archive);
    let mut gauge = Gauge::default();
    let mut notes = Notes::default();
    // Raw: else a note is read into memory whole, whatever its length, before we hear of it.
    for entry in archive.entries().map_err(unreadable)?.raw(true) {
        let mut entry = entry.map_err(unreadable)?;
        if notes.took(&mut entry)? {
            continue;
        }
        let kind = kind(entry.header().entry_type(), entry.size());
        let path = if kind == EntryKind::Note { String::new() } else { std::mem::take(&mut notes).name_of(&entry)? };
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
    // A note about an entry that never came.
    if notes.gnu.is_some() || notes.pax.is_some() { Err(ArchiveError::Unreadable.into()) } else { Ok(()) }
}

/// What notes say about the entry after them.
#[derive(Default)]
struct Notes {
    /// Its name (GNU tar).
    gnu: Option<Vec<u8>>,
    /// Its name and more (POSIX.1-2001, pax).
    pax: Option<Vec<u8>>,
}

impl Notes {
    /// Reads an entry if it is a note, and within measure.
    fn took(&mut self, entry: &mut tar::Entry<'_, impl Read>) -> Result<bool, ArchiveError> {
        let kind = entry.header().entry_type();
        if matches!(kind, T::GNULongName | T::GNULongLink | T::XHeader | T::XGlobalHeader) {
            Gauge::note(entry.size())?;
        }
        let note = match kind {
            T::GNULongName => &mut self.gnu,
            T::XHeader => &mut self.pax,
            // Where a link leads is no matter: links are refused.
            T::GNULongLink => return Ok(true),
            _ => return Ok(false),
        };
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).map_err(unreadable)?;
        if note.replace(bytes).is_some() { Err(ArchiveError::Unreadable) } else { Ok(true) }
    }

    /// What an entry is called, with these notes before it.
    fn name_of(self, entry: &tar::Entry<'_, impl Read>) -> Result<String, ArchiveError> {
        let text = |bytes| String::from_utf8(bytes).map_err(|_| ArchiveError::Outside("a name that is no text".to_owned()));
        let mut name = None;
        for line in tar::PaxExtensions::new(self.pax.as_deref().unwrap_or_default()) {
            let line = line.map_err(unreadable)?;
            match line.key_bytes() {
                b"path" => name = Some(line.value_bytes().to_vec()),
                // One that its header cannot hold is beyond the measure anyway.
                b"size" if line.value() != Ok(entry.size().to_string().as_str()) => return Err(ArchiveError::Unreadable),
                key if key.starts_with(b"GNU.sparse") => return Err(ArchiveError::Kind("a file with holes".to_owned())),
                _ => {}
            }
        }
        if let Some(mut gnu) = self.gnu {
            gnu.truncate(gnu.iter().position(|byte| *byte == 0).unwrap_or(gnu.len()));
            name = Some(gnu);
        }
        text(name.unwrap_or_else(|| entry.header().path_bytes().into_owned()))
    }
}

fn unreadable(_: io::Error) -> ArchiveError {
    ArchiveError::Unreadable
}

fn kind(found: T, size: u64) -> EntryKind {
    match found {
        T::Regular | T::Continuous => EntryKind::File(size),
        T::Directory => EntryKind::Folder,
        T::XGlobalHeader => EntryKind::Note,
        _ => EntryKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn header(kind: T, name: &str, size: u64) -> tar::Header {
        let mut header = tar::Header::new_gnu();
        header.set_path(name).expect("a name");
        header.set_entry_type(kind);
        header.set_mode(0o644);
        header.set_size(size);
        header.set_cksum();
        header
    }

    fn refused(archive: impl Read) -> ArchiveError {
        let place = tempfile::tempdir().expect("a folder");
        match measured(archive, place.path()) {
            Err(WorkspaceError::Archive(error)) => error,
            other => unreachable!("{other:?}"),
        }
    }

    #[test]
    fn a_note_without_measure_is_refused_before_it_is_read() {
        for kind in [T::GNULongName, T::GNULongLink, T::XHeader, T::XGlobalHeader] {
            let head = header(kind, "long", 8 << 30);
            // It never ends, as what a small upload decompresses to may never seem to.
            let mut told = Told { archive: head.as_bytes().chain(io::repeat(b'a')), bytes: 0 };
            assert_eq!(refused(&mut told), ArchiveError::LongNote, "{kind:?}");
            assert!(told.bytes <= 64 << 10, "{} bytes of it were read", told.bytes);
        }
        // Packed, as it is uploaded.
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(header(T::GNULongName, "long", 1 << 20).as_bytes()).expect("written");
        packed.write_all(&vec![b'a'; 1 << 20]).expect("written");
        let place = tempfile::tempdir().expect("a folder");
        let done = unpack(&packed.finish().expect("packed"), place.path());
        assert!(matches!(done, Err(WorkspaceError::Archive(ArchiveError::LongNote))), "{done:?}");
    }

    #[test]
    fn what_hides_its_size_from_the_gauge_ends_at_the_measure() {
        let folder = header(T::Directory, "folder/", 7 << 30);
        assert_eq!(refused(folder.as_bytes().chain(io::repeat(0))), ArchiveError::TooLarge);
    }

    #[test]
    fn long_names_of_both_kinds_are_kept() {
        let long = format!("{}/{}", "a".repeat(120), "b".repeat(90));
        let mut archive = tar::Builder::new(Vec::new());
        archive.append_data(&mut header(T::Regular, "x", 3), &long, &b"gnu"[..]).expect("packed");
        let path = format!("pax-{long}");
        archive.append_pax_extensions([("path", path.as_bytes()), ("size", &b"3"[..]), ("mtime", &b"1.5"[..])]).expect("packed");
        archive.append(&header(T::Regular, "short", 3), &b"pax"[..]).expect("packed");
        let packed = archive.into_inner().expect("packed");
        let place = tempfile::tempdir().expect("a folder");
        unpack(&packed, place.path()).expect("unpacked");
        let read = |name: &str| std::fs::read_to_string(place.path().join(name)).expect("there");
        assert_eq!((read(&long).as_str(), read(&path).as_str()), ("gnu", "pax"));
        assert!(!place.path().join("short").exists());
    }

    #[test]
    fn notes_that_contradict_or_lead_nowhere_are_refused() {
        let with = |lines: &[(&str, &[u8])], more: bool| {
            let mut archive = tar::Builder::new(Vec::new());
            archive.append_pax_extensions(lines.iter().copied()).expect("packed");
            if more {
                archive.append(&header(T::Regular, "short", 3), &b"pax"[..]).expect("packed");
            }
            refused(&*archive.into_inner().expect("packed"))
        };
        assert_eq!(with(&[("size", &b"9"[..])], true), ArchiveError::Unreadable);
        assert_eq!(with(&[("path", &b"x"[..])], false), ArchiveError::Unreadable);
        assert!(matches!(with(&[("path", &b"../x"[..])], true), ArchiveError::Outside(_)));
        assert!(matches!(with(&[("GNU.sparse.major", &b"1"[..])], true), ArchiveError::Kind(_)));
    }

    /// Counts what is read of an archive.
    struct Told<R> {
        archive: R,
        bytes: usize,
    }

    impl<R: Read> Read for Told<R> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let read = self.archive.read(buffer)?;
            self.bytes += read;
            Ok(read)
        }
    }
}
