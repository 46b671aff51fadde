//! `POST /api/v1/providers/{id}/paid-test`

use crate::api::extract::{Asking, Id};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::http::problem::Problem;
use crate::state::AppState;
use app::convert::dollars;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use services::inference::PaidTest;
use utoipa::ToSchema;
use vocab::ProviderId;

/// What came of the paid test.
#[derive(Serialize, ToSchema)]
pub struct PaidTestResult {
    /// Did it answer?
    answered: bool,
    /// In words.
    message: String,
    /// What it cost in US dollars at list price, as exact decimal text; `null` when unknown.
    cost_usd: Option<String>,
}

impl From<PaidTest> for PaidTestResult {
    fn from(test: PaidTest) -> Self {
        Self { answered: test.answered, message: test.message, cost_usd: test.cost.map(dollars) }
    }
}

/// Run the paid test
///
/// One output token from the cheapest chat model. It costs money, if little, and sees what the free test cannot: an
/// empty balance.
#[utoipa::path(
    post,
    path = "/api/v1/providers/{id}/paid-test",
    operation_id = "paid_test",
    tag = "providers",
    params(("id" = String, Path, description = "Provider id.")),
    responses(
        (status = 200, description = "The provider was asked.", body = PaidTestResult),
        (status = 503, description = "Nobody can serve it: not connected, or models were never synced.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn paid_test(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<ProviderId>,
) -> Result<Json<PaidTestResult>, Problem> {
    Ok(Json(state.services.inference.paid_test(&caller, &id).await?.into()))
}
