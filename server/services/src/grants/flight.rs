//! One refresh a grant at a time in this process: whoever comes while it is in the air waits for the same outcome.
//!
//! The flight is a task of its own. A caller who hangs up stops waiting, and nothing else. Callers may hear an outcome before it
//! lands: when the database does not take the provider's answer, they are told, and the flight goes on until it does.

use super::{Grants, Want};
use domain::grant::Outcome;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared, ready};
use std::sync::PoisonError;
use time::Duration;
use tokio::sync::oneshot;
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

/// Those who wait for a flight.
pub(super) struct Waiting(Option<oneshot::Sender<Outcome>>);

impl Waiting {
    /// Tells them, once; the first word counts.
    pub(super) fn tell(&mut self, outcome: Outcome) {
        if let Some(waiting) = self.0.take() {
            // Nobody waits any more: then it is in the database all the same.
            drop(waiting.send(outcome));
        }
    }
}

impl Grants {
    /// Joins the flight of a grant, or starts one.
    pub(super) fn fly(&self, id: GrantId, want: Want) -> Flight {
        let mut flights = self.0.flights.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = flights.get(&id) {
            return flight.clone();
        }
        let retry_at = self.0.environment.now() + BREATH;
        let Some(hold) = self.0.unbroken.begin() else {
            return ready(Outcome::Transient { retry_at, message: "Purser is stopping".to_owned() }).boxed().shared();
        };
        let landing = Landing { grants: self.clone(), id };
        let (tell, told) = oneshot::channel();
        tokio::spawn(async move {
            let mut waiting = Waiting(Some(tell));
            let outcome = landing.grants.refresh(id, &want, &mut waiting).await;
            drop(landing);
            waiting.tell(outcome);
            drop(hold);
        });
        let fell = move || Outcome::Transient { retry_at, message: "Purser was interrupted while refreshing".to_owned() };
        let flight = told.map(move |told| told.unwrap_or_else(|_| fell())).boxed().shared();
        flights.insert(id, flight.clone());
        flight
    }
}
