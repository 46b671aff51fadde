//! Changes that reach an open page by themselves: one stream of [`LiveEvent`]s a tab, turned into signals.
//!
//! A resource that names [`version`] in its source asks again when something of its topic changed.

use crate::wire::LiveEvent;
use leptos::prelude::*;
use std::collections::HashMap;
use std::time::Duration;
use vocab::ProviderId;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

/// Address of the stream.
const EVENTS: &str = "/events";

/// What a page may depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// Connections and their health.
    Providers,
    /// Model lists.
    Models,
    /// Access tokens.
    AccessTokens,
    /// People and roles.
    Team,
    /// The viewer's own sign-ins.
    Sessions,
    /// Usage.
    Usage,
    /// Sealing keys.
    Keys,
    /// What operators were told.
    Notifications,
    /// Suppliers, contracts, work items.
    Finance,
    /// Runs of providers' programs.
    Builds,
}

impl Topic {
    const ALL: [Self; 10] = [
        Self::Providers,
        Self::Models,
        Self::AccessTokens,
        Self::Team,
        Self::Sessions,
        Self::Usage,
        Self::Keys,
        Self::Notifications,
        Self::Finance,
        Self::Builds,
    ];
}

/// The signals of this tab.
#[derive(Clone, Copy)]
struct Live {
    versions: [RwSignal<u64>; 10],
    progress: RwSignal<HashMap<ProviderId, (u32, u32)>>,
    stale: RwSignal<bool>,
    /// Is the page to look at usage in a moment?
    usage_soon: RwSignal<bool>,
}

/// Makes the signals. Called once, by the app, on the server and in the browser.
pub fn provide_live() {
    provide_context(Live {
        versions: Topic::ALL.map(|_| RwSignal::new(0)),
        progress: RwSignal::default(),
        stale: RwSignal::new(false),
        usage_soon: RwSignal::new(false),
    });
}

/// Counts up whenever something of the topic changed, or may have changed unseen.
pub fn version(topic: Topic) -> Signal<u64> {
    use_context::<Live>().map_or_else(Signal::default, |live| live.version(topic).into())
}

/// `(handled, in all)` while a model sync of this provider runs, whoever started it.
pub fn sync_progress(provider_id: ProviderId) -> Signal<Option<(u32, u32)>> {
    use_context::<Live>()
        .map_or_else(Signal::default, |live| Signal::derive(move || live.progress.with(|map| map.get(&provider_id).copied())))
}

/// Is the stream broken, so that what the page shows may be old?
pub fn is_stale() -> Signal<bool> {
    use_context::<Live>().map_or_else(Signal::default, |live| live.stale.into())
}

impl Live {
    #[expect(clippy::indexing_slicing, reason = "one signal a topic, in order of declaration")]
    const fn version(self, topic: Topic) -> RwSignal<u64> {
        self.versions[topic as usize]
    }

    fn bump(self, topic: Topic) {
        self.version(topic).update(|version| *version += 1);
    }

    fn bump_all(self) {
        for topic in Topic::ALL {
            self.bump(topic);
        }
    }

    /// Under load rows are written many times a second, and each look at them sums up a whole period.
    fn bump_usage_soon(self) {
        if !self.usage_soon.get_untracked() {
            self.usage_soon.set(true);
            let look = move || {
                self.usage_soon.set(false);
                self.bump(Topic::Usage);
            };
            set_timeout(look, Duration::from_secs(2));
        }
    }

    fn take(self, event: LiveEvent) {
        match event {
            LiveEvent::ConnectionChanged { .. } => self.bump(Topic::Providers),
            LiveEvent::ModelsChanged { provider_id } => {
                self.progress.update(|map| {
                    map.remove(&provider_id);
                });
                self.bump(Topic::Models);
            }
            LiveEvent::SyncProgress { provider_id, done, total } => self.step(provider_id, done, total),
            LiveEvent::AccessTokensChanged => self.bump(Topic::AccessTokens),
            LiveEvent::TeamChanged => self.bump(Topic::Team),
            LiveEvent::SessionsChanged => self.bump(Topic::Sessions),
            LiveEvent::UsageRecorded => self.bump_usage_soon(),
            LiveEvent::BuildsChanged => self.bump(Topic::Builds),
            LiveEvent::KeysChanged => self.bump(Topic::Keys),
            LiveEvent::NotificationsChanged => self.bump(Topic::Notifications),
            LiveEvent::FinanceChanged => self.bump(Topic::Finance),
            LiveEvent::Resync => self.bump_all(),
        }
    }

    fn step(self, provider_id: ProviderId, done: u32, total: u32) {
        self.progress.update(|map| {
            if done < total {
                map.insert(provider_id, (done, total));
            } else {
                map.remove(&provider_id);
            }
        });
    }
}

/// Opens the stream while `wanted` holds, closes it when it does not and when the app goes. Effects do not run on the
/// server, so nothing happens there.
pub fn follow_events(wanted: Signal<bool>) {
    let Some(live) = use_context::<Live>() else { return };
    Effect::new(move |_| {
        if !wanted.get() {
            return;
        }
        if let Some(stream) = Stream::open(live) {
            let stream = StoredValue::new_local(Some(stream));
            on_cleanup(move || {
                stream.try_update_value(Option::take);
            });
        }
    });
}

/// An open stream with the callbacks the browser may still call.
struct Stream {
    source: EventSource,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_state: [Closure<dyn FnMut()>; 2],
}

impl Stream {
    fn open(live: Live) -> Option<Self> {
        let source = EventSource::new(EVENTS).ok()?;
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
            // A word this page does not know comes from a newer server; whatever it is, asking again is right.
            let event = message.data().as_string().and_then(|data| serde_json::from_slice(data.as_bytes()).ok());
            live.take(event.unwrap_or(LiveEvent::Resync));
        });
        // The page was rendered before the stream opened, and a broken stream may have missed something: ask again.
        let on_open = Closure::<dyn FnMut()>::new(move || {
            live.stale.set(false);
            live.bump_all();
        });
        let on_error = Closure::<dyn FnMut()>::new(move || live.stale.set(true));
        source.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        source.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Some(Self { source, _on_message: on_message, _on_state: [on_open, on_error] })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.set_onmessage(None);
        self.source.set_onopen(None);
        self.source.set_onerror(None);
        self.source.close();
    }
}
