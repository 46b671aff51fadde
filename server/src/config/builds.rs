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
    /// Reads both. A folder open to builds may hold the data folder, which stays shut, but not lie in it.
    ///
    /// # Errors
    /// Naming the setting.
    pub fn read(source: &Source, data_dir: &Path) -> Result<Self, SettingsError> {
        let mut roots = Vec::new();
        if let Some(given) = source.get("PURSER_BUILD_ROOTS") {
            for root in given.text().split(':').filter(|root| !root.is_empty()) {
                if !Path::new(root).is_absolute() {
                    return Err(given.wrong("write whole paths, with a colon between two of them"));
                }
                if whole(Path::new(root)).starts_with(whole(data_dir)) {
                    return Err(given.wrong("a folder in Purser's own data folder cannot be open to builds"));
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

/// A path as it really is, or as it is written where there is nothing yet.
fn whole(path: &Path) -> PathBuf {
    path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_open_to_builds_are_apart_from_purser_s_own() {
        let outer = tempfile::tempdir().unwrap();
        let data = outer.path().join("data");
        std::fs::create_dir_all(data.join("builds")).unwrap();
        std::os::unix::fs::symlink(&data, outer.path().join("link")).unwrap();
        let read = |root: &Path| {
            let given = root.display().to_string();
            BuildSettings::read(&Source::from_pairs([("PURSER_BUILD_ROOTS", given.as_str())]), &data)
        };
        assert_eq!(read(outer.path()).unwrap().roots, [outer.path()]);
        for refused in [data.clone(), data.join("builds"), outer.path().join("link/builds")] {
            let words = read(&refused).unwrap_err().to_string();
            assert!(words.contains("PURSER_BUILD_ROOTS") && words.contains("own data folder"), "{words}");
        }
    }
}
