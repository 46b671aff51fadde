//! The screens in areas that reach the browser one by one: a page brings the program of its own area and no other.
//!
//! The bundler cuts the program at the functions marked `wasm_split`; on the server they are called as they stand. One more
//! area is one such function, a line in [`Area::of`] and in [`Area::fetch`], and a `screen!` for each of its pages.

#![expect(clippy::unnecessary_wraps, reason = "a cut function is fallible because its program may not come; its body alone cannot fail")]

use crate::components::EmptyState;
use crate::pages::finance::{
    AiSpendPage, BillPage, BillsPage, ContractPage, FinanceJobsPage, ProviderFinancePage, SpendPage, SupplierPage, SuppliersPage,
    WorkItemsPage,
};
use crate::pages::providers::fetch_if_shown;
use crate::pages::{
    AccessPage, AuditPage, BuildPage, BuildsPage, LoginPage, NotificationsPage, ProviderPage, ProvidersPage, SettingsPage, SetupPage,
    UsagePage,
};
use crate::routes;
use leptos::prefetch_lazy_fn_on_server;
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use leptos_router::LazyRoute;

/// An area of screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// Setup and signing in.
    People,
    /// A provider's page, the heaviest of all.
    Provider,
    /// The other screens of the AI workforce: the list of providers, access tokens, usage.
    Ai,
    /// Builds.
    Builds,
    /// Suppliers, contracts, spend, bills.
    Finance,
    /// Everything else.
    Platform,
}

impl Area {
    /// The area of an address; `None` where everything needed is in the main program.
    pub fn of(path: &str) -> Option<Self> {
        match path {
            routes::SETUP | routes::LOGIN => Some(Self::People),
            _ if path.starts_with(routes::PROVIDERS) && path.len() > routes::PROVIDERS.len() + 1 => Some(Self::Provider),
            _ if path.starts_with(routes::BUILDS) => Some(Self::Builds),
            _ if path.starts_with("/platform/ai/") => Some(Self::Ai),
            _ if path.starts_with("/finance/") => Some(Self::Finance),
            _ if path.starts_with("/platform/") => Some(Self::Platform),
            _ => None,
        }
    }

    /// Fetches its program, so that its screens can be built at once. `false`: it did not come.
    pub async fn fetch(self) -> bool {
        let came = match self {
            Self::People => fetch_people().await,
            Self::Provider => return fetch_provider().await.is_ok() && fetch_if_shown().await,
            Self::Ai => fetch_ai().await,
            Self::Builds => fetch_builds().await,
            Self::Finance => fetch_finance().await,
            Self::Platform => fetch_platform().await,
        };
        came.is_ok()
    }
}

/// The program of an area did not come: the network is gone, or the server has a newer one.
struct NotHere;

impl From<SplitLoaderError> for NotHere {
    fn from(_: SplitLoaderError) -> Self {
        Self
    }
}

/// What a screen's program builds.
type Built = Result<AnyView, NotHere>;

enum People {
    Setup,
    Login,
}

#[wasm_split(people, wasm_split_path = leptos::wasm_split, preload(fetch_people), fallible)]
fn people(screen: People) -> Built {
    Ok(match screen {
        People::Setup => view! { <SetupPage /> }.into_any(),
        People::Login => view! { <LoginPage /> }.into_any(),
    })
}

#[wasm_split(provider, wasm_split_path = leptos::wasm_split, preload(fetch_provider), fallible)]
fn provider() -> Built {
    Ok(view! { <ProviderPage /> }.into_any())
}

enum Ai {
    Services,
    Access,
    Usage,
}

#[wasm_split(ai, wasm_split_path = leptos::wasm_split, preload(fetch_ai), fallible)]
fn ai(screen: Ai) -> Built {
    Ok(match screen {
        Ai::Services => view! { <ProvidersPage /> }.into_any(),
        Ai::Access => view! { <AccessPage /> }.into_any(),
        Ai::Usage => view! { <UsagePage /> }.into_any(),
    })
}

enum BuildScreen {
    All,
    One,
}

#[wasm_split(builds, wasm_split_path = leptos::wasm_split, preload(fetch_builds), fallible)]
fn builds(screen: BuildScreen) -> Built {
    Ok(match screen {
        BuildScreen::All => view! { <BuildsPage /> }.into_any(),
        BuildScreen::One => view! { <BuildPage /> }.into_any(),
    })
}

