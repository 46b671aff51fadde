//! `GET /api/v1/finance/spend`, `GET /api/v1/finance/contracts/{id}/evaluations`

use super::fields::Fields;
use super::spend_views::{EvaluationList, EvaluationView, Spend};
use crate::api::extract::{Asking, Id, Params};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use vocab::{ContractId, Permission};

/// Days of the charts.
const MOST_DAYS: u16 = 366;

/// How far back.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SpendParams {
    /// Days that are over, 1 to 366; 30 when not given.
    days: Option<u16>,
}

/// From when.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EvaluationParams {
    /// From this day on; all when not given.
    from: Option<String>,
}

/// What is spent on AI
#[utoipa::path(
    get,
    path = "/api/v1/finance/spend",
    operation_id = "get_spend",
    tag = "finance",
    params(SpendParams),
    responses((status = 200, description = "Figures and series.", body = Spend), Refusals)
)]
pub async fn spend(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Params(query): Params<SpendParams>,
) -> Result<Json<Spend>, Problem> {
    let days = query.days.unwrap_or(30).clamp(1, MOST_DAYS);
    Ok(Json(state.services.finance.spend(&caller, days, state.environment.now()).await?.into()))
}

/// A contract's figures, day by day
#[utoipa::path(
    get,
    path = "/api/v1/finance/contracts/{id}/evaluations",
    operation_id = "list_evaluations",
    tag = "finance",
    params(("id" = String, Path, description = "The contract's id.", format = "uuid"), EvaluationParams),
    responses(
        (status = 200, description = "Figures.", body = EvaluationList),
        (status = 404, description = "No such contract.", body = ErrorBody),
        (status = 422, description = "Not a day.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn evaluations(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<ContractId>,
    Params(query): Params<EvaluationParams>,
) -> Result<Json<EvaluationList>, Problem> {
    caller.require(Permission::ViewFinance).map_err(services::ServiceError::from)?;
    let mut fields = Fields::default();
    let from = fields.date("from", query.from.as_deref());
    let from = fields.done(Some(from))?.unwrap_or(time::macros::date!(2000 - 01 - 01));
    let rows = state.services.finance.evaluations(&caller, id, from).await?;
    Ok(Json(EvaluationList { evaluations: rows.iter().map(EvaluationView::from).collect() }))
}
