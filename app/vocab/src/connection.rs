//! How a provider is connected, and what the operator sees of it.

use crate::text_enum::text_enum;

text_enum! {
    /// How a connection authenticates.
    pub enum AuthMethod {
        /// A key pasted by the operator.
        ApiKey = "api_key",
        /// Browser sign-in (RFC 6749 authorization code with PKCE).
        OAuth = "oauth",
        /// Device-code sign-in (RFC 8628 or the provider CLI's own).
        DeviceCode = "device_code",
        /// No credential: a local engine.
        None = "none",
    }
}

impl AuthMethod {
    /// The option's text in the method selector.
    pub const fn label(self) -> &'static str {
        match self {
            Self::ApiKey => "API Key",
            Self::OAuth => "OAuth (Sign in)",
            Self::DeviceCode => "Device code (Sign in)",
            Self::None => "None",
        }
    }
}

text_enum! {
    /// What one verification call told us. Classified on status *and* body, never on status alone.
    pub enum Verdict {
        /// The provider answered as it should.
        Ok = "ok",
        /// The provider refused the credential.
        BadCredential = "bad_credential",
        /// The credential is real but may not do this (region, role, plan).
        NotPermitted = "not_permitted",
        /// The account has no money or no quota left.
        NoFunds = "no_funds",
        /// Too many requests for now.
        RateLimited = "rate_limited",
        /// DNS, TCP, TLS, timeout, or something that is not the provider answered.
        Unreachable = "unreachable",
        /// The provider answered that it is broken.
        ProviderDown = "provider_down",
    }
}

impl Verdict {
    /// May a credential with this verdict be saved? Only an outright refusal may not.
    pub const fn may_be_saved(self) -> bool {
        !matches!(self, Self::BadCredential)
    }

    /// Does trying again later, with nothing changed, make sense?
    pub const fn heals_by_itself(self) -> bool {
        matches!(self, Self::RateLimited | Self::Unreachable | Self::ProviderDown)
    }
}

text_enum! {
    /// What the operator sees of a provider.
    pub enum Health {
        /// Nothing configured.
        NotConnected = "not_connected",
        /// A sign-in is under way.
        Connecting = "connecting",
        /// It decrypts, refreshes and answers.
        Connected = "connected",
        /// Works now, and will stop soon unless somebody acts.
        ExpiringSoon = "expiring_soon",
        /// The provider ended the sign-in.
        NeedsSignIn = "needs_sign_in",
        /// The provider refuses the credential.
        Rejected = "rejected",
        /// The account has no money or quota.
        NoFunds = "no_funds",
        /// Waiting for a rate limit or an outage to pass.
        CoolingDown = "cooling_down",
        /// The provider cannot be reached.
        Unreachable = "unreachable",
        /// The stored credential does not open with our keys.
        CannotDecrypt = "cannot_decrypt",
        /// Switched off by an operator.
        Disabled = "disabled",
    }
}

impl Health {
    /// The words on the chip; the connection status begins with them.
    pub const fn label(self) -> &'static str {
        match self {
            Self::NotConnected => "Not connected",
            Self::Connecting => "Connecting",
            Self::Connected => "Connected",
            Self::ExpiringSoon => "Expiring soon",
            Self::NeedsSignIn => "Needs sign-in",
            Self::Rejected => "Rejected by provider",
            Self::NoFunds => "No funds",
            Self::CoolingDown => "Cooling down",
            Self::Unreachable => "Unreachable",
            Self::CannotDecrypt => "Cannot decrypt",
            Self::Disabled => "Disabled",
        }
    }

    /// The hue of the chip.
    pub const fn tone(self) -> Tone {
        match self {
            Self::Connected => Tone::Ok,
            Self::Connecting | Self::ExpiringSoon => Tone::Info,
            Self::NoFunds | Self::CoolingDown | Self::Unreachable => Tone::Warn,
            Self::NeedsSignIn | Self::Rejected | Self::CannotDecrypt => Tone::Bad,
            Self::NotConnected | Self::Disabled => Tone::Neutral,
        }
    }

    /// Does a person have to act before this provider works again?
    pub const fn needs_attention(self) -> bool {
        !matches!(self, Self::NotConnected | Self::Connecting | Self::Connected | Self::Disabled)
    }

    /// May the gateway send requests to it? A still-valid credential is used while a check is pending.
    pub const fn usable(self) -> bool {
        matches!(self, Self::Connected | Self::ExpiringSoon | Self::CoolingDown | Self::Unreachable | Self::NoFunds)
    }
}

text_enum! {
    /// One of the four status hues, and none.
    pub enum Tone {
        /// All well.
        Ok = "ok",
        /// Something is under way.
        Info = "info",
        /// Look at it.
        Warn = "warn",
        /// It does not work.
        Bad = "bad",
        /// Nothing to say.
        Neutral = "neutral",
    }
}
