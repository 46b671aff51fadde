//! Providers.

use super::{audit_view, dollars, moment, sign_in};
use crate::wire::{
    AddressField, ConnectOutcome, Facts, HealthAction, HealthView, KeyGuess, LinkView, MethodView, ModelView, PaidTestView, ProviderDetail,
    ProviderList, ProviderRow, RowGroup,
};
use domain::connection::{Connection, Detection};
use domain::grant::Life;
use domain::models::ModelProfile;
use domain::people::Caller;
use domain::provider::{BaseUrl, Links, Method, Provider};
use services::connections::{KeyRecognised, Outcome};
use services::device_sign_in::DeviceOffer;
use services::inference::PaidTest;
use services::overview;
use services::sign_in::OfferState;
use vocab::{Category, Health};

/// External Services, grouped and in order.
pub fn provider_list(states: &[overview::ProviderState]) -> ProviderList {
    // A local engine connects itself; the first visit lasts until a person has connected something.
    let by_person = |state: &overview::ProviderState| state.connection.as_ref().is_some_and(|c| c.connected_by.is_some());
    let first_visit = !states.iter().any(by_person);
    let mut rows: Vec<ProviderRow> = states.iter().map(provider_row).collect();
    // Stable: within a group the catalogue's order stays.
    rows.sort_by_key(|row| row.group);
    ProviderList { rows, first_visit }
}

/// A row.
pub fn provider_row(state: &overview::ProviderState) -> ProviderRow {
    let provider = &state.provider;
    ProviderRow {
        id: provider.id.clone(),
        name: provider.name.clone(),
        summary: provider.summary.clone(),
        category: provider.category,
        group: group(state),
        methods: provider.methods.iter().map(|method| method.kind).collect(),
        method: state.connection.as_ref().map(|connection| connection.method),
        account: account(state),
        health: HealthView {
            health: state.health.health,
            cause: state.health.cause.clone(),
            until: state.health.until.map(moment),
            action: action(state),
        },
        checked: state.connection.as_ref().map(|connection| moment(connection.standing.checked_at())),
        models: state.models,
        month_cost: state.month_cost.map(|cost| dollars(cost.round_dp(2))),
    }
}

fn group(state: &overview::ProviderState) -> RowGroup {
    match state.health.health {
        health if health.needs_attention() => RowGroup::NeedsAttention,
        _ if state.provider.category == Category::Local => RowGroup::Local,
        Health::NotConnected | Health::Connecting => RowGroup::Available,
        _ => RowGroup::Connected,
    }
}

fn account(state: &overview::ProviderState) -> String {
    let Some(connection) = &state.connection else { return String::new() };
    match (&connection.account, &connection.key_hint, &connection.base_url) {
        (Some(account), ..) => account.clone(),
        (None, Some(hint), _) => format!("key {hint}"),
        (None, None, Some(url)) => url.as_str().trim_start_matches("http://").trim_end_matches('/').to_owned(),
        (None, None, None) => String::new(),
    }
}

fn action(state: &overview::ProviderState) -> Option<HealthAction> {
    match state.health.health {
        Health::NotConnected => Some(HealthAction::Connect),
        Health::Rejected | Health::CannotDecrypt => Some(HealthAction::ReplaceKey),
        Health::NoFunds => Some(HealthAction::AddFunds),
        Health::CoolingDown | Health::Unreachable => Some(HealthAction::Test),
        Health::NeedsSignIn | Health::ExpiringSoon => Some(HealthAction::SignIn),
        Health::Disabled => Some(HealthAction::Enable),
        Health::Connected if state.models == 0 => Some(HealthAction::Sync),
        Health::Connected | Health::Connecting => None,
    }
}

/// A provider's page.
pub fn provider_detail(
    caller: &Caller,
    detail: overview::ProviderDetail,
    offer: Option<OfferState>,
    device: Option<DeviceOffer>,
) -> ProviderDetail {
    let overview::ProviderDetail { state, models, activity, used_by, fallback } = detail;
    let provider = &state.provider;
    let methods = provider.methods.iter().map(|method| sign_in::fitted(self::method(method), caller, offer.as_ref())).collect();
    let name = |object_id: &str| if object_id == provider.id.as_str() { provider.name.clone() } else { object_id.to_owned() };
    ProviderDetail {
        finance: None,
        row: provider_row(&state),
        links: links(&provider.links),
        methods,
        sign_in_failure: offer.as_ref().and_then(sign_in::failure),
        device: device.map(super::device::device),
        sign_ins: offer.map(sign_in::under_way).unwrap_or_default(),
        address: address(provider, state.connection.as_ref()),
        facts: facts(&state, used_by, fallback),
        verify: state.connection.as_ref().map_or(&provider.verify, |connection| provider.verify_of(connection.method)).describe.clone(),
        key_example: provider.key_prefixes.first().map(|prefix| format!("{prefix}…")),
        models: models.iter().map(model).collect(),
        activity: activity.into_iter().map(|record| audit_view(name(&record.object_id), record)).collect(),
        looked_at: looked_at(state.detection.as_ref()),
        version: state.connection.as_ref().map_or(0, |connection| connection.version),
    }
}

