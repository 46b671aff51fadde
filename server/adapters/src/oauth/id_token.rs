//! An ID token: its signature (RS256, RFC 7518 §3.3; the one every issuer must offer) and what it claims (`OpenID` Connect
//! Core §3.1.3.7). Written over *ring*, because the JWT crates read the machine's clock or bring a second crypto library.

use super::keys::Key;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use services::ports::{IdTokenCheck, IdTokenError};
use time::{Duration, OffsetDateTime};

/// Clocks differ; this much is forgiven.
const GRACE: Duration = Duration::minutes(1);
/// Longer tokens are not read.
const LONGEST: usize = 64 * 1024;

/// A token taken apart, nothing of it believed yet.
pub(super) struct Parts {
    /// Which of the issuer's keys signed it, where said.
    pub(super) key_id: Option<String>,
    /// Its claims.
    pub(super) payload: Value,
    signed: Vec<u8>,
    signature: Vec<u8>,
}

fn invalid(words: impl Into<String>) -> IdTokenError {
    IdTokenError::Invalid(words.into())
}

impl Parts {
    /// Takes a compact JWS (RFC 7515 §7.1) apart.
    pub(super) fn read(token: &SecretString) -> Result<Self, IdTokenError> {
        let token = token.expose_secret();
        let parts: Vec<&str> = token.split('.').collect();
        let [header, payload, signature] = parts[..] else { return Err(invalid("it is not a signed token")) };
        let bytes = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| invalid("it is not a signed token"));
        let object = |part: &str| -> Result<Value, IdTokenError> {
            let value = serde_json::from_slice(&bytes(part)?).ok().filter(Value::is_object);
            value.ok_or_else(|| invalid("it is not a signed token"))
        };
        if token.len() > LONGEST {
            return Err(invalid("it is far too long"));
        }
        let header = object(header)?;
        if header["alg"] != "RS256" {
            return Err(invalid("it is signed by another method than RS256"));
        }
        if header.get("crit").is_some() {
            return Err(invalid("it demands an extension that Purser does not know"));
        }
        let key_id = header["kid"].as_str().map(str::to_owned);
        let signed = token.rsplit_once('.').map(|(signed, _)| signed.as_bytes().to_vec()).unwrap_or_default();
        Ok(Self { key_id, payload: object(payload)?, signed, signature: bytes(signature)? })
    }

    /// Did one of these keys sign it?
    pub(super) fn verify(&self, keys: &[Key]) -> Result<(), IdTokenError> {
        let signs = |key: &&Key| {
            let public = RsaPublicKeyComponents { n: &key.modulus, e: &key.exponent };
            public.verify(&RSA_PKCS1_2048_8192_SHA256, &self.signed, &self.signature).is_ok()
        };
        keys.iter().find(signs).map(|_| ()).ok_or_else(|| invalid("its signature is not the issuer's"))
    }
}

/// Judges the claims of a token whose signature is good, and hands them out.
pub(super) fn claims(claims: &Value, check: &IdTokenCheck<'_>) -> Result<Value, IdTokenError> {
    if claims["iss"] != check.issuer {
        return Err(invalid("it comes from another issuer"));
    }
    audience(claims, check.audience)?;
    times(claims, check.now)?;
    if let Some(nonce) = check.nonce
        && claims["nonce"].as_str() != Some(nonce.expose_secret())
    {
        return Err(invalid("it belongs to another sign-in (nonce)"));
    }
    // §2: at most 255 ASCII characters.
    if !claims["sub"].as_str().is_some_and(|subject| (1..=255).contains(&subject.len())) {
        return Err(invalid("it names nobody (sub)"));
    }
    Ok(claims.clone())
}

fn audience(claims: &Value, client: &str) -> Result<(), IdTokenError> {
    let (named, others) = match &claims["aud"] {
        Value::String(one) => (one == client, false),
        Value::Array(many) => (many.iter().any(|one| one == client), many.len() > 1),
        _ => (false, false),
    };
    let party = claims.get("azp");
    if !named || party.is_some_and(|party| party != client) || (others && party.is_none()) {
        return Err(invalid("it was issued for another client"));
    }
    Ok(())
}

fn times(claims: &Value, now: OffsetDateTime) -> Result<(), IdTokenError> {
    let at = |name: &str| -> Result<Option<OffsetDateTime>, IdTokenError> {
        let Some(value) = claims.get(name) else { return Ok(None) };
        let seconds = value.as_i64().or_else(|| value.as_f64().map(|seconds| Duration::saturating_seconds_f64(seconds).whole_seconds()));
        let at = seconds.and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
        at.map(Some).ok_or_else(|| invalid(format!("its time {name} is not a time")))
    };
    let (Some(expires), Some(issued)) = (at("exp")?, at("iat")?) else {
        return Err(invalid("it does not say when it was issued and until when it is good"));
    };
    if expires + GRACE <= now {
        return Err(invalid("by this machine's clock it has expired; is the clock right?"));
    }
    if issued - GRACE > now || at("nbf")?.is_some_and(|begins| begins - GRACE > now) {
        return Err(invalid("by this machine's clock it was issued in the future; is the clock right?"));
    }
    Ok(())
}
