//! What is measured, where the figures come from, and what a unit costs.

use crate::text_enum::text_enum;

text_enum! {
    /// What an allowance counts.
    pub enum MetricKey {
        /// Tokens of every kind.
        TotalTokens = "total_tokens",
        /// Tokens sent.
        InputTokens = "input_tokens",
        /// Tokens received, reasoning included.
        OutputTokens = "output_tokens",
        /// Requests.
        Requests = "requests",
        /// The vendor's own credits.
        Credits = "credits",
        /// Money.
        Spend = "spend",
        /// Seats.
        Seats = "seats",
        /// The vendor publishes no quantity.
        Undisclosed = "undisclosed",
    }
}

impl MetricKey {
    /// Can it be counted from the requests that pass through us? The rest only the vendor can count.
    pub const fn is_observable(self) -> bool {
        !matches!(self, Self::Credits | Self::Seats | Self::Undisclosed)
    }

    /// The metric on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::TotalTokens => "Total tokens",
            Self::InputTokens => "Input tokens",
            Self::OutputTokens => "Output tokens",
            Self::Requests => "Requests",
            Self::Credits => "Credits",
            Self::Spend => "Spend",
            Self::Seats => "Seats",
            Self::Undisclosed => "Not disclosed",
        }
    }
}

text_enum! {
    /// Where a consumed quantity comes from; a profile's reconciliation strategy is one of these.
    pub enum UsageSource {
        /// Figures a person copied from the vendor's portal.
        ProviderPortal = "provider_portal",
        /// The vendor's usage API.
        ProviderApi = "provider_api",
        /// Requests that went through us.
        InternalObserved = "internal_observed",
        /// Entered by hand.
        Manual = "manual",
    }
}

impl UsageSource {
    /// The source on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::ProviderPortal => "Vendor portal",
            Self::ProviderApi => "Vendor API",
            Self::InternalObserved => "Observed by Purser",
            Self::Manual => "Entered by hand",
        }
    }

    /// How far a figure from this source can be trusted.
    pub const fn confidence(self) -> Confidence {
        match self {
            Self::ProviderApi | Self::ProviderPortal => Confidence::High,
            Self::InternalObserved => Confidence::Medium,
            Self::Manual => Confidence::Low,
        }
    }
}

text_enum! {
    /// How far a figure can be trusted; grows in this order.
    pub enum Confidence {
        /// A guess, or too early to tell.
        Low = "low",
        /// Observed by us.
        Medium = "medium",
        /// Reported by the vendor.
        High = "high",
    }
}

impl Confidence {
    /// The confidence on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
        }
    }
}

text_enum! {
    /// What a price is for.
    pub enum Meter {
        /// Input tokens that were not cached.
        Input = "input",
        /// Output tokens.
        Output = "output",
        /// Input tokens read from a cache.
        CacheRead = "cache_read",
        /// Input tokens written to a cache.
        CacheWrite = "cache_write",
        /// Input tokens written to a cache that lasts an hour.
        CacheWrite1h = "cache_write_1h",
        /// Reasoning tokens, where they have a price of their own.
        Reasoning = "reasoning",
        /// One request.
        Request = "request",
        /// One web search.
        WebSearch = "web_search",
    }
}

impl Meter {
    /// The meter in words: a line of a bill, a column of a table.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Input => "input tokens",
            Self::Output => "output tokens",
            Self::CacheRead => "cache read tokens",
            Self::CacheWrite => "cache write tokens",
            Self::CacheWrite1h => "cache write tokens (1 hour)",
            Self::Reasoning => "reasoning tokens",
            Self::Request => "requests",
            Self::WebSearch => "web searches",
        }
    }
}

text_enum! {
    /// A price that holds only for one way of asking.
    pub enum PriceVariant {
        /// Asynchronous batches.
        Batch = "batch",
        /// Served when there is room.
        Flex = "flex",
        /// Served first.
        Priority = "priority",
    }
}

text_enum! {
    /// Where a price comes from.
    pub enum PriceSource {
        /// The price list that ships with Purser.
        Bundled = "bundled",
        /// Entered by Finance.
        Override = "override",
        /// Read off a vendor's invoice.
        VendorInvoice = "vendor_invoice",
    }
}

impl PriceSource {
    /// The source on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Bundled => "Price list",
            Self::Override => "Own price",
            Self::VendorInvoice => "Vendor invoice",
        }
    }
}
