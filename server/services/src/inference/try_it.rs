//! Trying a model from the page, and the opt-in paid test.

use super::fresh::Fault;
use super::meter::{Finished, Meter, Request};
use super::routes::{Route, RouteTable};
use super::{Inference, translate};
use crate::error::{ServiceError, ServiceResult};
use crate::ports::{CallFailure, DeltaStream};
use crate::trail::TrailBuilder;
use domain::audit::{Action, Object};
use domain::inference::{Candidate, Conversation, Delta, Message, MessageRole, TokenCounts};
use domain::people::Caller;
use futures::stream::{self, BoxStream, StreamExt};
use rust_decimal::Decimal;
use std::sync::Arc;
use vocab::{Permission, ProviderId, UsageOutcome};

/// Longest prompt, in characters.
const MAX_PROMPT: usize = 20_000;
/// Most output tokens of an answer on the page.
const MAX_OUTPUT: u32 = 1024;

/// A piece of an answer on the page.
#[derive(Debug, Clone)]
pub enum TryPiece {
    /// More text.
    Text(String),
    /// The end, all well.
    Done {
        /// Which model answered.
        model: String,
        /// Tokens, if reported.
        tokens: Option<TokenCounts>,
        /// Milliseconds to the first text.
        first_ms: u32,
        /// Milliseconds in all.
        total_ms: u32,
        /// US dollars at list price, if known.
        cost: Option<Decimal>,
    },
    /// The end, not well.
    Failed(String),
}

/// An answer on the page as it comes. Dropping it cancels the upstream call.
pub type TryStream = BoxStream<'static, TryPiece>;

/// What came of the paid test.
#[derive(Debug, Clone)]
pub struct PaidTest {
    /// Did it answer?
    pub answered: bool,
    /// In words.
    pub message: String,
    /// US dollars at list price, if known.
    pub cost: Option<Decimal>,
}

impl Inference {
    /// Asks a model of a connected provider and streams the answer.
    ///
    /// # Errors
    /// The three troubleshooting messages, or a provider that does not answer.
    pub async fn try_it(&self, caller: &Caller, id: &ProviderId, model: &str, prompt: &str) -> ServiceResult<TryStream> {
        caller.require(Permission::ManageProviderConnections)?;
        if prompt.trim().is_empty() || prompt.chars().count() > MAX_PROMPT {
            return Err(ServiceError::field("prompt", format!("write something, at most {MAX_PROMPT} characters")));
        }
        let (deltas, meter, candidate) = self.ask(caller, id, model, prompt, MAX_OUTPUT).await?;
        self.note(caller, Action::TRY_IT, id, &candidate.model_id).await?;
        let state = Trying { deltas, meter, model: candidate.model_id, begun: false, over: false };
        Ok(stream::unfold(state, |mut state| async move { state.next().await.map(|piece| (piece, state)) }).boxed())
    }

    /// One output token from the cheapest chat model. Costs money, if little.
    ///
    /// # Errors
    /// The three troubleshooting messages; what the provider says is the result.
    pub async fn paid_test(&self, caller: &Caller, id: &ProviderId) -> ServiceResult<PaidTest> {
        caller.require(Permission::ManageProviderConnections)?;
        let table = self.table().await?;
        let cheapest = table.candidates().iter().filter(|c| c.provider_id == *id && c.tier.is_some());
        let model = cheapest.min_by_key(|c| c.input_microdollars.unwrap_or(u64::MAX)).map(|c| c.model_id.clone());
        let model = model.ok_or_else(|| ServiceError::NoEligibleEndpoints { asked: id.to_string() })?;
        let (mut deltas, mut meter, _) = match self.ask(caller, id, &model, "Say OK.", 1).await {
            Ok(asked) => asked,
            Err(ServiceError::Provider { failure, .. }) => return Ok(PaidTest { answered: false, message: failure.message, cost: None }),
            Err(error) => return Err(error),
        };
        self.note(caller, Action::PAID_TEST, id, &model).await?;
        meter.answered(200);
        let mut failure = Some(translate::interrupted());
        while let Some(delta) = deltas.next().await {
            match delta {
                Ok(Delta::Usage(tokens)) => meter.counted(Some(tokens)),
                Ok(Delta::Finished(_)) => failure = None,
                Ok(Delta::Text(_)) => {}
                Err(error) => failure = Some(error),
            }
        }
        let outcome = if failure.is_none() { UsageOutcome::Completed } else { UsageOutcome::Interrupted };
        let cost = meter.finish(outcome).and_then(|finished| finished.cost);
        let message = failure.as_ref().map_or_else(|| format!("{model} answered."), |failure| failure.message.clone());
        Ok(PaidTest { answered: failure.is_none(), message, cost })
    }

