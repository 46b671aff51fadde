//! One line of the log.

use crate::components::{Chip, Moment, MomentForm};
use crate::wire::AuditView;
use leptos::prelude::*;
use vocab::Tone;

/// When, who, what, the outcome, and from where.
#[component]
pub fn LogRow(line: AuditView) -> impl IntoView {
    let (tone, outcome) = if line.succeeded { (Tone::Ok, "Done") } else { (Tone::Bad, "Failed") };
    let place = if line.address.is_empty() { "the server itself".to_owned() } else { line.address };
    let request = (!line.request_id.is_empty()).then(|| view! { <code class="muted block request-id">{line.request_id}</code> });
    view! {
        <tr>
            <td class="audit-when">
                <Moment at=line.at form=MomentForm::Full />
            </td>
            <th scope="row" class="audit-who">{line.actor}</th>
            <td class="audit-what">
                <span>{line.words}</span>
                {named(&line.object, &line.object_kind).map(|object| view! { <span class="audit-object">" · " {object}</span> })}
                {(!line.detail.is_empty()).then(|| view! { <span class="muted block">{line.detail}</span> })}
            </td>
            <td class="audit-outcome">
                <Chip tone=tone label=outcome />
            </td>
            <td class="audit-from">
                {place}
                {request}
            </td>
        </tr>
    }
}

/// The installation is the only one of its kind: naming it says nothing.
fn named(object: &str, kind: &str) -> Option<String> {
    (!object.is_empty() && kind != "installation").then(|| object.to_owned())
}
