//! Back from the provider: the answer finds its sign-in, one callback claims it, and it ends with a connection or says why not.

use super::exchange::{Exchanged, Failed};
use super::verify::{client_of, plan_shared};
use super::{CallbackOutcome, Returned, SignIn};
use crate::beginner::{Begun, still_allowed};
use crate::error::{ServiceError, ServiceResult};
use crate::trail::TrailBuilder;
use domain::audit::{Action, Object, Origin};
use domain::events::Event;
use domain::flow::{Callback, CallbackAnswer, FlowState, OAuthFlow, Pasted, state_hash};
use domain::grant::{GrantSecrets, Life, Tokens};
use domain::people::{Actor, Caller};
use domain::provider::{OAuthSettings, Provider};
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep};
use vocab::{AuthMethod, FlowFailure, FlowPhase, ProviderId};

/// How long a second callback waits for the first one's outcome.
const PATIENCE: Duration = Duration::from_secs(20);
/// The code is unspent: the same answer is as good when Purser is back.
const STOPPING: &str = "Purser is being stopped or restarted. Nothing was lost: reload this page when it is back.";
/// Part of the words with which OpenAI says that a workspace lacks Codex (codex-rs `login/src/server.rs`).
const NO_ENTITLEMENT: &str = "missing_codex_entitlement";

/// What is known once the provider has kept its side.
pub(super) struct Granted {
    /// What is sealed.
    pub credential: Exchanged,
    /// Tokens with everything that belongs to them; `None` for a key.
    pub secrets: Option<GrantSecrets>,
    /// How they live.
    pub life: Option<Life>,
    /// Who signed in, as shown.
    pub account: Option<String>,
}

impl SignIn {
    /// Takes a provider's answer. Nothing is spent on an answer that belongs to no sign-in, to another person's, or to another
    /// address than the one the provider was given.
    ///
    /// # Errors
    /// [`ServiceError::BadRequest`] for an answer that belongs to no waiting sign-in, [`ServiceError::AnotherPerson`].
    pub async fn callback(&self, returned: Returned) -> ServiceResult<CallbackOutcome> {
        let Returned { callback, path, person, origin } = returned;
        let Some(flow) = self.0.ports.flows.by_state(&state_hash(&callback.state)).await? else {
            return Err(strange("This answer belongs to no sign-in that Purser began, or to one long past. Start again from Purser."));
        };
        if person.is_some_and(|person| person != flow.user_id) {
            return Err(ServiceError::AnotherPerson);
        }
        if path != flow.redirect_uri.path() {
            return Err(strange("This answer arrived at another address than the one the provider was given."));
        }
        self.take(flow, callback, origin).await
    }

    /// Takes what a person pasted: the address they ended on, its query, `code#state`, or the bare code.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] on the field `answer`, in words with a remedy; also when the sign-in then failed.
    pub async fn paste(&self, caller: &Caller, id: &ProviderId, text: &SecretString) -> ServiceResult<()> {
        caller.require_sign_in(id)?;
        let provider = self.0.credentials.provider(id)?;
        let wrong = |words: String| ServiceError::field("answer", words);
        let waiting = self.own_waiting(caller, id).await?;
        let (flow, callback) = match Pasted::parse(text).map_err(|error| wrong(error.to_string()))? {
            Pasted::Answer(callback) => (self.0.ports.flows.by_state(&state_hash(&callback.state)).await?, Some(callback)),
            Pasted::Code(code) => {
                let secrets = waiting.as_ref().and_then(|flow| self.secrets(flow));
                let answer = CallbackAnswer::Code(code);
                let callback = secrets.map(|secrets| Callback { state: secrets.state, issuer: None, client_id: None, answer });
                (waiting, callback)
            }
        };
        let own = |flow: &OAuthFlow| Some(flow.user_id) == caller.actor.user_id() && flow.provider_id == *id;
        let (Some(flow), Some(callback)) = (flow.filter(own), callback) else {
            return Err(wrong(format!("This belongs to no sign-in of yours at {}. Start one, then paste its answer.", provider.name)));
        };
        self.take(flow, callback, caller.origin.clone()).await?.into_pasted(&provider.name)
    }

