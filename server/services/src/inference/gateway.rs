//! `POST /v1/chat/completions`, `/v1/responses`, `/v1/messages`, `/v1/embeddings`: routed, forwarded or translated, streamed back.

use super::forward::MeteredBody;
use super::fresh::Fault;
use super::meter::{Meter, Request};
use super::outgoing::{Call, Step, Surface};
use super::routes::RouteTable;
use super::{Inference, translate};
use crate::error::{ServiceError, ServiceResult};
use crate::ports::{Answer, CallFailure, ForwardCall};
use bytes::Bytes;
use domain::inference::{Candidate, openai_chat, shallow};
use domain::people::Caller;
use futures::stream::{BoxStream, StreamExt};
use vocab::{Dialect, Permission, ProviderId, UsageOutcome, Verdict};

/// Candidates tried for one request.
const TRIES: usize = 3;

/// What goes back to the caller.
pub struct GatewayAnswer {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: String,
    /// `Retry-After`, as the provider sent it.
    pub retry_after: Option<String>,
    /// Who served it.
    pub provider_id: ProviderId,
    /// The body as it comes. Dropping it cancels the upstream call.
    pub body: BoxStream<'static, Result<Bytes, CallFailure>>,
}

/// One candidate did not serve the request.
enum Miss {
    /// Somebody else may: what happened, and what the caller hears if nobody does.
    TryNext(ServiceError),
    /// Nobody else should be asked.
    Stop(ServiceError),
}

impl Inference {
    /// Serves a chat-completions request.
    ///
    /// # Errors
    /// The three troubleshooting messages, a malformed body, or a provider that does not answer. A provider's own error
    /// answers are passed through as answers.
    pub async fn chat_completions(&self, caller: &Caller, request_id: &str, body: Bytes) -> ServiceResult<GatewayAnswer> {
        self.serve(Surface::ChatCompletions, caller, request_id, body, None).await
    }

    /// Serves a request of the Responses API.
    ///
    /// # Errors
    /// As [`Inference::chat_completions`], and [`ServiceError::BadRequest`] when the model's provider does not serve that
    /// API or its plan does not take something that was asked.
    pub async fn responses(&self, caller: &Caller, request_id: &str, body: Bytes) -> ServiceResult<GatewayAnswer> {
        self.serve(Surface::Responses, caller, request_id, body, None).await
    }

    /// Serves a request of the Messages API; `beta` is the caller's `anthropic-beta`.
    ///
    /// # Errors
    /// As [`Inference::chat_completions`], and [`ServiceError::BadRequest`] when the model's provider does not serve that API.
    pub async fn messages(&self, caller: &Caller, request_id: &str, body: Bytes, beta: Option<&str>) -> ServiceResult<GatewayAnswer> {
        self.serve(Surface::Messages, caller, request_id, body, beta).await
    }

    /// Serves a request for embeddings.
    ///
    /// # Errors
    /// As [`Inference::messages`].
    pub async fn embeddings(&self, caller: &Caller, request_id: &str, body: Bytes) -> ServiceResult<GatewayAnswer> {
        self.serve(Surface::Embeddings, caller, request_id, body, None).await
    }

    async fn serve(
        &self,
        surface: Surface,
        caller: &Caller,
        request_id: &str,
        body: Bytes,
        beta: Option<&str>,
    ) -> ServiceResult<GatewayAnswer> {
        caller.require(Permission::UseInference)?;
        let at = self.environment.now();
        let shallow = shallow::read(&body)
            .map_err(|error| ServiceError::BadRequest { parameter: error.param().map(str::to_owned), message: error.to_string() })?;
        let table = self.table().await?;
        let candidates = self.candidates(caller, &table, &shallow.model, surface)?;
        let call = Call { surface, caller, request_id, at, body, shallow, beta };
        self.usage.ready().await?;
        let mut last = None;
        for (index, candidate) in candidates.iter().enumerate() {
            match self.attempt(&call, &table, candidate, index + 1 == candidates.len()).await {
                Ok(answer) => return Ok(answer),
                Err(Miss::Stop(error)) => return Err(error),
                Err(Miss::TryNext(error)) => last = Some(error),
            }
        }
        Err(last.unwrap_or(ServiceError::NoEligibleEndpoints { asked: call.shallow.model }))
    }

    /// Who is asked, in order.
    fn candidates(&self, caller: &Caller, table: &RouteTable, asked: &str, surface: Surface) -> ServiceResult<Vec<Candidate>> {
        let mut candidates = self.route(caller, table, asked)?;
        let first = candidates.first().map(|candidate| candidate.provider_id.clone());
        let route = |candidate: &Candidate| table.route(&candidate.provider_id);
        if surface != Surface::ChatCompletions {
            candidates.retain(|candidate| route(candidate).is_some_and(|route| surface.is_served_by(&route.target())));
            if candidates.is_empty() {
                return Err(self.not_served(surface, first.as_ref(), asked));
            }
        }
        // A plan never falls back silently to a key that is paid by the token.
        let mut on_a_plan = false;
        candidates.retain(|candidate| {
            let spends_plan = route(candidate).is_some_and(|route| route.spends_plan);
            let asked = spends_plan || !on_a_plan;
            on_a_plan |= spends_plan;
            asked
        });
        candidates.truncate(TRIES);
        Ok(candidates)
    }

    fn not_served(&self, surface: Surface, provider: Option<&ProviderId>, asked: &str) -> ServiceError {
        let name = provider.and_then(|id| self.catalogue.get(id)).map_or("The provider", |provider| provider.name.as_str());
        let (what, remedy) = surface.missing();
        ServiceError::BadRequest {
            parameter: Some("model".to_owned()),
            message: format!("{name}, which has {asked:?}, does not serve {what}. {remedy} a model of a provider that does."),
        }
    }

