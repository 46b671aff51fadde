//! The providers' programs that Purser can fetch: which version, from where, and what the archive must hash to.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use std::collections::BTreeMap;

const PINNED: &str = include_str!("tools.toml");

/// Every program that can be fetched, by name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Tools(BTreeMap<String, Tool>);

/// A program in its pinned version.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// The version, which is also the folder it is put in.
    pub version: String,
    /// The program in that folder.
    pub entry: String,
    /// By machine, such as `linux-x86_64`.
    pub packages: BTreeMap<String, ToolPackage>,
}

/// The archive for one machine.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolPackage {
    /// Path below the registry's address.
    pub archive: String,
    /// `sha512-` and the base64 of its SHA-512.
    pub integrity: String,
    /// What is kept of it.
    pub files: Vec<ToolFile>,
}

/// A file that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolFile {
    /// Its path in the archive.
    pub from: String,
    /// Its path in the tool's folder.
    pub to: String,
    /// Packed once more, with brotli (RFC 7932)?
    #[serde(default)]
    pub brotli: bool,
}

impl Tools {
    /// The pinned programs of this release.
    ///
    /// # Errors
    /// Never, in a tested release.
    pub fn pinned() -> Result<Self, toml::de::Error> {
        toml::from_str(PINNED)
    }

    /// The program of this name.
    pub fn get(&self, name: &str) -> Option<&Tool> {
        self.0.get(name)
    }

    /// All of them with their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Tool)> {
        self.0.iter().map(|(name, tool)| (name.as_str(), tool))
    }
}

impl Tool {
    /// The archive for a machine, by its operating system and processor as Rust names them (`std::env::consts`).
    pub fn package(&self, os: &str, arch: &str) -> Option<&ToolPackage> {
        self.packages.get(&format!("{os}-{arch}"))
    }
}

impl ToolPackage {
    /// The SHA-512 the archive must have.
    pub fn digest(&self) -> Option<[u8; 64]> {
        STANDARD.decode(self.integrity.strip_prefix("sha512-")?).ok()?.try_into().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::Catalogue;

    #[test]
    fn every_pin_makes_sense() {
        let tools = Tools::pinned().expect("reads");
        let plain = |path: &str| !path.starts_with('/') && path.split('/').all(|part| !part.is_empty() && part != "..");
        for (name, tool) in tools.iter() {
            assert!(plain(name) && plain(&tool.version) && !tool.version.contains('/'), "{name}");
            for (machine, package) in &tool.packages {
                assert!(package.digest().is_some(), "{name} {machine}");
                assert!(package.archive.contains(&tool.version) && plain(&package.archive), "{name} {machine}");
                assert!(package.files.iter().all(|file| plain(&file.to)) && package.files.iter().any(|file| file.to == tool.entry));
            }
            assert!(tool.package("linux", "x86_64").is_some() && tool.package("plan9", "x86_64").is_none());
        }
    }

    #[test]
    fn every_program_of_the_catalogue_can_be_fetched() {
        let tools = Tools::pinned().expect("reads");
        for provider in Catalogue::built_in().expect("reads").iter() {
            let Some(cli) = &provider.cli else { continue };
            assert!(tools.get(&cli.program).is_some(), "{}", cli.program);
            assert!(!cli.login.is_empty() && cli.credential_file.is_some() && cli.credential_format.is_some(), "{}", provider.id);
            assert!(cli.run_arguments("/p", "/w").iter().all(|argument| !argument.contains('{')), "{}", provider.id);
        }
    }
}
