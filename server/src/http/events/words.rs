//! From the log's events to the words on the wire.

use app::wire::LiveEvent;
use domain::events::{Audience, Event};
use domain::people::Caller;

/// May this caller hear it?
pub fn may_hear(caller: &Caller, event: &Event) -> bool {
    match event.audience() {
        Audience::Holders(permission) => caller.may(permission),
        Audience::Person(user_id) => caller.actor.user_id() == Some(user_id),
    }
}

/// The words a page knows. Ids that only caches need stay here.
pub fn on_the_wire(event: Event) -> LiveEvent {
    match event {
        // A sign-in under way is part of what a provider's row and page show.
        Event::ConnectionChanged { provider_id } | Event::FlowChanged { provider_id } => LiveEvent::ConnectionChanged { provider_id },
        Event::ModelsChanged { provider_id } => LiveEvent::ModelsChanged { provider_id },
        Event::SyncProgress { provider_id, done, total } => LiveEvent::SyncProgress { provider_id, done, total },
        Event::AccessTokenChanged { .. } => LiveEvent::AccessTokensChanged,
        Event::UserChanged { .. } => LiveEvent::TeamChanged,
        Event::SessionStarted { .. } | Event::SessionEnded { .. } => LiveEvent::SessionsChanged,
        Event::FinanceChanged => LiveEvent::FinanceChanged,
        Event::UsageRecorded => LiveEvent::UsageRecorded,
        Event::BuildChanged { .. } => LiveEvent::BuildsChanged,
        Event::KeysChanged => LiveEvent::KeysChanged,
        Event::NotificationsChanged | Event::NotificationsRead { .. } => LiveEvent::NotificationsChanged,
    }
}
