//! Which entered values are wrong, whether or not others are still missing.

use super::{ContractTerms, FieldProblem, Problem};
use crate::finance::allowance::AllowanceTerms;
use crate::finance::money::{Currency, MONEY_SCALE, Money};
use rust_decimal::Decimal;
use url::Url;
use vocab::finance::ContractField as Field;

const LONGEST_TEXT: usize = 400;
const LONGEST_NOTES: usize = 4_000;
/// Ten years of notice.
const LONGEST_NOTICE: u16 = 3_660;

impl ContractTerms {
    /// What is wrong with the values that were entered. Gaps are no problem here; see [`missing`](super::missing).
    pub fn problems(&self) -> Vec<FieldProblem> {
        let amounts = [
            (Field::CommitmentAmount, self.commitment_amount),
            (Field::MinimumSpend, self.minimum_spend),
            (Field::BudgetAmount, self.budget_amount),
        ];
        let links = [(Field::BillingUrl, &self.billing_url), (Field::UsageUrl, &self.usage_url)];
        let texts = [
            (Field::PaymentTerms, &self.payment_terms, LONGEST_TEXT),
            (Field::AccountCode, &self.account_code, LONGEST_TEXT),
            (Field::Notes, &self.notes, LONGEST_NOTES),
        ];
        let amounts = amounts.into_iter().filter_map(|(field, amount)| Some((field, wrong_amount(amount?, self.currency)?)));
        let links = links.into_iter().filter_map(|(field, link)| Some((field, wrong_link(link.as_ref()?)?)));
        let texts = texts.into_iter().filter_map(|(field, text, limit)| Some((field, too_long(text.as_ref()?, limit)?)));
        amounts.chain(self.wrong_dates()).chain(links).chain(texts).map(|(field, problem)| FieldProblem::of(field, problem)).collect()
    }

    fn wrong_dates(&self) -> impl Iterator<Item = (Field, Problem)> {
        let after_start = |date: Option<time::Date>| date.zip(self.start_date);
        let ends = after_start(self.end_date).filter(|(end, start)| end <= start).map(|_| (Field::EndDate, Problem::EndBeforeStart));
        let renews = after_start(self.renewal_date)
            .filter(|(renewal, start)| renewal < start)
            .map(|_| (Field::RenewalDate, Problem::RenewalBeforeStart));
        let notice = self.notice_days.filter(|days| *days > LONGEST_NOTICE);
        let notice = notice.map(|_| (Field::NoticeDays, Problem::TooManyDays(LONGEST_NOTICE)));
        [ends, renews, notice].into_iter().flatten()
    }
}

/// What is wrong with the entered values of the allowances.
pub(super) fn allowance_problems(terms: &ContractTerms, allowances: &[AllowanceTerms]) -> Vec<FieldProblem> {
    let of_one = |(index, allowance): (usize, &AllowanceTerms)| {
        let problems = allowance.problems(terms.currency).into_iter();
        problems.map(move |problem| FieldProblem::of_allowance(index, problem.field(), Problem::Allowance(problem))).collect::<Vec<_>>()
    };
    allowances.iter().enumerate().flat_map(of_one).collect()
}

/// Amounts are entered with the currency's own decimals; before it is known, with as many as any has.
pub(in crate::finance) fn wrong_amount(amount: Decimal, currency: Option<Currency>) -> Option<Problem> {
    if amount < Decimal::ZERO {
        return Some(Problem::Negative);
    }
    match currency {
        Some(currency) => Money::exact(amount, currency).err().map(Problem::Amount),
        None if amount.normalize().scale() > MONEY_SCALE => Some(Problem::TooManyDecimals(MONEY_SCALE)),
        None => Money::new(amount, Currency::USD).err().map(Problem::Amount),
    }
}

pub(in crate::finance) fn wrong_link(link: &Url) -> Option<Problem> {
    let safe = link.scheme() == "https" && link.has_host() && link.username().is_empty() && link.password().is_none();
    (!safe).then_some(Problem::UnsafeLink)
}

pub(in crate::finance) fn too_long(text: &str, limit: usize) -> Option<Problem> {
    (text.chars().count() > limit).then_some(Problem::TooLong(limit))
}
