//! What a server function can reach: the services, who is asking, and the answer's headers.
//!
//! The router's middleware has already proved who is asking and put a [`Caller`] into the request's extensions.

use crate::convert;
use crate::wire::{AppError, ErrorCode, FinancePanel, SetupState, Viewer};
use axum::http::{HeaderValue, StatusCode, header, request::Parts};
use domain::people::{Caller, User};
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;
use secrecy::{ExposeSecret, SecretString};
use services::people::{Browser, NewSession, People, SetupAccess, SetupNeed};
use services::{ServiceError, ServiceResult, Services};
use std::sync::Arc;
use vocab::{Permission, ProviderId};

/// What the server hands to every render and server function.
#[derive(Clone)]
pub struct ServerContext {
    /// Every use case.
    pub services: Arc<Services>,
    /// Is this installation a practice one?
    pub practice: bool,
    /// Session cookies are `Secure` and `__Host-` when the public URL is https.
    pub secure_cookies: bool,
}

/// The request came from this machine, to a public URL on this machine, through no proxy. Set by the router.
#[derive(Debug, Clone, Copy)]
pub struct FromThisMachine(pub bool);

/// Name of the session cookie.
pub const fn session_cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-purser_session" } else { "purser_session" }
}

/// The services.
///
/// # Errors
/// When called outside a request.
pub fn services() -> Result<Arc<Services>, AppError> {
    Ok(context()?.services)
}

/// People's services.
///
/// # Errors
/// When called outside a request.
pub fn people() -> Result<People, AppError> {
    Ok(context()?.services.people.clone())
}

/// Who is asking.
///
/// # Errors
/// [`ErrorCode::SignedOut`], with status 401.
pub fn caller() -> Result<Caller, AppError> {
    extension::<Caller>().ok_or_else(|| fail(ServiceError::SignedOut))
}

/// The browser behind the request.
///
/// # Errors
/// When called outside a request.
pub fn browser() -> Result<Browser, AppError> {
    extension::<Browser>().ok_or_else(outside)
}

/// What Finance says of a provider, as the caller may see it.
///
/// # Errors
/// Whatever Finance's rows are read with.
pub async fn finance_panel(caller: &Caller, services: &Services, id: &ProviderId) -> ServiceResult<Option<FinancePanel>> {
    let service = &services.finance;
    let Some(panel) = service.panel(caller, id).await? else { return Ok(None) };
    let contract = panel.facts.as_ref().and_then(|facts| facts.contract.as_ref()).map(|contract| contract.id);
    let allowances = match contract.filter(|_| caller.may(Permission::ViewFinance)) {
        Some(contract) => service.contract_figures(caller, contract, service.now()).await?.allowances,
        None => Vec::new(),
    };
    Ok(Some(convert::finance::finance_panel(panel, &allowances, caller)))
}

/// From a service's error to what the browser sees; sets the status.
pub fn fail(error: ServiceError) -> AppError {
    let mut error = convert::app_error(error);
    error.request_id = extension::<Browser>().map(|browser| browser.origin.request_id);
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    }
    error
}

/// A form's error: when the browser itself waits for the answer, the page is rendered anew, so what was entered comes back.
pub fn fail_form(mut error: AppError, fields: &convert::finance::Fields) -> AppError {
    let parts = use_context::<Parts>();
    let accept = parts.as_ref().and_then(|parts| parts.headers.get(header::ACCEPT)).and_then(|accept| accept.to_str().ok());
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    }
    if accept.is_some_and(|accept| accept.contains("text/html")) {
        error = convert::finance::with_entered(error, fields);
    }
    error
}

/// Goes to another page of ours, if there is one to go to.
pub fn go_to(path: Option<String>) {
    if let Some(path) = path.filter(|path| is_our_path(path)) {
        leptos_axum::redirect(&path);
    }
}

/// Is this a practice installation?
pub fn is_practice() -> bool {
    use_context::<ServerContext>().is_some_and(|context| context.practice)
}

