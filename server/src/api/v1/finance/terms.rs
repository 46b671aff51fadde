//! A contract's terms and allowances on the wire. Numbers are exact decimal text, dates `2026-11-23`.

use super::fields::{Fields, trimmed};
use crate::api::v1::words;
use domain::finance::allowance::{Allowance, AllowanceTerms, Scope, Thresholds, Valuation};
use domain::finance::contract::ContractTerms;
use domain::finance::zone::Zone;
use domain::finance::{Currency, UnitPrice};
use serde::{Deserialize, Serialize};
use services::ServiceError;
use services::finance::AllowanceEdit;
use time::Date;
use utoipa::ToSchema;
use vocab::finance::{BillingCadence, BillingTiming, BudgetWindow, ContractType, MetricKey, Proration, ResetInterval, ValuationMethod};
use vocab::{AllowanceId, ProviderId, UserId};

/// What was agreed, as far as it is known.
#[expect(clippy::struct_field_names, reason = "payment terms are a term of their own")]
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    #[schema(value_type = Option<words::ContractType>)]
    contract_type: Option<ContractType>,
    /// Who is accountable.
    #[schema(value_type = Option<String>, format = "uuid")]
    budget_owner: Option<UserId>,
    /// ISO 4217.
    currency: Option<String>,
    #[schema(value_type = Option<words::BillingCadence>)]
    billing_cadence: Option<BillingCadence>,
    #[schema(value_type = words::BillingTiming)]
    billing_timing: BillingTiming,
    /// Fixed amount a billing period.
    commitment_amount: Option<String>,
    /// A subscription that costs nothing, on purpose.
    free_plan: bool,
    /// Least spend a billing period.
    minimum_spend: Option<String>,
    budget_amount: Option<String>,
    #[schema(value_type = words::BudgetWindow)]
    budget_window: BudgetWindow,
    /// May use go on beyond the allowance, at a price?
    allows_overage: bool,
    /// First day.
    #[schema(format = Date)]
    start_date: Option<String>,
    /// Day after the last.
    #[schema(format = Date)]
    end_date: Option<String>,
    #[schema(format = Date)]
    renewal_date: Option<String>,
    notice_days: Option<u16>,
    /// Origin of all periods; the start date unless said otherwise.
    #[schema(format = Date)]
    anchor_date: Option<String>,
    /// IANA name of the zone whose days count.
    time_zone: String,
    #[schema(value_type = words::Proration)]
    proration: Proration,
    #[schema(format = "uri")]
    billing_url: Option<String>,
    #[schema(format = "uri")]
    usage_url: Option<String>,
    /// Other terms than the supplier's, for example `Net 14`.
    payment_terms: Option<String>,
    account_code: Option<String>,
    notes: Option<String>,
}

impl Terms {
    /// What the words mean.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] with every field that cannot be read.
    pub fn read(self) -> Result<ContractTerms, ServiceError> {
        let mut fields = Fields::default();
        let time_zone = fields.read("time_zone", Some(&self.time_zone), Zone::named);
        let terms = ContractTerms {
            contract_type: self.contract_type,
            budget_owner: self.budget_owner,
            currency: fields.read("currency", self.currency.as_deref(), Currency::parse),
            cadence: self.billing_cadence,
            timing: self.billing_timing,
            commitment_amount: fields.decimal("commitment_amount", self.commitment_amount.as_deref()),
            free_plan: self.free_plan,
            minimum_spend: fields.decimal("minimum_spend", self.minimum_spend.as_deref()),
            budget_amount: fields.decimal("budget_amount", self.budget_amount.as_deref()),
            budget_window: self.budget_window,
            allows_overage: self.allows_overage,
            start_date: fields.date("start_date", self.start_date.as_deref()),
            end_date: fields.date("end_date", self.end_date.as_deref()),
            renewal_date: fields.date("renewal_date", self.renewal_date.as_deref()),
            notice_days: self.notice_days,
            anchor_date: fields.date("anchor_date", self.anchor_date.as_deref()),
            time_zone: time_zone.unwrap_or(Zone::utc()),
            proration: self.proration,
            billing_url: fields.word("billing_url", self.billing_url.as_deref()),
            usage_url: fields.word("usage_url", self.usage_url.as_deref()),
            payment_terms: trimmed(self.payment_terms),
            account_code: trimmed(self.account_code),
            notes: trimmed(self.notes),
        };
        fields.done(Some(terms))
    }
}

