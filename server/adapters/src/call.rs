//! Puts a call to a provider together: the address judged once more, the entry's fixed headers, the credential.

use crate::http::unreachable;
use domain::provider::{CredentialHeader, endpoint};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use secrecy::ExposeSecret;
use services::ports::{CallFailure, Target};
use url::{Position, Url};
use vocab::Verdict;

/// A request with everything but its body.
pub(crate) fn request(
    client: &reqwest::Client,
    target: &Target,
    method: http::Method,
    url: Url,
) -> Result<reqwest::RequestBuilder, CallFailure> {
    endpoint::check(&url).map_err(|error| unreachable(error.to_string()))?;
    Ok(client.request(method, url).headers(headers(target)?))
}

/// Host and, where it is not the usual one, port: for words.
pub(crate) fn host_of(url: &Url) -> String {
    url[Position::BeforeHost..Position::AfterPort].to_owned()
}

fn headers(target: &Target) -> Result<HeaderMap, CallFailure> {
    let mut headers = HeaderMap::new();
    let of_the_method = target.provider.method(target.method).map(|method| &method.headers);
    for (name, value) in target.provider.headers.iter().chain(of_the_method.into_iter().flatten()) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    for (name, value) in &target.headers {
        let name = HeaderName::try_from(name).map_err(|_| unsendable())?;
        headers.insert(name, secret(value.expose_secret())?);
    }
    let Some(credential) = &target.credential else { return Ok(headers) };
    let credential = credential.expose_secret();
    let (name, text) = match target.credential_header() {
        CredentialHeader::Bearer => (AUTHORIZATION, format!("Bearer {credential}")),
        CredentialHeader::Named(name) => (HeaderName::try_from(name).map_err(|_| unsendable())?, credential.to_owned()),
        CredentialHeader::None => return Ok(headers),
    };
    headers.insert(name, secret(&text)?);
    Ok(headers)
}

/// A header's value that is never printed.
fn secret(text: &str) -> Result<HeaderValue, CallFailure> {
    let mut value = HeaderValue::try_from(text).map_err(|_| unsendable())?;
    value.set_sensitive(true);
    Ok(value)
}

fn unsendable() -> CallFailure {
    CallFailure {
        verdict: Verdict::BadCredential,
        status: None,
        message: "the key has characters that no key has, such as a line break; paste it again".to_owned(),
        retry_after: None,
    }
}
