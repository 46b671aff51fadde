//! The npm programs of `xtask/npm`, and what they and this program are identified by.

use super::Profile;
use super::output::digest;
use anyhow::{Context as _, Result, bail};
use std::path::Path;
use std::process::Command;

const NPM: &str = "xtask/npm";

/// Changes with this program, the npm packages it starts and the profile.
pub fn fingerprint(profile: Profile) -> Result<String> {
    let own = std::env::current_exe().and_then(std::fs::read).context("cannot read this program's own file")?;
    let lock = Path::new(NPM).join("package-lock.json");
    let npm = std::fs::read(&lock).with_context(|| format!("cannot read {} (start xtask in the root of the workspace)", lock.display()))?;
    Ok(digest(&[&own, &npm, format!("{profile:?}").as_bytes()]))
}

/// Runs an npm program to its end; what it says on failure becomes the error.
pub fn run(program: &str, arguments: &[&str]) -> Result<()> {
    let path = Path::new(NPM).join("node_modules/.bin").join(program);
    let output = Command::new(&path)
        .args(arguments)
        // wasm-opt would start a thread a core, and as many of it run as there are cores.
        .env("BINARYEN_CORES", "1")
        .output()
        .with_context(|| format!("cannot start {} (scripts/setup.sh installs it)", path.display()))?;
    if !output.status.success() {
        bail!("{program} failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}
