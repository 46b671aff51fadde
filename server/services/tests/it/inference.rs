//! One path for every request: routed, forwarded or translated, metered exactly once.

use crate::sign_in_world::World;
use crate::support::{House, id};
use bytes::Bytes;
use domain::inference::{Delta, FinishReason, TokenCounts};
use domain::people::Caller;
use futures::StreamExt;
use rust_decimal::Decimal;
use services::Ports;
use services::ServiceError;
use services::inference::{GatewayAnswer, TryPiece};
use services::ports::UsageFilter;
use testkit::issuer::{Trouble, Vendor};
use time::OffsetDateTime;
use vocab::{CostBasis, UsageOutcome};

const ANSWER: &str = r#"{"model":"gpt-5.2","choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":500}}"#;

async fn ask(house: &House, body: &'static str) -> Result<GatewayAnswer, ServiceError> {
    house.services.inference.chat_completions(&Caller::system(), "req-1", Bytes::from_static(body.as_bytes())).await
}

async fn whole(answer: GatewayAnswer) -> String {
    let chunks: Vec<Bytes> = answer.body.map(Result::unwrap).collect().await;
    String::from_utf8(chunks.concat()).unwrap()
}

pub async fn rows(ports: &Ports) -> Vec<domain::inference::UsageRecord> {
    let all = UsageFilter {
        from: OffsetDateTime::UNIX_EPOCH,
        to: OffsetDateTime::UNIX_EPOCH + time::Duration::days(40_000),
        provider_id: None,
        token_id: None,
    };
    ports.usage.newest(&all, 10).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_waits_for_a_sign_in_of_somebody_elses() {
    for world in World::each().await {
        assert_eq!(world.sign_in(Vendor::Codex).await, None);
        let house = &world.house;
        house.connect_openai().await;
        world.expire().await;
        world.issuer.switch(Vendor::Codex, |switches| switches.troubles = vec![Trouble::Hang]);
        house.services.caches.forget_routes();
        house.providers.answers.lock().unwrap().push_back(Ok((200, "application/json", vec![ANSWER])));
        let asked = tokio::time::timeout(std::time::Duration::from_secs(10), ask(house, r#"{"model":"openai/gpt-5.2"}"#));
        assert_eq!(whole(asked.await.expect("a token endpoint that hangs is not asked").unwrap()).await, ANSWER);
        assert_eq!(world.issuer.counts(Vendor::Codex).refreshed, 0);
    }
}

#[tokio::test]
async fn a_plain_request_is_forwarded_byte_for_byte_and_priced_exactly() {
    for house in House::each().await {
        house.connect_openai().await;
        house.providers.answers.lock().unwrap().push_back(Ok((200, "application/json", vec![ANSWER])));
        let body = "{ \"model\" : \"gpt-5.2\",\t\"messages\":[] , \"odd\": 1e2 }";
        assert_eq!(whole(ask(&house, body).await.unwrap()).await, ANSWER);
        assert_eq!(house.providers.bodies_seen.lock().unwrap()[0], body);
        let (ports, _database) = house.close().await;
        let rows = rows(&ports).await;
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].outcome, rows[0].cost_basis), (UsageOutcome::Completed, CostBasis::ListPrice));
        assert_eq!(rows[0].cost, Some(Decimal::new(7, 3)), "1000 at 2 and 500 at 10 a million");
    }
}

#[tokio::test]
async fn hanging_up_still_writes_the_row() {
    for house in House::each().await {
        house.connect_openai().await;
        let chunks = vec!["data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n", "data: [DONE]\n\n"];
        house.providers.answers.lock().unwrap().push_back(Ok((200, "text/event-stream", chunks)));
        let mut answer = ask(&house, r#"{"model":"openai/gpt-5.2","stream":true}"#).await.unwrap();
        answer.body.next().await.unwrap().unwrap();
        drop(answer);
        let sent = String::from_utf8(house.providers.bodies_seen.lock().unwrap()[0].to_vec()).unwrap();
        assert!(sent.contains("\"model\":\"gpt-5.2\"") && sent.contains("include_usage"), "{sent}");
        let (ports, _database) = house.close().await;
        assert_eq!(rows(&ports).await[0].outcome, UsageOutcome::ClientClosed);
    }
}

#[tokio::test]
async fn each_dead_end_says_which_of_the_three_it_is() {
    for house in House::each().await {
        let words = |error: Result<GatewayAnswer, ServiceError>| error.err().map(|e| e.to_string()).unwrap_or_default();
        assert_eq!(words(ask(&house, r#"{"model":"openai/gpt-5.2"}"#).await), "Provider not configured — add an API key or sign in.");
        house.connect_openai().await;
        assert!(words(ask(&house, r#"{"model":"openai/nope"}"#).await).contains("No eligible endpoints — sync models & profiles."));
        assert!(words(ask(&house, "not json").await).contains("not valid JSON"));
    }
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_named_and_checked() {
    for house in House::each().await {
        house.connect_openai().await;
        house.providers.answers.lock().unwrap().push_back(Err(vocab::Verdict::Unreachable));
        let error = ask(&house, r#"{"model":"openai/gpt-5.2"}"#).await.err().unwrap();
        assert_eq!(error.to_string(), "OpenAI: no answer");
        let (ports, _database) = house.close().await;
        assert_eq!(rows(&ports).await[0].outcome, UsageOutcome::ProviderError);
    }
}

#[tokio::test]
async fn try_it_streams_text_then_figures() {
    for house in House::each().await {
        house.connect_openai().await;
        let counts = TokenCounts { input: 10, output: 2, ..TokenCounts::default() };
        *house.providers.deltas.lock().unwrap() =
            vec![Ok(Delta::Text("Hi".into())), Ok(Delta::Usage(counts)), Ok(Delta::Finished(FinishReason::Stop))];
        let stream = house.services.inference.try_it(&Caller::system(), &id("openai"), "gpt-5.2", "hello").await.unwrap();
        let pieces: Vec<TryPiece> = stream.collect().await;
        assert!(matches!(&pieces[0], TryPiece::Text(text) if text == "Hi"));
        assert!(matches!(&pieces[1], TryPiece::Done { tokens: Some(t), cost: Some(c), .. } if t.output == 2 && *c == Decimal::new(4, 5)));
    }
}

#[tokio::test]
async fn an_answer_that_just_stops_is_interrupted_not_complete() {
    for house in House::each().await {
        house.connect_openai().await;
        *house.providers.deltas.lock().unwrap() = vec![Ok(Delta::Text("Hi".into()))];
        let stream = house.services.inference.try_it(&Caller::system(), &id("openai"), "gpt-5.2", "hello").await.unwrap();
        let pieces: Vec<TryPiece> = stream.collect().await;
        assert!(matches!(&pieces[1], TryPiece::Failed(words) if words.contains("broke off")));
        let (ports, _database) = house.close().await;
        assert_eq!(rows(&ports).await[0].outcome, UsageOutcome::Interrupted);
    }
}
