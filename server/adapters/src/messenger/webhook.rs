//! A signed webhook. The receiver checks `X-Purser-Signature: t=<unix seconds>,v1=<hex>`, where the hexadecimal text is the
//! HMAC-SHA256 (RFC 2104) of `<unix seconds>.<body>` with the shared secret, and drops a delivery it has seen before by
//! `X-Purser-Delivery`.

use crate::call::host_of;
use crate::http::{HttpSettings, HttpSetupError, Purpose, client, describe};
use async_trait::async_trait;
use domain::Clock;
use domain::provider::endpoint::{self, EndpointError};
use reqwest::header::CONTENT_TYPE;
use ring::hmac;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use services::ports::{Messenger, OutboundMessage, SendFailure};
use std::sync::Arc;
use std::time::Duration;
use time::format_description::well_known::Rfc3339;
use url::Url;
use vocab::Channel;

/// Fewest characters of a secret.
const SHORTEST_SECRET: usize = 16;

/// A receiver.
#[derive(Clone)]
pub struct WebhookSettings {
    /// Receivers put secrets into their paths: only the host is ever shown.
    url: Url,
    secret: SecretString,
}

impl std::fmt::Debug for WebhookSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookSettings").field("host", &self.host()).finish_non_exhaustive()
    }
}

impl WebhookSettings {
    /// Judges the address: https, unless it is this machine, a private network or `*.internal`.
    ///
    /// # Errors
    /// What is wrong with it, without repeating more than the host.
    pub fn parse_url(text: &str) -> Result<Url, String> {
        endpoint::parse_exact(text).map_err(|error| match error {
            EndpointError::PlainHttp(host) => {
                format!("plain http to {host} is readable on the way; use https, or a receiver on this machine, in a private network or *.internal")
            }
            EndpointError::Credentials => "must not hold a user name or password; the receiver checks the signature instead".to_owned(),
            EndpointError::Forbidden(host) => format!("{host} is an address that only this machine's own network services use"),
            _ => "write an address like https://hooks.example.com/purser".to_owned(),
        })
    }

    /// Judges the secret.
    ///
    /// # Errors
    /// What would be right.
    pub fn parse_secret(text: &str) -> Result<SecretString, &'static str> {
        if text.chars().count() < SHORTEST_SECRET {
            return Err("use at least 16 characters, for example the output of: openssl rand -hex 32");
        }
        Ok(SecretString::from(text))
    }

    /// Both, judged.
    pub const fn new(url: Url, secret: SecretString) -> Self {
        Self { url, secret }
    }

    /// The receiver's host, for people.
    pub fn host(&self) -> String {
        host_of(&self.url)
    }
}

/// Sends webhooks.
pub struct Webhook {
    client: reqwest::Client,
    settings: WebhookSettings,
    clock: Arc<dyn Clock>,
    limit: Duration,
}

impl Webhook {
    /// Sets it up: no redirects, and the time limit of management calls (10 s) on the whole exchange.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(settings: WebhookSettings, http: &HttpSettings, clock: Arc<dyn Clock>) -> Result<Self, HttpSetupError> {
        Ok(Self { client: client(http, Purpose::Management)?, settings, clock, limit: http.timeouts.management })
    }
}

/// The value of `X-Purser-Signature` for a body sent at `unix` seconds.
pub fn signature(secret: &SecretString, unix: i64, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
    let mut signing = hmac::Context::with_key(&key);
    signing.update(format!("{unix}.").as_bytes());
    signing.update(body);
    let signed = signing.sign();
    format!("t={unix},v1={}", hex::encode(signed))
}

fn body(message: &OutboundMessage) -> Vec<u8> {
    let about = message.subject.as_ref();
    let body = json!({
        "id": message.delivery_id,
        "event": message.event,
        "at": message.at.format(&Rfc3339).unwrap_or_default(),
        "title": message.title,
        "cause": message.cause,
        "remedy": message.remedy,
        "link": message.link,
        "notification": about.map(|about| json!({ "id": about.notification_id, "kind": about.kind })),
        "provider": about.map(|about| json!({ "id": about.provider_id, "name": about.provider_name })),
    });
    body.to_string().into_bytes()
}

#[async_trait]
impl Messenger for Webhook {
    fn channel(&self) -> Channel {
        Channel::Webhook
    }

    fn host(&self) -> String {
        self.settings.host()
    }

    async fn send(&self, _: &str, message: &OutboundMessage) -> Result<String, SendFailure> {
        let body = body(message);
        let signature = signature(&self.settings.secret, self.clock.now().unix_timestamp(), &body);
        let host = self.settings.host();
        let answer = self
            .client
            .post(self.settings.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("x-purser-event", message.event)
            .header("x-purser-delivery", message.delivery_id.to_string())
            .header("x-purser-signature", signature)
            .body(body)
            .send()
            .await
            .map_err(|error| SendFailure(describe(&error, &host, self.limit).message))?;
        let status = answer.status();
        match status.as_u16() {
            200..=299 => Ok(format!("{host} answered {status}")),
            300..=399 => Err(SendFailure(format!("{host} answered {status}; redirects are not followed"))),
            _ => Err(SendFailure(format!("{host} answered {status}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_hmac_sha256_of_time_and_body() {
        // Reference value: printf '1795428000.{}' | openssl dgst -sha256 -hmac 0123456789abcdef
        let secret = SecretString::from("0123456789abcdef");
        let expected = "t=1795428000,v1=368d74590bfe4abccc38728d190bdebac257873e70f128e35059c7bd7493e7cf";
        assert_eq!(signature(&secret, 1_795_428_000, b"{}"), expected);
        assert_ne!(signature(&secret, 1_795_428_001, b"{}"), expected);
    }

    #[test]
    fn only_safe_receivers_and_long_secrets() {
        for good in ["https://hooks.example.com/x?y=z", "http://127.0.0.1:9/x", "http://10.0.0.1/", "http://hooks.internal/x"] {
            assert!(WebhookSettings::parse_url(good).is_ok(), "{good}");
        }
        for bad in
            ["", "hooks.example.com", "http://hooks.example.com/hunter2", "ftp://a", "https://u:hunter2@a/", "http://169.254.169.254/"]
        {
            let words = WebhookSettings::parse_url(bad).unwrap_err();
            assert!(!words.contains("hunter2"), "{words}");
        }
        assert!(WebhookSettings::parse_secret("short").is_err());
        let secret = WebhookSettings::parse_secret("a long enough secret").unwrap();
        let settings = WebhookSettings::new("https://hooks.example.com/hunter2".parse().unwrap(), secret);
        assert!(!format!("{settings:?}").contains("hunter2") && settings.host() == "hooks.example.com");
    }
}
