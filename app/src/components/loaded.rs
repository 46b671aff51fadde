//! A resource taken apart, so that a page is built once and its parts follow the data.

use super::Asked;
use crate::wire::AppError;
use leptos::prelude::*;

/// What a resource last brought. An answer stays on the page while the next one loads, and when the next one fails.
pub struct Loaded<T: Send + Sync + 'static> {
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
        let error = Memo::new(move |_| resource.get().and_then(Result::err));
        Self { data, error: error.into() }
    }

    /// Builds the page when there is data for the first time; `build` gets a memo that follows the data from then on. The
    /// view's type is erased here: the compiler cannot lay out whole pages as one type.
    pub fn once<V: IntoView + 'static>(
        self,
        build: impl Fn(Memo<T>) -> V + Send + 'static,
    ) -> impl Fn() -> Option<AnyView> + Send + 'static {
        let data = self.data;
        let there = Memo::new(move |_| data.with(Option::is_some));
        move || {
            // Read, not only tracked: a memo that nobody ever read follows nothing.
            let first = there.get().then(|| data.get_untracked())??;
            Some(build(Memo::new(move |_| data.get().unwrap_or_else(|| first.clone()))).into_any())
        }
    }
}
