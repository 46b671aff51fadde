//! From an answer to a page.

use crate::components::{Asked, ErrorNote, Loaded, Skeleton};
use crate::wire::AppError;
use leptos::prelude::*;

/// Waits for the answer, shows what went wrong, and builds the page once there is something to build it from.
pub fn screen<T: Clone + PartialEq + Send + Sync + 'static>(
    answer: Asked<Result<T, AppError>>,
    build: impl Fn(Memo<T>) -> AnyView + Clone + Send + Sync + 'static,
) -> AnyView {
    view! {
        <Transition fallback=|| view! { <Skeleton lines=8 /> }>
            {
                let loaded = Loaded::of(answer);
                let page = loaded.once(build.clone());
                view! {
                    <ErrorNote error=loaded.error />
                    {page}
                }
            }
        </Transition>
    }
    .into_any()
}
