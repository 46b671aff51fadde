//! Contracts and allowances for tests, each with as little as it needs.

use super::allowance::{AllowanceTerms, Scope, Thresholds, Valuation};
use super::contract::Agreed;
use super::money::Money;
use super::period::Span;
use super::zone::Zone;
use rust_decimal::Decimal;
use time::Date;
use uuid::Uuid;
use vocab::UserId;
use vocab::finance::{BillingCadence, BillingTiming, BudgetWindow, ContractType, MetricKey, Proration, ResetInterval};

/// A number, as text.
pub fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// An amount, as text with its currency: `500.00 USD`.
pub fn money(text: &str) -> Money {
    let (amount, code) = text.split_once(' ').unwrap();
    Money::new(dec(amount), code.parse().unwrap()).unwrap()
}

/// A hybrid contract in advance, without proration, minimum, budget or overage, in UTC.
pub fn agreed(cadence: BillingCadence, commitment: Money, span: Span, anchor: Date) -> Agreed {
    Agreed {
        contract_type: ContractType::Hybrid,
        budget_owner: UserId::new(Uuid::nil()),
        currency: commitment.currency(),
        cadence,
        timing: BillingTiming::Advance,
        commitment,
        minimum: None,
        budget: None,
        budget_window: BudgetWindow::Monthly,
        allows_overage: false,
        span,
        anchor,
        time_zone: Zone::utc(),
        proration: Proration::None,
    }
}

/// A million tokens a period.
pub fn allowance_terms(reset: ResetInterval) -> AllowanceTerms {
    AllowanceTerms {
        name: "Included tokens".into(),
        metric: MetricKey::TotalTokens,
        scope: Scope::default(),
        unit: "Tokens".into(),
        included: Some(Decimal::from(1_000_000)),
        reset,
        rollover_cap: None,
        prorate_included: false,
        overage: None,
        valuation: Valuation::CommitmentFirst,
        weight: None,
        thresholds: Thresholds::default(),
        sort_order: 0,
    }
}