enum Finance {
    Spend,
    AiSpend,
    Suppliers,
    Supplier,
    Contract,
    Provider,
    WorkItems,
    Bills,
    Bill,
    Jobs,
}

#[wasm_split(finance, wasm_split_path = leptos::wasm_split, preload(fetch_finance), fallible)]
fn finance(screen: Finance) -> Built {
    Ok(match screen {
        Finance::Spend => view! { <SpendPage /> }.into_any(),
        Finance::AiSpend => view! { <AiSpendPage /> }.into_any(),
        Finance::Suppliers => view! { <SuppliersPage /> }.into_any(),
        Finance::Supplier => view! { <SupplierPage /> }.into_any(),
        Finance::Contract => view! { <ContractPage /> }.into_any(),
        Finance::Provider => view! { <ProviderFinancePage /> }.into_any(),
        Finance::WorkItems => view! { <WorkItemsPage /> }.into_any(),
        Finance::Bills => view! { <BillsPage /> }.into_any(),
        Finance::Bill => view! { <BillPage /> }.into_any(),
        Finance::Jobs => view! { <FinanceJobsPage /> }.into_any(),
    })
}

enum Platform {
    Audit,
    Notifications,
    Settings,
}

#[wasm_split(platform, wasm_split_path = leptos::wasm_split, preload(fetch_platform), fallible)]
fn platform(screen: Platform) -> Built {
    Ok(match screen {
        Platform::Audit => view! { <AuditPage /> }.into_any(),
        Platform::Notifications => view! { <NotificationsPage /> }.into_any(),
        Platform::Settings => view! { <SettingsPage /> }.into_any(),
    })
}

/// A page for the route table: `screen!(Name, area, screen of the area)`.
macro_rules! screen {
    ($name:ident, $area:ident $(, $screen:expr)?) => {
        #[doc = concat!("A screen of the area `", stringify!($area), "`.")]
        pub struct $name;

        impl LazyRoute for $name {
            fn data() -> Self {
                Self
            }

            async fn view(_: Self) -> AnyView {
                // The page then names the file, and the browser fetches it beside the main program.
                prefetch_lazy_fn_on_server(stringify!($area));
                $area($($screen)?).await.unwrap_or_else(|NotHere| view! { <DidNotCome /> }.into_any())
            }
        }
    };
}

screen!(Setup, people, People::Setup);
screen!(Login, people, People::Login);
screen!(Provider, provider);
screen!(Builds, builds, BuildScreen::All);
screen!(Build, builds, BuildScreen::One);
screen!(Spend, finance, Finance::Spend);
screen!(AiSpend, finance, Finance::AiSpend);
screen!(Suppliers, finance, Finance::Suppliers);
screen!(Supplier, finance, Finance::Supplier);
screen!(Contract, finance, Finance::Contract);
screen!(ProviderFinance, finance, Finance::Provider);
screen!(WorkItems, finance, Finance::WorkItems);
screen!(Bills, finance, Finance::Bills);
screen!(Bill, finance, Finance::Bill);
screen!(FinanceJobs, finance, Finance::Jobs);
screen!(ProviderList, ai, Ai::Services);
screen!(Access, ai, Ai::Access);
screen!(Usage, ai, Ai::Usage);
screen!(Audit, platform, Platform::Audit);
screen!(Notifications, platform, Platform::Notifications);
screen!(Settings, platform, Platform::Settings);

/// Instead of a page whose program did not come.
#[component]
fn DidNotCome() -> impl IntoView {
    let again = |_| drop(window().location().reload());
    view! {
        <EmptyState title="This page did not load" hint="Purser could not be reached, or it was updated while this tab was open.">
            <button type="button" class="button primary" on:click=again>
                "Load it again"
            </button>
        </EmptyState>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_its_area() {
        assert_eq!(Area::of("/login"), Some(Area::People));
        assert_eq!(Area::of(routes::PROVIDERS), Some(Area::Ai));
        assert_eq!(Area::of("/platform/ai/providers/openai"), Some(Area::Provider));
        assert_eq!(Area::of("/platform/audit"), Some(Area::Platform));
        assert_eq!(Area::of("/platform/ai/providers/"), Some(Area::Ai));
        assert_eq!(Area::of("/platform/ai/builds"), Some(Area::Builds));
        assert_eq!(Area::of(routes::WORK_ITEMS), Some(Area::Finance));
        assert_eq!(Area::of("/nowhere"), None);
    }
}
