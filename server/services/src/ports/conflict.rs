//! The words of [`StoreError::Conflict`](super::StoreError::Conflict) that use cases tell apart.

/// The row's version is no longer the one that was read.
pub const STALE_VERSION: &str = "stale_version";
/// The e-mail address has an account.
pub const EMAIL_TAKEN: &str = "email_taken";
/// No active owner would remain.
pub const LAST_OWNER: &str = "last_owner";
/// Somebody has an account already.
pub const ALREADY_SET_UP: &str = "already_set_up";
/// What was to be changed, or what it belongs to, is gone. Fit to be shown as it is.
pub const GONE: &str = "That was removed meanwhile. Reload the page.";
/// A row with the same name or id is there. Fit to be shown as it is.
pub const TAKEN: &str = "That exists already. Reload the page to see it.";
/// Rows of Finance changed since they were read: decide again.
pub const OVERTAKEN: &str = "overtaken";
/// The sign-in was ended by somebody else meanwhile.
pub const FLOW_ENDED: &str = "flow_ended";
