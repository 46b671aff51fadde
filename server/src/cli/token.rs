//! `purser token create|list|revoke`.

use super::args::Token;
use super::context::{Context, field_notes};
use crate::config::Settings;
use crate::out;
use crate::start::StartError;
use secrecy::ExposeSecret;
use services::access_tokens::{ListedToken, TokenForm};
use std::process::ExitCode;
use vocab::Scope;

/// Creates, lists, revokes.
pub async fn run(settings: Settings, command: Token) -> Result<ExitCode, StartError> {
    let context = Context::open(settings).await?;
    let done = match command {
        Token::Create { user, name, scopes, providers, models, days } => {
            create(&context, &user, TokenForm { name, scopes, providers, models, days }).await
        }
        Token::List => list(&context).await,
        Token::Revoke { id } => {
            context.services.access_tokens.revoke(&context.caller, id).await.map(|()| out::note("Revoked.")).map_err(StartError::from)
        }
    };
    if let Err(StartError::Service(error)) = &done {
        field_notes(error);
    }
    context.base.storage.close().await;
    done.map(|()| ExitCode::SUCCESS)
}

async fn create(context: &Context, email: &str, form: TokenForm) -> Result<(), StartError> {
    let creator = context.services.people.find_by_email(&context.caller, email).await?;
    let tokens = &context.services.access_tokens;
    let issued = tokens.create_for(&context.caller, creator.id, &creator.name, creator.role, form).await?;
    out::note(format_args!("Access token {} of {}. It is shown once, now:", issued.listed.token.name, creator.name));
    out::line(issued.secret.expose_secret());
    Ok(())
}

async fn list(context: &Context) -> Result<(), StartError> {
    let tokens = context.services.access_tokens.list(&context.caller).await?;
    out::table(&["id", "name", "of", "scopes", "state", "last used"], &tokens.iter().map(row).collect::<Vec<_>>());
    Ok(())
}

fn row(listed: &ListedToken) -> Vec<String> {
    let token = &listed.token;
    let state = match (token.revoked_at, listed.live) {
        (Some(_), _) => "revoked",
        (None, true) => "live",
        (None, false) => "expired",
    };
    let scopes: Vec<&str> = token.limits.scopes.iter().copied().map(Scope::as_str).collect();
    let used = token.last_used_at.map_or_else(|| "never".to_owned(), |at| at.date().to_string());
    vec![token.id.to_string(), token.name.clone(), listed.created_by.clone(), scopes.join(","), state.to_owned(), used]
}
