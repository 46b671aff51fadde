//! What calls to providers need: the catalogue with its overlay, and extra root certificates.

use super::error::SettingsError;
use super::source::Source;
use adapters::HttpSettings;
use domain::provider::{Catalogue, endpoint};
use std::path::PathBuf;
use url::Url;

const PROVIDERS_FILE: &str = "PURSER_PROVIDERS_FILE";
const CA_FILE: &str = "PURSER_CA_FILE";
const NPM_REGISTRY: &str = "PURSER_NPM_REGISTRY";
/// npm's own setting, in both spellings it accepts.
const NPM_S_OWN: [&str; 2] = ["npm_config_registry", "NPM_CONFIG_REGISTRY"];

/// Files about the outside.
#[derive(Debug, Clone, Default)]
pub struct Outbound {
    /// Overlay on the built-in catalogue.
    pub providers_file: Option<PathBuf>,
    /// Extra root certificates, PEM.
    pub ca_file: Option<PathBuf>,
    /// Another npm registry than npm's own.
    pub npm_registry: Option<String>,
}

impl Outbound {
    /// Reads both names; the files are read by [`Outbound::catalogue`] and [`Outbound::http`].
    pub fn read(source: &Source) -> Self {
        let path = |name| source.get(name).map(|given| PathBuf::from(given.text()));
        let npm_registry = source.get(NPM_REGISTRY).map(|given| given.text().to_owned());
        Self { providers_file: path(PROVIDERS_FILE), ca_file: path(CA_FILE), npm_registry }
    }

    /// Where providers' programs are fetched: our own setting, npm's, or npm's own registry.
    ///
    /// # Errors
    /// Naming the setting.
    pub fn registry(&self) -> Result<Url, SettingsError> {
        let of_npm = || {
            let given = NPM_S_OWN.iter().find_map(|name| Some((*name, std::env::var(name).ok()?)));
            given.filter(|(_, value)| !value.trim().is_empty())
        };
        let own = self.npm_registry.clone().map(|value| (NPM_REGISTRY, value));
        let Some((name, value)) = own.or_else(of_npm) else { return parse_registry(NPM_REGISTRY, adapters::tools::NPM_REGISTRY) };
        parse_registry(name, &value)
    }

    /// The catalogue in force.
    ///
    /// # Errors
    /// Naming the setting, the file, the line and what is wrong there.
    pub fn catalogue(&self) -> Result<Catalogue, SettingsError> {
        let wrong = |reason: String| SettingsError::new(PROVIDERS_FILE, reason);
        let Some(path) = &self.providers_file else { return Catalogue::built_in().map_err(|error| wrong(error.to_string())) };
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| wrong(format!("cannot read {shown}: {error}")))?;
        Catalogue::with_overlay(&shown, &text).map_err(|error| wrong(error.to_string()))
    }

    /// How calls leave this machine.
    ///
    /// # Errors
    /// Naming the setting.
    pub fn http(&self) -> Result<HttpSettings, SettingsError> {
        let Some(path) = &self.ca_file else { return Ok(HttpSettings::default()) };
        let pem = std::fs::read(path).map_err(|error| SettingsError::new(CA_FILE, format!("cannot read {}: {error}", path.display())))?;
        Ok(HttpSettings { ca_pem: Some(pem), ..HttpSettings::default() })
    }
}

fn parse_registry(name: &str, value: &str) -> Result<Url, SettingsError> {
    endpoint::parse(value).map_err(|error| SettingsError::new(name, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_overlay_names_file_and_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("overlay.toml");
        std::fs::write(&path, "[providers.openai]\nbase_uri = \"http://127.0.0.1:1/v1\"\n").unwrap();
        let outbound = Outbound { providers_file: Some(path), ca_file: None, npm_registry: None };
        let error = outbound.catalogue().unwrap_err().to_string();
        assert!(error.starts_with(PROVIDERS_FILE) && error.contains("overlay.toml:2"), "{error}");
        let missing =
            Outbound { providers_file: Some("/nowhere/x.toml".into()), ca_file: Some("/nowhere/ca.pem".into()), npm_registry: None };
        assert!(missing.catalogue().unwrap_err().to_string().contains("cannot read /nowhere/x.toml"));
        assert!(missing.http().unwrap_err().to_string().starts_with(CA_FILE));
    }

    #[test]
    fn a_registry_may_be_another_one_but_not_anything() {
        let with = |value: &str| Outbound { npm_registry: Some(value.into()), ..Outbound::default() }.registry();
        assert_eq!(with("https://npm.example/mirror/").unwrap().as_str(), "https://npm.example/mirror");
        assert!(with("http://npm.example").unwrap_err().to_string().starts_with(NPM_REGISTRY));
        let secret = with("https://user:hunter2@npm.example").unwrap_err().to_string();
        assert!(!secret.contains("hunter2"), "{secret}");
    }
}
