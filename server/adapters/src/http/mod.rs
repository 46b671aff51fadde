//! The one place that makes HTTP clients: TLS by rustls with ring, timeouts on everything, no redirects (they would
//! carry a credential elsewhere), and no way to addresses that only this machine's own network services use.
//!
//! `HTTPS_PROXY` and `NO_PROXY` are honoured. Plain http never goes through a proxy: it is for this machine and its
//! neighbours, where engines would not be found through one.

mod guard;
mod receive;
mod words;

pub(crate) use receive::{Received, receive};
pub(crate) use words::{broken_off, describe, no_answer, stopped, unreachable};

use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;

/// What every provider sees of us: our own name, nobody else's.
pub const USER_AGENT: &str = concat!("Purser/", env!("CARGO_PKG_VERSION"), " (self-hosted AI provider gateway)");

/// The longest answer a management call reads.
pub(crate) const MAX_BODY_BYTES: usize = 8 * 1024 * 1024;

/// How calls leave this machine.
#[derive(Debug, Clone, Default)]
pub struct HttpSettings {
    /// Extra root certificates, PEM (`PURSER_CA_FILE`).
    pub ca_pem: Option<Vec<u8>>,
    /// Proxy for https, instead of the one that `HTTPS_PROXY` names; it may hold a password.
    pub https_proxy: Option<SecretString>,
    /// How long to wait for what.
    pub timeouts: Timeouts,
}

/// How long to wait for what. Tests shorten them.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// For the connection, TLS included.
    pub connect: Duration,
    /// For a whole management call, body included.
    pub management: Duration,
    /// For a whole token request: as long as a slow provider may need, since giving up may cost the sign-in.
    pub tokens: Duration,
    /// For one look at a local engine.
    pub detect: Duration,
    /// For the head of a streamed inference answer.
    pub first_byte: Duration,
    /// For the head of an inference answer in one piece: it comes when all of it has been thought of. As long as the vendors' own
    /// clients wait.
    pub whole: Duration,
    /// Between two pieces of an inference answer.
    pub idle: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            management: Duration::from_secs(10),
            tokens: Duration::from_secs(30),
            detect: Duration::from_millis(1500),
            first_byte: Duration::from_mins(2),
            whole: Duration::from_mins(10),
            idle: Duration::from_mins(2),
        }
    }
}

/// Why no client can be made.
#[derive(Debug, thiserror::Error)]
pub enum HttpSetupError {
    /// The extra root certificates do not read.
    #[error("the file of extra root certificates holds no readable PEM certificate")]
    CaFile(#[source] reqwest::Error),
    /// It holds no certificate at all.
    #[error("the file of extra root certificates is empty of certificates")]
    NoCertificate,
    /// The proxy's address does not read.
    #[error("HTTPS_PROXY is not an address a proxy can have; it should look like http://host:port")]
    Proxy,
    /// TLS cannot be set up, usually because this machine has no root certificates.
    #[error("TLS cannot be set up; install this machine's root certificates (package ca-certificates) or name a file with PURSER_CA_FILE")]
    Tls(#[source] reqwest::Error),
}

/// What a client is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Verification and model lists: short, with a limit on the whole call.
    Management,
    /// Token endpoints: a limit on the whole call, and a new connection each time. On a kept one, the provider may hang up at the
    /// moment we write, and nobody could say whether a refresh token has been spent.
    Tokens,
    /// Inference: silent for as long as an answer in one piece may take. How long a stream may pause is for who reads it to say.
    Inference,
}

/// A client. Clone it, it shares its connections; do not make one per call.
///
/// # Errors
/// When the extra certificates do not read or this machine has no root certificates.
pub fn client(settings: &HttpSettings, purpose: Purpose) -> Result<reqwest::Client, HttpSetupError> {
    // A second installation is refused, and the first is the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let roots = match &settings.ca_pem {
        Some(pem) => reqwest::Certificate::from_pem_bundle(pem).map_err(HttpSetupError::CaFile)?,
        None => Vec::new(),
    };
    if settings.ca_pem.is_some() && roots.is_empty() {
        return Err(HttpSetupError::NoCertificate);
    }
    let builder = || builder(settings, purpose);
    let merged = builder()?.tls_certs_merge(roots.clone()).build();
    match merged {
        // No roots of the machine's own: the operator's are enough.
        Err(_) if !roots.is_empty() => builder()?.tls_certs_only(roots).build().map_err(HttpSetupError::Tls),
        built => built.map_err(HttpSetupError::Tls),
    }
}

fn builder(settings: &HttpSettings, purpose: Purpose) -> Result<reqwest::ClientBuilder, HttpSetupError> {
    let Timeouts { connect, management, tokens, whole, .. } = settings.timeouts;
    let mut builder = reqwest::Client::builder()
        .no_proxy()
        .tls_backend_rustls()
        .user_agent(USER_AGENT)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .dns_resolver(guard::GuardedResolver)
        .connect_timeout(connect)
        .tcp_nodelay(true)
        .pool_idle_timeout(Duration::from_mins(1));
    if let Some(address) = settings.https_proxy.clone().or_else(proxy_of_the_environment) {
        // The error may repeat the address, and with it a password.
        let proxy = reqwest::Proxy::https(address.expose_secret()).map_err(|_| HttpSetupError::Proxy)?;
        builder = builder.proxy(proxy.no_proxy(reqwest::NoProxy::from_env()));
    }
    Ok(match purpose {
        Purpose::Management => builder.timeout(management),
        Purpose::Tokens => builder.timeout(tokens).pool_max_idle_per_host(0),
        Purpose::Inference => builder.read_timeout(whole),
    })
}

fn proxy_of_the_environment() -> Option<SecretString> {
    ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .map(SecretString::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_certificates_are_named() {
        let with = |pem: &[u8]| HttpSettings { ca_pem: Some(pem.to_vec()), ..HttpSettings::default() };
        assert!(matches!(client(&with(b"nonsense"), Purpose::Management), Err(HttpSetupError::NoCertificate)));
        let broken = b"-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n";
        assert!(client(&with(broken), Purpose::Management).is_err());
        assert!(client(&HttpSettings::default(), Purpose::Inference).is_ok());
        let odd_proxy = HttpSettings { https_proxy: Some("http://".into()), ..HttpSettings::default() };
        assert!(matches!(client(&odd_proxy, Purpose::Management), Err(HttpSetupError::Proxy)));
    }
}
