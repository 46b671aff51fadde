//! Settings: read once at start; a bad one stops the start with its name and the reason.

pub mod builds;
pub mod data;
pub mod error;
mod key_file;
pub mod keys;
pub mod listen;
pub mod log;
pub mod notify;
pub mod outbound;
pub mod rates;
pub mod sandbox;
pub mod site;
pub mod source;

pub use builds::BuildSettings;
pub use error::SettingsError;
pub use keys::KeySource;
pub use listen::{Listen, PublicUrl, TrustedProxies};
pub use log::LogSettings;
pub use notify::Notify;
pub use outbound::Outbound;
pub use site::Site;
pub use source::Source;

use adapters::sandbox::{Runner, SandboxSettings};
use domain::finance::spend::ExchangeRates;
use std::path::{Path, PathBuf};
use storage::DatabaseSettings;

/// Everything that can be set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Addresses.
    pub listen: Listen,
    /// The data folder; there may be none yet.
    pub data_dir: PathBuf,
    /// The database.
    pub database: DatabaseSettings,
    /// The sealing keys.
    pub keys: KeySource,
    /// Catalogue overlay and certificates.
    pub outbound: Outbound,
    /// Mail and webhook.
    pub notify: Notify,
    /// The build sandbox, if the operator chose one.
    pub sandbox: Option<Runner>,
    /// Builds.
    pub builds: BuildSettings,
    /// What currencies are worth.
    pub rates: Option<ExchangeRates>,
    /// Logs.
    pub log: LogSettings,
    /// The browser's files.
    pub site: Site,
    /// Is this a practice installation?
    pub practice: bool,
    /// What the log should say once it is open.
    pub warnings: Vec<String>,
}

impl Settings {
    /// From the environment and `purser.toml`, in the working folder or else in the data folder.
    ///
    /// # Errors
    /// Naming the setting and the reason.
    pub fn from_environment() -> Result<Self, SettingsError> {
        let source = Source::from_environment()?.with_file_of(Path::new("."))?;
        let folder = data::folder(&source);
        Self::read(&source.with_file_of(&folder)?)
    }

    /// Makes the data folder where there is none: for what may begin an installation.
    ///
    /// # Errors
    /// Naming the setting.
    pub fn make_data_dir(&self) -> Result<(), SettingsError> {
        data::make(&self.data_dir)
    }

    /// Where providers' programs are installed.
    pub fn tools_folder(&self) -> PathBuf {
        self.data_dir.join("tools")
    }

    /// Where builds have folders of their own.
    pub fn builds_folder(&self) -> PathBuf {
        self.data_dir.join("builds")
    }

    /// What the build sandboxes need to know of this installation.
    pub fn sandbox_settings(&self) -> SandboxSettings {
        let mut hidden = vec![self.data_dir.clone()];
        if let KeySource::File(path) | KeySource::Own(path) = &self.keys {
            hidden.push(path.clone());
        }
        if let Some(file) = self.database.file() {
            // With its log and its index (<https://www.sqlite.org/tempfiles.html>).
            hidden.extend(["", "-wal", "-shm", "-journal"].map(|more| {
                let mut name = file.clone().into_os_string();
                name.push(more);
                PathBuf::from(name)
            }));
        }
        SandboxSettings { hidden, shown: vec![self.builds_folder(), self.tools_folder()], homes: self.data_dir.join("sandbox") }
    }

    /// From given settings. Makes nothing.
    ///
    /// # Errors
    /// Naming the setting and the reason.
    pub fn read(source: &Source) -> Result<Self, SettingsError> {
        let mut warnings = source.unknown();
        let listen = Listen::read(source)?;
        if !listen.public_url.is_https() && !listen.public_url.is_loopback() {
            warnings.push("PURSER_PUBLIC_URL is not https: passwords and cookies cross the network in the clear".to_owned());
        }
        let notify = Notify::read(source)?;
        warnings.extend(notify.warnings(source));
        let sandbox = sandbox::read(source)?;
        let builds = BuildSettings::read(source, &data::folder(source))?;
        let rates = rates::read(source)?;
        let log = LogSettings::read(source)?;
        let practice = source.get("PURSER_PRACTICE").map(|given| given.switch()).transpose()?.unwrap_or(false);
        let data_dir = data::folder(source);
        let keys = KeySource::read(source, &data_dir)?;
        let database = data::database(source, &data_dir)?;
        warnings.extend(data::warning(&data_dir));
        Ok(Self {
            listen,
            database,
            keys,
            outbound: Outbound::read(source),
            notify,
            sandbox,
            builds,
            rates,
            log,
            site: Site::read(source),
            practice,
            warnings,
            data_dir,
        })
    }
}

/// Can the group or others read it?
fn readable_by_others(path: &Path) -> std::io::Result<bool> {
    let permissions = std::fs::metadata(path)?.permissions();
    Ok(std::os::unix::fs::PermissionsExt::mode(&permissions) & 0o077 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_run_sees_the_data_folder_the_key_or_a_database_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let (data, database) = (at("data").display().to_string(), format!("sqlite://{}?mode=rwc", at("elsewhere.db").display()));
        let source = Source::from_pairs([("PURSER_DATA_DIR", data.as_str()), ("PURSER_DATABASE_URL", database.as_str())]);
        let seen = Settings::read(&source).unwrap().sandbox_settings();
        for hidden in ["data", "elsewhere.db", "elsewhere.db-wal", "elsewhere.db-shm", "elsewhere.db-journal"] {
            assert!(seen.hidden.contains(&at(hidden)), "{hidden}: {:?}", seen.hidden);
        }
        assert_eq!(seen.shown, [at("data/builds"), at("data/tools")]);
    }

    #[test]
    fn every_mistake_names_its_setting() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().display().to_string();
        for (name, value) in [
            ("PURSER_ADDR", "nowhere"),
            ("PURSER_PUBLIC_URL", "x"),
            ("PURSER_DATABASE_URL", "mysql://hunter2"),
            ("PURSER_SANDBOX", "docker"),
            ("PURSER_BUILD_ROOTS", "relative"),
            ("PURSER_BUILDS_AT_ONCE", "0"),
            ("PURSER_EXCHANGE_RATES", "EUR is 1.08"),
            ("PURSER_LOG", "info,=="),
            ("PURSER_LOG_FORMAT", "xml"),
            ("PURSER_PRACTICE", "maybe"),
        ] {
            let source = Source::from_pairs([("PURSER_DATA_DIR", data.as_str()), (name, value)]);
            let error = Settings::read(&source).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(error.starts_with(&format!("{name}: ")) && !error.contains("hunter2"), "{name}: {error}");
        }
    }

    #[test]
    fn nothing_has_to_be_set() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data").display().to_string();
        let settings = Settings::read(&Source::from_pairs([("PURSER_DATA_DIR", data.as_str())])).unwrap();
        assert_eq!(settings.listen.addr.to_string(), "127.0.0.1:3000");
        assert!(!settings.practice && !settings.data_dir.exists(), "reading makes nothing");
        assert!(settings.warnings.is_empty(), "{:?}", settings.warnings);
    }
}
