//! The datasets that FOCUS 1.4 has beside costs and use, for the same terms: what contracts commit to, when is billed, and
//! what stands on each bill. Their ids are those of the rows of costs and use.

use super::Finance;
use super::around::Around;
use super::course::Course;
use super::export::{Made, Payable};
use super::export_term::{account, terms};
use super::measured::uncountable;
use crate::error::ServiceResult;
use crate::ports::{BillsOf, ContractsOf, PricesOf, SnapshotsOf};
use domain::finance::allowance::{Allowance, Scope};
use domain::finance::bill::{Bill, BillState, BillingPeriod, PeriodState};
use domain::finance::contract::Agreed;
use domain::finance::evaluation::{Snapshot, Subject, Window};
use domain::finance::focus::Account;
use domain::finance::focus::datasets::{
    CommitmentTerm, Committed, Invoiced, IssuerPeriod, Lifecycle, billing_periods, check_dataset, contract_commitments, invoice_details,
};
use domain::finance::focus::sheet::Sheet;
use domain::finance::period::{Period, Span};
use std::collections::{BTreeMap, HashMap};
use time::{Date, OffsetDateTime};
use vocab::BillId;
use vocab::finance::{BillStatus, FocusDataset, MetricKey};

/// Terms that nobody wrote down.
const USUAL_TERMS: &str = "Net 30";

/// When something was made and last changed.
type Stamps = (OffsetDateTime, OffsetDateTime);

/// A contract and what was billed for it.
struct Billing {
    course: Course,
    account: Account,
    rows: Vec<BillingPeriod>,
    bills: Vec<Bill>,
    stamps: HashMap<BillId, Stamps>,
    /// Its terms that share a day with the asked time.
    terms: Vec<Period>,
}

impl Finance {
    /// One row an allowance with a quantity, and one a minimum spend, of contracts that hold in the asked time; drafts that
    /// say enough are proposals.
    pub(super) async fn contract_commitments(&self, asked: Period) -> ServiceResult<Made> {
        let contracts = self.rows().contracts(&ContractsOf::All).await?;
        let newest = self.figures.snapshots(&SnapshotsOf::Newest(contracts.iter().map(|contract| contract.id).collect())).await?;
        let mut sheet = contract_commitments(&[]);
        for contract in &contracts {
            let Some(agreed) = contract.agreed().or_else(|| contract.terms.agreed()) else { continue };
            let Some(held) = agreed.span.clip(asked) else { continue };
            let around = Around::light(self, contract.id, self.environment.now()).await?;
            let is_negotiated = !self.rows().prices(PricesOf::Contract(contract.id)).await?.is_empty();
            let account = account(&around, &agreed);
            let facts = Facts { around: &around, agreed: &agreed, account: &account, is_negotiated, last: held.last_day() };
            sheet = sheet.with(contract_commitments(&facts.terms(&newest, self.environment.now())?));
        }
        Ok(made(FocusDataset::ContractCommitment, sheet, &Payable::default()))
    }

    /// One row an issuer and billing period.
    pub(super) async fn billing_periods(&self, asked: Period) -> ServiceResult<Made> {
        let mut periods: BTreeMap<(String, OffsetDateTime, OffsetDateTime), IssuerPeriod> = BTreeMap::new();
        for billing in self.billings(asked).await? {
            for period in billing.issuer_periods() {
                let key = (period.issuer.clone(), period.starts, period.ends);
                let both = match periods.remove(&key) {
                    Some(other) => IssuerPeriod {
                        is_closed: period.is_closed && other.is_closed,
                        stamps: (period.stamps.0.min(other.stamps.0), period.stamps.1.max(other.stamps.1)),
                        ..period
                    },
                    None => period,
                };
                periods.insert(key, both);
            }
        }
        let periods: Vec<IssuerPeriod> = periods.into_values().collect();
        Ok(made(FocusDataset::BillingPeriod, billing_periods(&periods), &Payable::default()))
    }

    /// One row a line of every bill of the terms, voided ones included.
    pub(super) async fn invoice_details(&self, asked: Period) -> ServiceResult<Made> {
        let billings = self.billings(asked).await?;
        let (mut invoices, mut payable) = (Vec::new(), Payable::default());
        for (billing, row, bill) in billings.iter().flat_map(Billing::billed) {
            let invoice = billing.invoiced(row, bill);
            if !matches!(bill.state, BillState::Void { .. }) {
                payable.add(invoice.invoice_id.clone(), bill.total().map_err(|error| uncountable(&error))?.to_minor())?;
            }
            invoices.push(invoice);
        }
        Ok(made(FocusDataset::InvoiceDetail, invoice_details(&invoices), &payable))
    }

