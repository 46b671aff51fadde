//! `POST /v1/chat/completions`: routed, forwarded or translated, streamed back.

use super::forward::MeteredBody;
use super::meter::{Meter, Request};
use super::routes::{Route, RouteTable};
use super::{Inference, translate};
use crate::error::{ServiceError, ServiceResult};
use crate::ports::{Answer, CallFailure, ForwardCall};
use bytes::Bytes;
use domain::inference::{Candidate, Shallow, openai_chat, shallow};
use domain::people::Caller;
use futures::stream::{BoxStream, StreamExt};
use std::sync::Arc;
use time::OffsetDateTime;
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

/// A chat-completions request on its way.
pub(super) struct ChatCall<'a> {
    pub caller: &'a Caller,
    pub request_id: &'a str,
    pub at: OffsetDateTime,
    pub body: Bytes,
    pub shallow: Shallow,
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
        caller.require(Permission::UseInference)?;
        let at = self.environment.now();
        let shallow = shallow::read(&body)
            .map_err(|error| ServiceError::BadRequest { parameter: error.param().map(str::to_owned), message: error.to_string() })?;
        let table = self.table().await?;
        let candidates = self.route(caller, &table, &shallow.model)?;
        let call = ChatCall { caller, request_id, at, body, shallow };
        self.usage.ready().await;
        let mut last = None;
        let tries = candidates.len().min(TRIES);
        for (index, candidate) in candidates.iter().take(TRIES).enumerate() {
            match self.attempt(&call, &table, candidate, index + 1 == tries).await {
                Ok(answer) => return Ok(answer),
                Err(Miss::Stop(error)) => return Err(error),
                Err(Miss::TryNext(error)) => last = Some(error),
            }
        }
        Err(last.unwrap_or(ServiceError::NoEligibleEndpoints { asked: call.shallow.model }))
    }

    async fn attempt(
        &self,
        call: &ChatCall<'_>,
        table: &Arc<RouteTable>,
        candidate: &Candidate,
        is_last: bool,
    ) -> Result<GatewayAnswer, Miss> {
        let Some(route) = table.route(&candidate.provider_id) else {
            return Err(Miss::TryNext(ServiceError::NoEligibleEndpoints { asked: call.shallow.model.clone() }));
        };
        let request = Request { caller: call.caller, id: call.request_id, at: call.at, candidate, route, table };
        let meter = Meter::start(self.usage.clone(), self.environment.clone(), &request);
        match route.target.dialect() {
            Dialect::OpenaiChat => self.forward(call, route, candidate, meter, is_last).await,
            _ => self.translate(call, route, candidate, meter, is_last).await,
        }
    }

    /// Same dialect: byte for byte, but for the model's name and the wish for usage.
    async fn forward(
        &self,
        call: &ChatCall<'_>,
        route: &Route,
        candidate: &Candidate,
        mut meter: Meter,
        is_last: bool,
    ) -> Result<GatewayAnswer, Miss> {
        let untouched = call.shallow.model == candidate.model_id && (!call.shallow.stream || call.shallow.asked_usage);
        let (body, added_usage) = if untouched {
            (call.body.clone(), false)
        } else {
            let (body, added) = call.shallow.rewrite(&call.body, Some(&candidate.model_id), true);
            (body.into(), added)
        };
        let forward = ForwardCall { path: "chat/completions", body, stream: call.shallow.stream };
        match self.upstream.forward(&route.target, forward).await {
            Ok(answer) if !is_last && worth_another(answer.status) => {
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
                Ok(passed_on(answer, candidate, added_usage, meter))
            }
            Err(failure) => Err(self.missed(candidate, failure, meter, is_last)),
        }
    }

    /// Another dialect: through a conversation.
    async fn translate(
        &self,
        call: &ChatCall<'_>,
        route: &Route,
        candidate: &Candidate,
        meter: Meter,
        is_last: bool,
    ) -> Result<GatewayAnswer, Miss> {
        let request = match openai_chat::decode(&call.body) {
            Ok(request) => request,
            Err(error) => {
                meter.abandon();
                return Err(Miss::Stop(ServiceError::BadRequest { parameter: error.param, message: error.message }));
            }
        };
        let mut conversation = request.conversation;
        conversation.model.clone_from(&candidate.model_id);
        match self.upstream.converse(&route.target, &conversation).await {
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
            Err(failure) => Err(self.missed(candidate, failure, meter, is_last)),
        }
    }

    /// A call that brought no answer. It is written down if nobody else is asked: a request has one row.
    fn missed(&self, candidate: &Candidate, failure: CallFailure, mut meter: Meter, is_last: bool) -> Miss {
        self.report(&candidate.provider_id, failure.verdict);
        let another = failure.verdict.heals_by_itself() || matches!(failure.verdict, Verdict::BadCredential | Verdict::NoFunds);
        if another && !is_last {
            meter.abandon();
        } else {
            meter.answered(failure.status.unwrap_or(0));
            meter.finish(UsageOutcome::ProviderError);
        }
        let error = self.failed(&candidate.provider_id, failure);
        if another { Miss::TryNext(error) } else { Miss::Stop(error) }
    }
}

fn passed_on(answer: Answer, candidate: &Candidate, hide_usage: bool, meter: Meter) -> GatewayAnswer {
    GatewayAnswer {
        status: answer.status,
        content_type: answer.content_type.clone(),
        retry_after: answer.retry_after.clone(),
        provider_id: candidate.provider_id.clone(),
        body: MeteredBody::new(answer, hide_usage, meter).boxed(),
    }
}

/// Statuses that say more about the provider than about the request.
const fn worth_another(status: u16) -> bool {
    matches!(status, 401 | 402 | 403 | 408 | 429 | 500..=599)
}

/// A rough reading of a status whose body belongs to the caller; the check that follows reads properly.
const fn verdict_of(status: u16) -> Verdict {
    match status {
        401 => Verdict::BadCredential,
        402 => Verdict::NoFunds,
        403 => Verdict::NotPermitted,
        429 => Verdict::RateLimited,
        500..=599 => Verdict::ProviderDown,
        _ => Verdict::Ok,
    }
}
