//! Mail to a mail server and webhooks to a receiver, both real and on loopback.

use adapters::messenger::signature;
use adapters::{HttpSettings, MailFrom, Smtp, SmtpSettings, Timeouts, Webhook, WebhookSettings};
use secrecy::SecretString;
use services::ports::{Messenger, OutboundMessage, Subject};
use std::sync::Arc;
use std::time::{Duration, Instant};
use testkit::environment::MockClock;
use testkit::smtp::{MailServer, Manners};
use time::macros::datetime;
use tokio::net::TcpListener;
use uuid::Uuid;
use vocab::{DeliveryId, NotificationId, NotificationKind};
use wiremock::matchers::{body_partial_json, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const SECRET: &str = "a secret of good length";

fn message(cause: &str) -> OutboundMessage {
    OutboundMessage {
        delivery_id: DeliveryId::new(Uuid::from_u128(7)),
        event: "connection.no_funds",
        at: datetime!(2026-11-23 10:00 UTC),
        title: "OpenAI says the account has no funds left".into(),
        cause: cause.into(),
        remedy: "Add funds or quota at the provider.".into(),
        link: "https://purser.example.com/platform/ai/providers/openai".into(),
        subject: Some(Subject {
            notification_id: NotificationId::new(Uuid::from_u128(8)),
            kind: NotificationKind::NoFunds,
            provider_id: "openai".parse().unwrap(),
            provider_name: "OpenAI".into(),
        }),
    }
}

fn smtp(url: &str) -> Smtp {
    Smtp::new(&SmtpSettings::parse(url).unwrap(), &MailFrom::parse("Purser <purser@example.com>").unwrap(), None).unwrap()
}

fn webhook(origin: &str) -> Webhook {
    let http =
        HttpSettings { timeouts: Timeouts { management: Duration::from_millis(300), ..Timeouts::default() }, ..HttpSettings::default() };
    let settings = WebhookSettings::new(WebhookSettings::parse_url(&format!("{origin}/in?key=hunter2")).unwrap(), SECRET.into());
    Webhook::new(settings, &http, Arc::new(MockClock::default())).unwrap()
}

#[tokio::test]
async fn a_mail_is_handed_over_with_name_and_password() {
    let server = MailServer::start(Manners::default()).await.unwrap();
    let smtp = smtp(&format!("smtp://ann:p%40ss@{}", server.addr));
    let words = smtp.send("ops@example.com", &message("insufficient_quota")).await.unwrap();
    assert!(words.contains("250") && words.contains("queued as 4F1"), "{words}");
    let mail = server.received().remove(0);
    // base64 of NUL ann NUL p@ss
    assert_eq!(mail.auth.as_deref(), Some("AGFubgBwQHNz"));
    assert_eq!((mail.from.as_str(), mail.to.as_slice()), ("purser@example.com", ["ops@example.com".to_owned()].as_slice()));
    for part in [
        "Subject: Purser: OpenAI says the account has no funds left",
        "insufficient_quota",
        "https://purser.example.com/platform/ai/providers/openai",
        "Date: Mon, 23 Nov 2026 10:00:00",
        "Message-ID: <00000000-0000-0000-0000-000000000007@example.com>",
    ] {
        assert!(mail.data.contains(part), "{part} in {}", mail.data);
    }
}

#[tokio::test]
async fn hostile_words_stay_words() {
    let server = MailServer::start(Manners::default()).await.unwrap();
    let smtp = smtp(&format!("smtp://{}", server.addr));
    let mut hostile = message("x\r\n.\r\nMAIL FROM:<eve@example.com>\r\n<script>alert(1)</script>");
    hostile.title = "a\r\nBcc: all@example.com".into();
    smtp.send("ops@example.com", &hostile).await.unwrap();
    let received = server.received();
    assert_eq!(received.len(), 1, "no second mail was smuggled in: {received:?}");
    let (head, _) = received[0].data.split_once("\r\n\r\n").unwrap();
    assert!(!head.contains("\nBcc:") && head.contains("Content-Type: text/plain"), "{head}");
    assert_eq!(received[0].to, ["ops@example.com"]);
}

#[tokio::test]
async fn a_mail_server_that_refuses_is_quoted() {
    let server = MailServer::start(Manners { unknown: vec!["gone@example.com".into()], ..Manners::default() }).await.unwrap();
    let smtp = smtp(&format!("smtp://{}", server.addr));
    let words = smtp.send("gone@example.com", &message("")).await.unwrap_err().0;
    assert!(words.contains("127.0.0.1 answered 550") && words.contains("No such user"), "{words}");
    assert!(server.received().is_empty());
    let words = smtp.send("not an address", &message("")).await.unwrap_err().0;
    assert!(words.contains("no address"), "{words}");
    smtp.send("ops@example.com", &message("")).await.unwrap();
}

#[tokio::test]
async fn nobody_home_and_no_tls_are_told_apart() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let words = smtp(&format!("smtp://ann:hunter2@{free}")).send("ops@example.com", &message("")).await.unwrap_err().0;
    assert!(words.contains("127.0.0.1") && !words.contains("hunter2"), "{words}");
    // A server that speaks no TLS gets no password from smtps.
    let server = MailServer::start(Manners::default()).await.unwrap();
    let words = smtp(&format!("smtps://ann:hunter2@{}", server.addr)).send("ops@example.com", &message("")).await.unwrap_err().0;
    assert!(!words.contains("hunter2") && server.received().is_empty(), "{words}");
}

