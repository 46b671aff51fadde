//! What a verdict means, in words with a remedy.

use domain::connection::Check;
use domain::provider::Provider;
use vocab::{AuthMethod, Verdict};

/// What came of saving or testing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The verdict of the verification call.
    pub verdict: Verdict,
    /// What happened and what to do.
    pub message: String,
    /// Was a credential saved?
    pub saved: bool,
}

impl Outcome {
    /// After a save.
    pub fn of_save(provider: &Provider, check: &Check) -> Self {
        Self { verdict: check.verdict, message: sentence(provider, check, true), saved: true }
    }

    /// After a test of what is stored by `method`.
    pub fn of_test(provider: &Provider, check: &Check, method: AuthMethod) -> Self {
        let message = match (check.verdict, method) {
            (Verdict::BadCredential, AuthMethod::OAuth | AuthMethod::DeviceCode) => {
                format!("{} no longer accepts this sign-in. Sign in again.{}", provider.name, said(check))
            }
            _ => sentence(provider, check, false),
        };
        Self { verdict: check.verdict, message, saved: false }
    }
}

/// A verdict in two or three words, for the audit log.
pub const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ok => "verified",
        Verdict::BadCredential => "rejected by the provider",
        Verdict::NotPermitted => "not permitted",
        Verdict::NoFunds => "no funds",
        Verdict::RateLimited => "rate limited",
        Verdict::Unreachable => "unreachable",
        Verdict::ProviderDown => "provider down",
    }
}

/// The provider's own words, if there are any.
fn said(check: &Check) -> String {
    if check.message.is_empty() { String::new() } else { format!(" It says: “{}”", check.message) }
}

fn sentence(provider: &Provider, check: &Check, saved: bool) -> String {
    let name = &provider.name;
    let start = if saved { "Saved" } else { "Tested" };
    let said = said(check);
    match check.verdict {
        Verdict::Ok if saved => format!("Connected. {name} accepted the credential."),
        Verdict::Ok => format!("All well. {name} accepted the credential."),
        Verdict::BadCredential => format!("{name} rejects the stored credential. Save another one.{said}"),
        Verdict::NotPermitted => {
            format!("{start}. {name} knows the credential and does not permit the call: check its role, region or plan.{said}")
        }
        Verdict::NoFunds => {
            format!("{start}. {name} accepts the credential; the account has no funds or quota left. Add funds there.{said}")
        }
        Verdict::RateLimited => {
            format!("{start}. {name} asks us to slow down, so it is not verified yet; we will check again by ourselves.{said}")
        }
        Verdict::Unreachable => {
            format!("{start}. {name} cannot be reached ({}), so it is not verified yet; we will check again by ourselves.", check.message)
        }
        Verdict::ProviderDown => {
            format!("{start}. {name} has an outage, so it is not verified yet; we will check again by ourselves.{said}")
        }
    }
}
