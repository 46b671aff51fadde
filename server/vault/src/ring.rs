//! The key ring: the first key seals, every key opens.

use crate::{KeyId, KeyParseError, MasterKey, Place};
use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit, Nonce};
use secrecy::{SecretSlice, SecretString};
use zeroize::{Zeroize, Zeroizing};

const VERSION: u8 = 1;
const NONCE_LEN: usize = 12;
const HEADER_LEN: usize = 1 + KeyId::LEN + NONCE_LEN;

/// One or more keys, newest first.
pub struct KeyRing {
    keys: Vec<(KeyId, Aes256Gcm)>,
}

/// Why a key ring is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RingError {
    /// No key at all.
    #[error("the key ring is empty")]
    Empty,
    /// Two keys of one name.
    #[error("two keys are named {0}")]
    Twice(String),
    /// A key that cannot be read.
    #[error("key {position}: {reason}")]
    Key {
        /// Counted from 1.
        position: usize,
        /// What is wrong.
        reason: KeyParseError,
    },
}

/// Sealing failed; only possible for values of many gigabytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the value could not be sealed")]
pub struct SealError;

/// Why a sealed value does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Not something this version sealed.
    #[error("this is not a sealed value")]
    Malformed,
    /// Sealed with a key that is not in the ring.
    #[error("sealed with key {0}, which is not in the key ring")]
    UnknownKey(String),
    /// Changed, moved to another place, or sealed with another key of the same name.
    #[error("the sealed value was changed, moved, or its key replaced")]
    Damaged,
}

/// Which key a value lies under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// The ring's first key, and it opens.
    Current,
    /// A later key of the ring, and it opens.
    Old,
    /// It does not open.
    Undecryptable,
}

impl KeyRing {
    /// A ring, newest key first.
    ///
    /// # Errors
    /// [`RingError`] when it is empty or a name stands twice.
    pub fn new(keys: &[MasterKey]) -> Result<Self, RingError> {
        if keys.is_empty() {
            return Err(RingError::Empty);
        }
        let mut ring: Vec<(KeyId, Aes256Gcm)> = Vec::with_capacity(keys.len());
        for key in keys {
            if ring.iter().any(|(id, _)| *id == key.id) {
                return Err(RingError::Twice(key.id.to_string()));
            }
            ring.push((key.id, Aes256Gcm::new((&*key.bytes).into())));
        }
        Ok(Self { keys: ring })
    }

    /// Reads a ring: one `id:base64` a line or comma, newest first; lines that begin with `#` are comments.
    ///
    /// # Errors
    /// [`RingError`]; the text is never repeated.
    pub fn parse(text: &str) -> Result<Self, RingError> {
        let texts = text.lines().filter(|line| !line.trim_start().starts_with('#')).flat_map(|line| line.split(','));
        let keys = texts
            .map(str::trim)
            .filter(|key| !key.is_empty())
            .enumerate()
            .map(|(i, key)| MasterKey::parse(key).map_err(|reason| RingError::Key { position: i + 1, reason }))
            .collect::<Result<Vec<_>, _>>()?;
        Self::new(&keys)
    }

    /// The key that seals.
    pub fn current(&self) -> KeyId {
        self.keys[0].0
    }

    /// The keys' names, newest first.
    pub fn ids(&self) -> impl Iterator<Item = KeyId> {
        self.keys.iter().map(|(id, _)| *id)
    }

    /// Seals a value for a place. `nonce` is 12 random bytes, never used twice with one key.
    ///
    /// # Errors
    /// [`SealError`] for values beyond AES-GCM's limit.
    pub fn seal(&self, place: Place<'_>, plain: &[u8], nonce: [u8; NONCE_LEN]) -> Result<Vec<u8>, SealError> {
        let (id, cipher) = &self.keys[0];
        let payload = Payload { msg: plain, aad: &place.associated_data() };
        let ciphertext = cipher.encrypt(&Nonce::from(nonce), payload).map_err(|_| SealError)?;
        let mut sealed = Vec::with_capacity(HEADER_LEN + ciphertext.len());
        sealed.push(VERSION);
        sealed.extend_from_slice(&id.bytes());
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&ciphertext);
        Ok(sealed)
    }

    /// Opens a sealed value.
    ///
    /// # Errors
    /// [`OpenError`] says why it stays shut.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<SecretSlice<u8>, OpenError> {
        let (id, nonce, ciphertext) = split(sealed)?;
        let (_, cipher) = self.keys.iter().find(|(known, _)| *known == id).ok_or_else(|| OpenError::UnknownKey(id.to_string()))?;
        let payload = Payload { msg: ciphertext, aad: &place.associated_data() };
        let plain = cipher.decrypt(&Nonce::from(nonce), payload).map_err(|_| OpenError::Damaged)?;
        Ok(plain.into())
    }

    /// Opens a sealed text.
    ///
    /// # Errors
    /// [`OpenError`]; bytes that are not UTF-8 count as damaged.
    pub fn open_text(&self, place: Place<'_>, sealed: &[u8]) -> Result<SecretString, OpenError> {
        use secrecy::ExposeSecret;
        let plain = self.open(place, sealed)?;
        let mut text = Zeroizing::new(plain.expose_secret().to_vec());
        let string = String::from_utf8(std::mem::take(&mut *text)).map_err(|e| {
            e.into_bytes().zeroize();
            OpenError::Damaged
        })?;
        Ok(SecretString::from(string))
    }

    /// Which key a value lies under, having tried to open it.
    pub fn state_of(&self, place: Place<'_>, sealed: &[u8]) -> KeyState {
        match (split(sealed), self.open(place, sealed)) {
            (Ok((id, ..)), Ok(_)) if id == self.current() => KeyState::Current,
            (Ok(_), Ok(_)) => KeyState::Old,
            _ => KeyState::Undecryptable,
        }
    }
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ids: Vec<String> = self.keys.iter().map(|(id, _)| id.to_string()).collect();
        write!(f, "KeyRing({})", ids.join(", "))
    }
}

