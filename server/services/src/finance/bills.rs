//! Bills, looked at and taken from draft to paid by people.

use super::Finance;
use super::bill_views::{BillEdit, BillPage, BillQuery, BillRow};
use super::course::Course;
use super::drafts::{Made, said};
use super::ledger::Decision;
use super::measured::uncountable;
use crate::error::{ServiceError, ServiceResult};
use crate::ports::{BillsOf, ContractsOf, FinanceWrite};
use crate::trail::TrailBuilder;
use domain::audit::{Action, Object};
use domain::events::Event;
use domain::finance::Money;
use domain::finance::bill::{Approver, Bill, BillRefused, BillState, BillingPeriod, DueDraft, PeriodState, redraft};
use domain::finance::contract::{Contract, Stamp};
use domain::finance::evaluation::Variance;
use domain::finance::work_item::Place;
use domain::people::Caller;
use rust_decimal::Decimal;
use std::collections::HashMap;
use time::Date;
use vocab::{BillId, ContractId, Permission};

/// A step of a bill's: who takes it, and from where.
struct Step<'a> {
    action: Action,
    said: &'a str,
}

impl Finance {
    /// Bills, newest first.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `view_finance`.
    pub async fn bills(&self, caller: &Caller, query: &BillQuery) -> ServiceResult<Vec<BillRow>> {
        caller.require(Permission::ViewFinance)?;
        let BillQuery { status, supplier, contract } = *query;
        let bills = self.figures.bills(&BillsOf { status, supplier, contract, ids: Vec::new() }).await?;
        self.bill_rows(bills).await
    }

    pub(super) async fn bill_rows(&self, bills: Vec<Bill>) -> ServiceResult<Vec<BillRow>> {
        let sources = bills.iter().filter_map(|bill| bill.source).map(|source| source.contract_id).collect();
        let contracts: HashMap<ContractId, Contract> =
            self.rows().contracts(&ContractsOf::Ids(sources)).await?.into_iter().map(|contract| (contract.id, contract)).collect();
        let suppliers = self.rows().suppliers().await?;
        let today = self.environment.now().date();
        let row = |bill: Bill| {
            let contract = bill.source.and_then(|source| contracts.get(&source.contract_id));
            let due = bill.amount_due().map_err(|error| uncountable(&error))?;
            Ok(BillRow {
                supplier: suppliers.iter().find(|s| s.id == bill.supplier_id).map(|s| s.details.name.clone()).unwrap_or_default(),
                contract: contract.map(|contract| (contract.id, contract.number.clone())),
                total: bill.total().map_err(|error| uncountable(&error))?,
                is_overdue: due.is_positive() && bill.due_date < today,
                due,
                bill,
            })
        };
        bills.into_iter().map(row).collect()
    }

    /// Everything about one bill.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `view_finance`, [`ServiceError::NotFound`].
    pub async fn bill(&self, caller: &Caller, id: BillId) -> ServiceResult<BillPage> {
        caller.require(Permission::ViewFinance)?;
        let row = self.bill_rows(vec![self.stored_bill(id).await?]).await?.pop().ok_or(ServiceError::NotFound("bill"))?;
        Ok(BillPage {
            subtotal: row.bill.subtotal().map_err(|error| uncountable(&error))?,
            tax: row.bill.tax().map_err(|error| uncountable(&error))?,
            paid: row.bill.amount_paid(),
            history: self.history_of(&Object::Bill(id)).await?,
            row,
        })
    }

    async fn stored_bill(&self, id: BillId) -> ServiceResult<Bill> {
        let which = BillsOf { ids: vec![id], ..BillsOf::default() };
        self.figures.bills(&which).await?.pop().ok_or(ServiceError::NotFound("bill"))
    }

