//! What goes out to one candidate: the caller's body, as little changed as the upstream allows.

use super::routes::Route;
use crate::error::{ServiceError, ServiceResult};
use crate::ports::{ForwardCall, Reply};
use bytes::Bytes;
use domain::inference::{Candidate, Shallow, openai_chat, openai_responses};
use domain::people::Caller;
use time::OffsetDateTime;

/// What a caller speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Surface {
    /// `POST /v1/chat/completions`
    ChatCompletions,
    /// `POST /v1/responses`
    Responses,
}

/// A request on its way.
pub(super) struct Call<'a> {
    pub surface: Surface,
    pub caller: &'a Caller,
    pub request_id: &'a str,
    pub at: OffsetDateTime,
    pub body: Bytes,
    pub shallow: Shallow,
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
        (ForwardCall { path: "chat/completions", body, reply: self.reply() }, added_usage)
    }

    /// Byte for byte, but for the model's name and what a plan's endpoint has to have.
    pub fn responses(&self) -> ServiceResult<ForwardCall> {
        let (Call { shallow, body, .. }, model) = (self.call, &self.candidate.model_id);
        let target = self.route.target();
        let Some(plan) = target.plan() else {
            let body = if shallow.model == *model { body.clone() } else { shallow.rewrite(body, Some(model), false).0.into() };
            return Ok(ForwardCall { path: "responses", body, reply: self.reply() });
        };
        let body = openai_responses::fit(body, model, plan).map_err(misfit)?.into();
        let reply = if plan.stream_only && !shallow.stream { Reply::Gathered } else { self.reply() };
        Ok(ForwardCall { path: "responses", body, reply })
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
