use crate::support::{KEY, ids, models, verify_all, verify_call};
use vocab::Verdict;

#[tokio::test]
async fn answers_mean_what_fireworks_says() {
    verify_all(
        "fireworks",
        &[
            (200, r#"{"object":"list","data":[]}"#, Verdict::Ok, ""),
            (401, r#"{"error":{"object":"error","type":"invalid_request_error","code":"invalid_api_key","message":"The API key you provided is invalid."}}"#, Verdict::BadCredential, "is invalid"),
            (402, r#"{"error":{"object":"error","type":"billing_error","message":"Your account has unpaid invoices."}}"#, Verdict::NoFunds, "unpaid"),
            (403, r#"{"error":{"object":"error","type":"forbidden","message":"You do not have access."}}"#, Verdict::NotPermitted, "access"),
            (412, r#"{"error":{"object":"error","type":"precondition_failed","message":"Account is suspended, possibly due to reaching the monthly spending limit or failure to pay past invoices."}}"#, Verdict::NoFunds, "suspended"),
            (429, r#"{"error":{"object":"error","type":"rate_limit","message":"Rate limit exceeded"}}"#, Verdict::RateLimited, "Rate limit"),
            (500, r#"{"error":{"object":"error","type":"internal_server_error","message":"server error"}}"#, Verdict::ProviderDown, "server error"),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_call_is_as_documented() {
    let list = r#"{"object":"list","data":[{"id":"accounts/fireworks/models/deepseek-v3","object":"model","owned_by":"fireworks","context_length":163840,"supports_chat":true}]}"#;
    verify_call("fireworks", "GET", "/inference/v1/models", Some(("authorization", &format!("Bearer {KEY}"))), list).await;
    assert_eq!(ids(&models("fireworks", "/inference/v1/models", list).await), ["accounts/fireworks/models/deepseek-v3"]);
}
