//! What surrounds every request: who is asking, what is refused and how, limits, headers, live events, health.

pub mod auth;
pub mod build_form;
pub mod client_address;
pub mod cookies;
pub mod csrf;
pub mod door;
pub mod events;
pub mod forms;
pub mod headers;
pub mod health;
pub mod limits;
pub mod loopback;
pub mod metrics;
pub mod panics;
pub mod problem;
pub mod provider_sign_in;
pub mod refusal;
pub mod request_id;
pub mod trace;

pub use request_id::RequestId;