    /// Claims the sign-in and finishes it in a task of its own: neither a browser that hangs up nor a stop of this process cuts it
    /// short. Whoever does not get it hears the outcome of whoever did.
    async fn take(&self, flow: OAuthFlow, callback: Callback, origin: Origin) -> ServiceResult<CallbackOutcome> {
        let now = self.0.ports.installation.now().await?;
        match flow.phase(now) {
            FlowPhase::Waiting => {
                let hold = self.0.credentials.grants().unbroken().begin();
                let hold = hold.ok_or_else(|| ServiceError::Refused(STOPPING.to_owned()))?;
                let Some(claimed) = self.0.ports.flows.claim(flow.id).await? else { return self.outcome_of(flow).await };
                let me = self.clone();
                let finishing = async move {
                    let outcome = me.finish(claimed, callback, origin).await;
                    drop(hold);
                    outcome
                };
                tokio::spawn(finishing).await.map_err(ServiceError::internal)?
            }
            _ => self.outcome_of(flow).await,
        }
    }

    /// The outcome of a sign-in that somebody else is finishing, or that has ended.
    async fn outcome_of(&self, mut flow: OAuthFlow) -> ServiceResult<CallbackOutcome> {
        let until = Instant::now() + PATIENCE;
        loop {
            let now = self.0.ports.installation.now().await?;
            let outcome =
                |failure, message: &str| CallbackOutcome { provider_id: flow.provider_id.clone(), failure, message: message.to_owned() };
            match (flow.phase(now), flow.failure(now)) {
                (FlowPhase::Succeeded, _) => return Ok(outcome(None, "")),
                (_, Some((failure, message))) => return Ok(outcome(Some(failure), message)),
                (FlowPhase::Cancelled, _) => return Err(strange("This sign-in was cancelled. Start again from Purser.")),
                _ if Instant::now() >= until => return Ok(outcome(Some(FlowFailure::Interrupted), "")),
                _ => sleep(Duration::from_millis(200)).await,
            }
            let again = self.0.ports.flows.by_state(&flow.state_hash).await?;
            flow = again.ok_or_else(|| strange("This sign-in is gone. Start again from Purser."))?;
        }
    }

    /// From the claim to the end.
    async fn finish(&self, flow: OAuthFlow, callback: Callback, origin: Origin) -> ServiceResult<CallbackOutcome> {
        let provider_id = flow.provider_id.clone();
        let (outcome, word) = match self.conclude(&flow, callback, &origin).await {
            Ok(()) => (CallbackOutcome { provider_id: provider_id.clone(), failure: None, message: String::new() }, "connected"),
            Err(failed) => {
                let Failed { failure, message, unwanted } = failed;
                self.note_failure(&flow, failure, &message, origin).await?;
                if let Some(secrets) = unwanted {
                    self.0.credentials.grants().revoke_quietly(Some(&provider_id), AuthMethod::OAuth, &secrets).await;
                }
                (CallbackOutcome { provider_id: provider_id.clone(), failure: Some(failure), message }, failure.as_str())
            }
        };
        metrics::counter!("purser_sign_ins_total", "provider" => provider_id.to_string(), "outcome" => word).increment(1);
        Ok(outcome)
    }

    async fn note_failure(&self, flow: &OAuthFlow, failure: FlowFailure, message: &str, origin: Origin) -> ServiceResult<()> {
        let now = self.0.ports.installation.now().await?;
        let ended = flow.clone().fail(now, failure, message).map_err(ServiceError::internal)?;
        let actor = Actor::Person { user_id: flow.user_id, name: flow.user_name.clone() };
        let detail = if message.is_empty() { failure.to_string() } else { format!("{failure}: {message}") };
        let trail = TrailBuilder::of(&self.0.environment, actor, origin)
            .failed(Action::PROVIDER_SIGN_IN_FAILED, Object::Provider(flow.provider_id.clone()), detail)
            .event(Event::FlowChanged { provider_id: flow.provider_id.clone() });
        self.0.ports.flows.end(&ended, trail.build()).await?;
        Ok(())
    }

    async fn conclude(&self, flow: &OAuthFlow, callback: Callback, origin: &Origin) -> Result<(), Failed> {
        let provider = self.0.credentials.provider(&flow.provider_id).map_err(|error| internal(&error))?;
        let (_, settings) = Self::settings(&provider).map_err(|error| internal(&error))?;
        // RFC 9207 §2.4: an answer of another issuer than the one that was asked is not looked at.
        if let (Some(said), Some(asked)) = (&callback.issuer, &flow.issuer)
            && said != asked
        {
            return Err(Failed::new(FlowFailure::IssuerMismatch, ""));
        }
        let code = match callback.answer {
            CallbackAnswer::Code(code) => code,
            CallbackAnswer::Refused { error, description } => return Err(refused(&error, description)),
        };
        let caller = self.beginner_of(flow, origin).await?;
        let client_id = client_of(settings, flow, callback.client_id.as_deref())?;
        let granted = self.granted(&provider, settings, flow, &code, client_id.as_deref()).await?;
        self.connect(&caller, &provider, flow, granted).await
    }

