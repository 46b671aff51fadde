//! The editor's save: terms and allowances together, and the activation when that was asked for. All of it or nothing.

use super::Finance;
use super::around::Around;
use super::contract_edit::AllowanceEdit;
use super::ledger::Decision;
use crate::error::ServiceResult;
use crate::ports::FinanceWrite;
use crate::trail::TrailBuilder;
use domain::audit::{Action, Object};
use domain::events::Event;
use domain::finance::allowance::AllowanceTerms;
use domain::finance::contract::{Contract, ContractTerms, Stamp};
use domain::people::Caller;
use vocab::{ContractId, Permission, UserId};

/// A contract as a person has entered it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractSave {
    /// Its terms.
    pub terms: ContractTerms,
    /// Its allowances, in order.
    pub allowances: Vec<AllowanceEdit>,
    /// Shall it be active from now on?
    pub activate: bool,
}

impl Finance {
    /// Terms, allowances and, if wanted, the activation in one step. Of a contract in force only what was not agreed with
    /// the supplier changes.
    ///
    /// # Errors
    /// [`crate::ServiceError::Forbidden`] without `manage_finance`, [`crate::ServiceError::Conflict`] when somebody saved
    /// meanwhile, [`crate::ServiceError::Invalid`] with every wrong or missing field, [`crate::ServiceError::Refused`].
    pub async fn save_contract(&self, caller: &Caller, id: ContractId, version: i64, save: ContractSave) -> ServiceResult<Contract> {
        caller.require(Permission::ManageFinance)?;
        let save = &save;
        self.ledger
            .change(move || async move {
                let around = Around::load(self, id, self.environment.now()).await?;
                let proposed = Contract { terms: save.terms.clone(), ..around.contract.clone() };
                let world = around.surroundings(self, &proposed).await?;
                let (entered, now) = (in_order(&save.allowances), self.environment.now());
                let edited = around.contract.clone().edit(version, save.terms.clone(), &entered, world, around.history, now)?;
                let (mut contract, mut writes) = (edited.contract, Vec::new());
                let mut trail = TrailBuilder::new(&self.environment, caller);
                if !edited.changes.is_empty() {
                    trail = trail.done(Action::CONTRACT_EDIT, Object::Contract(id), self.said(&edited.changes).await?);
                }
                if entered != around.terms() {
                    contract = contract.clone().edit_allowances(contract.version, &entered, now)?;
                    let kept: Vec<_> = around.allowances.iter().map(|allowance| allowance.id).collect();
                    writes.push(FinanceWrite::Allowances(id, self.allowance_rows(&contract, &save.allowances, &kept)));
                    let names: Vec<&str> = entered.iter().map(|terms| terms.name.as_str()).collect();
                    trail = trail.done(Action::CONTRACT_ALLOWANCES, Object::Contract(id), names.join(", "));
                }
                if save.activate {
                    let stamp = Stamp { at: now, by: caller.actor.user_id() };
                    contract = contract.clone().activate(contract.version, &entered, world, stamp)?;
                    trail = trail.done(Action::CONTRACT_ACTIVATE, Object::Contract(id), "");
                }
                if contract == around.contract {
                    return Ok(Decision::nothing(contract));
                }
                writes.insert(0, FinanceWrite::UpdateContract(contract.clone()));
                writes.extend(around.aftermath(self, &contract, &entered, world, None));
                Ok(Decision { writes, trail: trail.event(Event::FinanceChanged).build(), answer: contract })
            })
            .await
    }

    /// Everybody who can own a contract or a work item, by name.
    ///
    /// # Errors
    /// [`crate::ServiceError::Forbidden`] without `view_finance`.
    pub async fn assignable(&self, caller: &Caller) -> ServiceResult<Vec<(UserId, String)>> {
        caller.require(Permission::ViewFinance)?;
        let mut people: Vec<_> =
            self.people.users().await?.into_iter().filter(domain::people::User::is_active).map(|user| (user.id, user.name)).collect();
        people.sort_by(|a, b| a.1.cmp(&b.1));
        Ok(people)
    }
}

/// The terms as they are stored: numbered in the order of the editor.
fn in_order(edits: &[AllowanceEdit]) -> Vec<AllowanceTerms> {
    edits.iter().zip(0..).map(|(edit, sort_order)| AllowanceTerms { sort_order, ..edit.terms.clone() }).collect()
}
