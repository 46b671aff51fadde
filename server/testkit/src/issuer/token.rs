//! The token and revocation endpoints, each vendor with its own demands.

use super::books::{Client, CodeFacts, Pair, Recorded, Reuse};
use super::refusal::{Refusal, Shape};
use super::rules::{DYNAMIC_CLIENT, RESOURCE, Vendor};
use super::switches::Reused;
use super::{Desk, Issuer, device, id_token};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use time::OffsetDateTime;

type Fields = BTreeMap<String, String>;

fn invalid_request(message: &str) -> Refusal {
    Refusal::new(400, "invalid_request", message)
}

fn need<'a>(fields: &'a Fields, name: &str) -> Result<&'a str, Refusal> {
    let value = fields.get(name).map(String::as_str).filter(|value| !value.is_empty());
    value.ok_or_else(|| invalid_request(&format!("{name} is missing")))
}

/// A token request takes effect: the answer's body.
pub(super) fn answer(issuer: &Issuer, vendor: Vendor, request: &Recorded) -> Result<Value, Refusal> {
    let now = issuer.clock.now();
    let mut desks = issuer.desks();
    let desk = desks.entry(vendor).or_default();
    let fields = &request.fields;
    if vendor == Vendor::Openrouter {
        return key(desk, request, now);
    }
    written_as_wanted(vendor, request)?;
    let (pair, nonce) = match need(fields, "grant_type")? {
        "authorization_code" => exchange(desk, vendor, fields, now)?,
        "refresh_token" => (refresh(desk, vendor, request, now)?, None),
        "urn:ietf:params:oauth:grant-type:device_code" if vendor == Vendor::Xai => (device::redeem(desk, vendor, fields, now)?, None),
        _ => return Err(Refusal::new(400, "unsupported_grant_type", "Only authorization_code and refresh_token")),
    };
    Ok(tokens(issuer, desk, vendor, &pair, nonce, now))
}

/// The deviations in format and fields.
fn written_as_wanted(vendor: Vendor, request: &Recorded) -> Result<(), Refusal> {
    let Recorded { json, fields, .. } = request;
    let exchange = fields.get("grant_type").is_some_and(|grant| grant == "authorization_code");
    let has = |name: &str| fields.contains_key(name);
    match vendor {
        Vendor::Anthropic if exchange && !has("state") => {
            Err(Refusal::new(400, "invalid_request_error", "Invalid request format").shaped(Shape::Typed))
        }
        Vendor::Codex if exchange && *json => Err(Refusal::new(400, "unsupported_content_type", "Send a form").shaped(Shape::Coded)),
        Vendor::Codex if exchange && has("state") => {
            Err(Refusal::new(400, "unknown_parameter", "Unknown parameter: 'state'.").shaped(Shape::Coded))
        }
        Vendor::Xai | Vendor::Chatgpt if *json => Err(invalid_request("Send a form")),
        Vendor::Chatgpt if has("state") => Err(invalid_request("Unknown parameter: state")),
        Vendor::Chatgpt if fields.get("resource").map(String::as_str) != Some(RESOURCE) => Err(invalid_request("resource is missing")),
        Vendor::Chatgpt if !exchange && has("scope") => Err(invalid_request("scope is not taken here")),
        Vendor::Chatgpt if fields.get("client_id").is_some_and(|id| id == DYNAMIC_CLIENT) => {
            Err(Refusal::new(401, "invalid_client", "Use the client id that was issued to you"))
        }
        _ => Ok(()),
    }
}

fn exchange(desk: &mut Desk, vendor: Vendor, fields: &Fields, now: OffsetDateTime) -> Result<(Pair, Option<String>), Refusal> {
    let code = need(fields, "code")?;
    let facts = desk.books.take_code(code, now)?;
    let refused = |message: &str| Refusal::new(400, "invalid_grant", message);
    if Some(need(fields, "client_id")?) != facts.client_id.as_deref() {
        return Err(Refusal::new(401, "invalid_client", "The code was issued to another client"));
    }
    if need(fields, "redirect_uri")? != facts.redirect_uri {
        return Err(refused("redirect_uri does not match the authorization request"));
    }
    if vendor == Vendor::Anthropic && fields.get("state") != facts.state.as_ref() {
        return Err(refused("state does not match the authorization request"));
    }
    proves(&facts, need(fields, "code_verifier")?).map_err(|()| refused("code_verifier does not match the challenge"))?;
    let terms = vendor.terms(&desk.switches);
    Ok((desk.books.open(vendor, code, &facts, terms, now), facts.nonce))
}

