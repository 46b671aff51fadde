//! Who may ask, for what, and until when.

use crate::gateway_world::{World, completion, hello, overlay_of, provider};
use crate::support::settings;
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request};
use domain::people::Caller;
use secrecy::ExposeSecret;
use serde_json::Value;
use server::serve::assemble;
use server::start::{Base, KeyPolicy, SchemaPolicy, World as Surroundings};
use services::access_tokens::TokenForm;
use std::sync::Arc;
use std::time::{Duration, Instant};
use testkit::environment::SeededEntropy;
use tower::ServiceExt;
use vocab::{Role, Scope};

/// The log is read every second where nobody wakes its reader; reading it, on a busy machine, takes its time.
const WITHIN_A_SECOND: Duration = Duration::from_millis(1_500);

async fn refused(world: &World, token: &str) -> (u16, String) {
    world.ask_as(token, hello("gpt-4o").to_string()).await.refusal().await
}

#[tokio::test]
async fn strangers_hear_it_in_the_callers_dialect() {
    let world = World::openai().await;
    let mut tampered = world.token.clone();
    tampered.replace_range(tampered.len() - 1.., if tampered.ends_with('A') { "B" } else { "A" });
    for token in ["", "pur_", "sk-proj-somebody-elses", &tampered, &"x".repeat(5_000)] {
        assert_eq!(refused(&world, token).await, (401, "invalid_api_key".to_owned()), "{token}");
    }
    let bare = world.raw(Request::post("/v1/chat/completions").body(Body::empty()).unwrap()).await;
    assert_eq!(bare.header("www-authenticate"), "Bearer");
    assert_eq!(bare.refusal().await.0, 401);
    assert!(world.upstream.seen().is_empty());
}

#[tokio::test]
async fn a_signed_in_browser_cannot_spend_money() {
    let world = World::openai().await;
    let mut browser = world.app.browser_of(&world.owner).await;
    let asked = browser.send(Method::POST, "/v1/chat/completions", "*/*", Some(("text/plain", hello("gpt-4o").to_string()))).await;
    assert_eq!(asked.status, 401);
    assert_eq!(asked.json().await["error"]["code"], "invalid_api_key");
    assert_eq!(browser.get("/v1/models").await.status, 401);
    assert!(world.upstream.seen().is_empty());
}

#[tokio::test]
async fn only_the_scope_inference_sends_inference() {
    let world = World::openai().await;
    for scope in Scope::ALL.iter().filter(|scope| **scope != Scope::Inference) {
        let token = world.app.token_of(&world.owner, &[*scope]).await;
        assert_eq!(refused(&world, &token).await, (403, "insufficient_permissions".to_owned()), "{scope}");
    }
    let viewer = world.app.person("eve", Role::Viewer).await;
    let tokens = &world.app.state.services.access_tokens;
    let form = TokenForm { name: "x".into(), scopes: vec![Scope::Inference], ..TokenForm::default() };
    let token = tokens.create_for(&Caller::command_line(), viewer.id, "eve", Role::Owner, form).await.unwrap();
    assert_eq!(refused(&world, token.secret.expose_secret()).await.0, 403, "a token can do no more than its creator");
}

#[tokio::test]
async fn a_token_stays_within_its_providers_and_models() {
    let world = World::with(&[("openai", &["gpt-4o", "gpt-4o-mini"]), ("mistral", &["mistral-large", "gpt-4o"])]).await;
    let one = world.issue_text(TokenForm { providers: vec![provider("mistral")], ..TokenForm::default() }).await;
    let mini = world.issue_text(TokenForm { models: vec!["gpt-4o-mini".into()], ..TokenForm::default() }).await;
    for (token, model) in
        [(&one, "openai/gpt-4o"), (&one, "gpt-4o-mini"), (&mini, "openai/gpt-4o"), (&mini, "mistral/mistral-large"), (&mini, "gpt-4o")]
    {
        let said = world.ask_as(token, hello(model).to_string()).await.refusal().await;
        assert_eq!(said, (403, "model_not_allowed".to_owned()), "{model}");
    }
    world.upstream.reply_json("mistral", &completion(1, 0, 1));
    let asked = world.ask_as(&one, hello("gpt-4o").to_string()).await;
    assert_eq!(asked.header("x-purser-provider"), "mistral", "the one provider it may use has the model, too");
    let names =
        |list: Value| -> Vec<String> { list["data"].as_array().unwrap().iter().map(|m| m["id"].as_str().unwrap().to_owned()).collect() };
    let list = world.send(&one, Method::GET, "/v1/models", Body::empty()).await.json().await;
    assert_eq!(names(list), ["mistral/gpt-4o", "mistral/mistral-large"]);
    let list = world.send(&mini, Method::GET, "/v1/models", Body::empty()).await.json().await;
    assert_eq!(names(list), ["openai/gpt-4o-mini"]);
    let other = world.send(&mini, Method::GET, "/v1/models/openai/gpt-4o", Body::empty()).await.refusal().await;
    assert_eq!(other, (404, "model_not_found".to_owned()));
}

