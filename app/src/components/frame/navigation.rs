//! The navigation: a column on wide screens, a drawer on phones (a popover, so it opens without JavaScript).

use super::{AskedWaiting, Brand, NAVIGATION, OneOf, count};
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
    /// What waits there, and the words behind the number.
    waiting: Option<(OneOf, &'static str)>,
}

impl Entry {
    const fn new(href: &'static str, label: &'static str, icon: IconName, needs: Permission) -> Self {
        Self { href, label, icon, needs: Some(needs), waiting: None }
    }
}

const PLATFORM: &[Entry] = &[
    Entry {
        waiting: Some((|waiting| waiting.providers, " need attention")),
        ..Entry::new(routes::PROVIDERS, "External Services", IconName::Plug, Permission::ViewPlatform)
    },
    Entry::new(routes::BUILDS, "Builds", IconName::Screen, Permission::ManageBuilds),
    Entry::new(routes::ACCESS, "Access tokens", IconName::Ticket, Permission::ManageAccessTokens),
    Entry::new(routes::USAGE, "Usage", IconName::Bars, Permission::ViewPlatform),
];

const FINANCE: &[Entry] = &[
    Entry::new(routes::AI_SPEND, "AI spend", IconName::Bars, Permission::ViewFinance),
    Entry::new(routes::SUPPLIERS, "Suppliers", IconName::Ticket, Permission::ViewFinance),
    Entry {
        waiting: Some((|waiting| waiting.work_items, " to be done")),
        ..Entry::new(routes::WORK_ITEMS, "Work items", IconName::Check, Permission::ViewFinance)
    },
    Entry::new(routes::BILLS, "Bills", IconName::Copy, Permission::ViewFinance),
];

const ORGANISATION: &[Entry] = &[
    Entry::new(routes::AUDIT, "Activity", IconName::Pulse, Permission::ViewAudit),
    Entry { needs: None, ..Entry::new(routes::SETTINGS, "Settings", IconName::Sliders, Permission::ViewPlatform) },
];

/// All entries the viewer may open.
#[component]
pub fn Navigation(waiting: AskedWaiting) -> impl IntoView {
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
                                <Section title="Platform" entries=PLATFORM viewer=viewer.clone() waiting=waiting />
                                <Section title="Finance" entries=FINANCE viewer=viewer.clone() waiting=waiting />
                                <Section title="Organisation" entries=ORGANISATION viewer=viewer waiting=waiting />
                            }
                        })
                }}
            </Transition>
        </nav>
    }
    .into_any()
}

#[component]
fn Section(title: &'static str, entries: &'static [Entry], viewer: Viewer, waiting: AskedWaiting) -> impl IntoView {
    let items = entries
        .iter()
        .filter(|entry| entry.needs.is_none_or(|permission| viewer.may(permission)))
        .map(|entry| {
            let number = entry.waiting.map(|(of, words)| count(waiting, of, "navigation-count", words));
            view! {
                <li>
                    <A href=entry.href>
                        <Icon name=entry.icon />
                        {entry.label} {number}
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