/// RFC 7636 §4.6.
fn proves(facts: &CodeFacts, verifier: &str) -> Result<(), ()> {
    let long_enough = (43..=128).contains(&verifier.len());
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    if long_enough && challenge == facts.challenge { Ok(()) } else { Err(()) }
}

fn refresh(desk: &mut Desk, vendor: Vendor, request: &Recorded, now: OffsetDateTime) -> Result<Pair, Refusal> {
    let Recorded { fields, caller, .. } = request;
    let terms = vendor.terms(&desk.switches);
    let client = Client { id: fields.get("client_id").map(String::as_str), caller };
    match desk.books.refresh(vendor, need(fields, "refresh_token")?, client, terms, now) {
        Ok(pair) => {
            desk.counts.refreshed += 1;
            Ok(pair)
        }
        Err((refusal, reuse)) => {
            if let Some(reuse) = reuse {
                let Reuse { ended, scope, spent_at, spent_by } = *reuse;
                desk.counts.duplicates += 1;
                let spent_at_ms = i64::try_from(spent_at.unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
                desk.counts.reused.push(Reused { scope, spent_by, spent_at_ms, sent_by: caller.clone() });
                desk.counts.families_revoked += u64::from(ended);
            }
            Err(refusal)
        }
    }
}

/// The answer, with what the vendor puts beside the tokens.
fn tokens(issuer: &Issuer, desk: &Desk, vendor: Vendor, pair: &Pair, nonce: Option<String>, now: OffsetDateTime) -> Value {
    let switches = &desk.switches;
    let expires_in = vendor.terms(switches).access.whole_seconds();
    let mut body = json!({"token_type": "Bearer", "access_token": pair.access, "refresh_token": pair.refresh, "expires_in": expires_in});
    let email = format!("{}@example.org", switches.subject);
    if vendor == Vendor::Anthropic {
        body["scope"] = json!(pair.scope);
        body["organization"] = json!({"uuid": "5f2c1f0e-0000-4000-8000-000000000001", "name": "Practice"});
        body["account"] = json!({"uuid": "5f2c1f0e-0000-4000-8000-000000000002", "email_address": email});
    } else {
        let at = now.unix_timestamp();
        let mut claims = json!({
            "iss": issuer.name(vendor), "aud": pair.client_id, "sub": switches.subject, "email": email, "iat": at, "exp": at + 3600,
        });
        if vendor != Vendor::Xai {
            claims["https://api.openai.com/auth"] = json!({"chatgpt_account_id": "acct-practice", "chatgpt_plan_type": "plus"});
        }
        if let Some(nonce) = nonce {
            claims["nonce"] = json!(nonce);
        }
        body["id_token"] = json!(id_token::sign(claims, switches.id_token));
    }
    if vendor == Vendor::Chatgpt {
        body["scope"] = json!(pair.scope);
        body["earliest_refresh_at"] = json!(now.unix_timestamp() + expires_in / 2);
    }
    if let Value::Object(members) = &mut body {
        members.retain(|name, _| !switches.omit.contains(name));
    }
    body
}

/// `OpenRouter`'s exchange: a code for a key.
fn key(desk: &mut Desk, request: &Recorded, now: OffsetDateTime) -> Result<Value, Refusal> {
    let fields = &request.fields;
    let refused = |status, message: &str| Refusal::new(status, &status.to_string(), message).shaped(Shape::Coded);
    if !request.json || fields.get("code_challenge_method").is_some_and(|method| method != "S256") {
        return Err(refused(400, "Invalid code_challenge_method"));
    }
    let wrong = || refused(403, "Invalid code or code_verifier");
    let facts = desk.books.take_code(fields.get("code").map_or("", String::as_str), now).map_err(|_| wrong())?;
    proves(&facts, fields.get("code_verifier").map_or("", String::as_str)).map_err(|()| wrong())?;
    Ok(json!({"key": desk.books.key(Vendor::Openrouter.prefixes().0, now), "user_id": "user_practice"}))
}

/// A token is given back.
pub(super) fn revoke(issuer: &Issuer, vendor: Vendor, request: &Recorded) -> Result<(), Refusal> {
    let mut desks = issuer.desks();
    let desk = desks.entry(vendor).or_default();
    desk.counts.revocations += 1;
    desk.books.last = Some(request.clone());
    let json_wanted = match vendor {
        Vendor::Codex => true,
        Vendor::Chatgpt | Vendor::Xai => false,
        Vendor::Anthropic | Vendor::Openrouter => return Err(Refusal::new(404, "not_found_error", "Not Found").shaped(Shape::Typed)),
    };
    if request.json != json_wanted {
        return Err(invalid_request("wrong format"));
    }
    need(&request.fields, "client_id")?;
    desk.books.revoke(need(&request.fields, "token")?);
    Ok(())
}
