//! Signing in at a provider, as far as it needs a browser: off to the provider, and back.
//!
//! Off: a form posts to [`begin::begin`], which stores the pending sign-in and leads to a page of ours that sends the browser on.
//! (A form's own redirect to another site would be stopped by our `form-action`.) Back: [`callback::receive`], at our own address or
//! at a [`listener`]'s.

pub mod begin;
pub mod callback;
pub mod listener;
pub mod pages;

use crate::state::AppState;
use axum::http::Method;
use axum::routing::{MethodRouter, get};
use domain::provider::RedirectUri;

/// Where the form that begins it goes, and the page that sends the browser on.
pub const SIGN_IN: &str = "/platform/ai/providers/{provider_id}/sign-in";
/// Redirects to the provider. The sign-in's `state` stands in that redirect and in no page.
pub const ONWARD: &str = "/platform/ai/providers/{provider_id}/sign-in/onward";
/// The second address that providers may know us by.
pub const CALLBACK: &str = "/callback";

/// The routes, with the methods each answers.
pub fn routes() -> Vec<(&'static [Method], &'static str, MethodRouter<AppState>)> {
    const GET: &[Method] = &[Method::GET];
    const BOTH: &[Method] = &[Method::GET, Method::POST];
    vec![
        (BOTH, SIGN_IN, get(begin::leaving).post(begin::begin)),
        (GET, ONWARD, get(begin::onward)),
        (GET, RedirectUri::DEFAULT_PATH, get(callback::receive)),
        (GET, CALLBACK, get(callback::receive)),
    ]
}
