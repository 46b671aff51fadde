//! A resource taken apart, so that a page is built once and its parts follow the data.

use super::Asked;
use crate::wire::AppError;
use leptos::prelude::*;

/// What a resource last brought. An answer stays on the page while the next one loads, and when the next one fails.
pub struct Loaded<T: Send + Sync + 'static> {
    resource: Asked<Result<T, AppError>>,
    data: Memo<Option<T>>,
    /// The last try's error.
    pub error: Signal<Option<AppError>>,
}

impl<T: Send + Sync + 'static> Clone for Loaded<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Loaded<T> {}

impl<T: Clone + PartialEq + Send + Sync + 'static> Loaded<T> {
    /// Call it inside the `<Transition>` that waits for the resource.
    pub fn of(resource: Asked<Result<T, AppError>>) -> Self {
        let data = Memo::new(move |before: Option<&Option<T>>| match resource.get() {
            Some(Ok(data)) => Some(data),
            _ => before.cloned().flatten(),
        });
        let error = Signal::derive(move || resource.get().and_then(Result::err));
        Self { resource, data, error }
    }

    /// Builds the page when there is data for the first time; `build` gets a memo that follows the data from then on. The
    /// view's type is erased here: the compiler cannot lay out whole pages as one type.
    ///
    /// On the server the answer may arrive on one thread while the memo is computed on another, which then keeps the nothing it
    /// saw; so what the memo does not know is asked of the resource itself. A page without its data would not match the data
    /// that travels with it, and the browser could not take it over.
    pub fn once<V: IntoView + 'static>(
        self,
        build: impl Fn(Memo<T>) -> V + Send + 'static,
    ) -> impl Fn() -> Option<AnyView> + Send + 'static {
        let Self { resource, data, .. } = self;
        let there = Memo::new(move |_| data.with(Option::is_some));
        move || {
            // Read, not only tracked: a memo that nobody ever read follows nothing.
            let known = there.get().then(|| data.get_untracked()).flatten();
            let first = known.or_else(|| resource.get_untracked()?.ok())?;
            Some(build(Memo::new(move |_| data.get().unwrap_or_else(|| first.clone()))).into_any())
        }
    }
}