    /// Enters the vendor's invoice in place of what was expected. A difference that matters becomes a work item.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `manage_finance`, [`ServiceError::Conflict`] when somebody saved meanwhile,
    /// [`ServiceError::Invalid`] naming what is wrong, [`ServiceError::Refused`] for anything but a draft.
    pub async fn confirm_bill(&self, caller: &Caller, id: BillId, version: i64, edit: BillEdit) -> ServiceResult<Bill> {
        caller.require(Permission::ManageFinance)?;
        let edit = &edit;
        self.ledger
            .change(move || async move {
                let before = self.stored_bill(id).await?;
                before.at_version(version)?;
                let lines = self.entered(&before, edit)?;
                let (bill, variance) = before.confirm(&edit.invoice_ref, lines)?;
                let mut writes = vec![FinanceWrite::UpdateBill(bill.clone(), self.environment.now())];
                writes.extend(self.reconciled(&bill, &variance).await?);
                let words = format!("{}, invoice {}", said(&bill), edit.invoice_ref.trim());
                let trail = TrailBuilder::new(&self.environment, caller).done(Action::BILL_CONFIRM, Object::Bill(id), words);
                Ok(Decision { writes, trail: trail.event(Event::FinanceChanged).build(), answer: bill })
            })
            .await
    }

    /// Draft → awaiting approval.
    ///
    /// # Errors
    /// As [`Finance::confirm_bill`]; an estimate needs its invoice first.
    pub async fn submit_bill(&self, caller: &Caller, id: BillId, version: i64) -> ServiceResult<Bill> {
        let step = Step { action: Action::BILL_SUBMIT, said: "" };
        self.bill_step(caller, id, version, step, |bill, approver| bill.submit(approver.stamp)).await
    }

    /// Awaiting approval → approved. As soon as several people manage Finance, it takes somebody who neither drafted nor
    /// submitted it nor activated its contract.
    ///
    /// # Errors
    /// As [`Finance::confirm_bill`].
    pub async fn approve_bill(&self, caller: &Caller, id: BillId, version: i64) -> ServiceResult<Bill> {
        let step = Step { action: Action::BILL_APPROVE, said: "" };
        self.bill_step(caller, id, version, step, Bill::approve).await
    }

    /// Awaiting approval → draft.
    ///
    /// # Errors
    /// As [`Finance::confirm_bill`]; a reason is needed.
    pub async fn reject_bill(&self, caller: &Caller, id: BillId, version: i64, reason: &str) -> ServiceResult<Bill> {
        let step = Step { action: Action::BILL_REJECT, said: reason };
        self.bill_step(caller, id, version, step, |bill, _| bill.reject(reason)).await
    }

    /// Notes a payment that was made elsewhere: Purser pays nothing.
    ///
    /// # Errors
    /// As [`Finance::confirm_bill`].
    pub async fn pay_bill(&self, caller: &Caller, id: BillId, version: i64, amount: Decimal, on: Date) -> ServiceResult<Bill> {
        let words = format!("{amount} on {on}");
        let step = Step { action: Action::BILL_PAY, said: &words };
        self.bill_step(caller, id, version, step, |bill, _| {
            let amount = Money::exact(amount, bill.currency)?;
            bill.pay(amount, on)
        })
        .await
    }

    /// Ends a bill without payment. Its period is drafted anew only when somebody asks.
    ///
    /// # Errors
    /// As [`Finance::confirm_bill`]; a reason is needed.
    pub async fn void_bill(&self, caller: &Caller, id: BillId, version: i64, reason: &str) -> ServiceResult<Bill> {
        let step = Step { action: Action::BILL_VOID, said: reason };
        self.bill_step(caller, id, version, step, |bill, approver| bill.void(reason, approver.stamp)).await
    }

