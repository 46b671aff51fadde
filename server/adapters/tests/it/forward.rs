//! Bodies handed through unchanged.

use crate::support::{KEY, Noon, STREAM_HEAD, answering, chunk, hasty, json, raw, say, target_at, upstream};
use adapters::UpstreamHttp;
use bytes::Bytes;
use futures::StreamExt as _;
use services::ports::{Answer, CallFailure, ForwardCall, Reply, Upstream as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use vocab::Verdict;
use wiremock::ResponseTemplate;

fn call(body: &'static [u8], stream: bool) -> ForwardCall {
    let reply = if stream { Reply::Stream } else { Reply::Whole };
    ForwardCall { path: "chat/completions", body: Bytes::from_static(body), reply, beta: None }
}

async fn forward(server: &str) -> Result<Answer, CallFailure> {
    forward_by(&upstream(), server).await
}

async fn forward_by(upstream: &UpstreamHttp, server: &str) -> Result<Answer, CallFailure> {
    upstream.forward(&target_at("openai", server), call(b"{\"model\":\"m\"}", true)).await
}

fn impatient() -> UpstreamHttp {
    UpstreamHttp::new(&hasty(), Arc::new(Noon)).unwrap()
}

async fn whole(answer: Answer) -> Result<Vec<u8>, CallFailure> {
    let chunks: Vec<Result<Bytes, CallFailure>> = answer.body.collect().await;
    Ok(chunks.into_iter().collect::<Result<Vec<_>, _>>()?.concat())
}

#[tokio::test]
async fn not_a_byte_changes_either_way() {
    const BODY: &[u8] = "{ \"model\":\"gpt-5\",\n\t\"messages\" : [{\"role\":\"user\",\"content\":\"\\u2603 ü\"}], \"x\":1.0e0}".as_bytes();
    const ANSWER: &str = "{\"id\" : \"c\",\"choices\":[ ],\n\"odd\":1.50}";
    let server = answering(ResponseTemplate::new(200).set_body_raw(ANSWER, "application/json; charset=utf-8")).await;
    let answer = upstream().forward(&target_at("openai", &server.uri()), call(BODY, false)).await.unwrap();
    assert_eq!(
        (answer.status, answer.content_type.as_str(), answer.retry_after.as_deref()),
        (200, "application/json; charset=utf-8", None)
    );
    assert_eq!(whole(answer).await.unwrap(), ANSWER.as_bytes());
    let seen = &server.received_requests().await.unwrap()[0];
    assert_eq!((seen.url.path(), seen.body.as_slice()), ("/v1/chat/completions", BODY));
    assert_eq!(seen.headers["authorization"], format!("Bearer {KEY}").as_str());
    assert_eq!(
        (seen.headers["content-type"].to_str().unwrap(), seen.headers["accept"].to_str().unwrap()),
        ("application/json", "application/json")
    );
}

#[tokio::test]
async fn refusals_are_handed_through_without_the_key() {
    let body = format!("{{\"error\":{{\"message\":\"slow down {KEY}\",\"code\":\"rate_limit_exceeded\"}}}}");
    let server = answering(json(429, &body).insert_header("retry-after", "3")).await;
    let answer = forward(&server.uri()).await.unwrap();
    assert_eq!((answer.status, answer.retry_after.as_deref()), (429, Some("3")));
    let text = String::from_utf8(whole(answer).await.unwrap()).unwrap();
    assert_eq!(text, "{\"error\":{\"message\":\"slow down …\",\"code\":\"rate_limit_exceeded\"}}");
}

#[tokio::test]
async fn what_is_not_the_provider_is_a_failure() {
    for template in [
        ResponseTemplate::new(302).insert_header("location", "http://127.0.0.1:1/"),
        ResponseTemplate::new(200).set_body_raw("<html>Sign in</html>", "text/html"),
    ] {
        let server = answering(template).await;
        assert_eq!(forward(&server.uri()).await.err().unwrap().verdict, Verdict::Unreachable);
    }
    let slow = answering(json(200, "{}").set_delay(Duration::from_secs(30))).await;
    let failure = forward_by(&impatient(), &slow.uri()).await.err().unwrap();
    assert!(failure.message.ends_with("within 0.7 s"), "{}", failure.message);
    assert_eq!((failure.verdict, failure.status), (Verdict::Ok, None), "it may be at work: nobody else is asked");
    assert_eq!(forward("http://127.0.0.1:9").await.err().unwrap().message, "connection refused by 127.0.0.1:9");
}

#[tokio::test]
async fn pieces_come_as_they_come_and_a_stall_is_an_error() {
    let server = raw(|mut socket| async move {
        say(&mut socket, STREAM_HEAD).await;
        say(&mut socket, &chunk("data: 1\n\n")).await;
        tokio::time::sleep(Duration::from_secs(10)).await;
    })
    .await;
    let mut answer = forward_by(&impatient(), &server).await.unwrap();
    assert_eq!(answer.body.next().await.unwrap().unwrap(), "data: 1\n\n");
    let failure = answer.body.next().await.unwrap().unwrap_err();
    assert_eq!((failure.verdict, failure.message.as_str()), (Verdict::Unreachable, "the answer stopped for 0.7 s"));
}

#[tokio::test]
async fn dropping_the_body_ends_the_call_upstream() {
    let closed = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&closed);
    let server = raw(move |mut socket| {
        let flag = Arc::clone(&flag);
        async move {
            say(&mut socket, STREAM_HEAD).await;
            while say(&mut socket, &chunk("data: 1\n\n")).await {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            flag.store(true, Ordering::Relaxed);
        }
    })
    .await;
    let mut answer = forward(&server).await.unwrap();
    assert!(answer.body.next().await.unwrap().is_ok());
    assert!(!closed.load(Ordering::Relaxed));
    drop(answer);
    for _ in 0..100 {
        if closed.load(Ordering::Relaxed) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the upstream call went on");
}
