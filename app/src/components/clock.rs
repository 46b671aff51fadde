//! The browser's clock as a signal, so that "2 min ago" stays true while a page is open.

use leptos::prelude::*;
use std::time::Duration;

/// How often relative times are rendered anew.
const TICK: Duration = Duration::from_secs(30);

/// Seconds since 1970 in the browser; `None` on the server and until the page is taken over, so that the first render in the
/// browser equals the server's.
#[derive(Clone, Copy)]
struct Clock(RwSignal<Option<i64>>);

/// Starts the clock. Called once, by the app.
pub fn provide_clock() {
    let now = RwSignal::new(None);
    provide_context(Clock(now));
    Effect::new(move || {
        now.set(Some(read()));
        if let Ok(handle) = set_interval_with_handle(move || now.set(Some(read())), TICK) {
            on_cleanup(move || handle.clear());
        }
    });
}

/// The browser's time in seconds since 1970, renewed every half minute; `None` on the server and before the page is taken over.
pub fn use_now() -> Signal<Option<i64>> {
    use_context::<Clock>().map_or_else(Signal::default, |clock| clock.0.into())
}

#[expect(clippy::cast_possible_truncation, reason = "milliseconds of a real clock, far below 2^53")]
fn read() -> i64 {
    (js_sys::Date::now() / 1000.0) as i64
}
