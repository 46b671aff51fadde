//! What a vendor says was used, as somebody read it off its portal or a statement.

use super::reading::Variance;
use super::window::Window;
use crate::finance::allowance::AllowanceTerms;
use crate::finance::contract::Stamp;
use crate::finance::money::{Money, MoneyError, QUANTITY_SCALE, ratio};
use rust_decimal::Decimal;
use time::Date;
use vocab::{AllowanceId, ContractId};

/// Digits before the point, as the store keeps them.
const LIMIT: i128 = 10_i128.pow(22);
/// Longest note.
const LONGEST_NOTE: usize = 500;

/// A vendor's figure for an allowance. One an allowance and day; entering it again takes its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// Of which contract.
    pub contract_id: ContractId,
    /// Of which allowance.
    pub allowance_id: AllowanceId,
    /// The last day it counts, in the contract's zone.
    pub date: Date,
    /// Units used since the period began.
    pub quantity: Decimal,
    /// Where it was read; may be empty.
    pub note: String,
    /// Who entered it, and when.
    pub entered: Stamp,
}

/// Why a figure was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReportRefused {
    /// The day is not over, or no period of the allowance has it.
    #[error("choose a day that is over and on which the allowance holds")]
    Day,
    /// Its period is closed: its figures are final.
    #[error("the period of this day is closed, and its figures are final")]
    Closed,
    /// Below zero, or more digits than are kept.
    #[error("enter 0 or more, with at most 22 digits and {QUANTITY_SCALE} decimals")]
    Quantity,
    /// There is nothing to compare it with.
    #[error("what this allowance includes is not disclosed, so there is nothing to count")]
    Undisclosed,
    /// A long note.
    #[error("write at most {LONGEST_NOTE} characters")]
    Note,
}

impl Reported {
    /// Is it a figure that can be kept? `final_through` is the last day whose figures are final.
    ///
    /// # Errors
    /// [`ReportRefused`].
    pub fn check(
        &self,
        terms: &AllowanceTerms,
        window: Option<&Window>,
        today: Date,
        final_through: Option<Date>,
    ) -> Result<(), ReportRefused> {
        let is_kept = self.quantity.normalize().scale() <= QUANTITY_SCALE && self.quantity.trunc().mantissa().abs() < LIMIT;
        match () {
            () if !terms.is_disclosed() => Err(ReportRefused::Undisclosed),
            () if window.is_none() || self.date >= today => Err(ReportRefused::Day),
            () if final_through.is_some_and(|last| self.date <= last) => Err(ReportRefused::Closed),
            () if self.quantity < Decimal::ZERO || !is_kept => Err(ReportRefused::Quantity),
            () if self.note.chars().count() > LONGEST_NOTE => Err(ReportRefused::Note),
            () => Ok(()),
        }
    }

    /// How far it is from ours. A unit is worth its share of the commitment.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`].
    pub fn variance(&self, ours: Decimal, included: Option<Decimal>, commitment: Money) -> Result<Variance, MoneyError> {
        let included = included.filter(|included| *included > Decimal::ZERO && commitment.is_positive());
        let one = included.map(|included| ratio(commitment.amount(), Decimal::ONE, included)).transpose()?;
        Variance::between(ours, self.quantity, one)
    }
}

/// What has come of a vendor's figures; the later of two weighs more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum VendorFigures {
    /// Nobody expects any.
    NotAwaited,
    /// The first whole period is not over yet, or the one before had its figure.
    Pending,
    /// There is one of this period.
    Given,
    /// A whole period passed without one, and this one has none yet.
    Missing,
}

impl VendorFigures {
    /// What has come of an allowance's figures by the end of a window's day. `before` is its period before, if that was
    /// evaluated from its first day on.
    pub fn of(reports: &[Reported], window: &Window, before: Option<&Window>) -> Self {
        let has = |window: &Window| reports.iter().any(|report| window.active().contains(report.date));
        match before {
            _ if has(window) => Self::Given,
            Some(before) if !has(before) => Self::Missing,
            Some(_) | None => Self::Pending,
        }
    }
}

