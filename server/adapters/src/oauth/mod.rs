//! A provider's authorization server over HTTP: token and revocation requests, and the keys that prove ID tokens.
//!
//! What goes out and what an answer means is decided in `domain::grant`; here it only travels.

mod echoes;
mod id_token;
mod keys;

use crate::call::host_of;
use crate::http::{HttpSettings, HttpSetupError, Purpose, Timeouts, client, describe};
use crate::provider::retry_after::retry_after;
use async_trait::async_trait;
use domain::Clock;
use domain::provider::{TokenFormat, endpoint};
use echoes::Echoes;
use http::header::{ACCEPT, CONTENT_TYPE};
use keys::KeyCache;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};
use services::ports::{IdTokenCheck, IdTokenError, NoReply, TokenEndpoint, TokenReply, TokenRequest};
use std::sync::Arc;
use url::form_urlencoded;

/// The longest answer of a token endpoint that is read; real ones are a few kilobytes.
const MAX_REPLY_BYTES: usize = 256 * 1024;

/// [`TokenEndpoint`] over HTTP.
pub struct TokenEndpointHttp {
    client: reqwest::Client,
    clock: Arc<dyn Clock>,
    timeouts: Timeouts,
    keys: KeyCache,
}

impl TokenEndpointHttp {
    /// Makes its client; share the value, it remembers the issuers' keys.
    ///
    /// # Errors
    /// As [`client`].
    pub fn new(settings: &HttpSettings, clock: Arc<dyn Clock>) -> Result<Self, HttpSetupError> {
        Ok(Self { client: client(settings, Purpose::Tokens)?, clock, timeouts: settings.timeouts, keys: KeyCache::default() })
    }
}

#[async_trait]
impl TokenEndpoint for TokenEndpointHttp {
    async fn send(&self, request: TokenRequest) -> Result<TokenReply, NoReply> {
        endpoint::check(&request.url).map_err(|error| NoReply { sent: false, message: error.to_string() })?;
        let host = host_of(&request.url);
        let (content_type, body) = written(&request);
        let echoes = Echoes::of(&request);
        let call = self.client.post(request.url).header(ACCEPT, "application/json").header(CONTENT_TYPE, content_type).body(body);
        let lost = |error: &reqwest::Error| self.lost(error, &host);
        let mut response = call.send().await.map_err(|error| lost(&error))?;
        let (status, wait) = (response.status().as_u16(), retry_after(response.headers(), self.clock.now()));
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| lost(&error))? {
            if body.len() + chunk.len() > MAX_REPLY_BYTES {
                let message = format!("{host} answered with more than {} KiB, which is no token answer", MAX_REPLY_BYTES / 1024);
                return Err(NoReply { sent: true, message });
            }
            body.extend_from_slice(&chunk);
        }
        let body = match String::from_utf8(body) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        };
        Ok(TokenReply { status, retry_after: wait, body: SecretString::from(echoes.out_of(status, body)) })
    }

    async fn verify_id_token(&self, check: IdTokenCheck<'_>) -> Result<Value, IdTokenError> {
        let token = id_token::Parts::read(check.id_token)?;
        let keys = self.keys.for_token(&self.client, self.timeouts.management, &check, token.key_id.as_deref()).await?;
        token.verify(&keys)?;
        id_token::claims(&token.payload, &check)
    }
}

impl TokenEndpointHttp {
    /// Nothing leaves this machine before a connection stands; after that the request may have arrived, whatever happened.
    fn lost(&self, error: &reqwest::Error, host: &str) -> NoReply {
        let sent = !(error.is_connect() || error.is_builder());
        NoReply { sent, message: describe(error, host, self.timeouts.tokens).message }
    }
}

fn written(request: &TokenRequest) -> (&'static str, String) {
    let fields = request.fields.iter().map(|(name, value)| (*name, value.expose_secret()));
    let all = fields.chain(request.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    match request.format {
        TokenFormat::Form => {
            let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(all).finish();
            ("application/x-www-form-urlencoded", form)
        }
        TokenFormat::Json => {
            let object: Map<String, Value> = all.map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
            ("application/json", Value::Object(object).to_string())
        }
    }
}
