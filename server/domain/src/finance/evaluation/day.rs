//! One subject, one day: from readings and terms to the figures that are kept and the items that follow.

use super::figures::{Figures, FiguresError, Measured};
use super::reading::{Chosen, Reading, choose};
use super::signals::{AllowanceRules, Signal, closing, judge_allowance};
use super::snapshot::{Evaluation, Inputs, Subject, kept};
use super::window::Window;
use crate::finance::allowance::Allowance;
use crate::finance::contract::Agreed;
use crate::finance::money::{Currency, Money, PRICE_SCALE, UnitPrice, rounded};
use rust_decimal::Decimal;
use vocab::ContractId;
use vocab::finance::UsageSource;

/// What is known of a contract's day, whatever is evaluated of it.
#[derive(Debug, Clone, Copy)]
pub struct ContractDay<'a> {
    /// Whose.
    pub contract_id: ContractId,
    /// Which version of it.
    pub contract_version: i64,
    /// Its currency.
    pub currency: Currency,
    /// The period and the day.
    pub window: Window,
    /// All consumption figures of the period up to the day.
    pub readings: &'a [Reading],
    /// The same use at list price, where every part of it has one.
    pub usage_cost: Option<Money>,
    /// Is the period to be closed?
    pub is_final: bool,
}

/// What is known of an allowance beside that.
#[derive(Debug, Clone, Copy)]
pub struct AllowanceDay<'a> {
    /// The day.
    pub day: ContractDay<'a>,
    /// The allowance.
    pub allowance: &'a Allowance,
    /// What was agreed.
    pub agreed: &'a Agreed,
    /// Units carried in from the period before.
    pub carried_in: Decimal,
}

/// What came of a day: the row to keep, and the figures in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The row.
    pub evaluation: Evaluation,
    /// What the figures were computed from.
    pub measured: Measured,
    /// The figures; `None` when no quantity is disclosed.
    pub figures: Option<Figures>,
    /// Our own consumption, when the vendor's figure counts instead.
    pub ours: Option<Decimal>,
}

impl AllowanceDay<'_> {
    /// Evaluates the day. `None` when nobody reported anything, which is no data rather than zero.
    ///
    /// # Errors
    /// [`FiguresError`].
    pub fn evaluate(&self) -> Result<Option<Outcome>, FiguresError> {
        let day = &self.day;
        let Some(chosen) = choose(day.readings, day.window.elapsed()) else { return Ok(None) };
        let terms = &self.allowance.terms;
        let measured = Measured {
            included: day.window.included(terms, self.carried_in)?,
            consumed: chosen.reading.quantity,
            elapsed: day.window.elapsed(),
            days: day.window.days(),
            commitment: day.window.commitment(self.agreed, terms)?,
            valuation: terms.valuation,
            list_price: day.blended_price(),
            overage: terms.overage,
        };
        let figures = measured.figures()?;
        let subject = Subject::Allowance(self.allowance.id);
        let inputs = Inputs { terms: Some(terms), carried_in: self.carried_in, ..day.inputs(&chosen) };
        let row = day.row(subject, &chosen, &inputs);
        let evaluation = Evaluation { included: measured.included.map(kept), figures: figures.map(|figures| figures.stored()), ..row };
        Ok(Some(Outcome { evaluation, measured, figures, ours: chosen.ours }))
    }
}

impl ContractDay<'_> {
    /// Evaluates a metered contract as a whole: it has use and its cost, and nothing included. `None` without any reading.
    ///
    /// # Errors
    /// [`FiguresError::NegativeUsage`].
    pub fn evaluate(&self) -> Result<Option<Evaluation>, FiguresError> {
        let Some(chosen) = choose(self.readings, self.window.elapsed()) else { return Ok(None) };
        if chosen.reading.quantity < Decimal::ZERO {
            return Err(FiguresError::NegativeUsage);
        }
        Ok(Some(self.row(Subject::Contract, &chosen, &self.inputs(&chosen))))
    }

    fn inputs(&self, chosen: &Chosen) -> Inputs<'static> {
        Inputs {
            contract_version: self.contract_version,
            terms: None,
            period: self.window.active(),
            date: self.window.day(),
            source: chosen.reading.source,
            consumed: chosen.reading.quantity,
            carried_in: Decimal::ZERO,
            usage_cost: self.usage_cost,
        }
    }

    fn row(&self, subject: Subject, chosen: &Chosen, inputs: &Inputs<'_>) -> Evaluation {
        Evaluation {
            contract_id: self.contract_id,
            subject,
            date: self.window.day(),
            period: self.window.active(),
            days_elapsed: self.window.elapsed(),
            days_in_period: self.window.days(),
            source: chosen.reading.source,
            confidence: chosen.confidence,
            consumed: kept(chosen.reading.quantity),
            included: None,
            figures: None,
            currency: self.currency,
            usage_cost_estimate: self.usage_cost.map(Money::to_stored),
            input_hash: inputs.hash(),
            is_final: self.is_final,
        }
    }

    /// List price of the mix that went through us, as price for as many units as went.
    fn blended_price(&self) -> Option<UnitPrice> {
        let observed = self.readings.iter().find(|reading| reading.source == UsageSource::InternalObserved)?;
        let cost = self.usage_cost?;
        UnitPrice::new(rounded(cost.amount(), PRICE_SCALE), kept(observed.quantity), cost.currency()).ok()
    }
}

impl Outcome {
    /// The items that follow. A closed period closes its items; one without a disclosed quantity has none.
    ///
    /// # Errors
    /// [`FiguresError`].
    pub fn signals(&self, rules: &AllowanceRules) -> Result<Vec<Signal>, FiguresError> {
        if self.evaluation.is_final {
            return Ok(closing().to_vec());
        }
        let Some(figures) = &self.figures else { return Ok(Vec::new()) };
        Ok(judge_allowance(&self.measured, figures, rules)?.to_vec())
    }
}
