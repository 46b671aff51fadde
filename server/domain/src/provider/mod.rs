//! Providers: the catalogue as data, the operator's overlay on it, and what a pasted key looks like.

mod build;
mod build_device;
pub mod catalogue;
pub mod endpoint;
pub mod entry;
pub mod key_hint;
mod overlay;
mod plan;
mod raw;
pub mod renewal;
pub mod sign_in;

#[cfg(test)]
mod catalogue_tests;
#[cfg(test)]
mod overlay_tests;

pub use catalogue::{Catalogue, CatalogueError};
pub use entry::{
    BaseUrl, BodyFlag, CredentialHeader, FinanceHint, Links, ListSource, Method, ModelList, ModelListShape, OperatorField, Provider,
    StatusRule, VerifyCall, VerifyMethod,
};
pub use plan::PlanRules;
pub use renewal::Renewal;
pub use sign_in::{
    CliSettings, CredentialFormat, DeviceProtocol, DeviceSettings, Exchange, Lending, OAuthSettings, Offered, PromptPlace, RedirectUri,
    Terminal, TokenFormat,
};
