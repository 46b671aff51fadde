//! `/platform/ai/builds`: providers' programs at work, in a sandbox, on a borrowed credential.

mod detail;
mod list;
mod log;
mod start_form;

pub use detail::BuildPage;
pub use list::BuildsPage;
