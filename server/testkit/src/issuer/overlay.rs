//! The overlay that puts this issuer in the vendors' places.

use super::{Issuer, Vendor};

/// A table of the overlay.
fn table(name: &str, keys: &[(&str, String)]) -> String {
    let lines: Vec<String> = keys.iter().map(|(key, value)| format!("{key} = \"{value}\"\n")).collect();
    format!("[providers.{name}]\n{}\n", lines.concat())
}

/// Everything the catalogue says about where a vendor is, for all vendors.
pub(super) fn text(issuer: &Issuer) -> String {
    Vendor::ALL.map(|vendor| of(issuer, vendor)).concat()
}

fn of(issuer: &Issuer, vendor: Vendor) -> String {
    let at = |path| issuer.address(vendor, path);
    let mut keys = vec![("unavailable", String::new()), ("authorize_url", at("authorize")), ("token_url", at("token"))];
    let mut before = String::new();
    match vendor {
        Vendor::Anthropic => keys.extend([("base_url", at("api/v1")), ("paste_redirect_uri", at("oauth/code/callback"))]),
        Vendor::Codex => keys.extend([("base_url", at("api")), ("revoke_url", at("revoke"))]),
        Vendor::Chatgpt => {
            let identity = [("issuer", issuer.name(vendor)), ("jwks_uri", at("jwks.json"))];
            keys.extend([("base_url", at("api/v1")), ("revoke_url", at("revoke"))]);
            keys.extend(identity);
        }
        Vendor::Openrouter => before = table(vendor.id(), &[("base_url", at("api/v1"))]),
    }
    before + &table(&format!("{vendor}.oauth"), &keys)
}
