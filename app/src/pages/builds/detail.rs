//! One build: its log as it comes, how it stands, and what it made.

use crate::components::{
    Asked, Card, Chip, ConfirmButton, EmptyState, ErrorNote, Loaded, Moment, MomentForm, Page, Post, PostForm, Skeleton, SubmitButton, ask,
    error_of,
};
use crate::live::{self, Topic};
use crate::routes;
use crate::server_fns::builds::{CancelBuild, RetryBuild, build};
use crate::wire::{AppError, BuildPageView};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use vocab::BuildId;

/// The build in the address.
#[component]
pub fn BuildPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).and_then(|id| id.parse::<BuildId>().ok()));
    move || match id.get() {
        Some(id) => view! { <BuildById id=id /> }.into_any(),
        None => view! { <EmptyState title="There is no such build" hint="Its address is not one." /> }.into_any(),
    }
}

#[component]
fn BuildById(id: BuildId) -> impl IntoView {
    let (cancel, retry) = (Post::<CancelBuild>::new(), Post::<RetryBuild>::new());
    let live = live::version(Topic::Builds);
    let detail = ask(move || (live.get(), cancel.version().get()), move |_| build(id));
    view! {
        <Page title="Build" intro="" crumb=("Builds".to_owned(), routes::BUILDS.to_owned()) wide=true>
            <Transition fallback=|| view! { <Skeleton lines=10 /> }>
                <Body detail=detail cancel=cancel retry=retry />
            </Transition>
        </Page>
    }
    .into_any()
}

#[component]
fn Body(detail: Asked<Result<BuildPageView, AppError>>, cancel: Post<CancelBuild>, retry: Post<RetryBuild>) -> impl IntoView {
    let loaded = Loaded::of(detail);
    let page = loaded.once(move |page| {
        view! {
            <div class="stack">
                <ErrorNote error=error_of(cancel) />
                <ErrorNote error=error_of(retry) />
                {move || top(page.get(), cancel, retry)}
                <Card title="Log" id="log">
                    {move || log(page.get())}
                </Card>
            </div>
        }
    });
    view! {
        <ErrorNote error=loaded.error />
        {page}
    }
    .into_any()
}

/// What can be done about it now.
fn act(id: String, open: bool, cancel: Post<CancelBuild>, retry: Post<RetryBuild>) -> AnyView {
    if open {
        view! {
            <PostForm action=cancel>
                <input type="hidden" name="id" value=id />
                <ConfirmButton
                    id="cancel-build"
                    label="Cancel"
                    question="Cancel this build? All its processes end at once."
                    confirm_label="Cancel the build"
                    pending=cancel.pending()
                />
            </PostForm>
        }
        .into_any()
    } else {
        view! {
            <PostForm action=retry>
                <input type="hidden" name="id" value=id />
                <SubmitButton label="Start again" tone="plain" pending=retry.pending() />
            </PostForm>
        }
        .into_any()
    }
}

/// What is asked of it, how it stands, what can be done.
fn top(page: BuildPageView, cancel: Post<CancelBuild>, retry: Post<RetryBuild>) -> AnyView {
    let BuildPageView { row, prompt, facts, message, artefacts, .. } = page;
    let id = row.id;
    let facts = facts.into_iter().map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> }).collect_view();
    let download = artefacts.map(|words| {
        view! { <a class="button" href=format!("/api/v1/builds/{id}/artefacts") download=true rel="external">"Download what it made ("{words}")"</a> }
    });
    let act = act(id.to_string(), row.open, cancel, retry);
    let next = move || {
        let answer = retry.value().get()?.ok()?;
        Some(view! { <p>"Started again: "<a href=routes::build(answer)>"the new build"</a></p> })
    };
    view! {
        <Card title="What it is told" id="prompt">
            <pre class="build-prompt">{prompt}</pre>
            <p role="status" data-testid="build-status"><Chip tone=row.tone label=row.phase /> " " {message}</p>
            <p class="muted">{row.about}" · "<Moment at=row.created form=MomentForm::Full /></p>
            <dl class="facts">{facts}</dl>
            <div class="actions">{download}{act}</div>
            {next}
        </Card>
    }
    .into_any()
}

fn log(page: BuildPageView) -> AnyView {
    let BuildPageView { row, log, cut, .. } = page;
    if log.is_empty() {
        let words = if row.open { "Nothing printed yet." } else { "It printed nothing." };
        return view! { <p class="muted">{words}</p> }.into_any();
    }
    let spans = log.into_iter().map(|(class, text)| view! { <span class=class>{text}</span> }).collect_view();
    let before = cut.then(|| view! { <p class="muted">"The beginning is left out here; the machine API has all of it."</p> });
    view! {
        {before}
        <pre class="build-log" data-testid="build-log" tabindex="0" aria-label="What the program printed">{spans}</pre>
    }
    .into_any()
}