fn links(links: &Links) -> Vec<LinkView> {
    let all = [
        ("Console", &links.console),
        ("API keys", &links.keys),
        ("Docs", &links.docs),
        ("Billing", &links.billing),
        ("Usage", &links.usage),
    ];
    all.into_iter().filter_map(|(label, url)| url.as_ref().map(|url| LinkView { label: label.to_owned(), url: url.to_string() })).collect()
}

fn method(method: &Method) -> MethodView {
    MethodView {
        kind: method.kind,
        purpose: method.purpose.clone(),
        cost: method.cost.clone(),
        rule: method.rule.clone(),
        rule_url: method.rule_url.as_ref().map(ToString::to_string),
        reviewed: method.reviewed.to_string(),
        recommended: method.recommended,
        unavailable: method.unavailable.clone(),
        owner_switch: None,
    }
}

fn address(provider: &Provider, connection: Option<&Connection>) -> Option<AddressField> {
    let BaseUrl::Operator(field) = &provider.base_url else { return None };
    let set = connection.and_then(|connection| connection.base_url.as_ref()).or(field.default.as_ref());
    Some(AddressField {
        label: field.label.clone(),
        placeholder: field.placeholder.clone(),
        help: field.help.clone(),
        value: set.map(ToString::to_string).unwrap_or_default(),
        optional: field.default.is_some() || connection.is_some(),
    })
}

fn facts(state: &overview::ProviderState, used_by: Vec<String>, fallback: Option<String>) -> Facts {
    let connection = state.connection.as_ref();
    let fixed = match &state.provider.base_url {
        BaseUrl::Fixed(url) => Some(url),
        BaseUrl::Operator(field) => field.default.as_ref(),
    };
    Facts {
        account: connection.and_then(|c| c.account.clone()),
        key_hint: connection.and_then(|c| c.key_hint.clone()),
        connected_by: connection.map(|c| c.connected_by_name.clone()),
        connected: connection.map(|c| moment(c.connected_at)),
        checked: connection.map(|c| moment(c.standing.checked_at())),
        next_check: connection.and_then(|c| c.standing.next_check_at()).map(moment),
        token_expires: state.life.as_ref().map(|life| moment(life.access_expires_at)),
        refreshes: state.life.as_ref().and_then(Life::refresh_at).map(moment),
        refreshed: state.life.as_ref().map(|life| moment(life.issued_at)),
        shared_with: state.shares_sign_in.iter().map(|other| other.name.clone()).collect(),
        base_url: connection.and_then(|c| c.base_url.as_ref()).or(fixed).map(ToString::to_string),
        used_by,
        fallback,
    }
}

fn looked_at(detection: Option<&Detection>) -> Vec<String> {
    match detection {
        Some(Detection::NotRunning { looked_at, .. }) => looked_at.iter().map(ToString::to_string).collect(),
        Some(Detection::Running { base_url, .. }) => vec![base_url.to_string()],
        None => Vec::new(),
    }
}

fn model(model: &ModelProfile) -> ModelView {
    let price = model.price.as_ref();
    ModelView {
        id: model.model_id.clone(),
        name: model.display_name.clone(),
        class: model.class,
        tier: model.tier,
        context_tokens: model.context_tokens,
        input_price: price.and_then(|p| p.per_million.input).map(dollars),
        output_price: price.and_then(|p| p.per_million.output).map(dollars),
        price_source: price.map(|p| format!("{}, {}", p.source, p.as_of)),
        status: model.status,
    }
}

/// What a pasted key may belong to.
pub fn key_guess(found: KeyRecognised) -> KeyGuess {
    KeyGuess { id: found.id, name: found.name }
}

/// What came of saving or testing.
pub fn outcome(outcome: Outcome) -> ConnectOutcome {
    ConnectOutcome { verdict: outcome.verdict, message: outcome.message, saved: outcome.saved }
}

/// What came of the paid test.
pub fn paid_test(test: PaidTest) -> PaidTestView {
    PaidTestView { answered: test.answered, message: test.message, cost: test.cost.map(dollars) }
}
