//! Signing in with a code: RFC 8628 as xAI speaks it, and the codex program's own flow.

use super::books::{CodeFacts, Pair};
use super::refusal::{Refusal, Shape};
use super::rules::Vendor;
use super::{Desk, Issuer, random};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashMap};
use time::{Duration, OffsetDateTime};

type Fields = BTreeMap<String, String>;

/// The redirect address that the codex program's exchange names.
pub(super) const CODEX_REDIRECT: &str = "https://auth.openai.com/deviceauth/callback";

/// Codes that were handed out, by device code.
#[derive(Default)]
pub(super) struct Pending(HashMap<String, Entry>);

struct Entry {
    user_code: String,
    client_id: String,
    scope: String,
    expires_at: OffsetDateTime,
    interval: Duration,
    asked_at: OffsetDateTime,
    decided: Option<bool>,
}

/// A new device code: the answer's body.
pub(super) fn begin(issuer: &Issuer, vendor: Vendor, fields: &Fields) -> Result<Value, Refusal> {
    let now = issuer.clock.now();
    let mut desks = issuer.desks();
    let desk = desks.entry(vendor).or_default();
    desk.counts.device_codes += 1;
    if desk.switches.device_off {
        return Err(Refusal::new(404, "not_found", "Device codes are switched off."));
    }
    let client_id = fields.get("client_id").filter(|id| !id.is_empty());
    let client_id = client_id.ok_or_else(|| Refusal::new(400, "invalid_client", "client_id is missing"))?.clone();
    let device_code = random("device-");
    let digits = random("").to_uppercase();
    let user_code = format!("{}-{}", &digits[..4], &digits[4..8]);
    let interval = Duration::seconds(desk.switches.device_interval);
    let entry = Entry {
        user_code: user_code.clone(),
        client_id,
        scope: fields.get("scope").cloned().unwrap_or_default(),
        expires_at: now + Duration::seconds(desk.switches.device_seconds),
        interval,
        asked_at: now,
        decided: None,
    };
    desk.pending.0.insert(device_code.clone(), entry);
    let page = issuer.address(vendor, "device");
    Ok(match vendor {
        Vendor::Codex => json!({"device_auth_id": device_code, "user_code": user_code, "interval": interval.whole_seconds().to_string()}),
        _ => json!({
            "device_code": device_code, "user_code": user_code, "verification_uri": page,
            "verification_uri_complete": format!("{page}?user_code={user_code}"),
            "expires_in": desk.switches.device_seconds, "interval": interval.whole_seconds(),
        }),
    })
}

/// A person has decided; `false` when nobody waits for this code.
pub(super) fn decide(issuer: &Issuer, vendor: Vendor, user_code: &str, yes: bool) -> bool {
    let now = issuer.clock.now();
    let mut desks = issuer.desks();
    let pending = &mut desks.entry(vendor).or_default().pending.0;
    let bare = |text: &str| text.replace('-', "").to_uppercase();
    let open = |entry: &&mut Entry| bare(&entry.user_code) == bare(user_code) && entry.expires_at > now && entry.decided.is_none();
    pending.values_mut().find(open).map(|entry| entry.decided = Some(yes)).is_some()
}

/// One question. Success spends the device code. Who keeps no pace is told to slow down, where that is the way.
fn ask(desk: &mut Desk, code: &str, now: OffsetDateTime, paced: bool) -> Result<Entry, Refusal> {
    desk.counts.device_polls += 1;
    let refused = |code: &str| Err(Refusal::new(400, code, ""));
    let Some(entry) = desk.pending.0.get_mut(code) else { return refused("expired_token") };
    let hasty = paced && now - entry.asked_at < entry.interval;
    entry.asked_at = now;
    if hasty || desk.switches.slow_downs > 0 {
        desk.switches.slow_downs = desk.switches.slow_downs.saturating_sub(1);
        desk.counts.slow_downs += 1;
        entry.interval += Duration::seconds(5);
        return refused("slow_down");
    }
    match entry.decided {
        _ if entry.expires_at <= now => refused("expired_token"),
        None => refused("authorization_pending"),
        Some(false) => refused("access_denied"),
        Some(true) => desk.pending.0.remove(code).ok_or_else(|| Refusal::new(400, "expired_token", "")),
    }
}

/// The token endpoint's part of RFC 8628 §3.4.
pub(super) fn redeem(desk: &mut Desk, vendor: Vendor, fields: &Fields, now: OffsetDateTime) -> Result<Pair, Refusal> {
    let text = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let entry = ask(desk, text("device_code"), now, true)?;
    if text("client_id") != entry.client_id {
        return Err(Refusal::new(401, "invalid_client", "The code was issued to another client"));
    }
    let facts = facts(entry, String::new());
    let terms = vendor.terms(&desk.switches);
    Ok(desk.books.open(vendor, "", &facts, terms, now))
}

/// The codex program's question: a 403 for "not yet", a code with its verifier for "yes". The program itself, which names
/// another redirect address, asks for the first time at once, and takes a 429 for the end.
pub(super) fn poll_codex(issuer: &Issuer, fields: &Fields, redirect_uri: &str) -> Result<Value, Refusal> {
    let now = issuer.clock.now();
    let mut desks = issuer.desks();
    let desk = desks.entry(Vendor::Codex).or_default();
    let id = fields.get("device_auth_id").map(String::as_str).unwrap_or_default();
    let entry = ask(desk, id, now, redirect_uri == CODEX_REDIRECT).map_err(|refusal| match refusal.code.as_str() {
        "authorization_pending" => Refusal::new(403, "deviceauth_authorization_pending", "Not yet.").shaped(Shape::Coded),
        "slow_down" => Refusal::new(429, "slow_down", "Too fast.").shaped(Shape::Coded),
        _ => refusal.shaped(Shape::Coded),
    })?;
    let verifier = format!("{}{}", random("v"), random("w"));
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    let facts = CodeFacts { redirect_uri: redirect_uri.to_owned(), ..facts(entry, challenge.clone()) };
    let code = desk.books.code(facts, now);
    Ok(json!({"authorization_code": code, "code_challenge": challenge, "code_verifier": verifier}))
}

fn facts(entry: Entry, challenge: String) -> CodeFacts {
    CodeFacts {
        client_id: Some(entry.client_id),
        redirect_uri: CODEX_REDIRECT.to_owned(),
        challenge,
        nonce: None,
        state: None,
        scope: entry.scope,
    }
}
