//! What was agreed, as far as it is known.

use super::agreed::Agreed;
use crate::finance::money::{Currency, Money};
use crate::finance::period::Span;
use crate::finance::zone::Zone;
use rust_decimal::Decimal;
use time::Date;
use url::Url;
use vocab::UserId;
use vocab::finance::{BillingCadence, BillingTiming, BudgetWindow, ContractType, Proration};

/// The terms of a contract. Amounts are in [`ContractTerms::currency`]; they can be entered before it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractTerms {
    /// How it is paid for.
    pub contract_type: Option<ContractType>,
    /// Who is accountable and gets its work items.
    pub budget_owner: Option<UserId>,
    /// What it bills in.
    pub currency: Option<Currency>,
    /// How often it bills.
    pub cadence: Option<BillingCadence>,
    /// When the fixed amount is due.
    pub timing: BillingTiming,
    /// Fixed amount a billing period.
    pub commitment_amount: Option<Decimal>,
    /// A subscription that costs nothing, on purpose.
    pub free_plan: bool,
    /// Least spend a billing period.
    pub minimum_spend: Option<Decimal>,
    /// What Finance means to spend a window.
    pub budget_amount: Option<Decimal>,
    /// The window.
    pub budget_window: BudgetWindow,
    /// May use go on beyond the allowance, at a price?
    pub allows_overage: bool,
    /// First day.
    pub start_date: Option<Date>,
    /// Day after the last.
    pub end_date: Option<Date>,
    /// When it renews by itself.
    pub renewal_date: Option<Date>,
    /// Days before that on which notice must have been given.
    pub notice_days: Option<u16>,
    /// Origin of all periods; the start date unless said otherwise.
    pub anchor_date: Option<Date>,
    /// Whose days count.
    pub time_zone: Zone,
    /// What a partial billing period costs.
    pub proration: Proration,
    /// Where the bills are.
    pub billing_url: Option<Url>,
    /// Where the use is shown.
    pub usage_url: Option<Url>,
    /// Other terms than the supplier's, for example `Net 14`.
    pub payment_terms: Option<String>,
    /// Expense account.
    pub account_code: Option<String>,
    /// Free words.
    pub notes: Option<String>,
}

impl ContractTerms {
    /// Nothing known yet: billed in advance, without proration, no overage, a monthly budget window.
    pub const fn unknown(time_zone: Zone) -> Self {
        Self {
            contract_type: None,
            budget_owner: None,
            currency: None,
            cadence: None,
            timing: BillingTiming::Advance,
            commitment_amount: None,
            free_plan: false,
            minimum_spend: None,
            budget_amount: None,
            budget_window: BudgetWindow::Monthly,
            allows_overage: false,
            start_date: None,
            end_date: None,
            renewal_date: None,
            notice_days: None,
            anchor_date: None,
            time_zone,
            proration: Proration::None,
            billing_url: None,
            usage_url: None,
            payment_terms: None,
            account_code: None,
            notes: None,
        }
    }

    /// The fixed amount a billing period, once amount and currency are known.
    pub fn commitment(&self) -> Option<Money> {
        self.money(self.commitment_amount)
    }

    /// The budget of one window, once amount and currency are known.
    pub fn budget(&self) -> Option<Money> {
        self.money(self.budget_amount)
    }

    /// The least spend a billing period, once amount and currency are known.
    pub fn minimum(&self) -> Option<Money> {
        self.money(self.minimum_spend)
    }

    /// The fixed amount of one month, unrounded: to compare contracts by, never to bill.
    pub fn monthly_equivalent(&self) -> Option<Money> {
        let months = Decimal::from(self.cadence?.months());
        self.commitment()?.share(Decimal::ONE, months).ok()
    }

    /// The terms without their gaps; `None` while one of those that every contract needs is open.
    pub fn agreed(&self) -> Option<Agreed> {
        let (currency, start) = (self.currency?, self.start_date?);
        Some(Agreed {
            contract_type: self.contract_type?,
            budget_owner: self.budget_owner?,
            currency,
            cadence: self.cadence?,
            timing: self.timing,
            commitment: self.commitment().unwrap_or(Money::zero(currency)),
            minimum: self.minimum(),
            budget: self.budget(),
            budget_window: self.budget_window,
            allows_overage: self.allows_overage,
            span: Span::new(start, self.end_date).ok()?,
            anchor: self.anchor_date.unwrap_or(start),
            time_zone: self.time_zone.clone(),
            proration: self.proration,
        })
    }

    fn money(&self, amount: Option<Decimal>) -> Option<Money> {
        Money::new(amount?, self.currency?).ok()
    }
}
