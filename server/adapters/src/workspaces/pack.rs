//! From a build's folder to an archive for download: files, folders and links, as they are.

use super::walk::{self, Found};
use bytes::Bytes;
use rustix::fs::FileType;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use tokio::sync::mpsc;

const PIECE: usize = 64 * 1024;

/// Packs all of it into pieces that somebody takes.
pub(super) fn pack(folder: &OwnedFd, pieces: mpsc::Sender<io::Result<Bytes>>) -> io::Result<()> {
    let mut archive = tar::Builder::new(Pieces { pieces, piece: Vec::with_capacity(PIECE) });
    walk::walk(folder, &mut |found| add(&mut archive, found))?;
    archive.into_inner()?.flush()
}

/// A socket, a pipe or a device is nothing to take home: it is left out.
fn add(archive: &mut tar::Builder<Pieces>, found: &Found<'_>) -> io::Result<Option<OwnedFd>> {
    match found.kind {
        FileType::Directory => {
            archive.append_data(&mut header(tar::EntryType::Directory, 0o755, 0), &found.path, io::empty())?;
            return found.enter_ours().map(Some);
        }
        FileType::RegularFile => {
            let file = found.open_ours()?;
            let metadata = file.metadata()?;
            let mut header = header(tar::EntryType::Regular, 0o644, metadata.len());
            header.set_metadata_in_mode(&metadata, tar::HeaderMode::Deterministic);
            // As long as the header says, whatever the file does meanwhile.
            archive.append_data(&mut header, &found.path, file.chain(io::repeat(0)).take(metadata.len()))?;
        }
        // Packed as a link: following it would pack what the build itself could not read.
        FileType::Symlink => archive.append_link(&mut header(tar::EntryType::Symlink, 0o777, 0), &found.path, found.target()?)?,
        _ => {}
    }
    Ok(None)
}

/// Whose it was and when it was made is nobody's business.
fn header(kind: tar::EntryType, mode: u32, size: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(size);
    header.set_mtime(tar::DETERMINISTIC_TIMESTAMP);
    header.set_uid(0);
    header.set_gid(0);
    header
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
