//! Settings of the sign-in methods: browser (OAuth) and device code. Read and checked with the catalogue; used by the flows.

use crate::device::VerificationRule;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use url::Url;
pub use vocab::Lending;
use vocab::{DeviceMode, ProviderId};

/// How a browser sign-in is spoken with one provider (RFC 6749 authorization code with PKCE, RFC 7636).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuthSettings {
    /// Where the browser is sent.
    pub authorize_url: Url,
    /// Where the code is exchanged and tokens are refreshed.
    pub token_url: Url,
    /// Where a token is given back (RFC 7009), if the provider has such a place.
    pub revoke_url: Option<Url>,
    /// The registered client; some providers need none.
    pub client_id: Option<String>,
    /// Where the browser comes back to.
    pub redirect_uri: RedirectUri,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// How the exchange is written.
    pub token_format: TokenFormat,
    /// Must `state` be repeated in the exchange? Some providers demand it, others refuse it.
    pub send_state: bool,
    /// The resource the tokens are for (RFC 8707), where one has to be named.
    pub resource: Option<String>,
    /// Further parameters of the authorize request.
    pub parameters: BTreeMap<String, String>,
    /// What the code is exchanged for.
    pub exchange: Exchange,
    /// Who has to answer (RFC 9207) and has to have signed the ID token, where known.
    pub issuer: Option<String>,
    /// Where the issuer publishes its keys. With it, the ID token is required and verified.
    pub jwks_uri: Option<Url>,
    /// How the request to [`OAuthSettings::revoke_url`] is written.
    pub revoke_format: TokenFormat,
    /// What ends a refresh for good, beside the codes that always do.
    pub terminal: Terminal,
    /// The client is issued during the first sign-in and kept (the registered id only asks for one).
    pub dynamic_client: bool,
    /// The token answer must grant this scope, or the plan was not shared.
    pub plan_scope: Option<String>,
    /// Other providers that the same grant connects. They are reached as this method says (address, dialect, headers, plan),
    /// whatever their own sign-in method says: it is this method's token.
    pub shared_with: Vec<ProviderId>,
    /// Where and when it is offered.
    pub offered: Offered,
    /// The provider's own page that shows the code, for when the browser cannot come back to us.
    pub paste_redirect_uri: Option<Url>,
    /// Sent with inference calls: the header that names the account of the grant.
    pub account_header: Option<String>,
    /// How long a refresh token lives that is not used, where the provider documents it and its answers do not say.
    pub refresh_token_lives: Option<time::Duration>,
}

impl OAuthSettings {
    /// Is an ID token asked for (`OpenID` Connect Core §3.1.2.1)?
    pub fn asks_identity(&self) -> bool {
        self.scopes.iter().any(|scope| scope == "openid")
    }

    /// Does the ID token have to prove who signed in? Only then there is a `nonce`: vendors without keys do not promise to repeat it.
    pub const fn proves_identity(&self) -> bool {
        self.jwks_uri.is_some()
    }

    /// Settings that could never work together, in words.
    pub(super) fn check(self) -> Result<Self, String> {
        let asks = |scope: &str| self.scopes.iter().any(|asked| asked == scope);
        if self.exchange == Exchange::Tokens && self.client_id.is_none() {
            return Err("`oauth.client_id` is missing; only `exchange = \"api_key\"` does without".to_owned());
        }
        if self.proves_identity() && !(self.issuer.is_some() && asks("openid")) {
            return Err("`oauth.jwks_uri` needs `issuer` beside it, and `openid` among the `scopes`".to_owned());
        }
        if let Some(scope) = self.plan_scope.as_deref().filter(|scope| !asks(scope)) {
            return Err(format!("`oauth.plan_scope` is `{scope}`, which `scopes` does not ask for"));
        }
        Ok(self)
    }
}

/// Where and when a browser sign-in is offered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Offered {
    /// Always.
    #[default]
    Always,
    /// Only where Purser runs on the operator's own machine: its public address is loopback.
    OnLoopback,
    /// Off until an owner, with the vendor's rule in front of them, switches it on.
    ByOwner,
}

/// What a code is exchanged for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exchange {
    /// An access token and a refresh token (RFC 6749 §4.1.3).
    #[default]
    Tokens,
    /// A key that does not expire (`OpenRouter`'s OAuth PKCE guide); the connection then is one with an API key.
    ApiKey,
}

/// What ends a refresh for good at one provider. Everything else is tried again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terminal {
    /// Error codes beside the ones that every provider means so.
    pub codes: Vec<String>,
    /// HTTP statuses that mean so, whatever error the JSON of the body names.
    pub statuses: Vec<u16>,
}

/// Where a browser comes back to after signing in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum RedirectUri {
    /// Purser's public address with the default callback path.
    Default,
    /// Purser's public address with this path, for providers that know only that one.
    OwnPath(String),
    /// Exactly this, with a listener on its port for as long as a sign-in lasts.
    Fixed(Url),
}

impl RedirectUri {
    /// Path of [`RedirectUri::Default`].
    pub const DEFAULT_PATH: &'static str = "/api/v1/auth/provider-oauth/callback";
}

/// How the request to a token endpoint is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenFormat {
    /// `application/x-www-form-urlencoded`, as RFC 6749 says.
    #[default]
    Form,
    /// `application/json`.
    Json,
}

