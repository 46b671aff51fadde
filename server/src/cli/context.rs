//! What every command but `serve` begins with.

use crate::config::Settings;
use crate::out;
use crate::serve::telemetry;
use crate::start::{Base, KeyPolicy, SchemaPolicy, StartError, World};
use domain::people::Caller;
use services::{ServiceError, Services};
use std::sync::Arc;

/// An open installation and who is asking: the person at the machine.
pub struct Context {
    /// The parts.
    pub base: Base,
    /// The use cases.
    pub services: Services,
    /// The command line.
    pub caller: Caller,
}

impl Context {
    /// Opens the installation beside a server that may be running: nothing is made, no schema changed.
    ///
    /// # Errors
    /// The first thing that is wrong, in words; [`StartError::Nowhere`] where there is no installation.
    pub async fn open(settings: Settings) -> Result<Self, StartError> {
        Self::with(settings, SchemaPolicy::Expect).await
    }

    /// The same, and begins an installation where there is none. No key is made: the first start does that.
    ///
    /// # Errors
    /// The first thing that is wrong, in words.
    pub async fn open_or_begin(settings: Settings) -> Result<Self, StartError> {
        Self::with(settings, SchemaPolicy::Begin).await
    }

    async fn with(settings: Settings, schema: SchemaPolicy) -> Result<Self, StartError> {
        telemetry::open_log(&settings.log, "warn");
        settings.warnings.iter().for_each(|warning| out::note(format_args!("warning: {warning}")));
        let base = Base::open(Arc::new(settings), &World::real(), schema, KeyPolicy::Look).await?;
        // Nothing here sends inference, so nobody has to write usage rows.
        let (services, _) = base.services();
        Ok(Self { base, services, caller: Caller::command_line() })
    }
}

/// Prints what is wrong with each field, for a person at a terminal.
pub fn field_notes(error: &ServiceError) {
    if let ServiceError::Invalid(fields) = error {
        for (field, words) in &fields.0 {
            out::note(format_args!("  {field}: {words}"));
        }
    }
}
