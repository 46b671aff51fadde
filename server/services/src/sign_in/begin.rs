//! Off to the provider: a pending sign-in is stored before the browser leaves.

use super::{SignIn, SignInState};
use crate::beginner::beginner;
use crate::error::{ServiceError, ServiceResult};
use crate::trail::TrailBuilder;
use domain::audit::{Action, Object};
use domain::events::Event;
use domain::flow::{FlowSecrets, FlowState, LIFETIME, OAuthFlow, Remembered, redirect_of, state_hash};
use domain::people::Caller;
use domain::provider::{Method, OAuthSettings, Offered, RedirectUri};
use url::{Host, Url};
use vocab::{FlowId, Permission, ProviderId};

/// Where the browser is, seen from Purser's machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BrowserPlace {
    /// Not said: Purser's public address decides.
    Unknown,
    /// On another machine, says the person; what needs this machine's own address is pasted.
    Elsewhere,
}

/// What a person wants to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begin {
    /// At which provider.
    pub provider_id: ProviderId,
    /// Where their browser is.
    pub place: BrowserPlace,
    /// The port of [`SignIn::listens_at`], when it could not be listened on.
    pub port_taken: Option<u16>,
}

impl SignIn {
    /// The address of this machine that has to be listened on for as long as a sign-in at this provider lasts.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], or [`ServiceError::MethodUnavailable`] for a provider without a browser sign-in.
    pub fn listens_at(&self, id: &ProviderId) -> ServiceResult<Option<Url>> {
        let provider = self.0.credentials.provider(id)?;
        let (_, settings) = Self::settings(&provider)?;
        Ok(match &settings.redirect_uri {
            RedirectUri::Fixed(url) if is_loopback(url) && url.origin() != self.0.public_url.origin() => Some(url.clone()),
            _ => None,
        })
    }

    /// Stores a pending sign-in of the caller's: ten minutes, single use. [`SignIn::authorize_url`] then leads on.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`], [`ServiceError::MethodUnavailable`] with the reason.
    pub async fn begin(&self, caller: &Caller, begin: Begin) -> ServiceResult<SignInState> {
        let id = &begin.provider_id;
        caller.require_sign_in(id)?;
        let provider = self.0.credentials.provider(id)?;
        let (method, settings) = Self::settings(&provider)?;
        let remembered = self.0.ports.flows.remembered(id).await?;
        if let Some(why) = self.unavailable(method, settings, &remembered) {
            return Err(ServiceError::MethodUnavailable(why));
        }
        let flow = self.new_flow(caller, &begin, settings, remembered).await?;
        let trail = TrailBuilder::new(&self.0.environment, caller)
            .done(Action::PROVIDER_SIGN_IN, Object::Provider(id.clone()), if flow.pasting { "the answer will be pasted" } else { "" })
            .event(Event::FlowChanged { provider_id: id.clone() });
        self.0.ports.flows.begin(&flow, trail.build()).await?;
        Ok(SignInState::of(&flow, Some(flow.user_id), flow.created_at))
    }

    async fn new_flow(&self, caller: &Caller, begin: &Begin, settings: &OAuthSettings, remembered: Remembered) -> ServiceResult<OAuthFlow> {
        let (user_id, begun_in) = beginner(caller)?;
        let id = FlowId::new(self.0.environment.uuid());
        let secrets = FlowSecrets::generate(self.0.environment.entropy());
        let created_at = self.0.ports.installation.now().await?;
        let pasting = self.has_to_paste(begin, settings);
        let redirect_uri = settings.paste_redirect_uri.clone().filter(|_| pasting);
        Ok(OAuthFlow {
            id,
            provider_id: begin.provider_id.clone(),
            user_id,
            user_name: caller.actor.name().to_owned(),
            begun_in,
            state_hash: state_hash(&secrets.state),
            sealed: self.seal(id, &secrets)?,
            redirect_uri: redirect_uri.unwrap_or_else(|| redirect_of(&settings.redirect_uri, &self.0.public_url)),
            client_id: remembered.issued_client.filter(|_| settings.dynamic_client).or_else(|| settings.client_id.clone()),
            issuer: settings.issuer.clone(),
            pasting,
            port_taken: begin.port_taken,
            created_at,
            expires_at: created_at + LIFETIME,
            state: FlowState::Waiting,
        })
    }

