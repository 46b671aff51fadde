//! One refresh a grant at a time in this process: whoever comes while it is in the air waits for the same outcome.
//!
//! The flight is a task of its own. A caller who hangs up stops waiting, and nothing else.

use super::{Grants, Want};
use domain::grant::Outcome;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use std::sync::PoisonError;
use time::Duration;
use vocab::GrantId;

/// A refresh in the air.
pub(super) type Flight = Shared<BoxFuture<'static, Outcome>>;

/// Pause after a flight that came to nothing by a fault of ours.
const BREATH: Duration = Duration::seconds(5);

/// Takes the flight off the board however it ends.
struct Landing {
    grants: Grants,
    id: GrantId,
}

impl Drop for Landing {
    fn drop(&mut self) {
        self.grants.0.flights.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

impl Grants {
    /// Joins the flight of a grant, or starts one.
    pub(super) fn fly(&self, id: GrantId, want: Want) -> Flight {
        let mut flights = self.0.flights.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = flights.get(&id) {
            return flight.clone();
        }
        let landing = Landing { grants: self.clone(), id };
        let task = tokio::spawn(async move {
            let outcome = landing.grants.refresh(id, &want).await;
            drop(landing);
            outcome
        });
        let retry_at = self.0.environment.now() + BREATH;
        let fell = move || Outcome::Transient { retry_at, message: "Purser was interrupted while refreshing".to_owned() };
        let flight = task.map(move |done| done.unwrap_or_else(|_| fell())).boxed().shared();
        flights.insert(id, flight.clone());
        flight
    }
}
