//! One term of a contract in a FOCUS file: its fees, its use, its bills.

use super::Finance;
use super::around::Around;
use super::course::Course;
use super::day_use::{Beyond, beyond_allowances, included_in};
use super::measured::{DayUsed, UseOf, uncountable};
use crate::error::ServiceResult;
use domain::finance::allowance::Allowance;
use domain::finance::bill::{Bill, BillState, BillingPeriod, LineContent, SourceKey};
use domain::finance::contract::Agreed;
use domain::finance::evaluation::{Snapshot, Subject, Window};
use domain::finance::focus::charge::AccountType;
use domain::finance::focus::{Account, DayUse, Invoice, Omitted};
use domain::finance::period::{Cycle, Period};
use domain::finance::price::PriceBook;
use domain::finance::vendor::Vendor;
use domain::finance::{Money, MoneyError};
use rust_decimal::Decimal;
use time::OffsetDateTime;
use vocab::finance::{BillLineKind, BillingPeriodKind, ContractType};

/// A billing period of a term.
pub(super) struct Billed {
    /// Its days in force.
    pub(super) active: Period,
    /// Where the fixed amount is invoiced.
    pub(super) fixed: Invoice,
    /// Where use is.
    pub(super) usage: Invoice,
    /// The bills that stand, drafts included.
    pub(super) bills: Vec<(Bill, BillingPeriodKind)>,
    /// The fixed amount.
    pub(super) fee: Money,
    /// Metered use beyond allowances, and within them.
    pub(super) metered: Beyond,
    /// Is its use final?
    pub(super) is_closed: bool,
}

/// One period of an allowance.
pub(super) struct ResetUse {
    pub(super) active: Period,
    pub(super) included: Decimal,
    pub(super) uses: Vec<DayUse>,
    pub(super) is_closed: bool,
}

/// A term, with everything its rows need.
pub(super) struct Term {
    pub(super) agreed: Agreed,
    pub(super) account: Account,
    pub(super) plan: String,
    pub(super) billed: Vec<Billed>,
    /// Allowances with a quantity that we can count, and their periods.
    pub(super) allowances: Vec<(Allowance, Vec<ResetUse>)>,
    /// Use that no such allowance counts.
    pub(super) covered: Vec<DayUse>,
    /// The weight of allowances that nobody can count from here.
    pub(super) uncounted: Decimal,
}

/// Terms that share a day with the asked time and have begun: whole, and their days in force. A term is as long as the
/// longest of the billing period and the allowances' resets.
pub(super) fn terms(course: &Course, asked: Period, now: OffsetDateTime) -> Vec<(Period, Period)> {
    let agreed = &course.agreed;
    let resets = course.around.allowances.iter().map(|allowance| allowance.terms.reset_months(agreed.cadence));
    let months = resets.chain([agreed.cadence.months()]).max().unwrap_or(1);
    let today = agreed.time_zone.date(now);
    let cycle = Cycle::new(agreed.anchor, months);
    cycle
        .touching(asked)
        .filter_map(|whole| Some((whole, agreed.span.clip(whole)?)))
        .filter(|(_, active)| active.start() <= today)
        .collect()
}

impl Finance {
    pub(super) async fn term(
        &self,
        course: &Course,
        whole: Period,
        active: Period,
        (rows, bills): (&[BillingPeriod], &[Bill]),
        book: &PriceBook,
    ) -> ServiceResult<Term> {
        let around = &course.around;
        let mut of = UseOf::contract(&around.contract, &around.coverage, &around.profiles, book);
        of.by_agent = true;
        let used = self.used_on(active, &of).await?;
        let closed = self.closed_since(around.contract.id, active.start()).await?;
        let mut billed = Vec::new();
        for period in course.agreed.billing_cycle().touching(whole) {
            if let Some(active) = course.agreed.span.clip(period) {
                billed.push(self.billed(course, (period, active), (rows, bills), (&used, &of), &closed)?);
            }
        }
        let is_metered = course.agreed.contract_type == ContractType::Metered;
        let counted = |allowance: &&Allowance| !is_metered && allowance.terms.included.is_some() && allowance.terms.metric.is_observable();
        let counted: Vec<&Allowance> = around.allowances.iter().filter(counted).collect();
        let is_covered =
            |used: &&DayUsed| counted.iter().all(|allowance| !allowance.terms.scope.covers(&used.sum.provider_id, &used.sum.model_id));
        let covered: Vec<DayUsed> = used.iter().filter(|used| !is_metered && is_covered(used)).cloned().collect();
        let weight: Decimal = counted.iter().map(|allowance| allowance.terms.weight_or_all()).sum();
        Ok(Term {
            account: account(&course.around, &course.agreed),
            plan: around.contract.about(&around.supplier.details.name),
            covered: self.day_uses(&covered, &of, None),
            allowances: counted
                .into_iter()
                .map(|allowance| Ok((allowance.clone(), self.resets(course, allowance, active, &closed, (&used, &of))?)))
                .collect::<ServiceResult<_>>()?,
            uncounted: Decimal::ONE - weight,
            agreed: course.agreed.clone(),
            billed,
        })
    }

