//! `/platform/audit`, "Activity": who did what to which object, from where, with what outcome.

mod filters;
mod log_row;
mod log_table;
mod pager;
mod query;

use crate::components::{Asked, EmptyState, ErrorNote, Loaded, Page, Skeleton, ask};
use crate::server_fns::audit::audit_log;
use crate::wire::{self, AppError, AuditQuery};
use filters::{Filters, show_in_fields};
use leptos::either::Either;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use log_table::LogTable;
use pager::{Pager, links};
use query::{from_params, is_filtered};

/// The log, newest first. Filters and place live in the address, so a view can be shared and works without JavaScript.
#[component]
pub fn AuditPage() -> impl IntoView {
    let params = use_query_map();
    let query = Memo::new(move |_| params.with(from_params));
    let answer = ask(
        move || query.get(),
        |query| async move {
            let page = audit_log(query.clone()).await?;
            Ok((query, page))
        },
    );
    // "Clear" and the browser's "back" change the address, and fields that were typed in do not follow by themselves.
    Effect::new(move |before: Option<AuditQuery>| {
        let now = query.get();
        if before.is_some_and(|before| before != now) {
            show_in_fields(&now);
        }
        now
    });
    view! {
        <Page title="Activity" intro="What people, access tokens and Purser itself did, newest first. No line ever holds a secret." wide=true>
            <Transition fallback=|| view! { <Skeleton lines=10 /> }>
                <Log answer=answer />
            </Transition>
        </Page>
    }
}

/// Filters, lines, and the way to older ones. A page travels with the query it answers, so the two never disagree.
#[component]
fn Log(answer: Asked<Result<(AuditQuery, wire::AuditPage), AppError>>) -> impl IntoView {
    let loaded = Loaded::of(answer);
    let log = loaded.once(|answer| {
        move || {
            let (query, page) = answer.get();
            let (newest, older) = links(&query, page.next);
            let lines =
                if page.lines.is_empty() { Either::Left(nothing(&query)) } else { Either::Right(view! { <LogTable lines=page.lines /> }) };
            view! {
                <div class="stack">
                    <Filters query=query actions=page.actions />
                    {lines}
                    <Pager newest=newest older=older />
                </div>
            }
        }
    });
    view! {
        <ErrorNote error=loaded.error />
        {log}
    }
}

/// Nothing at all, nothing that matches, or nothing older.
fn nothing(query: &AuditQuery) -> impl IntoView + use<> {
    let (title, hint) = match (is_filtered(query), query.before.is_empty()) {
        (true, true) => ("Nothing matches these filters", "Choose fewer of them, or clear them all."),
        (false, true) => ("Nothing has happened yet", "Signing in, connecting a provider, making a token: each leaves a line here."),
        (_, false) => ("No older lines", "This is the beginning of the log."),
    };
    view! { <EmptyState title=title hint=hint /> }
}
