//! What was done with this provider, newest first.

use super::screen::Screen;
use crate::components::{Card, Chip, Moment, MomentForm, use_may};
use crate::routes;
use crate::wire::AuditView;
use leptos::prelude::*;
use vocab::{Permission, Tone};

/// How many lines stand on the page; the log has the rest.
const LINES: usize = 8;

/// The newest lines of the audit log.
#[component]
pub fn Activity(screen: Screen) -> impl IntoView {
    let lines = screen.part(|detail| detail.activity.iter().take(LINES).cloned().collect::<Vec<_>>());
    let may_view = use_may(Permission::ViewAudit);
    let all = format!("{}?object_kind=provider&object_id={}", routes::AUDIT, screen.id());
    view! {
        <Card title="Activity" id="activity">
            <Show when=move || lines.with(|lines| !lines.is_empty()) fallback=|| view! { <p class="muted">"Nothing yet."</p> }>
                <ol class="activity">
                    <For each=move || lines.get() key=|line| line.id let:line>
                        <Line line=line />
                    </For>
                </ol>
            </Show>
            {move || {
                may_view
                    .get()
                    .then(|| {
                        view! {
                            <p>
                                <a href=all.clone()>"All activity of this provider"</a>
                            </p>
                        }
                    })
            }}
        </Card>
    }
    .into_any()
}

#[component]
fn Line(line: AuditView) -> impl IntoView {
    let AuditView { at, actor, words, succeeded, detail, .. } = line;
    view! {
        <li>
            <span class="activity-words">
                {words} {(!succeeded).then(|| view! { " " <Chip tone=Tone::Bad label="Failed" /> })}
            </span>
            {(!detail.is_empty()).then(|| view! { <span class="muted">{detail}</span> })}
            <span class="small-print">{actor}" · "<Moment at=at form=MomentForm::Ago /></span>
        </li>
    }
    .into_any()
}
