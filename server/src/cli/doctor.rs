//! `purser doctor`: what is in order and what is not, each in a line. It changes nothing.

use crate::config::{Notify, Settings};
use crate::out;
use crate::serve::telemetry;
use crate::start::{KeyPolicy, StartError, World, nowhere, open_existing, sealing};
use adapters::sandbox::{self, lookup};
use domain::cli::Tools;
use domain::provider::Provider;
use services::keys;
use services::ports::InstallationRepo;
use std::process::ExitCode;
use storage::{DatabaseKind, Storage};

/// Clocks further apart than this confuse leases and expiry.
const CLOCKS_APART: time::Duration = time::Duration::seconds(5);

/// What was found: printed line by line, and counted.
#[derive(Default)]
struct Findings {
    good: u32,
    doubtful: u32,
    wrong: u32,
}

impl Findings {
    fn good(&mut self, what: &str, words: impl std::fmt::Display) {
        self.good += 1;
        out::line(format_args!("ok       {what}: {words}"));
    }

    fn warn(&mut self, what: &str, words: impl std::fmt::Display) {
        self.doubtful += 1;
        out::line(format_args!("warning  {what}: {words}"));
    }

    fn wrong(&mut self, what: &str, words: impl std::fmt::Display) {
        self.wrong += 1;
        out::line(format_args!("WRONG    {what}: {words}"));
    }
}

/// Looks at everything; exit code 1 when something is wrong.
pub async fn run(settings: Settings) -> Result<ExitCode, StartError> {
    telemetry::open_log(&settings.log, "error");
    let mut findings = Findings::default();
    look_at_settings(&settings, &mut findings);
    look_at_files(&settings, &mut findings);
    look_at_notify(&settings, &mut findings);
    look_at_sandbox(&settings, &mut findings).await;
    match open_existing(&settings).await {
        Ok(storage) => {
            look_at_database(&settings, &storage, &mut findings).await;
            storage.close().await;
        }
        Err(error) => findings.wrong("database", out::causes(&error)),
    }
    let Findings { good, doubtful, wrong } = findings;
    out::note(format_args!("{good} in order, {doubtful} to look at, {wrong} wrong"));
    Ok(if wrong > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn look_at_settings(settings: &Settings, findings: &mut Findings) {
    findings.good("settings", format_args!("listens on {}, found at {}", settings.listen.addr, settings.listen.public_url.origin()));
    settings.warnings.iter().for_each(|warning| findings.warn("settings", warning));
    match settings.outbound.catalogue() {
        Ok(catalogue) => findings.good("catalogue", format_args!("{} providers", catalogue.iter().count())),
        Err(error) => findings.wrong("catalogue", error),
    }
    match settings.outbound.http() {
        Ok(_) => findings
            .good("certificates", settings.outbound.ca_file.as_ref().map_or("this machine's".into(), |file| file.display().to_string())),
        Err(error) => findings.wrong("certificates", error),
    }
}

fn look_at_files(settings: &Settings, findings: &mut Findings) {
    match settings.site.missing() {
        None => findings.good("pages", settings.site.root.display()),
        Some(words) => findings.warn("pages", words),
    }
}

/// Without either, people learn of trouble only when they open a page: allowed, and worth saying.
fn look_at_notify(settings: &Settings, findings: &mut Findings) {
    let Notify { mail, webhook } = &settings.notify;
    match mail {
        Some(mail) => findings.good("mail", format_args!("from {} through {}:{}", mail.from, mail.server.host, mail.server.port)),
        None => findings.good("mail", "not configured (PURSER_SMTP_URL)"),
    }
    match webhook {
        Some(webhook) => findings.good("webhook", webhook.host()),
        None => findings.good("webhook", "not configured (PURSER_WEBHOOK_URL)"),
    }
}

async fn look_at_sandbox(settings: &Settings, findings: &mut Findings) {
    match sandbox::pick(settings.sandbox, &settings.sandbox_settings()).await {
        Ok(sandbox) => {
            let nature = sandbox.nature();
            if nature.warnings.is_empty() {
                findings.good("sandbox", nature.name);
            }
            nature.warnings.iter().for_each(|warning| findings.warn("sandbox", format_args!("{}: {warning}", nature.name)));
        }
        Err(words) => findings.wrong("sandbox", format_args!("PURSER_SANDBOX says bubblewrap: {words}")),
    }
    if let (Ok(catalogue), Ok(tools)) = (settings.outbound.catalogue(), Tools::pinned()) {
        catalogue.iter().for_each(|provider| look_at_program(settings, provider, &tools, findings));
    }
}

/// The provider's own program, if it has one.
fn look_at_program(settings: &Settings, provider: &Provider, tools: &Tools, findings: &mut Findings) {
    let Some(cli) = &provider.cli else { return };
    let name = &cli.program;
    match lookup::find(name, &settings.tools_folder(), tools).map(lookup::Found::program) {
        Some(program) => findings.good("programs", format_args!("{} ({})", provider.name, program.file.display())),
        None if tools.get(name).is_some() => findings.warn(
            "programs",
            format_args!(
                "{name} is not installed: no sign-in with a code and no builds through it ({}). Run: purser tools install {name}",
                provider.name
            ),
        ),
        None => findings.warn("programs", format_args!("{name} is not there, as cli.program of {} names it", provider.id)),
    }
}

async fn look_at_database(settings: &Settings, storage: &Storage, findings: &mut Findings) {
    let kind = match settings.database.kind() {
        Some(DatabaseKind::Postgres) => "PostgreSQL",
        _ => "SQLite",
    };
    match storage.migration_status().await {
        Ok(states) => {
            let missing = states.iter().filter(|state| !state.applied).count();
            if missing == states.len() {
                return findings.wrong("database", nowhere(settings));
            }
            if missing > 0 {
                let words =
                    format!("{kind}: {missing} of {} changes are missing; the next start makes them (purser migrate up)", states.len());
                return findings.warn("database", words);
            }
            findings.good("database", format_args!("{kind}, up to date"));
        }
        Err(error) => return findings.wrong("database", out::causes(&error)),
    }
    look_at_clock(storage, findings).await;
    look_at_keys(settings, storage, findings).await;
}

async fn look_at_clock(storage: &Storage, findings: &mut Findings) {
    let here = World::real().clock.now();
    match storage.now().await {
        Ok(there) if (here - there).abs() <= CLOCKS_APART => findings.good("clock", "this machine and the database agree"),
        Ok(there) => {
            let apart = (here - there).whole_seconds().abs();
            findings.warn("clock", format_args!("this machine and the database are {apart} s apart"));
        }
        Err(error) => findings.wrong("clock", out::causes(&error)),
    }
}

async fn look_at_keys(settings: &Settings, storage: &Storage, findings: &mut Findings) {
    let world = World::real();
    let sealing = match sealing::unlock(&settings.keys, storage, &*world.entropy, KeyPolicy::Look).await {
        Ok(sealing) => sealing,
        Err(error) => return findings.wrong("keys", out::causes(&error)),
    };
    sealing.warnings.iter().for_each(|warning| findings.warn("keys", warning));
    match keys::report(storage, &sealing.ring).await {
        Ok(report) => {
            let counts = format!("{} current / {} old / {} undecryptable", report.current, report.old, report.undecryptable);
            match sealing.refusal {
                Some(words) => findings.wrong("keys", format_args!("{counts}. {words}")),
                None if report.old > 0 => findings.warn("keys", format_args!("{counts}; purser rotate-keys seals the old ones again")),
                None => findings.good("keys", counts),
            }
        }
        Err(error) => findings.wrong("keys", out::causes(&error)),
    }
}
