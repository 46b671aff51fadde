//! What pages see of sign-ins, and where the person who began one is led.

use super::begin::is_loopback;
use super::{CallbackOutcome, SignIn};
use crate::beginner::beginner;
use crate::error::{ServiceError, ServiceResult};
use domain::events::Event;
use domain::flow::{AuthorizeRequest, OAuthFlow, authorize_url, dynamic_client_parameters};
use domain::people::Caller;
use domain::provider::{OAuthSettings, Offered, RedirectUri};
use time::{Duration, OffsetDateTime};
use url::Url;
use vocab::{FlowFailure, FlowId, FlowPhase, Permission, ProviderId, UserId};

/// Rows of ended sign-ins are kept this long, for callbacks that are repeated.
const KEPT: Duration = Duration::days(1);
/// A failure is shown this long, or until something newer happened.
const SHOWN: Duration = Duration::hours(1);
/// A sign-in under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInState {
    /// Which.
    pub id: FlowId,
    /// Who began it.
    pub by: String,
    /// Is that who asks?
    pub mine: bool,
    /// Waiting or finishing.
    pub phase: FlowPhase,
    /// Will the answer have to be pasted?
    pub pasting: bool,
    /// The port of this machine that another program holds, so that the answer cannot come by itself.
    pub port_taken: Option<u16>,
    /// Where the provider sends the browser.
    pub redirect_uri: Url,
    /// When the waiting ends.
    pub expires_at: OffsetDateTime,
}

/// Whether a browser sign-in can be begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferState {
    /// Why not; `None` when it can.
    pub unavailable: Option<String>,
    /// The owner's switch, where there is one.
    pub owner_switch: Option<bool>,
    /// Sign-ins under way: the caller's own first, then the newest.
    pub under_way: Vec<SignInState>,
    /// How the newest of the caller's own went wrong, if it did within the last hour.
    pub failed: Option<CallbackOutcome>,
}

/// The way to the provider.
#[derive(Debug)]
pub struct Onward {
    /// Its name.
    pub provider_name: String,
    /// The authorization request: holds this sign-in's `state`, so it is for the person who began it only.
    pub url: Url,
}

impl SignInState {
    pub(super) fn of(flow: &OAuthFlow, viewer: Option<UserId>, now: OffsetDateTime) -> Self {
        Self {
            id: flow.id,
            by: flow.user_name.clone(),
            mine: viewer == Some(flow.user_id),
            phase: flow.phase(now),
            pasting: flow.pasting,
            port_taken: flow.port_taken,
            redirect_uri: flow.redirect_uri.clone(),
            expires_at: flow.expires_at,
        }
    }
}

impl SignIn {
    /// The browser sign-in of a provider as its page shows it; `None` where there is none.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `view_platform`, [`ServiceError::NotFound`].
    pub async fn state(&self, caller: &Caller, id: &ProviderId) -> ServiceResult<Option<OfferState>> {
        caller.require(Permission::ViewPlatform).or_else(|refused| caller.require_sign_in(id).map_err(|_| refused))?;
        let provider = self.0.credentials.provider(id)?;
        let Ok((method, settings)) = Self::settings(&provider) else { return Ok(None) };
        let remembered = self.0.ports.flows.remembered(id).await?;
        let now = self.0.ports.installation.now().await?;
        let viewer = caller.actor.user_id();
        let flows = self.0.ports.flows.of_provider(id).await?;
        let open = |flow: &&OAuthFlow| matches!(flow.phase(now), FlowPhase::Waiting | FlowPhase::Finishing);
        let mut under_way: Vec<SignInState> = flows.iter().filter(open).map(|flow| SignInState::of(flow, viewer, now)).collect();
        under_way.sort_by_key(|state| !state.mine);
        let newest = flows.iter().find(|flow| Some(flow.user_id) == viewer).filter(|flow| now - flow.created_at < SHOWN);
        let failed = newest.and_then(|flow| flow.failure(now).map(|(failure, words)| (failure, words.to_owned())));
        Ok(Some(OfferState {
            unavailable: self.unavailable(method, settings, &remembered),
            owner_switch: (settings.offered == Offered::ByOwner).then_some(remembered.allowed),
            under_way,
            failed: failed.map(|(failure, message)| CallbackOutcome { provider_id: id.clone(), failure: Some(failure), message }),
        }))
    }

