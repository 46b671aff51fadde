//! The screens, one folder an area, one component a file.

pub mod access;
pub mod audit;
pub mod builds;
pub mod finance;
mod home;
pub mod login;
mod not_found;
mod notifications;
pub mod providers;
pub mod settings;
pub mod setup;
pub mod usage;

pub use access::AccessPage;
pub use audit::AuditPage;
pub use builds::{BuildPage, BuildsPage};
pub use home::HomePage;
pub use login::LoginPage;
pub use not_found::NotFoundPage;
pub use notifications::NotificationsPage;
pub use providers::{ProviderPage, ProvidersPage};
pub use settings::SettingsPage;
pub use setup::SetupPage;
pub use usage::UsagePage;