/// The vendor's consumption at the end of a window's day: its newest figure of the period, and what went through us since.
/// `ours` says what went through us up to the end of a day. `None` without any figure of the period.
pub fn as_reported(reports: &[Reported], window: &Window, ours: impl Fn(Date) -> Option<Decimal>) -> Option<Decimal> {
    let of_period = reports.iter().filter(|report| window.active().contains(report.date) && report.date <= window.day());
    let newest = of_period.max_by_key(|report| report.date)?;
    let since = ours(window.day()).zip(ours(newest.date)).and_then(|(now, then)| now.checked_sub(then));
    newest.quantity.checked_add(since.unwrap_or_default().max(Decimal::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finance::fixtures;
    use crate::finance::money::Currency;
    use crate::finance::period::{Cycle, Span};
    use time::OffsetDateTime;
    use time::macros::date;
    use uuid::Uuid;
    use vocab::finance::{AutoResolution, Severity};

    use crate::finance::evaluation::Judgement;

    fn report(day: u8, quantity: i64) -> Reported {
        Reported {
            contract_id: ContractId::new(Uuid::nil()),
            allowance_id: AllowanceId::new(Uuid::nil()),
            date: date!(2026 - 11 - 01).replace_day(day).unwrap(),
            quantity: quantity.into(),
            note: String::new(),
            entered: Stamp { at: OffsetDateTime::UNIX_EPOCH, by: None },
        }
    }

    fn window(day: u8) -> Window {
        let cycle = Cycle::new(date!(2026 - 11 - 01), 1);
        Window::on(cycle, Span::open(date!(2026 - 11 - 01)), date!(2026 - 11 - 01).replace_day(day).unwrap()).unwrap()
    }

    #[test]
    fn the_newest_figure_counts_and_what_went_through_us_since() {
        let ours = |day: Date| Some(Decimal::from(u32::from(day.day()) * 10));
        let reports = [report(5, 80), report(10, 300)];
        assert_eq!(as_reported(&reports, &window(4), ours), None, "nothing was reported by then");
        assert_eq!(as_reported(&reports, &window(5), ours), Some(80.into()));
        assert_eq!(as_reported(&reports, &window(9), ours), Some(120.into()));
        assert_eq!(as_reported(&reports, &window(12), ours), Some(320.into()));
        assert_eq!(as_reported(&reports, &window(12), |_| None), Some(300.into()), "credits only the vendor counts");
    }

    #[test]
    fn a_whole_period_without_a_figure_is_missed_until_the_next_one_comes() {
        let month = |month: time::Month| {
            let first = Date::from_calendar_date(2026, month, 10).unwrap();
            Window::on(Cycle::new(date!(2026 - 11 - 01), 1), Span::open(date!(2026 - 10 - 01)), first).unwrap()
        };
        let (october, november) = (month(time::Month::October), month(time::Month::November));
        assert_eq!(VendorFigures::of(&[], &november, None), VendorFigures::Pending, "October was not evaluated whole");
        assert_eq!(VendorFigures::of(&[], &november, Some(&october)), VendorFigures::Missing);
        assert_eq!(VendorFigures::of(&[report(3, 5)], &november, Some(&october)), VendorFigures::Given);
        let of_october = Reported { date: date!(2026 - 10 - 31), ..report(3, 5) };
        assert_eq!(VendorFigures::of(&[of_october], &november, Some(&october)), VendorFigures::Pending);
    }

    #[test]
    fn wrong_days_and_quantities_are_refused() {
        let terms = fixtures::allowance_terms(vocab::finance::ResetInterval::Monthly);
        let today = date!(2026 - 11 - 12);
        let check = |report: &Reported, closed: Option<Date>| report.check(&terms, Some(&window(report.date.day())), today, closed);
        assert_eq!(check(&report(11, 5), None), Ok(()));
        assert_eq!(check(&report(12, 5), None), Err(ReportRefused::Day), "today is not over");
        assert_eq!(report(11, 5).check(&terms, None, today, None), Err(ReportRefused::Day));
        assert_eq!(check(&report(11, 5), Some(date!(2026 - 11 - 11))), Err(ReportRefused::Closed));
        assert_eq!(check(&report(11, -1), None), Err(ReportRefused::Quantity));
        assert_eq!(check(&Reported { quantity: "0.0000001".parse().unwrap(), ..report(11, 0) }, None), Err(ReportRefused::Quantity));
        assert_eq!(check(&Reported { note: "x".repeat(501), ..report(11, 0) }, None), Err(ReportRefused::Note));
        let undisclosed = AllowanceTerms { metric: vocab::finance::MetricKey::Undisclosed, included: None, ..terms.clone() };
        assert_eq!(report(11, 5).check(&undisclosed, Some(&window(11)), today, None), Err(ReportRefused::Undisclosed));
    }

    #[test]
    fn a_difference_is_judged_by_its_share_and_its_worth() {
        let fee = Money::new(500.into(), Currency::USD).unwrap();
        let judged =
            |ours: i64, theirs: i64| report(5, theirs).variance(ours.into(), Some(Decimal::from(1_000)), fee).unwrap().signal().judgement;
        assert_eq!(judged(100, 104), Judgement::Clear(AutoResolution::VarianceInside));
        assert_eq!(judged(100, 110), Judgement::Raise(Severity::Medium), "ten units are five dollars");
        assert_eq!(judged(100, 150), Judgement::Raise(Severity::High));
        assert_eq!(judged(1, 2), Judgement::Clear(AutoResolution::VarianceInside), "half a dollar");
    }
}
