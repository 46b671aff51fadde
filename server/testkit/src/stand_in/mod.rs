//! Stand-in providers on loopback, for practice mode (`make demo`) and browser tests: no account, no internet.
//!
//! One program, one port, one folder a provider: `/openai/v1`, `/mistral/v1`, `/groq/v1`, `/anthropic/v1`, and a plan's endpoint at
//! `/plan`; the local engine is at the root.
//! What a key does is in its text ([`keys::Behaviour`]): it may be good, wrong, out of funds, slow, rate limited …

pub(crate) mod answer;
pub(crate) mod anthropic;
mod keys;
mod ollama;
pub(crate) mod openai;
pub(crate) mod responses;

use crate::grok_chat;
use axum::Router;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub use keys::Behaviour;

/// Switches of the stand-ins that tests and the practice page flip.
#[derive(Clone, Default)]
pub struct Switches {
    local_stopped: Arc<AtomicBool>,
}

impl Switches {
    /// Starts or stops the local engine.
    pub fn run_local(&self, running: bool) {
        self.local_stopped.store(!running, Ordering::Relaxed);
    }

    fn local_runs(&self) -> bool {
        !self.local_stopped.load(Ordering::Relaxed)
    }
}

/// Where the Grok program's chat endpoint is stood in for.
pub const GROK_CHAT: &str = "/grok/v1";

/// Stands in for the Grok program itself where that is not installed: a few lines of shell.
pub const GROK_PROGRAM: &str = include_str!("practice-grok.sh");

/// All stand-ins.
pub fn router(switches: Switches) -> Router {
    Router::new()
        .nest("/openai/v1", openai::router(&["gpt-5.2", "gpt-5.2-mini", "gpt-5.2-nano", "o4-mini", "text-embedding-3-large"]))
        .nest("/mistral/v1", openai::router(&["mistral-large-latest", "mistral-small-latest", "codestral-latest", "mistral-embed"]))
        .nest("/groq/v1", openai::router(&["llama-3.3-70b-versatile", "openai/gpt-oss-120b"]))
        .nest("/anthropic/v1", anthropic::router())
        .nest("/plan", responses::plan())
        .nest(GROK_CHAT, grok_chat::router())
        // At the root, because an engine is asked for `/api/tags` beside its `/v1`.
        .merge(ollama::router(switches))
}

/// The overlay that points the catalogue at stand-ins listening on `origin` (`http://127.0.0.1:4801`).
pub fn overlay(origin: &str) -> String {
    let provider = |id: &str, path: &str| format!("[providers.{id}]\nbase_url = \"{origin}{path}\"\n\n");
    [
        "# Written for practice mode: these providers are stand-ins on this machine.\n\n".to_owned(),
        provider("openai", "/openai/v1"),
        provider("mistral", "/mistral/v1"),
        provider("groq", "/groq/v1"),
        provider("codex", "/openai/v1"),
        provider("anthropic", "/anthropic/v1"),
        format!("[providers.ollama]\ndetect = [\"{origin}/v1\"]\n\n"),
        format!("[providers.local]\ndetect = [\"{origin}/nothing-here/engines/v1\"]\n"),
    ]
    .concat()
}
