//! One row of the Cost and Usage dataset, typed: what a kind of row cannot have, it has no place for.

use crate::finance::money::Currency;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use time::OffsetDateTime;
use vocab::finance::{Confidence, UsageSource};

/// Who sells what through which account. The same for all rows of a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The vendor's account number, or else our key of it: `openai:api`.
    pub billing_account_id: String,
    /// A label.
    pub billing_account_name: Option<String>,
    /// `Organization` or `Subscription`.
    pub billing_account_type: AccountType,
    /// What is billed in.
    pub currency: Currency,
    /// Who sends the invoices.
    pub invoice_issuer: String,
    /// Who offers the service.
    pub provider: String,
    /// On whose machines it runs, where that is known.
    pub host: Option<String>,
    /// The vendor's key, the first part of SKUs.
    pub vendor: String,
    /// The product.
    pub service_name: String,
    /// Our contract's number.
    pub contract_ref: String,
    /// How it is signed in to: `api`, `subscription`, …
    pub channel: String,
    /// The vendor's workspace, as id and name.
    pub sub_account: Option<(String, String)>,
    /// Tags that people gave it; keys are prefixed when written.
    pub tags: BTreeMap<String, String>,
}

/// What kind of account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountType {
    /// Use is billed.
    Organization,
    /// A plan is billed.
    Subscription,
}

/// What a row is invoiced on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// The vendor's number, or else our source key: filled on every row.
    pub id: String,
    /// The line of it, where there is one.
    pub detail_id: Option<String>,
    /// First instant of the billing period.
    pub starts: OffsetDateTime,
    /// First instant after it.
    pub ends: OffsetDateTime,
}

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChargeKind {
    /// Use that is billed.
    Metered,
    /// Use that a plan without a published quantity covers.
    Covered,
    /// A fixed amount that comes again.
    Purchase,
    /// One that does not.
    OneTimePurchase,
    /// Use that an allowance covers.
    Included,
    /// What is left of an allowance when its period closes.
    Unused,
    /// Use beyond an allowance.
    Overage,
    /// Use that prepaid credits cover.
    CreditUse,
    /// Tax.
    Tax,
    /// Money back.
    Credit,
    /// A true-up or a correction by hand.
    Adjustment,
}

/// The four costs of a row, in the billing currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Costs {
    /// On the invoice.
    pub billed: Decimal,
    /// With fixed amounts spread over what they pay for.
    pub effective: Decimal,
    /// At list price.
    pub list: Decimal,
    /// At the agreed price.
    pub contracted: Decimal,
}

/// A number of units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity {
    /// How many.
    pub value: Decimal,
    /// Of what.
    pub unit: String,
}

/// How a row is priced. Price times quantity is the cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pricing {
    /// Priced units.
    pub quantity: Quantity,
    /// List price of one.
    pub list: Decimal,
    /// Agreed price of one.
    pub contracted: Decimal,
    /// How the price comes about.
    pub category: PricingCategory,
}

/// How a price comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PricingCategory {
    /// Agreed beforehand.
    Standard,
    /// Floating.
    Dynamic,
    /// Under a commitment.
    Committed,
}

/// Costs in the currency that prices are in: the billing currency, or credits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricingCurrency {
    /// A code, or `Credits`.
    pub name: String,
    /// List and agreed price of one priced unit.
    pub prices: Option<(Decimal, Decimal)>,
    /// Effective cost.
    pub effective: Decimal,
}

/// The allowance a row belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commitment {
    /// Contract and allowance.
    pub id: String,
    /// The allowance alone.
    pub allowance_id: String,
    /// Is a sum of money committed, rather than a quantity?
    pub is_spend: bool,
    /// The plan's name.
    pub name: String,
    /// Units included, used or left.
    pub quantity: Quantity,
    /// Used or left? `None` for the purchase.
    pub is_used: Option<bool>,
}

/// What is sold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sku {
    /// Vendor and model or plan.
    pub id: String,
    /// That with meter or cadence.
    pub price_id: String,
    /// What is measured, `Input Tokens`.
    pub meter: String,
    /// Model, token type and tier, for use.
    pub details: Option<String>,
}

/// A plan, as the thing that was bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// Our own columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Detail {
    /// Which catalogue entry was used.
    pub provider_id: Option<String>,
    /// Which allowance.
    pub allowance_id: Option<String>,
    /// Which model.
    pub model_id: Option<String>,
    /// Which meter.
    pub token_type: Option<String>,
    /// Which agent.
    pub agent_id: Option<String>,
    /// Who measured it.
    pub source: Option<UsageSource>,
    /// How far that can be trusted.
    pub confidence: Option<Confidence>,
    /// Is the period still running, so that figures may change?
    pub is_open: bool,
    /// By which price.
    pub price_fact_id: Option<String>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge<'a> {
    /// Through which account.
    pub account: &'a Account,
    /// On which invoice.
    pub invoice: &'a Invoice,
    /// What it is.
    pub kind: ChargeKind,
    /// Does it correct a period that was invoiced?
    pub is_correction: bool,
    /// First instant.
    pub starts: OffsetDateTime,
    /// First instant after it.
    pub ends: OffsetDateTime,
    /// In words.
    pub description: String,
    /// What it costs.
    pub costs: Costs,
    /// What was used.
    pub consumed: Option<Quantity>,
    /// How it is priced.
    pub pricing: Option<Pricing>,
    /// The same in the currency of prices.
    pub pricing_currency: PricingCurrency,
    /// Its allowance.
    pub commitment: Option<Commitment>,
    /// What is sold.
    pub sku: Option<Sku>,
    /// What was bought.
    pub resource: Option<Resource>,
    /// Who makes the model.
    pub publisher: String,
    /// Our own columns.
    pub detail: Detail,
}

impl ChargeKind {
    /// `ChargeCategory`.
    pub const fn category(self) -> &'static str {
        match self {
            Self::Metered | Self::Covered | Self::Included | Self::Unused | Self::Overage | Self::CreditUse => "Usage",
            Self::Purchase | Self::OneTimePurchase => "Purchase",
            Self::Tax => "Tax",
            Self::Credit => "Credit",
            Self::Adjustment => "Adjustment",
        }
    }

    /// `ChargeFrequency`.
    pub const fn frequency(self) -> &'static str {
        match self {
            Self::Metered | Self::Covered | Self::Included | Self::Unused | Self::Overage | Self::CreditUse => "Usage-Based",
            Self::Purchase | Self::Tax => "Recurring",
            Self::OneTimePurchase | Self::Credit | Self::Adjustment => "One-Time",
        }
    }
}

impl AccountType {
    /// `BillingAccountType`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Organization => "Organization",
            Self::Subscription => "Subscription",
        }
    }
}

impl PricingCategory {
    /// `PricingCategory`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Standard => "Standard",
            Self::Dynamic => "Dynamic",
            Self::Committed => "Committed",
        }
    }
}
