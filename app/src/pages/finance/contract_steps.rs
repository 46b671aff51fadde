//! What can be done with a contract as a whole.

use crate::components::{Card, ConfirmButton, ErrorNote, Field, Post, PostForm, error_of, field_error};
use crate::server_fns::finance::ContractStep;
use crate::wire::ContractView;
use leptos::prelude::*;
use vocab::ContractId;
use vocab::finance::ContractStatus;

/// Suspend, resume, terminate.
#[component]
pub fn Steps(view: Memo<ContractView>, step: Post<ContractStep>) -> impl IntoView {
    let what = Memo::new(move |_| view.with(|view| (view.id, view.edit.as_ref().map(|edit| edit.version), view.status)));
    let error = error_of(step);
    move || {
        let (id, version, status) = what.get();
        let version = version?;
        let steps: &'static [(&str, &str, &str)] = match status {
            ContractStatus::Active => &[
                ("suspend", "Suspend", "Evaluation and bill drafting stop; work items stay."),
                ("terminate", "Terminate", "It ends today, or on the day given. What is owed until then is still billed."),
            ],
            ContractStatus::Suspended => &[
                ("resume", "Resume", "Missed days are evaluated."),
                ("terminate", "Terminate", "It ends today, or on the day given. What is owed until then is still billed."),
            ],
            _ => &[("terminate", "Terminate the draft", "Its work items are put aside.")],
        };
        let form = move |words: &(&'static str, &'static str, &'static str)| form(*words, (id, version), step);
        Some(view! {
            <details class="more">
                <summary>"Suspend, resume, terminate"</summary>
                <Card title="Steps" id="steps">
                    <ErrorNote error=error />
                    <div class="form-fields">{steps.iter().map(form).collect_view()}</div>
                </Card>
            </details>
        })
    }
}

/// One step, which asks once, and most of them for a reason.
fn form(
    (step, label, about): (&'static str, &'static str, &'static str),
    (id, version): (ContractId, i64),
    action: Post<ContractStep>,
) -> AnyView {
    let error = error_of(action);
    let reason = (step != "resume").then(|| {
        view! { <Field label="Reason" name="reason" id=format!("reason-{step}") required=true error=field_error(error, "reason") /> }
    });
    let ended_on = (label == "Terminate").then(|| {
        let help = "The day after its last; today when left empty.";
        view! { <Field label="Ends on" name="ended_on" kind="date" help=help error=field_error(error, "ended_on") /> }
    });
    view! {
        <PostForm action=action>
            <p class="muted">{about}</p>
            <input type="hidden" name="id" value=id.to_string() />
            <input type="hidden" name="version" value=version.to_string() />
            <input type="hidden" name="step" value=step />
            {reason} {ended_on}
            <ConfirmButton
                id=format!("contract-{step}")
                label=label
                question=format!("{label}? {about}")
                confirm_label=format!("Yes, {}", label.to_lowercase())
                pending=action.pending()
                danger=step != "resume"
            />
        </PostForm>
    }
    .into_any()
}