/// How a device-code sign-in is done with one provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceSettings {
    /// Who speaks the protocol.
    pub mode: DeviceMode,
    /// Where a device code is asked for (RFC 8628 §3.1); needed in native mode.
    pub device_authorization_url: Option<Url>,
    /// Where the code is exchanged and tokens are refreshed.
    pub token_url: Option<Url>,
    /// Where a token is given back (RFC 7009), if the provider has such a place.
    pub revoke_url: Option<Url>,
    /// The registered client.
    pub client_id: Option<String>,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// Further parameters of the device authorization request.
    pub parameters: BTreeMap<String, String>,
    /// Which protocol the endpoints speak.
    pub protocol: DeviceProtocol,
    /// Where to ask whether the person has approved, where that is not the token endpoint.
    pub poll_url: Option<Url>,
    /// The page for people, where the answer does not name it.
    pub verification_url: Option<Url>,
    /// Domains people may be sent to, beside the hosts of the endpoints.
    pub verification_hosts: Vec<String>,
    /// The redirect address of the code exchange that follows, where the protocol ends in a code.
    pub redirect_uri: Option<Url>,
    /// How the request to [`DeviceSettings::revoke_url`] is written.
    pub revoke_format: TokenFormat,
    /// What ends a refresh for good, beside the codes that always do.
    pub terminal: Terminal,
    /// Sent with inference calls: the header that names the account of the grant.
    pub account_header: Option<String>,
    /// Sentences for people about this provider's own hurdles.
    pub hints: Vec<String>,
}

impl DeviceSettings {
    /// Which addresses people may be sent to.
    pub fn verification_rule(&self) -> VerificationRule {
        let endpoints = [&self.device_authorization_url, &self.token_url, &self.poll_url, &self.verification_url];
        VerificationRule::new(endpoints.into_iter().flatten(), self.verification_hosts.iter().map(String::as_str))
    }

    /// Where to ask whether the person has approved: the token endpoint (RFC 8628 §3.4), or what the catalogue names; the
    /// codex program asks at `token` beside the place where it got its code.
    pub fn poll_endpoint(&self) -> Option<Url> {
        match self.protocol {
            DeviceProtocol::Rfc8628 => self.poll_url.clone().or_else(|| self.token_url.clone()),
            DeviceProtocol::CodexDeviceAuth => self.poll_url.clone().or_else(|| self.device_authorization_url.as_ref()?.join("token").ok()),
        }
    }
}

/// Which protocol a device-code sign-in speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceProtocol {
    /// RFC 8628.
    #[default]
    Rfc8628,
    /// The codex program's own (codex-rs `login/src/device_code_auth.rs`): "not yet" is a 403 or 404, success brings an
    /// authorization code with the verifier that belongs to it.
    CodexDeviceAuth,
}

/// The provider's own command-line program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CliSettings {
    /// Name to look for, or a whole path.
    pub program: String,
    /// Added to the sandbox's environment.
    pub env: BTreeMap<String, String>,
    /// Arguments of the sign-in with a code; empty when the program has none.
    pub login: Vec<String>,
    /// Arguments of a run, with the places of [`CliSettings::PROMPT_FILE`] and [`CliSettings::WORKSPACE`] marked; empty when
    /// the program runs nothing.
    pub run: Vec<String>,
    /// Where the prompt goes in.
    pub prompt: PromptPlace,
    /// The file it keeps its credential in, below the home directory.
    pub credential_file: Option<String>,
    /// How that file is written.
    pub credential_format: Option<CredentialFormat>,
    /// How a run borrows the credential, unless it is asked for otherwise.
    pub lending: Lending,
    /// Every way it may borrow, that one first.
    pub lendings: Vec<Lending>,
    /// Variable naming the helper that is asked for an access token; needed for [`Lending::Broker`].
    pub broker_variable: Option<String>,
    /// Arguments of the sign-in through that helper, which has to happen before a run.
    pub broker_login: Vec<String>,
}

impl CliSettings {
    /// Stands for the path of the file with the prompt.
    pub const PROMPT_FILE: &'static str = "{prompt_file}";
    /// Stands for the path of the workspace.
    pub const WORKSPACE: &'static str = "{workspace}";
    /// Variables that name root certificates: OpenSSL's, Node's, and codex's own.
    const CERTIFICATES: [&'static str; 4] = ["SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "CODEX_CA_CERTIFICATE"];

    /// The program's name: what is looked for, or the last part of the path that was given.
    pub fn name(&self) -> &str {
        self.program.rsplit('/').next().unwrap_or(&self.program)
    }

    /// Files of this machine that its environment names, which the sandbox has to let it read: root certificates.
    pub fn readable(&self) -> Vec<PathBuf> {
        let named = Self::CERTIFICATES.iter().filter_map(|name| self.env.get(*name));
        named.map(PathBuf::from).filter(|path| path.is_absolute()).collect()
    }

    /// The arguments of a run with the paths put in. A prompt is never an argument: those can be read by every process.
    pub fn run_arguments(&self, prompt_file: &str, workspace: &str) -> Vec<String> {
        self.run.iter().map(|argument| argument.replace(Self::PROMPT_FILE, prompt_file).replace(Self::WORKSPACE, workspace)).collect()
    }
}

/// Where a program takes its prompt from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromptPlace {
    /// From a file that an argument names.
    #[default]
    File,
    /// From its standard input.
    Stdin,
}

/// How a program writes its credential file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CredentialFormat {
    /// Grok's: records by issuer and client.
    Grok,
    /// Codex's: one object with `tokens`.
    Codex,
}
