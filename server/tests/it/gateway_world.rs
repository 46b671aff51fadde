//! The app with hand-written providers behind it, and an agent in front of it.

use crate::gateway_upstream::Upstream;
use crate::support::TestApp;
use axum::body::{Body, Bytes};
use axum::http::{Method, Request};
use axum::response::Response;
use domain::inference::UsageRecord;
use domain::people::{Caller, User};
use futures::StreamExt;
use futures::stream::BoxStream;
use rust_decimal::Decimal;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use services::access_tokens::{IssuedToken, TokenForm};
use services::connections::KeyForm;
use services::ports::UsageFilter;
use std::time::Duration;
use testkit::database::TestDatabase;
use time::OffsetDateTime;
use vocab::{ProviderId, Role, Scope};

/// Where chat completions are asked for.
pub const CHAT: &str = "/v1/chat/completions";
/// Where responses are asked for.
pub const RESPONSES: &str = "/v1/responses";
/// OpenAI with two models whose price is known.
const OPENAI: &[(&str, &[&str])] = &[("openai", &["gpt-4o", "gpt-4o-mini"])];
/// The key every provider is connected with; it must never come out of the house.
pub const PROVIDER_KEY: &str = "sk-upstream-credential-0001";

/// App, providers, one owner and their token.
pub struct World {
    pub app: TestApp,
    pub upstream: Upstream,
    pub owner: User,
    /// An access token with the scope `inference`.
    pub token: String,
}

impl World {
    /// With these providers connected, each with these models.
    pub async fn with(providers: &[(&str, &[&str])]) -> Self {
        Self::on(TestDatabase::sqlite().await, providers).await
    }

    /// The same on a database of the test's.
    pub async fn on(database: TestDatabase, providers: &[(&str, &[&str])]) -> Self {
        let upstream = Upstream::start().await;
        let folder = tempfile::tempdir().unwrap();
        let overlay = folder.path().join("providers.toml");
        std::fs::write(&overlay, overlay_of(&upstream.origin)).unwrap();
        let app = TestApp::on(database, &[("PURSER_PROVIDERS_FILE", overlay.to_str().unwrap())]).await;
        let owner = app.person("ann", Role::Owner).await;
        let token = app.token_of(&owner, &[Scope::Inference]).await;
        let world = Self { app, upstream, owner, token };
        for (id, models) in providers {
            world.connect(id, models).await;
        }
        world
    }

    /// OpenAI with two models whose price is known.
    pub async fn openai() -> Self {
        Self::with(OPENAI).await
    }

    /// The same, on each kind of database there is.
    pub async fn openai_on_each() -> Vec<Self> {
        let mut worlds = Vec::new();
        for database in TestDatabase::each().await {
            worlds.push(Self::on(database, OPENAI).await);
        }
        worlds
    }

    /// Connects a provider and waits for its models.
    pub async fn connect(&self, id: &str, models: &[&str]) {
        self.upstream.lists(id, list_of(id, models));
        let (services, id) = (&self.app.state.services, provider(id));
        let form = KeyForm::new(PROVIDER_KEY.to_owned(), None, 0);
        services.connections.connect_with_key(&Caller::command_line(), &id, form).await.unwrap();
        let synced = async {
            while services.models.of_provider(&Caller::command_line(), &id).await.unwrap().is_empty() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(5), synced).await.unwrap_or_else(|_| panic!("{id} gave no models"));
        services.caches.forget_routes();
    }

    /// A token of the owner's.
    pub async fn issue(&self, form: TokenForm) -> IssuedToken {
        let tokens = &self.app.state.services.access_tokens;
        let form = TokenForm { name: "limited".to_owned(), scopes: vec![Scope::Inference], ..form };
        tokens.create_for(&Caller::command_line(), self.owner.id, &self.owner.name, self.owner.role, form).await.unwrap()
    }

    /// A token of the owner's, as text.
    pub async fn issue_text(&self, form: TokenForm) -> String {
        self.issue(form).await.secret.expose_secret().to_owned()
    }

    /// Asks with the owner's token.
    pub async fn ask(&self, body: impl Into<Body>) -> Asked {
        self.ask_as(&self.token, body).await
    }

    /// Asks for a response with the owner's token.
    pub async fn respond(&self, body: impl Into<Body>) -> Asked {
        self.send(&self.token, Method::POST, RESPONSES, body).await
    }

    /// Asks a model to say something.
    pub async fn ask_model(&self, model: &str) -> Asked {
        self.ask(hello(model).to_string()).await
    }

    /// Asks with this token.
    pub async fn ask_as(&self, token: &str, body: impl Into<Body>) -> Asked {
        self.send(token, Method::POST, CHAT, body).await
    }

    /// Sends anything.
    pub async fn send(&self, token: &str, method: Method, path: &str, body: impl Into<Body>) -> Asked {
        let request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
        self.raw(request.header("content-type", "application/json").body(body.into()).unwrap()).await
    }

    /// Sends a request as it is.
    pub async fn raw(&self, mut request: Request<Body>) -> Asked {
        let peer: std::net::SocketAddr = crate::support::PEER.parse().unwrap();
        request.extensions_mut().insert(axum::extract::ConnectInfo(peer));
        let response = tower::ServiceExt::oneshot(self.app.router.clone(), request).await.unwrap();
        Asked::new(response)
    }