    async fn attempt(&self, call: &Call<'_>, table: &RouteTable, candidate: &Candidate, is_last: bool) -> Result<GatewayAnswer, Miss> {
        let Some(route) = table.route(&candidate.provider_id) else {
            return Err(Miss::TryNext(ServiceError::NoEligibleEndpoints { asked: call.shallow.model.clone() }));
        };
        let step = Step { call, route, candidate, is_last };
        let request = Request { caller: call.caller, id: call.request_id, at: call.at, candidate, route, table };
        let meter = || Meter::start(self.usage.clone(), self.environment.clone(), &request);
        match (call.surface, route.target().dialect()) {
            (Surface::ChatCompletions, Dialect::OpenaiChat) => {
                let (forward, added_usage) = step.chat_completions();
                self.forward(&step, forward, added_usage, meter()).await
            }
            (Surface::ChatCompletions, _) => self.translate(&step, meter()).await,
            (Surface::Responses, _) => {
                let forward = step.responses().map_err(Miss::Stop)?;
                self.forward(&step, forward, false, meter()).await
            }
            (Surface::Messages, _) => self.forward(&step, step.renamed("messages"), false, meter()).await,
            (Surface::Embeddings, _) => self.forward(&step, step.renamed("embeddings"), false, meter()).await,
        }
    }

    /// To an upstream that speaks what the caller speaks.
    async fn forward(&self, step: &Step<'_>, forward: ForwardCall, added_usage: bool, mut meter: Meter) -> Result<GatewayAnswer, Miss> {
        let forward = &forward;
        let sent = self.with_fresh(step.route, |target| async move { self.upstream.forward(&target, forward.clone()).await }).await;
        let candidate = step.candidate;
        match sent {
            Ok(answer) if !step.is_last && worth_another(answer.status) => {
                self.report(&candidate.provider_id, verdict_of(answer.status));
                meter.abandon();
                let failure = CallFailure {
                    verdict: verdict_of(answer.status),
                    status: Some(answer.status),
                    message: format!("answered {}", answer.status),
                    retry_after: None,
                };
                Err(Miss::TryNext(self.failed(&candidate.provider_id, failure)))
            }
            Ok(answer) => {
                meter.answered(answer.status);
                if answer.status >= 400 {
                    self.report(&candidate.provider_id, verdict_of(answer.status));
                }
                Ok(passed_on(answer, step, added_usage, meter))
            }
            Err(fault) => Err(self.missed(step, fault, meter)),
        }
    }

    /// Another dialect: through a conversation.
    async fn translate(&self, step: &Step<'_>, meter: Meter) -> Result<GatewayAnswer, Miss> {
        let Step { call, route, candidate, .. } = *step;
        let request = match step.conversation() {
            Ok(request) => request,
            Err(error) => {
                meter.abandon();
                return Err(Miss::Stop(error));
            }
        };
        let conversation = &request.conversation;
        match self.with_fresh(route, |target| async move { self.upstream.converse(&target, conversation).await }).await {
            Ok(deltas) => {
                let head = openai_chat::AnswerHead {
                    id: format!("chatcmpl-{}", call.request_id),
                    created: call.at.unix_timestamp(),
                    model: candidate.model_id.clone(),
                };
                let translation = translate::Translation { deltas, head, meter, provider_id: candidate.provider_id.clone() };
                if request.stream {
                    Ok(translation.stream(request.include_usage))
                } else {
                    translation.whole().await.map_err(|failure| Miss::Stop(self.failed(&candidate.provider_id, failure)))
                }
            }
            Err(fault) => Err(self.missed(step, fault, meter)),
        }
    }

    /// A call that brought no answer. It is written down if nobody else is asked: a request has one row.
    fn missed(&self, step: &Step<'_>, fault: Fault, mut meter: Meter) -> Miss {
        let id = &step.candidate.provider_id;
        let (another, status, error) = match fault {
            Fault::Call(failure) => {
                self.report(id, failure.verdict);
                let of_ours = matches!(failure.verdict, Verdict::BadCredential | Verdict::NoFunds | Verdict::NotPermitted);
                let another = failure.verdict.heals_by_itself() || of_ours;
                (another, failure.status, self.failed(id, failure))
            }
            Fault::Credential(error) => (true, None, error),
        };
        if another && !step.is_last {
            meter.abandon();
        } else {
            meter.answered(status.unwrap_or(0));
            meter.finish(UsageOutcome::ProviderError);
        }
        if another { Miss::TryNext(error) } else { Miss::Stop(error) }
    }
}

fn passed_on(answer: Answer, step: &Step<'_>, hide_usage: bool, meter: Meter) -> GatewayAnswer {
    let must_end = step.call.surface.has_last_event();
    GatewayAnswer {
        status: answer.status,
        content_type: answer.content_type.clone(),
        retry_after: answer.retry_after.clone(),
        provider_id: step.candidate.provider_id.clone(),
        body: MeteredBody::new(answer, hide_usage, must_end, meter).boxed(),
    }
}

/// Statuses that say more about the provider than about the request. What is said of our credential is a failure, never an answer.
const fn worth_another(status: u16) -> bool {
    matches!(status, 408 | 429 | 500..=599)
}

/// A rough reading of a status whose body belongs to the caller; the check that follows reads properly.
const fn verdict_of(status: u16) -> Verdict {
    match status {
        429 => Verdict::RateLimited,
        500..=599 => Verdict::ProviderDown,
        _ => Verdict::Ok,
    }
}
