//! The first account, and signing in and out.

use super::form::{CheckedPerson, NewPerson};
use super::{People, hashing};
use crate::error::{ServiceError, ServiceResult};
use crate::ports::{NewOwner, Trail};
use crate::trail::TrailBuilder;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::access_token::hash as hash_secret;
use domain::audit::{Action, Object, Origin};
use domain::events::Event;
use domain::people::throttle::{FORGET_AFTER, Failures, ThrottleKey};
use domain::people::{Actor, Caller, Email, Session, User, UserState};
use secrecy::SecretString;
use subtle::ConstantTimeEq;
use vocab::{Role, SessionId, UserId};

/// The browser a request came from.
#[derive(Debug, Clone)]
pub struct Browser {
    /// From where.
    pub origin: Origin,
    /// What it calls itself.
    pub user_agent: String,
    /// The session it had before signing in; it ends with the sign-in.
    pub session_before: Option<SessionId>,
}

/// A session just begun.
pub struct NewSession {
    /// The cookie's value; only its hash is stored.
    pub secret: SecretString,
    /// The row.
    pub session: Session,
}

/// How a browser came to the setup page.
#[derive(Debug, Clone)]
pub struct SetupAccess {
    /// The secret of the one-time link, if it has one.
    pub link: Option<SecretString>,
    /// Do both the peer and the public URL stand on this machine, with no proxy between?
    pub from_this_machine: bool,
}

/// Is there anything to set up?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetupNeed {
    /// Somebody has an account.
    Done,
    /// Nobody has one, and this browser may make it.
    Open,
    /// Nobody has one, and this browser needs the link.
    NeedsLink,
}

impl People {
    /// Is there anything to set up, and may this browser do it?
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn setup_need(&self, access: &SetupAccess) -> ServiceResult<SetupNeed> {
        if self.repo.anybody().await? {
            return Ok(SetupNeed::Done);
        }
        if access.from_this_machine || self.link_is_right(access).await? {
            return Ok(SetupNeed::Open);
        }
        Ok(SetupNeed::NeedsLink)
    }

