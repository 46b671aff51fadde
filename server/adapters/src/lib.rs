//! Outside services behind the ports of `services`: providers over HTTP, published prices, the clock and randomness.
//!
//! Calls that are not inference are in [`provider`], inference in [`upstream`], tokens in [`oauth`]; all go out through [`http`].
//! Notifications leave through [`messenger`].

pub mod environment;
pub mod http;
pub mod messenger;
pub mod oauth;
pub mod price_facts;
pub mod provider;
pub mod sandbox;
pub mod token_socket;
pub mod tools;
pub mod upstream;
pub mod workspaces;

mod call;
mod claimed;
mod redact;

pub use environment::{SystemClock, SystemEntropy};
pub use http::{HttpSettings, HttpSetupError, Timeouts};
pub use messenger::{MailFrom, Smtp, SmtpSettings, SmtpSetupError, Webhook, WebhookSettings};
pub use oauth::TokenEndpointHttp;
pub use price_facts::BundledPrices;
pub use provider::ProviderHttp;
pub use token_socket::UnixTokenSockets;
pub use upstream::UpstreamHttp;
pub use workspaces::BuildFolders;
