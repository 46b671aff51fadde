//! The two things a rule may not reach for by itself.

use time::OffsetDateTime;

/// The present. The system's clock in the server, a settable one in tests.
pub trait Clock: Send + Sync {
    /// The current instant, UTC.
    fn now(&self) -> OffsetDateTime;
}

/// Randomness fit for secrets. The operating system's in the server, a seeded one in tests.
pub trait Entropy: Send + Sync {
    /// Fills the whole buffer.
    fn fill(&self, buffer: &mut [u8]);
}

impl dyn Entropy + '_ {
    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// A version 7 uuid for `now`: unique, and rows made later sort later.
    pub fn uuid(&self, now: OffsetDateTime) -> uuid::Uuid {
        let millis = u64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes::<10>()).into_uuid()
    }
}