    /// What the provider gives for the code.
    async fn granted(
        &self,
        provider: &Arc<Provider>,
        settings: &OAuthSettings,
        flow: &OAuthFlow,
        code: &SecretString,
        client_id: Option<&str>,
    ) -> Result<Granted, Failed> {
        let lost = || Failed::new(FlowFailure::Internal, "the secrets of this sign-in do not open");
        let secrets = self.secrets(flow).ok_or_else(lost)?;
        let credential = self.exchange(settings, flow, &secrets, code, client_id).await?;
        let Exchanged::Tokens(tokens) = &credential else {
            return Ok(Granted { credential, secrets: None, life: None, account: None });
        };
        let now = self.0.ports.installation.now().await.map_err(|error| internal(&error))?;
        let mut held = tokens.merged(None);
        held.client_id = client_id.map(str::to_owned).filter(|_| settings.dynamic_client);
        let unwanted = held.clone();
        let identity = async {
            let identity = self.identity(settings, tokens, &secrets, client_id, now).await?;
            self.same_person(settings, flow, &identity, client_id).await?;
            plan_shared(settings, tokens).map(|()| identity)
        };
        let identity = identity.await.map_err(|failed| failed.giving_back(&unwanted))?;
        tracing::debug!(provider = %provider.id, "a sign-in was granted");
        held.account_id.clone_from(&identity.account_id);
        held.subject.clone_from(&identity.subject);
        let life = self.life_of(settings, tokens, now);
        let account = identity.label().or_else(|| tokens.account.clone());
        Ok(Granted { credential, secrets: Some(held), life: Some(life), account })
    }

    fn life_of(&self, settings: &OAuthSettings, tokens: &Tokens, now: time::OffsetDateTime) -> Life {
        let [dice] = self.0.environment.entropy().bytes::<1>();
        let ends_at = tokens.refresh_ends_at(now, settings.refresh_token_lives);
        Life::begin(now, tokens.expires_in, tokens.refresh_token.is_some(), ends_at, dice)
    }

    /// The person who began it, if they still may.
    async fn beginner_of(&self, flow: &OAuthFlow, origin: &Origin) -> Result<Caller, Failed> {
        let begun = Begun { user_id: flow.user_id, with: flow.begun_in, provider_id: &flow.provider_id };
        let caller = still_allowed(&self.0.ports, &self.0.environment, &begun, origin).await.map_err(|error| internal(&error))?;
        caller.ok_or_else(|| Failed::new(FlowFailure::NotAllowed, ""))
    }

    /// The flow as it shall be when its connection stands.
    pub(super) async fn succeeded(&self, flow: &OAuthFlow) -> Result<OAuthFlow, Failed> {
        let now = self.0.ports.installation.now().await.map_err(|error| internal(&error))?;
        let finishing = matches!(flow.state, FlowState::Finishing { .. });
        tracing::trace!(flow = %flow.id, finishing, "a sign-in is about to end well");
        flow.clone().succeed(now).map_err(|error| internal(&error))
    }
}

/// The provider said no (RFC 6749 §4.1.2.1).
fn refused(error: &str, description: String) -> Failed {
    let failure = match error {
        _ if description.contains(NO_ENTITLEMENT) => FlowFailure::NotEntitled,
        "access_denied" => FlowFailure::AccessDenied,
        "unauthorized_client" | "invalid_client" => FlowFailure::ClientRefused,
        _ => FlowFailure::ProviderRefused,
    };
    let message = if description.is_empty() && failure == FlowFailure::ProviderRefused { error.to_owned() } else { description };
    Failed::new(failure, message)
}

/// A fault of ours: the log hears the cause, the person that it was us.
pub(super) fn internal(error: &(dyn std::error::Error + 'static)) -> Failed {
    tracing::error!(error, "a sign-in could not be finished");
    Failed::new(FlowFailure::Internal, "")
}

/// An answer that belongs to no waiting sign-in.
fn strange(words: &str) -> ServiceError {
    ServiceError::BadRequest { parameter: None, message: words.to_owned() }
}
