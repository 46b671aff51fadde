//! The list, below the form that starts one.

use super::start_form::StartForm;
use crate::components::{Asked, Card, Chip, EmptyState, ErrorNote, Loaded, Moment, MomentForm, Notice, Page, Post, Skeleton, ask};
use crate::live::{self, Topic};
use crate::routes;
use crate::server_fns::builds::{StartBuild, builds};
use crate::wire::{AppError, BuildRow, BuildsView};
use leptos::prelude::*;
use vocab::Tone;

/// Builds: a form for the next one, and all that were.
#[component]
pub fn BuildsPage() -> impl IntoView {
    let start = Post::<StartBuild>::new();
    let (live, providers) = (live::version(Topic::Builds), live::version(Topic::Providers));
    let all = ask(move || (live.get(), providers.get()), |_| builds());
    view! {
        <Page
            title="Builds"
            intro="A provider's own program works on a prompt in a sandbox. It borrows your sign-in and never keeps it."
            wide=true
        >
            <Transition fallback=|| view! { <Skeleton lines=8 /> }>
                <Body all=all start=start />
            </Transition>
        </Page>
    }
    .into_any()
}

#[component]
fn Body(all: Asked<Result<BuildsView, AppError>>, start: Post<StartBuild>) -> impl IntoView {
    let loaded = Loaded::of(all);
    let page = loaded.once(move |all| {
        // Signing in elsewhere makes a program ready while the page is open.
        let programs = Memo::new(move |_| all.with(|all| all.programs.clone()));
        let warnings =
            all.get_untracked().warnings.into_iter().map(|warning| view! { <Notice tone=Tone::Warn>{warning}</Notice> }).collect_view();
        view! {
            <div class="stack">
                {warnings}
                <Card title="Start a build" id="start-build">
                    {move || {
                        programs.track();
                        view! { <StartForm view=all.get_untracked() start=start /> }
                    }}
                </Card>
                <Card title="Builds" id="builds">
                    {move || rows(all.with(|all| all.builds.clone()))}
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

fn rows(builds: Vec<BuildRow>) -> AnyView {
    if builds.is_empty() {
        return view! { <EmptyState title="No builds yet" hint="Start one above; it can be left and come back to." /> }.into_any();
    }
    let rows = builds.into_iter().map(|row| {
        let BuildRow { id, title, about, phase, tone, created } = row;
        view! {
            <li class="build-row" data-testid=format!("build-row-{id}")>
                <a href=routes::build(id)>{title}</a>
                <span data-testid="build-status"><Chip tone=tone label=phase /></span>
                <span class="muted">{about}" · "<Moment at=created form=MomentForm::Full /></span>
            </li>
        }
    });
    view! { <ul class="plain build-list">{rows.collect_view()}</ul> }.into_any()
}
