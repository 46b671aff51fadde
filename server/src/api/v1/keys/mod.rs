//! Keys: which provider a pasted one may belong to, and the keys that seal what Purser stores.

mod recognise;
mod report;
mod rotate;

use crate::state::AppState;
use serde::Serialize;
use services::keys::KeyReport;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Operations on keys.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(recognise::recognise)).routes(routes!(report::report)).routes(routes!(rotate::rotate))
}

/// How many sealed values lie under which key.
#[derive(Serialize, ToSchema)]
pub struct SealingReport {
    /// Name of the key that seals now.
    current_key: String,
    /// Values under it.
    current: u64,
    /// Values under an older key of the ring.
    old: u64,
    /// Values that do not open.
    undecryptable: u64,
}

impl SealingReport {
    fn new(current_key: String, report: KeyReport) -> Self {
        let KeyReport { current, old, undecryptable } = report;
        Self { current_key, current, old, undecryptable }
    }
}
