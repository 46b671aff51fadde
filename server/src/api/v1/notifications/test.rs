//! `POST /api/v1/notifications/test`

use crate::api::extract::Asking;
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::api::v1::words;
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use services::notifications::TestOutcome;
use utoipa::ToSchema;
use vocab::Channel;

/// What came of a test message.
#[derive(Serialize, ToSchema)]
pub struct TestOutcomes {
    /// One a recipient.
    outcomes: Vec<TestOutcomeView>,
}

/// What came of it for one recipient.
#[derive(Serialize, ToSchema)]
pub struct TestOutcomeView {
    #[schema(value_type = words::Channel)]
    channel: Channel,
    recipient: String,
    /// Was it taken?
    taken: bool,
    /// The other side's words, or why it was not taken.
    words: String,
}

impl From<TestOutcome> for TestOutcomeView {
    fn from(outcome: TestOutcome) -> Self {
        let TestOutcome { channel, recipient, taken, words } = outcome;
        Self { channel, recipient, taken, words }
    }
}

/// Send a test message
///
/// To everybody who would get a notification now. It is tried once, and the answer says what came of it.
#[utoipa::path(
    post,
    path = "/api/v1/notifications/test",
    operation_id = "send_test_message",
    tag = "notifications",
    responses(
        (status = 200, description = "Sent, or not.", body = TestOutcomes),
        (status = 409, description = "Neither mail nor a webhook is configured.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn test(State(state): State<AppState>, Asking(caller): Asking) -> Result<Json<TestOutcomes>, Problem> {
    let outcomes = state.services.notifications.send_test(&caller).await?;
    Ok(Json(TestOutcomes { outcomes: outcomes.into_iter().map(TestOutcomeView::from).collect() }))
}
