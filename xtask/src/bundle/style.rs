//! The style sheet: `style/main.css` with everything it imports, as one file.

use super::output::{Kind, Made, Site, digest, files_under};
use super::{Profile, tool};
use anyhow::{Context as _, Result};
use std::path::Path;

const STYLE: &str = "style";
const MAIN: &str = "style/main.css";

/// Changes with any style sheet, imported or not.
pub fn inputs() -> Result<String> {
    let files = files_under(Path::new(STYLE))?;
    let sheets: Vec<_> = files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "css")).collect();
    let mut parts = Vec::new();
    for sheet in sheets {
        parts.push(sheet.to_string_lossy().into_owned().into_bytes());
        parts.push(std::fs::read(sheet).with_context(|| format!("cannot read {}", sheet.display()))?);
    }
    Ok(digest(&parts.iter().map(Vec::as_slice).collect::<Vec<_>>()))
}

/// Formats a sheet may name by address; they are files of `style/public/` and stay where they are.
const NAMED: [&str; 4] = ["--external:*.svg", "--external:*.png", "--external:*.webp", "--external:*.woff2"];

/// Bundles and writes the sheet.
pub fn make(site: &Site) -> Result<Vec<Made>> {
    let work = tempfile::tempdir().context("cannot make a scratch folder")?;
    let out = work.path().join("main.css");
    let to = format!("--outfile={}", out.display());
    let mut arguments = vec![MAIN, "--bundle", "--log-level=warning", &to];
    arguments.extend(NAMED);
    if site.profile() == Profile::Release {
        arguments.push("--minify");
    }
    tool::run("esbuild", &arguments)?;
    let sheet = std::fs::read(&out).with_context(|| format!("the bundler did not write {}", out.display()))?;
    Ok(vec![site.write_hashed(Kind::Css, "css", &sheet)?])
}
