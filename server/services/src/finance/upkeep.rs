//! Upkeep: what changes with time alone. Items about renewals and missing details, owners who left, contracts whose end
//! has come.

use super::Finance;
use super::around::Around;
use super::ledger::Decision;
use crate::error::ServiceResult;
use crate::ports::{ContractsOf, FinanceWrite, Trail};
use crate::trail::TrailBuilder;
use domain::audit::{Action, Object, Origin};
use domain::events::Event;
use domain::finance::contract::Contract;
use domain::finance::work_item::Ending;
use domain::people::Actor;
use vocab::ContractId;
use vocab::finance::ContractStatus;

impl Finance {
    /// Looks at every contract that has not ended and brings its items and standing up to date. A job calls it; a page
    /// never does. Returns how many contracts something was written for.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn upkeep(&self) -> ServiceResult<u32> {
        let mut changed = 0;
        for contract in self.rows().contracts(&ContractsOf::Running).await? {
            changed += u32::from(self.keep_up(contract.id).await?);
        }
        Ok(changed)
    }

    async fn keep_up(&self, id: ContractId) -> ServiceResult<bool> {
        self.ledger
            .change(move || async move {
                let around = Around::load(self, id).await?;
                let surroundings = around.surroundings(self, &around.contract).await?;
                let now = self.environment.now();
                let expired = self.expired(&around.contract);
                let (after, ending) = match &expired {
                    Some(expired) => (expired, Some(Ending::Ended)),
                    None => (&around.contract, None),
                };
                let mut writes: Vec<FinanceWrite> = expired.iter().cloned().map(FinanceWrite::UpdateContract).collect();
                writes.extend(around.aftermath(self, after, &around.terms(), surroundings, ending));
                let mut trail = TrailBuilder::of(&self.environment, Actor::System, Origin::default());
                if expired.is_some() {
                    trail = trail.done(Action::CONTRACT_EXPIRE, Object::Contract(id), format!("on {}", now.date()));
                }
                let nothing = writes.is_empty();
                let trail = if nothing { Trail::default() } else { trail.event(Event::FinanceChanged).build() };
                Ok(Decision { writes, trail, answer: !nothing })
            })
            .await
    }

    /// The contract, expired, if its end has come in its own zone.
    fn expired(&self, contract: &Contract) -> Option<Contract> {
        let now = self.environment.now();
        let runs = matches!(contract.status(), ContractStatus::Active | ContractStatus::Suspended);
        runs.then(|| contract.clone().expire(contract.terms.time_zone.date(now), now).ok()).flatten()
    }
}
