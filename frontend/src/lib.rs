//! The browser entry point: takes over the page that the server rendered.

use app::areas::Area;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page once the main program has loaded. The program of the page's own area has to be there before the page
/// is taken over; if it does not come, the page stays as the server made it, and its forms still work.
#[wasm_bindgen]
pub async fn hydrate() {
    console_error_panic_hook::set_once();
    let path = leptos::prelude::location().pathname().unwrap_or_default();
    let complete = match Area::of(&path) {
        Some(area) => area.fetch().await,
        None => true,
    };
    if complete {
        leptos::mount::hydrate_body(app::App);
    }
}
