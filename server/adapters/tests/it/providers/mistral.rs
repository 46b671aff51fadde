use crate::support::{KEY, models, verify_all, verify_call};
use vocab::Verdict;

#[tokio::test]
async fn answers_mean_what_mistral_says() {
    verify_all(
        "mistral",
        &[
            (200, r#"{"object":"list","data":[]}"#, Verdict::Ok, ""),
            (401, r#"{"detail":"Unauthorized"}"#, Verdict::BadCredential, "Unauthorized"),
            (402, r#"{"object":"error","message":"Your account has an unpaid invoice.","type":"payment_required","param":null,"code":"1402"}"#, Verdict::NoFunds, "unpaid invoice"),
            (403, r#"{"object":"error","message":"You are not allowed to use this.","type":"forbidden","param":null,"code":"1403"}"#, Verdict::NotPermitted, "not allowed"),
            (429, r#"{"object":"error","message":"Requests rate limit exceeded","type":"rate_limited","param":null,"code":"1300"}"#, Verdict::RateLimited, "rate limit"),
            (422, r#"{"object":"error","message":{"detail":[{"type":"missing","loc":["header","authorization"],"msg":"Field required"}]},"type":"invalid_request_error"}"#, Verdict::Unreachable, "header.authorization: Field required"),
            (503, r#"{"object":"error","message":"Service unavailable.","type":"internal_server_error","code":"3000"}"#, Verdict::ProviderDown, "unavailable"),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_call_is_as_documented() {
    let list = r#"{"object":"list","data":[{"id":"mistral-large-latest","object":"model","owned_by":"mistralai","capabilities":{"completion_chat":true},"name":"mistral-large-2512","max_context_length":262144,"aliases":[]}]}"#;
    verify_call("mistral", "GET", "/v1/models", Some(("authorization", &format!("Bearer {KEY}"))), list).await;
    let models = models("mistral", "/v1/models", list).await;
    assert_eq!((models[0].id.as_str(), models[0].context_tokens), ("mistral-large-latest", Some(262_144)));
}
