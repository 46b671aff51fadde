//! `GET /api/v1/providers`

use super::ProviderView;
use crate::api::extract::Asking;
use crate::api::v1::refusals::Refusals;
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// Every provider.
#[derive(Serialize, ToSchema)]
pub struct ProviderList {
    /// In the order of the catalogue.
    providers: Vec<ProviderView>,
}

/// Every provider of the catalogue with its state
#[utoipa::path(
    get,
    path = "/api/v1/providers",
    operation_id = "list_providers",
    tag = "providers",
    responses((status = 200, description = "Every provider.", body = ProviderList), Refusals)
)]
pub async fn list(State(state): State<AppState>, Asking(caller): Asking) -> Result<Json<ProviderList>, Problem> {
    let states = state.services.overview.list(&caller).await?;
    Ok(Json(ProviderList { providers: states.into_iter().map(ProviderView::from).collect() }))
}
