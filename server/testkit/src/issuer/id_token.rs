//! Signs ID tokens (RS256) with a key made for this; it opens nothing.

use super::switches::IdTokenFault;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents};
use serde_json::{Value, json};
use std::sync::OnceLock;

const PEM: &str = include_str!("key.pem");
const KEY_ID: &str = "practice-1";

/// `None` only if the key file was damaged; the tests of this folder would say so.
fn key() -> Option<&'static RsaKeyPair> {
    static KEY: OnceLock<Option<RsaKeyPair>> = OnceLock::new();
    KEY.get_or_init(|| {
        let body: String = PEM.lines().filter(|line| !line.starts_with("-----")).collect();
        RsaKeyPair::from_pkcs8(&STANDARD.decode(body).ok()?).ok()
    })
    .as_ref()
}

/// The published set (RFC 7517).
pub(super) fn jwks() -> Value {
    let public = key().map(|key| RsaPublicKeyComponents::<Vec<u8>>::from(key.public()));
    let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let n = public.as_ref().map(|key| number(&key.n));
    let e = public.as_ref().map(|key| number(&key.e));
    json!({"keys": [
        {"kty": "EC", "crv": "P-256", "kid": "other", "use": "sig", "x": "", "y": ""},
        {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": KEY_ID, "n": n, "e": e},
    ]})
}

/// A token with these claims, spoiled as told.
pub(super) fn sign(mut claims: Value, fault: IdTokenFault) -> String {
    let (alg, kid) = match fault {
        IdTokenFault::Unsigned => ("none", KEY_ID),
        IdTokenFault::Key => ("RS256", "unpublished"),
        _ => ("RS256", KEY_ID),
    };
    match fault {
        IdTokenFault::Nonce => claims["nonce"] = json!("another"),
        IdTokenFault::Audience => claims["aud"] = json!("another"),
        IdTokenFault::Issuer => claims["iss"] = json!("https://issuer.example"),
        IdTokenFault::Expired => claims["exp"] = json!(claims["iat"].as_i64().unwrap_or_default() - 3600),
        IdTokenFault::Future => claims["iat"] = json!(claims["iat"].as_i64().unwrap_or_default() + 3600),
        IdTokenFault::Nobody => claims["sub"] = json!(""),
        IdTokenFault::None | IdTokenFault::Signature | IdTokenFault::Key | IdTokenFault::Unsigned => {}
    }
    let header = json!({"alg": alg, "typ": "JWT", "kid": kid});
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()));
    let signature = match fault {
        IdTokenFault::Unsigned => Vec::new(),
        IdTokenFault::Signature => signature(b"something else"),
        _ => signature(signed.as_bytes()),
    };
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn signature(message: &[u8]) -> Vec<u8> {
    let Some(key) = key() else { return Vec::new() };
    let mut signature = vec![0; key.public().modulus_len()];
    match key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature) {
        Ok(()) => signature,
        Err(_) => Vec::new(),
    }
}
