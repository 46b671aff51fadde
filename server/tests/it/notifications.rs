//! The whole way: a provider without funds, a real mail server, a real receiver of webhooks, the list, and the good news.

use crate::support::TestApp;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::routing::post;
use domain::events::Event;
use domain::people::Caller;
use secrecy::SecretString;
use serde_json::{Value, json};
use services::connections::KeyForm;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testkit::database::TestDatabase;
use testkit::smtp::{MailServer, Manners};
use vocab::{Role, Scope};

const SECRET: &str = "a secret of good length";

/// A receiver of webhooks: answers what it was told to (204, if nothing), 0 for never.
#[derive(Clone, Default)]
struct Receiver {
    answers: Arc<Mutex<VecDeque<u16>>>,
    got: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
}

impl Receiver {
    async fn start(answers: &[u16]) -> (Self, String) {
        let receiver = Self { answers: Arc::new(Mutex::new(answers.iter().copied().collect())), got: Arc::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/in/hunter2", listener.local_addr().unwrap());
        let router = Router::new().route("/in/hunter2", post(take)).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (receiver, url)
    }

    fn got(&self) -> Vec<(HeaderMap, Bytes)> {
        std::mem::take(&mut *self.got.lock().unwrap())
    }
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    receiver.got.lock().unwrap().push((headers, body));
    let answer = receiver.answers.lock().unwrap().pop_front().unwrap_or(204);
    if answer == 0 {
        std::future::pending::<()>().await;
    }
    StatusCode::from_u16(answer).unwrap()
}

/// Checks the signature as a receiver would, and reads the body.
fn read((headers, body): &(HeaderMap, Bytes)) -> Value {
    let header = |name: &str| headers[name].to_str().unwrap();
    let given = header("x-purser-signature");
    let unix = given.strip_prefix("t=").unwrap().split_once(',').unwrap().0.parse().unwrap();
    assert_eq!(given, adapters::messenger::signature(&SecretString::from(SECRET), unix, body));
    let value: Value = serde_json::from_slice(body).unwrap();
    assert_eq!((&value["event"], &value["id"]), (&json!(header("x-purser-event")), &json!(header("x-purser-delivery"))));
    value
}

async fn app(mail: &MailServer, hook: &str, database: TestDatabase) -> TestApp {
    let smtp = format!("smtp://purser:hunter2@{}", mail.addr);
    let settings = [
        ("PURSER_SMTP_URL", smtp.as_str()),
        ("PURSER_MAIL_FROM", "Purser <purser@example.com>"),
        ("PURSER_WEBHOOK_URL", hook),
        ("PURSER_WEBHOOK_SECRET", SECRET),
    ];
    TestApp::on(database, &settings).await
}

async fn connect(app: &TestApp, key: &str) {
    let version = app.state.ports.connections.of_provider(&"openai".parse().unwrap()).await.unwrap().map_or(0, |c| c.version);
    let form = KeyForm::new(key, None, version);
    app.state.services.connections.connect_with_key(&Caller::system(), &"openai".parse().unwrap(), form).await.unwrap();
}

/// What the two jobs do in a tick.
async fn tick(app: &TestApp) {
    app.state.services.notifications.reconcile().await.unwrap();
    app.state.services.notifications.deliver_due().await.unwrap();
}

#[tokio::test]
async fn from_no_funds_to_works_again() {
    for database in TestDatabase::each().await {
        let mail = MailServer::start(Manners::default()).await.unwrap();
        let (receiver, hook) = Receiver::start(&[500, 200]).await;
        let app = app(&mail, &hook, database).await;
        let ann = app.person("ann", Role::Owner).await;
        connect(&app, "sk-empty-key-000011112222").await;
        tick(&app).await;
        assert_eq!((mail.received().len(), mail.received()[0].to.as_slice()), (1, ["ann@example.com".to_owned()].as_slice()));
        let link = format!("http://localhost:3000{}", app::routes::provider(&"openai".parse().unwrap()));
        assert!(mail.received()[0].data.contains(&link), "{}", mail.received()[0].data);
        let failed = receiver.got();
        app.database().execute("UPDATE notification_delivery SET next_attempt_at = 0").await;
        tick(&app).await;
        let taken = receiver.got();
        assert_eq!((failed.len(), taken.len(), mail.received().len()), (1, 1, 1));
        assert_eq!(read(&failed[0]), read(&taken[0]), "the same delivery, tried again");
        assert_eq!((&read(&taken[0])["event"], &read(&taken[0])["link"]), (&json!("connection.no_funds"), &json!(link)));

        connect(&app, "sk-good-key-000011112222").await;
        tick(&app).await;
        assert_eq!(read(&receiver.got()[0])["event"], "connection.recovered");
        assert!(mail.received()[1].data.contains("Subject: Purser: OpenAI works again"));

        let bearer = app.token_of(&ann, &[Scope::Read]).await;
        let mut program = app.browser().with("authorization", &format!("Bearer {bearer}"));
        let list = program.send(Method::GET, "/api/v1/notifications", "application/json", None).await.json().await;
        assert_eq!((list["notifications"].as_array().unwrap().len(), &list["unread"], &list["next"]), (2, &json!(2), &Value::Null));
        let open = program.send(Method::GET, "/api/v1/notifications?open=true", "application/json", None).await.json().await;
        assert_eq!(open["notifications"], json!([]));
        let id = list["notifications"][0]["id"].as_str().unwrap();
        let read = program.send(Method::POST, &format!("/api/v1/notifications/{id}/read"), "application/json", None).await;
        assert_eq!(read.status, 204);
        let left = program.send(Method::GET, "/api/v1/notifications", "application/json", None).await.json().await;
        assert_eq!((&left["unread"], &left["notifications"][0]["read"]), (&json!(1), &json!(true)));
        assert_eq!(program.send(Method::POST, "/api/v1/notifications/read-all", "application/json", None).await.status, 204);
        let bad = program.send(Method::GET, "/api/v1/notifications?before=x", "application/json", None).await;
        assert_eq!(bad.status, 422);
    }
}

#[tokio::test]
async fn the_page_and_the_bell_say_so_and_no_secret_is_anywhere() {
    let mail = MailServer::start(Manners { unknown: vec!["ann@example.com".into()], ..Manners::default() }).await.unwrap();
    let (receiver, hook) = Receiver::start(&[]).await;
    let app = app(&mail, &hook, TestDatabase::sqlite().await).await;
    let (ann, vic) = (app.person("ann", Role::Owner).await, app.person("vic", Role::Viewer).await);
    let page = async |user| app.browser_of(user).await.get("/platform/notifications").await.text().await;
    assert!(page(&ann).await.contains("Nothing needs you."));
    connect(&app, "sk-empty-key-000011112222").await;
    tick(&app).await;
    let shown = page(&ann).await;
    for words in [
        "OpenAI says the account has no funds left",
        "/platform/ai/providers/openai",
        "Mark as read",
        " unread",
        "Not delivered yet: E-mail to ann@example.com",
        "550",
    ] {
        assert!(shown.contains(words), "{words}");
    }
    let viewed = page(&vic).await;
    assert!(viewed.contains("Not delivered yet: E-mail") && !viewed.contains("ann@example.com"), "addresses are not for everybody");
    let settings = app.browser_of(&ann).await.get("/platform/settings").await.text().await;
    assert!(settings.contains("Send a test message") && settings.contains("127.0.0.1"));
    let sent = String::from_utf8(receiver.got()[0].1.to_vec()).unwrap();
    for text in [&shown, &viewed, &settings, &sent] {
        assert!(!text.contains("hunter2") && !text.contains(SECRET) && !text.contains("sk-empty"), "a secret");
    }
    let mut owner = app.browser_of(&ann).await.with("origin", "http://localhost:3000");
    let answer = owner.send(Method::POST, "/api/v1/notifications/test", "application/json", None).await.json().await;
    let outcomes = answer["outcomes"].as_array().unwrap();
    assert_eq!(outcomes.iter().map(|o| o["taken"].as_bool().unwrap()).collect::<Vec<_>>(), [false, true], "{answer}");
    assert!(outcomes[0]["words"].as_str().unwrap().contains("No such user"), "{answer}");
    assert_eq!(read(&receiver.got()[0])["event"], "test");
}

#[tokio::test]
async fn a_receiver_that_hangs_keeps_nobody_else_waiting() {
    let mail = MailServer::start(Manners::default()).await.unwrap();
    let (_receiver, hook) = Receiver::start(&[0]).await;
    let app = app(&mail, &hook, TestDatabase::sqlite().await).await;
    app.person("ann", Role::Owner).await;
    connect(&app, "sk-empty-key-000011112222").await;
    app.state.services.notifications.reconcile().await.unwrap();
    let state = app.state.clone();
    let delivering = tokio::spawn(async move { state.services.notifications.deliver_due().await.unwrap() });
    tokio::time::timeout(Duration::from_secs(5), async {
        while mail.received().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .unwrap();
    assert_eq!(app.state.services.notifications.deliver_due().await.unwrap(), 0, "nobody else takes what is under way");
    assert_eq!(tokio::time::timeout(Duration::from_secs(20), delivering).await.unwrap().unwrap(), 2);
    let troubles = app.state.services.notifications.page(&Caller::system(), false, None).await.unwrap().records.remove(0).troubles;
    assert!(troubles.len() == 1 && troubles[0].error.contains("no answer from 127.0.0.1"), "{troubles:?}");
}

#[tokio::test]
async fn pages_hear_of_it_and_only_readers_of_their_reading() {
    let app = TestApp::new().await;
    let ann = app.person("ann", Role::Owner).await;
    connect(&app, "sk-empty-key-000011112222").await;
    let before = app.state.ports.events.head().await.unwrap();
    app.state.services.notifications.reconcile().await.unwrap();
    let session = vocab::SessionId::new(app.state.environment.uuid());
    let caller = Caller::person(ann.id, ann.name.clone(), ann.role, session, domain::audit::Origin::default());
    app.state.services.notifications.mark_all_read(&caller).await.unwrap();
    let logged = app.state.ports.events.after(before, 10).await.unwrap().into_iter().map(|logged| logged.event);
    // Finance takes the provider over meanwhile, and says so too.
    let events: Vec<_> = logged.filter(|event| !matches!(event, Event::FinanceChanged | Event::ConnectionChanged { .. })).collect();
    assert_eq!(events, [Event::NotificationsChanged, Event::NotificationsRead { user_id: ann.id }]);
}
