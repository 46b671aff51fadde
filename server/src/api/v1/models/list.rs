//! `GET /api/v1/providers/{id}/models`

use super::ModelView;
use crate::api::extract::{Asking, Id};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use vocab::ProviderId;

/// A provider's models.
#[derive(Serialize, ToSchema)]
pub struct ModelList {
    /// By id, retired ones included.
    models: Vec<ModelView>,
}

/// Models of a provider
#[utoipa::path(
    get,
    path = "/api/v1/providers/{id}/models",
    operation_id = "list_models",
    tag = "models",
    params(("id" = String, Path, description = "Provider id.")),
    responses(
        (status = 200, description = "Its models.", body = ModelList),
        (status = 404, description = "No such provider.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn list(State(state): State<AppState>, Asking(caller): Asking, Id(id): Id<ProviderId>) -> Result<Json<ModelList>, Problem> {
    let models = state.services.models.of_provider(&caller, &id).await?;
    Ok(Json(ModelList { models: models.into_iter().map(ModelView::from).collect() }))
}
