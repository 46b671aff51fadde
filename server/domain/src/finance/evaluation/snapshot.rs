//! One day's figures as they are kept, and what evaluating the same day again does to them.

use super::figures::Figures;
use crate::finance::allowance::AllowanceTerms;
use crate::finance::money::{Currency, Money, QUANTITY_SCALE, rounded};
use crate::finance::period::Period;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use time::Date;
use vocab::finance::{Confidence, UsageSource};
use vocab::{AllowanceId, ContractId, SnapshotId};

/// What a snapshot is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// One allowance.
    Allowance(AllowanceId),
    /// All use of a metered contract.
    Contract,
}

/// A subject at the end of one local day. Quantities are cumulative since the period began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// Whose.
    pub contract_id: ContractId,
    /// Of what.
    pub subject: Subject,
    /// The day, in the contract's zone.
    pub date: Date,
    /// The active days of the period.
    pub period: Period,
    /// Active days that are over.
    pub days_elapsed: u32,
    /// Active days in all.
    pub days_in_period: u32,
    /// Who reported the consumption.
    pub source: UsageSource,
    /// How far it can be trusted.
    pub confidence: Confidence,
    /// Units used since the period began.
    pub consumed: Decimal,
    /// Units included, after proration and rollover; `None` when not disclosed or metered.
    pub included: Option<Decimal>,
    /// The figures that follow, at the scales that are kept.
    pub figures: Option<Figures>,
    /// The contract's currency.
    pub currency: Currency,
    /// What the use would cost at list price, also when the plan includes it; `None` when not known.
    pub usage_cost_estimate: Option<Money>,
    /// Hash of everything that went in.
    pub input_hash: String,
    /// Is the period closed?
    pub is_final: bool,
}

impl Evaluation {
    /// Do both say the same, whatever they were computed from?
    fn says_the_same_as(&self, other: &Self) -> bool {
        let bare = |evaluation: &Self| Self { input_hash: String::new(), is_final: false, ..evaluation.clone() };
        bare(self) == bare(other)
    }
}

/// An evaluation as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Its id.
    pub id: SnapshotId,
    /// What was found.
    pub evaluation: Evaluation,
    /// 1 at first, one more each time a number changed.
    pub revision: u32,
    /// What is remarkable about it.
    pub notes: Vec<Note>,
}

/// Something remarkable about a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum Note {
    /// Less is used than the day before, which a sum can only be after a correction.
    Fell {
        /// The day before.
        before: Decimal,
        /// This day.
        after: Decimal,
    },
    /// Found after the period was closed; the row itself is left as it was.
    Correction {
        /// Units that the closed row has.
        recorded: Decimal,
        /// Units as known now.
        found: Decimal,
        /// When it was found.
        on: Date,
    },
}

/// What is to be written for an evaluation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// A first row, revision 1.
    Insert(Evaluation, Vec<Note>),
    /// Nothing.
    Nothing,
    /// The same numbers from other inputs, or now final: the row without a new revision.
    Refresh(Evaluation),
    /// Other numbers: the same row with this revision.
    Revise(Evaluation, u32, Vec<Note>),
    /// Other numbers for a closed period: a note beside the row, which stays.
    Correct(Note),
}

/// Compares an evaluation with the row of its day and with that of the day before in the same period. `today` dates a
/// correction.
pub fn write_for(existing: Option<&Snapshot>, day_before: Option<&Evaluation>, new: Evaluation, today: Date) -> Write {
    let fell = day_before.filter(|before| before.period == new.period && before.consumed > new.consumed);
    let notes: Vec<Note> = fell.map(|before| Note::Fell { before: before.consumed, after: new.consumed }).into_iter().collect();
    let Some(snapshot) = existing else { return Write::Insert(new, notes) };
    let old = &snapshot.evaluation;
    let same = old.says_the_same_as(&new);
    if old.is_final {
        let correction = Note::Correction { recorded: old.consumed, found: new.consumed, on: today };
        return if same || snapshot.has_correction(new.consumed) { Write::Nothing } else { Write::Correct(correction) };
    }
    match (same, old.input_hash == new.input_hash && old.is_final == new.is_final) {
        (true, true) => Write::Nothing,
        (true, false) => Write::Refresh(new),
        (false, _) => Write::Revise(new, snapshot.revision.saturating_add(1), notes),
    }
}

impl Snapshot {
    /// Units as known now: the row's own, or what the last correction found.
    pub fn corrected_consumption(&self) -> Decimal {
        let mut corrections = self.notes.iter().rev().filter_map(|note| match note {
            Note::Correction { found, .. } => Some(*found),
            Note::Fell { .. } => None,
        });
        corrections.next().unwrap_or(self.evaluation.consumed)
    }

    fn has_correction(&self, found: Decimal) -> bool {
        !self.notes.is_empty() && self.corrected_consumption() == found
    }
}

/// What a snapshot's numbers follow from.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Inputs<'a> {
    /// Version of the contract.
    pub contract_version: i64,
    /// Terms of the allowance.
    pub terms: Option<&'a AllowanceTerms>,
    /// Active days, and the day.
    pub period: Period,
    /// The day.
    pub date: Date,
    /// Who reported it.
    pub source: UsageSource,
    /// Units used.
    pub consumed: Decimal,
    /// Units carried in.
    pub carried_in: Decimal,
    /// List price of the use.
    pub usage_cost: Option<Money>,
}

impl Inputs<'_> {
    /// Their hash: 64 hexadecimal digits, the same for the same values on every machine.
    pub fn hash(&self) -> String {
        let numbers = Self { consumed: self.consumed.normalize(), carried_in: self.carried_in.normalize(), ..*self };
        let text = serde_json::to_vec(&numbers).unwrap_or_default();
        hex::encode(Sha256::digest(text))
    }
}

/// A consumption at the scale that is kept.
pub(super) fn kept(quantity: Decimal) -> Decimal {
    rounded(quantity, QUANTITY_SCALE)
}
