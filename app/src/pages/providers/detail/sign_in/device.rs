//! Signing in with a code: begun here, approved on any device, watched by everybody who looks.

use super::super::screen::Screen;
use super::button_label;
use super::code::code;
use crate::components::{ErrorNote, Notice, PostForm, SubmitButton, error_of};
use crate::wire::{DeviceFlowView, DeviceView};
use leptos::prelude::*;
use vocab::{DeviceMode, DevicePhase, Health, Tone};

/// Shown in place of a script that would follow.
const WITHOUT_SCRIPT: &str = "<p>Reload this page to see how the sign-in goes on.</p>";
/// The steps of a sign-in that goes well.
const STEPS: [&str; 4] = ["Started", "Waiting for you", "Finishing", "Connected"];

/// The panel, made from what is stored: a reload, another tab and a phone show the same.
#[component]
pub fn DevicePanel(screen: Screen) -> impl IntoView {
    let device = screen.part(|detail| detail.device.clone());
    let name = screen.name();
    // What is announced stays in place while everything around it changes.
    let said = move || device.with(|device| device.as_ref().and_then(|device| device.flow.as_ref()).map(|flow| said(flow, &name)));
    view! {
        <div class="device-panel" data-testid="device-panel">
            <div role="status">{said}</div>
            {move || device.get().map(|device| body(screen, device))}
        </div>
    }
    .into_any()
}

fn said(flow: &DeviceFlowView, name: &str) -> AnyView {
    let notice = |tone, words: String| view! { <Notice tone=tone>{words}</Notice> }.into_any();
    let busy = |words: String| view! { <p class="waiting">{words}</p> }.into_any();
    match flow.phase {
        DevicePhase::Starting if flow.by_program => busy(format!("Starting the program of {name}…")),
        DevicePhase::Starting => busy(format!("Asking {name} for a code…")),
        DevicePhase::Waiting => busy("Waiting for you to approve in the browser…".to_owned()),
        DevicePhase::Finishing => busy("Approved. Finishing the sign-in…".to_owned()),
        DevicePhase::Connected => notice(Tone::Ok, format!("You are signed in to {name}.")),
        DevicePhase::Expired => notice(Tone::Warn, flow.words.clone()),
        DevicePhase::Denied | DevicePhase::Failed => notice(Tone::Bad, flow.words.clone()),
        DevicePhase::Cancelled => ().into_any(),
    }
}

fn body(screen: Screen, device: DeviceView) -> AnyView {
    let DeviceView { modes, missing_program, warnings, hints, flow } = device;
    let warnings = warnings.into_iter().map(|words| view! { <Notice tone=Tone::Warn>{words}</Notice> }).collect_view();
    match flow {
        Some(flow) if flow.phase.is_open() => view! { {warnings} {open(screen, flow, hints)} }.into_any(),
        ended => {
            let again = ended.is_some_and(|flow| flow.phase != DevicePhase::Connected);
            view! { {warnings} {missing_program.map(missing)} <Start screen=screen modes=modes again=again /> }.into_any()
        }
    }
}

fn missing(program: String) -> AnyView {
    view! {
        <Notice tone=Tone::Info>
            {format!("The program {program} is not installed on Purser's machine, so Purser asks for the code itself. To use the program, run there: ")}
            <code>{format!("purser tools install {program}")}</code>
        </Notice>
    }
    .into_any()
}

/// A button for each way, the best one first.
#[component]
fn Start(screen: Screen, modes: Vec<DeviceMode>, again: bool) -> impl IntoView {
    let action = screen.actions.start_device;
    let label = if again { "Start again".to_owned() } else { button_label(screen) };
    // A healthy connection needs no other sign-in.
    let tone = if screen.detail.with_untracked(|detail| detail.row.health.health == Health::Connected) { "plain" } else { "primary" };
    let mut modes = modes.into_iter();
    let first = modes.next();
    let other = modes.next().map(|mode| {
        let words = match mode {
            DeviceMode::Cli => "Let the provider's program do it",
            DeviceMode::Native => "Let Purser ask for the code itself",
        };
        view! {
            <PostForm action=action>
                <input type="hidden" name="id" value=screen.id().to_string() />
                <input type="hidden" name="mode" value=mode.as_str() />
                <SubmitButton label=words tone="plain" pending=action.pending() />
            </PostForm>
        }
    });
    view! {
        <div class="actions sticky-action">
            <PostForm action=action>
                <input type="hidden" name="id" value=screen.id().to_string() />
                {first.map(|mode| view! { <input type="hidden" name="mode" value=mode.as_str() /> })}
                <SubmitButton label=label tone=tone pending=action.pending() />
            </PostForm>
            {other}
        </div>
        <ErrorNote error=error_of(action) />
    }
    .into_any()
}

fn open(screen: Screen, flow: DeviceFlowView, hints: Vec<String>) -> AnyView {
    let step = match flow.phase {
        DevicePhase::Starting => 0,
        DevicePhase::Waiting => 1,
        _ => 2,
    };
    let by = flow.by.map(|by| view! { <p class="muted">{by} " began this sign-in. Everybody who may connect providers sees it."</p> });
    let steps = STEPS.into_iter().enumerate().map(|(index, words)| {
        view! {
            <li class:done={index < step} aria-current={(index == step).then_some("step")}>
                {words}
            </li>
        }
    });
    let hints = (step == 1).then(|| {
        let all =
            std::iter::once("Approve only a code that you asked for: whoever approves it connects their own account here.".to_owned())
                .chain(hints);
        view! { <ul class="device-hints">{all.map(|hint| view! { <li>{hint}</li> }).collect_view()}</ul> }
    });
    let cancel = view! { <Cancel screen=screen /> }.into_any();
    let code = match flow.code {
        Some(shown) => code(shown, cancel),
        None => view! { <div class="actions">{cancel}</div> }.into_any(),
    };
    view! {
        {by}
        {code}
        <noscript inner_html=WITHOUT_SCRIPT></noscript>
        <ol class="device-steps">{steps.collect_view()}</ol>
        {hints}
    }
    .into_any()
}

#[component]
fn Cancel(screen: Screen) -> impl IntoView {
    let action = screen.actions.cancel_device;
    view! {
        <PostForm action=action>
            <input type="hidden" name="id" value=screen.id().to_string() />
            <SubmitButton label="Cancel sign-in" tone="plain" pending=action.pending() />
            <ErrorNote error=error_of(action) />
        </PostForm>
    }
    .into_any()
}
