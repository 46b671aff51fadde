//! What every route expects of its caller. A route that is missing here fails the tests.

use vocab::Permission::{
    self, ManageAccessTokens, ManageBuilds, ManageFinance, ManageProviderConnections, ManageSettings, ManageTeam, UseInference, ViewAudit,
    ViewFinance, ViewPlatform,
};

/// Who gets past the door of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Open,
    /// A screen: any signed-in person gets one; what they may not see is not in it.
    Screen,
    /// Any signed-in person, and no access token.
    Person,
    /// Any signed-in person, and any access token.
    Caller,
    /// A signed-in person or access token with the permission.
    May(Permission),
    /// As `May`, and also an access token with the scope `connect` of somebody who may connect providers.
    MayOrConnect(Permission),
    /// A signed-in person with the permission.
    PersonWho(Permission),
    /// An access token with the permission, and no person.
    TokenThat(Permission),
    /// `/metrics`: with the permission, or from this machine.
    Metrics,
}

use Access::{Caller, May, MayOrConnect, Metrics, Open, Person, PersonWho, Screen, TokenThat};

/// What is sent along so that a route gets as far as asking who it is.
#[derive(Debug, Clone, Copy)]
pub enum Body {
    Nothing,
    Form(&'static str),
    Json(&'static str),
}

use Body::{Form, Json, Nothing};

/// A route: method, path as the router has it, body, access.
pub type Row = (&'static str, &'static str, Body, Access);

/// An id that nothing has.
pub const NOTHING: &str = "00000000-0000-0000-0000-000000000000";

/// Bodies that Finance's routes can read.
const TERMS: &str = concat!(
    r#"{"version":0,"#,
    r#""terms":{"billing_timing":"advance","free_plan":false,"budge"#,
    r#"t_window":"monthly","allows_overage":false,"time_zone":"UTC","proration":"none"}"#,
    "}"
);
const SUCCESSOR: &str = concat!(
    r#"{"version":0,"allowances":[],"#,
    r#""terms":{"billing_timing":"advance","free_plan":false,"budge"#,
    r#"t_window":"monthly","allows_overage":false,"time_zone":"UTC","proration":"none"}"#,
    "}"
);
const PRICE: &str = r#"{"model_id":"m","meter":"input","price":"1","per":"1","currency":"USD","from":"2026-01-01"}"#;
const PRICE_END: &str = r#"{"price_id":"00000000-0000-0000-0000-000000000000","until":"2026-01-01"}"#;
const FIGURE: &str = r#"{"allowance_id":"00000000-0000-0000-0000-000000000000","date":"2026-01-01","quantity":"1"}"#;
const FIGURE_KEY: &str = r#"{"allowance_id":"00000000-0000-0000-0000-000000000000","date":"2026-01-01"}"#;
const PROFILE: &str = r#"{"version":0,"settings":{"reconciliation_strategy":"manual","valuation_method":"list_price"}}"#;
const RELINK: &str = r#"{"version":0,"supplier_id":"00000000-0000-0000-0000-000000000000"}"#;

pub const ROUTES: &[Row] = &[
    // Our own.
    ("GET", "/healthz", Nothing, Open),
    ("GET", "/readyz", Nothing, Open),
    ("GET", "/metrics", Nothing, Metrics),
    ("GET", "/events", Nothing, Person),
    ("GET", "/api/v1/auth/provider-oauth/callback", Nothing, Open),
    ("GET", "/callback", Nothing, Open),
    ("POST", "/platform/ai/providers/{provider_id}/sign-in", Form(""), PersonWho(ManageProviderConnections)),
    ("GET", "/platform/ai/providers/{provider_id}/sign-in", Nothing, PersonWho(ManageProviderConnections)),
    ("GET", "/platform/ai/providers/{provider_id}/sign-in/onward", Nothing, PersonWho(ManageProviderConnections)),
    ("POST", "/platform/ai/builds", Form("provider_id=nope&prompt=x"), PersonWho(ManageBuilds)),
    // Files.
    ("GET", "/pkg/{*file}", Nothing, Open),
    ("GET", "/favicon.ico", Nothing, Open),
    ("GET", "/favicon.svg", Nothing, Open),
    ("GET", "/apple-touch-icon.png", Nothing, Open),
    ("GET", "/icon-192.png", Nothing, Open),
    ("GET", "/icon-512.png", Nothing, Open),
    ("GET", "/manifest.webmanifest", Nothing, Open),
    ("GET", "/robots.txt", Nothing, Open),
    // Screens.
    ("GET", "/setup", Nothing, Open),
    ("GET", "/login", Nothing, Open),
    ("GET", "/", Nothing, Screen),
    ("GET", "/platform/ai/providers", Nothing, Screen),
    ("GET", "/platform/ai/providers/{provider_id}", Nothing, Screen),
    ("GET", "/platform/ai/access", Nothing, Screen),
    ("GET", "/platform/ai/builds", Nothing, Screen),
    ("GET", "/platform/ai/builds/{id}", Nothing, Screen),
    ("GET", "/platform/ai/usage", Nothing, Screen),
    ("GET", "/platform/audit", Nothing, Screen),
    ("GET", "/platform/notifications", Nothing, Screen),
    ("GET", "/platform/settings", Nothing, Screen),
    ("GET", "/finance/spend", Nothing, Screen),
    ("GET", "/finance/spend/ai", Nothing, Screen),
    ("GET", "/finance/suppliers", Nothing, Screen),
    ("GET", "/finance/suppliers/{id}", Nothing, Screen),
    ("GET", "/finance/contracts/{id}", Nothing, Screen),
    ("GET", "/finance/providers/{id}", Nothing, Screen),
    ("GET", "/finance/work-items", Nothing, Screen),
    ("GET", "/finance/bills", Nothing, Screen),
    ("GET", "/finance/bills/{id}", Nothing, Screen),
    ("GET", "/finance/jobs", Nothing, Screen),
    // Server functions.
    ("POST", "/fn/viewer", Form(""), Open),
    ("POST", "/fn/setup_state", Form("link="), Open),
    ("POST", "/fn/setup", Form("link=&name=Eve&email=eve%40example.com&password=x&password_again=x"), Open),
    ("POST", "/fn/sign_in", Form("email=eve&password=x"), Open),
    ("POST", "/fn/sign_out", Form(""), Person),
    ("POST", "/fn/sessions", Form(""), Person),
    ("POST", "/fn/end_session", Form("id=00000000-0000-0000-0000-000000000000"), Person),
    ("POST", "/fn/change_password", Form("current=x&password=y&password_again=z"), Person),
    ("POST", "/fn/team", Form(""), PersonWho(ManageTeam)),
    ("POST", "/fn/add_person", Form("name=Eve&email=eve&role=viewer&password=x"), PersonWho(ManageTeam)),
    ("POST", "/fn/set_role", Form("user_id=00000000-0000-0000-0000-000000000000&role=owner"), PersonWho(ManageTeam)),
    ("POST", "/fn/reset_password", Form("user_id=00000000-0000-0000-0000-000000000000&password=x"), PersonWho(ManageTeam)),
    ("POST", "/fn/set_active", Form("user_id=00000000-0000-0000-0000-000000000000&active=true"), PersonWho(ManageTeam)),
    ("POST", "/fn/providers", Form(""), PersonWho(ViewPlatform)),
    ("POST", "/fn/provider", Form("id=nope"), PersonWho(ViewPlatform)),
    ("POST", "/fn/recognise_key", Json(r#"{"key":"sk-x"}"#), PersonWho(ManageProviderConnections)),
    ("POST", "/fn/connect_with_key", Form("id=nope&key=x&version=0"), PersonWho(ManageProviderConnections)),
    ("POST", "/fn/connect_local", Form("id=nope"), PersonWho(ManageProviderConnections)),
    ("POST", "/fn/test_connection", Form("id=nope"), PersonWho(ManageProviderConnections)),
    ("POST", "/fn/paid_test", Form("id=nope"), PersonWho(ManageProviderConnections)),
    ("POST", "/fn/disconnect", Form("id=nope"), PersonWho(ManageProviderConnections)),
    ("POST", "/fn/set_enabled", Form("id=nope&enabled=true"), PersonWho(ManageProviderConnections)),
    ("POST", "/fn/sync_models", Form("id=nope"), PersonWho(ManageProviderConnections)),
    ("POST", "/fn/try_it", Json(r#"{"id":"nope","model":"m","prompt":"hi"}"#), PersonWho(ManageProviderConnections)),
    ("POST", "/fn/paste_answer", Form("id=nope&answer=x"), PersonWho(ManageProviderConnections)),
    ("POST", "/fn/cancel_sign_in", Form("id=nope"), PersonWho(ManageProviderConnections)),
    ("POST", "/fn/start_device_flow", Form("id=nope"), PersonWho(ManageProviderConnections)),
    ("POST", "/fn/cancel_device_flow", Form("id=nope"), PersonWho(ManageProviderConnections)),
    ("POST", "/fn/allow_sign_in", Form("id=nope&allow=false"), PersonWho(ManageSettings)),
    ("POST", "/fn/usage", Form("period=week"), PersonWho(ViewPlatform)),
    ("POST", "/fn/audit_log", Json(r#"{"query":{}}"#), PersonWho(ViewAudit)),
    ("POST", "/fn/notifications", Form("open_only=false"), PersonWho(ViewPlatform)),
    ("POST", "/fn/waiting", Form(""), PersonWho(ViewPlatform)),
    ("POST", "/fn/read_notification", Form("id=00000000-0000-0000-0000-000000000000"), PersonWho(ViewPlatform)),
    ("POST", "/fn/read_all_notifications", Form(""), PersonWho(ViewPlatform)),
    ("POST", "/fn/notification_channels", Form(""), PersonWho(ManageSettings)),
    ("POST", "/fn/send_test_message", Form(""), PersonWho(ManageSettings)),
    ("POST", "/fn/builds", Form(""), PersonWho(ManageBuilds)),
    ("POST", "/fn/build", Form("id=00000000-0000-0000-0000-000000000000&place="), PersonWho(ManageBuilds)),
    ("POST", "/fn/cancel_build", Form("id=00000000-0000-0000-0000-000000000000"), PersonWho(ManageBuilds)),
    ("POST", "/fn/retry_build", Form("id=00000000-0000-0000-0000-000000000000"), PersonWho(ManageBuilds)),
    ("POST", "/fn/access_tokens", Form(""), PersonWho(ManageAccessTokens)),
    (
        "POST",
        "/fn/create_access_token",
        Json(r#"{"name":"","scopes":[],"providers":[],"models":[],"days":null}"#),
        PersonWho(ManageAccessTokens),
    ),
    ("POST", "/fn/revoke_access_token", Form("id=00000000-0000-0000-0000-000000000000"), PersonWho(ManageAccessTokens)),
    ("POST", "/fn/hand_off", Form("id=nope"), PersonWho(ManageFinance)),
    ("POST", "/fn/suppliers", Form(""), PersonWho(ViewFinance)),
    ("POST", "/fn/supplier", Form("id=00000000-0000-0000-0000-000000000000"), PersonWho(ViewFinance)),
    ("POST", "/fn/save_supplier", Form("id=00000000-0000-0000-0000-000000000000&version=0&fields[name]=x"), PersonWho(ManageFinance)),
    ("POST", "/fn/move_supplier", Form("id=00000000-0000-0000-0000-000000000000&version=0&status=active"), PersonWho(ManageFinance)),
    ("POST", "/fn/delete_supplier", Form("id=00000000-0000-0000-0000-000000000000"), PersonWho(ManageFinance)),
    ("POST", "/fn/contract", Form("id=00000000-0000-0000-0000-000000000000"), PersonWho(ViewFinance)),
    (
        "POST",
        "/fn/save_contract",
        Form("id=00000000-0000-0000-0000-000000000000&version=0&fields[notes]=x&then=save"),
        PersonWho(ManageFinance),
    ),
    (
        "POST",
        "/fn/contract_step",
        Form("id=00000000-0000-0000-0000-000000000000&version=0&step=suspend&reason=x"),
        PersonWho(ManageFinance),
    ),
    ("POST", "/fn/add_price", Form("id=00000000-0000-0000-0000-000000000000&fields[model_id]=x"), PersonWho(ManageFinance)),
    (
        "POST",
        "/fn/end_price",
        Form("id=00000000-0000-0000-0000-000000000000&price=00000000-0000-0000-0000-000000000000"),
        PersonWho(ManageFinance),
    ),
    ("POST", "/fn/report_usage", Form("id=00000000-0000-0000-0000-000000000000&fields[quantity]=1"), PersonWho(ManageFinance)),
    (
        "POST",
        "/fn/remove_report",
        Form("id=00000000-0000-0000-0000-000000000000&figure=00000000-0000-0000-0000-000000000000:2026-01-01"),
        PersonWho(ManageFinance),
    ),
    ("POST", "/fn/finance_provider", Form("id=nope"), PersonWho(ViewFinance)),
    ("POST", "/fn/save_finance_provider", Form("id=nope&version=0&fields[notes]=x"), PersonWho(ManageFinance)),
    ("POST", "/fn/relink_provider", Form("id=nope&version=0&supplier=00000000-0000-0000-0000-000000000000"), PersonWho(ManageFinance)),
    ("POST", "/fn/archive_finance_provider", Form("id=nope&version=0"), PersonWho(ManageFinance)),
    ("POST", "/fn/add_provider_price", Form("id=nope&fields[model_id]=x"), PersonWho(ManageFinance)),
    ("POST", "/fn/end_provider_price", Form("id=nope&price=00000000-0000-0000-0000-000000000000"), PersonWho(ManageFinance)),
    ("POST", "/fn/work_items", Form("filter[status]="), PersonWho(ViewFinance)),
    ("POST", "/fn/change_work_item", Form("id=00000000-0000-0000-0000-000000000000&step=start"), PersonWho(ManageFinance)),
    ("POST", "/fn/spend", Form("filter[show]="), PersonWho(ViewFinance)),
    ("POST", "/fn/bills", Form("status="), PersonWho(ViewFinance)),
    ("POST", "/fn/bill", Form("id=00000000-0000-0000-0000-000000000000"), PersonWho(ViewFinance)),
    ("POST", "/fn/confirm_bill", Form("id=00000000-0000-0000-0000-000000000000&version=0&fields[invoice_ref]=x"), PersonWho(ManageFinance)),
    ("POST", "/fn/bill_step", Form("id=00000000-0000-0000-0000-000000000000&version=0&step=submit"), PersonWho(ManageFinance)),
    ("POST", "/fn/finance_jobs", Form(""), PersonWho(ViewFinance)),
    ("POST", "/fn/run_finance_job", Form("job=upkeep"), PersonWho(ManageFinance)),
    // Machine API.
    ("GET", "/api/openapi.json", Nothing, Caller),
    ("ANY", "/api", Nothing, Caller),
    ("ANY", "/api/", Nothing, Caller),
    ("ANY", "/api/{*rest}", Nothing, Caller),
    ("GET", "/api/v1/me", Nothing, Caller),
    ("GET", "/api/v1/health", Nothing, May(ViewPlatform)),
    ("GET", "/api/v1/providers", Nothing, May(ViewPlatform)),
    ("GET", "/api/v1/providers/{id}", Nothing, May(ViewPlatform)),
    ("POST", "/api/v1/providers/{id}/key", Json(r#"{"key":"x"}"#), May(ManageProviderConnections)),
    ("POST", "/api/v1/providers/{id}/local", Json("{}"), May(ManageProviderConnections)),
    ("POST", "/api/v1/providers/{id}/test", Nothing, May(ManageProviderConnections)),
    ("POST", "/api/v1/providers/{id}/paid-test", Nothing, May(ManageProviderConnections)),
    ("PATCH", "/api/v1/providers/{id}/connection", Json(r#"{"enabled":true}"#), May(ManageProviderConnections)),
    ("DELETE", "/api/v1/providers/{id}/connection", Nothing, May(ManageProviderConnections)),
    ("GET", "/api/v1/providers/{id}/sign-in", Nothing, MayOrConnect(ViewPlatform)),
    ("POST", "/api/v1/providers/{id}/sign-in", Json("{}"), MayOrConnect(ManageProviderConnections)),
    ("DELETE", "/api/v1/providers/{id}/sign-in", Nothing, MayOrConnect(ManageProviderConnections)),
    ("GET", "/api/v1/providers/{id}/device-flows", Nothing, MayOrConnect(ViewPlatform)),
    ("POST", "/api/v1/providers/{id}/device-flows", Json("{}"), MayOrConnect(ManageProviderConnections)),
    ("DELETE", "/api/v1/providers/{id}/device-flows", Nothing, MayOrConnect(ManageProviderConnections)),
    ("POST", "/api/v1/providers/{id}/sign-in/answer", Json(r#"{"answer":"x"}"#), MayOrConnect(ManageProviderConnections)),
    ("GET", "/api/v1/providers/{id}/models", Nothing, May(ViewPlatform)),
    ("POST", "/api/v1/providers/{id}/models/sync", Nothing, May(ManageProviderConnections)),
    ("POST", "/api/v1/keys/recognise", Json(r#"{"key":"sk-x"}"#), May(ManageProviderConnections)),
    ("GET", "/api/v1/keys", Nothing, May(ManageSettings)),
    ("POST", "/api/v1/keys/rotate", Nothing, May(ManageSettings)),
    ("GET", "/api/v1/builds", Nothing, May(ManageBuilds)),
    ("POST", "/api/v1/builds", Json(r#"{"provider_id":"nope","prompt":"x"}"#), May(ManageBuilds)),
    ("GET", "/api/v1/build-programs", Nothing, May(ManageBuilds)),
    ("GET", "/api/v1/builds/{id}", Nothing, May(ManageBuilds)),
    ("GET", "/api/v1/builds/{id}/log", Nothing, May(ManageBuilds)),
    ("GET", "/api/v1/builds/{id}/log/events", Nothing, May(ManageBuilds)),
    ("GET", "/api/v1/builds/{id}/artefacts", Nothing, May(ManageBuilds)),
    ("POST", "/api/v1/builds/{id}/cancel", Nothing, May(ManageBuilds)),
    ("POST", "/api/v1/builds/{id}/retry", Nothing, May(ManageBuilds)),
    ("GET", "/api/v1/access-tokens", Nothing, May(ManageAccessTokens)),
    ("POST", "/api/v1/access-tokens", Json(r#"{"name":"","scopes":[]}"#), May(ManageAccessTokens)),
    ("DELETE", "/api/v1/access-tokens/{id}", Nothing, May(ManageAccessTokens)),
    ("GET", "/api/v1/usage", Nothing, May(ViewPlatform)),
    ("GET", "/api/v1/audit", Nothing, May(ViewAudit)),
    ("GET", "/api/v1/notifications", Nothing, May(ViewPlatform)),
    ("POST", "/api/v1/notifications/{id}/read", Nothing, May(ViewPlatform)),
    ("POST", "/api/v1/notifications/read-all", Nothing, May(ViewPlatform)),
    ("GET", "/api/v1/notifications/channels", Nothing, May(ManageSettings)),
    ("POST", "/api/v1/notifications/test", Nothing, May(ManageSettings)),
    ("GET", "/api/v1/team", Nothing, May(ManageTeam)),
    ("POST", "/api/v1/team", Json(r#"{"name":"Eve","email":"eve","role":"viewer","password":"x"}"#), May(ManageTeam)),
    ("PATCH", "/api/v1/team/{id}", Json(r#"{"active":true}"#), May(ManageTeam)),
    ("POST", "/api/v1/team/{id}/password", Json(r#"{"password":"x"}"#), May(ManageTeam)),
    ("POST", "/api/v1/setup", Json(r#"{"name":"Eve","email":"eve@example.com","password":"x"}"#), Open),
    ("POST", "/api/v1/sessions", Json(r#"{"email":"eve","password":"x"}"#), Open),
    ("GET", "/api/v1/sessions", Nothing, Person),
    ("DELETE", "/api/v1/sessions/{id}", Nothing, Person),
    // Gateway.
    ("GET", "/v1/models", Nothing, TokenThat(UseInference)),
    ("GET", "/v1/models/{*id}", Nothing, TokenThat(UseInference)),
    ("POST", "/v1/chat/completions", Json(r#"{"model":"nope/m","messages":[{"role":"user","content":"hi"}]}"#), TokenThat(UseInference)),
    ("POST", "/v1/responses", Json(r#"{"model":"nope/m","input":"hi"}"#), TokenThat(UseInference)),
    ("POST", "/v1/messages", Json(r#"{"model":"nope/m","max_tokens":1,"messages":[]}"#), TokenThat(UseInference)),
    ("POST", "/v1/embeddings", Json(r#"{"model":"nope/m","input":"hi"}"#), TokenThat(UseInference)),
    ("ANY", "/v1", Nothing, TokenThat(UseInference)),
    ("ANY", "/v1/", Nothing, TokenThat(UseInference)),
    ("ANY", "/v1/{*rest}", Nothing, TokenThat(UseInference)),
    // Finance.
    ("GET", "/api/v1/finance/suppliers", Nothing, May(ViewFinance)),
    ("POST", "/api/v1/finance/suppliers", Json(r#"{"name":""}"#), May(ManageFinance)),
    ("GET", "/api/v1/finance/suppliers/{id}", Nothing, May(ViewFinance)),
    ("PUT", "/api/v1/finance/suppliers/{id}", Json(r#"{"version":0,"details":{"name":""}}"#), May(ManageFinance)),
    ("DELETE", "/api/v1/finance/suppliers/{id}", Nothing, May(ManageFinance)),
    ("PUT", "/api/v1/finance/suppliers/{id}/status", Json(r#"{"version":0,"status":"active"}"#), May(ManageFinance)),
    ("GET", "/api/v1/finance/contracts", Nothing, May(ViewFinance)),
    ("GET", "/api/v1/finance/contracts/{id}", Nothing, May(ViewFinance)),
    ("PUT", "/api/v1/finance/contracts/{id}/terms", Json(TERMS), May(ManageFinance)),
    ("PUT", "/api/v1/finance/contracts/{id}/allowances", Json(r#"{"version":0,"allowances":[]}"#), May(ManageFinance)),
    ("POST", "/api/v1/finance/contracts/{id}/prices", Json(PRICE), May(ManageFinance)),
    ("POST", "/api/v1/finance/contracts/{id}/prices/end", Json(PRICE_END), May(ManageFinance)),
    ("GET", "/api/v1/finance/contracts/{id}/vendor-figures", Nothing, May(ViewFinance)),
    ("POST", "/api/v1/finance/contracts/{id}/vendor-figures", Json(FIGURE), May(ManageFinance)),
    ("POST", "/api/v1/finance/contracts/{id}/vendor-figures/remove", Json(FIGURE_KEY), May(ManageFinance)),
    ("POST", "/api/v1/finance/contracts/{id}/activate", Json(r#"{"version":0}"#), May(ManageFinance)),
    ("POST", "/api/v1/finance/contracts/{id}/suspend", Json(r#"{"version":0,"reason":"x"}"#), May(ManageFinance)),
    ("POST", "/api/v1/finance/contracts/{id}/resume", Json(r#"{"version":0}"#), May(ManageFinance)),
    ("POST", "/api/v1/finance/contracts/{id}/terminate", Json(r#"{"version":0,"reason":"x"}"#), May(ManageFinance)),
    ("POST", "/api/v1/finance/contracts/{id}/supersede", Json(SUCCESSOR), May(ManageFinance)),
    ("GET", "/api/v1/finance/contracts/{id}/evaluations", Nothing, May(ViewFinance)),
    ("GET", "/api/v1/finance/spend", Nothing, May(ViewFinance)),
    ("GET", "/api/v1/finance/bills", Nothing, May(ViewFinance)),
    ("GET", "/api/v1/finance/bills/{id}", Nothing, May(ViewFinance)),
    ("POST", "/api/v1/finance/bills/{id}/invoice", Json(r#"{"version":0,"invoice_ref":"x","lines":[]}"#), May(ManageFinance)),
    ("POST", "/api/v1/finance/bills/{id}/submit", Json(r#"{"version":0}"#), May(ManageFinance)),
    ("POST", "/api/v1/finance/bills/{id}/approve", Json(r#"{"version":0}"#), May(ManageFinance)),
    ("POST", "/api/v1/finance/bills/{id}/reject", Json(r#"{"version":0,"reason":"x"}"#), May(ManageFinance)),
    ("POST", "/api/v1/finance/bills/{id}/pay", Json(r#"{"version":0,"amount":"1","on":"2026-11-01"}"#), May(ManageFinance)),
    ("POST", "/api/v1/finance/bills/{id}/void", Json(r#"{"version":0,"reason":"x"}"#), May(ManageFinance)),
    ("POST", "/api/v1/finance/bills/{id}/redraft", Nothing, May(ManageFinance)),
    ("GET", "/api/v1/finance/exports/focus.csv", Nothing, May(ViewFinance)),
    ("GET", "/api/v1/finance/exports/focus.json", Nothing, May(ViewFinance)),
    ("GET", "/api/v1/finance/jobs", Nothing, May(ViewFinance)),
    ("POST", "/api/v1/finance/jobs/{job}/run", Json("{}"), May(ManageFinance)),
    ("GET", "/api/v1/finance/work-items", Nothing, May(ViewFinance)),
    ("PATCH", "/api/v1/finance/work-items/{id}", Json(r#"{"action":"start"}"#), May(ManageFinance)),
    ("GET", "/api/v1/finance/providers/{id}/panel", Nothing, Caller),
    ("POST", "/api/v1/finance/providers/{id}/hand-off", Nothing, May(ManageFinance)),
    ("GET", "/api/v1/finance/providers/{id}", Nothing, May(ViewFinance)),
    ("PUT", "/api/v1/finance/providers/{id}", Json(PROFILE), May(ManageFinance)),
    ("PUT", "/api/v1/finance/providers/{id}/supplier", Json(RELINK), May(ManageFinance)),
    ("POST", "/api/v1/finance/providers/{id}/archive", Json(r#"{"version":0}"#), May(ManageFinance)),
    ("GET", "/api/v1/finance/providers/{id}/prices", Nothing, May(ViewFinance)),
    ("POST", "/api/v1/finance/providers/{id}/prices", Json(PRICE), May(ManageFinance)),
    ("POST", "/api/v1/finance/providers/{id}/prices/end", Json(PRICE_END), May(ManageFinance)),
];

/// A path that the route matches, naming things that do not exist.
pub fn example(path: &str) -> String {
    let id = if path.contains("/providers/{") { "nope" } else { NOTHING };
    path.replace("{*file}", "nothing.js")
        .replace("{*rest}", "nowhere")
        .replace("{*id}", "nope/m")
        .replace("{provider_id}", "openai")
        .replace("{job}", "upkeep")
        .replace("{id}", id)
}
