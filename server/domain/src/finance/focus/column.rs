//! The columns of the Cost and Usage dataset that we fill, in the order of the file.

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// Text.
    Text,
    /// A decimal number.
    Decimal,
    /// An instant in UTC.
    Instant,
    /// A JSON object.
    Json,
}

macro_rules! columns {
    ($($name:ident $kind:ident $text:literal,)+) => {
        /// A column. The standard's come first, by name; ours follow and start with `x_`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Column {
            $(#[doc = concat!("`", $text, "`")] $name,)+
        }

        impl Column {
            /// Every column of any version, in the order of the file.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Its name in the header.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// What it holds.
            pub const fn kind(self) -> ColumnType {
                match self { $(Self::$name => ColumnType::$kind,)+ }
            }
        }
    };
}

columns! {
    BilledCost Decimal "BilledCost",
    BillingAccountId Text "BillingAccountId",
    BillingAccountName Text "BillingAccountName",
    BillingAccountType Text "BillingAccountType",
    BillingCurrency Text "BillingCurrency",
    BillingPeriodEnd Instant "BillingPeriodEnd",
    BillingPeriodStart Instant "BillingPeriodStart",
    ChargeCategory Text "ChargeCategory",
    ChargeClass Text "ChargeClass",
    ChargeDescription Text "ChargeDescription",
    ChargeFrequency Text "ChargeFrequency",
    ChargePeriodEnd Instant "ChargePeriodEnd",
    ChargePeriodStart Instant "ChargePeriodStart",
    CommitmentDiscountCategory Text "CommitmentDiscountCategory",
    CommitmentDiscountId Text "CommitmentDiscountId",
    CommitmentDiscountName Text "CommitmentDiscountName",
    CommitmentDiscountQuantity Decimal "CommitmentDiscountQuantity",
    CommitmentDiscountStatus Text "CommitmentDiscountStatus",
    CommitmentDiscountType Text "CommitmentDiscountType",
    CommitmentDiscountUnit Text "CommitmentDiscountUnit",
    ConsumedQuantity Decimal "ConsumedQuantity",
    ConsumedUnit Text "ConsumedUnit",
    ContractApplied Json "ContractApplied",
    ContractedCost Decimal "ContractedCost",
    ContractedUnitPrice Decimal "ContractedUnitPrice",
    EffectiveCost Decimal "EffectiveCost",
    HostProviderName Text "HostProviderName",
    InvoiceDetailId Text "InvoiceDetailId",
    InvoiceId Text "InvoiceId",
    InvoiceIssuerName Text "InvoiceIssuerName",
    ListCost Decimal "ListCost",
    ListUnitPrice Decimal "ListUnitPrice",
    PricingCategory Text "PricingCategory",
    PricingCurrency Text "PricingCurrency",
    PricingCurrencyContractedUnitPrice Decimal "PricingCurrencyContractedUnitPrice",
    PricingCurrencyEffectiveCost Decimal "PricingCurrencyEffectiveCost",
    PricingCurrencyListUnitPrice Decimal "PricingCurrencyListUnitPrice",
    PricingQuantity Decimal "PricingQuantity",
    PricingUnit Text "PricingUnit",
    ProviderName Text "ProviderName",
    PublisherName Text "PublisherName",
    ResourceId Text "ResourceId",
    ResourceName Text "ResourceName",
    ResourceType Text "ResourceType",
    ServiceCategory Text "ServiceCategory",
    ServiceName Text "ServiceName",
    ServiceProviderName Text "ServiceProviderName",
    ServiceSubcategory Text "ServiceSubcategory",
    SkuId Text "SkuId",
    SkuMeter Text "SkuMeter",
    SkuPriceDetails Json "SkuPriceDetails",
    SkuPriceId Text "SkuPriceId",
    SubAccountId Text "SubAccountId",
    SubAccountName Text "SubAccountName",
    Tags Json "Tags",
    XProviderId Text "x_ProviderId",
    XAuthChannel Text "x_AuthChannel",
    XContractRef Text "x_ContractRef",
    XAllowanceId Text "x_AllowanceId",
    XModelId Text "x_ModelId",
    XTokenType Text "x_TokenType",
    XAgentId Text "x_AgentId",
    XDataSource Text "x_DataSource",
    XDataConfidence Text "x_DataConfidence",
    XPeriodOpen Text "x_PeriodOpen",
    XPriceFactId Text "x_PriceFactId",
    XModelPublisher Text "x_ModelPublisher",
}

/// A version of the standard that we can emit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// The default: the official validator can check it without a network.
    V1_2,
    /// The newest; checked by us alone.
    V1_4,
}

impl Profile {
    /// The version's number.
    pub const fn version(self) -> &'static str {
        match self {
            Self::V1_2 => "1.2",
            Self::V1_4 => "1.4",
        }
    }

    /// Its columns in order. Sub-accounts are named only where the vendor has them.
    pub fn columns(self, with_sub_accounts: bool) -> Vec<Column> {
        let has = |column: &Column| match column {
            Column::ProviderName | Column::PublisherName => self == Self::V1_2,
            Column::ServiceProviderName
            | Column::HostProviderName
            | Column::ContractApplied
            | Column::InvoiceDetailId
            | Column::XModelPublisher => self == Self::V1_4,
            Column::SubAccountId | Column::SubAccountName => with_sub_accounts,
            _ => true,
        };
        Column::ALL.iter().copied().filter(has).collect()
    }
}
