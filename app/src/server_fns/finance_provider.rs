//! What Finance keeps of a provider, and what a vendor says was used.

use crate::wire::{AppError, ProviderFinanceView};
use leptos::prelude::*;
use std::collections::BTreeMap;
use vocab::{ContractId, PriceFactId, ProviderId, SupplierId};

/// What Finance keeps of a provider.
#[server(name = ReadFinanceProvider, endpoint = "finance_provider")]
pub async fn finance_provider(id: ProviderId) -> Result<ProviderFinanceView, AppError> {
    use crate::{convert::finance, ctx};
    let (caller, service) = (ctx::caller()?, ctx::services()?.finance.clone());
    let profile = service.profile(&caller, &id).await.map_err(ctx::fail)?;
    let profile = profile.ok_or_else(|| ctx::fail(services::ServiceError::NotFound("finance profile")))?;
    let suppliers = service.suppliers(&caller).await.map_err(ctx::fail)?;
    let prices = service.provider_prices(&caller, &id).await.map_err(ctx::fail)?;
    let may_manage = caller.may(vocab::Permission::ManageFinance);
    Ok(finance::provider_finance_view(profile, service.provider_name(&id), &suppliers, &prices, (may_manage, service.now())))
}

/// Saves the settings.
#[server(endpoint = "save_finance_provider")]
pub async fn save_finance_provider(id: ProviderId, version: i64, fields: BTreeMap<String, String>) -> Result<(), AppError> {
    use crate::{convert::finance, ctx};
    let (caller, service) = (ctx::caller()?, ctx::services()?.finance.clone());
    caller.require(vocab::Permission::ManageFinance).map_err(|refused| ctx::fail(refused.into()))?;
    let settings = finance::profile_settings(&fields).map_err(|error| ctx::fail_form(error, &fields))?;
    let saved = service.edit_profile(&caller, &id, version, settings).await;
    saved.map(drop).map_err(|error| ctx::fail_form(ctx::fail(error), &fields))
}

/// Chooses or confirms the supplier.
#[server(endpoint = "relink_provider")]
pub async fn relink_provider(id: ProviderId, version: i64, supplier: SupplierId) -> Result<(), AppError> {
    use crate::ctx;
    ctx::services()?.finance.relink(&ctx::caller()?, &id, version, supplier).await.map(drop).map_err(ctx::fail)
}

/// Puts it away.
#[server(endpoint = "archive_finance_provider")]
pub async fn archive_finance_provider(id: ProviderId, version: i64) -> Result<(), AppError> {
    use crate::ctx;
    ctx::services()?.finance.archive_profile(&ctx::caller()?, &id, version).await.map(drop).map_err(ctx::fail)
}

/// Adds a price for the provider, under whatever contract.
#[server(endpoint = "add_provider_price")]
pub async fn add_provider_price(id: ProviderId, fields: BTreeMap<String, String>) -> Result<(), AppError> {
    use crate::{convert::finance, ctx};
    let (caller, service) = (ctx::caller()?, ctx::services()?.finance.clone());
    caller.require(vocab::Permission::ManageFinance).map_err(|refused| ctx::fail(refused.into()))?;
    let edit = finance::price_edit(&fields).map_err(|error| ctx::fail_form(error, &fields))?;
    service.set_provider_price(&caller, &id, edit).await.map_err(|error| ctx::fail_form(ctx::fail(error), &fields))
}

/// Takes a price of the provider back from today on.
#[server(endpoint = "end_provider_price")]
pub async fn end_provider_price(id: ProviderId, price: PriceFactId) -> Result<(), AppError> {
    use crate::ctx;
    let service = ctx::services()?.finance.clone();
    service.end_provider_price(&ctx::caller()?, &id, price, service.now().date()).await.map_err(ctx::fail)
}

/// Enters what a vendor says was used of an allowance.
#[server(endpoint = "report_usage")]
pub async fn report_usage(id: ContractId, fields: BTreeMap<String, String>) -> Result<(), AppError> {
    use crate::{convert::finance, ctx};
    let (caller, service) = (ctx::caller()?, ctx::services()?.finance.clone());
    caller.require(vocab::Permission::ManageFinance).map_err(|refused| ctx::fail(refused.into()))?;
    let edit = finance::report_edit(&fields).map_err(|error| ctx::fail_form(error, &fields))?;
    service.report_usage(&caller, id, edit).await.map_err(|error| ctx::fail_form(ctx::fail(error), &fields))
}

/// Takes a vendor's figure back; `figure` is its allowance and day, as the page names it.
#[server(endpoint = "remove_report")]
pub async fn remove_report(id: ContractId, figure: String) -> Result<(), AppError> {
    use crate::{convert::finance, ctx};
    let (caller, service) = (ctx::caller()?, ctx::services()?.finance.clone());
    caller.require(vocab::Permission::ManageFinance).map_err(|refused| ctx::fail(refused.into()))?;
    let (allowance, day) = finance::report_key(&figure)?;
    service.remove_report(&caller, id, allowance, day).await.map_err(ctx::fail)
}
