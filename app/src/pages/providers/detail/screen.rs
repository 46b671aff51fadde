//! What the parts of the page share.

use crate::components::Post;
use crate::server_fns::finance::HandOff;
use crate::server_fns::providers::{ConnectLocal, ConnectWithKey, Disconnect, PaidTest, SetEnabled, SyncModels, TestConnection};
use crate::server_fns::sign_in::{AllowSignIn, CancelDeviceFlow, CancelSignIn, PasteAnswer, StartDeviceFlow};
use crate::wire::{MethodView, ProviderDetail};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use vocab::{AuthMethod, ProviderId};

/// Everything the page can do. Made once a page, so that a fresh answer never loses a verdict that is on the screen.
#[derive(Clone, Copy)]
pub struct Actions {
    /// Saves a key.
    pub key: Post<ConnectWithKey>,
    /// Connects a local engine.
    pub local: Post<ConnectLocal>,
    /// The free test.
    pub test: Post<TestConnection>,
    /// The paid one.
    pub paid: Post<PaidTest>,
    /// Clears the credential.
    pub disconnect: Post<Disconnect>,
    /// Switches off and on.
    pub enabled: Post<SetEnabled>,
    /// Fetches the model list.
    pub sync: Post<SyncModels>,
    /// Finishes a sign-in with what was pasted.
    pub paste: Post<PasteAnswer>,
    /// Gives a sign-in up.
    pub cancel: Post<CancelSignIn>,
    /// Begins a sign-in with a code.
    pub start_device: Post<StartDeviceFlow>,
    /// Calls it off.
    pub cancel_device: Post<CancelDeviceFlow>,
    /// Turns the owner's switch.
    pub allow: Post<AllowSignIn>,
    /// Hands the provider to Finance.
    pub hand_off: Post<HandOff>,
}

impl Actions {
    /// New ones, for a new page.
    pub fn new() -> Self {
        Self {
            key: Post::new(),
            local: Post::new(),
            test: Post::new(),
            paid: Post::new(),
            disconnect: Post::new(),
            enabled: Post::new(),
            sync: Post::new(),
            paste: Post::new(),
            cancel: Post::new(),
            start_device: Post::new(),
            cancel_device: Post::new(),
            allow: Post::new(),
            hand_off: Post::new(),
        }
    }

    /// Changes whenever one of them came back: then the page asks again.
    pub fn version(self) -> usize {
        self.key.version().get()
            + self.local.version().get()
            + self.test.version().get()
            + self.disconnect.version().get()
            + self.enabled.version().get()
            + self.sync.version().get()
            + self.paste.version().get()
            + self.cancel.version().get()
            + self.start_device.version().get()
            + self.cancel_device.version().get()
            + self.allow.version().get()
            + self.hand_off.version().get()
    }
}

/// The page's data and what can be done with it.
#[derive(Clone, Copy)]
pub struct Screen {
    /// The newest answer.
    pub detail: Memo<ProviderDetail>,
    /// What can be done.
    pub actions: Actions,
    /// May the viewer do it?
    pub may_manage: Signal<bool>,
    /// The method in the selector.
    pub method: Memo<AuthMethod>,
    chosen: RwSignal<Option<AuthMethod>>,
    id: StoredValue<ProviderId>,
    name: StoredValue<String>,
}

impl Screen {
    /// Puts the parts together.
    pub fn new(detail: Memo<ProviderDetail>, actions: Actions, may_manage: Signal<bool>) -> Self {
        let (id, name) = detail.with_untracked(|detail| (detail.row.id.clone(), detail.row.name.clone()));
        let query = use_query_map();
        let chosen = RwSignal::new(None);
        // A choice here, else one in the address (made without JavaScript), else what fits.
        let asked = move || query.with(|query| query.get("method")).and_then(|word| word.parse().ok());
        let method = Memo::new(move |_| {
            let asked = chosen.get().or_else(asked);
            detail.with(|detail| asked.filter(|asked| offers(detail, *asked)).unwrap_or_else(|| fitting(detail)))
        });
        Self { detail, actions, may_manage, method, chosen, id: StoredValue::new(id), name: StoredValue::new(name) }
    }

    /// Which provider.
    pub fn id(self) -> ProviderId {
        self.id.get_value()
    }

    /// Its name.
    pub fn name(self) -> String {
        self.name.get_value()
    }

    /// Chooses a method in the selector.
    pub fn choose(self, method: AuthMethod) {
        self.chosen.set(Some(method));
    }

    /// A part of the data that only changes when it really does.
    pub fn part<T: PartialEq + Clone + Send + Sync + 'static>(
        self,
        part: impl Fn(&ProviderDetail) -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        Memo::new(move |_| self.detail.with(|detail| part(detail)))
    }
}

fn offers(detail: &ProviderDetail, method: AuthMethod) -> bool {
    detail.methods.iter().any(|offered| offered.kind == method)
}

/// What is connected, else what can be used, else what is recommended.
fn fitting(detail: &ProviderDetail) -> AuthMethod {
    let usable = |method: &&MethodView| method.unavailable.is_none();
    let best = detail.methods.iter().filter(usable).find(|method| method.recommended);
    let first = || detail.methods.iter().find(usable).or_else(|| detail.methods.first());
    detail.row.method.or_else(|| best.or_else(first).map(|method| method.kind)).unwrap_or(AuthMethod::ApiKey)
}
