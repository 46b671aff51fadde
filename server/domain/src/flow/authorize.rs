//! The address the browser is sent to.

use super::secrets::FlowSecrets;
use crate::provider::{Exchange, OAuthSettings, RedirectUri};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use url::Url;
use uuid::Uuid;

/// Everything an authorization request is made of.
#[derive(Debug)]
pub struct AuthorizeRequest<'a> {
    /// The provider's settings.
    pub settings: &'a OAuthSettings,
    /// The client to name: the registered one, or the one that an earlier sign-in was issued.
    pub client_id: Option<&'a str>,
    /// Where the browser comes back to.
    pub redirect_uri: &'a Url,
    /// This sign-in's secrets.
    pub secrets: &'a FlowSecrets,
    /// Parameters known only at run time, for example the installation's host id.
    pub extra: &'a [(String, String)],
}

/// Where the browser comes back to: a fixed address, or a path under Purser's public one, which never comes from a request.
pub fn redirect_of(redirect: &RedirectUri, public_url: &Url) -> Url {
    let under = |path: &str| {
        let mut url = public_url.clone();
        url.set_path(path);
        url.set_query(None);
        url.set_fragment(None);
        url
    };
    match redirect {
        RedirectUri::Default => under(RedirectUri::DEFAULT_PATH),
        RedirectUri::OwnPath(path) => under(path),
        RedirectUri::Fixed(url) => url.clone(),
    }
}

/// The authorization request (RFC 6749 §4.1.1, RFC 7636 §4.3, always `S256`).
pub fn authorize_url(request: &AuthorizeRequest<'_>) -> Url {
    let AuthorizeRequest { settings, client_id, redirect_uri, secrets, extra } = request;
    let mut url = settings.authorize_url.clone();
    let challenge = code_challenge(&secrets.code_verifier);
    let state = secrets.state.expose_secret();
    let mut query = url.query_pairs_mut();
    match settings.exchange {
        Exchange::Tokens => {
            query.append_pair("response_type", "code");
            query.append_pair("redirect_uri", redirect_uri.as_str()).append_pair("state", state);
            if let Some(client_id) = client_id {
                query.append_pair("client_id", client_id);
            }
            if !settings.scopes.is_empty() {
                query.append_pair("scope", &settings.scopes.join(" "));
            }
            if settings.proves_identity() {
                query.append_pair("nonce", secrets.nonce.expose_secret());
            }
            if let Some(resource) = &settings.resource {
                query.append_pair("resource", resource);
            }
        }
        // No `state` in this dialect: it travels in the address the browser comes back to.
        Exchange::ApiKey => {
            let mut back = (*redirect_uri).clone();
            back.query_pairs_mut().append_pair("state", state);
            query.append_pair("callback_url", back.as_str());
        }
    }
    query.append_pair("code_challenge", &challenge).append_pair("code_challenge_method", "S256");
    for (name, value) in &settings.parameters {
        query.append_pair(name, value);
    }
    for (name, value) in *extra {
        query.append_pair(name, value);
    }
    drop(query);
    url
}

/// What Purser is called on the provider's consent page.
const AGENT_NAME: &str = "Purser";

/// Parameters for a provider that issues a client on the way (`OpenAI`'s Sign in with ChatGPT): who this installation is, always the
/// same, and its name only until a client was issued. For [`AuthorizeRequest::extra`].
pub fn dynamic_client_parameters(settings: &OAuthSettings, issued: Option<&str>, host_id: Uuid) -> Vec<(String, String)> {
    if !settings.dynamic_client {
        return Vec::new();
    }
    let mut parameters = vec![("ext_agent_host_id".to_owned(), format!("urn:uuid:{host_id}"))];
    if issued.is_none() {
        parameters.push(("agent_name_hint".to_owned(), AGENT_NAME.to_owned()));
    }
    parameters
}

/// RFC 7636 §4.2: base64url(SHA-256(verifier)) without padding.
pub fn code_challenge(verifier: &SecretString) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose_secret().as_bytes()))
}
