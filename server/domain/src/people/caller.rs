//! Who is asking, and what they may do.

use crate::access_token::TokenLimits;
use crate::audit::Origin;
use vocab::{AccessTokenId, Permission, ProviderId, Role, Scope, SessionId, UserId};

/// Who did something, for the audit log and the facts rail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A person in a browser.
    Person {
        /// Who.
        user_id: UserId,
        /// As named then.
        name: String,
    },
    /// An access token.
    Token {
        /// Which.
        token_id: AccessTokenId,
        /// Its creator, whose role bounds it.
        user_id: UserId,
        /// The token's name.
        name: String,
    },
    /// The command line, on the machine itself.
    CommandLine,
    /// A job.
    System,
    /// Nobody known: a refused sign-in.
    Stranger,
}

impl Actor {
    /// The name shown and stored.
    pub fn name(&self) -> &str {
        match self {
            Self::Person { name, .. } | Self::Token { name, .. } => name,
            Self::CommandLine => "command line",
            Self::System => "Purser",
            Self::Stranger => "a stranger",
        }
    }

    /// The person behind it, if any.
    pub const fn user_id(&self) -> Option<UserId> {
        match self {
            Self::Person { user_id, .. } | Self::Token { user_id, .. } => Some(*user_id),
            Self::CommandLine | Self::System | Self::Stranger => None,
        }
    }
}

/// A caller who has proved who they are. Every service takes one and checks it.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who.
    pub actor: Actor,
    /// From where.
    pub origin: Origin,
    authority: Authority,
}

#[derive(Debug, Clone)]
enum Authority {
    Session {
        role: Role,
        session_id: SessionId,
    },
    Token {
        role: Role,
        limits: std::sync::Arc<TokenLimits>,
    },
    /// The command line and jobs: they already hold the machine.
    Machine,
}

/// The caller lacks a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this needs the permission {0}")]
pub struct Forbidden(pub Permission);

impl Caller {
    /// A person in a browser.
    pub fn person(user_id: UserId, name: String, role: Role, session_id: SessionId, origin: Origin) -> Self {
        Self { actor: Actor::Person { user_id, name }, origin, authority: Authority::Session { role, session_id } }
    }

    /// An access token; `role` is its creator's present role.
    pub fn token(
        token_id: AccessTokenId,
        user_id: UserId,
        name: String,
        role: Role,
        limits: std::sync::Arc<TokenLimits>,
        origin: Origin,
    ) -> Self {
        Self { actor: Actor::Token { token_id, user_id, name }, origin, authority: Authority::Token { role, limits } }
    }

    /// The command line.
    pub fn command_line() -> Self {
        Self { actor: Actor::CommandLine, origin: Origin::default(), authority: Authority::Machine }
    }

    /// A job.
    pub fn system() -> Self {
        Self { actor: Actor::System, origin: Origin::default(), authority: Authority::Machine }
    }

    /// May the caller do this? A token needs both a scope that covers it and a creator whose role does.
    pub fn may(&self, permission: Permission) -> bool {
        match &self.authority {
            Authority::Session { role, .. } => role.may(permission),
            Authority::Token { role, limits } => role.may(permission) && limits.scopes.iter().any(|scope| covers(*scope, permission)),
            Authority::Machine => true,
        }
    }

    /// Refuses a caller who may not.
    ///
    /// # Errors
    /// [`Forbidden`] with the missing permission.
    pub fn require(&self, permission: Permission) -> Result<(), Forbidden> {
        if self.may(permission) { Ok(()) } else { Err(Forbidden(permission)) }
    }

    /// Refuses a caller who may not, or whose access token is limited to other providers.
    ///
    /// # Errors
    /// [`Forbidden`] with the missing permission.
    pub fn require_for(&self, permission: Permission, provider: &ProviderId) -> Result<(), Forbidden> {
        self.require(permission)?;
        if self.limits().is_none_or(|limits| limits.allows_provider(provider)) { Ok(()) } else { Err(Forbidden(permission)) }
    }

    /// Refuses a caller who may not sign in at a provider: a right of its own, which the scope `connect` opens without opening
    /// the rest of `manage_provider_connections`.
    ///
    /// # Errors
    /// [`Forbidden`] with the missing permission.
    pub fn require_sign_in(&self, provider: &ProviderId) -> Result<(), Forbidden> {
        let permission = Permission::ManageProviderConnections;
        match &self.authority {
            Authority::Token { role, limits } if role.may(permission) && limits.scopes.contains(&Scope::Connect) => {
                if limits.allows_provider(provider) { Ok(()) } else { Err(Forbidden(permission)) }
            }
            _ => self.require_for(permission, provider),
        }
    }

    /// The signed-in browser, if it is one.
    pub const fn session_id(&self) -> Option<SessionId> {
        match &self.authority {
            Authority::Session { session_id, .. } => Some(*session_id),
            Authority::Token { .. } | Authority::Machine => None,
        }
    }

    /// The limits of the access token, if it is one.
    pub fn limits(&self) -> Option<&TokenLimits> {
        match &self.authority {
            Authority::Token { limits, .. } => Some(limits),
            Authority::Session { .. } | Authority::Machine => None,
        }
    }

    /// The person's role; jobs and the command line act as owner.
    pub const fn role(&self) -> Role {
        match &self.authority {
            Authority::Session { role, .. } | Authority::Token { role, .. } => *role,
            Authority::Machine => Role::Owner,
        }
    }
}

/// Which permissions a scope opens (still bounded by the creator's role).
const fn covers(scope: Scope, permission: Permission) -> bool {
    use Permission as P;
    match scope {
        Scope::Inference => matches!(permission, P::UseInference),
        Scope::Builds => matches!(permission, P::ManageBuilds),
        // Starting a sign-in is its own door; it is no right to change connections.
        Scope::Connect => false,
        Scope::Read => matches!(permission, P::ViewPlatform | P::ViewFinance | P::ViewAudit),
        Scope::Admin => !matches!(permission, P::UseInference | P::ReadMetrics),
        Scope::Metrics => matches!(permission, P::ReadMetrics),
    }
}
