//! Who else may use Purser. Only people who may manage the team see it.

mod actions;
mod add_person;
mod person_row;
mod reset_password;
mod role_form;
mod roles;
mod state_form;
mod team_table;

use crate::components::{Asked, Card, ErrorNote, Loaded, Post, Skeleton, ViewerContext, ask};
use crate::live::{self, Topic};
use crate::server_fns::people::{AddPerson as AddPersonFn, team};
use crate::wire::{AppError, PersonView};
use actions::TeamActions;
use add_person::AddPerson;
use leptos::prelude::*;
use team_table::TeamTable;
use vocab::Permission;

/// Everybody; `None` for a viewer who may not see the team.
type People = Option<Vec<PersonView>>;

/// People with their roles, and a form that adds one. The list follows what happens elsewhere.
#[component]
pub fn Team() -> impl IntoView {
    let viewer = expect_context::<ViewerContext>();
    let actions = TeamActions::new();
    let add = Post::<AddPersonFn>::new();
    let live = live::version(Topic::Team);
    let people = ask(
        move || (live.get(), actions.versions(), add.version().get()),
        move |_| async move {
            match viewer.load().await {
                Some(viewer) if viewer.may(Permission::ManageTeam) => team().await.map(Some),
                _ => Ok(None),
            }
        },
    );
    view! {
        <Transition fallback=|| view! { <Skeleton /> }>
            <TeamCard people=people actions=actions add=add />
        </Transition>
    }
}

/// The section, if the viewer may see it.
#[component]
fn TeamCard(people: Asked<Result<People, AppError>>, actions: TeamActions, add: Post<AddPersonFn>) -> impl IntoView {
    let loaded = Loaded::of(people);
    let card = loaded.once(move |people: Memo<People>| {
        let everybody = Signal::derive(move || people.get().unwrap_or_default());
        view! {
            <Show when=move || people.with(Option::is_some)>
                <Card title="Team" id="team" class="team">
                    <div class="team-errors">
                        <ErrorNote error=actions.error() />
                    </div>
                    <TeamTable people=everybody actions=actions />
                    <AddPerson add=add />
                </Card>
            </Show>
        }
    });
    view! {
        <ErrorNote error=loaded.error />
        {card}
    }
}
