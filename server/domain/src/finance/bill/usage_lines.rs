//! Lines for use: metered, beyond an allowance, and what lacks to a minimum spend.

use super::draft::Remark;
use super::line::LineContent;
use crate::finance::contract::Agreed;
use crate::finance::money::{Money, MoneyError, UnitPrice};
use crate::finance::period::Period;
use rust_decimal::Decimal;
use vocab::finance::{BillLineKind, ContractType, Meter};
use vocab::{AllowanceId, ProviderId};

/// Use of a billing period that is final.
#[derive(Debug, Clone, Copy, Default)]
pub struct PeriodUse<'a> {
    /// Use of a metered contract, one entry a meter, model and price.
    pub metered: &'a [MeterUse],
    /// Use beyond allowances, one entry an allowance period that ended in the billing period.
    pub overage: &'a [OverageUse],
}

/// Use of one meter of one model at one price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeterUse {
    /// Through which provider.
    pub provider_id: ProviderId,
    /// Of which model.
    pub model_id: String,
    /// What was measured.
    pub meter: Meter,
    /// How much is to be billed: beyond what an allowance includes, if there is one.
    pub quantity: Decimal,
    /// At which price; `None` when none is known.
    pub price: Option<UnitPrice>,
}

/// Use beyond one allowance in one of its periods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverageUse {
    /// Which allowance.
    pub allowance_id: AllowanceId,
    /// Its name.
    pub name: String,
    /// Its unit.
    pub unit: String,
    /// The active days of the allowance period.
    pub period: Period,
    /// Units used beyond it.
    pub quantity: Decimal,
    /// Their price; `None` when overage is not sold.
    pub price: Option<UnitPrice>,
}

/// Lines of use in the order of accounts payable: use, overage, true-up.
///
/// # Errors
/// [`MoneyError`], for amounts beyond what is kept.
pub(super) fn lines(
    agreed: &Agreed,
    whole: Period,
    active: Period,
    used: &PeriodUse<'_>,
) -> Result<(Vec<LineContent>, Vec<Remark>), MoneyError> {
    let mut lines = Vec::new();
    let mut remarks = Vec::new();
    if agreed.contract_type == ContractType::Metered {
        metered(agreed, active, used.metered, &mut lines, &mut remarks)?;
    }
    for over in used.overage.iter().filter(|over| over.quantity > Decimal::ZERO) {
        let Some(price) = billable(over.price, agreed) else { continue };
        let words = format!("Use beyond {}: {} {}", over.name, over.quantity.normalize(), over.unit);
        let line = LineContent::priced(BillLineKind::Overage, words, over.quantity, price, over.period)?;
        lines.push(LineContent { allowance_id: Some(over.allowance_id), ..line });
    }
    if let Some(lacking) = lacking_to_minimum(agreed, whole, &lines)? {
        lines.push(LineContent::fixed(BillLineKind::TrueUp, "Difference to the minimum spend".to_owned(), lacking, active));
    }
    Ok((lines, remarks))
}

fn metered(
    agreed: &Agreed,
    active: Period,
    used: &[MeterUse],
    lines: &mut Vec<LineContent>,
    remarks: &mut Vec<Remark>,
) -> Result<(), MoneyError> {
    for meter in used.iter().filter(|meter| meter.quantity > Decimal::ZERO) {
        let Some(price) = billable(meter.price, agreed) else {
            remarks.push(Remark::Unpriced { model_id: meter.model_id.clone(), meter: meter.meter });
            continue;
        };
        let words = format!("{}, {}", meter.model_id, meter.meter.label());
        lines.push(LineContent::priced(BillLineKind::Usage, words, meter.quantity, price, active)?);
    }
    Ok(())
}

/// A price in another currency than the contract's is none: nothing is converted behind anybody's back.
fn billable(price: Option<UnitPrice>, agreed: &Agreed) -> Option<UnitPrice> {
    price.filter(|price| price.currency() == agreed.currency)
}

/// Before tax, once, when the period is over. The fixed amount does not count towards it: it is a minimum of use.
fn lacking_to_minimum(agreed: &Agreed, whole: Period, lines: &[LineContent]) -> Result<Option<Money>, MoneyError> {
    let Some(minimum) = agreed.minimum_in(whole)? else { return Ok(None) };
    let eligible = lines.iter().try_fold(Money::zero(agreed.currency), |sum, line| sum.plus(line.net))?;
    Ok(Some(minimum.minus(eligible)?).filter(|lacking| lacking.is_positive()))
}
