//! External Services: the list of providers, and a provider's page.

mod detail;
mod list;
mod pasted_key;
mod words;

pub use detail::{ProviderPage, fetch_if_shown};
pub use list::ProvidersPage;
pub use pasted_key::PastedKey;
