//! Work items: what Finance still has to do.
//!
//! Rules look at facts and say of each kind of item whether it should be open ([`Finding`]); [`reconcile`] compares that
//! with what is stored and says what to write. So an item is opened once, updated while it holds, and closes by itself in
//! the transaction that cured it.

mod finding;
mod item;
mod key;
mod reconcile;
mod rules;
mod state;
mod words;

pub use finding::{Finding, Links};
pub use item::{ItemRefused, WorkItem};
pub use key::{DedupeKey, Scope};
pub use reconcile::{Change, Ending, NewItem, reassigned, reconcile, settled};
pub use rules::{ContractSubject, Place, PlanDetails, ProfileSubject};
pub use state::{ItemState, ItemStateFacts, Resolution};
pub use words::{evaluation_words, title};

#[cfg(test)]
mod rules_tests;
#[cfg(test)]
mod tests;
