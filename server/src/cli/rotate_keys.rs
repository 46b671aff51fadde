//! `purser rotate-keys`: everything sealed again under the newest key.

use super::context::Context;
use crate::config::Settings;
use crate::out;
use crate::start::StartError;
use std::io::IsTerminal;
use std::process::ExitCode;

/// Re-seals, shows progress on stderr, ends with the count of values still on an old key. Exit code 1 unless that is 0.
pub async fn run(settings: Settings) -> Result<ExitCode, StartError> {
    let context = Context::open(settings).await?;
    if let Some(words) = context.base.sealing.refusal.clone() {
        return Err(StartError::Keys(words));
    }
    let live = std::io::stderr().is_terminal();
    let keys = &context.services.keys;
    out::note(format_args!("Sealing everything under the key {}.", keys.current()));
    let report = keys.rotate(&context.caller, |done, total| progress(live, done, total)).await?;
    out::line(format_args!(
        "{} values on the current key, {} still on an old key, {} do not open",
        report.current, report.old, report.undecryptable
    ));
    context.base.storage.close().await;
    Ok(if report.old == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn progress(live: bool, done: u64, total: u64) {
    if live || done == total {
        out::note(format_args!("  {done} of {total}"));
    }
}
