//! `PUT /api/v1/finance/contracts/{id}/terms`, `…/allowances`, `POST …/prices`

use super::contract_views::ContractView;
use super::fields::Fields;
use super::terms::{AllowanceBody, Terms, read_allowances};
use crate::api::extract::{Asking, Body, Id};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::api::v1::words;
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::finance::{Currency, UnitPrice};
use serde::Deserialize;
use services::ServiceError;
use services::finance::PriceEdit;
use time::Date;
use utoipa::ToSchema;
use vocab::finance::{Meter, PriceVariant};
use vocab::{ContractId, Permission, PriceFactId};

/// Other terms.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TermsEdit {
    /// As last read: a change by somebody else since then is refused with 409.
    version: i64,
    terms: Terms,
}

/// Other allowances, in place of those it has.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AllowancesEdit {
    /// As last read.
    version: i64,
    allowances: Vec<AllowanceBody>,
}

/// A price for one meter of a model.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceBody {
    /// As the vendor calls it.
    model_id: String,
    #[schema(value_type = words::Meter)]
    meter: Meter,
    #[schema(value_type = Option<words::PriceVariant>)]
    variant: Option<PriceVariant>,
    /// Exact decimal text.
    price: String,
    /// Units the price is for, for example `1000000`.
    per: String,
    /// ISO 4217.
    currency: String,
    /// First day it holds, in UTC.
    #[schema(format = Date)]
    from: String,
}

/// The end of a price.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceEnd {
    #[schema(value_type = String, format = "uuid")]
    price_id: PriceFactId,
    /// The day after its last, in UTC. One that held for no day goes.
    #[schema(format = Date)]
    until: String,
}

/// Change a contract's terms
///
/// Of a contract in force only what was not agreed with the supplier changes; the rest takes a new version.
#[utoipa::path(
    put,
    path = "/api/v1/finance/contracts/{id}/terms",
    operation_id = "edit_contract_terms",
    tag = "finance",
    params(("id" = String, Path, description = "The contract's id.", format = "uuid")),
    request_body = TermsEdit,
    responses(
        (status = 200, description = "As it is now.", body = ContractView),
        (status = 404, description = "No such contract.", body = ErrorBody),
        (status = 409, description = "Somebody else changed it meanwhile, or it has ended.", body = ErrorBody),
        (status = 422, description = "Fields are wrong, or need a new version.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn terms(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<ContractId>,
    Body(TermsEdit { version, terms }): Body<TermsEdit>,
) -> Result<Json<ContractView>, Problem> {
    caller.require(Permission::ManageFinance).map_err(ServiceError::from)?;
    Ok(Json(state.services.finance.edit_contract(&caller, id, version, terms.read()?).await?.into()))
}

/// Change a draft's allowances
#[utoipa::path(
    put,
    path = "/api/v1/finance/contracts/{id}/allowances",
    operation_id = "edit_contract_allowances",
    tag = "finance",
    params(("id" = String, Path, description = "The contract's id.", format = "uuid")),
    request_body = AllowancesEdit,
    responses(
        (status = 200, description = "As it is now.", body = ContractView),
        (status = 404, description = "No such contract.", body = ErrorBody),
        (status = 409, description = "Somebody else changed it meanwhile, or it has ended.", body = ErrorBody),
        (status = 422, description = "Fields are wrong; one of the second allowance is called `allowances.1.…`.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn allowances(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<ContractId>,
    Body(AllowancesEdit { version, allowances }): Body<AllowancesEdit>,
) -> Result<Json<ContractView>, Problem> {
    caller.require(Permission::ManageFinance).map_err(ServiceError::from)?;
    let currency = state.services.finance.contract(&caller, id).await?.contract.terms.currency;
    let edits = read_allowances(allowances, currency)?;
    Ok(Json(state.services.finance.edit_allowances(&caller, id, version, edits).await?.into()))
}

/// Add a price to a contract
///
/// It ends the contract's price for the same meter that held until then.
#[utoipa::path(
    post,
    path = "/api/v1/finance/contracts/{id}/prices",
    operation_id = "set_contract_price",
    tag = "finance",
    params(("id" = String, Path, description = "The contract's id.", format = "uuid")),
    request_body = PriceBody,
    responses(
        (status = 204, description = "Added."),
        (status = 404, description = "No such contract.", body = ErrorBody),
        (status = 422, description = "A field is wrong.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn price(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<ContractId>,
    Body(body): Body<PriceBody>,
) -> Result<StatusCode, Problem> {
    caller.require(Permission::ManageFinance).map_err(ServiceError::from)?;
    state.services.finance.set_price(&caller, id, body.read()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End a price of a contract
#[utoipa::path(
    post,
    path = "/api/v1/finance/contracts/{id}/prices/end",
    operation_id = "end_contract_price",
    tag = "finance",
    params(("id" = String, Path, description = "The contract's id.", format = "uuid")),
    request_body = PriceEnd,
    responses(
        (status = 204, description = "Ended."),
        (status = 404, description = "The contract has no such price.", body = ErrorBody),
        (status = 422, description = "The day is wrong.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn end_price(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<ContractId>,
    Body(body): Body<PriceEnd>,
) -> Result<StatusCode, Problem> {
    caller.require(Permission::ManageFinance).map_err(ServiceError::from)?;
    let (price, until) = body.read()?;
    state.services.finance.end_price(&caller, id, price, until).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl PriceEnd {
    /// The price, and the day from which it no longer holds.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] for a wrong day.
    pub fn read(&self) -> Result<(PriceFactId, Date), ServiceError> {
        let mut fields = Fields::default();
        let until = fields.date("until", Some(&self.until));
        let until = fields.needed("until", until);
        Ok((self.price_id, fields.done(until)?))
    }
}

impl PriceBody {
    /// The price that is meant.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] naming every wrong field.
    pub fn read(self) -> Result<PriceEdit, ServiceError> {
        let mut fields = Fields::default();
        let price = fields.decimal("price", Some(&self.price));
        let per = fields.decimal("per", Some(&self.per));
        let currency = fields.read("currency", Some(&self.currency), Currency::parse);
        let from = fields.date("from", Some(&self.from));
        let (price, per) = (fields.needed("price", price), fields.needed("per", per));
        let (currency, from) = (fields.needed("currency", currency), fields.needed("from", from));
        let parts = price.zip(per).zip(currency).zip(from);
        let made = parts.and_then(|(((price, per), currency), from)| {
            let price = fields.read("price", Some("price"), |_| UnitPrice::new(price, per, currency))?;
            Some(PriceEdit { model_id: self.model_id, meter: self.meter, variant: self.variant, price, from })
        });
        fields.done(made)
    }
}
