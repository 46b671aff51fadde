//! `purser status [--check]`: what the providers page says, for a terminal and for monitoring.

use super::context::Context;
use crate::config::Settings;
use crate::out;
use crate::start::StartError;
use services::overview::ProviderState;
use std::process::ExitCode;
use vocab::Health;

/// Something does not work and will not by itself.
const BROKEN: u8 = 1;
/// Something needs attention, or has to pass.
const SHAKY: u8 = 2;

/// Prints the table; with `check`, the exit code tells.
pub async fn run(settings: Settings, check: bool) -> Result<ExitCode, StartError> {
    let context = Context::open(settings).await?;
    let states = context.services.overview.list(&context.caller).await?;
    let connected: Vec<&ProviderState> = states.iter().filter(|state| state.connection.is_some()).collect();
    out::table(&["provider", "state", "method", "models", "cause"], &connected.iter().map(|state| row(state)).collect::<Vec<_>>());
    if connected.is_empty() {
        out::note("No provider is connected.");
    }
    context.base.storage.close().await;
    let worst =
        connected.iter().map(|state| code_of(state.health.health, state.token_expired)).max_by_key(|code| severity(*code)).unwrap_or(0);
    Ok(if check { ExitCode::from(worst) } else { ExitCode::SUCCESS })
}

fn row(state: &ProviderState) -> Vec<String> {
    let method = state.connection.as_ref().map(|connection| connection.method.label()).unwrap_or_default();
    let until = state.health.until.map(|at| format!(" (until {:02}:{:02} UTC)", at.hour(), at.minute())).unwrap_or_default();
    vec![
        state.provider.id.to_string(),
        format!("{}{until}", state.health.health.label()),
        method.to_owned(),
        state.models.to_string(),
        state.health.cause.clone(),
    ]
}

/// The exit code a state asks for. A token that has run out is no outage to be waited for, whatever the reason is.
const fn code_of(health: Health, token_expired: bool) -> u8 {
    match health {
        Health::CoolingDown | Health::Unreachable if token_expired => BROKEN,
        Health::Rejected | Health::NeedsSignIn | Health::CannotDecrypt => BROKEN,
        Health::ExpiringSoon | Health::NoFunds | Health::CoolingDown | Health::Unreachable => SHAKY,
        Health::NotConnected | Health::Connecting | Health::Connected | Health::Disabled => 0,
    }
}

/// 1 outranks 2, and both outrank 0.
const fn severity(code: u8) -> u8 {
    match code {
        BROKEN => 2,
        SHAKY => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_outranks_shaky() {
        let worst = |all: &[Health]| all.iter().map(|health| code_of(*health, false)).max_by_key(|code| severity(*code));
        assert_eq!(worst(&[Health::Connected, Health::NoFunds]), Some(2));
        assert_eq!(worst(&[Health::Rejected, Health::NoFunds, Health::Connected]), Some(1));
        assert_eq!(worst(&[Health::Connected, Health::Disabled]), Some(0));
        assert_eq!((code_of(Health::CoolingDown, true), code_of(Health::CoolingDown, false)), (BROKEN, SHAKY));
    }
}
