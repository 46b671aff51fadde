//! The vendors' APIs behind the tokens: model lists and inference, for plan tokens and for the key that came of a code.

use super::Issuer;
use super::http::At;
use super::refusal::{Refusal, Shape};
use super::rules::Vendor;
use crate::stand_in::{Behaviour, anthropic, openai, responses};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

/// The models of a ChatGPT plan; the last one is not for everybody's list.
const PLAN_MODELS: [(&str, &str, &str); 3] =
    [("gpt-5.3-codex", "GPT-5.3 Codex", "list"), ("gpt-5.4", "GPT-5.4", "list"), ("gpt-5.3-codex-internal", "Internal", "hide")];
const GROK_MODELS: &[&str] = &["grok-4.6", "grok-4.5"];
const ROUTER_MODELS: &[&str] = &["anthropic/claude-sonnet-4.6", "openai/gpt-5.2", "mistralai/mistral-large"];

pub(super) fn router(issuer: Issuer) -> Router<Issuer> {
    Router::new()
        .route("/models", get(models))
        .route("/responses", post(respond))
        .route("/v1/models", get(models))
        .route("/v1/key", get(|| async { Json(json!({"data": {"label": "Purser", "limit": null, "limit_remaining": null, "usage": 0}})) }))
        .route("/v1/messages", post(anthropic::messages))
        .route("/v1/responses", post(respond))
        .route("/v1/chat/completions", post(chat))
        .layer(middleware::from_fn_with_state(issuer, admit))
}

async fn admit(State(issuer): State<Issuer>, At(vendor): At, request: Request, next: Next) -> Response {
    // The list of models is public there, and proves nothing.
    let public = vendor == Vendor::Openrouter && request.uri().path().ends_with("/models");
    match admitted(&issuer, vendor, request.headers()) {
        Err(refusal) if !public => refusal.into_response(),
        _ => next.run(request).await,
    }
}

fn admitted(issuer: &Issuer, vendor: Vendor, headers: &HeaderMap) -> Result<(), Refusal> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let shape = if vendor == Vendor::Anthropic { Shape::Typed } else { Shape::Coded };
    let token = text(header::AUTHORIZATION.as_str()).strip_prefix("Bearer ").unwrap_or_default();
    // Where a key may also be pasted, practice keys are as good here as at the other stand-ins.
    let pasted = vendor == Vendor::Openrouter && Behaviour::of(headers) == Behaviour::Good;
    let good = pasted || issuer.accepts(vendor, token);
    {
        let mut desks = issuer.desks();
        let counts = &mut desks.entry(vendor).or_default().counts;
        *(if good { &mut counts.calls } else { &mut counts.refused_calls }) += 1;
    }
    if !good {
        let code = if vendor == Vendor::Anthropic { "authentication_error" } else { "token_expired" };
        return Err(Refusal::new(401, code, "The access token is invalid or has expired.").shaped(shape));
    }
    if vendor == Vendor::Xai && text("x-xai-token-auth") != "xai-grok-cli" {
        return Err(Refusal::new(401, "unauthenticated", "X-XAI-Token-Auth is missing.").shaped(shape));
    }
    if vendor == Vendor::Anthropic && (!text("anthropic-beta").contains("oauth-2025-04-20") || headers.contains_key("x-api-key")) {
        return Err(Refusal::new(401, "authentication_error", "OAuth authentication is currently not supported.").shaped(shape));
    }
    Ok(())
}

async fn models(At(vendor): At) -> Response {
    match vendor {
        Vendor::Anthropic => anthropic::list().await.into_response(),
        Vendor::Openrouter => openai::list(State(ROUTER_MODELS)).await.into_response(),
        Vendor::Xai => openai::list(State(GROK_MODELS)).await.into_response(),
        Vendor::Codex | Vendor::Chatgpt => {
            let model = |(slug, name, visibility): &(&str, &str, &str)| json!({"slug": slug, "display_name": name, "visibility": visibility, "supported_in_api": true});
            Json(json!({"models": PLAN_MODELS.iter().map(model).collect::<Vec<_>>()})).into_response()
        }
    }
}

async fn chat(Json(request): Json<Value>) -> Response {
    openai::completion(request["model"].as_str().unwrap_or_default(), &request)
}

/// What a plan takes is less than what a key takes.
async fn respond(At(vendor): At, headers: HeaderMap, Json(request): Json<Value>) -> Response {
    let refused = |message: &str| Refusal::new(400, "unsupported_parameter", message).shaped(Shape::Coded).into_response();
    if vendor == Vendor::Codex && headers.get("chatgpt-account-id").is_none_or(|account| account != "acct-practice") {
        return Refusal::new(401, "account_missing", "ChatGPT-Account-ID is missing.").shaped(Shape::Coded).into_response();
    }
    if vendor == Vendor::Xai {
        return responses::answered(GROK_MODELS, &request);
    }
    if request["stream"] != json!(true) || request["store"] != json!(false) {
        return refused("Stream must be set to true and store to false");
    }
    for member in ["temperature", "max_output_tokens", "metadata", "previous_response_id", "prompt_cache_retention"] {
        if request.get(member).is_some() {
            return refused(&format!("Unsupported parameter: {member}"));
        }
    }
    let models: Vec<&str> = PLAN_MODELS.iter().map(|(slug, ..)| *slug).collect();
    responses::answered(&models, &request)
}