    fn billed(
        &self,
        course: &Course,
        (whole, active): (Period, Period),
        (rows, bills): (&[BillingPeriod], &[Bill]),
        used: (&[DayUsed], &UseOf<'_>),
        closed: &[Snapshot],
    ) -> ServiceResult<Billed> {
        let id = course.around.contract.id;
        let span = course.agreed.time_zone.instants(active.start(), active.end());
        let standing = |kind: BillingPeriodKind| {
            let row =
                rows.iter().filter(|row| row.key.kind == kind && row.key.period_start == active.start()).max_by_key(|row| row.key.revision);
            let bill = row.and_then(|row| bills.iter().find(|bill| Some(bill.id) == row.state.bill_id()));
            (row.map_or(1, |row| row.key.revision), bill.filter(|bill| !matches!(bill.state, BillState::Void { .. })))
        };
        let invoice = |kind: BillingPeriodKind| {
            let (revision, bill) = standing(kind);
            let provisional = SourceKey { contract_id: id, period_start: active.start(), kind, revision }.to_string();
            let number = bill.and_then(|bill| bill.invoice_ref.clone()).unwrap_or(provisional);
            Invoice { id: number, detail_id: None, starts: span.start, ends: span.end }
        };
        let kinds = [BillingPeriodKind::Fixed, BillingPeriodKind::Usage];
        let standing: Vec<_> = kinds.iter().filter_map(|kind| Some((standing(*kind).1?.clone(), *kind))).collect();
        let agreed_fee = course.agreed.fee(whole).map_err(|error| uncountable(&error))?;
        let mut billed = Billed {
            active,
            fixed: invoice(BillingPeriodKind::Fixed),
            usage: invoice(BillingPeriodKind::Usage),
            fee: agreed_fee.unwrap_or(Money::zero(course.agreed.currency)),
            metered: Beyond::default(),
            is_closed: course.settled_through().is_some_and(|last| active.last_day() <= last),
            bills: standing,
        };
        if billed.bill(BillingPeriodKind::Fixed).is_some() {
            billed.fee =
                billed.sum(course.agreed.currency, |line| line.kind == BillLineKind::Commitment).map_err(|error| uncountable(&error))?;
        }
        if course.agreed.contract_type == ContractType::Metered {
            billed.metered = beyond_allowances(self, course, active, used, closed)?;
        }
        Ok(billed)
    }

    fn resets(
        &self,
        course: &Course,
        allowance: &Allowance,
        active: Period,
        closed: &[Snapshot],
        (used, of): (&[DayUsed], &UseOf<'_>),
    ) -> ServiceResult<Vec<ResetUse>> {
        let days_used = self.day_uses(used, of, Some(&allowance.terms));
        let cycle = allowance.terms.cycle(course.agreed.anchor, course.agreed.cadence);
        let mut resets = Vec::new();
        for whole in cycle.touching(active) {
            let Some(days) = course.agreed.span.clip(whole) else { continue };
            let row = closed
                .iter()
                .find(|row| row.evaluation.subject == Subject::Allowance(allowance.id) && row.evaluation.date == days.last_day());
            let included = Window::on(cycle, course.agreed.span, days.last_day()).map(|window| included_in(allowance, &window, closed));
            resets.push(ResetUse {
                active: days,
                included: included.transpose()?.flatten().unwrap_or_default(),
                uses: days_used.iter().filter(|day| days.contains(day.day)).cloned().collect(),
                is_closed: row.is_some(),
            });
        }
        Ok(resets)
    }
}

/// A contract's account as files name it.
pub(super) fn account(around: &Around, agreed: &Agreed) -> Account {
    let contract = &around.contract;
    let supplier = &around.supplier.details.name;
    let vendor = Vendor::of(contract.account.vendor(), supplier);
    let is_metered = agreed.contract_type == ContractType::Metered;
    Account {
        billing_account_id: contract.account.to_string(),
        billing_account_name: Some(contract.about(supplier)),
        billing_account_type: if is_metered { AccountType::Organization } else { AccountType::Subscription },
        currency: agreed.currency,
        invoice_issuer: supplier.clone(),
        // Another name than the issuer's would say that a third party takes the money.
        provider: supplier.clone(),
        host: None,
        vendor: contract.account.vendor().to_string(),
        service_name: format!("{} {}", vendor.name, contract.account.channel().label()),
        contract_ref: contract.number.clone(),
        channel: contract.account.channel().as_str().to_owned(),
        sub_account: None,
        tags: std::collections::BTreeMap::new(),
    }
}

impl Billed {
    /// The bill of a kind, if one stands.
    pub(super) fn bill(&self, kind: BillingPeriodKind) -> Option<&Bill> {
        self.bills.iter().find(|(_, of)| *of == kind).map(|(bill, _)| bill)
    }

    /// Lines of its bills before tax, corrections of earlier periods apart.
    pub(super) fn sum(&self, currency: domain::finance::Currency, of: impl Fn(&LineContent) -> bool) -> Result<Money, MoneyError> {
        let lines = self.bills.iter().flat_map(|(bill, _)| &bill.lines).map(|line| &line.content);
        let lines = lines.filter(|line| of(line) && !line.corrects(self.active.start()));
        lines.map(|line| line.net).try_fold(Money::zero(currency), Money::plus)
    }

    fn invoice(&self, kind: BillingPeriodKind) -> &Invoice {
        match kind {
            BillingPeriodKind::Fixed => &self.fixed,
            BillingPeriodKind::Usage => &self.usage,
        }
    }
}

impl Term {
    /// What the bills that stand come to, by invoice.
    pub(super) fn payable(&self) -> Vec<(String, Money)> {
        let bills = self.billed.iter().flat_map(|billed| billed.bills.iter().map(|(bill, kind)| (billed.invoice(*kind).id.clone(), bill)));
        bills.filter_map(|(invoice, bill)| Some((invoice, bill.total().ok()?.to_minor()))).collect()
    }

    /// The invoice of a bill that stands.
    pub(super) fn invoices(&self) -> impl Iterator<Item = (&Invoice, &Bill)> {
        self.billed.iter().flat_map(|billed| billed.bills.iter().map(|(bill, kind)| (billed.invoice(*kind), bill)))
    }
}

/// Rows, and use that none could be made of.
pub(super) type Rows<'a> = (Vec<domain::finance::focus::Charge<'a>>, Vec<Omitted>);
