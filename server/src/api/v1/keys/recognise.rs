//! `POST /api/v1/keys/recognise`

use crate::api::extract::{Asking, Body};
use crate::api::v1::refusals::Refusals;
use crate::api::v1::secret;
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use services::connections::KeyRecognised;
use utoipa::ToSchema;
use vocab::ProviderId;

/// A key to be recognised. It is not kept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecogniseBody {
    #[serde(deserialize_with = "secret::read")]
    #[schema(value_type = String, format = Password, write_only)]
    key: SecretString,
}

/// Guesses, best first.
#[derive(Serialize, ToSchema)]
pub struct Guesses {
    providers: Vec<Guess>,
}

/// A provider that a key may belong to.
#[derive(Serialize, ToSchema)]
pub struct Guess {
    #[schema(value_type = String)]
    id: ProviderId,
    name: String,
}

impl From<KeyRecognised> for Guess {
    fn from(found: KeyRecognised) -> Self {
        Self { id: found.id, name: found.name }
    }
}

/// Recognise a provider key
///
/// By its beginning, without asking anybody. A hint, never a refusal.
#[utoipa::path(
    post,
    path = "/api/v1/keys/recognise",
    operation_id = "recognise_key",
    tag = "keys",
    request_body = RecogniseBody,
    responses((status = 200, description = "Providers it may belong to, best guess first.", body = Guesses), Refusals)
)]
pub async fn recognise(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Body(RecogniseBody { key }): Body<RecogniseBody>,
) -> Result<Json<Guesses>, Problem> {
    let found = state.services.connections.recognise_key(&caller, &key)?;
    Ok(Json(Guesses { providers: found.into_iter().map(Guess::from).collect() }))
}
