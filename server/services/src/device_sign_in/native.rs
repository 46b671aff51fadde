//! Purser speaks to the provider itself (RFC 8628): one request for a code, then one question a tick until a person has decided.

use super::finish::{Failed, Granted};
use super::{ALIVE, DeviceSignIn};
use crate::error::{ServiceError, ServiceResult};
use crate::ports::{TokenReply, TokenRequest};
use domain::device::{DeviceFlow, DeviceState, FailureReason, Poll, authorization, poll};
use domain::grant::{Tokens, token_answer};
use domain::provider::{DeviceProtocol, DeviceSettings, Provider, TokenFormat};
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Nobody else asks while an answer may still come.
const LEASE: Duration = Duration::from_secs(40);
/// Sign-ins asked for in one tick.
const AT_ONCE: u32 = 50;
/// RFC 8628 §3.4.
const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:device_code";

impl DeviceSignIn {
    /// Asks for a code.
    pub(super) async fn ask(&self, provider: &Arc<Provider>, flow: DeviceFlow) -> ServiceResult<()> {
        let (_, settings) = Self::settings(provider)?;
        let Some(url) = settings.device_authorization_url.clone() else { return self.fail(flow, FailureReason::Internal).await };
        let mut fields = client(settings);
        if !settings.scopes.is_empty() {
            fields.push(("scope", settings.scopes.join(" ").into()));
        }
        let request = TokenRequest { url, format: format(settings), fields, parameters: settings.parameters.clone() };
        let answer = match self.ports().token_endpoint.send(request).await {
            Ok(reply) => authorization::read(settings, &settings.verification_rule(), reply.status, reply.body.expose_secret().as_bytes())
                .map_err(FailureReason::from),
            Err(none) => Err(FailureReason::Unreachable(none.message)),
        };
        let now = self.ports().installation.now().await?;
        let state = DeviceState::start(flow.created_at);
        match answer.map(|answer| state.authorized(answer, now)) {
            Ok(Ok(waiting)) => self.step(flow, &waiting, ALIVE).await.map(drop),
            Ok(Err(_)) => self.fail(flow, FailureReason::Internal).await,
            Err(reason) => self.fail(flow, reason).await,
        }
    }

    /// Asks once for every sign-in whose question is due. A job calls it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn poll_due(&self) -> ServiceResult<()> {
        let Some(hold) = self.0.parts.credentials.grants().unbroken().begin() else { return Ok(()) };
        let due = self.ports().device_flows.claim_due(LEASE, AT_ONCE).await?;
        if due.is_empty() {
            return Ok(());
        }
        let me = self.clone();
        // In a task of its own: a provider says yes once, and a job may be cut short.
        let asking = tokio::spawn(async move {
            let asked = due.into_iter().map(|flow| me.ask_again(flow));
            futures::future::join_all(asked).await;
            drop(hold);
        });
        asking.await.map_err(ServiceError::internal)
    }

    async fn ask_again(&self, flow: DeviceFlow) {
        let id = flow.id;
        if let Err(error) = self.poll(flow).await {
            tracing::warn!(flow = %id, %error, "a sign-in with a code could not be asked for; it will be asked for again");
        }
    }

    async fn poll(&self, flow: DeviceFlow) -> ServiceResult<()> {
        let Ok(provider) = self.0.parts.credentials.provider(&flow.provider_id) else {
            return self.fail(flow, FailureReason::Internal).await;
        };
        let (_, settings) = Self::settings(&provider)?;
        let Some(state) = self.state_of(&flow) else { return self.fail(flow, FailureReason::Internal).await };
        let Some(request) = question(settings, &state) else { return self.fail(flow, FailureReason::Internal).await };
        let reply = self.ports().token_endpoint.send(request).await;
        let answer = match &reply {
            Ok(reply) => poll::read(settings.protocol, reply.status, reply.body.expose_secret().as_bytes()),
            Err(none) => {
                tracing::debug!(provider = %provider.id, "no answer to a device code: {}", none.message);
                Poll::Nothing
            }
        };
        let now = self.ports().installation.now().await?;
        let Ok(next) = state.polled(&answer, now) else { return Ok(()) };
        let stepped = self.step(flow, &next, ALIVE).await;
        let granted = self.granted(settings, &answer, reply.ok()).await;
        match stepped {
            // In a task of its own: what was granted is not lost to whoever stops waiting.
            Ok(Some(flow)) if matches!(next, DeviceState::Finishing { .. }) => {
                let (me, hold) = (self.clone(), self.0.parts.credentials.grants().unbroken().go_on());
                tokio::spawn(async move {
                    me.finish(&provider, flow, granted).await;
                    drop(hold);
                });
            }
            Ok(Some(_)) => {}
            Ok(None) => self.unwanted(&provider, granted).await,
            Err(error) => {
                self.unwanted(&provider, granted).await;
                return Err(error);
            }
        }
        Ok(())
    }

    /// The tokens of an answer that says yes; a code is exchanged for them.
    async fn granted(&self, settings: &DeviceSettings, answer: &Poll, reply: Option<TokenReply>) -> Result<Granted, Failed> {
        match (answer, reply) {
            (Poll::Granted, Some(reply)) => read(settings, &reply),
            (Poll::Code { authorization_code, code_verifier }, _) => {
                let request = exchange(settings, authorization_code, code_verifier);
                let request = request.ok_or_else(|| Failed::new(FailureReason::Internal))?;
                match self.ports().token_endpoint.send(request).await {
                    Ok(reply) => read(settings, &reply),
                    Err(none) => Err(Failed::new(FailureReason::Unreachable(none.message))),
                }
            }
            _ => Err(Failed::new(FailureReason::Internal)),
        }
    }
}