    async fn ask(
        &self,
        caller: &Caller,
        id: &ProviderId,
        model: &str,
        prompt: &str,
        most: u32,
    ) -> ServiceResult<(DeltaStream, Meter, Candidate)> {
        let table = self.table().await?;
        let asked = format!("{id}/{model}");
        let candidate = self.route(caller, &table, &asked)?.into_iter().next();
        let candidate = candidate.ok_or_else(|| ServiceError::NoEligibleEndpoints { asked: asked.clone() })?;
        let route = table.route(id).cloned().ok_or(ServiceError::NoEligibleEndpoints { asked })?;
        let mut meter = self.meter(caller, &table, &candidate, &route);
        let target = route.target();
        let conversation = Conversation {
            model: candidate.model_id.clone(),
            messages: vec![Message { role: MessageRole::User, text: prompt.to_owned() }],
            // Our own limit, not the asker's: a plan that takes none goes without.
            max_output_tokens: Some(most).filter(|_| !target.plan().is_some_and(|plan| plan.refuses("max_output_tokens"))),
            ..Conversation::default()
        };
        let conversation = &conversation;
        match self.with_fresh(&route, |target| async move { self.upstream.converse(&target, conversation).await }).await {
            Ok(deltas) => Ok((deltas, meter, candidate)),
            Err(Fault::Credential(error)) => {
                meter.finish(UsageOutcome::ProviderError);
                Err(error)
            }
            Err(Fault::Call(failure)) => {
                self.report(id, failure.verdict);
                meter.answered(failure.status.unwrap_or(0));
                meter.finish(UsageOutcome::ProviderError);
                Err(self.failed(id, failure))
            }
        }
    }

    fn meter(&self, caller: &Caller, table: &Arc<RouteTable>, candidate: &Candidate, route: &Route) -> Meter {
        let id = self.environment.uuid().to_string();
        let at = self.environment.now();
        let request = Request { caller, id: &id, at, candidate, route, table };
        Meter::start(self.usage.clone(), self.environment.clone(), &request)
    }

    async fn note(&self, caller: &Caller, action: Action, id: &ProviderId, model: &str) -> ServiceResult<()> {
        let trail = TrailBuilder::new(&self.environment, caller).done(action, Object::Provider(id.clone()), model).build();
        Ok(self.audit.append(trail.audit).await?)
    }
}

/// What the answer carries from piece to piece.
struct Trying {
    deltas: DeltaStream,
    meter: Meter,
    model: String,
    begun: bool,
    over: bool,
}

impl Trying {
    async fn next(&mut self) -> Option<TryPiece> {
        while !self.over {
            let delta = self.deltas.next().await;
            if !std::mem::replace(&mut self.begun, true) {
                self.meter.answered(200);
            }
            match delta {
                Some(Ok(Delta::Text(text))) => return Some(TryPiece::Text(text)),
                Some(Ok(Delta::Usage(tokens))) => self.meter.counted(Some(tokens)),
                Some(Ok(Delta::Finished(_))) => return self.done(),
                Some(Err(failure)) => return Some(self.failed(&failure)),
                None => return Some(self.failed(&translate::interrupted())),
            }
        }
        None
    }

    fn done(&mut self) -> Option<TryPiece> {
        self.over = true;
        let Finished { tokens, first_ms, total_ms, cost } = self.meter.finish(UsageOutcome::Completed)?;
        Some(TryPiece::Done { model: self.model.clone(), tokens, first_ms, total_ms, cost })
    }

    fn failed(&mut self, failure: &CallFailure) -> TryPiece {
        self.over = true;
        self.meter.finish(UsageOutcome::Interrupted);
        TryPiece::Failed(failure.message.clone())
    }
}
