//! Who signed in, what was granted, and whether it works.

use super::SignIn;
use super::exchange::Failed;
use crate::ports::{IdTokenCheck, IdTokenError, StoreResult, Trail};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::flow::{FlowSecrets, OAuthFlow, Remembered};
use domain::grant::{Identity, Tokens};
use domain::provider::OAuthSettings;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use time::OffsetDateTime;
use vocab::FlowFailure;

impl SignIn {
    /// Reads the ID token. Where the catalogue names the issuer's keys it is required and verified; elsewhere it came straight from
    /// the token endpoint over TLS, which is proof enough (`OpenID` Connect Core §3.1.3.7 item 6), and its nonce must be ours.
    pub(super) async fn identity(
        &self,
        settings: &OAuthSettings,
        tokens: &Tokens,
        secrets: &FlowSecrets,
        client_id: Option<&str>,
        now: OffsetDateTime,
    ) -> Result<Identity, Failed> {
        let invalid = |words: &str| Failed::new(FlowFailure::IdTokenInvalid, words);
        let (Some(jwks_uri), Some(issuer)) = (&settings.jwks_uri, &settings.issuer) else {
            let Some(claims) = tokens.id_token.as_ref().and_then(unverified) else { return Ok(Identity::default()) };
            let nonce = claims.get("nonce").and_then(Value::as_str);
            if nonce.is_some_and(|nonce| nonce != secrets.nonce.expose_secret()) {
                return Err(invalid("the ID token belongs to another sign-in"));
            }
            return Ok(Identity::of_claims(&claims));
        };
        let id_token = tokens.id_token.as_ref().ok_or_else(|| invalid("there was no ID token"))?;
        let audience = client_id.unwrap_or_default();
        let check = IdTokenCheck { id_token, jwks_uri, issuer, audience, nonce: Some(&secrets.nonce), now };
        let claims = self.0.ports.token_endpoint.verify_id_token(check).await.map_err(|error| match error {
            IdTokenError::Invalid(_) => invalid(&error.to_string()),
            IdTokenError::Unreachable(words) => Failed::new(FlowFailure::Unreachable, words),
        })?;
        let identity = Identity::of_claims(&claims);
        if identity.subject.is_none() { Err(invalid("the ID token names nobody")) } else { Ok(identity) }
    }

    /// A provider that issues clients knows this installation by one of them, and by one person: signing in again has to be the
    /// same. Both are kept, also beyond a disconnect.
    pub(super) async fn same_person(
        &self,
        settings: &OAuthSettings,
        flow: &OAuthFlow,
        identity: &Identity,
        client_id: Option<&str>,
    ) -> Result<(), Failed> {
        if !settings.dynamic_client {
            return Ok(());
        }
        let internal = |error: crate::ports::StoreError| super::finish::internal(&error);
        let before = self.0.ports.flows.remembered(&flow.provider_id).await.map_err(internal)?;
        let returning = before.issued_client.as_deref() == client_id;
        if returning && before.subject.is_some() && before.subject != identity.subject {
            let words = "this is another account than the one that signed in before";
            return Err(Failed::new(FlowFailure::IdTokenInvalid, words));
        }
        let remembered =
            Remembered { issued_client: client_id.map(str::to_owned), subject: identity.subject.clone(), allowed: before.allowed };
        if remembered == before {
            return Ok(());
        }
        let kept: StoreResult<()> = self.0.ports.flows.remember(&flow.provider_id, &remembered, Trail::default()).await;
        kept.map_err(internal)
    }
}

/// Signed in is not yet allowed to spend the plan.
pub(super) fn plan_shared(settings: &OAuthSettings, tokens: &Tokens) -> Result<(), Failed> {
    let Some(wanted) = &settings.plan_scope else { return Ok(()) };
    let granted = tokens.scope.as_ref().is_some_and(|scopes| scopes.contains(wanted));
    if granted { Ok(()) } else { Err(Failed::new(FlowFailure::PlanNotShared, "")) }
}

/// The client to name from now on: the one that was issued on the way, or the one that was asked with.
pub(super) fn client_of(settings: &OAuthSettings, flow: &OAuthFlow, issued: Option<&str>) -> Result<Option<String>, Failed> {
    if !settings.dynamic_client {
        return Ok(flow.client_id.clone());
    }
    let asking = settings.client_id.as_deref();
    let returning = flow.client_id.as_deref().filter(|client| Some(*client) != asking);
    match (issued.filter(|client| Some(*client) != asking && !client.is_empty()), returning) {
        (Some(issued), Some(known)) if issued != known => {
            Err(Failed::new(FlowFailure::ClientRefused, "the answer names another client than the one it was asked with"))
        }
        (Some(client), _) | (None, Some(client)) => Ok(Some(client.to_owned())),
        (None, None) => Err(Failed::new(FlowFailure::ClientRefused, "no client was issued")),
    }
}

/// The claims of a token that nobody has to prove.
fn unverified(id_token: &SecretString) -> Option<Value> {
    let payload = id_token.expose_secret().split('.').nth(1)?;
    let bytes = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&bytes).ok()
}
