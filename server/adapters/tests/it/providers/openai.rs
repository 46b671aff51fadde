use crate::support::{KEY, client, ids, json, models, target_at, verify_all, verify_call};
use services::ports::ProviderClient as _;
use vocab::Verdict;

#[tokio::test]
async fn answers_mean_what_openai_says() {
    verify_all(
        "openai",
        &[
            (200, r#"{"object":"list","data":[{"id":"gpt-5","object":"model","created":1686935002,"owned_by":"openai"}]}"#, Verdict::Ok, ""),
            (401, r#"{"error":{"message":"Incorrect API key provided: sk-te****ghij. You can find your API key at https://platform.openai.com/account/api-keys.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}"#, Verdict::BadCredential, "Incorrect API key provided: sk-te****ghij"),
            (403, r#"{"error":{"code":"unsupported_country_region_territory","message":"Country, region, or territory not supported","param":null,"type":"request_forbidden"}}"#, Verdict::NotPermitted, "not supported"),
            (429, r#"{"error":{"message":"Rate limit reached for requests","type":"requests","param":null,"code":"rate_limit_exceeded"}}"#, Verdict::RateLimited, "Rate limit reached"),
            (429, r#"{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#, Verdict::NoFunds, "exceeded your current quota"),
            (429, r#"{"error":{"message":"Your credit balance is exhausted.","type":"insufficient_quota","param":null,"code":"credit_balance_exhausted"}}"#, Verdict::NoFunds, "exhausted"),
            (500, r#"{"error":{"message":"The server had an error while processing your request","type":"server_error","param":null,"code":null}}"#, Verdict::ProviderDown, "had an error"),
            (503, r#"{"error":{"message":"The engine is currently overloaded, please try again later","type":"server_error"}}"#, Verdict::ProviderDown, "overloaded"),
            (503, "", Verdict::ProviderDown, "answered 503 Service Unavailable"),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_call_is_as_documented() {
    let bearer = format!("Bearer {KEY}");
    verify_call("openai", "GET", "/v1/models", Some(("authorization", &bearer)), r#"{"object":"list","data":[]}"#).await;
    let models = models("openai", "/v1/models", r#"{"object":"list","data":[{"id":"gpt-5","owned_by":"openai"},{"id":"gpt-5"}]}"#).await;
    assert_eq!(ids(&models), ["gpt-5"]);
}

#[tokio::test]
async fn a_refused_list_says_why() {
    let server = crate::support::answering(json(429, r#"{"error":{"message":"Slow down"}}"#).insert_header("retry-after", "7")).await;
    let failure = client().list_models(&target_at("openai", &server.uri())).await.unwrap_err();
    assert_eq!((failure.verdict, failure.status, failure.message.as_str()), (Verdict::RateLimited, Some(429), "Slow down"));
    assert_eq!(failure.retry_after, Some(time::Duration::seconds(7)));
    let server = crate::support::answering(json(200, r#"{"data":{"id":"gpt-5"}}"#)).await;
    let failure = client().list_models(&target_at("openai", &server.uri())).await.unwrap_err();
    assert_eq!(
        (failure.verdict, failure.message.as_str()),
        (Verdict::Unreachable, "not the expected answer: its model list is of another shape")
    );
}
