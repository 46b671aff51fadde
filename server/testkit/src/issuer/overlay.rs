//! The overlay that puts this issuer in the vendors' places.

use super::rules::RESOURCE;
use super::{Issuer, Vendor};

/// A table of the overlay; the values are TOML.
fn table(name: &str, keys: &[(&str, String)]) -> String {
    let lines: Vec<String> = keys.iter().map(|(key, value)| format!("{key} = {value}\n")).collect();
    format!("[providers.{name}]\n{}\n", lines.concat())
}

/// Everything the catalogue says about where a vendor is, for all vendors.
pub(super) fn text(issuer: &Issuer) -> String {
    Vendor::ALL.map(|vendor| of(issuer, vendor)).concat()
}

fn of(issuer: &Issuer, vendor: Vendor) -> String {
    if vendor == Vendor::Xai {
        return xai(issuer);
    }
    let quoted = |text: &str| format!("\"{text}\"");
    let at = |path| quoted(&issuer.address(vendor, path));
    let mut keys = vec![("unavailable", quoted("")), ("authorize_url", at("authorize")), ("token_url", at("token"))];
    let mut before = String::new();
    // Another server lets go of what was said about the vendor's own, so it is said again.
    match vendor {
        Vendor::Anthropic => keys.extend([("base_url", at("api/v1")), ("paste_redirect_uri", at("oauth/code/callback"))]),
        Vendor::Codex => {
            keys.extend([("base_url", at("api")), ("revoke_url", at("revoke")), ("revoke_format", quoted("json"))]);
            keys.extend([("issuer", quoted(&issuer.name(vendor))), ("terminal_statuses", "[401]".to_owned())]);
        }
        Vendor::Chatgpt => {
            keys.extend([("base_url", at("api/v1")), ("revoke_url", at("revoke")), ("resource", quoted(RESOURCE))]);
            keys.extend([("issuer", quoted(&issuer.name(vendor))), ("jwks_uri", at("jwks.json"))]);
            keys.push(("plan_scope", quoted("chatgpt.tokens.use.direct")));
        }
        Vendor::Openrouter => {
            before = table(vendor.id(), &[("base_url", at("api/v1"))]);
            keys.push(("terminal_statuses", "[400, 403]".to_owned()));
        }
        Vendor::Xai => {}
    }
    before + &table(&format!("{vendor}.oauth"), &keys) + &if vendor == Vendor::Codex { codex_device(issuer) } else { String::new() }
}

/// Sign-in with a code is spoken by Purser here: the vendors' own programs know no other issuer than their own.
fn xai(issuer: &Issuer) -> String {
    let at = |path| format!("\"{}\"", issuer.address(Vendor::Xai, path));
    let keys = [
        ("mode", "\"native\"".to_owned()),
        ("device_authorization_url", at("device/code")),
        ("token_url", at("token")),
        ("revoke_url", at("revoke")),
        ("base_url", at("api/v1")),
        ("verification_hosts", "[]".to_owned()),
    ];
    table("xai.device", &keys) + &table("xai.cli", &[("program", "\"grok-of-practice\"".to_owned())])
}

fn codex_device(issuer: &Issuer) -> String {
    let at = |path| format!("\"{}\"", issuer.address(Vendor::Codex, path));
    let keys = [
        ("mode", "\"native\"".to_owned()),
        ("device_authorization_url", at("deviceauth/usercode")),
        ("token_url", at("token")),
        ("revoke_url", at("revoke")),
        ("terminal_statuses", "[401]".to_owned()),
        ("verification_url", at("device")),
        ("verification_hosts", "[]".to_owned()),
        ("base_url", at("api")),
    ];
    table("codex.device", &keys) + &table("codex.cli", &[("program", "\"codex-of-practice\"".to_owned())])
}
