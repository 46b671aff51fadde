//! Where a bill stands, and its way from draft to paid.

use super::{Bill, BillLine};
use crate::finance::contract::Stamp;
use crate::finance::evaluation::Variance;
use crate::finance::money::{Money, MoneyError};
use rust_decimal::Decimal;
use time::Date;
use vocab::UserId;
use vocab::finance::BillStatus;

/// Longest reason for a rejection or a voiding.
const LONGEST_REASON: usize = 1_000;
/// Longest invoice number.
const LONGEST_REF: usize = 120;

/// Where a bill stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BillState {
    /// Prepared.
    Draft {
        /// Why it was sent back, if it was.
        returned: Option<String>,
    },
    /// Submitted.
    AwaitingApproval {
        /// When and by whom.
        submitted: Stamp,
    },
    /// May be paid.
    Approved {
        /// When and by whom.
        approved: Stamp,
    },
    /// Paid in part.
    PartiallyPaid {
        /// When and by whom it was approved.
        approved: Stamp,
        /// How much was paid.
        paid: Money,
    },
    /// Paid.
    Paid {
        /// When and by whom it was approved.
        approved: Stamp,
        /// How much was paid.
        paid: Money,
        /// When the last of it was.
        on: Date,
    },
    /// Ended without payment.
    Void {
        /// When and by whom.
        voided: Stamp,
        /// Why.
        reason: String,
    },
}

/// Who approves, and who may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Approver {
    /// Who approves, and when.
    pub stamp: Stamp,
    /// Who activated the contract it comes from.
    pub activated_by: Option<UserId>,
    /// Must that be somebody else than who drafted, submitted or activated?
    pub separates_duties: bool,
}

/// Why a bill was not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BillRefused {
    /// Somebody else saved first.
    #[error("this bill was changed by somebody else; look at their change first")]
    Stale,
    /// The step does not lead on from where it stands.
    #[error("a bill that is {} cannot become {}", .from.as_str(), .to.as_str())]
    WrongStatus {
        /// Where it stands.
        from: BillStatus,
        /// Where it should have gone.
        to: BillStatus,
    },
    /// An estimate is not an invoice.
    #[error("enter the vendor's invoice number and amounts first; this draft is an estimate")]
    InvoiceMissing,
    /// No or a too long invoice number.
    #[error("an invoice number has 1 to {LONGEST_REF} characters")]
    InvoiceRef,
    /// Nothing to pay.
    #[error("there is nothing to pay on this bill")]
    NothingToPay,
    /// Separation of duties.
    #[error("somebody else must approve: you drafted or submitted this bill, or activated its contract")]
    SamePerson,
    /// More than is due, or nothing.
    #[error("a payment is above 0 and at most {0}")]
    Payment(Money),
    /// No reason, or an essay.
    #[error("say why, in at most {LONGEST_REASON} characters")]
    Reason,
    /// An amount cannot be computed.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl BillRefused {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Stale => "stale_version",
            Self::WrongStatus { .. } => "wrong_status",
            Self::InvoiceMissing => "invoice_missing",
            Self::InvoiceRef => "bad_invoice_ref",
            Self::NothingToPay => "nothing_to_pay",
            Self::SamePerson => "same_person",
            Self::Payment(_) => "bad_payment",
            Self::Reason => "bad_reason",
            Self::Money(error) => error.code(),
        }
    }
}

impl BillState {
    /// The status' word.
    pub const fn status(&self) -> BillStatus {
        match self {
            Self::Draft { .. } => BillStatus::Draft,
            Self::AwaitingApproval { .. } => BillStatus::AwaitingApproval,
            Self::Approved { .. } => BillStatus::Approved,
            Self::PartiallyPaid { .. } => BillStatus::PartiallyPaid,
            Self::Paid { .. } => BillStatus::Paid,
            Self::Void { .. } => BillStatus::Void,
        }
    }

    /// How much was paid.
    pub const fn paid(&self) -> Option<Money> {
        match self {
            Self::PartiallyPaid { paid, .. } | Self::Paid { paid, .. } => Some(*paid),
            Self::Draft { .. } | Self::AwaitingApproval { .. } | Self::Approved { .. } | Self::Void { .. } => None,
        }
    }
}

impl Bill {
    /// Refuses a writer who saw an older version.
    ///
    /// # Errors
    /// [`BillRefused::Stale`].
    pub const fn at_version(&self, version: i64) -> Result<(), BillRefused> {
        if self.version == version { Ok(()) } else { Err(BillRefused::Stale) }
    }

