//! Writing into the site folder: hashed names, compressed copies, sizes.

use super::{OUTPUT_NAME, PKG, Profile, beside};
use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// What a file of the site is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// The wasm-bindgen glue.
    Js,
    /// The main program.
    Wasm,
    /// What fetches the programs of the areas.
    Loader,
    /// A program that only some areas need.
    Area,
    /// Which area needs which programs; read by the server.
    Manifest,
    /// The style sheet.
    Css,
    /// A piece of JavaScript that a crate brought along; imported by the glue.
    Snippet,
    /// A file of `style/public/`.
    Asset,
}

/// A file of the site, with its sizes in bytes. `gzip` and `br` are 0 where no compressed copy is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    pub kind: Kind,
    /// Relative to the site folder.
    pub path: String,
    pub hash: String,
    pub raw: u64,
    pub gzip: u64,
    pub br: u64,
    /// The areas whose pages need it; of a file that every page needs, none.
    #[serde(default)]
    pub areas: Vec<String>,
}

/// The folder that the server serves.
pub struct Site {
    root: PathBuf,
    profile: Profile,
}

impl Site {
    pub fn new(root: &Path, profile: Profile) -> Self {
        Self { root: root.to_owned(), profile }
    }

    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// Writes `pkg/purser.<hash>.<extension>` and its compressed copies.
    pub fn write_hashed(&self, kind: Kind, extension: &str, bytes: &[u8]) -> Result<Made> {
        let hash = short_hash(bytes);
        self.write(kind, format!("{PKG}/{OUTPUT_NAME}.{hash}.{extension}"), hash, bytes)
    }

    /// Writes `pkg/<name>`, whose name carries `hash` already, and its compressed copies.
    pub fn write_as(&self, kind: Kind, name: &str, hash: &str, bytes: &[u8]) -> Result<Made> {
        self.write(kind, format!("{PKG}/{name}"), hash.to_owned(), bytes)
    }

    /// Writes a file under its own name, and its compressed copies if its format is not compressed already.
    pub fn write_named(&self, kind: Kind, path: String, bytes: &[u8]) -> Result<Made> {
        self.write(kind, path, short_hash(bytes), bytes)
    }

    fn write(&self, kind: Kind, path: String, hash: String, bytes: &[u8]) -> Result<Made> {
        let target = self.root.join(&path);
        write_if_changed(&target, bytes)?;
        let mut made = Made { kind, path, hash, raw: length(bytes), gzip: 0, br: 0, areas: Vec::new() };
        if compressible(&target) {
            let (gzip, br) = std::thread::scope(|scope| {
                let br = scope.spawn(|| brotli(bytes, self.profile));
                (gzip(bytes, self.profile), br.join())
            });
            let (gzip, br) = (gzip?, br.map_err(|_| anyhow::anyhow!("brotli stopped on {}", target.display()))??);
            write_if_changed(&beside(&target, "gz"), &gzip)?;
            write_if_changed(&beside(&target, "br"), &br)?;
            (made.gzip, made.br) = (length(&gzip), length(&br));
        }
        Ok(made)
    }

    /// Removes every file of the site that is not in `made`: those of earlier builds.
    pub fn remove_all_but(&self, made: &[Made]) -> Result<()> {
        let keep: BTreeSet<PathBuf> = made.iter().flat_map(|file| files_of(&self.root, file)).collect();
        for file in files_under(&self.root)?.into_iter().filter(|file| !keep.contains(file)) {
            std::fs::remove_file(&file).with_context(|| format!("cannot remove {}", file.display()))?;
        }
        Ok(())
    }
}

/// The file itself and the compressed copies it should have.
pub fn files_of(root: &Path, file: &Made) -> Vec<PathBuf> {
    let path = root.join(&file.path);
    let mut files = vec![path.clone()];
    if file.br > 0 {
        files.extend([beside(&path, "br"), beside(&path, "gz")]);
    }
    files
}

/// Every file below `folder`, sorted; none if there is no such folder.
pub fn files_under(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    if folder.is_dir() {
        for entry in std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() { files.extend(files_under(&path)?) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}

/// Writes through a neighbour and a rename, so that a server reading meanwhile never sees half a file.
pub fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<()> {
    if std::fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let new = beside(path, "new");
    std::fs::write(&new, bytes).with_context(|| format!("cannot write {}", new.display()))?;
    std::fs::rename(&new, path).with_context(|| format!("cannot write {}", path.display()))
}

/// SHA-256 of the parts, each with its length, in hexadecimal.
pub fn digest(parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(length(part).to_le_bytes());
        hasher.update(part);
    }
    hex::encode(hasher.finalize())
}

/// What stands in a file name: 64 bits are plenty to tell builds apart.
fn short_hash(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes)[..8])
}

fn length(bytes: &[u8]) -> u64 {
    bytes.len() as u64
}

/// Formats that carry no compression of their own.
fn compressible(path: &Path) -> bool {
    let known = ["css", "html", "ico", "js", "json", "map", "svg", "ttf", "txt", "wasm", "webmanifest", "xml"];
    path.extension().and_then(|extension| extension.to_str()).is_some_and(|extension| known.contains(&extension))
}

fn gzip(bytes: &[u8], profile: Profile) -> Result<Vec<u8>> {
    let level = if profile == Profile::Release { flate2::Compression::best() } else { flate2::Compression::fast() };
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

fn brotli(mut bytes: &[u8], profile: Profile) -> Result<Vec<u8>> {
    let quality = if profile == Profile::Release { 11 } else { 4 };
    let parameters = brotli::enc::BrotliEncoderParams { quality, lgwin: 22, size_hint: bytes.len(), ..Default::default() };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut bytes, &mut out, &parameters)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashed_files_get_compressed_copies_and_old_ones_go() {
        let folder = tempfile::tempdir().unwrap();
        let site = Site::new(folder.path(), Profile::Release);
        let old = site.write_hashed(Kind::Css, "css", &b"a{color:red}".repeat(50)).unwrap();
        let new = site.write_hashed(Kind::Css, "css", &b"a{color:tan}".repeat(50)).unwrap();
        let icon = site.write_named(Kind::Asset, "icon.png".to_owned(), b"\x89PNG").unwrap();
        assert_ne!(old.hash, new.hash);
        assert_eq!(new.path, format!("pkg/purser.{}.css", new.hash));
        assert!(new.br > 0 && new.br < new.raw && new.gzip > 0 && new.gzip < new.raw);
        assert_eq!((icon.br, icon.gzip), (0, 0));

        site.remove_all_but(&[new.clone(), icon]).unwrap();
        let left: Vec<_> = files_under(folder.path()).unwrap().into_iter().map(|f| f.extension().unwrap().to_owned()).collect();
        assert_eq!(left, ["png", "css", "br", "gz"]);
    }

    #[test]
    fn digest_keeps_parts_apart() {
        assert_ne!(digest(&[b"ab", b"c"]), digest(&[b"a", b"bc"]));
    }

    #[test]
    fn brotli_copies_can_be_read_back() {
        let mut plain = Vec::new();
        let packed = brotli(b"hello hello hello", Profile::Release).unwrap();
        brotli::BrotliDecompress(&mut packed.as_slice(), &mut plain).unwrap();
        assert_eq!(plain, b"hello hello hello");
    }
}
