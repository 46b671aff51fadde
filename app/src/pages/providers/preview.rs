use super::detail::preview_parts;
use super::list::preview_list;
use crate::components::frame::Frame;
use crate::components::{ViewerContext, provide_clock};
use crate::live;
use crate::wire::*;
use futures::StreamExt;
use leptos::prelude::*;
use leptos_router::components::Router;
use leptos_router::location::RequestUrl;
use vocab::*;

fn moment(unix: i64, iso: &str) -> Moment {
    Moment { unix, iso: iso.to_owned() }
}

fn row(
    id: &str,
    name: &str,
    group: RowGroup,
    method: Option<AuthMethod>,
    account: &str,
    health: Health,
    cause: &str,
    models: u32,
    cost: Option<&str>,
) -> ProviderRow {
    ProviderRow {
        id: id.parse().unwrap(),
        name: name.into(),
        summary: format!("Models by {name}, metered by the token."),
        category: Category::Direct,
        group,
        methods: vec![AuthMethod::ApiKey, AuthMethod::OAuth],
        method,
        account: account.into(),
        health: HealthView {
            health,
            cause: cause.into(),
            until: (health == Health::CoolingDown).then(|| moment(1_795_442_700, "2026-11-23T14:05:00Z")),
            action: match health {
                Health::NoFunds => Some(HealthAction::AddFunds),
                Health::Rejected => Some(HealthAction::ReplaceKey),
                Health::NotConnected => Some(HealthAction::Connect),
                _ => None,
            },
        },
        checked: Some(moment(1_795_442_600, "2026-11-23T14:03:20Z")),
        models,
        month_cost: cost.map(str::to_owned),
    }
}

fn list(first_visit: bool) -> ProviderList {
    use AuthMethod::*;
    use RowGroup as G;
    let mut rows = vec![];
    if !first_visit {
        rows.extend([
            row(
                "mistral",
                "Mistral AI",
                G::NeedsAttention,
                Some(ApiKey),
                "key …x4Qe",
                Health::NoFunds,
                "prepaid credit is used up",
                31,
                Some("41.10"),
            ),
            row("groq", "Groq", G::NeedsAttention, Some(ApiKey), "key …9fKw", Health::CoolingDown, "too many requests", 12, Some("0.42")),
            row(
                "xai",
                "xAI / Grok",
                G::NeedsAttention,
                Some(ApiKey),
                "key …0pQr",
                Health::Rejected,
                "“Incorrect API key provided.” the provider said to the last request",
                2,
                Option::None,
            ),
            row("openai", "OpenAI", G::Connected, Some(ApiKey), "key …a1B2", Health::Connected, "", 58, Some("612.40")),
            row("anthropic", "Anthropic", G::Connected, Some(ApiKey), "key …Zz90", Health::Connected, "", 9, Some("12.40")),
            row("ollama", "Ollama", G::Local, Some(None), "localhost:11434", Health::Connected, "3 models loaded", 3, Option::None),
        ]);
    }
    rows.push(row(
        "local",
        "Docker Model Runner",
        G::Local,
        Option::None,
        "",
        Health::NotConnected,
        "looked at 2 addresses",
        0,
        Option::None,
    ));
    for (id, name) in [
        ("gemini", "Google Gemini"),
        ("deepseek", "DeepSeek"),
        ("together", "Together AI"),
        ("azure-openai", "Azure OpenAI"),
        ("anthropic-sub", "Claude / Anthropic (Max)"),
    ] {
        rows.push(row(id, name, G::Available, Option::None, "", Health::NotConnected, "", 0, Option::None));
    }
    ProviderList { rows, first_visit }
}

fn model(id: &str, class: ModelClass, tier: Option<Tier>, price: bool, status: ModelStatus) -> ModelView {
    ModelView {
        id: id.into(),
        name: Some(id.to_uppercase()),
        class,
        tier,
        context_tokens: Some(200_000),
        input_price: price.then(|| "3.00".into()),
        output_price: price.then(|| "15.00".into()),
        price_source: price.then(|| "genai-prices, 12 Nov 2026".into()),
        status,
    }
}

