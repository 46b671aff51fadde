//! The navigation: a column on wide screens, a drawer on phones (a popover, so it opens without JavaScript).

use super::{Brand, NAVIGATION};
use crate::components::{Icon, IconName, ViewerContext};
use crate::routes;
use crate::wire::Viewer;
use leptos::prelude::*;
use leptos_router::components::A;
use vocab::Permission;

/// One entry.
struct Entry {
    href: &'static str,
    label: &'static str,
    icon: IconName,
    needs: Option<Permission>,
}

const PLATFORM: &[Entry] = &[
    Entry { href: routes::PROVIDERS, label: "External Services", icon: IconName::Plug, needs: Some(Permission::ViewPlatform) },
    Entry { href: routes::BUILDS, label: "Builds", icon: IconName::Screen, needs: Some(Permission::ManageBuilds) },
    Entry { href: routes::ACCESS, label: "Access tokens", icon: IconName::Ticket, needs: Some(Permission::ManageAccessTokens) },
    Entry { href: routes::USAGE, label: "Usage", icon: IconName::Bars, needs: Some(Permission::ViewPlatform) },
];

const FINANCE: &[Entry] = &[
    Entry { href: routes::AI_SPEND, label: "AI spend", icon: IconName::Bars, needs: Some(Permission::ViewFinance) },
    Entry { href: routes::SUPPLIERS, label: "Suppliers", icon: IconName::Ticket, needs: Some(Permission::ViewFinance) },
    Entry { href: routes::WORK_ITEMS, label: "Work items", icon: IconName::Check, needs: Some(Permission::ViewFinance) },
    Entry { href: routes::BILLS, label: "Bills", icon: IconName::Copy, needs: Some(Permission::ViewFinance) },
];

const ORGANISATION: &[Entry] = &[
    Entry { href: routes::AUDIT, label: "Activity", icon: IconName::Pulse, needs: Some(Permission::ViewAudit) },
    Entry { href: routes::SETTINGS, label: "Settings", icon: IconName::Sliders, needs: None },
];

/// All entries the viewer may open.
#[component]
pub fn Navigation() -> impl IntoView {
    let viewer = expect_context::<ViewerContext>();
    let drawer = NodeRef::<leptos::html::Nav>::new();
    // A press on a link changes the page without a reload, so the drawer has to be told to close.
    let close = move |_| {
        if let Some(drawer) = drawer.get_untracked() {
            let _ = drawer.hide_popover();
        }
    };
    view! {
        <nav class="navigation" id=NAVIGATION popover="auto" aria-label="Main" node_ref=drawer on:click=close>
            <Brand />
            <Transition>
                {move || {
                    viewer
                        .get()
                        .map(|viewer| {
                            view! {
                                <Section title="Platform" entries=PLATFORM viewer=viewer.clone() />
                                <Section title="Finance" entries=FINANCE viewer=viewer.clone() />
                                <Section title="Organisation" entries=ORGANISATION viewer=viewer />
                            }
                        })
                }}
            </Transition>
        </nav>
    }
    .into_any()
}

#[component]
fn Section(title: &'static str, entries: &'static [Entry], viewer: Viewer) -> impl IntoView {
    let items = entries
        .iter()
        .filter(|entry| entry.needs.is_none_or(|permission| viewer.may(permission)))
        .map(|entry| {
            view! {
                <li>
                    <A href=entry.href>
                        <Icon name=entry.icon />
                        {entry.label}
                    </A>
                </li>
            }
        })
        .collect::<Vec<_>>();
    if items.is_empty() {
        return ().into_any();
    }
    let id = format!("navigation-{}", title.to_lowercase());
    view! {
        <p class="navigation-title" id=id.clone()>
            {title}
        </p>
        <ul aria-labelledby=id>{items}</ul>
    }
    .into_any()
}
