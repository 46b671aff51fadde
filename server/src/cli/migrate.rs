//! `purser migrate up|down|status`.

use super::args::Migrate;
use crate::config::Settings;
use crate::out;
use crate::serve::telemetry;
use crate::start::{StartError, open_existing, open_or_make};
use std::process::ExitCode;

/// Changes the schema, or lists the changes.
pub async fn run(settings: Settings, command: Migrate) -> Result<ExitCode, StartError> {
    telemetry::open_log(&settings.log, "warn");
    let storage = match command {
        Migrate::Up => open_or_make(&settings).await?,
        Migrate::Down { .. } | Migrate::Status => open_existing(&settings).await?,
    };
    match command {
        Migrate::Up => {
            let made = storage.migrate().await.map_err(StartError::Schema)?;
            made.iter().for_each(out::line);
            out::note(if made.is_empty() { "The database is up to date.".to_owned() } else { format!("{} changes made.", made.len()) });
        }
        Migrate::Down { steps } => {
            storage.down(Some(steps)).await.map_err(StartError::Schema)?;
            out::note(format_args!("{steps} changes taken back."));
        }
        Migrate::Status => {
            let states = storage.migration_status().await.map_err(StartError::Schema)?;
            let rows: Vec<_> = states.iter().map(|state| vec![state.name.clone(), word(state.applied).to_owned()]).collect();
            out::table(&["change", "state"], &rows);
        }
    }
    storage.close().await;
    Ok(ExitCode::SUCCESS)
}

const fn word(applied: bool) -> &'static str {
    if applied { "made" } else { "missing" }
}