    /// Can the browser not be expected to come back by itself? Providers that know only addresses of the person's own machine send
    /// it there, and Purser is there only if its public address is.
    fn has_to_paste(&self, begin: &Begin, settings: &OAuthSettings) -> bool {
        let fixed_here = matches!(&settings.redirect_uri, RedirectUri::Fixed(url) if is_loopback(url));
        let far_away = !is_loopback(&self.0.public_url) && (fixed_here || settings.paste_redirect_uri.is_some());
        begin.place == BrowserPlace::Elsewhere || begin.port_taken.is_some() || far_away
    }

    /// Why a browser sign-in cannot be begun; `None` when it can.
    pub(super) fn unavailable(&self, method: &Method, settings: &OAuthSettings, remembered: &Remembered) -> Option<String> {
        if let Some(why) = &method.unavailable {
            return Some(why.clone());
        }
        match settings.offered {
            Offered::Always => None,
            Offered::ByOwner if remembered.allowed => None,
            Offered::ByOwner => Some("This sign-in is off. An owner can switch it on after reading the vendor's rule.".to_owned()),
            Offered::OnLoopback if is_loopback(&self.0.public_url) => None,
            Offered::OnLoopback => {
                Some("This sign-in is for Purser on your own machine: its public address has to be localhost or 127.0.0.1.".to_owned())
            }
        }
    }

    /// Turns the owner's switch of a sign-in that is off until an owner has read the vendor's rule.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for anybody but an owner, [`ServiceError::MethodUnavailable`] where there is no such switch.
    pub async fn allow(&self, caller: &Caller, id: &ProviderId, allow: bool) -> ServiceResult<()> {
        caller.require_for(Permission::ManageSettings, id)?;
        let provider = self.0.credentials.provider(id)?;
        let (_, settings) = Self::settings(&provider)?;
        if settings.offered != Offered::ByOwner {
            return Err(ServiceError::MethodUnavailable(format!("The sign-in of {} needs no switch.", provider.name)));
        }
        let remembered = Remembered { allowed: allow, ..self.0.ports.flows.remembered(id).await? };
        let trail = TrailBuilder::new(&self.0.environment, caller)
            .done(Action::METHOD_ALLOW, Object::Provider(id.clone()), if allow { "on" } else { "off" })
            .event(Event::ConnectionChanged { provider_id: id.clone() });
        self.0.ports.flows.remember(id, &remembered, trail.build()).await?;
        if !allow {
            let trail = TrailBuilder::new(&self.0.environment, caller).event(Event::FlowChanged { provider_id: id.clone() });
            self.0.ports.flows.cancel(id, None, trail.build()).await?;
        }
        Ok(())
    }

    /// Gives up the caller's own waiting sign-ins at a provider.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`].
    pub async fn cancel(&self, caller: &Caller, id: &ProviderId) -> ServiceResult<()> {
        caller.require_sign_in(id)?;
        let (user_id, _) = beginner(caller)?;
        let trail = TrailBuilder::new(&self.0.environment, caller)
            .done(Action::PROVIDER_SIGN_IN_CANCEL, Object::Provider(id.clone()), "")
            .event(Event::FlowChanged { provider_id: id.clone() });
        self.0.ports.flows.cancel(id, Some(user_id), trail.build()).await?;
        Ok(())
    }
}

/// Does it name the machine that the browser runs on (RFC 8252 §7.3, §8.3)?
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost")
        }
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.to_ipv4_mapped().map_or_else(|| address.is_loopback(), |four| four.is_loopback()),
        None => false,
    }
}
