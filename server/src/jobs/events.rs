//! The one reader of the event log in this process: caches forget, open pages hear.

use crate::http::events::Notice;
use crate::out::causes;
use crate::state::AppState;
use domain::events::Event;
use services::ports::{StoreError, StoreResult};
use std::time::Duration;
use uuid::Uuid;
use vocab::{EventId, UserId};

/// The log is looked at at least this often; caches doubt themselves after twice as long.
const AT_MOST: Duration = Duration::from_secs(1);
/// Pause after the log could not be read.
const BREATH: Duration = Duration::from_millis(500);
/// Events read at once.
const PAGE: u32 = 500;

/// Follows the log until the server stops.
pub async fn follow_log(state: AppState) {
    let mut cursor = None;
    let mut failing = false;
    loop {
        match step(&state, cursor).await {
            Ok(position) => {
                (cursor, failing) = (Some(position), false);
                tokio::select! {
                    () = state.stopping.cancelled() => return,
                    () = state.ports.events.changed(AT_MOST) => {}
                }
            }
            Err(error) => {
                log_first(&error, &mut failing);
                tokio::select! {
                    () = state.stopping.cancelled() => return,
                    () = tokio::time::sleep(BREATH) => {}
                }
            }
        }
    }
}

/// Reads to the end of the log and says so to the caches. Returns the new position.
async fn step(state: &AppState, cursor: Option<EventId>) -> StoreResult<EventId> {
    let log = &state.ports.events;
    let Some(mut position) = cursor else {
        let head = log.head().await?;
        state.services.caches.confirm();
        return Ok(head);
    };
    if log.tail().await?.0 > position.0 + 1 {
        forget_everything(state);
        position = log.head().await?;
    }
    loop {
        let events = log.after(position, PAGE).await?;
        let Some(last) = events.last() else { break };
        position = last.id;
        for logged in events {
            state.services.caches.apply(&logged.event);
            state.services.builds.heard(&logged.event);
            state.events.tell(Notice::Event(logged));
        }
    }
    state.services.caches.confirm();
    Ok(position)
}

/// The log went on without us for longer than it keeps: whatever is remembered may be wrong.
fn forget_everything(state: &AppState) {
    state.services.caches.apply(&Event::KeysChanged);
    state.services.caches.apply(&Event::UserChanged { user_id: UserId::new(Uuid::nil()) });
    state.events.tell(Notice::Resync);
}

fn log_first(error: &StoreError, failing: &mut bool) {
    if !*failing {
        tracing::warn!(error = causes(error), "the event log cannot be read; pages are not live until it can");
        *failing = true;
    }
}
