//! `purser user add|list|reset-password`.

use super::args::User;
use super::context::{Context, field_notes};
use super::password;
use crate::config::Settings;
use crate::out;
use crate::start::StartError;
use services::people::NewPerson;
use std::process::ExitCode;
use vocab::Role;

/// Adds, lists, sets a password.
pub async fn run(settings: Settings, command: User) -> Result<ExitCode, StartError> {
    let context = match &command {
        // The first account may be there before the first start.
        User::Add { .. } => Context::open_or_begin(settings).await?,
        User::List | User::ResetPassword { .. } => Context::open(settings).await?,
    };
    let done = match command {
        User::Add { email, name, role, password_stdin } => add(&context, name, email, role, password_stdin).await,
        User::List => list(&context).await,
        User::ResetPassword { email, password_stdin } => reset_password(&context, &email, password_stdin).await,
    };
    if let Err(StartError::Service(error)) = &done {
        field_notes(error);
    }
    context.base.storage.close().await;
    done.map(|()| ExitCode::SUCCESS)
}

async fn add(context: &Context, name: String, email: String, role: Role, from_stdin: bool) -> Result<(), StartError> {
    let password = password::ask(from_stdin)?;
    let form = NewPerson::from_form(name, email, password.clone(), password);
    let user = context.services.people.add(&context.caller, form, role).await?;
    out::note(format_args!("{} ({}) may sign in as {}.", user.name, user.email.as_str(), user.role.label().to_lowercase()));
    Ok(())
}

async fn list(context: &Context) -> Result<(), StartError> {
    let people = context.services.people.team(&context.caller).await?;
    let rows: Vec<_> = people
        .iter()
        .map(|user| {
            let state = if user.is_active() { "active" } else { "disabled" };
            let last = user.last_sign_in_at.map_or_else(|| "never".to_owned(), |at| at.date().to_string());
            vec![user.email.as_str().to_owned(), user.name.clone(), user.role.to_string(), state.to_owned(), last]
        })
        .collect();
    out::table(&["email", "name", "role", "state", "last sign-in"], &rows);
    Ok(())
}

async fn reset_password(context: &Context, email: &str, from_stdin: bool) -> Result<(), StartError> {
    let people = &context.services.people;
    let user = people.find_by_email(&context.caller, email).await?;
    people.reset_password(&context.caller, user.id, password::ask(from_stdin)?).await?;
    out::note(format_args!("The password of {} is set; their sessions have ended.", user.name));
    Ok(())
}
