//! What we know of a model.

use super::price::ModelPrice;
use time::OffsetDateTime;
use vocab::{ModelClass, ModelProfileId, ModelStatus, ProviderId, Tier};

/// A model as a provider lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedModel {
    /// The id to send in requests.
    pub id: String,
    /// The provider's words for it.
    pub display_name: Option<String>,
    /// Context window in tokens, where the list tells.
    pub context_tokens: Option<u32>,
    /// Price, where the list tells.
    pub price: Option<ModelPrice>,
}

/// A model known through a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelProfile {
    /// The row's id.
    pub id: ModelProfileId,
    /// Whose model.
    pub provider_id: ProviderId,
    /// The id to send in requests; unique for the provider.
    pub model_id: String,
    /// The provider's words for it.
    pub display_name: Option<String>,
    /// What it is for.
    pub class: ModelClass,
    /// How good it is; unknown models have none.
    pub tier: Option<Tier>,
    /// Context window in tokens.
    pub context_tokens: Option<u32>,
    /// What it costs.
    pub price: Option<ModelPrice>,
    /// Is it still offered?
    pub status: ModelStatus,
    /// When a list first had it.
    pub first_seen_at: OffsetDateTime,
    /// When a list last had it.
    pub last_seen_at: OffsetDateTime,
}
