//! The audit log: who did what to which object, from where, with what outcome.

mod list;

use crate::state::AppState;
use app::convert::moment;
use serde::Serialize;
use services::audit::{NamedRecord, Page};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocab::{AuditId, UserId};

/// Operations on the audit log.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(list::list))
}

/// A page of the log.
#[derive(Serialize, ToSchema)]
pub struct AuditPage {
    /// Newest first.
    lines: Vec<AuditLine>,
    /// Send it as `before` for the next page; `null` at the end.
    #[schema(value_type = Option<String>, format = "uuid")]
    next: Option<AuditId>,
}

/// A line.
#[derive(Serialize, ToSchema)]
pub struct AuditLine {
    #[schema(value_type = String, format = "uuid")]
    id: AuditId,
    #[schema(format = DateTime)]
    at: String,
    /// The person or access token, as named then.
    actor: String,
    /// The person behind it, if any.
    #[schema(value_type = Option<String>, format = "uuid")]
    actor_user_id: Option<UserId>,
    /// Stable text, for example `connect`.
    action: String,
    /// `provider`, `user`, `access_token` or `installation`.
    object_kind: String,
    object_id: String,
    /// The object's name now, or its id.
    object: String,
    succeeded: bool,
    detail: String,
    /// Where it came from; empty for the command line and for jobs.
    address: String,
    request_id: String,
}

impl From<Page> for AuditPage {
    fn from(page: Page) -> Self {
        Self { lines: page.lines.into_iter().map(AuditLine::from).collect(), next: page.next }
    }
}

impl From<NamedRecord> for AuditLine {
    fn from(named: NamedRecord) -> Self {
        let NamedRecord { record, object } = named;
        Self {
            id: record.id,
            at: moment(record.at).iso,
            actor: record.actor_name,
            actor_user_id: record.actor_user,
            action: record.action,
            object_kind: record.object_kind,
            object_id: record.object_id,
            object,
            succeeded: record.succeeded,
            detail: record.detail,
            address: record.origin.address,
            request_id: record.origin.request_id,
        }
    }
}