    async fn billings(&self, asked: Period) -> ServiceResult<Vec<Billing>> {
        let mut found = Vec::new();
        for contract in self.rows().contracts(&ContractsOf::All).await? {
            let Some(course) = Course::load(self, contract.id, self.environment.now()).await? else { continue };
            let terms: Vec<Period> = terms(&course, asked, self.environment.now()).into_iter().map(|(_, active)| active).collect();
            if terms.is_empty() {
                continue;
            }
            found.push(Billing {
                account: account(&course.around, &course.agreed),
                rows: self.figures.billing_periods(contract.id).await?,
                bills: self.figures.bills(&BillsOf { contract: Some(contract.id), ..BillsOf::default() }).await?,
                stamps: self.figures.bill_stamps(contract.id).await?,
                terms,
                course,
            });
        }
        Ok(found)
    }
}

fn made(dataset: FocusDataset, sheet: Sheet, payable: &Payable) -> Made {
    let findings = check_dataset(dataset, &sheet, &payable.0);
    Made { sheet, findings, omitted: Vec::new() }
}

impl Billing {
    /// Bills and the periods they are for.
    fn billed(&self) -> impl Iterator<Item = (&Self, &BillingPeriod, &Bill)> {
        let is_asked = |row: &&BillingPeriod| self.terms.iter().any(|term| term.overlap(row.period).is_some());
        let of = |row: &BillingPeriod| self.bills.iter().find(|bill| Some(bill.id) == row.state.bill_id());
        self.rows.iter().filter(is_asked).filter_map(move |row| Some((self, row, of(row)?)))
    }

    fn instants(&self, days: Period) -> Stamps {
        let span = self.course.agreed.time_zone.instants(days.start(), days.end());
        (span.start, span.end)
    }

    fn issuer_periods(&self) -> Vec<IssuerPeriod> {
        let Course { agreed, around, .. } = &self.course;
        let Some(activated) = around.contract.standing.activated() else { return Vec::new() };
        let cycle = agreed.billing_cycle();
        let periods = self.terms.iter().flat_map(|term| cycle.touching(*term)).filter_map(|whole| agreed.span.clip(whole));
        let row = |days: Period| {
            let (starts, ends) = self.instants(days);
            let known = activated.at.max(starts);
            let changed = self.billed().filter(|(_, row, _)| row.period.start() == days.start());
            let changed = changed.filter_map(|(_, _, bill)| self.stamps.get(&bill.id)).map(|stamps| stamps.1).max();
            IssuerPeriod {
                issuer: self.account.invoice_issuer.clone(),
                starts,
                ends,
                is_closed: self.is_closed(days),
                stamps: (known, changed.unwrap_or(known).max(known)),
            }
        };
        periods.map(row).collect()
    }

    /// Every figure is final, what is due was drafted or passed over, and no draft waits.
    fn is_closed(&self, days: Period) -> bool {
        let rows: Vec<&BillingPeriod> = self.rows.iter().filter(|row| row.key.period_start == days.start()).collect();
        let is_done = |row: &&BillingPeriod| match row.state {
            PeriodState::Pending => false,
            PeriodState::Skipped(_) | PeriodState::Voided(_) => true,
            PeriodState::Drafted(id) => self.bills.iter().any(|bill| bill.id == id && bill.status() != BillStatus::Draft),
        };
        let is_final = self.course.settled_through().is_some_and(|last| days.last_day() <= last);
        is_final && !rows.is_empty() && rows.iter().all(is_done)
    }

    fn invoiced<'a>(&'a self, row: &BillingPeriod, bill: &'a Bill) -> Invoiced<'a> {
        let around = &self.course.around;
        let midnight = |day: Date| self.course.agreed.time_zone.instants(day, day.next_day().unwrap_or(day)).start;
        let period = self.instants(row.period);
        let terms = around.contract.terms.payment_terms.as_deref().or(around.supplier.details.payment_terms.as_deref());
        Invoiced {
            account: &self.account,
            bill,
            // As on the rows of costs and use.
            invoice_id: bill.invoice_ref.clone().unwrap_or_else(|| row.key.to_string()),
            period,
            dates: (midnight(bill.issue_date), midnight(bill.due_date)),
            payment_terms: terms.unwrap_or(USUAL_TERMS),
            stamps: self.stamps.get(&bill.id).copied().unwrap_or(period),
        }
    }
}

