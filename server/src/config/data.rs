//! The data folder and the database.

use super::error::SettingsError;
use super::source::Source;
use secrecy::SecretString;
use std::path::{Path, PathBuf};
use storage::DatabaseSettings;

const DATA_DIR: &str = "PURSER_DATA_DIR";
const DATABASE_URL: &str = "PURSER_DATABASE_URL";

/// The folder named in the settings, whether it is there or not.
pub fn folder(source: &Source) -> PathBuf {
    source.get(DATA_DIR).map_or_else(|| PathBuf::from("data"), |given| PathBuf::from(given.text()))
}

/// Makes the data folder, for its owner only. A folder that is there is left as it is.
///
/// # Errors
/// Naming the setting.
pub fn make(folder: &Path) -> Result<(), SettingsError> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|error| SettingsError::new(DATA_DIR, format!("cannot make or use the folder {}: {error}", folder.display())))
}

/// Says when others can look into a folder that is there.
pub fn warning(folder: &Path) -> Option<String> {
    let shown = folder.display();
    let open = super::readable_by_others(folder).unwrap_or(false);
    open.then(|| format!("{DATA_DIR}: other users of this machine can look into {shown}; run: chmod 700 {shown}"))
}

/// The database: as given, or a SQLite file in the data folder.
///
/// # Errors
/// Naming the setting; the address is never repeated, it may hold a password.
pub fn database(source: &Source, folder: &Path) -> Result<DatabaseSettings, SettingsError> {
    let Some(given) = source.get(DATABASE_URL) else { return Ok(DatabaseSettings::sqlite(&folder.join("purser.db"))) };
    let settings = DatabaseSettings::from_url(SecretString::from(given.text()));
    match settings.kind() {
        Some(_) => Ok(settings),
        None => Err(given.wrong("must begin with postgres:// or sqlite:")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn the_folder_is_private() {
        use std::os::unix::fs::PermissionsExt;
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("a/data");
        assert_eq!((warning(&folder), folder.exists()), (None, false), "looking makes nothing");
        assert_eq!((make(&folder), warning(&folder)), (Ok(()), None));
        assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(make(&folder), Ok(()));
        assert!(warning(&folder).unwrap().contains("chmod 700"));
        std::fs::write(parent.path().join("file"), "").unwrap();
        assert!(make(&parent.path().join("file/data")).unwrap_err().to_string().starts_with(DATA_DIR));
    }

    #[test]
    fn a_strange_database_is_refused_without_its_password() {
        let error = database(&Source::from_pairs([(DATABASE_URL, "mysql://u:hunter2@h/d")]), Path::new("data")).unwrap_err().to_string();
        assert!(error.starts_with(DATABASE_URL) && !error.contains("hunter2"), "{error}");
    }
}
