//! Rows that only a bill knows: tax (T), credits (C), true-ups and adjustments; and corrections (K).

use crate::finance::bill::{BillLine, LineContent};
use crate::finance::focus::charge::{Account, Charge, ChargeKind, Costs, Detail, Invoice};
use crate::finance::money::MoneyError;
use crate::finance::zone::Zone;
use rust_decimal::Decimal;
use time::{Date, OffsetDateTime};
use vocab::finance::BillLineKind;

/// A bill's lines, on its invoice.
#[derive(Debug, Clone, Copy)]
pub struct BillCharges<'a, 'b> {
    /// The account.
    pub account: &'a Account,
    /// The invoice.
    pub invoice: &'a Invoice,
    /// The contract's zone.
    pub zone: &'b Zone,
    /// The lines.
    pub lines: &'b [BillLine],
}

impl<'a> BillCharges<'a, '_> {
    /// One row of tax a rate, and one a line of credit, true-up, adjustment or stated tax. Fixed amounts, use and overage
    /// have rows of their own, but for lines that correct an earlier period: those are corrections (K).
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`].
    pub fn rows(&self) -> Result<Vec<Charge<'a>>, MoneyError> {
        let mut rows = self.tax()?;
        for line in self.lines {
            let is_correction = line.content.corrects(self.period_start());
            let kind = match line.content.kind {
                BillLineKind::Commitment | BillLineKind::Usage | BillLineKind::Overage if !is_correction => continue,
                BillLineKind::Commitment => ChargeKind::OneTimePurchase,
                BillLineKind::Usage | BillLineKind::Overage => ChargeKind::Metered,
                BillLineKind::TrueUp | BillLineKind::Adjustment => ChargeKind::Adjustment,
                BillLineKind::Credit => ChargeKind::Credit,
                BillLineKind::Tax => ChargeKind::Tax,
            };
            let (starts, ends) = self.service_of(&line.content);
            let row = self.row(kind, line.content.description.clone(), line.content.net.amount(), (starts, ends));
            rows.push(Charge { is_correction, ..row });
        }
        Ok(rows)
    }

    /// The first day of the bill's own period.
    fn period_start(&self) -> Date {
        self.zone.date(self.invoice.starts)
    }

    fn tax(&self) -> Result<Vec<Charge<'a>>, MoneyError> {
        let mut by_rate: Vec<(Decimal, Decimal)> = Vec::new();
        for LineContent { tax, tax_rate, .. } in self.lines.iter().map(|line| &line.content).filter(|line| !line.tax.is_zero()) {
            match by_rate.iter_mut().find(|(rate, _)| rate == tax_rate) {
                Some((_, sum)) => *sum = sum.checked_add(tax.amount()).ok_or(MoneyError::TooLarge)?,
                None => by_rate.push((*tax_rate, tax.amount())),
            }
        }
        by_rate.sort_unstable();
        let span = (self.invoice.starts, self.invoice.ends);
        let words = |rate: Decimal| format!("Tax {} %", rate.normalize());
        Ok(by_rate.into_iter().map(|(rate, sum)| self.row(ChargeKind::Tax, words(rate), sum, span)).collect())
    }

    fn service_of(&self, line: &LineContent) -> (OffsetDateTime, OffsetDateTime) {
        line.service.map_or((self.invoice.starts, self.invoice.ends), |service| {
            let span = self.zone.instants(service.start(), service.end());
            (span.start, span.end)
        })
    }

    fn row(&self, kind: ChargeKind, description: String, amount: Decimal, instants: (OffsetDateTime, OffsetDateTime)) -> Charge<'a> {
        let account = self.account;
        Charge {
            account,
            invoice: self.invoice,
            kind,
            is_correction: false,
            starts: instants.0,
            ends: instants.1,
            description,
            costs: Costs { billed: amount, effective: amount, list: amount, contracted: amount },
            consumed: None,
            pricing: None,
            pricing_currency: account.own_currency(None, amount),
            commitment: None,
            sku: None,
            resource: None,
            publisher: account.provider.clone(),
            detail: Detail::default(),
        }
    }
}
