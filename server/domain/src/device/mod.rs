//! Device-code sign-in: RFC 8628, and the one provider that speaks it in its own way.
//!
//! Pure rules: how the answers read ([`authorization`], [`poll`]), when the next question may be asked ([`Schedule`]), what may
//! be shown to a person ([`UserCode`], [`VerificationRule`]), and the life of a sign-in ([`DeviceState`]). Asking is one
//! request a tick of a job, so that nothing lives only in memory.

pub mod authorization;
mod facts;
mod flow;
mod place;
pub mod poll;
mod qr;
mod reason;
mod schedule;
mod state;
mod words;

#[cfg(test)]
mod authorization_tests;
#[cfg(test)]
mod poll_tests;
#[cfg(test)]
mod state_tests;

pub use authorization::{AuthorizationError, DeviceAuthorization};
pub use facts::DeviceFacts;
pub use flow::DeviceFlow;
pub use place::{Shown, UserCode, VerificationRule};
pub use poll::Poll;
pub use qr::{Qr, qr};
pub use reason::FailureReason;
pub use schedule::Schedule;
pub use state::{DeviceState, Waiting, WrongPhase};
