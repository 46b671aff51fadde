//! `purser tools install`: fetches a provider's program, in the version this release knows.

use super::args::Tools;
use crate::config::Settings;
use crate::out;
use crate::serve::telemetry;
use crate::start::StartError;
use adapters::http::{Purpose, client};
use adapters::tools::{Installed, Progress, ToolInstaller};
use domain::cli::Tools as Pinned;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};

/// Progress is told in steps of this size.
const STEP: u64 = 10_000_000;

/// Installs a program. Its path is the answer.
pub async fn run(settings: Settings, command: Tools) -> Result<ExitCode, StartError> {
    telemetry::open_log(&settings.log, "warn");
    let Tools::Install { name } = command;
    let pinned = Pinned::pinned().map_err(|error| StartError::Process(Box::new(error)))?;
    let Some(tool) = pinned.get(&name) else {
        let known: Vec<&str> = pinned.iter().map(|(name, _)| name).collect();
        out::note(format_args!("purser: there is no tool {name}; there are {}", known.join(" and ")));
        return Ok(ExitCode::FAILURE);
    };
    let registry = settings.outbound.registry()?;
    let http = client(&settings.outbound.http()?, Purpose::Inference)?;
    out::note(format_args!("Fetching {name} {} from {}", tool.version, registry.host_str().unwrap_or_default()));
    let told = AtomicU64::new(0);
    let installed =
        ToolInstaller::new(http, registry, settings.tools_folder()).install(&name, tool, |progress| tell(progress, &told)).await;
    match installed {
        Ok(Installed::Now(program)) => {
            out::note(format_args!("{name} {} is installed.", tool.version));
            out::line(program.display());
            Ok(ExitCode::SUCCESS)
        }
        Ok(Installed::Before(program)) => {
            out::note(format_args!("{name} {} was installed already.", tool.version));
            out::line(program.display());
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            out::note(format_args!("purser: {name} was not installed: {}", out::causes(&error)));
            Ok(ExitCode::FAILURE)
        }
    }
}

fn tell(progress: Progress, told: &AtomicU64) {
    match progress {
        Progress::Fetching(bytes, total) => {
            let steps = bytes / STEP;
            if told.swap(steps, Ordering::Relaxed) < steps {
                let of = total.map_or_else(String::new, |total| format!(" of {}", total / 1_000_000));
                out::note(format_args!("  {}{of} MB", bytes / 1_000_000));
            }
        }
        Progress::Unpacking => out::note("  it is genuine; unpacking"),
    }
}
