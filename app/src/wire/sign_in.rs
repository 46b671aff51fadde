//! A sign-in under way, on the wire. Its secrets never are.

use super::Moment;
use serde::{Deserialize, Serialize};
use vocab::FlowFailure;

/// A browser sign-in that waits for its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInView {
    /// Who began it.
    pub by: String,
    /// Is that the viewer?
    pub mine: bool,
    /// Has the provider answered, so that only Purser is still busy?
    pub finishing: bool,
    /// Will the answer have to be pasted?
    pub pasting: bool,
    /// The port of this machine that another program holds, so that the answer cannot come by itself.
    pub port_taken: Option<u16>,
    /// When the waiting ends.
    pub expires: Moment,
}

/// How the viewer's last sign-in went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInFailure {
    /// Why.
    pub reason: FlowFailure,
    /// The provider's own words, plain and short; may be empty.
    pub words: String,
}

/// The owner's switch of a method that is off until they have read the vendor's rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnerSwitch {
    /// Is it on?
    pub on: bool,
    /// May the viewer turn it?
    pub may_turn: bool,
}
