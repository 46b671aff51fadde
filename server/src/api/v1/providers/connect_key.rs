//! `POST /api/v1/providers/{id}/key`

use super::CheckResult;
use crate::api::extract::{Asking, Body, Id};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::api::v1::secret;
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use secrecy::SecretString;
use serde::Deserialize;
use services::connections::KeyForm;
use utoipa::ToSchema;
use vocab::ProviderId;

/// A key to connect with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyBody {
    /// The provider's key. Empty keeps the stored one, for example to change the address only.
    #[serde(deserialize_with = "secret::read")]
    #[schema(value_type = String, format = Password, write_only)]
    key: SecretString,
    /// The endpoint, where the operator names it.
    address: Option<String>,
    /// `connection.version` as last read, 0 if it was not connected: a change by somebody else since then is refused
    /// with 409. Without it, only a change while the key is being verified is.
    version: Option<i64>,
}

/// Connect with a key
///
/// The key is verified with one free call and sealed. A key that the provider refuses is not saved (422); where the
/// provider cannot be reached, is overloaded or says that there are no funds, the key is saved and the verdict says so.
#[utoipa::path(
    post,
    path = "/api/v1/providers/{id}/key",
    operation_id = "connect_with_key",
    tag = "providers",
    params(("id" = String, Path, description = "Provider id.")),
    request_body = KeyBody,
    responses(
        (status = 200, description = "Saved.", body = CheckResult),
        (status = 404, description = "No such provider.", body = ErrorBody),
        (status = 409, description = "Somebody else changed the connection meanwhile.", body = ErrorBody),
        (status = 422, description = "The provider refused the key, or a field is wrong. Nothing was saved.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn connect_key(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<ProviderId>,
    Body(KeyBody { key, address, version }): Body<KeyBody>,
) -> Result<Json<CheckResult>, Problem> {
    let form = match version {
        Some(version) => KeyForm::new(key, address, version),
        None => KeyForm::of_any_version(key, address),
    };
    Ok(Json(state.services.connections.connect_with_key(&caller, &id, form).await?.into()))
}
