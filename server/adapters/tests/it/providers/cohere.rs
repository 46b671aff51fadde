use crate::support::{KEY, client, ids, json, target_at, verify_all, verify_call};
use services::ports::ProviderClient as _;
use vocab::Verdict;
use wiremock::matchers::{path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer};

#[tokio::test]
async fn answers_mean_what_cohere_says() {
    verify_all(
        "cohere",
        &[
            (200, r#"{"valid":true,"organization_id":"5bb6c3a2","owner_id":"o"}"#, Verdict::Ok, ""),
            (200, r#"{"valid":false}"#, Verdict::BadCredential, "not valid"),
            (401, r#"{"id":"b","message":"invalid api token"}"#, Verdict::BadCredential, "invalid api token"),
            (402, r#"{"message":"You have reached your billing limit."}"#, Verdict::NoFunds, "billing limit"),
            (403, r#"{"message":"forbidden"}"#, Verdict::NotPermitted, "forbidden"),
            (
                429,
                r#"{"message":"You are using a Trial key, which is limited to 10 API calls / minute."}"#,
                Verdict::RateLimited,
                "Trial key",
            ),
            (500, r#"{"message":"internal server error, please retry"}"#, Verdict::ProviderDown, "internal server error"),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_key_check_is_a_post_under_v1() {
    let body = r#"{"valid":true,"organization_id":"5bb6c3a2","owner_id":"o"}"#;
    let check = verify_call("cohere", "POST", "/v1/check-api-key", Some(("authorization", &format!("Bearer {KEY}"))), body).await;
    assert_eq!(check.account.as_deref(), Some("organisation 5bb6c3a2"));
}

#[tokio::test]
async fn models_are_listed_under_v1_page_by_page() {
    let server = MockServer::start().await;
    let list = || Mock::given(path("/v1/models")).and(query_param("page_size", "1000"));
    let first =
        r#"{"models":[{"name":"command-a-03-2025","endpoints":["chat"],"finetuned":false,"context_length":288000}],"next_page_token":"t"}"#;
    let second = r#"{"models":[{"name":"embed-v4.0","endpoints":["embed"],"context_length":128000}]}"#;
    list().and(query_param_is_missing("page_token")).respond_with(json(200, first)).mount(&server).await;
    list().and(query_param("page_token", "t")).respond_with(json(200, second)).mount(&server).await;
    let models = client().list_models(&target_at("cohere", &server.uri())).await.unwrap();
    assert_eq!(ids(&models), ["command-a-03-2025", "embed-v4.0"]);
    assert_eq!(models[0].context_tokens, Some(288_000));
}
