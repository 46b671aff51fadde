use crate::support::{KEY, client, ids, json, target_at, verify_all, verify_call};
use services::ports::ProviderClient as _;
use vocab::Verdict;
use wiremock::matchers::{method, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer};

#[tokio::test]
async fn answers_mean_what_anthropic_says() {
    verify_all(
        "anthropic",
        &[
            (200, r#"{"data":[{"id":"claude-sonnet-5","type":"model","display_name":"Claude Sonnet 5","created_at":"2026-05-14T00:00:00Z"}],"has_more":false,"first_id":"claude-sonnet-5","last_id":"claude-sonnet-5"}"#, Verdict::Ok, ""),
            (401, r#"{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"},"request_id":"req_011"}"#, Verdict::BadCredential, "invalid x-api-key"),
            (403, r#"{"type":"error","error":{"type":"permission_error","message":"Your API key does not have permission to use the specified resource."}}"#, Verdict::NotPermitted, "does not have permission"),
            (402, r#"{"type":"error","error":{"type":"billing_error","message":"There is an issue with billing."}}"#, Verdict::NoFunds, "issue with billing"),
            (400, r#"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits."}}"#, Verdict::NoFunds, "credit balance is too low"),
            (429, r#"{"type":"error","error":{"type":"rate_limit_error","message":"This request would exceed your rate limit."}}"#, Verdict::RateLimited, "rate limit"),
            (500, r#"{"type":"error","error":{"type":"api_error","message":"Internal server error"}}"#, Verdict::ProviderDown, "Internal server error"),
            (529, r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, Verdict::ProviderDown, "Overloaded"),
            (404, r#"{"type":"error","error":{"type":"not_found_error","message":"Not found"}}"#, Verdict::Unreachable, "404: Not found"),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_call_is_as_documented() {
    verify_call("anthropic", "GET", "/v1/models", Some(("x-api-key", KEY)), r#"{"data":[],"has_more":false}"#).await;
}

#[tokio::test]
async fn every_page_of_models_is_read() {
    let server = MockServer::start().await;
    let page = |id: &str, more: bool| {
        json(
            200,
            &format!(
                r#"{{"data":[{{"id":"{id}","type":"model","display_name":"The {id}"}}],"has_more":{more},"first_id":"{id}","last_id":"{id}"}}"#
            ),
        )
    };
    let list = || Mock::given(method("GET")).and(path("/v1/models"));
    list().and(query_param_is_missing("after_id")).respond_with(page("claude-a", true)).mount(&server).await;
    list().and(query_param("after_id", "claude-a")).respond_with(page("claude-b", true)).mount(&server).await;
    list().and(query_param("after_id", "claude-b")).respond_with(page("claude-c", false)).mount(&server).await;
    let models = client().list_models(&target_at("anthropic", &server.uri())).await.unwrap();
    assert_eq!(ids(&models), ["claude-a", "claude-b", "claude-c"]);
    assert_eq!(models[0].display_name.as_deref(), Some("The claude-a"));
}

#[tokio::test]
async fn a_list_without_end_ends() {
    let server = MockServer::start().await;
    let same = r#"{"data":[{"id":"claude-a"}],"has_more":true,"last_id":"claude-a"}"#;
    Mock::given(method("GET")).respond_with(json(200, same)).mount(&server).await;
    let models = client().list_models(&target_at("anthropic", &server.uri())).await.unwrap();
    assert_eq!(ids(&models), ["claude-a"]);
    assert!(server.received_requests().await.unwrap().len() <= 3);
}
