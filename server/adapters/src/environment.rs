//! The system's clock and randomness: the one place that may reach for them.

use domain::{Clock, Entropy};
use time::OffsetDateTime;

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is where the present comes from")]
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }
}

/// The operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    /// Ends the process when the operating system has no randomness: keys and tokens made without it would be worse.
    fn fill(&self, buffer: &mut [u8]) {
        if let Err(error) = getrandom::fill(buffer) {
            tracing::error!(%error, "the operating system gives no randomness");
            std::process::abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_fills_differ_and_time_goes_on() {
        let entropy: &dyn Entropy = &SystemEntropy;
        assert_ne!(entropy.bytes::<32>(), entropy.bytes::<32>());
        assert!(SystemClock.now() <= SystemClock.now());
    }
}