    /// Drafts the period of a voided bill again, as a revision.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `manage_finance`, [`ServiceError::Refused`] while a bill of the period stands.
    pub async fn redraft_bill(&self, caller: &Caller, id: BillId) -> ServiceResult<Bill> {
        caller.require(Permission::ManageFinance)?;
        let book = &self.price_book().await?;
        self.ledger
            .change(move || async move {
                let nothing = || ServiceError::Refused("This bill was not drafted from a contract.".to_owned());
                let source = self.stored_bill(id).await?.source.ok_or_else(nothing)?;
                let rows = self.figures.billing_periods(source.contract_id).await?;
                let key = redraft(&rows, source.period_start, source.kind).map_err(|refused| super::refusal::refused(&refused))?;
                let course = Course::load(self, source.contract_id, self.environment.now()).await?.ok_or_else(nothing)?;
                let now = self.environment.now();
                let whole = course.agreed.billing_cycle().containing(source.period_start).ok_or_else(nothing)?;
                let active = course.agreed.span.clip(whole).ok_or_else(nothing)?;
                let due = DueDraft { key, whole, active, issue_date: course.agreed.time_zone.date(now) };
                let made = self.make(&course, &due, book, self.figures.last_bill().await? + 1, caller.actor.user_id()).await?;
                let bill = match &made {
                    Made::Bill(bill) => (**bill).clone(),
                    Made::Skipped(reason) => return Err(ServiceError::Refused(format!("No bill: {}.", reason.label()))),
                };
                let mut writes = made.writes(&due, now);
                writes.extend(course.around.found(self, vec![course.bill_finding(&due, &made)], None));
                let trail = TrailBuilder::new(&self.environment, caller).done(Action::BILL_DRAFT, Object::Bill(bill.id), said(&bill));
                Ok(Decision { writes, trail: trail.event(Event::FinanceChanged).build(), answer: bill })
            })
            .await
    }

    async fn bill_step(
        &self,
        caller: &Caller,
        id: BillId,
        version: i64,
        step: Step<'_>,
        go: impl Fn(Bill, Approver) -> Result<Bill, BillRefused> + Send + Sync,
    ) -> ServiceResult<Bill> {
        caller.require(Permission::ManageFinance)?;
        let (step, go) = (&step, &go);
        self.ledger
            .change(move || async move {
                let before = self.stored_bill(id).await?;
                before.at_version(version)?;
                let was = before.status();
                let approver = self.approver(caller, &before).await?;
                let bill = go(before, approver)?;
                let mut writes = vec![FinanceWrite::UpdateBill(bill.clone(), self.environment.now())];
                writes.extend(self.voided(&bill).await?);
                let words = format!("{}: {} → {}; {}", bill.number, was.label(), bill.status().label(), step.said.trim());
                let words = words.trim_end_matches("; ").to_owned();
                let trail = TrailBuilder::new(&self.environment, caller).done(step.action, Object::Bill(id), words);
                Ok(Decision { writes, trail: trail.event(Event::FinanceChanged).build(), answer: bill })
            })
            .await
    }

    async fn approver(&self, caller: &Caller, bill: &Bill) -> ServiceResult<Approver> {
        let contract = match bill.source {
            Some(source) => self.rows().contracts(&ContractsOf::Ids(vec![source.contract_id])).await?.pop(),
            None => None,
        };
        let manages = |user: &domain::people::User| user.is_active() && user.role.may(Permission::ManageFinance);
        Ok(Approver {
            stamp: Stamp { at: self.environment.now(), by: caller.actor.user_id() },
            activated_by: contract.and_then(|contract| contract.standing.activated()).and_then(|stamp| stamp.by),
            separates_duties: self.people.users().await?.iter().filter(|user| manages(user)).count() > 1,
        })
    }

    /// The memory of the period of a bill that was voided.
    async fn voided(&self, bill: &Bill) -> ServiceResult<Option<FinanceWrite>> {
        let (BillState::Void { .. }, Some(source)) = (&bill.state, bill.source) else { return Ok(None) };
        let rows = self.figures.billing_periods(source.contract_id).await?;
        let row = rows.into_iter().find(|row| row.key == source);
        Ok(row.map(|row| FinanceWrite::BillingPeriod(BillingPeriod { state: PeriodState::Voided(bill.id), ..row })))
    }

    async fn reconciled(&self, bill: &Bill, variance: &Variance) -> ServiceResult<Vec<FinanceWrite>> {
        let Some(source) = bill.source else { return Ok(Vec::new()) };
        let around = super::around::Around::light(self, source.contract_id, self.environment.now()).await?;
        let about = around.contract.about(&around.supplier.details.name);
        let words = format!("Invoiced {} more than expected on {}", variance.difference.normalize(), bill.number);
        let place = Place { allowance_id: None, period_start: Some(source.period_start) };
        let mut finding = around.subject(&about).evaluated(variance.signal(), place, (Some(words), serde_json::Map::new()));
        finding.links.bill_id = Some(bill.id);
        Ok(around.found(self, vec![finding], None))
    }
}
