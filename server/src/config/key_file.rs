//! The key file: made once, replaced whole, never half there.

use super::error::SettingsError;
use super::keys::KEY_FILE;
use secrecy::{ExposeSecret, SecretString};
use std::fs::{File, Permissions};
use std::io::{Error, Result as IoResult, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use vault::{KeyRing, KeyText, MasterKey};

const HEAD: &str = "# Purser's sealing keys, newest first. Without them nothing that was sealed opens: keep a copy elsewhere.\n";
/// The owner alone reads it.
const PRIVATE: u32 = 0o600;
/// A group that could read it before, as that of a service, still can.
const GROUP: u32 = 0o040;

/// Writes a file that is not there yet. Written whole under another name first, then linked: nobody ever reads half a key file.
pub(super) fn write_new(path: &Path, key: &MasterKey) -> IoResult<()> {
    let draft = draft_of(path);
    let written = write(&draft, &[HEAD, &key.to_text(), "\n"]).and_then(|()| std::fs::hard_link(&draft, path));
    drop(std::fs::remove_file(&draft));
    written
}

/// Changes a file that is there, one process at a time.
///
/// # Errors
/// Naming the setting; the file is as it was then.
pub(super) fn change(path: &Path, edit: impl FnOnce(&mut KeyText) -> Result<(), SettingsError>) -> Result<(), SettingsError> {
    let shown = path.display();
    let wrong = |reason: String| SettingsError::new(KEY_FILE, reason);
    let failed = |error: Error| wrong(format!("cannot change {shown}: {error}"));
    // A link, as secret stores make them, stays one.
    let real = path.canonicalize().map_err(failed)?;
    let folder = File::open(real.parent().unwrap_or(Path::new("/"))).map_err(failed)?;
    // Held until the end: a key that somebody adds between reading and writing would be lost with what it sealed.
    folder.lock().map_err(failed)?;
    let text = std::fs::read_to_string(&real).map(SecretString::from).map_err(failed)?;
    let mut keys = KeyText::parse(text.expose_secret()).map_err(|error| wrong(format!("{shown}: {error}")))?;
    edit(&mut keys)?;
    let written = keys.for_file();
    KeyRing::parse(&written).map_err(|error| wrong(format!("{shown}: {error}")))?;
    replace(&real, &written).and_then(|()| folder.sync_all()).map_err(failed)
}

fn replace(path: &Path, text: &str) -> IoResult<()> {
    let draft = draft_of(path);
    let done = write(&draft, &[text]).and_then(|()| resemble(path, &draft)).and_then(|()| std::fs::rename(&draft, path));
    if done.is_err() {
        drop(std::fs::remove_file(&draft));
    }
    done
}

/// Its owner and group stay what they were: `sudo purser keys new` must not lock the service out of its own keys.
fn resemble(path: &Path, draft: &Path) -> IoResult<()> {
    let (before, now) = (path.metadata()?, draft.metadata()?);
    if (before.uid(), before.gid()) != (now.uid(), now.gid()) {
        std::os::unix::fs::chown(draft, Some(before.uid()), Some(before.gid()))?;
    }
    std::fs::set_permissions(draft, Permissions::from_mode(PRIVATE | (before.mode() & GROUP)))
}

fn draft_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}", std::process::id()));
    PathBuf::from(name)
}

fn write(draft: &Path, parts: &[&str]) -> IoResult<()> {
    // What a process of this number left behind that was killed.
    drop(std::fs::remove_file(draft));
    let mut file = File::options().write(true).create_new(true).mode(PRIVATE).open(draft)?;
    for part in parts {
        file.write_all(part.as_bytes())?;
    }
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use vault::KeyId;

    fn key(n: u8) -> MasterKey {
        MasterKey::new(KeyId::parse(&format!("k{n}")).unwrap(), [n; 32])
    }

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_changed_file_is_whole_as_private_as_before_and_still_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("keys"), folder.path().join("link"));
        write_new(&path, &key(1)).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let add = |n| {
            change(&link, |keys| {
                keys.put_first(key(n));
                Ok(())
            })
        };
        add(2).unwrap();
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            format!("{HEAD}{}\n{}\n", key(2).to_text().as_str(), key(1).to_text().as_str())
        );
        assert!(link.is_symlink());
        assert_eq!(mode(&path), 0o600);
        std::fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        add(3).unwrap();
        assert_eq!(mode(&path), 0o640, "others never read it");
        let before = std::fs::read(&path).unwrap();
        assert!(add(3).unwrap_err().to_string().contains("two keys are named k3"));
        assert!(change(&path, |_| Err(SettingsError::new("x", "no"))).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), before);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "no draft is left");
    }

    #[test]
    fn of_many_who_add_a_key_none_loses_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        write_new(&path, &key(1)).unwrap();
        // Each with a draft of its own, as processes have.
        std::thread::scope(|threads| {
            for n in 2..10 {
                let path = &path;
                threads.spawn(move || {
                    change(path, |keys| {
                        std::thread::yield_now();
                        keys.put_last(key(n));
                        Ok(())
                    })
                    .unwrap();
                });
            }
        });
        let ring = KeyRing::parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(ring.ids().count(), 9);
        assert_eq!(ring.current(), key(1).id());
    }
}
