//! `/api/v1/finance/providers/{id}/prices`: what Finance says a provider's use costs, whatever contract it is under.

use super::contract_edit::{PriceBody, PriceEnd};
use super::contract_views::PriceView;
use crate::api::extract::{Asking, Body, Id};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use services::ServiceError;
use utoipa::ToSchema;
use vocab::{Permission, ProviderId};

/// Prices.
#[derive(Serialize, ToSchema)]
pub struct PriceList {
    prices: Vec<PriceView>,
}

/// Finance's prices of a provider
///
/// They go before the price list; what a contract says goes before them.
#[utoipa::path(
    get,
    path = "/api/v1/finance/providers/{id}/prices",
    operation_id = "list_provider_prices",
    tag = "finance",
    params(("id" = String, Path, description = "Provider id.")),
    responses((status = 200, description = "Prices.", body = PriceList), Refusals)
)]
pub async fn list(State(state): State<AppState>, Asking(caller): Asking, Id(id): Id<ProviderId>) -> Result<Json<PriceList>, Problem> {
    let prices = state.services.finance.provider_prices(&caller, &id).await?;
    Ok(Json(PriceList { prices: prices.into_iter().map(PriceView::from).collect() }))
}

/// Add a price to a provider
///
/// It ends the provider's price for the same meter that held until then.
#[utoipa::path(
    post,
    path = "/api/v1/finance/providers/{id}/prices",
    operation_id = "set_provider_price",
    tag = "finance",
    params(("id" = String, Path, description = "Provider id.")),
    request_body = PriceBody,
    responses(
        (status = 204, description = "Added."),
        (status = 404, description = "No such provider.", body = ErrorBody),
        (status = 422, description = "A field is wrong.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn add(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<ProviderId>,
    Body(body): Body<PriceBody>,
) -> Result<StatusCode, Problem> {
    caller.require(Permission::ManageFinance).map_err(ServiceError::from)?;
    state.services.finance.set_provider_price(&caller, &id, body.read()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End a price of a provider
#[utoipa::path(
    post,
    path = "/api/v1/finance/providers/{id}/prices/end",
    operation_id = "end_provider_price",
    tag = "finance",
    params(("id" = String, Path, description = "Provider id.")),
    request_body = PriceEnd,
    responses(
        (status = 204, description = "Ended."),
        (status = 404, description = "The provider has no such price.", body = ErrorBody),
        (status = 422, description = "The day is wrong.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn end(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<ProviderId>,
    Body(body): Body<PriceEnd>,
) -> Result<StatusCode, Problem> {
    caller.require(Permission::ManageFinance).map_err(ServiceError::from)?;
    let (price, until) = body.read()?;
    state.services.finance.end_provider_price(&caller, &id, price, until).await?;
    Ok(StatusCode::NO_CONTENT)
}
