//! `purser backup FILE`: the SQLite database in one new file, while the server runs.

use crate::config::{KeySource, Settings};
use crate::out;
use crate::serve::telemetry;
use crate::start::{StartError, open_existing};
use std::path::Path;
use std::process::ExitCode;
use storage::BackupError;

/// Copies; the file's name is the answer. The schema may be an older one: a copy is made before an upgrade.
pub async fn run(settings: Settings, file: &Path) -> Result<ExitCode, StartError> {
    telemetry::open_log(&settings.log, "warn");
    let storage = open_existing(&settings).await?;
    let copied = storage.backup(file).await;
    storage.close().await;
    match copied {
        Ok(size) => {
            out::line(file.display());
            out::note(format_args!("{size} bytes. {}", keys_are_apart(&settings.keys)));
            Ok(ExitCode::SUCCESS)
        }
        Err(error @ BackupError::Server) => {
            out::note(format_args!("purser: {error}: copy it with pg_dump. {}", keys_are_apart(&settings.keys)));
            Ok(ExitCode::FAILURE)
        }
        Err(error) => {
            out::note(format_args!("purser: no copy was made: {}", out::causes(&error)));
            Ok(ExitCode::FAILURE)
        }
    }
}

fn keys_are_apart(keys: &KeySource) -> String {
    format!(
        "The sealing keys are not in it: without {} the sealed credentials in a copy never open. Keep them as well, and in another place.",
        keys.shown()
    )
}
