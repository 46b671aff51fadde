//! How to use a token, ready to copy.

use crate::components::CopyButton;
use leptos::prelude::*;

/// The first call with `curl` and with OpenAI's own SDK, through the address this page was opened at.
#[component]
pub fn Snippets(
    /// The token.
    token: String,
) -> impl IntoView {
    let origin = RwSignal::new(String::new());
    Effect::new(move || origin.set(window().location().origin().unwrap_or_default()));
    let token = StoredValue::new(token);
    let curl = Signal::derive(move || token.with_value(|token| curl_call(&origin.get(), token)));
    let python = Signal::derive(move || token.with_value(|token| python_call(&origin.get(), token)));
    view! {
        <h3>"Try it"</h3>
        <p class="muted">
            "Any OpenAI-compatible client works. As a model, name one of yours, or a tier such as " <code>"tier:adequate"</code>
            ". Anthropic's clients work with the address without " <code>"/v1"</code> " and this token as their key."
        </p>
        <Snippet title="curl" text=curl />
        <Snippet title="OpenAI SDK (Python)" text=python />
    }
}

/// One of them.
#[component]
fn Snippet(title: &'static str, text: Signal<String>) -> impl IntoView {
    view! {
        <div class="snippet">
            <div class="snippet-head">
                <h4>{title}</h4>
                <CopyButton text=text label=format!("Copy {title}") />
            </div>
            // Long lines scroll inside; the keyboard reaches them, too.
            <pre tabindex="0" role="region" aria-label=title>
                <code>{move || text.get()}</code>
            </pre>
        </div>
    }
}

fn curl_call(origin: &str, token: &str) -> String {
    format!(
        "curl {origin}/v1/chat/completions \\\n  -H 'Authorization: Bearer {token}' \\\n  -H 'Content-Type: application/json' \\\n  \
         -d '{{\"model\": \"tier:adequate\", \"messages\": [{{\"role\": \"user\", \"content\": \"Hello\"}}]}}'"
    )
}

fn python_call(origin: &str, token: &str) -> String {
    format!(
        "from openai import OpenAI\n\nclient = OpenAI(\n    base_url=\"{origin}/v1\",\n    api_key=\"{token}\",\n)\nanswer = client.chat.completions.create(\n    \
         model=\"tier:adequate\",\n    messages=[{{\"role\": \"user\", \"content\": \"Hello\"}}],\n)\nprint(answer.choices[0].message.content)"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snippets_are_whole() {
        let curl = curl_call("http://localhost:3000", "pur_x");
        assert!(curl.starts_with("curl http://localhost:3000/v1/chat/completions"));
        let body = curl.split("-d '").nth(1).and_then(|rest| rest.strip_suffix('\'')).unwrap();
        assert!(serde_json::from_str::<serde_json::Value>(body).is_ok(), "{body}");
        assert!(python_call("https://p.example", "pur_x").contains("base_url=\"https://p.example/v1\",\n    api_key=\"pur_x\""));
    }
}
