//! Everybody with an account.

use super::TeamActions;
use super::person_row::PersonRow;
use crate::wire::PersonView;
use leptos::prelude::*;

/// A table; cards on a phone.
#[component]
pub fn TeamTable(people: Signal<Vec<PersonView>>, actions: TeamActions) -> impl IntoView {
    view! {
        <div class="table-frame" tabindex="0" role="region" aria-label="People with an account">
            <table class="data-table cards-on-phone">
                <caption class="visually-hidden">"People with an account"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Person"</th>
                        <th scope="col">"Role"</th>
                        <th scope="col">"Last sign-in"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">"Change"</th>
                    </tr>
                </thead>
                <tbody>
                    // The key is the whole row: one that changed is drawn anew, one that did not keeps what is open in it.
                    <For each=move || people.get() key=|person| format!("{person:?}") let:person>
                        <PersonRow person=person actions=actions />
                    </For>
                </tbody>
            </table>
        </div>
    }
}
