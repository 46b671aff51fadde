//! `/events`: what changed, told to open pages.
//!
//! One loop (`jobs::events`) reads the event log and hands every event to the hub; each page's stream picks what its
//! person may hear. A page that was away resumes from the log by the last id it saw; one that missed too much, or reads
//! too slowly, is told to ask for everything again. Nothing piles up for anybody.

mod follower;
mod hub;
mod words;

pub use follower::{COME_BACK_AFTER, LONGEST};
pub use hub::{EventHub, Notice, Seat};

use super::refusal;
use crate::state::AppState;
use app::wire::{AppError, ErrorCode};
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use domain::people::Caller;
use follower::Follower;
use services::ServiceError;
use std::str::FromStr;
use std::time::Duration;
use vocab::EventId;

/// How often a quiet stream proves that it is alive.
pub const HEARTBEAT: Duration = Duration::from_secs(15);

/// The id that a browser comes back with (HTML Living Standard §9.2.4); one that is no number is as good as none.
pub fn last_event_id<T: FromStr>(headers: &HeaderMap) -> Option<T> {
    headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok())
}

/// The stream of one page.
///
/// # Errors
/// For callers who are no person, and beyond a person's share of streams.
pub async fn stream(State(state): State<AppState>, Extension(caller): Extension<Caller>, headers: HeaderMap) -> Response {
    let (Some(user_id), Some(session_id)) = (caller.actor.user_id(), caller.session_id()) else {
        return refusal::refuse(super::door::Door::Events, ServiceError::SignedOut);
    };
    let Some(seat) = state.events.seat(user_id) else {
        let words = "You have too many pages open; close one to see changes here as they happen.";
        return refusal::json(StatusCode::TOO_MANY_REQUESTS, AppError::new(ErrorCode::Throttled, words));
    };
    let last_seen = last_event_id(&headers).map(EventId);
    match Follower::begin(&state, caller, session_id, seat, last_seen).await {
        Ok(follower) => Sse::new(follower.into_stream()).keep_alive(KeepAlive::new().interval(HEARTBEAT).text("")).into_response(),
        Err(error) => refusal::refuse(super::door::Door::Events, error.into()),
    }
}
