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
use time::OffsetDateTime;
use vocab::ContractId;
use vocab::finance::ContractStatus;

/// What a run of the upkeep did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UpkeepRun {
    /// Contracts that something was written for.
    pub contracts: u32,
    /// Contracts that could not be brought up to date, by number, and why. They are tried again.
    pub failed: Vec<(String, String)>,
}

impl Finance {
    /// Looks at every contract that has not ended and brings its items and standing up to date, as they are at `now`. A job
    /// calls it; a page never does. One contract that fails does not keep the others from their renewals and ends.
    ///
    /// # Errors
    /// When contracts cannot be read.
    pub async fn upkeep(&self, now: OffsetDateTime) -> ServiceResult<UpkeepRun> {
        let mut run = UpkeepRun::default();
        for contract in self.rows().contracts(&ContractsOf::Running).await? {
            match self.keep_up(contract.id, now).await {
                Ok(is_changed) => run.contracts += u32::from(is_changed),
                Err(error) => {
                    tracing::warn!(contract = %contract.number, %error, "a contract could not be brought up to date; it will be tried again");
                    run.failed.push((contract.number, error.to_string()));
                }
            }
        }
        Ok(run)
    }

    async fn keep_up(&self, id: ContractId, now: OffsetDateTime) -> ServiceResult<bool> {
        self.ledger
            .change(move || async move {
                let around = Around::load(self, id, now).await?;
                let surroundings = around.surroundings(self, &around.contract).await?;
                let expired = expired(&around.contract, now);
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
}

/// The contract, expired, if its end has come in its own zone.
fn expired(contract: &Contract, now: OffsetDateTime) -> Option<Contract> {
    let runs = matches!(contract.status(), ContractStatus::Active | ContractStatus::Suspended);
    runs.then(|| contract.clone().expire(contract.terms.time_zone.date(now), now).ok()).flatten()
}
