use crate::support::{KEY, models, verify_all, verify_call};
use vocab::Verdict;

#[tokio::test]
async fn answers_mean_what_groq_says() {
    verify_all(
        "groq",
        &[
            (200, r#"{"object":"list","data":[]}"#, Verdict::Ok, ""),
            (
                401,
                r#"{"error":{"message":"Invalid API Key","type":"invalid_request_error","code":"invalid_api_key"}}"#,
                Verdict::BadCredential,
                "Invalid API Key",
            ),
            (
                403,
                r#"{"error":{"message":"Access denied. Please check your network settings.","type":"forbidden"}}"#,
                Verdict::NotPermitted,
                "Access denied",
            ),
            (
                429,
                r#"{"error":{"message":"Rate limit reached for model","type":"tokens","code":"rate_limit_exceeded"}}"#,
                Verdict::RateLimited,
                "Rate limit",
            ),
            (498, r#"{"error":{"message":"Flex tier capacity exceeded","type":"capacity_exceeded"}}"#, Verdict::ProviderDown, "capacity"),
            (499, r#"{"error":{"message":"Request cancelled","type":"cancelled"}}"#, Verdict::ProviderDown, "cancelled"),
            (502, r#"{"error":{"message":"Bad gateway","type":"internal_server_error"}}"#, Verdict::ProviderDown, "Bad gateway"),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_call_is_as_documented() {
    let list = r#"{"object":"list","data":[{"id":"llama-3.3-70b-versatile","object":"model","created":1733447754,"owned_by":"Meta","active":true,"context_window":131072,"max_completion_tokens":32768}]}"#;
    verify_call("groq", "GET", "/openai/v1/models", Some(("authorization", &format!("Bearer {KEY}"))), list).await;
    assert_eq!(models("groq", "/openai/v1/models", list).await[0].context_tokens, Some(131_072));
}