    /// The usage rows, newest first, once there are `count`.
    pub async fn rows(&self, count: usize) -> Vec<UsageRecord> {
        let far = OffsetDateTime::UNIX_EPOCH + time::Duration::days(365 * 100);
        let all = UsageFilter { from: OffsetDateTime::UNIX_EPOCH, to: far, provider_id: None, token_id: None };
        for _ in 0..200 {
            let rows = self.app.state.ports.usage.newest(&all, 100).await.unwrap();
            assert!(rows.len() <= count, "{} rows, not {count}", rows.len());
            if rows.len() == count {
                return rows;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("no {count} usage rows came");
    }

    /// The only usage row.
    pub async fn row(&self) -> UsageRecord {
        self.rows(1).await.remove(0)
    }
}

/// An answer of the gateway.
pub struct Asked {
    pub status: u16,
    response: Response,
}

impl Asked {
    fn new(response: Response) -> Self {
        Self { status: response.status().as_u16(), response }
    }

    pub fn header(&self, name: &str) -> &str {
        self.response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The whole body.
    pub async fn bytes(self) -> Bytes {
        axum::body::to_bytes(self.response.into_body(), usize::MAX).await.unwrap()
    }

    pub async fn text(self) -> String {
        String::from_utf8(self.bytes().await.to_vec()).unwrap()
    }

    pub async fn json(self) -> Value {
        let text = self.text().await;
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// An error in OpenAI's dialect: its code, or its type where it has none, after looking at its shape.
    pub async fn refusal(self) -> (u16, String) {
        assert!(self.header("content-type").starts_with("application/json"));
        assert_eq!(self.header("x-purser-request-id").len(), 32);
        let (status, body) = (self.status, self.json().await);
        let error = body["error"].as_object().unwrap();
        assert!(error.len() == 4 && ["message", "type", "param", "code"].iter().all(|name| error.contains_key(*name)), "{body}");
        assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()), "{body}");
        let code = error["code"].as_str().or(error["type"].as_str()).unwrap();
        (status, code.to_owned())
    }

    /// The body as it comes.
    pub fn pieces(self) -> Pieces {
        Pieces(self.response.into_body().into_data_stream().boxed())
    }
}

/// A body as it comes. Dropping it hangs up.
pub struct Pieces(BoxStream<'static, Result<Bytes, axum::Error>>);

impl Pieces {
    /// The next piece; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<String, axum::Error>> {
        let next = tokio::time::timeout(Duration::from_secs(5), self.0.next()).await.unwrap();
        next.map(|piece| piece.map(|bytes| String::from_utf8(bytes.to_vec()).unwrap()))
    }

    /// Everything until the end or a break; says whether it broke.
    pub async fn rest(&mut self) -> (String, bool) {
        let mut text = String::new();
        loop {
            match self.next().await {
                Some(Ok(piece)) => text.push_str(&piece),
                Some(Err(_)) => return (text, true),
                None => return (text, false),
            }
        }
    }
}

/// A request that says hello.
pub fn hello(model: &str) -> Value {
    json!({"model": model, "messages": [{"role": "user", "content": "hello"}]})
}

/// A chat completion that says so many tokens were used.
pub fn completion(prompt: u64, cached: u64, output: u64) -> Value {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-4o-2024-08-06",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "hi"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": prompt, "completion_tokens": output, "total_tokens": prompt + output,
            "prompt_tokens_details": {"cached_tokens": cached}},
    })
}

/// An event of a streamed chat completion.
pub fn chunk(text: &str) -> String {
    format!("data: {}\n\n", json!({"id": "c", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": text}}]}))
}

/// The extra event with usage.
pub fn usage_chunk(prompt: u64, output: u64) -> String {
    format!("data: {}\n\n", json!({"id": "c", "choices": [], "usage": {"prompt_tokens": prompt, "completion_tokens": output}}))
}

/// The end of a streamed chat completion.
pub const DONE: &str = "data: [DONE]\n\n";

/// A provider's id.
pub fn provider(id: &str) -> ProviderId {
    id.parse().unwrap()
}

/// An exact amount.
pub fn dollars(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn list_of(id: &str, models: &[&str]) -> Value {
    match id {
        "gemini" => json!({"models": models.iter().map(|model| json!({"name": format!("models/{model}")})).collect::<Vec<_>>()}),
        "plan" => json!({"models": models.iter().map(|model| json!({"slug": model, "visibility": "list"})).collect::<Vec<_>>()}),
        "cohere" => json!({"models": models.iter().map(|model| json!({"name": model})).collect::<Vec<_>>()}),
        _ => json!({"object": "list", "data": models.iter().map(|model| json!({"id": model, "object": "model"})).collect::<Vec<_>>()}),
    }
}

/// The catalogue with every provider of the tests at this address.
pub fn overlay_of(origin: &str) -> String {
    let bases =
        [("openai", "v1"), ("mistral", "v1"), ("groq", "v1"), ("anthropic", "v1"), ("gemini", "v1beta"), ("cohere", "v2"), ("codex", "v1")];
    let tables = bases.map(|(id, version)| format!("[providers.{id}]\nbase_url = \"{origin}/{id}/{version}\"\n"));
    tables.concat() + &plan_of(origin)
}

/// A plan behind a pasted token, with the rules that a plan's endpoint has.
fn plan_of(origin: &str) -> String {
    format!(
        r#"
[providers.plan]
name = "The Plan"
base_url = "{origin}/plan/v1"
dialect = "openai_responses"
[providers.plan.api_key]
models = {{ path = "models?client_version=1.0.0", shape = "slugs" }}
plan = {{ stream_only = true, store = false, instructions = true, refused = ["temperature", "max_output_tokens"], refused_tools = ["mcp"] }}
"#
    )
}