#[tokio::test]
async fn a_webhook_is_signed_and_names_its_delivery() {
    let server = MockServer::start().await;
    let expected = serde_json::json!({
        "id": "00000000-0000-0000-0000-000000000007",
        "event": "connection.no_funds",
        "at": "2026-11-23T10:00:00Z",
        "cause": "insufficient_quota",
        "notification": { "kind": "no_funds" },
        "provider": { "id": "openai", "name": "OpenAI" },
    });
    Mock::given(method("POST"))
        .and(path("/in"))
        .and(header("x-purser-event", "connection.no_funds"))
        .and(header("x-purser-delivery", "00000000-0000-0000-0000-000000000007"))
        .and(header("content-type", "application/json"))
        .and(body_partial_json(expected))
        .respond_with(ResponseTemplate::new(204))
        .expect(1)
        .mount(&server)
        .await;
    let words = webhook(&server.uri()).send("", &message("insufficient_quota")).await.unwrap();
    assert!(words.contains("204"), "{words}");
    let request = server.received_requests().await.unwrap().remove(0);
    let given = request.headers["x-purser-signature"].to_str().unwrap();
    let now = datetime!(2026-11-23 10:00 UTC).unix_timestamp();
    assert_eq!(given, signature(&SecretString::from(SECRET), now, &request.body));
    assert_ne!(given, signature(&SecretString::from("another secret of length"), now, &request.body));
}

#[tokio::test]
async fn a_receiver_that_fails_redirects_or_hangs_is_a_failure() {
    let server = MockServer::start().await;
    let elsewhere = ResponseTemplate::new(302).insert_header("location", "/elsewhere");
    for (answer, said) in [
        (ResponseTemplate::new(500), "500"),
        (ResponseTemplate::new(410), "410"),
        (elsewhere, "redirects are not followed"),
        (ResponseTemplate::new(200).set_delay(Duration::from_secs(30)), "within"),
    ] {
        server.reset().await;
        Mock::given(method("POST")).respond_with(answer).mount(&server).await;
        let begun = Instant::now();
        let words = webhook(&server.uri()).send("", &message("")).await.unwrap_err().0;
        assert!(words.contains(said) && !words.contains("hunter2"), "{words}");
        assert!(begun.elapsed() < Duration::from_secs(5));
        assert_eq!(server.received_requests().await.unwrap().len(), 1, "and nothing else is called");
    }
}