#[tokio::test]
async fn a_token_stops_when_its_days_are_over() {
    let world = World::openai().await;
    let token = world.issue_text(TokenForm { days: Some(1), ..TokenForm::default() }).await;
    world.upstream.reply_json("openai", &completion(1, 0, 1));
    assert_eq!(world.ask_as(&token, hello("gpt-4o").to_string()).await.status, 200);
    world.app.clock.advance(time::Duration::hours(24));
    assert_eq!(refused(&world, &token).await.0, 401);
}

#[tokio::test]
async fn a_token_stops_with_its_creator() {
    let world = World::openai().await;
    world.app.read_events();
    let ben = world.app.person("ben", Role::Operator).await;
    let token = world.app.token_of(&ben, &[Scope::Inference]).await;
    world.upstream.reply_json("openai", &completion(1, 0, 1));
    assert_eq!(world.ask_as(&token, hello("gpt-4o").to_string()).await.status, 200);
    world.app.state.services.people.set_active(&Caller::command_line(), ben.id, false).await.unwrap();
    refused_within_a_second(&world.app.router, &token).await;
}

#[tokio::test]
async fn revoking_takes_effect_at_once_here_and_within_a_second_elsewhere() {
    for world in World::openai_on_each().await {
        world.app.read_events();
        let other = another_replica(&world).await;
        let issued = world.issue(TokenForm::default()).await;
        let token = issued.secret.expose_secret();
        for router in [&world.app.router, &other] {
            assert_eq!(list_models(router, token).await, 200);
        }
        world.app.state.services.access_tokens.revoke(&Caller::command_line(), issued.listed.token.id).await.unwrap();
        assert_eq!(list_models(&world.app.router, token).await, 401);
        refused_within_a_second(&other, token).await;
    }
}

#[tokio::test]
async fn disconnecting_elsewhere_is_heard_here_within_a_second() {
    for world in World::openai_on_each().await {
        let other = another_replica(&world).await;
        assert_eq!(list_models(&other, &world.token).await, 200);
        world.app.state.services.connections.disconnect(&Caller::command_line(), &provider("openai")).await.unwrap();
        let began = Instant::now();
        while ask_model(&other, &world.token).await != 503 {
            assert!(began.elapsed() < WITHIN_A_SECOND, "still served");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// A second process on the same database and with the same keys, as far as one test can have one.
async fn another_replica(world: &World) -> Router {
    let overlay = world.app.folder.path().join("overlay-of-the-other.toml");
    std::fs::write(&overlay, overlay_of(&world.upstream.origin)).unwrap();
    let pairs = [("PURSER_PROVIDERS_FILE", overlay.to_str().unwrap())];
    let settings = settings(&world.app.folder, world.app.database().settings(), &[], &pairs);
    let surroundings = Surroundings { clock: Arc::new(world.app.clock.clone()), entropy: Arc::new(SeededEntropy::new(8)) };
    let base = Base::open(Arc::new(settings), &surroundings, SchemaPolicy::Expect, KeyPolicy::Insist).await.unwrap();
    let (state, writer) = assemble(&base).unwrap();
    tokio::spawn(writer.run());
    tokio::spawn(server::jobs::follow_log(state.clone()));
    state.services.caches.confirm();
    server::router::router(state).unwrap()
}

async fn ask_model(router: &Router, token: &str) -> u16 {
    let request = Request::post("/v1/chat/completions").header("authorization", format!("Bearer {token}"));
    let request = request.body(Body::from(hello("openai/gpt-4o").to_string())).unwrap();
    router.clone().oneshot(request).await.unwrap().status().as_u16()
}

async fn list_models(router: &Router, token: &str) -> u16 {
    let request = Request::get("/v1/models").header("authorization", format!("Bearer {token}")).body(Body::empty()).unwrap();
    router.clone().oneshot(request).await.unwrap().status().as_u16()
}

async fn refused_within_a_second(router: &Router, token: &str) {
    let began = Instant::now();
    while list_models(router, token).await != 401 {
        assert!(began.elapsed() < WITHIN_A_SECOND, "still believed");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
