//! Adding people, roles, passwords, disabling.

use super::{NewPerson, People};
use crate::error::{ServiceError, ServiceResult};
use crate::trail::TrailBuilder;
use domain::audit::{Action, Object};
use domain::events::Event;
use domain::people::{Caller, User, UserState, password};
use secrecy::SecretString;
use vocab::{Permission, Role, UserId};

impl People {
    /// Everybody with an account, oldest first.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `manage_team`.
    pub async fn team(&self, caller: &Caller) -> ServiceResult<Vec<User>> {
        caller.require(Permission::ManageTeam)?;
        Ok(self.repo.users().await?)
    }

    /// Adds a person.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`], or [`ServiceError::Conflict`] when the address is taken.
    pub async fn add(&self, caller: &Caller, form: NewPerson, role: Role) -> ServiceResult<User> {
        caller.require(Permission::ManageTeam)?;
        let user = self.new_user(form.check()?, role).await?;
        let trail = TrailBuilder::new(&self.environment, caller)
            .done(Action::USER_ADD, Object::User(user.id), format!("{} as {}", user.name, role.label()))
            .event(Event::UserChanged { user_id: user.id });
        self.repo.add_user(&user, trail.build()).await?;
        Ok(user)
    }

    /// Gives a person another role.
    ///
    /// # Errors
    /// [`ServiceError::Conflict`] when no active owner would remain.
    pub async fn set_role(&self, caller: &Caller, user_id: UserId, role: Role) -> ServiceResult<()> {
        let user = self.person(caller, user_id).await?;
        let detail = format!("{}: {} → {}", user.name, user.role.label(), role.label());
        self.change(caller, User { role, ..user }, Action::USER_ROLE, detail, false).await
    }

    /// Sets a person's password and ends their sessions.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] naming what is wrong with it.
    pub async fn reset_password(&self, caller: &Caller, user_id: UserId, new: SecretString) -> ServiceResult<()> {
        let user = self.person(caller, user_id).await?;
        password::check(&new, user.email.as_str()).map_err(|weak| ServiceError::field("password", weak.to_string()))?;
        self.store_password(caller, &user, new).await
    }

    /// Stops a person from signing in and ends their sessions, or lets them in again.
    ///
    /// # Errors
    /// [`ServiceError::Conflict`] when no active owner would remain.
    pub async fn set_active(&self, caller: &Caller, user_id: UserId, active: bool) -> ServiceResult<()> {
        let user = self.person(caller, user_id).await?;
        let state = if active { UserState::Active } else { UserState::Disabled { since: self.environment.now() } };
        let action = if active { Action::USER_ENABLE } else { Action::USER_DISABLE };
        let name = user.name.clone();
        self.change(caller, User { state, ..user }, action, name, !active).await
    }

    /// By e-mail address, for the command line.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`].
    pub async fn find_by_email(&self, caller: &Caller, email: &str) -> ServiceResult<User> {
        caller.require(Permission::ManageTeam)?;
        let email = domain::people::Email::parse(email).map_err(|e| ServiceError::field("email", e.to_string()))?;
        self.repo.user_by_email(&email).await?.ok_or(ServiceError::NotFound("person"))
    }

    async fn person(&self, caller: &Caller, user_id: UserId) -> ServiceResult<User> {
        caller.require(Permission::ManageTeam)?;
        self.repo.user(user_id).await?.ok_or(ServiceError::NotFound("person"))
    }

    async fn change(&self, caller: &Caller, user: User, action: Action, detail: String, end_sessions: bool) -> ServiceResult<()> {
        let trail = TrailBuilder::new(&self.environment, caller)
            .done(action, Object::User(user.id), detail)
            .event(Event::UserChanged { user_id: user.id });
        Ok(self.repo.update_user(&user, end_sessions, trail.build()).await?)
    }
}
