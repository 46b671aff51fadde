use crate::support::{KEY, client, ids, json, target_at, verify_all, verify_call};
use services::ports::ProviderClient as _;
use vocab::Verdict;
use wiremock::matchers::{method, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer};

#[tokio::test]
async fn answers_mean_what_google_says() {
    verify_all(
        "gemini",
        &[
            (200, r#"{"models":[{"name":"models/gemini-3-pro","version":"3","displayName":"Gemini 3 Pro","supportedGenerationMethods":["generateContent"]}],"nextPageToken":"Ch0"}"#, Verdict::Ok, ""),
            (400, r#"{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID","domain":"googleapis.com","metadata":{"service":"generativelanguage.googleapis.com"}}]}}"#, Verdict::BadCredential, "API key not valid"),
            (401, r#"{"error":{"code":401,"message":"Request had invalid authentication credentials.","status":"UNAUTHENTICATED","details":[{"reason":"ACCESS_TOKEN_TYPE_UNSUPPORTED"}]}}"#, Verdict::BadCredential, "invalid authentication"),
            (403, r#"{"error":{"code":403,"message":"Generative Language API has not been used in project 1 before or it is disabled.","status":"PERMISSION_DENIED"}}"#, Verdict::NotPermitted, "has not been used"),
            (429, r#"{"error":{"code":429,"message":"Resource has been exhausted (e.g. check quota).","status":"RESOURCE_EXHAUSTED"}}"#, Verdict::RateLimited, "exhausted"),
            (500, r#"{"error":{"code":500,"message":"An internal error has occurred.","status":"INTERNAL"}}"#, Verdict::ProviderDown, "internal error"),
            (503, r#"[{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}]"#, Verdict::ProviderDown, "overloaded"),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_call_is_as_documented() {
    verify_call("gemini", "GET", "/v1beta/models", Some(("x-goog-api-key", KEY)), r#"{"models":[]}"#).await;
}

#[tokio::test]
async fn every_page_of_models_is_read() {
    let server = MockServer::start().await;
    let list = || Mock::given(method("GET")).and(path("/v1beta/models"));
    let first = r#"{"models":[{"name":"models/gemini-3-pro","displayName":"Gemini 3 Pro","inputTokenLimit":1048576,"outputTokenLimit":65536}],"nextPageToken":"a b&c"}"#;
    let second = r#"{"models":[{"name":"models/text-embedding-004","inputTokenLimit":2048}]}"#;
    list().and(query_param_is_missing("pageToken")).respond_with(json(200, first)).mount(&server).await;
    list().and(query_param("pageToken", "a b&c")).respond_with(json(200, second)).mount(&server).await;
    let models = client().list_models(&target_at("gemini", &server.uri())).await.unwrap();
    assert_eq!(ids(&models), ["gemini-3-pro", "text-embedding-004"]);
    assert_eq!((models[0].display_name.as_deref(), models[0].context_tokens), (Some("Gemini 3 Pro"), Some(1_048_576)));
}
