//! What comes between us and a provider.

use crate::support::{KEY, Noon, answering, client, entry, hasty, json, raw, say, target_at, verify};
use adapters::{HttpSettings, ProviderHttp};
use domain::connection::{Check, Detection};
use services::ports::{ProviderClient as _, Target};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use url::Url;
use vocab::Verdict;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

async fn check_at(server: &str) -> (Verdict, String) {
    let check = client().verify(&target_at("openai", server)).await;
    (check.verdict, check.message)
}

#[tokio::test]
async fn a_web_page_is_not_the_provider() {
    for template in [
        ResponseTemplate::new(200).set_body_raw("<html><title>Hotel</title></html>", "text/html"),
        ResponseTemplate::new(200).set_body_raw("\n<!doctype html><p>Welcome", "application/json"),
        ResponseTemplate::new(403).set_body_raw("<html>Attention Required!</html>", "text/html"),
        ResponseTemplate::new(404).set_body_raw("<html>Not found</html>", "text/html"),
    ] {
        let check = verify("openai", template).await;
        assert_eq!(check.verdict, Verdict::Unreachable);
        assert!(check.message.contains("web page"), "{}", check.message);
    }
    let bad_gateway = ResponseTemplate::new(502).set_body_raw("<html>Bad gateway</html>", "text/html");
    assert_eq!(verify("openai", bad_gateway).await.verdict, Verdict::ProviderDown);
}