    /// Where the newest sign-in that the caller has waiting at this provider leads.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`].
    pub async fn authorize_url(&self, caller: &Caller, id: &ProviderId) -> ServiceResult<Option<Onward>> {
        caller.require_sign_in(id)?;
        let provider = self.0.credentials.provider(id)?;
        let (_, settings) = Self::settings(&provider)?;
        let Some(flow) = self.own_waiting(caller, id).await? else { return Ok(None) };
        let Some(secrets) = self.secrets(&flow) else { return Ok(None) };
        let extra = self.parameters_of(settings, flow.client_id.as_deref()).await?;
        let request = AuthorizeRequest {
            settings,
            client_id: flow.client_id.as_deref(),
            redirect_uri: &flow.redirect_uri,
            secrets: &secrets,
            extra: &extra,
        };
        Ok(Some(Onward { provider_name: provider.name.clone(), url: authorize_url(&request) }))
    }

    /// Addresses of this machine that waiting sign-ins need listened on.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn fixed_redirects(&self) -> ServiceResult<Vec<Url>> {
        let fixed = |flow: &OAuthFlow| {
            let provider = self.0.credentials.provider(&flow.provider_id).ok()?;
            let (_, settings) = Self::settings(&provider).ok()?;
            let listens = matches!(&settings.redirect_uri, RedirectUri::Fixed(url) if *url == flow.redirect_uri && is_loopback(url));
            (listens && flow.redirect_uri.origin() != self.0.public_url.origin()).then(|| flow.redirect_uri.clone())
        };
        let mut urls: Vec<Url> = self.0.ports.flows.open().await?.iter().filter_map(fixed).collect();
        urls.sort();
        urls.dedup();
        Ok(urls)
    }

    /// Tidies up after sign-ins that nobody finished. A job calls it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sweep(&self) -> ServiceResult<()> {
        let now = self.0.ports.installation.now().await?;
        let changed = self.0.ports.flows.sweep(now - KEPT).await?;
        if changed.is_empty() {
            return Ok(());
        }
        let events = changed.into_iter().map(|provider_id| Event::FlowChanged { provider_id }).collect();
        Ok(self.0.ports.events.publish(events).await?)
    }

    /// The newest sign-in that the caller has waiting at a provider.
    pub(super) async fn own_waiting(&self, caller: &Caller, id: &ProviderId) -> ServiceResult<Option<OAuthFlow>> {
        let (user_id, _) = beginner(caller)?;
        let now = self.0.ports.installation.now().await?;
        let own = |flow: &OAuthFlow| flow.user_id == user_id && flow.phase(now) == FlowPhase::Waiting;
        Ok(self.0.ports.flows.of_provider(id).await?.into_iter().find(own))
    }

    /// What a provider that issues clients has to hear besides.
    async fn parameters_of(&self, settings: &OAuthSettings, client: Option<&str>) -> ServiceResult<Vec<(String, String)>> {
        if !settings.dynamic_client {
            return Ok(Vec::new());
        }
        let candidate = uuid::Builder::from_random_bytes(self.0.environment.entropy().bytes()).into_uuid();
        let host = self.0.ports.flows.host_id(candidate).await?;
        let issued = client.filter(|client| Some(*client) != settings.client_id.as_deref());
        Ok(dynamic_client_parameters(settings, issued, host))
    }
}

/// What happened and what to do, with the provider's name and its own words.
pub(super) fn words(failure: FlowFailure, provider: &str, message: &str) -> String {
    let sentence = failure.words().replace("{}", provider);
    if message.is_empty() { sentence } else { format!("{sentence} It says: “{message}”") }
}

impl CallbackOutcome {
    /// As an error of the field that the answer was pasted into.
    pub(super) fn into_pasted(self, provider: &str) -> ServiceResult<()> {
        match self.failure {
            None => Ok(()),
            Some(failure) => Err(ServiceError::field("answer", words(failure, provider, &self.message))),
        }
    }
}
