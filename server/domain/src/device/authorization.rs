//! The answer to "may I have a device code" (RFC 8628 §3.2), and `OpenAI`'s own form of it.

use super::place::{Shown, UserCode, VerificationRule};
use super::words;
use crate::flow::plain_words;
use crate::provider::{DeviceProtocol, DeviceSettings};
use secrecy::SecretString;
use time::Duration;
use url::Url;

/// RFC 8628 §3.2: without an `interval`, five seconds.
const USUAL_INTERVAL: Duration = Duration::seconds(5);
/// Nobody waits longer than this between two questions; a larger value is a mistake of the issuer.
const LONGEST_INTERVAL: Duration = Duration::minutes(5);
/// `expires_in` is required, and was still found missing; ten minutes is what the Grok program waits at least.
const USUAL_LIFETIME: Duration = Duration::minutes(10);
/// The codex program's codes live for fifteen minutes; the answer does not say so.
const CODEX_LIFETIME: Duration = Duration::minutes(15);
const LONGEST_LIFETIME: Duration = Duration::hours(1);

/// A device code and what to show.
#[derive(Debug, Clone)]
pub struct DeviceAuthorization {
    /// What the token endpoint is asked with. A secret (RFC 8628 §5.2).
    pub device_code: SecretString,
    /// What the person sees.
    pub shown: Shown,
    /// Shortest pause between two questions.
    pub interval: Duration,
    /// How long the code lives, from when the answer came.
    pub lifetime: Duration,
}

/// Why no sign-in can begin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthorizationError {
    /// The endpoint is not there: sign-in by code is switched off, for this account or altogether.
    #[error("sign-in with a code is switched off at the provider")]
    Disabled,
    /// The issuer refused.
    #[error("{message}")]
    Refused {
        /// Its code, such as `invalid_client`.
        code: String,
        /// Its words.
        message: String,
    },
    /// The issuer is overloaded or broken; trying again later makes sense.
    #[error("the provider answered with status {0}; try again later")]
    Unavailable(u16),
    /// An address outside the issuer's domain.
    #[error("the provider's answer would send people to {0}, which is not one of its own addresses")]
    ForeignAddress(String),
    /// Something else is missing or makes no sense.
    #[error("the provider's answer cannot be used: {0}")]
    Unreadable(&'static str),
}

/// Reads the answer of the device authorization endpoint.
///
/// # Errors
/// Why no sign-in can begin.
pub fn read(
    settings: &DeviceSettings,
    rule: &VerificationRule,
    status: u16,
    body: &[u8],
) -> Result<DeviceAuthorization, AuthorizationError> {
    let members = words::object(body);
    if let Some((code, message)) = members.as_ref().and_then(words::error_of)
        && status != 404
    {
        return Err(AuthorizationError::Refused { code, message });
    }
    match status {
        200..=299 => {}
        404 => return Err(AuthorizationError::Disabled),
        429 | 500..=599 => return Err(AuthorizationError::Unavailable(status)),
        _ => {
            let message = format!("the provider answered with status {status}");
            return Err(AuthorizationError::Refused { code: status.to_string(), message });
        }
    }
    let members = members.ok_or(AuthorizationError::Unreadable("it is not a JSON object"))?;
    let text = |names: &[&str]| words::text(&members, names);
    let (code_names, lifetime): (&[&str], _) = match settings.protocol {
        DeviceProtocol::Rfc8628 => (&["device_code"], USUAL_LIFETIME),
        DeviceProtocol::CodexDeviceAuth => (&["device_auth_id"], CODEX_LIFETIME),
    };
    let device_code = text(code_names).ok_or(AuthorizationError::Unreadable("the device code is missing"))?;
    let user_code = text(&["user_code", "usercode"]).ok_or(AuthorizationError::Unreadable("the code to show is missing"))?;
    let user_code = UserCode::read(user_code).ok_or(AuthorizationError::Unreadable("the code to show has characters that no code has"))?;
    let uri = address(settings, text(&["verification_uri", "verification_url"]))?;
    let complete = text(&["verification_uri_complete", "verification_url_complete"]).and_then(|text| Url::parse(text).ok());
    let host = uri.host_str().unwrap_or_default().to_owned();
    let shown = Shown::new(rule, user_code, uri, complete).ok_or_else(|| AuthorizationError::ForeignAddress(plain_words(&host)))?;
    Ok(DeviceAuthorization {
        device_code: SecretString::from(device_code),
        shown,
        interval: words::seconds(&members, "interval").unwrap_or(USUAL_INTERVAL).clamp(Duration::SECOND, LONGEST_INTERVAL),
        lifetime: words::seconds(&members, "expires_in").unwrap_or(lifetime).clamp(Duration::seconds(30), LONGEST_LIFETIME),
    })
}

/// The page for people: in the answer, or fixed in the catalogue where the answer has none.
fn address(settings: &DeviceSettings, given: Option<&str>) -> Result<Url, AuthorizationError> {
    match (given, &settings.verification_url) {
        (Some(text), _) => Url::parse(text).map_err(|_| AuthorizationError::Unreadable("the address to open is not an address")),
        (None, Some(fixed)) => Ok(fixed.clone()),
        (None, None) => Err(AuthorizationError::Unreadable("the address to open is missing")),
    }
}
