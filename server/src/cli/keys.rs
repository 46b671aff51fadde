//! `purser keys new|use|list`: the sealing keys of this installation. Keys themselves are printed only where they have nowhere
//! else to go.

use super::args::Keys;
use super::context::Context;
use crate::config::keys::{Changed, fresh};
use crate::config::{Settings, SettingsError};
use crate::out;
use crate::start::{StartError, World};
use secrecy::ExposeSecret;
use services::keys::{KeyRole, KeyUse};
use std::process::ExitCode;
use vault::KeyId;

const SECRET: &str = "The line on stdout is a secret: whoever has it can open what is sealed. Keep it where secrets are kept.";

/// After `migrate up` or `user add` and before the first start.
pub const NO_KEY_YET: &str = "There is no key yet: the first start makes one.";

/// Makes, chooses, lists.
pub async fn run(settings: Settings, command: Keys) -> Result<ExitCode, StartError> {
    match command {
        Keys::New { print: true, .. } => print(),
        Keys::New { last, .. } => add(&settings, last),
        Keys::Use { id } => let_seal(&settings, id),
        Keys::List => list(settings).await,
    }
}

fn print() -> Result<ExitCode, StartError> {
    let key = fresh(&*World::real().entropy)?;
    out::note(SECRET);
    out::line(key.to_text().as_str());
    Ok(ExitCode::SUCCESS)
}

fn add(settings: &Settings, last: bool) -> Result<ExitCode, StartError> {
    let key = fresh(&*World::real().entropy)?;
    let id = key.id();
    let changed = settings.keys.change(|keys| {
        if last {
            keys.put_last(key);
        } else {
            keys.put_first(key);
        }
        Ok(())
    })?;
    let place = if last { "last: it opens, and does not seal yet" } else { "first: it seals as soon as Purser has read it" };
    tell(&changed, &format!("The new key {id} is {place}."));
    out::note(if last {
        format!("Restart every replica so that each knows it. Then: purser keys use {id}, restart again, purser rotate-keys")
    } else {
        "Restart Purser so that it knows the key, then: purser rotate-keys. With several replicas, begin with: purser keys new --last"
            .to_owned()
    });
    Ok(ExitCode::SUCCESS)
}

fn let_seal(settings: &Settings, id: KeyId) -> Result<ExitCode, StartError> {
    let shown = settings.keys.shown();
    let changed = settings.keys.change(|keys| {
        let known: Vec<String> = keys.ids().iter().map(KeyId::to_string).collect();
        let missing = || SettingsError::new(&shown, format!("has no key {id}, only {}", known.join(", ")));
        keys.move_first(id).then_some(()).ok_or_else(missing)
    })?;
    tell(&changed, &format!("The key {id} is first: it seals as soon as Purser has read it."));
    out::note("Restart every Purser, then: purser rotate-keys");
    Ok(ExitCode::SUCCESS)
}

/// Says what is new, or prints what has to be set where there is no file to write it to.
fn tell(changed: &Changed, words: &str) {
    match changed {
        Changed::File(path) => {
            out::note(format_args!("{words} It is in {}.", path.display()));
            out::note("Keep a copy of that file elsewhere, apart from the database: without its key nothing that was sealed opens.");
        }
        Changed::Setting(value) => {
            out::note(format_args!("{words} Nothing was changed: set PURSER_MASTER_KEYS to the line on stdout."));
            out::note(SECRET);
            out::line(value.expose_secret());
        }
    }
}

async fn list(settings: Settings) -> Result<ExitCode, StartError> {
    let context = Context::open(settings).await?;
    let sealing = &context.base.sealing;
    let uses = context.services.keys.uses(&context.caller).await?;
    // Where there are no keys the ring is a stand-in: its name would say nothing.
    let real = uses.iter().filter(|found| sealing.has_keys || found.role == KeyRole::Missing);
    out::table(&["key", "role", "values", "do not open"], &real.map(row).collect::<Vec<_>>());
    match &sealing.refusal {
        Some(words) => out::note(format_args!("warning: {words}")),
        None if !sealing.has_keys => out::note(NO_KEY_YET),
        None => {}
    }
    context.base.storage.close().await;
    Ok(ExitCode::SUCCESS)
}

fn row(found: &KeyUse) -> Vec<String> {
    let role = match found.role {
        KeyRole::Seals => "seals",
        KeyRole::Opens => "opens",
        KeyRole::Missing => "missing",
    };
    vec![found.id.clone().unwrap_or_else(|| "?".to_owned()), role.to_owned(), found.opens.to_string(), found.shut.to_string()]
}
