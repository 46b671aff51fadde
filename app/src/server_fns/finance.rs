//! Finance: handing a provider over, suppliers, contracts, work items, spend, bills, jobs.
//!
//! Forms send their fields by name (`fields[currency]=EUR`). A form sent without JavaScript gets them back with what is
//! wrong, so that nothing has to be typed twice.

use crate::wire::{
    AppError, BillList, BillView, ContractView, ItemFilter, ItemList, JobList, SpendFilter, SpendView, SupplierList, SupplierView,
};
use leptos::prelude::*;
use std::collections::BTreeMap;
use vocab::finance::{FinanceJob, SupplierStatus};
use vocab::{BillId, ContractId, PriceFactId, ProviderId, SupplierId, WorkItemId};

/// Hands a provider to Finance.
#[server(endpoint = "hand_off")]
pub async fn hand_off(id: ProviderId) -> Result<(), AppError> {
    use crate::ctx;
    ctx::services()?.finance.seeding.hand_off(&ctx::caller()?, &id).await.map_err(ctx::fail)
}

/// All suppliers.
#[server(name = ReadSuppliers, endpoint = "suppliers")]
pub async fn suppliers() -> Result<SupplierList, AppError> {
    use crate::{convert::finance, ctx};
    let caller = ctx::caller()?;
    let rows = ctx::services()?.finance.suppliers(&caller).await.map_err(ctx::fail)?;
    Ok(finance::supplier_list(rows, caller.may(vocab::Permission::ManageFinance)))
}

/// A supplier.
#[server(name = ReadSupplier, endpoint = "supplier")]
pub async fn supplier(id: SupplierId) -> Result<SupplierView, AppError> {
    use crate::{convert::finance, ctx};
    let (caller, service) = (ctx::caller()?, ctx::services()?.finance.clone());
    let page = service.supplier(&caller, id).await.map_err(ctx::fail)?;
    let query = services::finance::BillQuery { supplier: Some(id), ..Default::default() };
    let bills = service.bills(&caller, &query).await.map_err(ctx::fail)?;
    let (mut figures, now) = (BTreeMap::new(), service.now());
    for row in page.contracts.iter().filter(|row| !row.contract.status().is_terminal()) {
        let id = row.contract.id;
        figures.insert(id, service.contract_figures(&caller, id, now).await.map_err(ctx::fail)?.allowances);
    }
    Ok(finance::supplier_view(page, &bills, &figures, caller.may(vocab::Permission::ManageFinance), now))
}

/// Saves a supplier, or adds one when `id` is missing.
#[server(endpoint = "save_supplier")]
pub async fn save_supplier(id: Option<SupplierId>, version: i64, fields: BTreeMap<String, String>) -> Result<(), AppError> {
    use crate::{convert::finance, ctx};
    let (caller, service) = (ctx::caller()?, ctx::services()?.finance.clone());
    caller.require(vocab::Permission::ManageFinance).map_err(|refused| ctx::fail(refused.into()))?;
    let details = finance::supplier_details(&fields).map_err(|error| ctx::fail_form(error, &fields))?;
    let saved = match id {
        Some(id) => service.edit_supplier(&caller, id, version, details).await,
        None => service.add_supplier(&caller, details).await,
    };
    let saved = saved.map_err(|error| ctx::fail_form(ctx::fail(error), &fields))?;
    ctx::go_to(id.is_none().then(|| crate::routes::supplier(saved.id)));
    Ok(())
}

/// Another state of a supplier.
#[server(endpoint = "move_supplier")]
pub async fn move_supplier(id: SupplierId, version: i64, status: SupplierStatus) -> Result<(), AppError> {
    use crate::ctx;
    let saved = ctx::services()?.finance.set_supplier_status(&ctx::caller()?, id, version, status).await;
    saved.map(drop).map_err(ctx::fail)
}

/// Deletes a supplier on which nothing hangs.
#[server(endpoint = "delete_supplier")]
pub async fn delete_supplier(id: SupplierId) -> Result<(), AppError> {
    use crate::ctx;
    ctx::services()?.finance.delete_supplier(&ctx::caller()?, id).await.map_err(ctx::fail)?;
    ctx::go_to(Some(crate::routes::SUPPLIERS.to_owned()));
    Ok(())
}

/// A contract.
#[server(name = ReadContract, endpoint = "contract")]
pub async fn contract(id: ContractId) -> Result<ContractView, AppError> {
    use crate::{convert::finance, ctx};
    let (caller, service) = (ctx::caller()?, ctx::services()?.finance.clone());
    let now = service.now();
    let page = service.contract(&caller, id).await.map_err(ctx::fail)?;
    let figures = service.contract_figures(&caller, id, now).await.map_err(ctx::fail)?;
    let query = services::finance::BillQuery { contract: Some(id), ..Default::default() };
    let bills = service.bills(&caller, &query).await.map_err(ctx::fail)?;
    let reports = service.reported(&caller, id).await.map_err(ctx::fail)?;
    let people = service.assignable(&caller).await.map_err(ctx::fail)?;
    let people = caller.may(vocab::Permission::ManageFinance).then_some(people);
    Ok(finance::contract_view(&page, &figures, (&bills, &reports), people.as_deref(), now))
}

