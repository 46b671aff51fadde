//! Typed ids: one kind of id cannot be passed for another.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Declares a `Uuid` newtype. Ids are made by the caller (`new`), never here: randomness is an argument.
macro_rules! uuid_id {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps an existing uuid.
            pub const fn new(id: Uuid) -> Self { Self(id) }
            /// The uuid inside.
            pub const fn uuid(self) -> Uuid { self.0 }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> { Uuid::parse_str(text).map(Self) }
        }
    )+};
}

uuid_id!(
    /// One of our access tokens (the row, not the secret).
    AccessTokenId,
    /// What a contract includes.
    AllowanceId,
    /// One line of the audit log.
    AuditId,
    /// A bill of a supplier.
    BillId,
    /// One run of a provider's program.
    BuildId,
    /// One line of a bill.
    BillLineId,
    /// An account at a provider.
    ConnectionId,
    /// One version of a supplier contract.
    ContractId,
    /// One attempt to get a notification to one recipient, however often it is tried.
    DeliveryId,
    /// What Finance knows of a provider.
    FinanceProfileId,
    /// A sign-in under way, or how it ended.
    FlowId,
    /// A sealed credential behind one or more connections.
    GrantId,
    /// A model known through a connection.
    ModelProfileId,
    /// Something operators were told.
    NotificationId,
    /// An activation event waiting to be handled.
    OutboxId,
    /// The price of one meter of one model.
    PriceFactId,
    /// A signed-in browser (the row; the cookie's value is never stored).
    SessionId,
    /// One day's figures of an allowance or a metered contract.
    SnapshotId,
    /// Whom we pay.
    SupplierId,
    /// A person.
    UserId,
    /// Something Finance has to do.
    WorkItemId,
);

/// Position of a live event in the event log; grows by at least one an event.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventId(pub i64);

/// Name of a catalogue entry, for example `anthropic-sub`: 1 to 64 of `a-z`, `0-9` and `-`, starting with a letter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProviderId(String);

/// A text that cannot be a [`ProviderId`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidProviderId(pub String);

impl std::fmt::Display for InvalidProviderId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} is not a provider id (1 to 64 of a-z, 0-9 and -, starting with a letter)", self.0)
    }
}

impl std::error::Error for InvalidProviderId {}

impl ProviderId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ProviderId {
    type Error = InvalidProviderId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let shape = (1..=64).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if shape { Ok(Self(text)) } else { Err(InvalidProviderId(text)) }
    }
}

impl std::str::FromStr for ProviderId {
    type Err = InvalidProviderId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::try_from(text.to_owned())
    }
}

impl From<ProviderId> for String {
    fn from(id: ProviderId) -> Self {
        id.0
    }
}

impl std::fmt::Display for ProviderId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn provider_ids_are_lower_case_words() {
        for good in ["openai", "azure-openai", "x1"] {
            assert!(good.parse::<ProviderId>().is_ok(), "{good}");
        }
        for bad in ["", "OpenAI", "1x", "-x", "a/b", "../etc", &"a".repeat(65)] {
            assert!(bad.parse::<ProviderId>().is_err(), "{bad}");
        }
    }
}
