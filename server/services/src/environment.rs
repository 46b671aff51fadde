//! Clock and randomness, handed to every use case.

use domain::{Clock, Entropy};
use std::sync::Arc;
use time::OffsetDateTime;
use uuid::Uuid;

/// The present and the dice.
#[derive(Clone)]
pub struct Environment {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl Environment {
    /// The system's in the server, settable ones in tests.
    pub fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { clock, entropy }
    }

    /// The current instant, UTC.
    pub fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// Randomness.
    pub fn entropy(&self) -> &dyn Entropy {
        &*self.entropy
    }

    /// A fresh id; later ones sort later.
    pub fn uuid(&self) -> Uuid {
        self.entropy.uuid(self.now())
    }
}
