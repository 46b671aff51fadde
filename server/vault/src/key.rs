//! One 256-bit key with a name.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

/// Name of a key: 1 to 8 of `A-Z`, `a-z`, `0-9`, `-` and `_`. Stands in front of everything the key sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId([u8; 8]);

impl KeyId {
    /// Length in a sealed value.
    pub(crate) const LEN: usize = 8;

    /// Reads a name.
    ///
    /// # Errors
    /// [`KeyParseError::Id`] for anything that is no name.
    pub fn parse(text: &str) -> Result<Self, KeyParseError> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if text.is_empty() || text.len() > Self::LEN || !text.bytes().all(plain) {
            return Err(KeyParseError::Id);
        }
        let mut id = [0; Self::LEN];
        id[..text.len()].copy_from_slice(text.as_bytes());
        Ok(Self(id))
    }

    pub(crate) const fn bytes(self) -> [u8; Self::LEN] {
        self.0
    }

    pub(crate) const fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }
}

impl std::fmt::Display for KeyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let end = self.0.iter().position(|b| *b == 0).unwrap_or(Self::LEN);
        f.write_str(&String::from_utf8_lossy(&self.0[..end]))
    }
}

/// A key and its name. Cannot be printed; wiped when dropped.
pub struct MasterKey {
    pub(crate) id: KeyId,
    pub(crate) bytes: Zeroizing<[u8; 32]>,
}

/// Why a key text is refused. Never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyParseError {
    /// No `id:key`.
    #[error("a key is written as id:base64")]
    Shape,
    /// The part before the colon.
    #[error("a key id is 1 to 8 of A-Z, a-z, 0-9, - and _")]
    Id,
    /// The part after it.
    #[error("the key is not base64 of exactly 32 bytes")]
    Bytes,
}

impl MasterKey {
    /// A key from 32 random bytes.
    pub fn new(id: KeyId, bytes: [u8; 32]) -> Self {
        Self { id, bytes: Zeroizing::new(bytes) }
    }

    /// Reads `id:base64`.
    ///
    /// # Errors
    /// [`KeyParseError`] says which part is wrong.
    pub fn parse(text: &str) -> Result<Self, KeyParseError> {
        let (id, key) = text.trim().split_once(':').ok_or(KeyParseError::Shape)?;
        let decoded = Zeroizing::new(STANDARD.decode(key.trim()).map_err(|_| KeyParseError::Bytes)?);
        let bytes: [u8; 32] = decoded.as_slice().try_into().map_err(|_| KeyParseError::Bytes)?;
        Ok(Self::new(KeyId::parse(id.trim())?, bytes))
    }

    /// The key's name.
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// `id:base64`, for the key file.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{}:{}", self.id, STANDARD.encode(self.bytes.as_slice())))
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MasterKey({})", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_back_and_do_not_print() {
        let key = MasterKey::new(KeyId::parse("k1").unwrap_or_else(|_| unreachable!()), [7; 32]);
        let text = key.to_text();
        let again = MasterKey::parse(&text).unwrap_or_else(|_| unreachable!());
        assert_eq!((again.id, again.bytes), (key.id, key.bytes.clone()));
        assert_eq!(format!("{key:?}"), "MasterKey(k1)");
    }

    #[test]
    fn malformed_keys_say_which_part() {
        let err = |text: &str| MasterKey::parse(text).map(|_| ()).unwrap_err();
        assert_eq!(err("nokey"), KeyParseError::Shape);
        assert_eq!(err("way-too-long:AAAA"), KeyParseError::Bytes);
        assert_eq!(err(&format!("way-too-long:{}", STANDARD.encode([0; 32]))), KeyParseError::Id);
        assert_eq!(err(&format!("k:{}", STANDARD.encode([0; 31]))), KeyParseError::Bytes);
    }
}
