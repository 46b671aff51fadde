//! Bills in accounts payable: what is due for a billing period, the draft that is made of it, and how a draft becomes a paid
//! bill. Purser drafts; people submit, approve and pay.

pub mod draft;
pub mod due;
pub mod fee;
pub mod line;
pub mod payment;
pub mod period;
pub mod state;
pub mod usage_lines;

pub use draft::{Draft, DraftError, Drafting, Remark, Tax, obstacle};
pub use due::{BillingProgress, DueDraft};
pub use fee::prorated;
pub use line::{BillLine, LineContent};
pub use payment::due_date;
pub use period::{BillingPeriod, PeriodState, RedraftRefused, SourceKey, redraft};
pub use state::{Approver, BillRefused, BillState};
pub use usage_lines::{MeterUse, OverageUse, PeriodUse};

use super::money::{Currency, Money, MoneyError};
use time::Date;
use vocab::finance::{BillLineKind, BillStatus};
use vocab::{BillId, SupplierId, UserId};

/// A bill of a supplier. Its amounts are those of its lines, so they always agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bill {
    /// Its id.
    pub id: BillId,
    /// What people call it by: `BILL-2026-000042`.
    pub number: String,
    /// Whose.
    pub supplier_id: SupplierId,
    /// Where it stands.
    pub state: BillState,
    /// The vendor's invoice number, once it is known.
    pub invoice_ref: Option<String>,
    /// What it was drafted from; `None` for one that a person entered.
    pub source: Option<SourceKey>,
    /// Its date.
    pub issue_date: Date,
    /// When it is to be paid.
    pub due_date: Date,
    /// What it is in.
    pub currency: Currency,
    /// What it is for, in order.
    pub lines: Vec<BillLine>,
    /// Are amounts computed from prices, rather than taken from a contract or an invoice?
    pub is_estimate: bool,
    /// Free words.
    pub notes: Option<String>,
    /// Who made it; nobody means Purser itself.
    pub created_by: Option<UserId>,
    /// Grows by one with every write; a stale writer is refused.
    pub version: i64,
}

impl Bill {
    /// Number `sequence` of a year. There is one sequence for all bills.
    pub fn number(year: i32, sequence: u64) -> String {
        format!("BILL-{year:04}-{sequence:06}")
    }

    /// Its status.
    pub const fn status(&self) -> BillStatus {
        self.state.status()
    }

    /// Sum of its lines before tax. A line that states tax is not among them.
    ///
    /// # Errors
    /// [`MoneyError`], when lines are in several currencies or too large together.
    pub fn subtotal(&self) -> Result<Money, MoneyError> {
        let lines = self.lines.iter().filter(|line| line.content.kind != BillLineKind::Tax);
        lines.map(|line| line.content.net).try_fold(Money::zero(self.currency), Money::plus)
    }

    /// Tax on its lines, and lines that state tax.
    ///
    /// # Errors
    /// As [`subtotal`](Self::subtotal).
    pub fn tax(&self) -> Result<Money, MoneyError> {
        let stated = self.lines.iter().filter(|line| line.content.kind == BillLineKind::Tax).map(|line| line.content.net);
        let on_lines = self.lines.iter().map(|line| line.content.tax);
        on_lines.chain(stated).try_fold(Money::zero(self.currency), Money::plus)
    }

    /// What it comes to.
    ///
    /// # Errors
    /// As [`subtotal`](Self::subtotal).
    pub fn total(&self) -> Result<Money, MoneyError> {
        self.subtotal()?.plus(self.tax()?)
    }

    /// What is still to be paid; nothing of a void one.
    ///
    /// # Errors
    /// As [`subtotal`](Self::subtotal).
    pub fn amount_due(&self) -> Result<Money, MoneyError> {
        match &self.state {
            BillState::Paid { .. } | BillState::Void { .. } => Ok(Money::zero(self.currency)),
            BillState::PartiallyPaid { paid, .. } => self.total()?.minus(*paid),
            BillState::Draft { .. } | BillState::AwaitingApproval { .. } | BillState::Approved { .. } => self.total(),
        }
    }

    /// What has been paid.
    pub fn amount_paid(&self) -> Money {
        self.state.paid().unwrap_or(Money::zero(self.currency))
    }

    fn moved(mut self, state: BillState) -> Self {
        self.state = state;
        self.version += 1;
        self
    }

    const fn wrong(&self, to: BillStatus) -> BillRefused {
        BillRefused::WrongStatus { from: self.status(), to }
    }
}

#[cfg(test)]
mod draft_tests;
#[cfg(test)]
mod due_tests;
#[cfg(test)]
mod state_tests;
