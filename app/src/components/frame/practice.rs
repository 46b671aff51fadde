//! The banner of practice mode.

use crate::components::ViewerContext;
use leptos::prelude::*;

/// Says on every page that nothing here is real, when nothing is.
#[component]
pub fn PracticeBanner() -> impl IntoView {
    let viewer = expect_context::<ViewerContext>();
    let practice = move || viewer.get().is_some_and(|viewer| viewer.practice);
    view! {
        <Transition>
            {move || {
                practice()
                    .then(|| {
                        view! {
                            <p class="practice" role="note">
                                <strong>"Practice mode."</strong>
                                " The providers are stand-ins on this machine: nothing leaves it and nothing costs money."
                            </p>
                        }
                    })
            }}
        </Transition>
    }
    .into_any()
}
