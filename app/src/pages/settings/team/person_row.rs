//! One person.

use super::TeamActions;
use super::reset_password::ResetPasswordForm;
use super::role_form::RoleForm;
use super::state_form::StateForm;
use crate::components::{Chip, Mark, Moment, MomentForm};
use crate::wire::PersonView;
use leptos::prelude::*;
use vocab::Tone;

/// Who it is, and everything that can be done about it.
#[component]
pub fn PersonRow(person: PersonView, actions: TeamActions) -> impl IntoView {
    let id = person.user_id;
    let (tone, state) = if person.active { (Tone::Ok, "Active") } else { (Tone::Neutral, "Disabled") };
    let last = match person.last_sign_in {
        Some(at) => view! { <Moment at=at form=MomentForm::Ago /> }.into_any(),
        None => view! { <span class="muted">"Never"</span> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row">
                <div class="person">
                    <Mark name=person.name.clone() />
                    <span>
                        <span class="name-line">{person.name.clone()}</span>
                        {person.is_you.then(|| view! { <span class="muted">" (you)"</span> })}
                        <span class="muted person-email">{person.email.clone()}</span>
                    </span>
                </div>
            </th>
            <td data-label="Role">
                <RoleForm user_id=id name=person.name.clone() role=person.role set_role=actions.set_role />
            </td>
            <td data-label="Last sign-in">{last}</td>
            <td data-label="State">
                <Chip tone=tone label=state />
            </td>
            <td class="person-cell">
                <div class="person-actions">
                    <ResetPasswordForm user_id=id name=person.name.clone() reset=actions.reset_password />
                    <StateForm user_id=id name=person.name active=person.active set_active=actions.set_active />
                </div>
            </td>
        </tr>
    }
}
