//! One build: how it stands and what can be done, its log as it comes, what it was told.

use super::log::{Log, Reading};
use crate::components::{
    Asked, Card, Chip, ConfirmButton, EmptyState, ErrorNote, Loaded, Moment, MomentForm, Notice, Page, Post, PostForm, Skeleton,
    SubmitButton, ask, error_of,
};
use crate::live::{self, Topic};
use crate::routes;
use crate::server_fns::builds::{CancelBuild, RetryBuild, build};
use crate::wire::{AppError, BuildNow, BuildPageView};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use std::time::Duration;
use vocab::{BuildId, Tone};

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

/// What a person may do with it.
#[derive(Clone, Copy)]
struct Acts {
    cancel: Post<CancelBuild>,
    retry: Post<RetryBuild>,
}

#[component]
fn BuildById(id: BuildId) -> impl IntoView {
    let acts = Acts { cancel: Post::new(), retry: Post::new() };
    let reading = Reading::new();
    let live = live::version(Topic::Builds);
    let source = move || (live.get(), acts.cancel.version().get(), reading.again.get());
    let detail = ask(source, move |_| build(id, reading.place.get_value()));
    view! {
        <Transition fallback=|| view! { <Skeleton lines=10 /> }>
            <Body detail=detail acts=acts reading=reading />
        </Transition>
    }
    .into_any()
}

#[component]
fn Body(detail: Asked<Result<BuildPageView, AppError>>, acts: Acts, reading: Reading) -> impl IntoView {
    let loaded = Loaded::of(detail);
    let page = loaded.once(move |page| view! { <Whole page=page acts=acts reading=reading /> });
    view! {
        <ErrorNote error=loaded.error />
        {page}
    }
    .into_any()
}

#[component]
fn Whole(page: Memo<BuildPageView>, acts: Acts, reading: Reading) -> impl IntoView {
    let BuildPageView { id, title, prompt, warnings, .. } = page.get_untracked();
    // Everything but the log and the seconds changes seldom: a question that is open stays open meanwhile.
    let now = Memo::new(move |_| page.with(|page| page.now.clone()));
    let warnings = warnings.into_iter().map(|warning| view! { <Notice tone=Tone::Warn>{warning}</Notice> }).collect_view();
    let prompt = prompt.map(|prompt| {
        view! {
            <details class="more">
                <summary>"The whole prompt"</summary>
                <pre class="build-prompt" role="region" tabindex="0" aria-label="The whole prompt">{prompt}</pre>
            </details>
        }
    });
    view! {
        <Page title=title intro="" crumb=("Builds".to_owned(), routes::BUILDS.to_owned()) wide=true>
            <div class="with-rail">
                <div class="stack">
                    {warnings}
                    <ErrorNote error=error_of(acts.cancel) />
                    <ErrorNote error=error_of(acts.retry) />
                    <section class="card build-now">
                        <div class="build-state">
                            <p role="status" data-testid="build-status">{move || now.with(state)}</p>
                            <Elapsed page=page />
                        </div>
                        {prompt}
                        {move || actions(id, &now.get(), acts)}
                    </section>
                    <Card title="Log" id="log">
                        <Log page=page reading=reading />
                    </Card>
                </div>
                <aside class="rail" aria-label="Facts">
                    <Card title="Facts">{move || facts(now.get())}</Card>
                </aside>
            </div>
        </Page>
    }
    .into_any()
}

fn state(now: &BuildNow) -> AnyView {
    let message = now.message.clone().map(|message| view! { <span class="build-message">{message}</span> });
    view! { <Chip tone=now.tone label=now.phase.clone() /> " " {message} }.into_any()
}

/// What can be done about it now; the one next step first.
fn actions(id: BuildId, now: &BuildNow, acts: Acts) -> AnyView {
    if now.open {
        return cancel(id, acts.cancel);
    }
    let download = now.artefacts.clone().map(|words| {
        let class = if now.succeeded { "button primary" } else { "button" };
        let address = format!("/api/v1/builds/{id}/artefacts");
        view! { <a class=class href=address download=true rel="external">"Download what it made ("{words}")"</a> }
    });
    let tone = if now.succeeded && download.is_some() { "plain" } else { "primary" };
    let again = if now.repeatable {
        view! {
            <PostForm action=acts.retry>
                <input type="hidden" name="id" value=id.to_string() />
                <SubmitButton label="Start again" tone=tone pending=acts.retry.pending() />
            </PostForm>
        }
        .into_any()
    } else {
        view! { <a class="button" href=routes::BUILDS>"Upload the archive again"</a> }.into_any()
    };
    view! { <div class="actions">{download}{again}</div> }.into_any()
}

fn cancel(id: BuildId, action: Post<CancelBuild>) -> AnyView {
    view! {
        <div class="actions">
            <PostForm action=action>
                <input type="hidden" name="id" value=id.to_string() />
                <ConfirmButton
                    id="cancel-build"
                    label="Cancel build"
                    question="Cancel this build? All its processes end at once."
                    confirm_label="Cancel the build"
                    pending=action.pending()
                />
            </PostForm>
        </div>
    }
    .into_any()
}

fn facts(now: BuildNow) -> AnyView {
    let facts = now.facts.into_iter().map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> }).collect_view();
    view! {
        <dl class="facts">
            {facts}
            <div>
                <dt>"Asked for"</dt>
                <dd><Moment at=now.created form=MomentForm::Full /></dd>
            </div>
        </dl>
    }
    .into_any()
}

/// For how long its program has been running, counted on from what the server said.
#[component]
fn Elapsed(page: Memo<BuildPageView>) -> impl IntoView {
    let seconds = RwSignal::new(page.with_untracked(|page| page.running));
    Effect::new(move || seconds.set(page.with(|page| page.running)));
    Effect::new(move || {
        let tick = move || seconds.update(|seconds| *seconds = seconds.map(|seconds| seconds + 1));
        if let Ok(handle) = set_interval_with_handle(tick, Duration::from_secs(1)) {
            on_cleanup(move || handle.clear());
        }
    });
    let text = move || seconds.get().map(|seconds| format!("{}:{:02}", seconds / 60, seconds % 60));
    view! { <span class="build-elapsed" data-testid="build-elapsed" role="timer" aria-label="Running for">{text}</span> }.into_any()
}
