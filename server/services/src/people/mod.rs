//! Setup, signing in and out, sessions, the team.

mod form;
mod hashing;
mod sessions;
mod sign_in;
mod team;

pub use form::{NewPassword, NewPerson};
pub use sign_in::{Browser, NewSession, SetupAccess, SetupNeed};

use crate::Ports;
use crate::environment::Environment;
use crate::ports::{AuditRepo, InstallationRepo, PeopleRepo, SessionRepo, ThrottleRepo};
use domain::people::SessionRules;
use std::sync::Arc;

/// People's use cases.
#[derive(Clone)]
pub struct People {
    repo: Arc<dyn PeopleRepo>,
    sessions: Arc<dyn SessionRepo>,
    throttle: Arc<dyn ThrottleRepo>,
    audit: Arc<dyn AuditRepo>,
    installation: Arc<dyn InstallationRepo>,
    environment: Environment,
    rules: SessionRules,
}

impl People {
    /// Wires the use cases.
    pub fn new(ports: &Ports, environment: Environment) -> Self {
        Self {
            repo: ports.people.clone(),
            sessions: ports.sessions.clone(),
            throttle: ports.throttle.clone(),
            audit: ports.audit.clone(),
            installation: ports.installation.clone(),
            environment,
            rules: SessionRules::default(),
        }
    }
}
