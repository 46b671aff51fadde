//! `GET /api/v1/usage`

use super::UsageReport;
use crate::api::extract::{Asking, Params};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use services::ServiceError;
use utoipa::IntoParams;

/// Longest period, in days.
const MOST_DAYS: u16 = 366;

/// Which period.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Period {
    /// Days up to today (UTC), 1 to 366.
    #[serde(default = "month")]
    #[param(default = 30, minimum = 1, maximum = 366)]
    days: u16,
}

const fn month() -> u16 {
    30
}

/// Usage of the last days
#[utoipa::path(
    get,
    path = "/api/v1/usage",
    operation_id = "get_usage",
    tag = "usage",
    params(Period),
    responses(
        (status = 200, description = "Sums and the newest requests.", body = UsageReport),
        (status = 422, description = "No such period.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn get(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Params(Period { days }): Params<Period>,
) -> Result<Json<UsageReport>, Problem> {
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(ServiceError::field("days", format!("choose between 1 and {MOST_DAYS} days")).into());
    }
    Ok(Json(state.services.usage.summary(&caller, days).await?.into()))
}
