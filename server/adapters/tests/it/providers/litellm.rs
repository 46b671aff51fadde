use crate::support::{KEY, ids, models, verify_all, verify_call};
use vocab::Verdict;

#[tokio::test]
async fn answers_mean_what_the_proxy_says() {
    verify_all(
        "litellm",
        &[
            (200, r#"{"data":[],"object":"list"}"#, Verdict::Ok, ""),
            (400, r#"{"error":{"message":"No connected db.","type":"no_db_connection","param":null,"code":"400"}}"#, Verdict::BadCredential, "No connected db"),
            (401, r#"{"error":{"message":"Authentication Error, Invalid proxy server token passed. key=hidden, not found in db.","type":"auth_error","param":"None","code":"401"}}"#, Verdict::BadCredential, "Invalid proxy server token"),
            (400, r#"{"error":{"message":"Budget has been exceeded! Current cost: 0.01, Max budget: 0.001","type":"budget_exceeded","param":null,"code":"400"}}"#, Verdict::NoFunds, "Budget has been exceeded"),
            (429, r#"{"error":{"message":"Crossed TPM / RPM limit","type":"None","code":"429"}}"#, Verdict::RateLimited, "RPM"),
            (500, r#"{"error":{"message":"boom","type":"None","code":"500"}}"#, Verdict::ProviderDown, "boom"),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_call_is_as_documented() {
    let list = r#"{"data":[{"id":"team-gpt","object":"model","created":1677610602,"owned_by":"openai"}],"object":"list"}"#;
    verify_call("litellm", "GET", "/v1/models", Some(("authorization", &format!("Bearer {KEY}"))), list).await;
    assert_eq!(ids(&models("litellm", "/v1/models", list).await), ["team-gpt"]);
}
