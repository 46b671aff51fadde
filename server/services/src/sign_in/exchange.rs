//! The code for tokens, or for a key (RFC 6749 §4.1.3, RFC 7636 §4.5).

use super::SignIn;
use crate::ports::{NoReply, TokenReply, TokenRequest};
use domain::flow::{FlowSecrets, OAuthFlow};
use domain::grant::{GrantSecrets, TokenError, TokenErrorKind, Tokens, token_answer};
use domain::provider::{Exchange, OAuthSettings, TokenFormat};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;
use vocab::FlowFailure;

/// How often a request that did not even leave this machine is sent again: the code is still unspent.
const TRIES: u32 = 3;

/// A sign-in that came to nothing.
#[derive(Debug)]
pub(super) struct Failed {
    /// Why.
    pub failure: FlowFailure,
    /// The provider's own words, plain and short; may be empty.
    pub message: String,
    /// Tokens that were issued and will not be kept: they are given back.
    pub unwanted: Option<Box<GrantSecrets>>,
}

impl Failed {
    pub(super) fn new(failure: FlowFailure, message: impl Into<String>) -> Self {
        Self { failure, message: message.into(), unwanted: None }
    }

    pub(super) fn giving_back(self, secrets: &GrantSecrets) -> Self {
        Self { unwanted: Some(Box::new(secrets.clone())), ..self }
    }
}

/// What a code was good for.
pub(super) enum Exchanged {
    /// Tokens.
    Tokens(Tokens),
    /// A key that does not expire.
    Key(SecretString),
}

/// `OpenRouter`'s answer (its OAuth PKCE guide).
#[derive(Deserialize)]
struct KeyBody {
    key: Option<String>,
}

impl SignIn {
    /// Exchanges the code.
    pub(super) async fn exchange(
        &self,
        settings: &OAuthSettings,
        flow: &OAuthFlow,
        secrets: &FlowSecrets,
        code: &SecretString,
        client_id: Option<&str>,
    ) -> Result<Exchanged, Failed> {
        let request = match settings.exchange {
            Exchange::Tokens => tokens_request(settings, flow, secrets, code, client_id),
            Exchange::ApiKey => key_request(settings, secrets, code),
        };
        let reply = self.send(request).await.map_err(|none| Failed::new(FlowFailure::Unreachable, none.message))?;
        let body = reply.body.expose_secret();
        let read = || token_answer::read(reply.status, reply.retry_after, body, &settings.terminal);
        match settings.exchange {
            Exchange::Tokens => read().map(Exchanged::Tokens).map_err(|error| of_error(&error)),
            Exchange::ApiKey => match (reply.status, serde_json::from_str::<KeyBody>(body)) {
                (200..=299, Ok(KeyBody { key: Some(key) })) if !key.is_empty() => Ok(Exchanged::Key(key.into())),
                (200..=299, Ok(_)) => Err(Failed::new(FlowFailure::ProviderRefused, "an answer without a key")),
                _ => Err(read().err().map_or_else(|| Failed::new(FlowFailure::Unreachable, "an answer without a key"), |e| of_error(&e))),
            },
        }
    }

    async fn send(&self, request: TokenRequest) -> Result<TokenReply, NoReply> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.0.ports.token_endpoint.send(request.clone()).await {
                Err(none) if !none.sent && tries < TRIES => tokio::time::sleep(Duration::from_millis(200) * tries).await,
                other => return other,
            }
        }
    }
}

fn tokens_request(
    settings: &OAuthSettings,
    flow: &OAuthFlow,
    secrets: &FlowSecrets,
    code: &SecretString,
    client_id: Option<&str>,
) -> TokenRequest {
    let mut fields = vec![("grant_type", SecretString::from("authorization_code")), ("code", code.clone())];
    if settings.send_state {
        fields.push(("state", secrets.state.clone()));
    }
    fields.push(("redirect_uri", flow.redirect_uri.to_string().into()));
    if let Some(client_id) = client_id {
        fields.push(("client_id", client_id.to_owned().into()));
    }
    fields.push(("code_verifier", secrets.code_verifier.clone()));
    if let Some(resource) = &settings.resource {
        fields.push(("resource", resource.clone().into()));
    }
    TokenRequest { url: settings.token_url.clone(), format: settings.token_format, fields, parameters: BTreeMap::new() }
}

fn key_request(settings: &OAuthSettings, secrets: &FlowSecrets, code: &SecretString) -> TokenRequest {
    let fields =
        vec![("code", code.clone()), ("code_verifier", secrets.code_verifier.clone()), ("code_challenge_method", "S256".to_owned().into())];
    TokenRequest { url: settings.token_url.clone(), format: TokenFormat::Json, fields, parameters: BTreeMap::new() }
}

/// Which of our failures the endpoint's error is.
fn of_error(error: &TokenError) -> Failed {
    let failure = match (error.code.as_str(), error.kind, error.status) {
        ("invalid_client" | "unauthorized_client", ..) => FlowFailure::ClientRefused,
        (_, TokenErrorKind::Ended, _) => FlowFailure::CodeRefused,
        (_, _, None | Some(429 | 500..)) => FlowFailure::Unreachable,
        // A page where JSON was due: something in between answered, not the provider.
        ("", _, Some(400..=499)) if error.message.contains("error page") => FlowFailure::Unreachable,
        _ => FlowFailure::ProviderRefused,
    };
    Failed::new(failure, error.message.clone())
}