/// The question that a waiting sign-in asks; `None` when it asks none.
fn question(settings: &DeviceSettings, state: &DeviceState) -> Option<TokenRequest> {
    let DeviceState::Waiting(waiting) = state else { return None };
    let code = waiting.asking.as_ref()?.device_code.clone();
    let fields = match settings.protocol {
        DeviceProtocol::Rfc8628 => [vec![("grant_type", SecretString::from(GRANT_TYPE)), ("device_code", code)], client(settings)].concat(),
        DeviceProtocol::CodexDeviceAuth => {
            vec![("device_auth_id", code), ("user_code", waiting.shown.user_code.as_str().to_owned().into())]
        }
    };
    Some(TokenRequest { url: settings.poll_endpoint()?, format: format(settings), fields, parameters: BTreeMap::new() })
}

fn read(settings: &DeviceSettings, reply: &TokenReply) -> Result<Granted, Failed> {
    let tokens: Result<Tokens, _> = token_answer::read(reply.status, reply.retry_after, reply.body.expose_secret(), &settings.terminal);
    tokens.map(|tokens| Granted::of_tokens(&tokens)).map_err(|error| Failed::new(FailureReason::Refused(error.message)))
}

/// RFC 6749 §4.1.3, with the verifier that the issuer made (codex-rs `login/src/device_code_auth.rs`).
fn exchange(settings: &DeviceSettings, code: &SecretString, verifier: &SecretString) -> Option<TokenRequest> {
    let mut fields = vec![("grant_type", SecretString::from("authorization_code")), ("code", code.clone())];
    if let Some(redirect) = &settings.redirect_uri {
        fields.push(("redirect_uri", redirect.to_string().into()));
    }
    fields.extend(client(settings));
    fields.push(("code_verifier", verifier.clone()));
    Some(TokenRequest { url: settings.token_url.clone()?, format: TokenFormat::Form, fields, parameters: BTreeMap::new() })
}

fn client(settings: &DeviceSettings) -> Vec<(&'static str, SecretString)> {
    settings.client_id.iter().map(|id| ("client_id", SecretString::from(id.clone()))).collect()
}

/// The codex program's endpoints read JSON, the standard's a form.
const fn format(settings: &DeviceSettings) -> TokenFormat {
    match settings.protocol {
        DeviceProtocol::Rfc8628 => TokenFormat::Form,
        DeviceProtocol::CodexDeviceAuth => TokenFormat::Json,
    }
}