    /// Opens the one-time setup link if nobody has an account yet; returns its secret for printing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn open_setup_link(&self) -> ServiceResult<Option<SecretString>> {
        if self.repo.anybody().await? {
            return Ok(None);
        }
        let secret = self.random_secret();
        self.installation.set_setup_hash(Some(hash_exposed(&secret))).await?;
        Ok(Some(secret))
    }

    /// Creates the owner account and signs it in. The link is spent.
    ///
    /// # Errors
    /// [`ServiceError::SetupLink`], [`ServiceError::Invalid`], or [`ServiceError::Conflict`] when somebody was faster.
    pub async fn setup(&self, form: NewPerson, access: &SetupAccess, browser: Browser) -> ServiceResult<NewSession> {
        match self.setup_need(access).await? {
            SetupNeed::Done => return Err(ServiceError::Conflict("Purser is set up already. Sign in instead.")),
            SetupNeed::NeedsLink => return Err(ServiceError::SetupLink),
            SetupNeed::Open => {}
        }
        let user = self.new_user(form.check()?, Role::Owner).await?;
        let new = self.new_session(&user, &browser);
        let trail = self.trail_of(&user, &browser, Action::SETUP);
        let owner = NewOwner { user: User { last_sign_in_at: Some(self.environment.now()), ..user }, session: new.session.clone() };
        self.repo.create_first_owner(owner, trail).await?;
        Ok(new)
    }

    /// Signs in. Each try counts as a failure, per account and per address, until it has proved to be none: however many come at
    /// once, no more are looked at than one after the other would have been.
    ///
    /// # Errors
    /// [`ServiceError::WrongCredentials`] or [`ServiceError::Throttled`].
    pub async fn sign_in(&self, email: &str, password: SecretString, browser: Browser) -> ServiceResult<NewSession> {
        let email = Email::parse(email).map_err(|_| ServiceError::WrongCredentials)?;
        let keys = [ThrottleKey::Account(email.as_str().to_owned()), ThrottleKey::Address(browser.origin.address.clone())];
        self.count_try(&keys).await?;
        let user = self.repo.user_by_email(&email).await?.filter(User::is_active);
        let right = hashing::matches(password, user.as_ref().map(|u| u.password_hash.clone())).await?;
        let Some(user) = user.filter(|_| right) else {
            self.note_failure(&email, &browser).await?;
            return Err(ServiceError::WrongCredentials);
        };
        let [account, address] = &keys;
        self.throttle.clear(account).await?;
        self.throttle.take_back(address).await?;
        let new = self.new_session(&user, &browser);
        let trail = self.trail_of(&user, &browser, Action::SIGN_IN);
        self.sessions.start(&new.session, browser.session_before, trail).await?;
        Ok(new)
    }

    /// Ends this browser's session.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sign_out(&self, caller: &Caller) -> ServiceResult<()> {
        if let (Some(session), Some(user)) = (caller.session_id(), caller.actor.user_id()) {
            let trail = TrailBuilder::new(&self.environment, caller)
                .done(Action::SIGN_OUT, Object::User(user), "")
                .event(Event::SessionEnded { user_id: user, session_id: session });
            self.sessions.end(session, user, trail.build()).await?;
        }
        Ok(())
    }

    pub(super) async fn new_user(&self, person: CheckedPerson, role: Role) -> ServiceResult<User> {
        let password_hash = hashing::hash(person.password, self.environment.entropy().bytes()).await?;
        Ok(User {
            id: UserId::new(self.environment.uuid()),
            name: person.name,
            email: person.email,
            role,
            password_hash,
            state: UserState::Active,
            created_at: self.environment.now(),
            last_sign_in_at: None,
        })
    }

    pub(super) fn new_session(&self, user: &User, browser: &Browser) -> NewSession {
        let secret = self.random_secret();
        let now = self.environment.now();
        let session = Session {
            id: SessionId::new(self.environment.uuid()),
            user_id: user.id,
            secret_hash: hash_exposed(&secret),
            created_at: now,
            seen_at: now,
            address: browser.origin.address.clone(),
            user_agent: browser.user_agent.chars().filter(|c| !c.is_control()).take(200).collect(),
        };
        NewSession { secret, session }
    }

    fn random_secret(&self) -> SecretString {
        SecretString::from(URL_SAFE_NO_PAD.encode(self.environment.entropy().bytes::<32>()))
    }

    fn trail_of(&self, user: &User, browser: &Browser, action: Action) -> Trail {
        let actor = Actor::Person { user_id: user.id, name: user.name.clone() };
        TrailBuilder::of(&self.environment, actor, browser.origin.clone())
            .done(action, Object::User(user.id), "")
            .event(Event::SessionStarted { user_id: user.id })
            .build()
    }

    async fn link_is_right(&self, access: &SetupAccess) -> ServiceResult<bool> {
        let (Some(link), Some(expected)) = (&access.link, self.installation.setup_hash().await?) else {
            return Ok(false);
        };
        Ok(hash_exposed(link).ct_eq(&expected).into())
    }

    /// Counts a try, unless those before it were too many. What came in between looking and counting came in the same moment, and
    /// waits as if it had come after the others.
    async fn count_try(&self, keys: &[ThrottleKey]) -> ServiceResult<()> {
        let now = self.environment.now();
        let mut seen = Vec::new();
        for key in keys {
            let failures = self.throttle.failures(key).await?;
            if let Some(until) = failures.and_then(|failures| failures.blocked_until(key, now)) {
                return Err(ServiceError::Throttled { until });
            }
            seen.push(failures.map_or(0, |failures| failures.count));
        }
        for (index, (key, seen)) in keys.iter().zip(seen).enumerate() {
            let counted = self.throttle.count(key, now, FORGET_AFTER).await?;
            let before = Failures { count: counted.count.saturating_sub(1), ..counted };
            if let Some(until) = before.blocked_until(key, now).filter(|_| before.count != seen) {
                for counted in &keys[..=index] {
                    self.throttle.take_back(counted).await?;
                }
                return Err(ServiceError::Throttled { until });
            }
        }
        Ok(())
    }

    async fn note_failure(&self, email: &Email, browser: &Browser) -> ServiceResult<()> {
        let trail = TrailBuilder::of(&self.environment, Actor::Stranger, browser.origin.clone())
            .failed(Action::SIGN_IN_FAILED, Object::Installation, email.as_str())
            .build();
        Ok(self.audit.append(trail.audit).await?)
    }
}

fn hash_exposed(secret: &SecretString) -> [u8; 32] {
    use secrecy::ExposeSecret;
    hash_secret(secret.expose_secret())
}
