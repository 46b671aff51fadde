//! A draft bill: an expectation of the vendor's invoice, made from the contract and from final use.

use super::due::DueDraft;
use super::line::LineContent;
use super::payment::due_date;
use super::period::SourceKey;
use super::usage_lines::{self, PeriodUse};
use crate::finance::contract::{Agreed, Contract};
use crate::finance::money::{Currency, Money, MoneyError};
use rust_decimal::Decimal;
use time::Date;
use vocab::finance::{BillLineKind, BillingPeriodKind, ContractStatus, ContractType, Meter, SkipReason, SupplierStatus};

/// What a draft is made with, beside the contract's terms.
#[derive(Debug, Clone, Copy)]
pub struct Drafting<'a> {
    /// The terms.
    pub agreed: &'a Agreed,
    /// What the contract is called on the bill.
    pub title: &'a str,
    /// The contract's payment terms, or else the supplier's.
    pub payment_terms: Option<&'a str>,
    /// The contract's expense account, or else that of the settings.
    pub account_code: Option<&'a str>,
    /// Tax, if anybody has said.
    pub tax: Tax,
}

/// Tax on a supplier's bills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tax {
    /// This much, in percent.
    Rate(Decimal),
    /// Nobody has said: none is added, and the draft says so.
    Unconfirmed,
}

/// A bill to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What it is made from.
    pub source: SourceKey,
    /// Its date.
    pub issue_date: Date,
    /// When it is to be paid.
    pub due_date: Date,
    /// What it is in.
    pub currency: Currency,
    /// Its lines, in order.
    pub lines: Vec<LineContent>,
    /// Are amounts computed from prices?
    pub is_estimate: bool,
    /// What a reviewer should know.
    pub remarks: Vec<Remark>,
}

/// Something a reviewer should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// No tax rate is set.
    TaxNotConfirmed,
    /// Use that could not be priced is missing from the draft.
    Unpriced {
        /// Of which model.
        model_id: String,
        /// Which meter.
        meter: Meter,
    },
}

impl std::fmt::Display for Remark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TaxNotConfirmed => f.write_str("Tax not confirmed."),
            Self::Unpriced { model_id, meter } => write!(f, "Not included, as no price is known: {model_id}, {}.", meter.label()),
        }
    }
}

/// Why there is no draft.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// There should be none.
    #[error("no bill: {0}")]
    Skipped(SkipReason),
    /// An amount cannot be computed.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// What keeps a contract from being billed at all.
pub fn obstacle(contract: &Contract, supplier: SupplierStatus) -> Option<SkipReason> {
    let is_paused = contract.status() == ContractStatus::Suspended;
    if !contract.standing.was_activated() || is_paused {
        Some(SkipReason::NotActive)
    } else if supplier == SupplierStatus::Blocked {
        Some(SkipReason::BlockedSupplier)
    } else if contract.terms.currency.is_none() {
        Some(SkipReason::MissingCurrency)
    } else {
        None
    }
}

impl Drafting<'_> {
    /// Makes the draft that is due. `used` is the final use of the period, for a draft of use.
    ///
    /// # Errors
    /// [`DraftError::Skipped`] with [`SkipReason::ZeroAmount`] when there is nothing to pay, and with
    /// [`SkipReason::PriceMissing`] while nobody can say what there is; [`DraftError::Money`] for amounts beyond what is kept.
    pub fn draft(&self, due: &DueDraft, used: &PeriodUse<'_>) -> Result<Draft, DraftError> {
        let (lines, mut remarks) = match due.key.kind {
            BillingPeriodKind::Fixed => (self.commitment(due)?, Vec::new()),
            BillingPeriodKind::Usage => usage_lines::lines(self.agreed, due.whole, due.active, used)?,
        };
        let total = lines.iter().try_fold(Money::zero(self.agreed.currency), |sum, line| sum.plus(line.net))?;
        if let Some(reason) = self.no_bill(total, &remarks) {
            return Err(DraftError::Skipped(reason));
        }
        let rate = match self.tax {
            Tax::Rate(percent) => percent,
            Tax::Unconfirmed => {
                remarks.push(Remark::TaxNotConfirmed);
                Decimal::ZERO
            }
        };
        let account_code = self.account_code.map(str::to_owned);
        let finish = |line: LineContent| LineContent { account_code: account_code.clone(), ..line }.taxed(rate);
        Ok(Draft {
            source: due.key,
            issue_date: due.issue_date,
            due_date: due_date(due.issue_date, self.payment_terms),
            currency: self.agreed.currency,
            lines: lines.into_iter().map(finish).collect::<Result<_, _>>()?,
            is_estimate: due.key.kind == BillingPeriodKind::Usage && self.agreed.contract_type == ContractType::Metered,
            remarks,
        })
    }

    /// Use without a price is no use without a cost. What lacks to a minimum is not known either then, so that a period
    /// with a minimum waits as a whole.
    fn no_bill(&self, total: Money, remarks: &[Remark]) -> Option<SkipReason> {
        let lacks_price = remarks.iter().any(|remark| matches!(remark, Remark::Unpriced { .. }));
        match (total.is_positive(), lacks_price) {
            (true, true) if self.agreed.minimum.is_some() => Some(SkipReason::PriceMissing),
            (false, true) => Some(SkipReason::PriceMissing),
            (false, false) => Some(SkipReason::ZeroAmount),
            (true, _) => None,
        }
    }

    fn commitment(&self, due: &DueDraft) -> Result<Vec<LineContent>, MoneyError> {
        let fee = self.agreed.fee(due.whole)?.filter(|fee| fee.is_positive());
        let words = || format!("{}, {} to {}", self.title, due.active.start(), due.active.last_day());
        Ok(fee.map(|fee| LineContent::fixed(BillLineKind::Commitment, words(), fee, due.active)).into_iter().collect())
    }
}

impl Draft {
    /// What it comes to, with tax.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`].
    pub fn total(&self) -> Result<Money, MoneyError> {
        self.lines.iter().try_fold(Money::zero(self.currency), |sum, line| sum.plus(line.total()?))
    }

    /// Its remarks as the bill's notes.
    pub fn notes(&self) -> Option<String> {
        let words: Vec<String> = self.remarks.iter().map(ToString::to_string).collect();
        (!words.is_empty()).then(|| words.join(" "))
    }
}
