//! Writing down who did what, in the same transaction as the deed.

use crate::environment::Environment;
use crate::ports::Trail;
use domain::audit::{Action, AuditEntry, Object, Origin};
use domain::events::Event;
use domain::people::{Actor, Caller};
use vocab::AuditId;

/// Builds the [`Trail`] of one change.
pub struct TrailBuilder<'a> {
    environment: &'a Environment,
    actor: Actor,
    origin: Origin,
    trail: Trail,
}

impl<'a> TrailBuilder<'a> {
    /// An empty trail of this caller's.
    pub fn new(environment: &'a Environment, caller: &Caller) -> Self {
        Self::of(environment, caller.actor.clone(), caller.origin.clone())
    }

    /// An empty trail of somebody who is no caller (yet): a stranger, or the person just signing in.
    pub fn of(environment: &'a Environment, actor: Actor, origin: Origin) -> Self {
        Self { environment, actor, origin, trail: Trail::default() }
    }

    /// A deed that succeeded.
    #[must_use]
    pub fn done(self, action: Action, object: Object, detail: impl Into<String>) -> Self {
        self.line(action, object, true, detail.into())
    }

    /// A deed that was refused or failed.
    #[must_use]
    pub fn failed(self, action: Action, object: Object, detail: impl Into<String>) -> Self {
        self.line(action, object, false, detail.into())
    }

    /// Something open pages and caches have to hear.
    #[must_use]
    pub fn event(mut self, event: Event) -> Self {
        self.trail.events.push(event);
        self
    }

    /// The finished trail.
    pub fn build(self) -> Trail {
        self.trail
    }

    fn line(mut self, action: Action, object: Object, succeeded: bool, detail: String) -> Self {
        self.trail.audit.push(AuditEntry {
            id: AuditId::new(self.environment.uuid()),
            at: self.environment.now(),
            actor: self.actor.clone(),
            origin: self.origin.clone(),
            action,
            object,
            succeeded,
            detail,
        });
        self
    }
}
