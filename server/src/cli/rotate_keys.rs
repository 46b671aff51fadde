//! `purser rotate-keys`: everything sealed again under the first key of the ring.

use super::context::Context;
use super::keys::NO_KEY_YET;
use crate::config::Settings;
use crate::out;
use crate::start::StartError;
use std::io::IsTerminal;
use std::process::ExitCode;

/// Re-seals, shows progress on stderr, says when there is nothing to do, ends with the count of values still on an old key.
/// Exit code 1 unless that is 0.
pub async fn run(settings: Settings) -> Result<ExitCode, StartError> {
    let context = Context::open(settings).await?;
    if let Some(words) = context.base.sealing.refusal.clone() {
        return Err(StartError::Keys(words));
    }
    let live = std::io::stderr().is_terminal();
    let (keys, caller) = (&context.services.keys, &context.caller);
    let mut report = keys.report(caller).await?;
    if report.old == 0 {
        out::note(nothing_to_move(&context));
    } else {
        out::note(format_args!(
            "Sealing everything under the key {}. A Purser that was not restarted since it was added does not know it.",
            keys.current()
        ));
        report = keys.rotate(caller, |done, total| progress(live, done, total)).await?;
    }
    out::line(format_args!(
        "{} values on the current key, {} still on an old key, {} do not open",
        report.current, report.old, report.undecryptable
    ));
    context.base.storage.close().await;
    Ok(if report.old == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn nothing_to_move(context: &Context) -> String {
    let current = context.services.keys.current();
    if !context.base.sealing.has_keys {
        return NO_KEY_YET.to_owned();
    }
    match context.base.ring().ids().count() {
        0 | 1 => format!("Nothing to move: {current} is the only key. Make a newer one with: purser keys new"),
        _ => format!("Nothing to move: everything lies under {current}, the first key, already. For a newer one: purser keys new"),
    }
}

fn progress(live: bool, done: u64, total: u64) {
    if live || done == total {
        out::note(format_args!("  {done} of {total}"));
    }
}
