//! Where builds may work, and how many at once.

use super::error::SettingsError;
use super::source::Source;
use std::path::{Path, PathBuf};

/// Builds at once, unless it is set.
const AT_ONCE: u32 = 2;

/// Settings of builds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildSettings {
    /// Folders whose contents builds may work in.
    pub roots: Vec<PathBuf>,
    /// How many run at once in the whole installation.
    pub at_once: u32,
}

impl BuildSettings {
    /// Reads both.
    ///
    /// # Errors
    /// Naming the setting.
    pub fn read(source: &Source) -> Result<Self, SettingsError> {
        let mut roots = Vec::new();
        if let Some(given) = source.get("PURSER_BUILD_ROOTS") {
            for root in given.text().split(':').filter(|root| !root.is_empty()) {
                if !Path::new(root).is_absolute() {
                    return Err(given.wrong("write whole paths, with a colon between two of them"));
                }
                roots.push(PathBuf::from(root));
            }
        }
        let at_once = match source.get("PURSER_BUILDS_AT_ONCE") {
            None => AT_ONCE,
            Some(given) => match given.parse("write a number from 1 to 64")? {
                number @ 1..=64 => number,
                _ => return Err(given.wrong("write a number from 1 to 64")),
            },
        };
        Ok(Self { roots, at_once })
    }
}
