//! From one reader of the log to every open page.

use domain::events::LoggedEvent;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use vocab::UserId;

/// Events a page may lag behind before it has to ask for everything again.
const LAG: usize = 256;
/// Open streams a person may have: a tab each.
const SEATS: usize = 16;

/// Something for every page.
#[derive(Debug, Clone)]
pub enum Notice {
    /// An event of the log.
    Event(LoggedEvent),
    /// Events may have been missed.
    Resync,
}

/// Where pages listen. Cheap to clone.
#[derive(Clone)]
pub struct EventHub(Arc<Inner>);

struct Inner {
    notices: broadcast::Sender<Notice>,
    taken: Mutex<HashMap<UserId, usize>>,
    stopping: CancellationToken,
}

impl EventHub {
    /// A hub whose streams end with `stopping`.
    pub fn new(stopping: CancellationToken) -> Self {
        Self(Arc::new(Inner { notices: broadcast::Sender::new(LAG), taken: Mutex::default(), stopping }))
    }

    /// Tells every page. Nobody listening is fine.
    pub fn tell(&self, notice: Notice) {
        drop(self.0.notices.send(notice));
    }

    pub(super) fn listen(&self) -> broadcast::Receiver<Notice> {
        self.0.notices.subscribe()
    }

    /// Cancelled when streams have to end.
    pub fn stopping(&self) -> CancellationToken {
        self.0.stopping.clone()
    }

    /// A seat for one more stream of a person, free again when dropped; `None` when all are taken.
    pub fn seat(&self, user_id: UserId) -> Option<Seat> {
        let mut taken = self.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(user_id).or_default();
        if *count >= SEATS {
            return None;
        }
        *count += 1;
        metrics::gauge!("purser_live_pages").increment(1.0);
        Some(Seat { hub: self.clone(), user_id })
    }
}

/// One open stream's share.
pub struct Seat {
    hub: EventHub,
    user_id: UserId,
}

impl Drop for Seat {
    fn drop(&mut self) {
        metrics::gauge!("purser_live_pages").decrement(1.0);
        let mut taken = self.hub.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.user_id) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.user_id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn seats_are_given_back() {
        let hub = EventHub::new(CancellationToken::new());
        let who = UserId::new(Uuid::nil());
        let seats: Vec<Seat> = std::iter::from_fn(|| hub.seat(who)).collect();
        assert_eq!(seats.len(), SEATS);
        assert!(hub.seat(UserId::new(Uuid::max())).is_some(), "others have their own");
        drop(seats);
        assert!(hub.seat(who).is_some());
    }
}
