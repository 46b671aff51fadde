//! The key ring: from the environment, from a file, or from the key file in the data folder, made on first start.

use super::error::SettingsError;
use super::key_file;
use super::source::Source;
use domain::Entropy;
use secrecy::{ExposeSecret, SecretString};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use vault::{KeyId, KeyRing, KeyText, MasterKey};

const KEYS: &str = "PURSER_MASTER_KEYS";
pub(super) const KEY_FILE: &str = "PURSER_MASTER_KEY_FILE";
/// The key file's name in the data folder.
pub const OWN_FILE: &str = "master.key";

/// Where the keys are.
#[derive(Debug, Clone)]
pub enum KeySource {
    /// In the setting itself.
    Given(SecretString),
    /// In a file the operator named.
    File(PathBuf),
    /// In the data folder; made when there is nothing sealed yet.
    Own(PathBuf),
}

/// Keys read, and what is wrong with how they are kept.
#[derive(Debug)]
pub struct Keys {
    /// The ring.
    pub ring: KeyRing,
    /// A warning for the log.
    pub warning: Option<String>,
}

/// Where keys are that were changed.
#[derive(Debug)]
pub enum Changed {
    /// In this file.
    File(PathBuf),
    /// Nowhere yet: `PURSER_MASTER_KEYS` has to be set to this.
    Setting(SecretString),
}

impl KeySource {
    /// Which of the three it is.
    ///
    /// # Errors
    /// When two are given: nobody could tell which one seals.
    pub fn read(source: &Source, folder: &Path) -> Result<Self, SettingsError> {
        match (source.get(KEYS), source.get(KEY_FILE)) {
            (Some(_), Some(file)) => Err(file.wrong(format!("{KEYS} is set, too; set only one of the two"))),
            (Some(keys), None) => Ok(Self::Given(SecretString::from(keys.text()))),
            (None, Some(file)) => Ok(Self::File(PathBuf::from(file.text()))),
            (None, None) => Ok(Self::Own(folder.join(OWN_FILE))),
        }
    }

    /// The setting's name, or the file's, for messages.
    pub fn shown(&self) -> String {
        match self {
            Self::Given(_) => KEYS.to_owned(),
            Self::File(path) => format!("{KEY_FILE} ({})", path.display()),
            Self::Own(path) => format!("the key file {}", path.display()),
        }
    }

    /// Reads the keys; `None` when our own file is not there.
    ///
    /// # Errors
    /// Naming the setting; keys are never repeated.
    pub fn load(&self) -> Result<Option<Keys>, SettingsError> {
        match self {
            Self::Given(keys) => {
                let ring = KeyRing::parse(keys.expose_secret()).map_err(|error| SettingsError::new(KEYS, error.to_string()))?;
                Ok(Some(Keys { ring, warning: None }))
            }
            Self::Own(path) if !path.exists() => Ok(None),
            Self::File(path) | Self::Own(path) => load_file(path).map(Some),
        }
    }

    /// Makes our own key file with one fresh key, for its owner only. Two processes that start at once end up with one key.
    ///
    /// # Errors
    /// Naming the setting.
    pub fn create(&self, entropy: &dyn Entropy) -> Result<Keys, SettingsError> {
        let Self::Own(path) = self else { return Err(SettingsError::new(KEY_FILE, "has no keys")) };
        match key_file::write_new(path, &fresh(entropy)?) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(SettingsError::new(KEY_FILE, format!("cannot make the key file {}: {error}", path.display()))),
        }
        load_file(path)
    }

    /// Changes the keys where they stand: a file is replaced at once and whole, or stays as it is.
    ///
    /// # Errors
    /// Naming the setting; [`SettingsError`] from `edit` leaves everything as it is.
    pub fn change(&self, edit: impl FnOnce(&mut KeyText) -> Result<(), SettingsError>) -> Result<Changed, SettingsError> {
        match self {
            Self::Given(keys) => {
                let mut text = KeyText::parse(keys.expose_secret()).map_err(|error| SettingsError::new(KEYS, error.to_string()))?;
                edit(&mut text)?;
                Ok(Changed::Setting(SecretString::from(text.for_setting().as_str())))
            }
            Self::Own(path) if !path.exists() => Err(SettingsError::new(
                "PURSER_DATA_DIR",
                format!(
                    "there is no key file {}; name the data folder of the Purser you mean (its first start makes the file)",
                    whole(path)
                ),
            )),
            Self::File(path) | Self::Own(path) => {
                key_file::change(path, edit)?;
                Ok(Changed::File(path.clone()))
            }
        }
    }
}

fn whole(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}

fn load_file(path: &Path) -> Result<Keys, SettingsError> {
    let wrong = |reason: String| SettingsError::new(KEY_FILE, reason);
    let shown = path.display();
    let text = std::fs::read_to_string(path).map(SecretString::from).map_err(|error| wrong(format!("cannot read {shown}: {error}")))?;
    let ring = KeyRing::parse(text.expose_secret()).map_err(|error| wrong(format!("{shown}: {error}")))?;
    let open = super::readable_by_others(path).map_err(|error| wrong(format!("cannot look at {shown}: {error}")))?;
    let warning = open.then(|| format!("{KEY_FILE}: other users of this machine can read {shown}; run: chmod 600 {shown}"));
    Ok(Keys { ring, warning })
}

/// A key with a random name, so that keys of two installations are never taken for each other.
///
/// # Errors
/// Never in practice: such names are well-formed.
pub fn fresh(entropy: &dyn Entropy) -> Result<MasterKey, SettingsError> {
    const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let name: String = entropy.bytes::<7>().iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    let id = KeyId::parse(&format!("k{name}")).map_err(|error| SettingsError::new(KEY_FILE, error.to_string()))?;
    Ok(MasterKey::new(id, entropy.bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use adapters::SystemEntropy;

    #[cfg(unix)]
    #[test]
    fn the_first_start_makes_one_private_key() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let source = KeySource::read(&Source::default(), folder.path()).unwrap();
        assert!(source.load().unwrap().is_none());
        let first = source.create(&SystemEntropy).unwrap();
        assert!(first.warning.is_none());
        let again = source.create(&SystemEntropy).unwrap();
        assert_eq!(first.ring.current(), again.ring.current());
        let path = folder.path().join(OWN_FILE);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(source.load().unwrap().unwrap().warning.unwrap().contains("chmod 600"));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left");
    }

    #[test]
    fn mistakes_name_the_setting_and_hide_the_key() {
        let folder = Path::new("data");
        let both = Source::from_pairs([(KEYS, "k1:x"), (KEY_FILE, "f")]);
        assert!(KeySource::read(&both, folder).unwrap_err().to_string().contains("set only one"));
        let bad = KeySource::read(&Source::from_pairs([(KEYS, "k1:hunter2")]), folder).unwrap();
        let error = bad.load().unwrap_err().to_string();
        assert!(error.starts_with(KEYS) && !error.contains("hunter2"), "{error}");
        let missing = KeySource::read(&Source::from_pairs([(KEY_FILE, "/nowhere/k")]), folder).unwrap();
        assert!(missing.load().unwrap_err().to_string().starts_with(KEY_FILE));
    }
}
