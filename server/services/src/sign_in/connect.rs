//! From what the provider granted to a connection, or why not.

use super::SignIn;
use super::exchange::{Exchanged, Failed};
use super::finish::{Granted, internal};
use crate::connections::{NotConnected, SignedIn};
use crate::grants::account_header;
use domain::connection::Finished;
use domain::flow::OAuthFlow;
use domain::people::Caller;
use domain::provider::{Provider, key_hint};
use std::collections::BTreeMap;
use std::sync::Arc;
use vocab::{AuthMethod, FlowFailure, ProviderId};

impl SignIn {
    /// Verifies what was granted and connects the provider, with everybody who shares its sign-in, unless it is refused.
    pub(super) async fn connect(
        &self,
        caller: &Caller,
        provider: &Arc<Provider>,
        flow: &OAuthFlow,
        granted: Granted,
    ) -> Result<(), Failed> {
        let done = self.verify_and_activate(caller, provider, flow, &granted).await;
        done.map_err(|failed| match &granted.secrets {
            Some(secrets) => failed.giving_back(secrets),
            None => failed,
        })
    }

    async fn verify_and_activate(
        &self,
        caller: &Caller,
        provider: &Arc<Provider>,
        flow: &OAuthFlow,
        granted: &Granted,
    ) -> Result<(), Failed> {
        let grants = self.0.credentials.grants();
        // A key that came of a sign-in is a key from then on.
        let (grant, method, credential) = match (&granted.credential, &granted.secrets, &granted.life) {
            (Exchanged::Key(key), ..) => (grants.of_key(key), AuthMethod::ApiKey, key.clone()),
            (Exchanged::Tokens(tokens), Some(secrets), Some(life)) => {
                (grants.of_tokens(&provider.id, AuthMethod::OAuth, secrets, life.clone()), AuthMethod::OAuth, tokens.access_token.clone())
            }
            _ => return Err(Failed::new(FlowFailure::Internal, "")),
        };
        let settings = Self::settings(provider).ok().map(|(_, settings)| settings);
        let header = settings.and_then(|settings| settings.account_header.as_deref());
        let shared_with: &[ProviderId] = settings.map_or(&[], |settings| &settings.shared_with);
        let signed_in = SignedIn {
            provider,
            method,
            credential,
            headers: granted.secrets.as_ref().map_or_else(BTreeMap::new, |secrets| account_header(header, secrets)),
            grant: grant.map_err(|error| internal(&error))?,
            key_hint: match &granted.credential {
                Exchanged::Key(key) => Some(key_hint::hint(key)),
                Exchanged::Tokens(_) => None,
            },
            account: granted.account.clone(),
            shared_with,
            ends: Finished::Browser(Box::new(self.succeeded(flow).await?)),
            trigger: "oauth",
        };
        self.0.connections.connect_signed_in(caller, &signed_in).await.map_err(|not| match not {
            NotConnected::Refused(message) => Failed::new(FlowFailure::ProviderRefused, message),
            NotConnected::Overtaken => Failed::new(FlowFailure::Overtaken, ""),
            NotConnected::Fault(error) => internal(&error),
        })
    }
}