/// What the commitments of a contract are made of.
struct Facts<'a> {
    around: &'a Around,
    agreed: &'a Agreed,
    account: &'a Account,
    is_negotiated: bool,
    /// The last asked day on which it holds.
    last: Date,
}

impl<'a> Facts<'a> {
    fn terms(&self, newest: &[Snapshot], now: OffsetDateTime) -> ServiceResult<Vec<CommitmentTerm<'a>>> {
        let mut terms = Vec::new();
        for allowance in &self.around.allowances {
            let is_exhausted = newest.iter().any(|row| is_used_up(row, allowance, self.agreed.time_zone.date(now)));
            terms.extend(self.of_allowance(allowance, is_exhausted, now)?);
        }
        if let Some(minimum) = self.agreed.minimum.filter(|minimum| minimum.is_positive()) {
            let id = format!("{}:minimum", self.around.contract.id);
            let months = self.agreed.cadence.months();
            terms.push(self.term(id, "Minimum spend", Committed::Minimum(minimum), months, self.agreed.span, (false, now)));
        }
        Ok(terms)
    }

    /// `None` for one without a quantity, or that does not hold in the asked time.
    fn of_allowance(&self, allowance: &Allowance, is_exhausted: bool, now: OffsetDateTime) -> ServiceResult<Option<CommitmentTerm<'a>>> {
        let agreed = &allowance.terms;
        let span = self.agreed.span.and(allowance.effective);
        let cycle = agreed.cycle(self.agreed.anchor, self.agreed.cadence);
        let window = span.and_then(|span| Window::on(cycle, span, self.last));
        let Some(((span, window), quantity)) = span.zip(window).zip(agreed.included) else { return Ok(None) };
        let cost = window.commitment(self.agreed, agreed).map_err(|error| uncountable(&error))?.to_minor();
        let committed = Committed::Quantity { quantity, unit: agreed.unit.clone(), cost, is_spend: agreed.metric == MetricKey::Spend };
        let term = self.term(allowance.id.to_string(), &agreed.name, committed, cycle.months(), span, (is_exhausted, now));
        Ok(Some(CommitmentTerm { is_limited: agreed.scope != Scope::default(), ..term }))
    }

    fn term(
        &self,
        id: String,
        description: &str,
        committed: Committed,
        reset_months: u32,
        span: Span,
        (is_exhausted, now): (bool, OffsetDateTime),
    ) -> CommitmentTerm<'a> {
        let Self { around, agreed, .. } = self;
        let contract = &around.contract;
        CommitmentTerm {
            account: self.account,
            id,
            description: description.to_owned(),
            committed,
            reset_months,
            timing: agreed.timing,
            cadence: agreed.cadence,
            is_negotiated: self.is_negotiated,
            is_limited: false,
            contract: self.instants(agreed.span),
            period: self.instants(span),
            lifecycle: Lifecycle::of(contract.status(), contract.is_pending(agreed.time_zone.date(now)), is_exhausted),
            stamps: (contract.created_at, contract.updated_at),
        }
    }

    /// Without an end, up to that of the billing period of the last asked day.
    fn instants(&self, span: Span) -> Stamps {
        let running = self.agreed.billing_cycle().containing(self.last.max(span.from()));
        let until = span.until().or(running.map(Period::end)).unwrap_or(Date::MAX);
        let instants = self.agreed.time_zone.instants(span.from(), until);
        (instants.start, instants.end)
    }
}

/// Is nothing left of it in the period that runs?
fn is_used_up(row: &Snapshot, allowance: &Allowance, today: Date) -> bool {
    let evaluation = &row.evaluation;
    let remaining = evaluation.figures.as_ref().map(|figures| figures.remaining);
    evaluation.subject == Subject::Allowance(allowance.id)
        && evaluation.period.contains(today)
        && remaining.is_some_and(|left| left.is_sign_negative() || left.is_zero())
}
