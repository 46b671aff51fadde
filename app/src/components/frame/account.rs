//! The account menu: who is signed in, the theme, the way out.

use crate::components::{Mark, Post, PostForm, SubmitButton, ThemeSwitch, ViewerContext};
use crate::server_fns::people::SignOut;
use leptos::prelude::*;

const MENU: &str = "account-menu";

/// A button with the viewer's name; its menu is a popover, so it opens without JavaScript.
#[component]
pub fn AccountMenu() -> impl IntoView {
    let viewer = expect_context::<ViewerContext>();
    let sign_out = Post::<SignOut>::new();
    let who = move || {
        viewer.get().map(|viewer| {
            view! {
                <p class="account-who">
                    <strong>{viewer.name}</strong>
                    <span class="muted">{viewer.email}</span>
                    <span class="muted">{viewer.role.label()}</span>
                </p>
            }
        })
    };
    let label = move || viewer.get().map(|viewer| viewer.name);
    view! {
        <button type="button" class="account-button" popovertarget=MENU aria-haspopup="dialog">
            <Transition>
                {move || label().map(|name| view! { <Mark name=name.clone() /> <span class="account-name">{name}</span> })}
            </Transition>
            <span class="visually-hidden">"Account menu"</span>
        </button>
        <div class="menu" id=MENU popover="auto" role="dialog" aria-label="Account menu">
            <Transition>{who}</Transition>
            <ThemeSwitch />
            <PostForm action=sign_out>
                <SubmitButton label="Sign out" tone="plain" pending=sign_out.pending() />
            </PostForm>
        </div>
    }
    .into_any()
}
