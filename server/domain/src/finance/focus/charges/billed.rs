//! Rows that only a bill knows: tax (T), credits (C), true-ups and adjustments; and corrections (K).

use super::DayUse;
use super::product::unit_of;
use crate::finance::bill::{BillLine, LineContent};
use crate::finance::focus::charge::{Account, Charge, ChargeKind, Costs, Detail, Invoice, Quantity};
use crate::finance::money::MoneyError;
use crate::finance::zone::Zone;
use rust_decimal::Decimal;
use time::OffsetDateTime;
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
    /// have rows of their own.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`].
    pub fn rows(&self) -> Result<Vec<Charge<'a>>, MoneyError> {
        let mut rows = self.tax()?;
        for line in self.lines {
            let kind = match line.content.kind {
                BillLineKind::Commitment | BillLineKind::Usage | BillLineKind::Overage => continue,
                BillLineKind::TrueUp | BillLineKind::Adjustment => ChargeKind::Adjustment,
                BillLineKind::Credit => ChargeKind::Credit,
                BillLineKind::Tax => ChargeKind::Tax,
            };
            let (starts, ends) = self.service_of(&line.content);
            rows.push(self.row(kind, line.content.description.clone(), line.content.net.amount(), (starts, ends)));
        }
        Ok(rows)
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

/// A row that corrects an invoiced period: the difference in use and cost, on the invoice that carries it. It has no price,
/// hence no SKU; our own columns say what it is of. Rows that were issued stay as they are.
pub fn correction<'a>(account: &'a Account, invoice: &'a Invoice, zone: &Zone, used: &DayUse, cost: Decimal) -> Charge<'a> {
    let bill = BillCharges { account, invoice, zone, lines: &[] };
    let row = bill.row(ChargeKind::Metered, format!("{}, correction", used.words()), cost, used.instants(zone));
    Charge {
        is_correction: true,
        consumed: Some(Quantity { value: used.quantity, unit: unit_of(used.meter).to_owned() }),
        publisher: used.publisher.clone(),
        detail: used.detail(),
        ..row
    }
}
