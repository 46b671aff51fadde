//! Contracts, edited: each edit on the version a person has seen, and only fields that may change.

use super::Finance;
use super::around::Around;
use super::ledger::Decision;
use crate::error::ServiceResult;
use crate::ports::FinanceWrite;
use crate::trail::TrailBuilder;
use domain::audit::{Action, Object};
use domain::events::Event;
use domain::finance::allowance::{Allowance, AllowanceTerms};
use domain::finance::contract::{Contract, ContractTerms, FieldChange};
use domain::finance::period::Span;
use domain::people::Caller;
use std::collections::HashMap;
use vocab::finance::ContractField;
use vocab::{AllowanceId, ContractId, Permission, UserId};

/// An allowance as a person wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowanceEdit {
    /// Which one it was; `None` for a new one.
    pub id: Option<AllowanceId>,
    /// What it shall be.
    pub terms: AllowanceTerms,
}

impl Finance {
    /// Other terms. A draft takes any right ones; of a contract in force only what was not agreed with the supplier changes.
    ///
    /// # Errors
    /// [`crate::ServiceError::Forbidden`] without `manage_finance`, [`crate::ServiceError::Conflict`] when somebody saved
    /// meanwhile, [`crate::ServiceError::Invalid`] with every wrong field, [`crate::ServiceError::Refused`] once it ended.
    pub async fn edit_contract(&self, caller: &Caller, id: ContractId, version: i64, terms: ContractTerms) -> ServiceResult<Contract> {
        caller.require(Permission::ManageFinance)?;
        let terms = &terms;
        self.ledger
            .change(move || async move {
                let around = Around::load(self, id, self.environment.now()).await?;
                let proposed = Contract { terms: terms.clone(), ..around.contract.clone() };
                let surroundings = around.surroundings(self, &proposed).await?;
                let (allowances, history, now) = (around.terms(), around.history, self.environment.now());
                let edited = around.contract.clone().edit(version, terms.clone(), &allowances, surroundings, history, now)?;
                if edited.changes.is_empty() {
                    return Ok(Decision::nothing(edited.contract));
                }
                let mut writes = vec![FinanceWrite::UpdateContract(edited.contract.clone())];
                writes.extend(around.aftermath(self, &edited.contract, &allowances, surroundings, None));
                let said = self.said(&edited.changes).await?;
                let trail = TrailBuilder::new(&self.environment, caller).done(Action::CONTRACT_EDIT, Object::Contract(id), said);
                Ok(Decision { writes, trail: trail.event(Event::FinanceChanged).build(), answer: edited.contract })
            })
            .await
    }

    /// Other allowances, in place of those it has. Of a contract in force they change with a new version only.
    ///
    /// # Errors
    /// As [`Finance::edit_contract`]; a wrong field of the second allowance is called `allowances.1.…`.
    pub async fn edit_allowances(
        &self,
        caller: &Caller,
        id: ContractId,
        version: i64,
        edits: Vec<AllowanceEdit>,
    ) -> ServiceResult<Contract> {
        caller.require(Permission::ManageFinance)?;
        let edits = &edits;
        self.ledger
            .change(move || async move {
                let around = Around::load(self, id, self.environment.now()).await?;
                let terms: Vec<AllowanceTerms> = edits.iter().map(|edit| edit.terms.clone()).collect();
                let now = self.environment.now();
                let contract = around.contract.clone().edit_allowances(version, &terms, now)?;
                let surroundings = around.surroundings(self, &contract).await?;
                let kept = around.allowances.iter().map(|allowance| allowance.id).collect::<Vec<_>>();
                let rows = self.allowance_rows(&contract, edits, &kept);
                let mut writes = vec![FinanceWrite::UpdateContract(contract.clone()), FinanceWrite::Allowances(id, rows)];
                writes.extend(around.aftermath(self, &contract, &terms, surroundings, None));
                let names: Vec<&str> = terms.iter().map(|terms| terms.name.as_str()).collect();
                let said = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
                let trail = TrailBuilder::new(&self.environment, caller).done(Action::CONTRACT_ALLOWANCES, Object::Contract(id), said);
                Ok(Decision { writes, trail: trail.event(Event::FinanceChanged).build(), answer: contract })
            })
            .await
    }

    /// Rows for what was entered, in that order. An allowance keeps its id only within its own contract.
    pub(super) fn allowance_rows(&self, contract: &Contract, edits: &[AllowanceEdit], kept: &[AllowanceId]) -> Vec<Allowance> {
        let today = contract.terms.time_zone.date(self.environment.now());
        let starts = contract.terms.start_date.unwrap_or(today);
        edits
            .iter()
            .zip(0..)
            .map(|(edit, sort_order)| Allowance {
                id: edit.id.filter(|id| kept.contains(id)).unwrap_or_else(|| AllowanceId::new(self.environment.uuid())),
                contract_id: contract.id,
                terms: AllowanceTerms { sort_order, ..edit.terms.clone() },
                effective: Span::open(starts),
            })
            .collect()
    }
}

impl Finance {
    /// The changes in one line, people by their names: `Currency: — → USD; Budget owner: — → Finn`.
    pub(super) async fn said(&self, changes: &[FieldChange]) -> ServiceResult<String> {
        let has_people = changes.iter().any(|change| change.field == ContractField::BudgetOwner);
        let names = if has_people { self.names().await? } else { HashMap::new() };
        let value = |change: &FieldChange, text: &Option<String>| {
            let Some(text) = text else { return "—".to_owned() };
            let person = text.parse::<UserId>().ok().filter(|_| change.field == ContractField::BudgetOwner);
            person.and_then(|id| names.get(&id).cloned()).unwrap_or_else(|| text.clone())
        };
        let one = |change: &FieldChange| {
            format!("{}: {} → {}", change.field.label(), value(change, &change.before), value(change, &change.after))
        };
        Ok(changes.iter().map(one).collect::<Vec<_>>().join("; "))
    }
}
