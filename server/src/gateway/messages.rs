//! `POST /v1/messages`, as Anthropic defined it.

use super::answer;
use super::dialect::Dialect;
use super::extract::{Agent, RawBody};
use super::refusal::Refusal;
use crate::state::AppState;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

/// Serves one request: routed by its model's name, forwarded to a provider that serves the Messages API, streamed back as
/// it comes. `anthropic-version` is the catalogue's; features asked for with `anthropic-beta` go along.
pub async fn create(State(state): State<AppState>, agent: Agent, headers: HeaderMap, RawBody(body): RawBody) -> Result<Response, Refusal> {
    let beta = headers.get("anthropic-beta").and_then(|value| value.to_str().ok());
    let answer = state.services.inference.messages(&agent.caller, agent.request_id.as_str(), body, beta).await;
    let answer = answer.map_err(|error| Refusal::from(error).in_dialect(Dialect::Messages))?;
    Ok(answer::respond(answer, Dialect::Messages))
}
