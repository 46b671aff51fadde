use crate::support::{ids, models, verify_all};
use vocab::Verdict;

const LIST: &str = r#"{"models":[{"slug":"gpt-5.4","display_name":"GPT-5.4","visibility":"list","context_window":272000},{"slug":"codex-auto-review","display_name":"Review","visibility":"hide"}]}"#;

#[tokio::test]
async fn answers_mean_what_the_plan_says() {
    verify_all(
        "chatgpt",
        &[
            (200, LIST, Verdict::Ok, ""),
            (401, r#"{"detail":{"message":"Could not parse your authentication token."}}"#, Verdict::BadCredential, "Could not parse"),
            (
                429,
                r#"{"error":{"code":"subscription_sharing_usage_limit_exceeded","message":"The plan's limit is reached."}}"#,
                Verdict::NoFunds,
                "limit is reached",
            ),
            (429, r#"{"detail":"Too many requests"}"#, Verdict::RateLimited, "Too many"),
        ],
    )
    .await;
}

#[tokio::test]
async fn slugs_are_read() {
    let models = models("chatgpt", "/backend-api/models", LIST).await;
    assert_eq!(ids(&models), ["gpt-5.4"]);
    assert_eq!((models[0].display_name.as_deref(), models[0].context_tokens), (Some("GPT-5.4"), Some(272_000)));
}