/// The name of the key that sealed a value, whether it is at hand or not; `None` for something this version did not seal.
pub fn key_of(sealed: &[u8]) -> Option<KeyId> {
    split(sealed).ok().map(|(id, ..)| id)
}

/// Key id, nonce and ciphertext of a sealed value.
fn split(sealed: &[u8]) -> Result<(KeyId, [u8; NONCE_LEN], &[u8]), OpenError> {
    let (header, ciphertext) = sealed.split_at_checked(HEADER_LEN).ok_or(OpenError::Malformed)?;
    let (version, rest) = header.split_at(1);
    let (id, nonce) = rest.split_at(KeyId::LEN);
    match (version, id.try_into(), nonce.try_into()) {
        ([VERSION], Ok(id), Ok(nonce)) => Ok((KeyId::from_bytes(id), nonce, ciphertext)),
        _ => Err(OpenError::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    const HERE: Place<'static> = Place { table: "grant", row: "1", field: "credential" };

    fn ring(names: &[(&str, u8)]) -> KeyRing {
        let keys = names.iter().map(|(id, b)| MasterKey::new(KeyId::parse(id).unwrap_or_else(|_| unreachable!()), [*b; 32]));
        KeyRing::new(&keys.collect::<Vec<_>>()).unwrap_or_else(|_| unreachable!())
    }

    fn seal(ring: &KeyRing, text: &str) -> Vec<u8> {
        ring.seal(HERE, text.as_bytes(), [9; 12]).unwrap_or_else(|_| unreachable!())
    }

    #[test]
    fn opens_with_any_key_of_the_ring_and_seals_with_the_first() {
        let old = ring(&[("k1", 1)]);
        let both = ring(&[("k2", 2), ("k1", 1)]);
        let sealed = seal(&old, "hush");
        assert_eq!(both.open_text(HERE, &sealed).map(|s| s.expose_secret().to_owned()), Ok("hush".to_owned()));
        assert_eq!(both.state_of(HERE, &sealed), KeyState::Old);
        assert_eq!(both.state_of(HERE, &seal(&both, "hush")), KeyState::Current);
        assert_eq!((key_of(&sealed), key_of(b"hush")), (KeyId::parse("k1").ok(), None));
    }

    #[test]
    fn stays_shut_when_moved_changed_or_keyless() {
        let ring1 = ring(&[("k1", 1)]);
        let sealed = seal(&ring1, "hush");
        let elsewhere = Place { row: "2", ..HERE };
        assert_eq!(ring1.open(elsewhere, &sealed).err(), Some(OpenError::Damaged));
        let mut bent = sealed.clone();
        *bent.last_mut().unwrap_or(&mut 0) ^= 1;
        assert_eq!(ring1.open(HERE, &bent).err(), Some(OpenError::Damaged));
        assert_eq!(ring(&[("k9", 1)]).open(HERE, &sealed).err(), Some(OpenError::UnknownKey("k1".into())));
        assert_eq!(ring(&[("k1", 7)]).open(HERE, &sealed).err(), Some(OpenError::Damaged));
        assert_eq!(ring1.open(HERE, b"hush").err(), Some(OpenError::Malformed));
    }

    #[test]
    fn rings_are_refused_without_repeating_them() {
        assert_eq!(KeyRing::parse("# only a comment\n").err(), Some(RingError::Empty));
        let error = KeyRing::parse("k1:secretsecret").err().map(|e| e.to_string()).unwrap_or_default();
        assert!(error.starts_with("key 1") && !error.contains("secret"), "{error}");
    }
}
