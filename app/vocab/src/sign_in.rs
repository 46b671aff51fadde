//! How a sign-in at a provider goes, and the ways it fails.

use crate::text_enum::text_enum;

text_enum! {
    /// Where a sign-in stands.
    pub enum FlowPhase {
        /// The person is at the provider's page.
        Waiting = "waiting",
        /// The provider answered; tokens are being fetched and checked.
        Finishing = "finishing",
        /// It ended with a connection.
        Succeeded = "succeeded",
        /// It ended without.
        Failed = "failed",
        /// An operator cancelled it.
        Cancelled = "cancelled",
        /// Nobody finished it in time.
        Expired = "expired",
    }
}

text_enum! {
    /// Why a sign-in failed: the `reason` of `?oauth=error&reason=…`. Add, never rename.
    pub enum FlowFailure {
        /// The person, or the provider for them, said no (RFC 6749 §4.1.2.1 `access_denied`).
        AccessDenied = "access_denied",
        /// The account's plan or workspace does not include what was asked for.
        NotEntitled = "not_entitled",
        /// The provider answered from another issuer than the one asked (RFC 9207).
        IssuerMismatch = "issuer_mismatch",
        /// The code was refused: spent, expired, or from another sign-in (RFC 6749 §5.2 `invalid_grant`).
        CodeRefused = "code_refused",
        /// The provider does not know, or no longer accepts, this client (RFC 6749 §5.2 `invalid_client`).
        ClientRefused = "client_refused",
        /// The provider refused the sign-in for another reason, in its own words.
        ProviderRefused = "provider_refused",
        /// The provider could not be reached, or something that is not the provider answered.
        Unreachable = "unreachable",
        /// The ID token does not prove what it has to.
        IdTokenInvalid = "id_token_invalid",
        /// Signed in, but the plan was not shared with Purser.
        PlanNotShared = "plan_not_shared",
        /// The person who began it was signed out, disabled, or may no longer connect providers.
        NotAllowed = "not_allowed",
        /// Purser was stopped between the provider's answer and the end.
        Interrupted = "interrupted",
        /// The sign-in had run out of time.
        Expired = "expired",
        /// Somebody disconnected or reconnected the provider meanwhile.
        Overtaken = "overtaken",
        /// Purser could not store the result.
        Internal = "internal",
    }
}

impl FlowFailure {
    /// What happened and what to do, in a sentence or two; `{}` stands for the provider's name.
    pub const fn words(self) -> &'static str {
        match self {
            Self::AccessDenied => "{} says the sign-in was denied. Start again and choose Allow.",
            Self::NotEntitled => {
                "This account's plan or workspace at {} does not include what Purser asked for. Choose another account or method."
            }
            Self::IssuerMismatch => "The answer did not come from {}. Nothing was stored; start again.",
            Self::CodeRefused => "{} did not accept the sign-in code: it was used already, or too old. Start again.",
            Self::ClientRefused => "{} does not accept this kind of sign-in from Purser. Choose another method.",
            Self::ProviderRefused => "{} refused the sign-in. Its own words are below.",
            Self::Unreachable => "{} could not be reached to finish the sign-in. Start again in a moment.",
            Self::IdTokenInvalid => "The identity that {} sent could not be proved. Check this machine's clock, then start again.",
            Self::PlanNotShared => "You are signed in to {}, but your plan was not shared. Start again and allow the use of your plan.",
            Self::NotAllowed => {
                "The person who began this sign-in was signed out or may no longer connect {}. Sign in to Purser and start again."
            }
            Self::Interrupted => "Purser was stopped before the sign-in to {} was finished. Start again.",
            Self::Expired => "The sign-in to {} took longer than ten minutes. Start again.",
            Self::Overtaken => "Somebody else changed the connection to {} meanwhile. Look at it, then start again if needed.",
            Self::Internal => "Purser could not store the sign-in to {}. The log says why; start again when it is mended.",
        }
    }
}
