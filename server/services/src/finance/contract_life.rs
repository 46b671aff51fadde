//! Contracts from draft to end: every step in one transaction with its items, statuses and audit line.

use super::Finance;
use super::around::Around;
use super::contract_edit::AllowanceEdit;
use super::ledger::Decision;
use crate::error::ServiceResult;
use crate::ports::FinanceWrite;
use crate::trail::TrailBuilder;
use domain::audit::{Action, Object};
use domain::events::Event;
use domain::finance::contract::{Contract, ContractRefused, ContractTerms, Stamp, Succession, Successor, Surroundings, hand_over};
use domain::finance::number::Numbered;
use domain::finance::work_item::Ending;
use domain::people::Caller;
use time::Date;
use vocab::{ContractId, Permission};

/// A step: what it is called in the audit log, what is said of it there, and how the contract ended, if it did.
struct Step<'a> {
    action: Action,
    said: &'a str,
    ending: Option<Ending>,
}

impl Finance {
    /// Draft → active, once everything its type needs is there.
    ///
    /// # Errors
    /// [`crate::ServiceError::Forbidden`] without `manage_finance`, [`crate::ServiceError::Conflict`] when somebody saved
    /// meanwhile, [`crate::ServiceError::Invalid`] naming every field that lacks, [`crate::ServiceError::Refused`] when it is
    /// no draft.
    pub async fn activate_contract(&self, caller: &Caller, id: ContractId, version: i64) -> ServiceResult<Contract> {
        let step = Step { action: Action::CONTRACT_ACTIVATE, said: "", ending: None };
        self.step(caller, id, step, |around, surroundings, stamp| {
            around.contract.clone().activate(version, &around.terms(), surroundings, stamp)
        })
        .await
    }

    /// Active → suspended.
    ///
    /// # Errors
    /// As [`Finance::activate_contract`]; a reason is needed.
    pub async fn suspend_contract(&self, caller: &Caller, id: ContractId, version: i64, reason: &str) -> ServiceResult<Contract> {
        let step = Step { action: Action::CONTRACT_SUSPEND, said: reason, ending: None };
        self.step(caller, id, step, |around, _, stamp| around.contract.clone().suspend(version, reason, stamp)).await
    }

    /// Suspended → active.
    ///
    /// # Errors
    /// As [`Finance::activate_contract`].
    pub async fn resume_contract(&self, caller: &Caller, id: ContractId, version: i64) -> ServiceResult<Contract> {
        let step = Step { action: Action::CONTRACT_RESUME, said: "", ending: None };
        self.step(caller, id, step, |around, _, stamp| around.contract.clone().resume(version, stamp.at)).await
    }

    /// Draft, active or suspended → terminated. `ended_on` is the day after its last; today when not given.
    ///
    /// # Errors
    /// As [`Finance::activate_contract`]; a reason is needed.
    pub async fn terminate_contract(
        &self,
        caller: &Caller,
        id: ContractId,
        version: i64,
        ended_on: Option<Date>,
        reason: &str,
    ) -> ServiceResult<Contract> {
        let step = Step { action: Action::CONTRACT_TERMINATE, said: reason, ending: Some(Ending::Ended) };
        self.step(caller, id, step, |around, _, stamp| {
            let day = ended_on.unwrap_or_else(|| around.contract.terms.time_zone.date(stamp.at));
            around.contract.clone().terminate(version, day, reason, stamp)
        })
        .await
    }

    /// A new version of a contract in force, active in the same breath: coverage moves on the day it starts.
    ///
    /// # Errors
    /// As [`Finance::activate_contract`]; the new version must begin while the old one runs.
    pub async fn supersede_contract(
        &self,
        caller: &Caller,
        id: ContractId,
        version: i64,
        terms: ContractTerms,
        allowances: Vec<AllowanceEdit>,
    ) -> ServiceResult<Contract> {
        caller.require(Permission::ManageFinance)?;
        let (terms, allowances) = (&terms, &allowances);
        self.ledger
            .change(move || async move {
                let around = Around::load(self, id, self.environment.now()).await?;
                let proposed = Contract { terms: terms.clone(), ..around.contract.clone() };
                let surroundings = around.surroundings(self, &proposed).await?;
                let successor = Successor {
                    id: ContractId::new(self.environment.uuid()),
                    number: Numbered::Contract.draw(self.environment.entropy()),
                    terms: terms.clone(),
                };
                let entered: Vec<_> = allowances.iter().map(|edit| edit.terms.clone()).collect();
                let stamp = Stamp { at: self.environment.now(), by: caller.actor.user_id() };
                let both = around.contract.clone().supersede(version, successor, &entered, surroundings, stamp)?;
                let writes = self.succession(&around, &both, allowances, surroundings);
                let changes = self.said(&around.contract.terms.changes_to(terms)).await?;
                let trail = TrailBuilder::new(&self.environment, caller)
                    .done(Action::CONTRACT_SUPERSEDE, Object::Contract(id), format!("by {}: {changes}", both.new.number))
                    .done(Action::CONTRACT_ACTIVATE, Object::Contract(both.new.id), format!("in place of {}", both.old.number))
                    .event(Event::FinanceChanged);
                Ok(Decision { writes, trail: trail.build(), answer: both.new })
            })
            .await
    }

    /// The old one first: the account has room for one.
    fn succession(&self, around: &Around, both: &Succession, allowances: &[AllowanceEdit], world: Surroundings) -> Vec<FinanceWrite> {
        let Succession { old, new } = both;
        let mut writes = vec![FinanceWrite::UpdateContract(old.clone()), FinanceWrite::InsertContract(new.clone())];
        writes.push(FinanceWrite::Allowances(new.id, self.allowance_rows(new, allowances, &[])));
        let starts = new.terms.start_date.map_or(new.created_at, |day| new.terms.time_zone.start_of(day));
        writes.extend(hand_over(&around.coverage, old.id, new.id, starts).into_iter().map(FinanceWrite::Coverage));
        let entered: Vec<_> = allowances.iter().map(|edit| edit.terms.clone()).collect();
        writes.extend(around.succeeded(self, new, &entered, world));
        writes
    }

    async fn step(
        &self,
        caller: &Caller,
        id: ContractId,
        step: Step<'_>,
        go: impl Fn(&Around, Surroundings, Stamp) -> Result<Contract, ContractRefused> + Send + Sync,
    ) -> ServiceResult<Contract> {
        caller.require(Permission::ManageFinance)?;
        let (step, go) = (&step, &go);
        self.ledger
            .change(move || async move {
                let around = Around::load(self, id, self.environment.now()).await?;
                let surroundings = around.surroundings(self, &around.contract).await?;
                let stamp = Stamp { at: self.environment.now(), by: caller.actor.user_id() };
                let after = go(&around, surroundings, stamp)?;
                let mut writes = vec![FinanceWrite::UpdateContract(after.clone())];
                writes.extend(around.aftermath(self, &after, &around.terms(), surroundings, step.ending));
                let said = format!("{} → {}; {}", around.contract.status().label(), after.status().label(), step.said.trim());
                let said = said.trim_end_matches("; ").to_owned();
                let trail = TrailBuilder::new(&self.environment, caller).done(step.action, Object::Contract(id), said);
                Ok(Decision { writes, trail: trail.event(Event::FinanceChanged).build(), answer: after })
            })
            .await
    }
}
