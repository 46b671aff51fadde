//! One signed-in browser.

use crate::components::{Chip, Moment, MomentForm, Post, PostForm, SubmitButton};
use crate::server_fns::people::EndSession;
use crate::wire::SessionView;
use leptos::prelude::*;
use vocab::Tone;

/// Device, place, times, and a button that signs it out.
#[component]
pub fn SessionItem(session: SessionView, end: Post<EndSession>) -> impl IntoView {
    let id = session.id;
    let pending = end.pending_about(id.to_string());
    let label = if session.is_this { "Sign out here" } else { "Sign out" };
    let place = if session.address.is_empty() { "an unknown address".to_owned() } else { session.address };
    view! {
        <li class="session">
            <div class="session-what">
                <p class="name-line">
                    {session.device.clone()} {session.is_this.then(|| view! { <Chip tone=Tone::Info label="This browser" /> })}
                </p>
                <p class="muted">
                    "from " {place} " · since " <Moment at=session.created form=MomentForm::Day /> " · last seen "
                    <Moment at=session.seen form=MomentForm::Ago />
                </p>
            </div>
            <PostForm action=end>
                <input type="hidden" name="id" value=id.to_string() />
                <SubmitButton label=label tone="plain" pending=pending />
            </PostForm>
        </li>
    }
}
