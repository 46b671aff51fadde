//! What an uploaded archive may hold: ordinary files and folders below the workspace, in measure.

/// Most entries.
pub const MOST_ENTRIES: u32 = 10_000;
/// Most bytes, unpacked.
pub const MOST_BYTES: u64 = 256 << 20;
/// Longest note about the entry after it, a long name for example, in bytes.
pub const LONGEST_NOTE: u64 = 64 << 10;
/// Most bytes that are read of an archive, once it is decompressed: what it may unpack to, with room for what the format adds.
pub const MOST_READ: u64 = MOST_BYTES + MOST_ENTRIES as u64 * 4096;
/// Most bytes of an archive that is uploaded with a form.
pub const MOST_UPLOADED: usize = 64 << 20;
/// Longest path, in bytes.
const LONGEST_PATH: usize = 1024;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// An ordinary file of this many bytes.
    File(u64),
    /// A folder.
    Folder,
    /// A comment of the format about what follows; nothing is made of it.
    Note,
    /// A link, a device, a pipe …
    Other,
}

/// Why an archive is refused. Nothing of it is kept then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// It leads out of the workspace, or has no name.
    #[error("the archive names {0:?}, which is not a path below the workspace")]
    Outside(String),
    /// A link, a device, a pipe.
    #[error("the archive holds {0:?}, which is neither a file nor a folder")]
    Kind(String),
    /// More than [`MOST_ENTRIES`].
    #[error("the archive has more than {MOST_ENTRIES} entries")]
    TooMany,
    /// More than [`MOST_BYTES`].
    #[error("the archive unpacks to more than {} MiB", MOST_BYTES >> 20)]
    TooLarge,
    /// A note of more than [`LONGEST_NOTE`].
    #[error("the archive says more than {} KiB about one of its entries", LONGEST_NOTE >> 10)]
    LongNote,
    /// It cannot be read.
    #[error("that is not a tar or tar.gz archive, or it is cut off")]
    Unreadable,
}

/// Counts while an archive is unpacked.
#[derive(Debug, Clone, Default)]
pub struct Gauge {
    entries: u32,
    bytes: u64,
}

impl Gauge {
    /// May a note of this many bytes be read? It counts with the entry that it is about.
    ///
    /// # Errors
    /// When it is longer than any name.
    pub const fn note(bytes: u64) -> Result<(), ArchiveError> {
        if bytes > LONGEST_NOTE { Err(ArchiveError::LongNote) } else { Ok(()) }
    }

    /// May the next entry be unpacked? Its path as parts below the workspace; none for the workspace itself, and for notes.
    ///
    /// # Errors
    /// Why not.
    pub fn admit(&mut self, path: &str, kind: EntryKind) -> Result<Vec<String>, ArchiveError> {
        self.entries += 1;
        if self.entries > MOST_ENTRIES {
            return Err(ArchiveError::TooMany);
        }
        match kind {
            EntryKind::Note => return Ok(Vec::new()),
            EntryKind::Other => return Err(ArchiveError::Kind(shown(path))),
            EntryKind::File(bytes) => self.bytes = self.bytes.saturating_add(bytes),
            EntryKind::Folder => {}
        }
        if self.bytes > MOST_BYTES {
            return Err(ArchiveError::TooLarge);
        }
        let outside = || ArchiveError::Outside(shown(path));
        if path.starts_with('/') || path.len() > LONGEST_PATH || path.contains(['\0', '\\']) {
            return Err(outside());
        }
        let parts: Vec<String> = path.split('/').filter(|part| !matches!(*part, "" | ".")).map(str::to_owned).collect();
        let file = matches!(kind, EntryKind::File(_));
        if parts.iter().any(|part| part == "..") || (file && (parts.is_empty() || path.ends_with('/'))) {
            return Err(outside());
        }
        Ok(parts)
    }
}

/// A path for a message: not endless, nothing a terminal would obey.
fn shown(path: &str) -> String {
    path.chars().filter(|c| !c.is_control()).take(120).collect()
}