fn detail(connected: bool, method: AuthMethod) -> ProviderDetail {
    let at = moment(1_795_442_600, "2026-11-23T14:03:20Z");
    let health = if connected { Health::Connected } else { Health::NotConnected };
    let mut row = row(
        "xai",
        "xAI / Grok",
        RowGroup::Connected,
        connected.then_some(method),
        if connected { "key …a1B2" } else { "" },
        health,
        "",
        if connected { 3 } else { 0 },
        connected.then_some("12.40"),
    );
    row.health.until = connected.then(|| moment(1_795_442_700, "2026-11-23T14:05:00Z"));
    let view = |kind, recommended, unavailable: Option<&str>| MethodView {
        kind,
        purpose: "For production: every request is metered and billed by the token.".into(),
        cost: "List price of each model; no plan needed.".into(),
        rule: "xAI allows keys for applications and agents of your own organisation.".into(),
        rule_url: Some("https://x.ai/legal".into()),
        reviewed: "2026-11-20".into(),
        recommended,
        unavailable: unavailable.map(str::to_owned),
    };
    ProviderDetail {
        row,
        links: ["Console", "API keys", "Docs", "Billing"]
            .iter()
            .map(|l| LinkView { label: (*l).into(), url: format!("https://console.x.ai/{l}") })
            .collect(),
        methods: vec![
            view(AuthMethod::ApiKey, false, None),
            view(AuthMethod::DeviceCode, true, Some("Device-code sign-in comes with the build sandbox; this version cannot start it yet.")),
        ],
        address: None,
        facts: Facts {
            account: connected.then(|| "acme".into()),
            key_hint: connected.then(|| "…a1B2".into()),
            connected_by: connected.then(|| "Captain".into()),
            connected: connected.then(|| at.clone()),
            checked: connected.then(|| at.clone()),
            next_check: connected.then(|| moment(1_795_442_700, "2026-11-23T14:05:00Z")),
            base_url: Some("https://api.x.ai/v1".into()),
            used_by: if connected { vec!["release-bot".into(), "docs-writer".into()] } else { vec![] },
            fallback: connected.then(|| "OpenAI".into()),
        },
        verify: "Reads the key's own record at xAI (free).".into(),
        key_example: Some("xai-…".into()),
        models: if connected {
            vec![
                model("grok-4-0709", ModelClass::Reasoning, Some(Tier::Frontier), true, ModelStatus::Active),
                model("grok-3-mini", ModelClass::Chat, Some(Tier::Adequate), true, ModelStatus::Active),
                model("grok-2-image", ModelClass::Image, None, false, ModelStatus::Missing),
            ]
        } else {
            vec![]
        },
        activity: if connected {
            vec![AuditView {
                id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
                at,
                actor: "Captain".into(),
                action: "x".into(),
                words: "Connected with a key".into(),
                object_kind: "provider".into(),
                object: "xAI".into(),
                succeeded: true,
                detail: String::new(),
                address: "127.0.0.1".into(),
                request_id: "r".into(),
            }]
        } else {
            vec![]
        },
        looked_at: vec![],
        version: 3,
    }
}

async fn render<V: IntoView + 'static>(
    path: &str,
    url: &str,
    theme: &str,
    practice: bool,
    hydrated: bool,
    body: impl Fn() -> V + Send + 'static,
) where
    V: Send,
{
    let owner = Owner::new_root(Some(std::sync::Arc::new(hydration_context::SsrSharedContext::new())));
    let html = owner.with(|| {
        leptos_meta::provide_meta_context();
        provide_context(RequestUrl::new(url));
        live::provide_live();
        provide_clock();
        let viewer = Viewer {
            user_id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
            name: "Captain".into(),
            email: "captain@example.com".into(),
            role: Role::Owner,
            practice,
        };
        provide_context(ViewerContext(Resource::new(
            || (),
            move |()| {
                let viewer = viewer.clone();
                async move { Ok(Some(viewer)) }
            },
        )));
        let bare = Memo::new(|_| false);
        view! { <Router><Frame bare=bare>{body()}</Frame></Router> }.to_html_stream_in_order()
    });
    let html: String = html.collect::<Vec<_>>().await.concat();
    let hydrated = if hydrated { " data-hydrated=\"true\"" } else { "" };
    let page = format!(
        "<!DOCTYPE html><html lang=en data-theme={theme}{hydrated}><head><meta charset=utf-8><title>t</title><meta name=viewport content='width=device-width, initial-scale=1'><link rel=stylesheet href=main.css></head><body>{html}</body></html>"
    );
    std::fs::write(format!("/tmp/preview/{path}.html"), page).unwrap();
}

#[tokio::test]
async fn preview() {
    let _ = any_spawner::Executor::init_tokio();
    tokio::task::LocalSet::new()
        .run_until(async {
            for theme in ["light", "dark"] {
                render(&format!("list-{theme}"), "http://x/platform/ai/providers", theme, false, true, || preview_list(list(false))).await;
                render(&format!("first-{theme}"), "http://x/platform/ai/providers", theme, true, true, || preview_list(list(true))).await;
                render(&format!("nothing-{theme}"), "http://x/platform/ai/providers?q=zzz", theme, false, false, || {
                    preview_list(list(false))
                })
                .await;
                render(&format!("detail-{theme}"), "http://x/platform/ai/providers/xai", theme, false, true, || {
                    preview_parts(detail(true, AuthMethod::ApiKey))
                })
                .await;
                render(&format!("new-{theme}"), "http://x/platform/ai/providers/xai", theme, true, false, || {
                    preview_parts(detail(false, AuthMethod::ApiKey))
                })
                .await;
            }
        })
        .await;
}
