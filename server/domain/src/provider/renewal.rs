//! How a signed-in grant is refreshed and given back, whichever sign-in made it.

use super::entry::Provider;
use super::sign_in::{Terminal, TokenFormat};
use time::Duration;
use url::Url;
use vocab::AuthMethod;

/// What a refresh and a revocation need to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renewal {
    /// Where tokens are refreshed.
    pub token_url: Url,
    /// How the request is written.
    pub token_format: TokenFormat,
    /// The registered client, where the grant itself names none.
    pub client_id: Option<String>,
    /// The resource the tokens are for (RFC 8707), where one has to be named.
    pub resource: Option<String>,
    /// What ends a refresh for good, beside the codes that always do.
    pub terminal: Terminal,
    /// The client was issued during the sign-in.
    pub dynamic_client: bool,
    /// How long a refresh token lives that is not used, where the provider documents it and its answers do not say.
    pub refresh_token_lives: Option<Duration>,
    /// Where a token is given back (RFC 7009), if the provider has such a place.
    pub revoke_url: Option<Url>,
    /// How that request is written.
    pub revoke_format: TokenFormat,
    /// Sent with inference calls: the header that names the account of the grant.
    pub account_header: Option<String>,
}

impl Provider {
    /// How a grant made by this sign-in method is kept alive; `None` where there is no such method, or it has no token endpoint.
    pub fn renewal(&self, made_by: AuthMethod) -> Option<Renewal> {
        let method = self.method(made_by)?;
        if let Some(oauth) = &method.oauth {
            return Some(Renewal {
                token_url: oauth.token_url.clone(),
                token_format: oauth.token_format,
                client_id: oauth.client_id.clone(),
                resource: oauth.resource.clone(),
                terminal: oauth.terminal.clone(),
                dynamic_client: oauth.dynamic_client,
                refresh_token_lives: oauth.refresh_token_lives,
                revoke_url: oauth.revoke_url.clone(),
                revoke_format: oauth.revoke_format,
                account_header: oauth.account_header.clone(),
            });
        }
        let device = method.device.as_ref()?;
        Some(Renewal {
            token_url: device.token_url.clone()?,
            token_format: TokenFormat::Form,
            client_id: device.client_id.clone(),
            resource: None,
            terminal: device.terminal.clone(),
            dynamic_client: false,
            refresh_token_lives: None,
            revoke_url: device.revoke_url.clone(),
            revoke_format: device.revoke_format,
            account_header: device.account_header.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::provider::{Catalogue, TokenFormat};
    use vocab::AuthMethod;

    #[test]
    fn both_sign_ins_of_a_provider_are_kept_alive() {
        let catalogue = Catalogue::built_in().expect("reads");
        let codex = catalogue.get(&"codex".parse().expect("an id")).expect("known");
        let (browser, code) = (codex.renewal(AuthMethod::OAuth).expect("there"), codex.renewal(AuthMethod::DeviceCode).expect("there"));
        assert_eq!((&browser.token_url, &browser.terminal.statuses), (&code.token_url, &code.terminal.statuses));
        assert_eq!(browser.account_header, code.account_header);
        assert_eq!((code.revoke_format, code.client_id.is_some()), (TokenFormat::Json, true));
        assert!(codex.renewal(AuthMethod::ApiKey).is_none());
        let xai = catalogue.get(&"xai".parse().expect("an id")).expect("known");
        assert!(xai.renewal(AuthMethod::OAuth).is_none() && xai.renewal(AuthMethod::DeviceCode).is_some());
    }
}
