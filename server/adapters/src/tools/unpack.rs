//! Takes the named files out of an npm archive (a gzipped tar).

use super::InstallError;
use brotli_decompressor::Decompressor;
use domain::cli::ToolFile;
use flate2::read::GzDecoder;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use tar::{Archive, Entry};

/// Larger than every pinned file.
const LARGEST_FILE: u64 = 1 << 30;

/// Unpacks into a folder that is made for it; every named file has to be there.
pub(super) fn unpack(archive: &Path, files: &[ToolFile], folder: &Path) -> Result<(), InstallError> {
    let disk = |error| InstallError::Disk(folder.to_owned(), error);
    let mut missing: Vec<&ToolFile> = files.iter().collect();
    let mut packed = Archive::new(GzDecoder::new(io::BufReader::new(File::open(archive).map_err(disk)?)));
    for entry in packed.entries().map_err(disk)? {
        let entry = entry.map_err(disk)?;
        let wanted = |file: &&ToolFile| entry.path_bytes().as_ref() == file.from.as_bytes();
        let Some(at) = missing.iter().position(wanted) else { continue };
        if entry.header().entry_type().is_file() {
            put(entry, missing.swap_remove(at), folder).map_err(disk)?;
        }
    }
    missing.first().map_or(Ok(()), |file| Err(InstallError::Missing(file.from.clone())))
}

fn put(entry: Entry<'_, impl Read>, file: &ToolFile, folder: &Path) -> io::Result<()> {
    let target = folder.join(&file.to);
    if let Some(parent) = target.parent() {
        std::fs::DirBuilder::new().recursive(true).mode(0o755).create(parent)?;
    }
    // What is packed once more is a program that lost its mode on the way.
    let program = file.brotli || entry.header().mode().is_ok_and(|mode| mode & 0o100 != 0);
    let mode = if program { 0o755 } else { 0o644 };
    let mut out = File::options().write(true).create_new(true).mode(mode).open(target)?;
    let copied = if file.brotli {
        io::copy(&mut Decompressor::new(entry, 64 * 1024).take(LARGEST_FILE + 1), &mut out)?
    } else {
        io::copy(&mut entry.take(LARGEST_FILE + 1), &mut out)?
    };
    if copied > LARGEST_FILE { Err(io::Error::other("a file of the archive is far too large")) } else { Ok(()) }
}
