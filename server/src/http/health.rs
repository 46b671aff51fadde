//! Is the process there, and can it work?

use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use services::ports::StoreError;
use std::time::Duration;
use vault::{OpenError, Place};

/// How long the database may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// `/healthz`: the process answers.
pub async fn alive() -> &'static str {
    "ok\n"
}

#[derive(Serialize)]
struct Readiness {
    database: &'static str,
    keys: &'static str,
}

/// `/readyz`: the database answers, and what is sealed in it opens.
pub async fn ready(State(state): State<AppState>) -> Response {
    let looked = tokio::time::timeout(PATIENCE, look(&state)).await;
    let (status, readiness) = match looked {
        Ok(Ok(true)) => (StatusCode::OK, Readiness { database: "ok", keys: "ok" }),
        Ok(Ok(false)) => (
            StatusCode::SERVICE_UNAVAILABLE,
            Readiness { database: "ok", keys: "this process does not have the key that sealed the credentials" },
        ),
        Ok(Err(_)) => (StatusCode::SERVICE_UNAVAILABLE, Readiness { database: "does not answer as it should", keys: "unknown" }),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, Readiness { database: "does not answer within two seconds", keys: "unknown" }),
    };
    (status, Json(readiness)).into_response()
}

/// The first sealed value stands for all: keys are replaced for the whole installation.
async fn look(state: &AppState) -> Result<bool, StoreError> {
    state.ports.installation.ping().await?;
    let first = state.ports.sealed.page(None, 1).await?;
    Ok(first.first().is_none_or(|value| {
        let place = Place { table: value.table, row: &value.row, field: value.field };
        !matches!(state.ring.open(place, &value.sealed), Err(OpenError::UnknownKey(_)))
    }))
}
