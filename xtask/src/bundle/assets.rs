//! `style/public/`: files served under their own names (icon, manifest, robots.txt …).

use super::output::{Kind, Made, Site, digest, files_under};
use anyhow::{Context as _, Result};
use std::path::Path;

const PUBLIC: &str = "style/public";

/// Changes with any name or content there.
pub fn inputs() -> Result<String> {
    let mut parts = Vec::new();
    for (name, bytes) in files()? {
        parts.push(name.into_bytes());
        parts.push(bytes);
    }
    Ok(digest(&parts.iter().map(Vec::as_slice).collect::<Vec<_>>()))
}

/// Copies them into the site.
pub fn make(site: &Site) -> Result<Vec<Made>> {
    files()?.into_iter().map(|(name, bytes)| site.write_named(Kind::Asset, name, &bytes)).collect()
}

fn files() -> Result<Vec<(String, Vec<u8>)>> {
    let folder = Path::new(PUBLIC);
    let read = |file: std::path::PathBuf| {
        let name = file.strip_prefix(folder)?.to_string_lossy().into_owned();
        Ok((name, std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?))
    };
    files_under(folder)?.into_iter().map(read).collect()
}
