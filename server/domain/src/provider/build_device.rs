//! From the tables of the file to the settings of a sign-in with a code, and of the provider's own program.

use super::build::{settings, words};
use super::raw::{RawCli, RawDevice};
use super::sign_in::{CliSettings, DeviceSettings, Lending, Terminal};
use vocab::DeviceMode;

/// Sign-in with a code.
pub(super) fn device_settings(raw: RawDevice) -> Result<DeviceSettings, String> {
    let mode = raw.mode.unwrap_or_default();
    let spoken_by_us = [
        ("device_authorization_url", raw.device_authorization_url.is_none()),
        ("token_url", raw.token_url.is_none()),
        ("client_id", raw.client_id.is_none()),
    ];
    if mode == DeviceMode::Native
        && let Some((key, _)) = spoken_by_us.iter().find(|(_, missing)| *missing)
    {
        return Err(format!("`mode = \"native\"` needs `device.{key}`"));
    }
    Ok(DeviceSettings {
        mode,
        device_authorization_url: raw.device_authorization_url.map(|url| url.0),
        token_url: raw.token_url.map(|url| url.0),
        revoke_url: raw.revoke_url.map(|url| url.0),
        client_id: raw.client_id.map(|id| id.0),
        scopes: words(raw.scopes),
        parameters: settings(raw.parameters),
        protocol: raw.protocol.unwrap_or_default(),
        poll_url: raw.poll_url.map(|url| url.0),
        verification_url: raw.verification_url.map(|url| url.0),
        verification_hosts: raw.verification_hosts.unwrap_or_default().into_iter().map(|host| host.0).collect(),
        redirect_uri: raw.redirect_uri.map(|url| url.0),
        revoke_format: raw.revoke_format.unwrap_or_default(),
        terminal: Terminal { codes: words(raw.terminal_codes), statuses: raw.terminal_statuses.unwrap_or_default() },
        account_header: raw.account_header.map(|name| name.0),
        hints: raw.hints.unwrap_or_default().into_iter().map(|hint| hint.0).collect(),
    })
}

/// The provider's own program.
pub(super) fn cli(raw: RawCli) -> Result<CliSettings, String> {
    let lendings = lendings(&raw)?;
    if raw.credential_file.is_some() != raw.credential_format.is_some() {
        return Err("`cli.credential_file` and `cli.credential_format` belong together".to_owned());
    }
    Ok(CliSettings {
        program: raw.program.ok_or("`cli.program` is missing")?.0,
        env: settings(raw.env),
        login: words(raw.login),
        run: words(raw.run),
        prompt: raw.prompt.unwrap_or_default(),
        credential_file: raw.credential_file.map(|path| path.0),
        credential_format: raw.credential_format,
        lending: lendings.first().copied().unwrap_or_default(),
        lendings,
        broker_variable: raw.broker_variable.map(|name| name.0),
        broker_login: words(raw.broker_login),
    })
}

/// The ways in which a run may borrow, the usual one first: those that are listed, or else all that the program can.
fn lendings(raw: &RawCli) -> Result<Vec<Lending>, String> {
    let broker = raw.broker_variable.is_some();
    let listed = raw.lendings.clone().unwrap_or_default();
    let usual = raw.lending.or_else(|| listed.first().copied()).unwrap_or_default();
    let named = |lending: Lending| usual == lending || listed.contains(&lending);
    if named(Lending::Broker) && !broker {
        return Err("`broker` as a way to borrow needs `cli.broker_variable`".to_owned());
    }
    if !listed.is_empty() && !listed.contains(&usual) {
        return Err(format!("`cli.lendings` leaves out `{usual}`, which `cli.lending` chooses"));
    }
    let possible = |lending: &Lending| if listed.is_empty() { broker || *lending != Lending::Broker } else { listed.contains(lending) };
    let others = Lending::ALL.iter().copied().filter(|lending| *lending != usual).filter(possible);
    Ok(std::iter::once(usual).chain(others).collect())
}
