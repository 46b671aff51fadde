//! The overlay that puts this issuer in the vendors' places.

use super::rules::RESOURCE;
use super::{Issuer, Vendor};
use std::path::PathBuf;

/// A table of the overlay; the values are TOML.
fn table(name: &str, keys: &[(&str, String)]) -> String {
    let lines: Vec<String> = keys.iter().map(|(key, value)| format!("{key} = {value}\n")).collect();
    format!("[providers.{name}]\n{}\n", lines.concat())
}

/// Everything the catalogue says about where a vendor is, for all vendors.
pub(super) fn text(issuer: &Issuer, grok: &Grok) -> String {
    Vendor::ALL.map(|vendor| if vendor == Vendor::Xai { xai(issuer, grok) } else { of(issuer, vendor) }).concat()
}

/// The program of xAI.
#[derive(Debug, Clone)]
pub enum Grok {
    /// There is none.
    Missing,
    /// A script in its place runs builds, and signs nobody in.
    Script(PathBuf),
    /// The genuine one. It signs in as ever, through a proxy that leads to this issuer instead of its own.
    Genuine {
        /// Where it is.
        program: PathBuf,
        /// Its `HTTPS_PROXY`.
        proxy: String,
        /// The root certificate that signed what is behind the proxy.
        root: PathBuf,
    },
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
        Vendor::Xai => {}
    }
    before + &table(&format!("{vendor}.oauth"), &keys) + &if vendor == Vendor::Codex { codex_device(issuer) } else { String::new() }
}

/// Where sign-in with a code is spoken by Purser, its endpoints are here; the genuine program knows its own alone.
fn xai(issuer: &Issuer, grok: &Grok) -> String {
    let at = |path| format!("\"{}\"", issuer.address(Vendor::Xai, path));
    let quoted = |text: &dyn std::fmt::Display| format!("{:?}", text.to_string());
    let chat = format!("{}{}", issuer.origin, crate::stand_in::GROK_CHAT);
    let mut env = vec![("GROK_DISABLE_AUTOUPDATER", "1".to_owned()), ("GROK_TELEMETRY_ENABLED", "false".to_owned())];
    env.push(("GROK_CLI_CHAT_PROXY_BASE_URL", chat));
    let mut device = vec![("base_url", at("api/v1"))];
    let mut cli = Vec::new();
    match grok {
        Grok::Genuine { program, proxy, root } => {
            let page = url::Url::parse(&issuer.origin).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
            device.push(("verification_hosts", format!("[{page:?}]")));
            env.extend([("HTTPS_PROXY", proxy.clone()), ("SSL_CERT_FILE", root.display().to_string())]);
            cli.push(("program", quoted(&program.display())));
        }
        Grok::Missing | Grok::Script(_) => {
            device.extend([("mode", "\"native\"".to_owned()), ("device_authorization_url", at("device/code")), ("token_url", at("token"))]);
            device.extend([("revoke_url", at("revoke")), ("verification_hosts", "[]".to_owned())]);
            let program = if let Grok::Script(program) = grok { quoted(&program.display()) } else { "\"grok-of-practice\"".to_owned() };
            cli.extend([("program", program), ("login", "[]".to_owned())]);
        }
    }
    let env: Vec<String> = env.into_iter().map(|(name, value)| format!("{name} = {value:?}")).collect();
    cli.push(("env", format!("{{ {} }}", env.join(", "))));
    table("xai.device", &device) + &table("xai.cli", &cli)
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
    // Nothing stands in for this program, so it is not offered for builds.
    table("codex.device", &keys) + &table("codex.cli", &[("program", "\"codex-of-practice\"".to_owned()), ("run", "[]".to_owned())])
}
