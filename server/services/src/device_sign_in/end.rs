//! Calling a sign-in off, and those that nobody looks after any more.

use super::{ALIVE, DeviceSignIn, count};
use crate::error::{ServiceError, ServiceResult};
use crate::trail::TrailBuilder;
use domain::audit::{Action, Object};
use domain::device::{DeviceFlow, DeviceState, FailureReason};
use domain::events::Event;
use domain::people::Caller;
use std::sync::PoisonError;
use time::Duration;
use vocab::ProviderId;

/// Rows of what is over are kept this long.
const KEPT: Duration = Duration::days(1);
/// How often a cancellation that met another write tries again.
const TRIES: u32 = 5;

impl DeviceSignIn {
    /// Calls off the sign-in that is open at a provider, whoever began it; a program that runs for it is stopped.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`].
    pub async fn cancel(&self, caller: &Caller, id: &ProviderId) -> ServiceResult<()> {
        caller.require_sign_in(id)?;
        self.0.parts.credentials.provider(id)?;
        for _ in 0..TRIES {
            let Some(flow) = self.ports().device_flows.newest(id).await?.filter(DeviceFlow::is_open) else { return Ok(()) };
            let now = self.ports().installation.now().await?;
            let flow_id = flow.id;
            let off = flow.moved(&DeviceState::Cancelled { at: now }, |_| Err(ServiceError::NotFound("sign-in")))?;
            let trail = TrailBuilder::new(&self.0.parts.environment, caller)
                .done(Action::PROVIDER_SIGN_IN_CANCEL, Object::Provider(id.clone()), "")
                .event(Event::FlowChanged { provider_id: id.clone() });
            if self.ports().device_flows.save(&off, ALIVE, trail.build()).await? {
                count(&off);
                let running = self.0.running.lock().unwrap_or_else(PoisonError::into_inner).get(&flow_id).cloned();
                if let Some(stop) = running {
                    stop.notify_one();
                }
                return Ok(());
            }
        }
        Err(ServiceError::Conflict("This sign-in is being finished right now. Reload the page."))
    }

    /// Fails what was cut short, a program that a restart ended for example, and forgets what has long been over. A job calls it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sweep(&self) -> ServiceResult<()> {
        for flow in self.ports().device_flows.left_alone().await? {
            tracing::info!(provider = %flow.provider_id, flow = %flow.id, "nobody works on a sign-in any more");
            self.fail(flow, FailureReason::Interrupted).await?;
        }
        let now = self.ports().installation.now().await?;
        self.ports().device_flows.forget(now - KEPT).await?;
        Ok(())
    }
}
