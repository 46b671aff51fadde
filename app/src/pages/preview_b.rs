use crate::components::frame::Frame;
use crate::components::{Page, ViewerContext, provide_clock};
use crate::live;
use crate::wire::*;
use futures::StreamExt;
use leptos::prelude::*;
use leptos_router::components::Router;
use leptos_router::location::RequestUrl;
use vocab::*;

pub fn moment(unix: i64) -> Moment {
    Moment { unix, iso: "2026-11-23T14:05:00Z".to_owned() }
}
pub const AT: i64 = 1_795_442_700;
pub fn res<T: Clone + Send + Sync + serde::Serialize + serde::de::DeserializeOwned + 'static>(data: T) -> Resource<Result<T, AppError>> {
    Resource::new(
        || (),
        move |()| {
            let data = data.clone();
            async move { Ok(data) }
        },
    )
}
pub fn bucket(key: &str, label: &str, requests: u64, cost: Option<&str>, unpriced: u64) -> UsageBucketView {
    UsageBucketView {
        key: key.into(),
        label: label.into(),
        requests,
        failed: requests / 30,
        input_tokens: requests * 2310,
        output_tokens: requests * 411,
        cost: cost.map(Into::into),
        unpriced,
    }
}
pub fn usage(period: UsagePeriod, n: u32, empty: bool) -> UsageView {
    let days = (0..n)
        .map(|i| {
            let d = i % 30 + 1;
            let r = if empty || i % 7 > 4 { 0 } else { u64::from((i * 37) % 53 + 3) };
            bucket(&format!("2026-11-{d:02}"), "x", r, (r > 0).then(|| format!("{}.{:02}", r / 9, r)).as_deref(), 0)
        })
        .collect();
    let row = |o: UsageOutcome, c: Option<&str>, b: CostBasis, t: Option<u64>| UsageRow {
        request_id: format!("{o}"),
        at: moment(AT),
        provider: "OpenAI".into(),
        model: "gpt-5-mini-2026-08-07".into(),
        token: "release-bot".into(),
        input_tokens: t,
        output_tokens: t.map(|t| t / 3),
        latency_ms: 1834,
        outcome: o,
        cost: c.map(Into::into),
        cost_basis: b,
    };
    if empty {
        return UsageView {
            period,
            total: bucket("", "", 0, None, 0),
            by_day: days,
            by_provider: vec![],
            by_model: vec![],
            by_token: vec![],
            newest: vec![],
        };
    }
    UsageView {
        period,
        total: bucket("", "", 1834, Some("612.4019"), 12),
        by_day: days,
        by_provider: vec![
            bucket("openai", "OpenAI", 1500, Some("600.1"), 0),
            bucket("ollama", "Ollama", 322, None, 322),
            bucket("groq", "Groq", 12, Some("0.0004"), 3),
        ],
        by_model: vec![
            bucket("a", "openai/gpt-5-mini-2026-08-07", 1500, Some("600.1"), 0),
            bucket("b", "ollama/llama3.2:3b-instruct-q4_K_M", 322, None, 322),
        ],
        by_token: vec![bucket("t", "release-bot", 1800, Some("612.40"), 12), bucket("u", "Try it", 34, Some("0.0019"), 0)],
        newest: vec![
            row(UsageOutcome::Completed, Some("0.00042"), CostBasis::ListPrice, Some(2310)),
            row(UsageOutcome::ProviderError, None, CostBasis::Unknown, None),
            row(UsageOutcome::Interrupted, None, CostBasis::Unknown, Some(12)),
            row(UsageOutcome::ClientClosed, None, CostBasis::Compute, Some(99)),
        ],
    }
}
pub fn token(name: &str, live: bool, revoked: bool) -> AccessTokenView {
    AccessTokenView {
        id: format!("01890a5d-ac96-774b-bcce-b302099a80{:02x}", name.len()).parse().unwrap(),
        name: name.into(),
        hint: "pur_AbCdEf123456…".into(),
        scopes: vec![Scope::Inference, Scope::Read],
        providers: if live { vec![] } else { vec!["openai".parse().unwrap()] },
        models: vec![],
        created_by: "Captain".into(),
        created: moment(AT),
        expires: live.then(|| moment(AT + 86400)),
        last_used: live.then(|| moment(AT)),
        revoked: revoked.then(|| moment(AT)),
        live,
    }
}
pub fn person(name: &str, role: Role, active: bool, you: bool) -> PersonView {
    PersonView {
        user_id: format!("01890a5d-ac96-774b-bcce-b302099a80{:02x}", name.len()).parse().unwrap(),
        name: name.into(),
        email: format!("{}@example.com", name.to_lowercase().replace(' ', ".")),
        role,
        active,
        is_you: you,
        last_sign_in: active.then(|| moment(AT)),
    }
}
pub fn audit() -> (AuditQuery, AuditPage) {
    let line = |i: u32, actor: &str, words: &str, kind: &str, object: &str, ok: bool, detail: &str| AuditView {
        id: format!("01890a5d-ac96-774b-bcce-b302099a80{i:02x}").parse().unwrap(),
        at: moment(AT),
        actor: actor.into(),
        action: "x".into(),
        words: words.into(),
        object_kind: kind.into(),
        object: object.into(),
        succeeded: ok,
        detail: detail.into(),
        address: if actor == "Purser" { String::new() } else { "192.168.1.20".into() },
        request_id: "01KB7Q4Z3V5M".into(),
    };
    (
        AuditQuery { outcome: String::new(), before: "x".into(), actor: "Cap".into(), ..AuditQuery::default() },
        AuditPage {
            lines: vec![
                line(1, "Captain", "Connected a provider", "provider", "OpenAI", true, "key …a1B2"),
                line(2, "Captain", "A credential was refused", "provider", "Mistral AI", false, "Mistral AI says: “Unauthorized”"),
                line(3, "somebody", "Sign-in refused", "installation", "", false, "ann@example.com"),
                line(4, "Purser", "A scheduled check changed a connection", "provider", "xAI / Grok", true, "Connected → No funds"),
                line(5, "release-bot", "Tried a model", "provider", "OpenAI", true, ""),
            ],
            next: Some("01890a5d-ac96-774b-bcce-b302099a8099".parse().unwrap()),
            actions: vec![("setup".into(), "Created the owner account".into())],
        },
    )
}

