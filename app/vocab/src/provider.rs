//! What kind of provider it is and which wire it speaks.

use crate::text_enum::text_enum;

text_enum! {
    /// How the catalogue groups a provider.
    pub enum Category {
        /// Runs its own models.
        Direct = "direct",
        /// Sells or forwards other vendors' models.
        Router = "router",
        /// A coding agent's plan.
        Agent = "agent",
        /// Runs on this machine or network.
        Local = "local",
    }
}

impl Category {
    /// The group's heading.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Direct => "Direct",
            Self::Router => "Router",
            Self::Agent => "Agent plan",
            Self::Local => "Local",
        }
    }
}

text_enum! {
    /// The wire format of an inference endpoint.
    pub enum Dialect {
        /// `POST /chat/completions` as OpenAI defined it.
        OpenaiChat = "openai_chat",
        /// `POST /responses` as OpenAI defined it.
        OpenaiResponses = "openai_responses",
        /// `POST /messages` as Anthropic defined it.
        AnthropicMessages = "anthropic_messages",
        /// `POST /models/{model}:generateContent` as Google defined it.
        Gemini = "gemini",
        /// `POST /v2/chat` as Cohere defined it.
        Cohere = "cohere",
    }
}
