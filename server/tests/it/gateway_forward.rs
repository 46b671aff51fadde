//! Requests to providers of the same dialect: byte for byte, with the usage written down.

use crate::gateway_world::{DONE, PROVIDER_KEY, World, chunk, completion, dollars, hello, usage_chunk};
use axum::body::Body;
use axum::http::Request;
use domain::inference::TokenCounts;
use serde_json::json;
use vocab::{CostBasis, UsageOutcome};

/// Odd, and JSON all the same: unusual white space, escapes, numbers, an unknown member, a model name inside a text.
const ODD: &str = "\n{ \"messages\" :[{\"role\":\"user\",\"content\":\"sn\\u00f6w \\u2603 \\\"model\\\":\\\"x\\\" \u{1f600}\"}],\t\"model\":\"gpt-4o\" ,\"temperature\":1.0e0,\n \"seed\":9007199254740993, \"x_unknown\":{\"a\":[null,-0.0]}} \n";

#[tokio::test]
async fn a_body_goes_out_as_it_came_in() {
    let world = World::openai().await;
    world.upstream.reply_json("openai", &completion(1, 0, 1));
    assert_eq!(world.ask(ODD).await.status, 200);
    let seen = world.upstream.only();
    assert_eq!(seen.path, "/openai/v1/chat/completions");
    assert_eq!(seen.body, ODD.as_bytes(), "a bare model name changes nothing");
}

#[tokio::test]
async fn only_the_models_name_is_replaced() {
    let world = World::openai().await;
    world.upstream.reply_json("openai", &completion(1, 0, 1));
    let pinned = ODD.replace("\"gpt-4o\"", "\"openai\\/gpt-4o\"");
    assert_eq!(world.ask(pinned).await.status, 200);
    assert_eq!(world.upstream.only().body, ODD.as_bytes());
}

#[tokio::test]
async fn the_providers_key_goes_out_and_ours_stays_in() {
    let world = World::openai().await;
    world.upstream.reply_json("openai", &completion(1, 0, 1));
    let request = Request::post("/v1/chat/completions")
        .header("x-api-key", &world.token)
        .header("cookie", "purser_session=secret-cookie")
        .header("user-agent", "agent/1")
        .header("x-forwarded-for", "10.0.0.9");
    let asked = world.raw(request.body(Body::from(hello("gpt-4o").to_string())).unwrap()).await;
    assert_eq!(asked.status, 200, "x-api-key does, and a content type is not asked for");
    let seen = world.upstream.only();
    assert_eq!(seen.header("authorization"), format!("Bearer {PROVIDER_KEY}"));
    assert_eq!(seen.header("content-type"), "application/json");
    assert!(seen.header("user-agent").starts_with("Purser/"));
    let all = format!("{:?}", seen.headers);
    assert!(!all.contains(&world.token) && !all.contains("secret-cookie") && !all.contains("10.0.0.9"), "{all}");
}

#[tokio::test]
async fn an_answer_comes_back_as_it_is_and_says_who_gave_it() {
    let world = World::openai().await;
    let body = "{ \"id\":\"x\",\n\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}, \"odd\":1e0}\n";
    world.upstream.reply("openai", 200, &[("content-type", "application/json; charset=utf-8"), ("x-internal", "no")], body);
    let asked = world.ask_model("gpt-4o").await;
    assert_eq!(asked.header("content-type"), "application/json; charset=utf-8");
    assert_eq!(asked.header("x-purser-provider"), "openai");
    assert_eq!(asked.header("x-internal"), "", "headers of the provider stay where they are");
    assert_eq!(asked.header("cache-control"), "no-store", "nobody keeps an answer");
    let id = asked.header("x-purser-request-id").to_owned();
    assert_eq!(asked.text().await, body);
    assert_eq!(world.row().await.request_id, id);
}

#[tokio::test]
async fn the_row_has_every_figure_and_the_exact_price() {
    for world in World::openai_on_each().await {
        world.upstream.reply_json("openai", &completion(1_000, 400, 200));
        world.ask_model("openai/gpt-4o").await.bytes().await;
        let row = world.row().await;
        assert_eq!(row.tokens, Some(TokenCounts { input: 600, output: 200, cache_read: 400, cache_write: 0, reasoning: 0 }));
        // 600 at 2.50, 400 cached at 1.25, 200 at 10 dollars a million.
        assert_eq!((row.cost, row.cost_basis), (Some(dollars("0.004")), CostBasis::ListPrice));
        assert_eq!((row.provider_id.as_str(), row.model_id.as_str(), row.status), ("openai", "gpt-4o", 200));
        assert_eq!((row.outcome, row.user_id), (UsageOutcome::Completed, Some(world.owner.id)));
        assert!(row.token_id.is_some());
    }
}

#[tokio::test]
async fn what_is_not_known_is_not_zero() {
    let world = World::with(&[("openai", &["somebodys-own-model"])]).await;
    world.upstream.reply_json("openai", &completion(10, 0, 5));
    world.upstream.reply_json("openai", &json!({"choices": []}));
    world.ask_model("somebodys-own-model").await.bytes().await;
    let row = world.row().await;
    assert_eq!((row.tokens.map(|tokens| tokens.total()), row.cost, row.cost_basis), (Some(15), None, CostBasis::Unknown));
    world.ask_model("somebodys-own-model").await.bytes().await;
    assert!(world.rows(2).await.iter().any(|row| row.tokens.is_none() && row.cost.is_none()));
}

