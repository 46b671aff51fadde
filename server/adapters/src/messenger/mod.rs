//! How notifications leave the house: mail over SMTP, and a signed webhook.

mod smtp;
mod smtp_settings;
mod webhook;

pub use smtp::{Smtp, SmtpSetupError};
pub use smtp_settings::{MailFrom, SmtpSettings, SmtpTls};
pub use webhook::{Webhook, WebhookSettings, signature};
