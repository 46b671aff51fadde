//! The rows of a term in a FOCUS file.

use super::export_term::{Billed, ResetUse, Rows, Term};
use domain::finance::allowance::Allowance;
use domain::finance::focus::Charge;
use domain::finance::focus::charges::{AllowanceCharges, BillCharges, Fee, Plan, Reset, covered, metered, settle};
use domain::finance::money::ratio;
use domain::finance::{Money, MoneyError};
use rust_decimal::Decimal;
use vocab::finance::{BillLineKind, BillingPeriodKind, MetricKey, Proration};

impl Term {
    /// Every row of the term.
    pub(super) fn rows(&self) -> Result<Rows<'_>, MoneyError> {
        let (mut rows, mut omitted) = (Vec::new(), Vec::new());
        let weights = self.weights();
        let shares: Vec<Vec<Money>> = self.billed.iter().map(|billed| billed.fee.allocate(&weights)).collect::<Result<_, _>>()?;
        for (at, (allowance, resets)) in self.allowances.iter().enumerate() {
            rows.extend(self.of_allowance(at, allowance, resets, &shares)?);
        }
        for (billed, shares) in self.billed.iter().zip(&shares) {
            rows.extend(self.plain_fee(billed, shares)?);
            rows.extend(self.plain_use(billed)?);
            let (of_use, left_out) = self.metered_use(billed)?;
            rows.extend(of_use);
            omitted.extend(left_out);
        }
        for (invoice, bill) in self.invoices() {
            let charges = BillCharges { account: &self.account, invoice, zone: &self.agreed.time_zone, lines: &bill.lines };
            rows.extend(charges.rows()?);
        }
        Ok((rows, omitted))
    }

    /// How the fixed amount is divided: over the allowances, and what is not counted from here.
    fn weights(&self) -> Vec<Decimal> {
        let rest = if self.allowances.is_empty() { Decimal::ONE } else { self.uncounted.max(Decimal::ZERO) };
        self.allowances.iter().map(|(allowance, _)| allowance.terms.weight_or_all()).chain([rest]).collect()
    }

    fn plan(&self) -> Plan<'_> {
        Plan { account: &self.account, name: &self.plan, cadence: self.agreed.cadence, zone: &self.agreed.time_zone }
    }

    fn of_allowance<'a>(
        &'a self,
        at: usize,
        allowance: &'a Allowance,
        resets: &'a [ResetUse],
        shares: &[Vec<Money>],
    ) -> Result<Vec<Charge<'a>>, MoneyError> {
        let zero = Money::zero(self.agreed.currency);
        let fees: Vec<Fee<'a>> = self
            .billed
            .iter()
            .zip(shares)
            .map(|(billed, shares)| Fee { invoice: &billed.fixed, service: billed.active, amount: shares.get(at).copied().unwrap_or(zero) })
            .collect();
        let total = fees.iter().try_fold(zero, |sum, fee| sum.plus(fee.amount))?;
        let weights = resets.iter().map(|reset| match self.agreed.proration {
            Proration::None => Ok(Decimal::ONE),
            Proration::Daily => ratio(Decimal::ONE, reset.active.days().into(), Decimal::ONE),
        });
        let parts = total.allocate(&weights.collect::<Result<Vec<_>, _>>()?)?;
        let resets = resets.iter().zip(parts).filter(|(reset, _)| reset.included > Decimal::ZERO);
        let charges = AllowanceCharges {
            plan: self.plan(),
            allowance_id: allowance.id,
            unit: allowance.terms.unit.clone(),
            is_spend: allowance.terms.metric == MetricKey::Spend,
            fees,
            resets: resets.filter_map(|(reset, share)| self.reset(allowance, reset, share)).collect(),
            overage: allowance.terms.overage,
        };
        charges.rows()
    }

    fn reset<'a>(&'a self, allowance: &Allowance, reset: &ResetUse, share: Money) -> Option<Reset<'a>> {
        let last = self.billed.iter().find(|billed| billed.active.contains(reset.active.last_day())).or(self.billed.last())?;
        let of_reset = |line: &domain::finance::bill::LineContent| {
            line.kind == BillLineKind::Overage && line.allowance_id == Some(allowance.id) && line.service == Some(reset.active)
        };
        let overage_billed = last.bill(BillingPeriodKind::Usage).and_then(|_| last.sum(self.agreed.currency, of_reset).ok());
        Some(Reset {
            active: reset.active,
            included: reset.included,
            share,
            is_closed: reset.is_closed,
            uses: reset.uses.clone(),
            overage_invoice: &last.usage,
            overage_billed,
        })
    }

    /// The part of the fee that no allowance stands against.
    fn plain_fee<'a>(&'a self, billed: &'a Billed, shares: &[Money]) -> Result<Vec<Charge<'a>>, MoneyError> {
        let Some(amount) = shares.last().copied().filter(|amount| amount.is_positive()) else { return Ok(Vec::new()) };
        Ok(vec![self.plan().purchase(&Fee { invoice: &billed.fixed, service: billed.active, amount })?])
    }

    /// Use that the plan covers without counting it.
    fn plain_use<'a>(&'a self, billed: &'a Billed) -> Result<Vec<Charge<'a>>, MoneyError> {
        let of_period: Vec<_> = self.covered.iter().filter(|used| billed.active.contains(used.day)).cloned().collect();
        let within = of_period.into_iter().chain(billed.metered.within.iter().cloned()).collect::<Vec<_>>();
        covered(&self.account, &billed.fixed, &self.agreed.time_zone, &within, !billed.is_closed)
    }

    fn metered_use<'a>(&'a self, billed: &'a Billed) -> Result<Rows<'a>, MoneyError> {
        let (mut rows, omitted) = metered(&self.account, &billed.usage, &self.agreed.time_zone, &billed.metered.beyond, !billed.is_closed)?;
        if billed.bill(BillingPeriodKind::Usage).is_some() {
            let of_use = |line: &domain::finance::bill::LineContent| line.kind == BillLineKind::Usage;
            settle(&mut rows, billed.sum(self.agreed.currency, of_use)?)?;
        }
        Ok((rows, omitted))
    }
}
