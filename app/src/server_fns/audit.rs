//! The audit log.

use crate::wire::{AppError, AuditPage, AuditQuery};
use leptos::prelude::*;
use server_fn::codec::Json;

/// A page of the log, newest first.
#[server(endpoint = "audit_log", input = Json)]
pub async fn audit_log(query: AuditQuery) -> Result<AuditPage, AppError> {
    use crate::{convert, ctx};
    let filter = convert::audit_filter(&query)?;
    ctx::services()?.audit.page(&ctx::caller()?, filter).await.map(convert::audit_page).map_err(ctx::fail)
}
