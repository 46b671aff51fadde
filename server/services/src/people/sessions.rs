//! Signed-in browsers.

use super::{Browser, NewPassword, NewSession, People, hashing};
use crate::error::{FieldErrors, ServiceError, ServiceResult};
use crate::trail::TrailBuilder;
use domain::access_token::hash as hash_secret;
use domain::audit::{Action, Object, Origin};
use domain::events::Event;
use domain::people::{Caller, Session, User};
use secrecy::{ExposeSecret, SecretString};
use vocab::{SessionId, UserId};

impl People {
    /// The caller behind a session cookie; `None` when the session is over or its person disabled.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn caller_of_session(&self, cookie: &SecretString, origin: Origin) -> ServiceResult<Option<(Caller, User)>> {
        let Some((session, user)) = self.sessions.find(&hash_secret(cookie.expose_secret())).await? else {
            return Ok(None);
        };
        let now = self.environment.now();
        if session.is_expired(now, &self.rules) || !user.is_active() {
            return Ok(None);
        }
        if session.wants_touch(now) {
            self.sessions.touch(session.id, now).await?;
        }
        let caller = Caller::person(user.id, user.name.clone(), user.role, session.id, origin);
        Ok(Some((caller, user)))
    }

    /// Sessions of the person asking, newest first.
    ///
    /// # Errors
    /// [`ServiceError::SignedOut`] for a caller who is no person.
    pub async fn sessions(&self, caller: &Caller) -> ServiceResult<Vec<Session>> {
        let now = self.environment.now();
        let mut sessions = self.sessions.of_user(person(caller)?).await?;
        sessions.retain(|session| !session.is_expired(now, &self.rules));
        Ok(sessions)
    }

    /// Ends one of the caller's own sessions.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when it is not theirs.
    pub async fn end_session(&self, caller: &Caller, id: SessionId) -> ServiceResult<()> {
        let user_id = person(caller)?;
        let trail = TrailBuilder::new(&self.environment, caller)
            .done(Action::SESSION_REVOKE, Object::User(user_id), "")
            .event(Event::SessionEnded { user_id, session_id: id });
        if self.sessions.end(id, user_id, trail.build()).await? { Ok(()) } else { Err(ServiceError::NotFound("session")) }
    }

    /// Changes the caller's own password, ends all their sessions and starts a fresh one.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] naming the field.
    pub async fn change_password(
        &self,
        caller: &Caller,
        current: SecretString,
        new: NewPassword,
        browser: Browser,
    ) -> ServiceResult<NewSession> {
        let user = self.repo.user(person(caller)?).await?.ok_or(ServiceError::SignedOut)?;
        let mut errors = FieldErrors::default();
        new.check_into(user.email.as_str(), &mut errors);
        if !hashing::matches(current, Some(user.password_hash.clone())).await? {
            errors.add("current", "this is not your current password");
        }
        errors.check()?;
        self.store_password(caller, &user, new.password).await?;
        let session = self.new_session(&user, &browser);
        let started = TrailBuilder::new(&self.environment, caller).event(Event::SessionStarted { user_id: user.id });
        self.sessions.start(&session.session, None, started.build()).await?;
        Ok(session)
    }

    /// Writes a new password hash and ends every session of the person.
    pub(super) async fn store_password(&self, caller: &Caller, user: &User, password: SecretString) -> ServiceResult<()> {
        let password_hash = hashing::hash(password, self.environment.entropy().bytes()).await?;
        let changed = User { password_hash, ..user.clone() };
        let trail = TrailBuilder::new(&self.environment, caller)
            .done(Action::USER_PASSWORD, Object::User(user.id), user.name.clone())
            .event(Event::UserChanged { user_id: user.id });
        Ok(self.repo.update_user(&changed, true, trail.build()).await?)
    }

    /// Deletes sessions that are over; a job calls it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_expired_sessions(&self) -> ServiceResult<u64> {
        let now = self.environment.now();
        Ok(self.sessions.end_expired(now - self.rules.idle, now - self.rules.absolute).await?)
    }
}

fn person(caller: &Caller) -> ServiceResult<UserId> {
    caller.actor.user_id().filter(|_| caller.session_id().is_some()).ok_or(ServiceError::SignedOut)
}
