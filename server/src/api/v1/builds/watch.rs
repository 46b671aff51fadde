//! `GET /api/v1/builds/{id}/log/events`

use super::read::After;
use crate::api::extract::{Asking, Id, Params};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::http::events::{COME_BACK_AFTER, HEARTBEAT, LONGEST, last_event_id};
use crate::http::problem::{self, Problem};
use crate::state::AppState;
use app::wire::{AppError, ErrorCode};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use domain::build::spans;
use futures::StreamExt;
use serde_json::json;
use services::builds::LogNews;
use vocab::BuildId;

/// What a build prints, as it prints it
///
/// Server-sent events. `log` has `{"text": …}`, plain text without the secrets the program was lent, and an id: whoever comes
/// back with it as `Last-Event-ID` goes on where they were. `end` has `{"phase": …}`; nothing follows it. A stream ends without
/// `end` after half an hour, and within seconds when the access token is revoked: come back.
#[utoipa::path(
    get, path = "/api/v1/builds/{id}/log/events", operation_id = "watch_build_log", tag = "builds",
    params(
        ("id" = String, Path, description = "The build's id."),
        After,
        ("Last-Event-ID" = Option<u64>, Header, description = "The id of the last event that was seen; goes before `after`."),
    ),
    responses(
        (status = 200, description = "Events, until the build is over.", body = String, content_type = "text/event-stream"),
        (status = 404, description = "No such build.", body = ErrorBody),
        (status = 429, description = "The person behind it has too many streams open.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn events(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<BuildId>,
    Params(After { after }): Params<After>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let after = last_event_id(&headers).unwrap_or(after);
    let news = state.services.builds.watch(&caller, id, after).await?;
    // Only people and their tokens come over HTTP.
    let seat = caller.actor.user_id().and_then(|user_id| state.events.seat(user_id));
    let Some(seat) = seat else {
        let words = "Too many streams are open already; close one of them.";
        return Ok(problem::response(StatusCode::TOO_MANY_REQUESTS, AppError::new(ErrorCode::Throttled, words)));
    };
    let stopping = state.events.stopping();
    let over = async move {
        tokio::select! {
            () = stopping.cancelled() => {}
            () = tokio::time::sleep(LONGEST) => {}
        }
    };
    // The first event only says how soon to come back.
    let first = futures::stream::once(async { Ok(Event::default().retry(COME_BACK_AFTER)) });
    let events = news.take_until(over).map(move |news| {
        let _held = &seat;
        said(news)
    });
    let stream = Sse::new(first.chain(events)).keep_alive(KeepAlive::new().interval(HEARTBEAT).text(""));
    Ok(stream.into_response())
}

fn said(news: LogNews) -> Result<Event, axum::Error> {
    match news {
        LogNews::Piece(piece) => {
            let text: String = spans(&piece.text).into_iter().map(|span| span.text).collect();
            Event::default().event("log").id(piece.seq.to_string()).json_data(json!({ "text": text }))
        }
        LogNews::Over(phase) => Event::default().event("end").json_data(json!({ "phase": phase.as_str() })),
    }
}
