//! Sealing: AES-256-GCM with a key ring, bytes in and bytes out.
//!
//! A sealed value is `version (1) ‖ key id (8) ‖ nonce (12) ‖ ciphertext and tag`. The associated data is the place it
//! belongs to ([`Place`]: table, row, field), so a ciphertext moved to another row does not open. The first key of the
//! ring seals; every key opens. Random 96-bit nonces are safe for 2^32 values a key (NIST SP 800-38D §8.3).

mod key;
mod place;
mod ring;
mod text;

pub use key::{KeyId, KeyParseError, MasterKey};
pub use place::Place;
pub use ring::{KeyRing, KeyState, OpenError, RingError, SealError, key_of};
pub use text::KeyText;
