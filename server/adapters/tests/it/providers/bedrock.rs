use crate::support::{KEY, ids, models, verify_all, verify_call};
use vocab::Verdict;

#[tokio::test]
async fn answers_mean_what_aws_says() {
    verify_all(
        "bedrock",
        &[
            (200, r#"{"object":"list","data":[]}"#, Verdict::Ok, ""),
            (
                403,
                r#"{"Message":"Authentication failed: The security token included in the request is invalid"}"#,
                Verdict::BadCredential,
                "security token",
            ),
            (403, r#"{"Message":"Bearer Token has expired"}"#, Verdict::BadCredential, "expired"),
            (
                403,
                r#"{"message":"User is not authorized to perform: bedrock:ListFoundationModels"}"#,
                Verdict::NotPermitted,
                "not authorized",
            ),
            (429, r#"{"message":"Too many requests, please wait before trying again."}"#, Verdict::RateLimited, "Too many requests"),
            (
                500,
                r#"{"message":"The system encountered an unexpected error during processing."}"#,
                Verdict::ProviderDown,
                "unexpected error",
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_call_is_as_documented() {
    let list = r#"{"object":"list","data":[{"id":"openai.gpt-oss-120b","object":"model","owned_by":"openai"}]}"#;
    verify_call("bedrock", "GET", "/v1/models", Some(("authorization", &format!("Bearer {KEY}"))), list).await;
    assert_eq!(ids(&models("bedrock", "/v1/models", list).await), ["openai.gpt-oss-120b"]);
}
