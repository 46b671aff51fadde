//! Warm, a request asks the database nothing.

use crate::gateway_world::{DONE, World, chunk, completion, hello};
use axum::body::Body;
use axum::http::Method;
use serde_json::json;

#[tokio::test]
async fn a_warm_request_is_served_without_a_database() {
    let world = World::with(&[("openai", &["gpt-4o"]), ("anthropic", &["claude-3-5-haiku-20241022"])]).await;
    world.upstream.reply_json("openai", &completion(1, 0, 1));
    assert_eq!(world.ask_model("gpt-4o").await.status, 200);
    world.row().await;
    world.app.close_database().await;
    assert!(world.app.state.ports.installation.ping().await.is_err(), "it is gone");

    for _ in 0..20 {
        world.upstream.reply_json("openai", &completion(1, 0, 1));
        let asked = world.ask_model("openai/gpt-4o").await;
        assert_eq!(asked.status, 200);
        assert_eq!(asked.json().await["object"], "chat.completion");
    }
    world.upstream.events("openai", &[&chunk("hi"), DONE]).await;
    let streamed = world.ask(json!({"model": "gpt-4o", "stream": true, "messages": []}).to_string()).await;
    assert!(streamed.text().await.ends_with(DONE));
    assert_eq!(world.send(&world.token, Method::GET, "/v1/models", Body::empty()).await.status, 200);

    // A stranger has to be looked up, and cannot be.
    let stranger = "pur_AAAAAAAAAAAA_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let (status, code) = world.ask_as(stranger, hello("gpt-4o").to_string()).await.refusal().await;
    assert_eq!((status, code.as_str()), (503, "unavailable"));
}

#[tokio::test]
async fn without_news_of_the_log_nothing_is_believed() {
    for world in World::openai_on_each().await {
        world.upstream.reply_json("openai", &completion(1, 0, 1));
        assert_eq!(world.ask_model("gpt-4o").await.status, 200);
        world.app.close_database().await;
        world.app.clock.advance(time::Duration::seconds(2));
        assert_eq!(world.ask_model("gpt-4o").await.refusal().await, (503, "unavailable".to_owned()));
    }
}