impl From<&ContractTerms> for Terms {
    fn from(terms: &ContractTerms) -> Self {
        let day = |day: Option<Date>| day.map(|day| day.to_string());
        Self {
            contract_type: terms.contract_type,
            budget_owner: terms.budget_owner,
            currency: terms.currency.map(|currency| currency.code().to_owned()),
            billing_cadence: terms.cadence,
            billing_timing: terms.timing,
            commitment_amount: terms.commitment_amount.map(|amount| amount.to_string()),
            free_plan: terms.free_plan,
            minimum_spend: terms.minimum_spend.map(|amount| amount.to_string()),
            budget_amount: terms.budget_amount.map(|amount| amount.to_string()),
            budget_window: terms.budget_window,
            allows_overage: terms.allows_overage,
            start_date: day(terms.start_date),
            end_date: day(terms.end_date),
            renewal_date: day(terms.renewal_date),
            notice_days: terms.notice_days,
            anchor_date: day(terms.anchor_date),
            time_zone: terms.time_zone.name().to_owned(),
            proration: terms.proration,
            billing_url: terms.billing_url.as_ref().map(ToString::to_string),
            usage_url: terms.usage_url.as_ref().map(ToString::to_string),
            payment_terms: terms.payment_terms.clone(),
            account_code: terms.account_code.clone(),
            notes: terms.notes.clone(),
        }
    }
}

/// What a contract includes.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AllowanceBody {
    /// Which one it was; `null` for a new one.
    #[schema(value_type = Option<String>, format = "uuid")]
    id: Option<AllowanceId>,
    name: String,
    #[schema(value_type = words::MetricKey)]
    metric_key: MetricKey,
    /// Only the use of these providers; empty: of all that are covered.
    #[schema(value_type = Vec<String>)]
    #[serde(default)]
    providers: Vec<ProviderId>,
    /// Only the use of these models; empty: of all.
    #[serde(default)]
    models: Vec<String>,
    /// In words, plural, for example `Tokens`.
    usage_unit: String,
    /// Units a period; `null` exactly when the vendor does not disclose it.
    included_quantity: Option<String>,
    #[schema(value_type = words::ResetInterval)]
    reset_interval: ResetInterval,
    /// Most that is carried into the next period.
    rollover_cap: Option<String>,
    /// Is a partial period given only its share?
    #[serde(default)]
    prorate_included: bool,
    /// Price of [`AllowanceBody::overage_price_per`] units beyond it, in the contract's currency.
    overage_price: Option<String>,
    /// 1 unless said otherwise.
    overage_price_per: Option<String>,
    #[schema(value_type = words::ValuationMethod)]
    valuation_method: ValuationMethod,
    /// Needed by `unit_value`.
    unit_value: Option<String>,
    /// Its share of the commitment, above 0 and at most 1; `null` for the only allowance.
    commitment_weight: Option<String>,
    /// Remaining of included, in percent; 25 unless said otherwise.
    low_threshold_pct: Option<String>,
    /// Remaining of included, in percent; 10 unless said otherwise.
    critical_threshold_pct: Option<String>,
    /// Projected utilisation, in percent; 75 unless said otherwise.
    underuse_threshold_pct: Option<String>,
}

