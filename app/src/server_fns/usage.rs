//! Usage.

use crate::wire::{AppError, UsagePeriod, UsageView};
use leptos::prelude::*;

/// Totals and the newest requests of a period.
#[server(endpoint = "usage")]
pub async fn usage(period: UsagePeriod) -> Result<UsageView, AppError> {
    use crate::{convert, ctx};
    let summary = ctx::services()?.usage.summary(&ctx::caller()?, convert::days(period)).await.map_err(ctx::fail)?;
    Ok(convert::usage(period, summary))
}
