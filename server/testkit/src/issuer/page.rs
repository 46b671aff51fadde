//! The vendors' pages: the question, the code to copy, the refusal. Plain HTML, no script.

use super::refusal::Refusal;
use super::rules::Vendor;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn page(title: &str, body: &str) -> String {
    let style = ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:3rem auto;padding:0 1rem}\
                 button{font:inherit;padding:.6rem 1.2rem;margin:.3rem .6rem .3rem 0;min-height:44px}code{word-break:break-all}";
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>{style}</style></head><body><main><h1>{title}</h1>{body}</main></body></html>"
    )
}

/// The question.
pub(super) fn ask(vendor: Vendor, query: &str) -> String {
    let request = escaped(query);
    let body = format!(
        "<p>This page stands in for the provider <b>{vendor}</b>. It runs on your own machine; nothing leaves it.</p>\
         <p>Purser asks to use your account.</p>\
         <form method=\"post\" action=\"authorize\"><input type=\"hidden\" name=\"request\" value=\"{request}\">\
         <button name=\"decision\" value=\"approve\">Approve</button><button name=\"decision\" value=\"deny\">Deny</button></form>{}",
        revoke_form()
    );
    page("Practice sign-in", &body)
}

/// Where a code is typed in, or confirmed.
pub(super) fn device(vendor: Vendor, user_code: &str) -> String {
    let code = escaped(user_code);
    let body = format!(
        "<p>This page stands in for the provider <b>{vendor}</b>. It runs on your own machine; nothing leaves it.</p>\
         <form method=\"post\" action=\"device\"><p><label>The code that Purser shows <input name=\"user_code\" value=\"{code}\" required></label></p>\
         <button name=\"decision\" value=\"approve\">Approve</button><button name=\"decision\" value=\"deny\">Deny</button></form>"
    );
    page("Practice sign-in", &body)
}

/// After the decision.
pub(super) fn decided(vendor: Vendor, yes: bool) -> String {
    let words = if yes { "You approved. Purser notices within seconds." } else { "You denied. Purser notices within seconds." };
    page("Thank you", &format!("<p>{vendor}: {words}</p>"))
}

fn revoke_form() -> &'static str {
    "<hr><form method=\"post\" action=\"revoke-now\"><p>End every sign-in that was approved here, as in the account's settings:</p>\
     <button>Revoke now</button></form>"
}

/// After “Revoke now”.
pub(super) fn revoked(vendor: Vendor) -> String {
    page("Revoked", &format!("<p>Every sign-in at <b>{vendor}</b> has been ended. Purser notices at its next check or refresh.</p>"))
}

/// The code to copy.
pub(super) fn code(code: &str, state: &str) -> String {
    let text = escaped(&format!("{code}#{state}"));
    page("Practice sign-in", &format!("<p>Paste this into Purser:</p><p><code id=\"code\">{text}</code></p>"))
}

/// A request that is not as the vendor wants it.
pub(super) fn refused(vendor: Vendor, refusal: &Refusal) -> Response {
    let body = format!("<p>{vendor} refuses this request: <b>{}</b>. {}</p>", escaped(&refusal.code), escaped(&refusal.message));
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::BAD_REQUEST);
    (status, Html(page("Invalid request", &body))).into_response()
}
