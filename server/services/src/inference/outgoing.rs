//! What goes out to one candidate: the caller's body, as little changed as the upstream allows.

use super::routes::Route;
use crate::error::{ServiceError, ServiceResult};
use crate::ports::{ForwardCall, Reply, Target};
use bytes::Bytes;
use domain::inference::{Candidate, Shallow, openai_chat, openai_responses};
use domain::people::Caller;
use time::OffsetDateTime;
use vocab::Dialect;

/// What a caller speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Surface {
    /// `POST /v1/chat/completions`
    ChatCompletions,
    /// `POST /v1/responses`
    Responses,
    /// `POST /v1/messages`
    Messages,
    /// `POST /v1/embeddings`
    Embeddings,
}

impl Surface {
    /// Can this target be asked in this way?
    pub fn is_served_by(self, target: &Target) -> bool {
        match self {
            Self::ChatCompletions => true,
            Self::Responses => target.serves_responses(),
            Self::Messages => target.dialect() == Dialect::AnthropicMessages,
            Self::Embeddings => matches!(target.dialect(), Dialect::OpenaiChat | Dialect::OpenaiResponses) && !target.spends_plan(),
        }
    }

    /// What a provider lacks that cannot be asked in this way, and what to do instead.
    pub const fn missing(self) -> (&'static str, &'static str) {
        match self {
            Self::ChatCompletions => ("chat completions", "Name"),
            Self::Responses => ("the Responses API", "Ask for it at /v1/chat/completions, or name"),
            Self::Messages => ("the Messages API", "Ask for it at /v1/chat/completions, or name"),
            Self::Embeddings => ("embeddings as OpenAI defined them", "Name"),
        }
    }

    /// Do its event streams have a last event of their own, without which an answer is not whole?
    pub const fn has_last_event(self) -> bool {
        matches!(self, Self::Responses | Self::Messages)
    }
}

/// A request on its way.
pub(super) struct Call<'a> {
    pub surface: Surface,
    pub caller: &'a Caller,
    pub request_id: &'a str,
    pub at: OffsetDateTime,
    pub body: Bytes,
    pub shallow: Shallow,
    /// `anthropic-beta`, as the caller sent it.
    pub beta: Option<&'a str>,
}

/// A request on its way to one candidate.
pub(super) struct Step<'a> {
    pub call: &'a Call<'a>,
    pub route: &'a Route,
    pub candidate: &'a Candidate,
    /// Nobody is asked after this one.
    pub is_last: bool,
}

impl Step<'_> {
    /// Byte for byte, but for the model's name and the wish for usage; says whether that was added.
    pub fn chat_completions(&self) -> (ForwardCall, bool) {
        let Call { shallow, body, .. } = self.call;
        let untouched = shallow.model == self.candidate.model_id && (!shallow.stream || shallow.asked_usage);
        let (body, added_usage) = if untouched {
            (body.clone(), false)
        } else {
            let (body, added) = shallow.rewrite(body, Some(&self.candidate.model_id), true);
            (body.into(), added)
        };
        (self.forward("chat/completions", body, self.reply()), added_usage)
    }

    /// Byte for byte, but for the model's name and what a plan's endpoint has to have.
    pub fn responses(&self) -> ServiceResult<ForwardCall> {
        let (Call { shallow, body, .. }, model) = (self.call, &self.candidate.model_id);
        let target = self.route.target();
        let Some(plan) = target.plan() else {
            return Ok(self.renamed("responses"));
        };
        let body = openai_responses::fit(body, model, plan).map_err(misfit)?.into();
        let reply = if plan.stream_only && !shallow.stream { Reply::Gathered } else { self.reply() };
        Ok(self.forward("responses", body, reply))
    }

    /// Byte for byte, but for the model's name.
    pub fn renamed(&self, path: &'static str) -> ForwardCall {
        let (Call { shallow, body, .. }, model) = (self.call, &self.candidate.model_id);
        let body = if shallow.model == *model { body.clone() } else { shallow.rewrite(body, Some(model), false).0.into() };
        self.forward(path, body, self.reply())
    }

    fn forward(&self, path: &'static str, body: Bytes, reply: Reply) -> ForwardCall {
        ForwardCall { path, body, reply, beta: self.call.beta.map(str::to_owned) }
    }

    const fn reply(&self) -> Reply {
        if self.call.shallow.stream { Reply::Stream } else { Reply::Whole }
    }

    /// A chat-completions request for an upstream that speaks something else.
    pub fn conversation(&self) -> ServiceResult<openai_chat::ChatRequest> {
        let body = &self.call.body;
        let mut request =
            openai_chat::decode(body).map_err(|error| ServiceError::BadRequest { parameter: error.param, message: error.message })?;
        if let Some(refused) = self.route.target().plan().and_then(|plan| openai_responses::chat_misfit(body, plan)) {
            return Err(misfit(refused));
        }
        request.conversation.model.clone_from(&self.candidate.model_id);
        Ok(request)
    }
}

fn misfit(misfit: openai_responses::Misfit) -> ServiceError {
    ServiceError::BadRequest { message: misfit.to_string(), parameter: Some(misfit.param) }
}