#[tokio::test]
async fn a_strangers_answer_is_not_the_provider() {
    for (body, words) in
        [("{\"hello\":1}", "no \"data\""), ("", "empty"), ("[]", "no \"data\""), ("OK", "OK"), ("{\"data\":", "{\"data\":")]
    {
        let check = verify("openai", json(200, body)).await;
        assert_eq!(check.verdict, Verdict::Unreachable, "{body}");
        assert!(check.message.starts_with("not the expected answer") && check.message.contains(words), "{}", check.message);
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = answering(json(200, "{\"data\":[]}")).await;
    for status in [301, 302, 307, 308] {
        let server = answering(ResponseTemplate::new(status).insert_header("location", elsewhere.uri())).await;
        let (verdict, message) = check_at(&server.uri()).await;
        assert_eq!(verdict, Verdict::Unreachable);
        assert!(message.contains("answered with a redirect"), "{message}");
    }
    assert!(elsewhere.received_requests().await.unwrap().is_empty(), "the key must not travel on");
}

#[tokio::test]
async fn a_slow_head_and_a_slow_body_are_given_up() {
    let client = ProviderHttp::new(&hasty(), Arc::new(Noon)).unwrap();
    let slow = answering(json(200, "{\"data\":[]}").set_delay(Duration::from_secs(30))).await;
    assert_eq!(client.verify(&target_at("openai", &slow.uri())).await.verdict, Verdict::Unreachable);
    let dripping = raw(|mut socket| async move {
        say(&mut socket, b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{").await;
        while say(&mut socket, b" ").await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    let Check { verdict, message, .. } = client.verify(&target_at("openai", &dripping)).await;
    assert_eq!(verdict, Verdict::Unreachable);
    assert!(message.contains("no answer from 127.0.0.1") && message.ends_with("within 0.7 s"), "{message}");
}

#[tokio::test]
async fn a_hundred_megabytes_are_cut_off() {
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&sent);
    let endless = raw(move |mut socket| {
        let counter = Arc::clone(&counter);
        async move {
            say(&mut socket, b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n").await;
            let chunk = [b"100000\r\n".as_slice(), &vec![b' '; 1024 * 1024], b"\r\n"].concat();
            while counter.load(Ordering::Relaxed) < 100 && say(&mut socket, &chunk).await {
                counter.fetch_add(1, Ordering::Relaxed);
            }
        }
    })
    .await;
    let check = client().verify(&target_at("openai", &endless)).await;
    assert_eq!(check.verdict, Verdict::Unreachable);
    assert!(check.message.contains("more than 8 MiB"), "{}", check.message);
    assert!(sent.load(Ordering::Relaxed) < 50, "read on for {} MiB", sent.load(Ordering::Relaxed));
    let announced = raw(|mut socket| async move {
        say(&mut socket, b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 104857600\r\n\r\n{").await;
        tokio::time::sleep(Duration::from_secs(2)).await;
    })
    .await;
    assert!(check_at(&announced).await.1.contains("more than 8 MiB"));
}

#[tokio::test]
async fn a_connection_that_breaks_is_named() {
    let closed = raw(|_socket| async {}).await;
    let (verdict, message) = check_at(&closed).await;
    assert_eq!(verdict, Verdict::Unreachable);
    assert!(message.contains("closed the connection"), "{message}");
    let half = raw(|mut socket| async move {
        say(&mut socket, b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{\"data\":[").await;
    })
    .await;
    assert_eq!(check_at(&half).await, (Verdict::Unreachable, "the connection broke in the middle of the answer".into()));
    let garbage = raw(|mut socket| async move {
        say(&mut socket, b"220 mail.example.com ESMTP\r\n").await;
    })
    .await;
    assert_eq!(check_at(&garbage).await.0, Verdict::Unreachable);
}

#[tokio::test]
async fn refused_unfound_and_insecure_are_told_apart() {
    let free_port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    assert_eq!(check_at(&format!("http://{free_port}")).await, (Verdict::Unreachable, format!("connection refused by {free_port}")));
    let unfound = check_at("https://no-such-host.invalid").await;
    assert_eq!(unfound, (Verdict::Unreachable, "could not find host no-such-host.invalid".into()));
    let plain = answering(json(200, "{}")).await;
    let (verdict, message) = check_at(&plain.uri().replace("http://", "https://")).await;
    assert_eq!(verdict, Verdict::Unreachable);
    assert!(message.starts_with("TLS: ") && message.contains("does not speak TLS"), "{message}");
}

#[tokio::test]
async fn https_goes_through_the_proxy_and_plain_http_does_not() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let proxy = raw(move |mut socket| {
        counter.fetch_add(1, Ordering::Relaxed);
        async move {
            say(&mut socket, b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n").await;
        }
    })
    .await;
    let settings = HttpSettings { https_proxy: Some(proxy.into()), ..HttpSettings::default() };
    let client = ProviderHttp::new(&settings, Arc::new(Noon)).unwrap();
    let check = client.verify(&target_at("openai", "https://api.example.com")).await;
    assert_eq!(check.message, "the proxy (HTTPS_PROXY) did not let the call to api.example.com through");
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    let plain = answering(json(200, "{\"data\":[]}")).await;
    assert_eq!(client.verify(&target_at("openai", &plain.uri())).await.verdict, Verdict::Ok);
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn forbidden_addresses_are_not_called() {
    for base in ["http://169.254.169.254", "http://metadata.google.internal", "http://[fe80::1]", "http://203.0.113.9"] {
        let (verdict, message) = check_at(base).await;
        assert_eq!(verdict, Verdict::Unreachable, "{base}");
        assert!(message.contains("own network services") || message.contains("plain http"), "{base}: {message}");
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_sent_is_bad() {
    let server = answering(json(200, "{\"data\":[]}")).await;
    let target = Target { credential: Some(format!("{KEY}\nx").into()), ..target_at("openai", &server.uri()) };
    let check = client().verify(&target).await;
    assert_eq!(check.verdict, Verdict::BadCredential);
    assert!(!check.message.contains(KEY) && server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_key_is_never_in_a_message() {
    for body in [
        format!("{{\"error\":{{\"message\":\"Incorrect API key provided: {KEY}. Find your key at x\"}}}}"),
        format!("{{\"error\":\"bad {}\"}}", &KEY[4..20]),
        format!("no such key {KEY}"),
    ] {
        let check = verify("openai", json(401, &body)).await;
        assert_eq!(check.verdict, Verdict::BadCredential);
        assert!(check.message.contains('…') && !KEY.as_bytes().windows(8).any(|run| check.message.as_bytes().windows(8).any(|w| w == run)));
    }
}

#[tokio::test]
async fn retry_after_comes_along() {
    let limited = |value: &str| json(429, "{\"error\":{\"message\":\"slow down\"}}").insert_header("retry-after", value);
    assert_eq!(verify("openai", limited("30")).await.retry_after, Some(time::Duration::seconds(30)));
    assert_eq!(verify("openai", limited("Mon, 23 Nov 2026 12:01:00 GMT")).await.retry_after, Some(time::Duration::minutes(1)));
    assert_eq!(verify("openai", limited("soon")).await.retry_after, None);
}

#[tokio::test]
async fn local_engines_are_found_in_order() {
    let ollama = entry("ollama");
    let server = MockServer::start().await;
    let tags = r#"{"models":[{"name":"llama3.2:latest","model":"llama3.2:latest","size":2019393189,"digest":"a80c4f17acd5","details":{"family":"llama"}}]}"#;
    Mock::given(path("/api/tags")).respond_with(json(200, tags)).mount(&server).await;
    let empty = answering(json(200, "{\"models\":[]}")).await;
    let page = answering(ResponseTemplate::new(200).set_body_raw("<html>", "text/html")).await;
    let slow = answering(json(200, tags).set_delay(Duration::from_secs(30))).await;
    let at = |server: &MockServer| Url::parse(&format!("{}/v1", server.uri())).unwrap();
    let nobody = Url::parse("http://127.0.0.1:9/v1").unwrap();

    let addresses = [nobody.clone(), at(&page), at(&slow), at(&server), at(&empty)];
    let found = client().detect(&ollama, &addresses).await;
    assert!(matches!(&found, Detection::Running { base_url, models: 1, .. } if *base_url == at(&server)), "{found:?}");
    let found = client().detect(&ollama, &[at(&empty)]).await;
    assert!(matches!(found, Detection::Running { models: 0, .. }));
    let addresses = [nobody, at(&page), at(&slow)];
    let found = client().detect(&ollama, &addresses).await;
    assert!(matches!(found, Detection::NotRunning { looked_at, .. } if looked_at == addresses));
    assert!(matches!(client().detect(&ollama, &[]).await, Detection::NotRunning { .. }));
}
