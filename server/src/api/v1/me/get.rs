//! `GET /api/v1/me`

use super::Me;
use crate::api::extract::Asking;
use crate::api::v1::refusals::Refusals;
use axum::Json;

/// Who is asking, and what they may do
#[utoipa::path(
    get,
    path = "/api/v1/me",
    operation_id = "get_me",
    tag = "me",
    responses((status = 200, description = "The caller.", body = Me), Refusals)
)]
pub async fn get(Asking(caller): Asking) -> Json<Me> {
    Json(caller.into())
}