#[tokio::test]
async fn usage_of_a_stream_is_asked_for_and_taken_out_again() {
    let world = World::openai().await;
    let (usage, text) = (usage_chunk(1_000_000, 100_000), chunk("hi"));
    world.upstream.events("openai", &[&text, &usage, DONE]).await;
    let sent = "{\"model\":\"gpt-4o\",\"stream\":true,\"messages\":[]}";
    let asked = world.ask(sent).await;
    assert_eq!(asked.header("content-type"), "text/event-stream");
    assert_eq!(asked.header("x-accel-buffering"), "no");
    assert_eq!(asked.text().await, format!("{text}{DONE}"), "the caller had not asked for usage");
    let expected = "{\"stream_options\":{\"include_usage\":true},\"model\":\"gpt-4o\",\"stream\":true,\"messages\":[]}";
    assert_eq!(world.upstream.only().body, expected, "the one documented splice");
    let row = world.row().await;
    assert_eq!((row.outcome, row.cost), (UsageOutcome::Completed, Some(dollars("3.5"))));
}

#[tokio::test]
async fn a_caller_who_asked_for_usage_gets_it() {
    let world = World::openai().await;
    let stream = [chunk("hi"), usage_chunk(5, 7), DONE.to_owned()].concat();
    world.upstream.events("openai", &[&stream]).await;
    let sent = "{\"stream_options\":{\"include_usage\":true},\"model\":\"gpt-4o\",\"stream\":true,\"messages\":[]}";
    assert_eq!(world.ask(sent).await.text().await, stream);
    assert_eq!(world.upstream.only().body, sent);
    assert_eq!(world.row().await.tokens.map(|tokens| tokens.total()), Some(12));
}

#[tokio::test]
async fn a_providers_own_errors_are_passed_on() {
    let world = World::openai().await;
    for (status, body) in
        [(400, "{\"error\": {\"message\":\"bad\" }}"), (404, "{}"), (429, "{\"error\":{}}"), (500, "oh no"), (529, "{\"type\":\"error\"}")]
    {
        world.upstream.reply("openai", status, &[("content-type", "application/json"), ("retry-after", "17")], body);
        let asked = world.ask_model("openai/gpt-4o").await;
        assert_eq!((asked.status, asked.header("retry-after")), (status, "17"));
        assert_eq!(asked.text().await, body);
    }
    for row in world.rows(5).await {
        assert_eq!((row.outcome, row.cost), (UsageOutcome::ProviderError, Some(dollars("0"))), "a refused request is not billed");
        assert!(row.status >= 400);
    }
}

#[tokio::test]
async fn a_providers_error_does_not_tell_our_key() {
    let world = World::openai().await;
    let body = json!({"error": {"message": format!("Incorrect API key provided: {PROVIDER_KEY}")}}).to_string();
    world.upstream.reply("openai", 401, &[("content-type", "application/json")], body);
    let asked = world.ask_model("openai/gpt-4o").await;
    assert!(!asked.text().await.contains(PROVIDER_KEY));
}

#[tokio::test]
async fn a_bare_name_fails_over_and_a_pinned_one_does_not() {
    let world = World::with(&[("groq", &["shared"]), ("mistral", &["shared"])]).await;
    world.upstream.reply("groq", 503, &[], "down");
    world.upstream.reply_json("mistral", &completion(1, 0, 1));
    let asked = world.ask_model("shared").await;
    assert_eq!((asked.status, asked.header("x-purser-provider")), (200, "mistral"));
    asked.bytes().await;
    assert_eq!(world.row().await.provider_id.as_str(), "mistral", "the first try is not billed and not counted");
    world.upstream.reply("groq", 503, &[], "down");
    let pinned = world.ask_model("groq/shared").await;
    assert_eq!((pinned.status, pinned.header("x-purser-provider")), (503, "groq"));
}

#[tokio::test]
async fn a_request_that_is_wrong_is_wrong_everywhere() {
    let world = World::with(&[("groq", &["shared"]), ("mistral", &["shared"])]).await;
    world.upstream.reply("groq", 400, &[("content-type", "application/json")], "{\"error\":{\"message\":\"bad\"}}");
    let asked = world.ask_model("shared").await;
    assert_eq!((asked.status, asked.header("x-purser-provider")), (400, "groq"));
    assert_eq!(world.upstream.seen().len(), 1);
}

#[tokio::test]
async fn a_provider_that_hangs_up_is_a_502_and_another_one_is_asked_first() {
    let world = World::with(&[("groq", &["shared"]), ("mistral", &["shared"])]).await;
    world.upstream.reply("groq", 302, &[("location", "https://elsewhere.example")], "");
    world.upstream.reply("mistral", 200, &[("content-type", "text/html")], "<html>captive portal</html>");
    let (status, code) = world.ask_model("shared").await.refusal().await;
    assert_eq!((status, code.as_str()), (502, "provider_unreachable"));
    assert_eq!(world.upstream.seen().len(), 2);
}
