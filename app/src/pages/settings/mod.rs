//! `/platform/settings`: the viewer's own account and browsers, the look, and the team.

mod appearance;
mod change_password;
mod session_item;
mod sessions;
mod team;

use crate::components::Page;
use appearance::Appearance;
use change_password::ChangePassword;
use leptos::prelude::*;
use sessions::Sessions;
use team::Team;

/// One page with a section each; `#account`, `#browsers`, `#appearance` and `#team` lead to them.
#[component]
pub fn SettingsPage() -> impl IntoView {
    view! {
        <Page title="Settings" intro="Your account, the browsers you are signed in with, and who else may use Purser." wide=true>
            <div class="stack">
                <ChangePassword />
                <Sessions />
                <Appearance />
                <Team />
            </div>
        </Page>
    }
}
#[cfg(test)]
#[expect(missing_docs)]
pub fn preview() -> impl IntoView {
    use super::preview_b::*;
    use crate::wire::*;
    use vocab::*;
    let s = |d: &str, this: bool, b: &str| SessionView {
        id: format!("01890a5d-ac96-774b-bcce-b302099a80{b}").parse().unwrap(),
        device: d.into(),
        address: "192.168.1.20".into(),
        created: moment(AT),
        seen: moment(AT),
        is_this: this,
    };
    let list = res(vec![s("Chrome on Linux", true, "01"), s("Safari on iPhone", false, "02")]);
    view! { <Page title="Settings" intro="Your account, the browsers you are signed in with, and who else may use Purser." wide=true><div class="stack"><ChangePassword />
    {sessions::preview(list)} <Appearance /> {team::preview(res(Some(vec![person("Captain Ann", Role::Owner, true, true), person("Bo", Role::Operator, true, false), person("Cleo", Role::Finance, false, false)])))} </div></Page> }
}
