//! How much of what there may be.

/// Longest prompt, in bytes.
pub const LONGEST_PROMPT: usize = 48 * 1024;
/// Builds that wait at a time.
pub const MOST_QUEUED: u64 = 200;