/// Who is looking, if anybody is signed in.
///
/// # Errors
/// When called outside a request.
pub fn viewer() -> Result<Option<Viewer>, AppError> {
    let practice = context()?.practice;
    Ok(extension::<User>().map(|user| convert::viewer(user, practice)))
}

/// May the owner account be created from here?
///
/// # Errors
/// When the database does not answer.
pub async fn setup_state(link: &str) -> Result<SetupState, AppError> {
    let need = people()?.setup_need(&setup_link(link.to_owned())).await.map_err(fail)?;
    Ok(match need {
        SetupNeed::Done => SetupState::Done,
        SetupNeed::Open => SetupState::Open,
        SetupNeed::NeedsLink => SetupState::NeedsLink,
    })
}

/// How the browser came to the setup page.
pub fn setup_link(link: String) -> SetupAccess {
    SetupAccess {
        link: (!link.is_empty()).then(|| SecretString::from(link)),
        from_this_machine: extension::<FromThisMachine>().is_some_and(|from| from.0),
    }
}

/// Sets the session cookie and goes to the first page.
///
/// # Errors
/// When called outside a request.
pub fn sign_in_with(session: &NewSession) -> Result<(), AppError> {
    sign_in_with_next(session, None)
}

/// Sets the session cookie and goes to `next`, if that is a path of ours.
///
/// # Errors
/// When called outside a request.
pub fn sign_in_with_next(session: &NewSession, next: Option<&str>) -> Result<(), AppError> {
    keep_session(session)?;
    leptos_axum::redirect(next.filter(|path| is_our_path(path)).unwrap_or("/platform/ai/providers"));
    Ok(())
}

/// Sets the session cookie.
///
/// # Errors
/// When called outside a request.
pub fn keep_session(session: &NewSession) -> Result<(), AppError> {
    set_cookie(&session_cookie(context()?.secure_cookies, session))
}

/// The session cookie as `Set-Cookie` takes it. Its value is a secret.
pub fn session_cookie(secure: bool, session: &NewSession) -> String {
    cookie(secure, session.secret.expose_secret(), 14 * 24 * 3600)
}

/// Deletes the session cookie and goes to the sign-in page.
///
/// # Errors
/// When called outside a request.
pub fn forget_session() -> Result<(), AppError> {
    set_cookie(&cookie(context()?.secure_cookies, "", 0))?;
    leptos_axum::redirect("/login");
    Ok(())
}

/// A path below our own origin: no scheme, no host, nothing a browser would read as one.
fn is_our_path(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\r', '\n'])
}

fn cookie(secure: bool, value: &str, max_age_seconds: u32) -> String {
    let name = session_cookie_name(secure);
    let flag = if secure { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_seconds}{flag}")
}

fn set_cookie(cookie: &str) -> Result<(), AppError> {
    let mut value = HeaderValue::from_str(cookie).map_err(|_| outside())?;
    value.set_sensitive(true);
    expect_context::<ResponseOptions>().append_header(header::SET_COOKIE, value);
    Ok(())
}

fn context() -> Result<ServerContext, AppError> {
    use_context::<ServerContext>().ok_or_else(outside)
}

fn extension<T: Clone + Send + Sync + 'static>() -> Option<T> {
    use_context::<Parts>().and_then(|parts| parts.extensions.get::<T>().cloned())
}

fn outside() -> AppError {
    AppError::new(ErrorCode::Internal, "This can only be used while a request is served.")
}

#[cfg(test)]
mod tests {
    use super::is_our_path;

    #[test]
    fn only_paths_of_ours_are_followed_after_signing_in() {
        for good in ["/", "/platform/audit?actor=x"] {
            assert!(is_our_path(good), "{good}");
        }
        for bad in ["", "https://evil.example", "//evil.example", "/\\evil.example", "javascript:1", "/a\r\nb"] {
            assert!(!is_our_path(bad), "{bad}");
        }
    }
}
