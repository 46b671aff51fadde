//! Addresses of the screens, and the app that shows them.

use crate::areas::{
    Access, AiSpend, Audit, Bill, Bills, Build, Builds, Contract, FinanceJobs, Login, Notifications, Provider, ProviderFinance,
    ProviderList, Settings, Setup, Spend, Supplier, Suppliers, Usage, WorkItems,
};
use crate::components::frame::Frame;
use crate::components::{ViewerContext, ask, provide_clock};
use crate::live;
use crate::pages::providers::PastedKey;
use crate::pages::{HomePage, NotFoundPage};
use crate::server_fns::people::viewer;
use leptos::prelude::*;
use leptos::server::ServerActionError;
use leptos_meta::provide_meta_context;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::hooks::use_location;
use leptos_router::{Lazy, SsrMode, path};
use vocab::{BillId, BuildId, ContractId, ProviderId, SupplierId};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Goes to setup, sign-in or External Services.
pub const HOME: &str = "/";
/// Creates the owner account.
pub const SETUP: &str = "/setup";
/// Signs in.
pub const LOGIN: &str = "/login";
/// External Services.
pub const PROVIDERS: &str = "/platform/ai/providers";
/// Access tokens.
pub const ACCESS: &str = "/platform/ai/access";
/// Builds.
pub const BUILDS: &str = "/platform/ai/builds";
/// Usage.
pub const USAGE: &str = "/platform/ai/usage";
/// Activity.
pub const AUDIT: &str = "/platform/audit";
/// Notifications.
pub const NOTIFICATIONS: &str = "/platform/notifications";
/// Settings.
pub const SETTINGS: &str = "/platform/settings";

/// Spend of every kind.
pub const SPEND: &str = "/finance/spend";
/// AI spend.
pub const AI_SPEND: &str = "/finance/spend/ai";
/// Suppliers.
pub const SUPPLIERS: &str = "/finance/suppliers";
/// Work items.
pub const WORK_ITEMS: &str = "/finance/work-items";
/// Bills.
pub const BILLS: &str = "/finance/bills";
/// Where the FOCUS export is.
pub const FOCUS_EXPORT: &str = "/finance/bills#export";
/// Finance's scheduled jobs.
pub const FINANCE_JOBS: &str = "/finance/jobs";

/// A supplier's page.
pub fn supplier(id: SupplierId) -> String {
    format!("{SUPPLIERS}/{id}")
}

/// A contract's page.
pub fn contract(id: ContractId) -> String {
    format!("/finance/contracts/{id}")
}

/// What Finance keeps of a provider.
pub fn provider_finance(id: &ProviderId) -> String {
    format!("/finance/providers/{id}")
}

/// A bill's page.
pub fn bill(id: BillId) -> String {
    format!("{BILLS}/{id}")
}

/// A provider's page.
pub fn provider(id: &ProviderId) -> String {
    format!("{PROVIDERS}/{id}")
}

/// A build's page.
pub fn build(id: BuildId) -> String {
    format!("{BUILDS}/{id}")
}

/// Where the sign-in button of a provider's page leads, and then on to the provider. No screen of the app.
pub fn sign_in(id: &ProviderId) -> String {
    format!("{PROVIDERS}/{id}/sign-in")
}

/// Redirects to the provider, for the viewer's sign-in that waits there. No screen of the app.
pub fn sign_in_onward(id: &ProviderId) -> String {
    format!("{PROVIDERS}/{id}/sign-in/onward")
}

/// Is this one of the pages for people who are not signed in?
pub fn is_bare(path: &str) -> bool {
    path == SETUP || path == LOGIN
}

/// Sends the browser to the sign-in page, which comes back here. Only in the browser.
pub fn go_to_sign_in() {
    let location = window().location();
    let path = location.pathname().unwrap_or_default();
    if is_bare(&path) {
        return;
    }
    let here = format!("{path}{}", location.search().unwrap_or_default());
    let next = String::from(js_sys::encode_uri_component(&here));
    let _ = location.set_href(&format!("{LOGIN}?next={next}"));
}

/// The app. Pages are rendered in one sweep (`SsrMode::Async`), so that they are complete without JavaScript.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_clock();
    live::provide_live();
    view! {
        <Router>
            <Screens />
        </Router>
    }
}

