//! Schemas of the words that stand in `vocab`. They are read from the enums themselves, so a new word cannot be
//! missing from the document.

use std::borrow::Cow;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

macro_rules! word_schemas {
    ($($name:ident: $what:literal;)+) => {$(
        #[doc = $what]
        pub enum $name {}

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let words = vocab::$name::ALL.iter().map(|word| word.as_str());
                ObjectBuilder::new().schema_type(Type::String).description(Some($what)).enum_values(Some(words)).build().into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )+};
}

word_schemas! {
    AuthMethod: "How a connection authenticates.";
    Category: "How the catalogue groups a provider.";
    Channel: "How a notification leaves the house.";
    CostBasis: "Where the price of a request comes from.";
    DeliveryState: "How far a delivery has come.";
    Health: "What an operator sees of a provider.";
    ModelClass: "What a model is for.";
    ModelStatus: "Is the model still offered?";
    NotificationEnding: "Why a notification was closed.";
    NotificationKind: "Why a notification was raised.";
    Permission: "One thing a caller may be allowed to do.";
    Role: "A person's role.";
    Scope: "What an access token may be used for.";
    Tier: "How good a model is at general work.";
    UsageOutcome: "How a request through the gateway ended.";
    Verdict: "What one verification call told.";
}