async fn render<V: IntoView + Send + 'static>(path: &str, url: &str, theme: &str, bare: bool, body: impl Fn() -> V + Send + 'static) {
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
            practice: false,
        };
        provide_context(ViewerContext(Resource::new(
            || (),
            move |()| {
                let viewer = viewer.clone();
                async move { Ok(Some(viewer)) }
            },
        )));
        let bare = Memo::new(move |_| bare);
        view! { <Router><Frame bare=bare>{body()}</Frame></Router> }.to_html_stream_in_order()
    });
    let html: String = html.collect::<Vec<_>>().await.concat();
    let page = format!(
        "<!DOCTYPE html><html lang=en data-theme={theme} data-hydrated=true><head><meta charset=utf-8><title>t</title><meta name=viewport content='width=device-width, initial-scale=1'><link rel=stylesheet href=main.css></head><body>{html}</body></html>"
    );
    std::fs::write(format!("/tmp/preview-b/{path}.html"), page).unwrap();
}

#[tokio::test]
async fn preview() {
    let _ = any_spawner::Executor::init_tokio();
    tokio::task::LocalSet::new()
        .run_until(async {
            for theme in ["light", "dark"] {
                let n = |s: &str| format!("{s}-{theme}");
                render(&n("setup"), "http://x/setup", theme, true, || {
                    view! { <Page title="Set up Purser" intro=""><div class="people-page">{super::setup::preview()}</div></Page> }
                        .into_any()
                })
                .await;
                render(&n("login"), "http://x/login", theme, true, || view! { <super::LoginPage /> }.into_any()).await;
                render(&n("settings"), "http://x/platform/settings", theme, false, || super::settings::preview().into_any()).await;
                render(&n("access"), "http://x/platform/ai/access", theme, false, || {
                    super::access::preview(vec![
                        token("release-bot", true, false),
                        token("nightly report", true, false),
                        token("old", false, true),
                        token("older", false, false),
                    ])
                    .into_any()
                })
                .await;
                render(&n("access-none"), "http://x/platform/ai/access", theme, false, || super::access::preview(vec![]).into_any()).await;
                render(&n("usage"), "http://x/platform/ai/usage", theme, false, || {
                    super::usage::preview(usage(UsagePeriod::Month, 30, false)).into_any()
                })
                .await;
                render(&n("usage-none"), "http://x/platform/ai/usage", theme, false, || {
                    super::usage::preview(usage(UsagePeriod::Month, 30, true)).into_any()
                })
                .await;
                render(&n("usage-90"), "http://x/platform/ai/usage", theme, false, || {
                    super::usage::preview(usage(UsagePeriod::Quarter, 90, false)).into_any()
                })
                .await;
                render(&n("audit"), "http://x/platform/audit", theme, false, || super::audit::preview(audit()).into_any()).await;
            }
        })
        .await;
}
