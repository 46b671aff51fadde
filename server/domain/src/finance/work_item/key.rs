//! When two detections are of the same thing.

use time::Date;
use vocab::finance::WorkItemType;
use vocab::{AllowanceId, ContractId, FinanceProfileId};

/// What an item is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// A provider's finance profile.
    Profile(FinanceProfileId),
    /// A contract.
    Contract(ContractId),
    /// An allowance of a contract.
    Allowance(AllowanceId),
}

/// `type:scope` or `type:scope:first day of the period`. Unique among the items that are open or in progress; another
/// period is another key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DedupeKey(String);

impl DedupeKey {
    /// The key of a kind of item about something, for one period where it belongs to one.
    pub fn new(kind: WorkItemType, scope: Scope, period_start: Option<Date>) -> Self {
        let scope = match scope {
            Scope::Profile(id) => id.to_string(),
            Scope::Contract(id) => id.to_string(),
            Scope::Allowance(id) => id.to_string(),
        };
        Self(match period_start {
            Some(start) => format!("{kind}:{scope}:{start}"),
            None => format!("{kind}:{scope}"),
        })
    }

    /// A key as stored.
    pub const fn stored(text: String) -> Self {
        Self(text)
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for DedupeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
