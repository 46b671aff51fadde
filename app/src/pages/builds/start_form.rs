//! The form that starts a build. It works without a script, and comes back as it was filled in.

use crate::components::{ErrorNote, Field, Post, PostForm, SelectField, SubmitButton, TextArea, error_of, field_error};
use crate::routes;
use crate::server_fns::builds::StartBuild;
use crate::wire::{AppError, BuildDraft, BuildsView, ProgramView};
use leptos::prelude::*;
use vocab::WorkspaceKind;

/// Program, prompt, how it borrows, what it works on; and for each program that is not ready, what is missing.
#[component]
pub fn StartForm(view: BuildsView, start: Post<StartBuild>) -> impl IntoView {
    let BuildsView { programs, roots, lendings, archive_help, draft, .. } = view;
    let missing = missing(&programs);
    let ready: Vec<(String, String)> =
        programs.into_iter().filter(|program| program.trouble.is_none()).map(|p| (p.provider_id.to_string(), p.label)).collect();
    if ready.is_empty() && draft.is_none() {
        return view! {
            <p>"No program is ready to run builds yet. This is what is missing:"</p>
            {missing}
        }
        .into_any();
    }
    let BuildDraft { provider_id, prompt, lending, workspace, folder, error: refused } = draft.unwrap_or_default();
    // What was wrong with a form that came without a script, until there is an answer to this one.
    let posted = error_of(start);
    let error = Signal::derive(move || if start.version().get() == 0 { posted.get().or_else(|| refused.clone()) } else { posted.get() });
    let (prompt_error, described) = (field_error(error, "prompt"), "field-prompt-error");
    let wrong = Signal::derive(move || prompt_error.with(Option::is_some));
    view! {
        <PostForm action=start upload=true>
            <div class="field">
                <label for="field-prompt">"Prompt"</label>
                <TextArea id="field-prompt" name="prompt" rows=5 value=prompt required=true described=described wrong=wrong />
                <p class="field-error" id=described>{move || prompt_error.get()}</p>
            </div>
            <div class="build-choices">
                <SelectField label="Program" name="provider_id" options=ready value=provider_id error=field_error(error, "provider_id") />
                <SelectField label="Credential" name="lending" options=lendings value=lending error=field_error(error, "lending") />
            </div>
            <WorksOn chosen=workspace roots=roots folder=folder archive_help=archive_help error=error />
            <ErrorNote error=error />
            <div class="actions">
                <SubmitButton label="Start build" pending=start.pending() />
            </div>
        </PostForm>
        {missing}
    }
    .into_any()
}

/// What each program lacks that is not ready.
fn missing(programs: &[ProgramView]) -> Option<AnyView> {
    let missing: Vec<_> = programs
        .iter()
        .filter_map(|program| {
            let trouble = program.trouble.clone()?;
            Some(view! { <li><a href=routes::provider(&program.provider_id)>{program.label.clone()}</a>": " {trouble}</li> })
        })
        .collect();
    (!missing.is_empty()).then(|| view! { <ul class="help build-missing">{missing}</ul> }.into_any())
}

/// The choice of a workspace; the style sheet shows only what belongs to the one that is chosen.
#[component]
fn WorksOn(chosen: String, roots: Vec<String>, folder: String, archive_help: String, error: Signal<Option<AppError>>) -> impl IntoView {
    let choice = |kind: WorkspaceKind, words: &'static str| {
        let is = chosen == kind.as_str() || (chosen.is_empty() && kind == WorkspaceKind::Empty);
        view! {
            <label class="build-choice">
                <input type="radio" name="workspace" value=kind.as_str() checked=is />
                {words}
            </label>
        }
        .into_any()
    };
    let folder_choice = (!roots.is_empty()).then(|| {
        let help = format!("Below {}. It works in the folder itself: what it changes there stays changed.", roots.join(", "));
        view! {
            {choice(WorkspaceKind::Folder, "A folder on Purser's machine")}
            <div class="for-folder">
                <Field label="Folder" name="folder" code=true help=help value=folder error=field_error(error, "folder") />
            </div>
        }
    });
    view! {
        <fieldset class="build-workspace">
            <legend>"Works on"</legend>
            {choice(WorkspaceKind::Empty, "A new, empty folder")}
            {choice(WorkspaceKind::Archive, "A new folder with what an archive holds")}
            <Archive help=archive_help error=field_error(error, "archive") />
            {folder_choice}
        </fieldset>
    }
    .into_any()
}

/// The field for an archive.
#[component]
fn Archive(help: String, error: Signal<Option<String>>) -> impl IntoView {
    let described = move || if error.with(Option::is_some) { "field-archive-help field-archive-error" } else { "field-archive-help" };
    view! {
        <div class="field for-archive">
            <label for="field-archive">"Archive"</label>
            <input
                id="field-archive"
                name="archive"
                type="file"
                accept=".tar,.tar.gz,.tgz,application/x-tar,application/gzip"
                aria-describedby=described
                aria-invalid=move || error.with(Option::is_some).then_some("true")
            />
            <p class="help" id="field-archive-help">{help}</p>
            <p class="field-error" id="field-archive-error">{move || error.get()}</p>
        </div>
    }
    .into_any()
}
