//! From what was granted to a connection, for both modes.

use super::{DeviceSignIn, count};
use crate::beginner::{Begun, still_allowed};
use crate::connections::{NotConnected, SignedIn};
use crate::grants::account_header;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::audit::Origin;
use domain::cli::CliCredential;
use domain::connection::Finished;
use domain::device::{DeviceFlow, FailureReason};
use domain::grant::{GrantSecrets, Identity, Life, Tokens};
use domain::provider::Provider;
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use time::{Duration, OffsetDateTime};
use vocab::{AuthMethod, DevicePhase};

/// Tokens, and what is known of them.
pub(super) struct Granted {
    secrets: GrantSecrets,
    expires_in: Option<Duration>,
    refresh_expires_in: Option<Duration>,
    account: Option<String>,
}

/// Nothing was granted, or it is no use.
#[derive(Debug)]
pub(super) struct Failed {
    reason: FailureReason,
}

impl Failed {
    pub(super) const fn new(reason: FailureReason) -> Self {
        Self { reason }
    }
}

impl Granted {
    /// Straight from the token endpoint over TLS, so who signed in needs no further proof (`OpenID` Connect Core §3.1.3.7 item 6).
    pub(super) fn of_tokens(tokens: &Tokens) -> Self {
        let identity = tokens.id_token.as_ref().and_then(claims).map(|claims| Identity::of_claims(&claims)).unwrap_or_default();
        let secrets = GrantSecrets { account_id: identity.account_id.clone(), subject: identity.subject.clone(), ..tokens.merged(None) };
        let account = identity.label().or_else(|| tokens.account.clone());
        Self { secrets, expires_in: tokens.expires_in, refresh_expires_in: tokens.refresh_expires_in, account }
    }

    /// From the file that the provider's program left behind.
    pub(super) fn of_file(file: &CliCredential, now: OffsetDateTime) -> Self {
        let secrets = GrantSecrets {
            access_token: file.access_token.clone(),
            refresh_token: file.refresh_token.clone(),
            client_id: file.client_id.clone(),
            account_id: file.account_id.clone(),
            subject: file.user_id.clone(),
        };
        // A file may hold a token that has run out, with one that fetches the next: then that is due at once.
        let expires_in = file.expires_at.map(|at| (at - now).max(Duration::SECOND));
        let identity = file.id_token.as_ref().and_then(claims).map(|claims| Identity::of_claims(&claims)).unwrap_or_default();
        Self { secrets, expires_in, refresh_expires_in: None, account: identity.label().or_else(|| file.email.clone()) }
    }
}

impl DeviceSignIn {
    /// The last step: proves what was granted, seals it and connects. The sign-in ends one way or the other.
    pub(super) async fn finish(&self, provider: &Arc<Provider>, flow: DeviceFlow, granted: Result<Granted, Failed>) {
        let ended = match granted {
            Ok(granted) => match self.connect(provider, &flow, &granted).await {
                Ok(()) => {
                    let mut flow = flow;
                    flow.facts.phase = DevicePhase::Connected;
                    count(&flow);
                    return;
                }
                Err(failed) => {
                    let ended = self.fail(flow, failed.reason).await;
                    self.unwanted(provider, Ok(granted)).await;
                    ended
                }
            },
            Err(Failed { reason }) => self.fail(flow, reason).await,
        };
        if let Err(error) = ended {
            tracing::error!(provider = %provider.id, error = &error as &dyn std::error::Error, "the end of a sign-in with a code was not stored");
        }
    }

    /// Gives back what nobody will use.
    pub(super) async fn unwanted(&self, provider: &Provider, granted: Result<Granted, Failed>) {
        if let Ok(granted) = granted {
            let grants = self.0.parts.credentials.grants();
            grants.revoke_quietly(Some(&provider.id), AuthMethod::DeviceCode, &granted.secrets).await;
        }
    }

    async fn connect(&self, provider: &Arc<Provider>, flow: &DeviceFlow, granted: &Granted) -> Result<(), Failed> {
        let parts = &self.0.parts;
        let begun = Begun { user_id: flow.user_id, with: flow.begun_in, provider_id: &flow.provider_id };
        let caller = still_allowed(&parts.ports, &parts.environment, &begun, &Origin::default()).await.map_err(fault)?;
        let caller = caller.ok_or_else(|| Failed::new(FailureReason::NotAllowed))?;
        let now = parts.ports.installation.now().await.map_err(fault)?;
        let [dice] = parts.environment.entropy().bytes::<1>();
        let ends_at = granted.refresh_expires_in.map(|lives| now + lives);
        let life = Life::begin(now, granted.expires_in, granted.secrets.refresh_token.is_some(), ends_at, dice);
        let grant = parts.credentials.grants().of_tokens(&provider.id, AuthMethod::DeviceCode, &granted.secrets, life).map_err(fault)?;
        let header = provider.renewal(AuthMethod::DeviceCode).and_then(|renewal| renewal.account_header);
        let signed_in = SignedIn {
            provider,
            method: AuthMethod::DeviceCode,
            credential: granted.secrets.access_token.clone(),
            headers: account_header(header.as_deref(), &granted.secrets),
            grant,
            key_hint: None,
            account: granted.account.clone(),
            shared_with: &[],
            ends: Finished::Device { id: flow.id, at: now },
            trigger: "device_code",
        };
        parts.connections.connect_signed_in(&caller, &signed_in).await.map_err(|not| match not {
            NotConnected::Refused(words) => Failed::new(FailureReason::CredentialRefused(words)),
            NotConnected::Overtaken => Failed::new(FailureReason::Overtaken),
            NotConnected::Fault(error) => fault(error),
        })
    }
}

/// A fault of ours: the log hears the cause, the person that it was us.
fn fault(error: impl std::error::Error) -> Failed {
    tracing::error!(error = %error, source = error.source().map(ToString::to_string), "a sign-in with a code could not be finished");
    Failed::new(FailureReason::Internal)
}

/// The claims of a token that nobody has to prove.
fn claims(id_token: &SecretString) -> Option<serde_json::Value> {
    let payload = id_token.expose_secret().split('.').nth(1)?;
    let bytes = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&bytes).ok()
}