/// Saves a contract as entered. `then` is `save`, `activate` or `supersede`.
#[server(endpoint = "save_contract")]
pub async fn save_contract(id: ContractId, version: i64, fields: BTreeMap<String, String>, then: String) -> Result<(), AppError> {
    use crate::{convert::finance, ctx};
    let (caller, service) = (ctx::caller()?, ctx::services()?.finance.clone());
    caller.require(vocab::Permission::ManageFinance).map_err(|refused| ctx::fail(refused.into()))?;
    let save = finance::contract_save(&fields, then == "activate").map_err(|error| ctx::fail_form(error, &fields))?;
    let saved = if then == "supersede" {
        service.supersede_contract(&caller, id, version, save.terms, save.allowances).await
    } else {
        service.save_contract(&caller, id, version, save).await
    };
    let saved = saved.map_err(|error| ctx::fail_form(ctx::fail(error), &fields))?;
    ctx::go_to((saved.id != id).then(|| crate::routes::contract(saved.id)));
    Ok(())
}

/// Suspends, resumes or terminates a contract.
#[server(endpoint = "contract_step")]
pub async fn contract_step(
    id: ContractId,
    version: i64,
    step: String,
    #[server(default)] reason: String,
    #[server(default)] ended_on: String,
) -> Result<(), AppError> {
    use crate::{convert::finance, ctx, wire::ErrorCode};
    let (caller, service) = (ctx::caller()?, ctx::services()?.finance.clone());
    let done = match step.as_str() {
        "suspend" => service.suspend_contract(&caller, id, version, &reason).await,
        "resume" => service.resume_contract(&caller, id, version).await,
        "terminate" => service.terminate_contract(&caller, id, version, finance::ending(&ended_on)?, &reason).await,
        _ => return Err(AppError::new(ErrorCode::Protocol, "This page is older than the server. Reload it and try again.")),
    };
    done.map(drop).map_err(ctx::fail)
}

/// Adds a price to a contract.
#[server(endpoint = "add_price")]
pub async fn add_price(id: ContractId, fields: BTreeMap<String, String>) -> Result<(), AppError> {
    use crate::{convert::finance, ctx};
    let (caller, service) = (ctx::caller()?, ctx::services()?.finance.clone());
    caller.require(vocab::Permission::ManageFinance).map_err(|refused| ctx::fail(refused.into()))?;
    let edit = finance::price_edit(&fields).map_err(|error| ctx::fail_form(error, &fields))?;
    service.set_price(&caller, id, edit).await.map_err(|error| ctx::fail_form(ctx::fail(error), &fields))
}

/// Takes a price of a contract back from today on.
#[server(endpoint = "end_price")]
pub async fn end_price(id: ContractId, price: PriceFactId) -> Result<(), AppError> {
    use crate::ctx;
    let service = ctx::services()?.finance.clone();
    service.end_price(&ctx::caller()?, id, price, service.now().date()).await.map_err(ctx::fail)
}

/// Work items.
#[server(name = ReadWorkItems, endpoint = "work_items")]
pub async fn work_items(#[server(default)] filter: ItemFilter) -> Result<ItemList, AppError> {
    use crate::{convert::finance, ctx};
    let (caller, service) = (ctx::caller()?, ctx::services()?.finance.clone());
    let rows = service.work_items(&caller, &finance::item_query(&filter, &caller)).await.map_err(ctx::fail)?;
    let people =
        if caller.may(vocab::Permission::ViewFinance) { service.assignable(&caller).await.map_err(ctx::fail)? } else { Vec::new() };
    Ok(finance::item_list(rows, &filter, &people, &caller))
}

/// Does something with a work item: `start`, `finish`, `dismiss`, `reopen`, `assign`, `due` or `snooze`.
#[server(endpoint = "change_work_item")]
pub async fn change_work_item(id: WorkItemId, step: String, #[server(default)] fields: BTreeMap<String, String>) -> Result<(), AppError> {
    use crate::{convert::finance, ctx};
    let caller = ctx::caller()?;
    // The list has a form an item: the answer says whose it was.
    let of_item = |mut error: AppError| {
        error.field_errors.insert("item".to_owned(), id.to_string());
        ctx::fail_form(error, &fields)
    };
    let change = finance::item_change(&step, &fields).map_err(of_item)?;
    let changed = ctx::services()?.finance.change_item(&caller, id, change).await;
    changed.map(drop).map_err(|error| of_item(ctx::fail(error)))
}

