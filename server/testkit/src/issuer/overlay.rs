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
    }
    before + &table(&format!("{vendor}.oauth"), &keys)
}
