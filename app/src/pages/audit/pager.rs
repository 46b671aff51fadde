//! Through the log.

use super::query::href;
use crate::wire::AuditQuery;
use leptos::prelude::*;
use vocab::AuditId;

/// Where "Newest" and "Older" lead, where they make sense. Both keep the filters.
pub fn links(query: &AuditQuery, next: Option<AuditId>) -> (Option<String>, Option<String>) {
    let newest = (!query.before.is_empty()).then(|| href(query, ""));
    (newest, next.map(|next| href(query, &next.to_string())))
}

/// "Newest" and "Older".
#[component]
pub fn Pager(newest: Option<String>, older: Option<String>) -> impl IntoView {
    let any = newest.is_some() || older.is_some();
    any.then(|| {
        view! {
            <nav class="pager" aria-label="Pages of the log">
                {newest.map(|href| view! { <a class="button" href=href>"Newest"</a> })}
                {older.map(|href| view! { <a class="button" href=href>"Older"</a> })}
            </nav>
        }
    })
}