/// AI spend.
#[server(name = ReadSpend, endpoint = "spend")]
pub async fn spend(#[server(default)] filter: SpendFilter) -> Result<SpendView, AppError> {
    use crate::{convert::finance, ctx};
    let (caller, service) = (ctx::caller()?, ctx::services()?.finance.clone());
    let now = service.now();
    let page = service.spend(&caller, 30, now).await.map_err(ctx::fail)?;
    let items = service.work_items(&caller, &services::finance::ItemQuery::default()).await.map_err(ctx::fail)?;
    Ok(finance::spend_view(&page, &items, &filter, now))
}

/// Bills, newest first; `status` narrows them down.
#[server(name = ReadBills, endpoint = "bills")]
pub async fn bills(#[server(default)] status: String) -> Result<BillList, AppError> {
    use crate::{convert::finance, ctx};
    let query = services::finance::BillQuery { status: status.parse().ok(), ..Default::default() };
    let service = ctx::services()?.finance.clone();
    let rows = service.bills(&ctx::caller()?, &query).await.map_err(ctx::fail)?;
    Ok(finance::bill_list(&rows, service.now().date()))
}

/// A bill.
#[server(name = ReadBill, endpoint = "bill")]
pub async fn bill(id: BillId) -> Result<BillView, AppError> {
    use crate::{convert::finance, ctx};
    let caller = ctx::caller()?;
    let page = ctx::services()?.finance.bill(&caller, id).await.map_err(ctx::fail)?;
    Ok(finance::bill_view(&page, caller.may(vocab::Permission::ManageFinance)))
}

/// Enters the vendor's invoice in a draft.
#[server(endpoint = "confirm_bill")]
pub async fn confirm_bill(id: BillId, version: i64, fields: BTreeMap<String, String>) -> Result<(), AppError> {
    use crate::{convert::finance, ctx};
    let caller = ctx::caller()?;
    caller.require(vocab::Permission::ManageFinance).map_err(|refused| ctx::fail(refused.into()))?;
    let edit = finance::bill_edit(&fields).map_err(|error| ctx::fail_form(error, &fields))?;
    let saved = ctx::services()?.finance.confirm_bill(&caller, id, version, edit).await;
    saved.map(drop).map_err(|error| ctx::fail_form(ctx::fail(error), &fields))
}

/// Takes a bill a step on: `submit`, `approve`, `reject`, `pay`, `void` or `redraft`.
#[server(endpoint = "bill_step")]
pub async fn bill_step(
    id: BillId,
    version: i64,
    step: String,
    #[server(default)] reason: String,
    #[server(default)] fields: BTreeMap<String, String>,
) -> Result<(), AppError> {
    use crate::{convert::finance, ctx, wire::ErrorCode};
    let (caller, service) = (ctx::caller()?, ctx::services()?.finance.clone());
    caller.require(vocab::Permission::ManageFinance).map_err(|refused| ctx::fail(refused.into()))?;
    let done = match step.as_str() {
        "submit" => service.submit_bill(&caller, id, version).await,
        "approve" => service.approve_bill(&caller, id, version).await,
        "reject" => service.reject_bill(&caller, id, version, &reason).await,
        "void" => service.void_bill(&caller, id, version, &reason).await,
        "redraft" => service.redraft_bill(&caller, id).await,
        "pay" => {
            let (amount, on) = finance::bill_step(&fields)?;
            service.pay_bill(&caller, id, version, amount, on).await
        }
        _ => return Err(AppError::new(ErrorCode::Protocol, "This page is older than the server. Reload it and try again.")),
    };
    let done = done.map_err(ctx::fail)?;
    ctx::go_to((done.id != id).then(|| crate::routes::bill(done.id)));
    Ok(())
}

/// Finance's scheduled jobs.
#[server(name = ReadFinanceJobs, endpoint = "finance_jobs")]
pub async fn finance_jobs() -> Result<JobList, AppError> {
    use crate::{convert::finance, ctx};
    let caller = ctx::caller()?;
    let rows = ctx::services()?.finance.jobs(&caller).await.map_err(ctx::fail)?;
    Ok(JobList { jobs: finance::jobs(rows, caller.may(vocab::Permission::ManageFinance)), practice: ctx::is_practice() })
}

/// Runs a job now. Only practice mode takes another present in `as_of`.
#[server(endpoint = "run_finance_job")]
pub async fn run_finance_job(job: FinanceJob, #[server(default)] as_of: String) -> Result<(), AppError> {
    use crate::{convert::finance, ctx};
    let caller = ctx::caller()?;
    caller.require(vocab::Permission::ManageFinance).map_err(|refused| ctx::fail(refused.into()))?;
    let as_of = finance::as_of(&as_of)?.filter(|_| ctx::is_practice());
    ctx::services()?.finance.run_job(&caller, job, as_of).await.map(drop).map_err(ctx::fail)
}
