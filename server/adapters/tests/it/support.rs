//! Targets, servers and tables.

use adapters::{HttpSettings, ProviderHttp, Timeouts, UpstreamHttp};
use domain::Clock;
use domain::connection::Check;
use domain::provider::{BaseUrl, Catalogue, Provider};
use secrecy::SecretString;
use services::ports::{ProviderClient as _, Target};
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;
use time::macros::datetime;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::Url;
use vocab::{AuthMethod, Verdict};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// The key of every test.
pub const KEY: &str = "sk-test-0123456789abcdefghij";

/// A clock that stands still.
pub struct Noon;

impl Clock for Noon {
    fn now(&self) -> OffsetDateTime {
        datetime!(2026-11-23 12:00 UTC)
    }
}

/// As in the server: tests share their machine, so only what waits for a time limit is hasty.
pub fn client() -> ProviderHttp {
    ProviderHttp::new(&HttpSettings::default(), Arc::new(Noon)).unwrap()
}

pub fn upstream() -> UpstreamHttp {
    UpstreamHttp::new(&HttpSettings::default(), Arc::new(Noon)).unwrap()
}

/// For calls that must run into a time limit.
pub fn hasty() -> HttpSettings {
    let short = Duration::from_millis(700);
    let timeouts =
        Timeouts { connect: short, management: short, tokens: short, detect: short, first_byte: short, whole: short, idle: short };
    HttpSettings { timeouts, ..HttpSettings::default() }
}

/// The catalogue's entry.
pub fn entry(id: &str) -> Arc<Provider> {
    Arc::clone(Catalogue::built_in().unwrap().get(&id.parse().unwrap()).unwrap())
}

/// The path of the vendor's base URL; the operator's own for those without.
fn base_path(provider: &Provider) -> String {
    match &provider.base_url {
        BaseUrl::Fixed(url) => url.path().trim_end_matches('/').to_owned(),
        BaseUrl::Operator(field) => field.root_path.clone().unwrap_or_default(),
    }
}

/// The entry, with its API at `server`, reached with a key where keys are taken.
pub fn target_at(id: &str, server: &str) -> Target {
    let provider = entry(id);
    let base_url = Url::parse(&format!("{server}{}", base_path(&provider))).unwrap();
    let keyed = provider.methods.iter().find(|method| method.kind == AuthMethod::ApiKey);
    let method = keyed.unwrap_or(&provider.methods[0]).kind;
    let credential = (method != AuthMethod::None).then(|| SecretString::from(KEY));
    Target::new(provider, method, base_url, credential)
}

pub async fn answering(template: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(wiremock::matchers::any()).respond_with(template).mount(&server).await;
    server
}

/// A JSON answer.
pub fn json(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body.as_bytes().to_vec(), "application/json")
}

pub async fn verify(id: &str, template: ResponseTemplate) -> Check {
    let server = answering(template).await;
    client().verify(&target_at(id, &server.uri())).await
}

/// Status, body, verdict and a part of the message.
pub type Case = (u16, &'static str, Verdict, &'static str);

/// Asks with every answer of the table.
pub async fn verify_all(id: &str, cases: &[Case]) {
    for (status, body, verdict, words) in cases {
        let check = verify(id, json(*status, body)).await;
        assert_eq!(check.verdict, *verdict, "{id} {status} {body}: {}", check.message);
        assert!(check.message.contains(words), "{id} {status}: {:?} has no {words:?}", check.message);
        assert_eq!(check.message.is_empty(), *verdict == Verdict::Ok, "{id} {status}: {:?}", check.message);
    }
}

/// Answers 200 with `body` to exactly this call, with exactly this credential header; says whether verification is
/// well, and the account.
pub async fn verify_call(id: &str, verb: &str, at: &str, credential: Option<(&str, &str)>, body: &str) -> Check {
    let server = MockServer::start().await;
    let mut call = Mock::given(method(verb)).and(path(at));
    if let Some((name, value)) = credential {
        call = call.and(wiremock::matchers::header(name, value));
    }
    for (name, value) in &entry(id).headers {
        call = call.and(wiremock::matchers::header(name.as_str(), value.as_str()));
    }
    call.respond_with(json(200, body)).expect(1).mount(&server).await;
    let check = client().verify(&target_at(id, &server.uri())).await;
    assert_eq!(check.verdict, Verdict::Ok, "{id}: {}", check.message);
    let seen = server.received_requests().await.unwrap();
    let agent = seen[0].headers["user-agent"].to_str().unwrap();
    assert!(agent.starts_with("Purser/"), "{agent}");
    assert!(!seen[0].url.as_str().contains(KEY));
    check
}

/// Ids of the models at `at`.
pub async fn models(id: &str, at: &str, body: &str) -> Vec<domain::models::ListedModel> {
    let server = MockServer::start().await;
    Mock::given(method("GET")).and(path(at)).respond_with(json(200, body)).mount(&server).await;
    client().list_models(&target_at(id, &server.uri())).await.unwrap()
}

pub fn ids(models: &[domain::models::ListedModel]) -> Vec<&str> {
    models.iter().map(|model| model.id.as_str()).collect()
}

/// A server that speaks raw bytes: for answers no well-behaved server gives. Gives its address.
pub async fn raw<F, Fut>(serve: F) -> String
where
    F: Fn(TcpStream) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = vec![0; 64 * 1024];
            if socket.read(&mut request).await.unwrap_or(0) > 0 {
                serve(socket).await;
            }
        }
    });
    format!("http://{address}")
}

/// The head of a chunked event stream.
pub const STREAM_HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";

/// One chunk of it.
pub fn chunk(text: &str) -> Vec<u8> {
    format!("{:x}\r\n{text}\r\n", text.len()).into_bytes()
}

/// Writes, and does not mind a closed connection.
pub async fn say(socket: &mut TcpStream, bytes: &[u8]) -> bool {
    socket.write_all(bytes).await.is_ok() && socket.flush().await.is_ok()
}
