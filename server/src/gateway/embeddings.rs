//! `POST /v1/embeddings`, as OpenAI defined it.

use super::answer;
use super::dialect::Dialect;
use super::extract::{Agent, RawBody};
use super::refusal::Refusal;
use crate::state::AppState;
use axum::extract::State;
use axum::response::Response;

/// Serves one request: routed by its model's name, forwarded to a provider that speaks OpenAI's dialect.
pub async fn create(State(state): State<AppState>, agent: Agent, RawBody(body): RawBody) -> Result<Response, Refusal> {
    let answer = state.services.inference.embeddings(&agent.caller, agent.request_id.as_str(), body).await?;
    Ok(answer::respond(answer, Dialect::ChatCompletions))
}
