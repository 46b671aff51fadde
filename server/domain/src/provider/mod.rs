//! Providers: the catalogue as data, the operator's overlay on it, and what a pasted key looks like.

pub mod catalogue;
pub mod endpoint;
pub mod entry;
pub mod key_hint;
pub mod overlay;

pub use catalogue::{Catalogue, CatalogueError};
pub use entry::{
    BaseUrl, BodyFlag, CredentialHeader, FinanceHint, Links, ListSource, Method, ModelList, ModelListShape, OperatorField, Provider,
    StatusRule, VerifyCall, VerifyMethod,
};
