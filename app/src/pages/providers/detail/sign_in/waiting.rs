//! A sign-in under way: where to go on, where to paste, how long it lasts. Made from what is stored, so it survives a reload.

use super::super::screen::Screen;
use crate::components::{ErrorNote, Field, Moment, MomentForm, Notice, PostForm, SubmitButton, error_of, field_error};
use crate::routes;
use crate::wire::SignInView;
use leptos::prelude::*;
use vocab::Tone;

/// The viewer's own sign-in with all it takes, other people's in a line each.
#[component]
pub fn Waiting(screen: Screen) -> impl IntoView {
    let mine = screen.part(|detail| detail.sign_ins.iter().find(|sign_in| sign_in.mine).cloned());
    let others = screen.part(|detail| detail.sign_ins.iter().filter(|sign_in| !sign_in.mine).cloned().collect::<Vec<_>>());
    view! {
        <div role="status">
            {move || others.get().into_iter().map(other).collect_view()}
            {move || mine.get().map(|sign_in| view! { <Mine screen=screen sign_in=sign_in /> })}
        </div>
    }
    .into_any()
}

fn other(sign_in: SignInView) -> AnyView {
    view! {
        <Notice tone=Tone::Info>
            {sign_in.by} " is signing in (until " <Moment at=sign_in.expires form=MomentForm::Clock /> ")."
        </Notice>
    }
    .into_any()
}

#[component]
fn Mine(screen: Screen, sign_in: SignInView) -> impl IntoView {
    if sign_in.finishing {
        return view! { <p class="waiting">{format!("{} answered. Finishing the sign-in…", screen.name())}</p> }.into_any();
    }
    let port = sign_in.port_taken.map(|port| {
        view! {
            <Notice tone=Tone::Warn>
                {format!(
                    "Another program on this machine holds port {port} (often another sign-in tool), so the answer cannot reach Purser by itself. \
                     Paste it below, or close that program and start again.",
                )}
            </Notice>
        }
    });
    let lead = if sign_in.pasting {
        "Open the sign-in page, approve there, then paste what it ends on: the address in your browser, or the code it shows."
    } else {
        "Waiting for you to approve in the browser. If the page you end on cannot be reached, paste its address here."
    };
    view! {
        <div class="sign-in-waiting" data-testid="sign-in-waiting">
            {port}
            <p>{lead}</p>
            <p class="actions">
                <a class="button primary" href=routes::sign_in_onward(&screen.id()) target="_blank" rel="noopener">
                    "Open the sign-in page"
                    <span class="visually-hidden">" (opens in a new tab)"</span>
                </a>
                <span class="muted">"until " <Moment at=sign_in.expires.clone() form=MomentForm::Clock /></span>
            </p>
            <Paste screen=screen />
            <div class="divided">
                <Cancel screen=screen />
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Paste(screen: Screen) -> impl IntoView {
    let action = screen.actions.paste;
    let error = error_of(action);
    view! {
        <PostForm action=action>
            <input type="hidden" name="id" value=screen.id().to_string() />
            <Field
                label="Paste the address or code"
                name="answer"
                code=true
                required=true
                help="The whole address, or the code as shown. It is used once."
                error=field_error(error, "answer")
            />
            <div class="actions">
                <SubmitButton label="Finish sign-in" tone="plain" pending=action.pending() />
            </div>
            <ErrorNote error=error />
        </PostForm>
    }
    .into_any()
}

#[component]
fn Cancel(screen: Screen) -> impl IntoView {
    let action = screen.actions.cancel;
    view! {
        <PostForm action=action>
            <input type="hidden" name="id" value=screen.id().to_string() />
            <SubmitButton label="Cancel sign-in" tone="plain" pending=action.pending() />
            <ErrorNote error=error_of(action) />
        </PostForm>
    }
    .into_any()
}
