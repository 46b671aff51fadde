//! Models and what their use costs.

use crate::text_enum::text_enum;

text_enum! {
    /// How good a model is at general work; an agent may ask for a tier instead of a model.
    pub enum Tier {
        /// The vendors' best.
        Frontier = "frontier",
        /// One step below.
        Strong = "strong",
        /// Good enough for routine work.
        Adequate = "adequate",
        /// Small, cheap, fast.
        Basic = "basic",
    }
}

text_enum! {
    /// What a model is for.
    pub enum ModelClass {
        /// Text conversation.
        Chat = "chat",
        /// Text conversation that thinks first.
        Reasoning = "reasoning",
        /// Vectors.
        Embedding = "embedding",
        /// Pictures.
        Image = "image",
        /// Sound: speech, transcription, realtime.
        Audio = "audio",
        /// Ranking, moderation and other classifiers.
        Classifier = "classifier",
        /// Not known.
        Other = "other",
    }
}

impl ModelClass {
    /// May it answer a conversation? Only what is known to do something else may not; new models are often unknown.
    pub const fn converses(self) -> bool {
        matches!(self, Self::Chat | Self::Reasoning | Self::Other)
    }
}

text_enum! {
    /// Is the model still offered?
    pub enum ModelStatus {
        /// In the provider's last list.
        Active = "active",
        /// Missing from the last list; one more and it is retired.
        Missing = "missing",
        /// Missing from two lists in a row.
        Retired = "retired",
    }
}

text_enum! {
    /// Where the price of a request comes from.
    pub enum CostBasis {
        /// Tokens times a known list price.
        ListPrice = "list_price",
        /// Covered by a plan.
        Included = "included",
        /// Our own machine.
        Compute = "compute",
        /// No price known: shown as unknown, never as zero.
        Unknown = "unknown",
    }
}

text_enum! {
    /// How a request through us ended.
    pub enum UsageOutcome {
        /// Answered in full.
        Completed = "completed",
        /// The caller hung up first.
        ClientClosed = "client_closed",
        /// The provider answered with an error.
        ProviderError = "provider_error",
        /// The provider broke off in mid-answer.
        Interrupted = "interrupted",
    }
}