#[component]
fn Screens() -> impl IntoView {
    let path = use_location().pathname;
    let bare = Memo::new(move |_| is_bare(&path.get()));
    // Asked again on the way in and out: signing in and out both cross this line.
    provide_context(ViewerContext(ask(move || bare.get(), |_| viewer())));
    provide_context(PastedKey::default());
    live::follow_events(Signal::derive(move || !bare.get()));
    leave_when_signed_out();
    forget_form_error();
    mark_taken_over();
    focus_new_page(path);
    view! {
        <Frame bare=bare>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/") view=HomePage ssr=SsrMode::Async />
                <Route path=path!("/setup") view={Lazy::<Setup>::new()} ssr=SsrMode::Async />
                <Route path=path!("/login") view={Lazy::<Login>::new()} ssr=SsrMode::Async />
                <Route path=path!("/platform/ai/providers") view={Lazy::<ProviderList>::new()} ssr=SsrMode::Async />
                <Route path=path!("/platform/ai/providers/:provider_id") view={Lazy::<Provider>::new()} ssr=SsrMode::Async />
                <Route path=path!("/platform/ai/access") view={Lazy::<Access>::new()} ssr=SsrMode::Async />
                <Route path=path!("/platform/ai/builds") view={Lazy::<Builds>::new()} ssr=SsrMode::Async />
                <Route path=path!("/platform/ai/builds/:id") view={Lazy::<Build>::new()} ssr=SsrMode::Async />
                <Route path=path!("/platform/ai/usage") view={Lazy::<Usage>::new()} ssr=SsrMode::Async />
                <Route path=path!("/platform/audit") view={Lazy::<Audit>::new()} ssr=SsrMode::Async />
                <Route path=path!("/platform/notifications") view={Lazy::<Notifications>::new()} ssr=SsrMode::Async />
                <Route path=path!("/finance/spend") view={Lazy::<Spend>::new()} ssr=SsrMode::Async />
                <Route path=path!("/finance/spend/ai") view={Lazy::<AiSpend>::new()} ssr=SsrMode::Async />
                <Route path=path!("/finance/suppliers") view={Lazy::<Suppliers>::new()} ssr=SsrMode::Async />
                <Route path=path!("/finance/suppliers/:id") view={Lazy::<Supplier>::new()} ssr=SsrMode::Async />
                <Route path=path!("/finance/contracts/:id") view={Lazy::<Contract>::new()} ssr=SsrMode::Async />
                <Route path=path!("/finance/providers/:id") view={Lazy::<ProviderFinance>::new()} ssr=SsrMode::Async />
                <Route path=path!("/finance/work-items") view={Lazy::<WorkItems>::new()} ssr=SsrMode::Async />
                <Route path=path!("/finance/bills") view={Lazy::<Bills>::new()} ssr=SsrMode::Async />
                <Route path=path!("/finance/bills/:id") view={Lazy::<Bill>::new()} ssr=SsrMode::Async />
                <Route path=path!("/finance/jobs") view={Lazy::<FinanceJobs>::new()} ssr=SsrMode::Async />
                <Route path=path!("/platform/settings") view={Lazy::<Settings>::new()} ssr=SsrMode::Async />
            </Routes>
        </Frame>
    }
}

/// When the viewer's sign-ins change, this very browser may have been signed out.
fn leave_when_signed_out() {
    let sessions = live::version(live::Topic::Sessions);
    Effect::new(move |before: Option<u64>| {
        let now = sessions.get();
        if before.is_some_and(|before| before != now) {
            leptos::task::spawn_local(async {
                if matches!(viewer().await, Ok(None)) {
                    go_to_sign_in();
                }
            });
        }
        now
    });
}

/// An error of a form sent without JavaScript stands in the address, and the router hands it to every later form of that
/// kind. Once the page is taken over it has been shown: drop it.
fn forget_form_error() {
    let owner = Owner::current();
    Effect::new(move || {
        if let Some(owner) = &owner {
            owner.with(|| provide_context(ServerActionError::new("", "")));
        }
    });
}

/// A page that appears without a reload is not announced by itself: the focus moves to it, as after a reload.
fn focus_new_page(path: Memo<String>) {
    Effect::new(move |before: Option<String>| {
        let now = path.get();
        if before.is_some_and(|before| before != now)
            && let Some(main) = document().get_element_by_id("main").and_then(|main| main.dyn_into::<HtmlElement>().ok())
        {
            let _ = main.focus();
        }
        now
    });
}

/// Marks the document once it is taken over: the style sheet then shows what needs a script and hides what does without.
fn mark_taken_over() {
    Effect::new(|| {
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-hydrated", "true");
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_bare_pages() {
        assert!(is_bare(LOGIN) && is_bare(SETUP));
        assert!(!is_bare(PROVIDERS) && !is_bare(HOME));
    }

    #[test]
    fn providers_have_pages() {
        let id: ProviderId = "azure-openai".parse().unwrap();
        assert_eq!(provider(&id), "/platform/ai/providers/azure-openai");
    }
}
