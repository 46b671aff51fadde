//! What operators are told without asking.

use crate::connection::Tone;
use crate::text_enum::text_enum;

text_enum! {
    /// Why a notification was raised.
    pub enum NotificationKind {
        /// The provider ended the sign-in.
        NeedsSignIn = "needs_sign_in",
        /// The provider refuses the credential.
        Rejected = "rejected",
        /// The account has no money or quota.
        NoFunds = "no_funds",
        /// The stored credential does not open with our keys.
        CannotDecrypt = "cannot_decrypt",
        /// It works now, and will stop soon unless somebody acts.
        ExpiringSoon = "expiring_soon",
        /// It works again.
        Recovered = "recovered",
    }
}

impl NotificationKind {
    /// The hue of its chip.
    pub const fn tone(self) -> Tone {
        match self {
            Self::NeedsSignIn | Self::Rejected | Self::CannotDecrypt => Tone::Bad,
            Self::NoFunds => Tone::Warn,
            Self::ExpiringSoon => Tone::Info,
            Self::Recovered => Tone::Ok,
        }
    }

    /// The word on its chip.
    pub const fn label(self) -> &'static str {
        match self {
            Self::NeedsSignIn => "Needs sign-in",
            Self::Rejected => "Rejected by provider",
            Self::NoFunds => "No funds",
            Self::CannotDecrypt => "Cannot decrypt",
            Self::ExpiringSoon => "Expiring soon",
            Self::Recovered => "Works again",
        }
    }
}

text_enum! {
    /// Why an open notification was closed.
    pub enum NotificationEnding {
        /// The provider works again.
        Recovered = "recovered",
        /// Something else is wrong with it now, and has a notification of its own.
        Replaced = "replaced",
        /// Somebody disconnected it or switched it off.
        Withdrawn = "withdrawn",
    }
}

text_enum! {
    /// How a notification leaves the house.
    pub enum Channel {
        /// SMTP.
        Mail = "mail",
        /// A signed HTTP request.
        Webhook = "webhook",
    }
}

impl Channel {
    /// Its name on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Mail => "E-mail",
            Self::Webhook => "Webhook",
        }
    }
}

text_enum! {
    /// How far a delivery has come.
    pub enum DeliveryState {
        /// To be tried, or tried again.
        Pending = "pending",
        /// The other side has taken it.
        Delivered = "delivered",
        /// Not taken within a day; it will not be tried again.
        GivenUp = "given_up",
    }
}