/// Reads allowances; what is wrong with the second one is called `allowances.1.…`.
///
/// # Errors
/// [`ServiceError::Invalid`] with every field that cannot be read.
pub fn read_allowances(bodies: Vec<AllowanceBody>, currency: Option<Currency>) -> Result<Vec<AllowanceEdit>, ServiceError> {
    let mut fields = Fields::default();
    let edits = bodies.into_iter().enumerate().map(|(index, body)| body.read(index, currency, &mut fields)).collect();
    fields.done(edits)
}

impl AllowanceBody {
    fn read(self, index: usize, currency: Option<Currency>, fields: &mut Fields) -> Option<AllowanceEdit> {
        let name = |field: &str| format!("allowances.{index}.{field}");
        let usual = Thresholds::default();
        let unit_value = fields.decimal(&name("unit_value"), self.unit_value.as_deref());
        let valuation = Valuation::from_parts(self.valuation_method, unit_value);
        let thresholds = Thresholds {
            low: fields.decimal(&name("low_threshold_pct"), self.low_threshold_pct.as_deref()).unwrap_or(usual.low),
            critical: fields.decimal(&name("critical_threshold_pct"), self.critical_threshold_pct.as_deref()).unwrap_or(usual.critical),
            underuse: fields.decimal(&name("underuse_threshold_pct"), self.underuse_threshold_pct.as_deref()).unwrap_or(usual.underuse),
        };
        let overage = self.overage(&name("overage_price"), currency, fields);
        let terms = AllowanceTerms {
            metric: self.metric_key,
            included: fields.decimal(&name("included_quantity"), self.included_quantity.as_deref()),
            reset: self.reset_interval,
            rollover_cap: fields.decimal(&name("rollover_cap"), self.rollover_cap.as_deref()),
            prorate_included: self.prorate_included,
            overage,
            valuation: fields.needed(&name("unit_value"), valuation)?,
            weight: fields.decimal(&name("commitment_weight"), self.commitment_weight.as_deref()),
            thresholds,
            sort_order: 0,
            name: self.name.trim().to_owned(),
            unit: self.usage_unit.trim().to_owned(),
            scope: Scope { providers: self.providers, models: self.models },
        };
        Some(AllowanceEdit { id: self.id, terms })
    }

    fn overage(&self, field: &str, currency: Option<Currency>, fields: &mut Fields) -> Option<UnitPrice> {
        let price = fields.decimal(field, self.overage_price.as_deref())?;
        let per = fields.decimal(field, Some(self.overage_price_per.as_deref().unwrap_or("1")))?;
        let currency = currency.ok_or("enter the contract's currency first");
        let made = |_: &str| UnitPrice::new(price, per, currency.map_err(str::to_owned)?).map_err(|error| error.to_string());
        fields.read(field, Some("price"), made)
    }
}

impl From<&Allowance> for AllowanceBody {
    fn from(allowance: &Allowance) -> Self {
        let terms = &allowance.terms;
        Self {
            id: Some(allowance.id),
            name: terms.name.clone(),
            metric_key: terms.metric,
            providers: terms.scope.providers.clone(),
            models: terms.scope.models.clone(),
            usage_unit: terms.unit.clone(),
            included_quantity: terms.included.map(|quantity| quantity.to_string()),
            reset_interval: terms.reset,
            rollover_cap: terms.rollover_cap.map(|quantity| quantity.to_string()),
            prorate_included: terms.prorate_included,
            overage_price: terms.overage.map(|price| price.price().to_string()),
            overage_price_per: terms.overage.map(|price| price.per().to_string()),
            valuation_method: terms.valuation.method(),
            unit_value: terms.valuation.unit_value().map(|value| value.to_string()),
            commitment_weight: terms.weight.map(|weight| weight.to_string()),
            low_threshold_pct: Some(terms.thresholds.low.to_string()),
            critical_threshold_pct: Some(terms.thresholds.critical.to_string()),
            underuse_threshold_pct: Some(terms.thresholds.underuse.to_string()),
        }
    }
}
