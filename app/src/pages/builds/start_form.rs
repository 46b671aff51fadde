//! The form that starts a build. It works without JavaScript.

use crate::components::{ErrorNote, Field, Notice, Post, PostForm, SelectField, SubmitButton, error_of, field_error, succeeded};
use crate::routes;
use crate::server_fns::builds::StartBuild;
use crate::wire::ProgramView;
use leptos::prelude::*;
use vocab::{Lending, Tone};

/// Program, prompt, how it borrows, where it works; and for each program that is not ready, what is missing.
#[component]
pub fn StartForm(programs: Vec<ProgramView>, roots: Vec<String>, start: Post<StartBuild>) -> impl IntoView {
    let (error, done) = (error_of(start), succeeded(start));
    let provider_error = field_error(error, "provider_id");
    let prompt_error = field_error(error, "prompt");
    let missing = missing(&programs);
    let ready: Vec<(String, String)> =
        programs.into_iter().filter(|program| program.trouble.is_none()).map(|p| (p.provider_id.to_string(), p.label)).collect();
    if ready.is_empty() {
        return view! {
            <p>"No program is ready to run builds yet. This is what is missing:"</p>
            {missing}
        }
        .into_any();
    }
    let lendings = Lending::ALL.iter().map(|lending| (lending.as_str().to_owned(), lending.describe().to_owned())).collect();
    let folder = folder(roots, field_error(error, "folder"));
    let said = move || done.get().then(|| view! { <Notice tone=Tone::Ok>"It is in the queue."</Notice> });
    view! {
        <PostForm action=start>
            <ErrorNote error=error />
            <div role="status">{said}</div>
            <SelectField label="Program" name="provider_id" options=ready />
            <p class="field-error">{move || provider_error.get()}</p>
            <div class="field">
                <label for="field-prompt">"Prompt"</label>
                <textarea id="field-prompt" name="prompt" rows="5" required=true aria-describedby="field-prompt-error"></textarea>
                <p class="field-error" id="field-prompt-error">{move || prompt_error.get()}</p>
            </div>
            <SelectField label="Credential" name="lending" options=lendings value=Lending::Lend.as_str() />
            {folder}
            <div class="actions">
                <SubmitButton label="Start build" pending=start.pending() />
            </div>
        </PostForm>
        {missing}
    }
    .into_any()
}

/// What each program lacks that is not ready.
fn missing(programs: &[ProgramView]) -> AnyView {
    let missing = programs.iter().filter_map(|program| {
        let trouble = program.trouble.clone()?;
        Some(view! { <li><a href=routes::provider(&program.provider_id)>{program.label.clone()}</a>": " {trouble}</li> })
    });
    view! { <ul class="help">{missing.collect_view()}</ul> }.into_any()
}

/// A folder that is open to builds, where there is one.
fn folder(roots: Vec<String>, error: Signal<Option<String>>) -> Option<AnyView> {
    let help = format!("Empty: a new folder, whose contents you can download. Otherwise below {}.", roots.join(", "));
    roots
        .into_iter()
        .next()
        .map(|_| view! { <Field label="Folder on Purser's machine" name="folder" code=true help=help error=error /> }.into_any())
}