    /// The vendor's invoice has come: its number and lines replace those of the draft. Also says how far its total is from
    /// what was expected.
    ///
    /// # Errors
    /// [`BillRefused::WrongStatus`] for anything but a draft, [`BillRefused::InvoiceRef`], [`BillRefused::Money`] for lines
    /// in another currency.
    pub fn confirm(self, invoice_ref: &str, lines: Vec<BillLine>) -> Result<(Self, Variance), BillRefused> {
        let BillState::Draft { .. } = self.state else { return Err(self.wrong(BillStatus::Draft)) };
        let invoice_ref = Some(invoice_ref.trim()).filter(|text| (1..=LONGEST_REF).contains(&text.chars().count()));
        let invoice_ref = Some(invoice_ref.ok_or(BillRefused::InvoiceRef)?.to_owned());
        let expected = self.total()?;
        let state = self.state.clone();
        let confirmed = Self { invoice_ref, lines, is_estimate: false, ..self };
        let variance = Variance::between(expected.amount(), confirmed.total()?.amount(), Some(Decimal::ONE))?;
        Ok((confirmed.moved(state), variance))
    }

    /// Draft → awaiting approval.
    ///
    /// # Errors
    /// [`BillRefused::WrongStatus`], [`BillRefused::InvoiceMissing`] for an estimate, [`BillRefused::NothingToPay`].
    pub fn submit(self, stamp: Stamp) -> Result<Self, BillRefused> {
        let BillState::Draft { .. } = self.state else { return Err(self.wrong(BillStatus::AwaitingApproval)) };
        if self.is_estimate {
            return Err(BillRefused::InvoiceMissing);
        }
        if !self.total()?.is_positive() {
            return Err(BillRefused::NothingToPay);
        }
        Ok(self.moved(BillState::AwaitingApproval { submitted: stamp }))
    }

    /// Awaiting approval → approved.
    ///
    /// # Errors
    /// [`BillRefused::WrongStatus`], [`BillRefused::SamePerson`].
    pub fn approve(self, approver: Approver) -> Result<Self, BillRefused> {
        let BillState::AwaitingApproval { submitted } = self.state else { return Err(self.wrong(BillStatus::Approved)) };
        let involved = [self.created_by, submitted.by, approver.activated_by];
        if approver.separates_duties && approver.stamp.by.is_some() && involved.contains(&approver.stamp.by) {
            return Err(BillRefused::SamePerson);
        }
        Ok(self.moved(BillState::Approved { approved: approver.stamp }))
    }

    /// Awaiting approval → draft, with a reason.
    ///
    /// # Errors
    /// [`BillRefused::WrongStatus`], [`BillRefused::Reason`].
    pub fn reject(self, reason: &str) -> Result<Self, BillRefused> {
        let BillState::AwaitingApproval { .. } = self.state else { return Err(self.wrong(BillStatus::Draft)) };
        let reason = reason_of(reason)?;
        Ok(self.moved(BillState::Draft { returned: Some(reason) }))
    }

    /// Approved or partially paid → partially paid or paid.
    ///
    /// # Errors
    /// [`BillRefused::WrongStatus`], [`BillRefused::Payment`] for nothing or more than is due, [`BillRefused::Money`] for
    /// another currency.
    pub fn pay(self, amount: Money, on: Date) -> Result<Self, BillRefused> {
        let (BillState::Approved { approved } | BillState::PartiallyPaid { approved, .. }) = self.state else {
            return Err(self.wrong(BillStatus::Paid));
        };
        let due = self.amount_due()?;
        if !amount.is_positive() || amount.compare(due)?.is_gt() {
            return Err(BillRefused::Payment(due));
        }
        let paid = self.amount_paid().plus(amount)?;
        let is_all = amount.compare(due)?.is_eq();
        Ok(self.moved(if is_all { BillState::Paid { approved, paid, on } } else { BillState::PartiallyPaid { approved, paid } }))
    }

    /// Draft, awaiting approval or approved → void. What was paid, even in part, cannot be undone here.
    ///
    /// # Errors
    /// [`BillRefused::WrongStatus`], [`BillRefused::Reason`].
    pub fn void(self, reason: &str, stamp: Stamp) -> Result<Self, BillRefused> {
        match self.state {
            BillState::Draft { .. } | BillState::AwaitingApproval { .. } | BillState::Approved { .. } => {
                let reason = reason_of(reason)?;
                Ok(self.moved(BillState::Void { voided: stamp, reason }))
            }
            BillState::PartiallyPaid { .. } | BillState::Paid { .. } | BillState::Void { .. } => Err(self.wrong(BillStatus::Void)),
        }
    }
}

fn reason_of(text: &str) -> Result<String, BillRefused> {
    let reason = text.trim();
    if (1..=LONGEST_REASON).contains(&reason.chars().count()) { Ok(reason.to_owned()) } else { Err(BillRefused::Reason) }
}
