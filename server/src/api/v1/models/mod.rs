//! Models known through a connection.

mod list;
mod sync;

use super::words;
use crate::state::AppState;
use app::convert::{dollars, moment};
use domain::models::{ModelPrice, ModelProfile};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocab::{ModelClass, ModelStatus, Tier};

/// Operations on models.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(list::list)).routes(routes!(sync::sync))
}

/// A model.
#[derive(Serialize, ToSchema)]
pub struct ModelView {
    /// The id to send in requests, bare.
    id: String,
    /// The provider's words for it.
    name: Option<String>,
    #[schema(value_type = words::ModelClass)]
    class: ModelClass,
    /// Unknown models have none.
    #[schema(value_type = Option<words::Tier>)]
    tier: Option<Tier>,
    /// Context window in tokens.
    context_tokens: Option<u32>,
    price: Option<PriceView>,
    #[schema(value_type = words::ModelStatus)]
    status: ModelStatus,
    /// When a list first had it.
    #[schema(format = DateTime)]
    first_seen_at: String,
    /// When a list last had it.
    #[schema(format = DateTime)]
    last_seen_at: String,
}

/// US dollars for one million tokens of each kind, as exact decimal text; `null` where unknown, never zero.
#[derive(Serialize, ToSchema)]
pub struct PriceView {
    input: Option<String>,
    /// Reasoning included.
    output: Option<String>,
    cache_read: Option<String>,
    cache_write: Option<String>,
    /// Where the figures come from.
    source: String,
    /// The day the source was true.
    #[schema(format = Date)]
    as_of: String,
}

impl From<ModelProfile> for ModelView {
    fn from(model: ModelProfile) -> Self {
        Self {
            id: model.model_id,
            name: model.display_name,
            class: model.class,
            tier: model.tier,
            context_tokens: model.context_tokens,
            price: model.price.map(PriceView::from),
            status: model.status,
            first_seen_at: moment(model.first_seen_at).iso,
            last_seen_at: moment(model.last_seen_at).iso,
        }
    }
}

impl From<ModelPrice> for PriceView {
    fn from(price: ModelPrice) -> Self {
        let figures = price.per_million;
        Self {
            input: figures.input.map(dollars),
            output: figures.output.map(dollars),
            cache_read: figures.cache_read.map(dollars),
            cache_write: figures.cache_write.map(dollars),
            source: price.source,
            as_of: price.as_of.to_string(),
        }
    }
}
