//! `GET /v1/models` and `GET /v1/models/{id}`, as OpenAI defined them.

use super::extract::Agent;
use super::refusal::Refusal;
use crate::state::AppState;
use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use serde::Serialize;
use services::inference::ListedRoute;
use vocab::ProviderId;

/// A list.
#[derive(Serialize)]
pub struct ModelList {
    object: &'static str,
    data: Vec<Model>,
}

/// A model.
#[derive(Serialize)]
pub struct Model {
    id: String,
    object: &'static str,
    /// Unix seconds; when a provider's list first had it.
    created: i64,
    owned_by: ProviderId,
}

impl Model {
    fn new(id: String, route: ListedRoute) -> Self {
        Self { id, object: "model", created: route.created.unix_timestamp(), owned_by: route.provider_id }
    }
}

/// The name that asks for this model of this provider and nobody else's.
fn full_name(route: &ListedRoute) -> String {
    format!("{}/{}", route.provider_id, route.model_id)
}

/// Models that this access token can use right now.
pub async fn list(State(state): State<AppState>, agent: Agent) -> Result<Json<ModelList>, Refusal> {
    let routes = state.services.inference.list(&agent.caller).await?;
    let data = routes.into_iter().map(|route| Model::new(full_name(&route), route)).collect();
    Ok(Json(ModelList { object: "list", data }))
}

/// One of them, by full name or bare id.
pub async fn get(State(state): State<AppState>, agent: Agent, asked: Result<Path<String>, PathRejection>) -> Result<Json<Model>, Refusal> {
    // A name that is no UTF-8 names nothing.
    let Path(asked) = asked.unwrap_or_else(|_| Path(String::new()));
    let routes = state.services.inference.list(&agent.caller).await?;
    let found = routes.into_iter().find(|route| full_name(route) == asked || route.model_id == asked);
    found.map(|route| Json(Model::new(asked.clone(), route))).ok_or_else(|| Refusal::unknown_model(&asked))
}
