//! Who is looking, as a context for every page.

use super::Asked;
use crate::wire::{AppError, Viewer};
use leptos::prelude::*;
use vocab::Permission;

/// The person looking at the page. Read it inside a `<Suspense>` or `<Transition>`, like any resource.
#[derive(Clone, Copy)]
pub struct ViewerContext(pub Asked<Result<Option<Viewer>, AppError>>);

impl ViewerContext {
    /// The viewer; `None` while it loads and when nobody is signed in.
    pub fn get(self) -> Option<Viewer> {
        self.0.get().and_then(Result::ok).flatten()
    }

    /// The same as a signal.
    pub fn signal(self) -> Signal<Option<Viewer>> {
        Signal::derive(move || self.get())
    }

    /// Waits for it; for `Suspend`.
    pub async fn load(self) -> Option<Viewer> {
        self.0.await.ok().flatten()
    }
}

/// May the viewer do this? For hiding what would be refused; the server checks in any case. `false` while it loads. Read it
/// inside a `<Suspense>` or `<Transition>`.
pub fn use_may(permission: Permission) -> Signal<bool> {
    let viewer = expect_context::<ViewerContext>();
    Signal::derive(move || viewer.get().is_some_and(|viewer| viewer.may(permission)))
}

/// Shows what it holds in practice mode only.
#[component]
pub fn InPractice(children: ChildrenFn) -> impl IntoView {
    let viewer = expect_context::<ViewerContext>();
    let practice = move || viewer.get().is_some_and(|viewer| viewer.practice);
    view! { <Transition>{move || practice().then(|| children())}</Transition> }.into_any()
}
