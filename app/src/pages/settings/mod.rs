//! `/platform/settings`: the viewer's own account and browsers, the look, notifications, and the team.

mod appearance;
mod change_password;
mod notifications;
mod session_item;
mod sessions;
mod team;

use crate::components::Page;
use appearance::Appearance;
use change_password::ChangePassword;
use leptos::prelude::*;
use notifications::NotificationSettings;
use sessions::Sessions;
use team::Team;

/// One page with a section each; `#account`, `#browsers`, `#appearance`, `#notifications` and `#team` lead to them.
#[component]
pub fn SettingsPage() -> impl IntoView {
    view! {
        <Page title="Settings" intro="Your account, the browsers you are signed in with, and who else may use Purser." wide=true>
            <div class="stack">
                <ChangePassword />
                <Sessions />
                <Appearance />
                <NotificationSettings />
                <Team />
            </div>
        </Page>
    }
}
