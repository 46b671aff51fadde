//! Setup, signing in and out, sessions, the team.

use crate::wire::{AppError, PersonView, SessionView, SetupState, Viewer};
use leptos::prelude::*;
use vocab::{Role, SessionId, UserId};

/// Who is looking, if anybody is signed in.
#[server(name = ReadViewer, endpoint = "viewer")]
pub async fn viewer() -> Result<Option<Viewer>, AppError> {
    crate::ctx::viewer()
}

/// May the owner account be created from here? `link` is the one-time secret of the setup link, or empty.
#[server(name = ReadSetupState, endpoint = "setup_state")]
pub async fn setup_state(link: String) -> Result<SetupState, AppError> {
    crate::ctx::setup_state(&link).await
}

/// Creates the owner account and signs in.
#[server(endpoint = "setup")]
pub async fn setup(link: String, name: String, email: String, password: String, password_again: String) -> Result<(), AppError> {
    use crate::ctx;
    let form = services::people::NewPerson::from_form(name, email, password, password_again);
    let session = ctx::people()?.setup(form, &ctx::setup_link(link), ctx::browser()?).await.map_err(ctx::fail)?;
    ctx::sign_in_with(&session)
}

/// Signs in; `next` is the path to go to afterwards.
#[server(endpoint = "sign_in")]
pub async fn sign_in(email: String, password: String, next: Option<String>) -> Result<(), AppError> {
    use crate::ctx;
    let session = ctx::people()?.sign_in(&email, password.into(), ctx::browser()?).await.map_err(ctx::fail)?;
    ctx::sign_in_with_next(&session, next.as_deref())
}

/// Signs this browser out.
#[server(endpoint = "sign_out")]
pub async fn sign_out() -> Result<(), AppError> {
    use crate::ctx;
    ctx::people()?.sign_out(&ctx::caller()?).await.map_err(ctx::fail)?;
    ctx::forget_session()
}

/// Signed-in browsers of the person looking.
#[server(endpoint = "sessions")]
pub async fn sessions() -> Result<Vec<SessionView>, AppError> {
    use crate::{convert, ctx};
    let caller = ctx::caller()?;
    let sessions = ctx::people()?.sessions(&caller).await.map_err(ctx::fail)?;
    Ok(sessions.into_iter().map(|session| convert::session(session, caller.session_id())).collect())
}

/// Ends one of them.
#[server(endpoint = "end_session")]
pub async fn end_session(id: SessionId) -> Result<(), AppError> {
    use crate::ctx;
    ctx::people()?.end_session(&ctx::caller()?, id).await.map_err(ctx::fail)
}

/// Changes the password of the person looking and ends their other sessions.
#[server(endpoint = "change_password")]
pub async fn change_password(current: String, password: String, password_again: String) -> Result<(), AppError> {
    use crate::ctx;
    let new = services::people::NewPassword { password: password.into(), again: password_again.into() };
    let session = ctx::people()?.change_password(&ctx::caller()?, current.into(), new, ctx::browser()?).await.map_err(ctx::fail)?;
    ctx::keep_session(&session)
}

/// Everybody with an account.
#[server(endpoint = "team")]
pub async fn team() -> Result<Vec<PersonView>, AppError> {
    use crate::{convert, ctx};
    let caller = ctx::caller()?;
    let people = ctx::people()?.team(&caller).await.map_err(ctx::fail)?;
    Ok(people.into_iter().map(|user| convert::person(user, caller.actor.user_id())).collect())
}

/// Adds a person.
#[server(endpoint = "add_person")]
pub async fn add_person(name: String, email: String, role: Role, password: String) -> Result<(), AppError> {
    use crate::ctx;
    let form = services::people::NewPerson::from_form(name, email, password.clone(), password);
    ctx::people()?.add(&ctx::caller()?, form, role).await.map_err(ctx::fail).map(drop)
}

/// Gives a person another role.
#[server(endpoint = "set_role")]
pub async fn set_role(user_id: UserId, role: Role) -> Result<(), AppError> {
    use crate::ctx;
    ctx::people()?.set_role(&ctx::caller()?, user_id, role).await.map_err(ctx::fail)
}

/// Sets a person's password and ends their sessions.
#[server(endpoint = "reset_password")]
pub async fn reset_password(user_id: UserId, password: String) -> Result<(), AppError> {
    use crate::ctx;
    ctx::people()?.reset_password(&ctx::caller()?, user_id, password.into()).await.map_err(ctx::fail)
}

/// Stops a person from signing in, or lets them again.
#[server(endpoint = "set_active")]
pub async fn set_active(user_id: UserId, active: bool) -> Result<(), AppError> {
    use crate::ctx;
    ctx::people()?.set_active(&ctx::caller()?, user_id, active).await.map_err(ctx::fail)
}
