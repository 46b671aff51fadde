//! Schemas of the words that stand in `vocab`. They are read from the enums themselves, so a new word cannot be
//! missing from the document.

use std::borrow::Cow;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use vocab::finance;

macro_rules! word_schemas {
    ($space:ident: $($name:ident: $what:literal;)+) => {$(
        #[doc = $what]
        pub enum $name {}

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let words = $space::$name::ALL.iter().map(|word| word.as_str());
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

word_schemas! { vocab:
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

word_schemas! { finance:
    BillLineKind: "What a bill's line is for.";
    BillStatus: "Where a bill stands.";
    Confidence: "How far a figure can be trusted.";
    FinanceJob: "Work that Finance does by itself.";
    FocusDataset: "A dataset of FOCUS.";
    BillingCadence: "How often a contract is billed.";
    BillingTiming: "When the fixed amount is due.";
    BudgetWindow: "The stretch of time a budget is for.";
    CommercialKind: "Who is paid for a provider.";
    ContractStatus: "Where a contract stands.";
    ContractType: "How a contract is paid for.";
    Meter: "What is priced.";
    MetricKey: "What an allowance counts.";
    PriceVariant: "A way of asking that has a price of its own.";
    ProfileStatus: "How far Finance has come with a provider.";
    Proration: "What a partial billing period costs.";
    ResetInterval: "How often an allowance starts afresh.";
    Severity: "How much is at stake; grows in this order.";
    SupplierStatus: "May a supplier be used?";
    UsageSource: "Whose figures count.";
    ValuationMethod: "What unused allowance is worth.";
    WorkItemStatus: "Where a work item stands.";
    WorkItemType: "What has to be done.";
}
