//! `purser migrate up|down|status`.

use super::args::Migrate;
use crate::config::Settings;
use crate::out;
use crate::serve::telemetry;
use crate::start::{StartError, open_existing, open_or_make};
use std::process::ExitCode;
use storage::{MigrationError, Storage};

/// Changes the schema, or lists the changes.
pub async fn run(settings: Settings, command: Migrate) -> Result<ExitCode, StartError> {
    telemetry::open_log(&settings.log, "warn");
    let storage = match command {
        Migrate::Up => open_or_make(&settings).await?,
        Migrate::Down { .. } | Migrate::Status => open_existing(&settings).await?,
    };
    let done = match command {
        Migrate::Up => up(&storage).await,
        Migrate::Down { steps, yes } => down(&storage, steps, yes).await,
        Migrate::Status => status(&storage).await,
    };
    storage.close().await;
    done.map_err(StartError::Schema)
}

async fn up(storage: &Storage) -> Result<ExitCode, MigrationError> {
    let made = storage.migrate().await?;
    made.iter().for_each(out::line);
    out::note(if made.is_empty() { "The database is up to date.".to_owned() } else { format!("{} changes made.", made.len()) });
    Ok(ExitCode::SUCCESS)
}

/// Takes the tables of each change away, and what is in them: never without being told to.
async fn down(storage: &Storage, steps: u32, yes: bool) -> Result<ExitCode, MigrationError> {
    if yes {
        let taken_back = storage.down(Some(steps)).await?;
        taken_back.iter().for_each(out::line);
        out::note(format_args!("{} changes taken back.", taken_back.len()));
        return Ok(ExitCode::SUCCESS);
    }
    let states = storage.migration_status().await?;
    let newest = states.iter().rev().filter(|state| state.applied).take(usize::try_from(steps).unwrap_or(usize::MAX));
    out::note("purser: this would take back the following changes, with all the data in their tables. Nothing was done.");
    newest.for_each(|state| out::note(format_args!("  {}", state.name)));
    out::note("Back up first; then say --yes.");
    Ok(ExitCode::FAILURE)
}

async fn status(storage: &Storage) -> Result<ExitCode, MigrationError> {
    let states = storage.migration_status().await?;
    let rows: Vec<_> = states.iter().map(|state| vec![state.name.clone(), word(state.applied).to_owned()]).collect();
    out::table(&["change", "state"], &rows);
    Ok(ExitCode::SUCCESS)
}

const fn word(applied: bool) -> &'static str {
    if applied { "made" } else { "missing" }
}
