use crate::support::{answering, client, entry, ids, json, models, target_at, verify_all};
use domain::connection::Detection;
use services::ports::ProviderClient as _;
use url::Url;
use vocab::Verdict;

#[tokio::test]
async fn docker_model_runner_is_found_and_listed() {
    verify_all("local", &[(200, r#"{"object":"list","data":[]}"#, Verdict::Ok, ""), (500, "", Verdict::ProviderDown, "500")]).await;
    let list = r#"{"object":"list","data":[{"id":"ai/smollm2","object":"model","created":1745777589,"owned_by":"docker"}]}"#;
    assert_eq!(ids(&models("local", "/engines/v1/models", list).await), ["ai/smollm2"]);
    let server = answering(json(200, list)).await;
    let base = Url::parse(&format!("{}/engines/v1", server.uri())).unwrap();
    let found = client().detect(&entry("local"), std::slice::from_ref(&base)).await;
    assert!(matches!(found, Detection::Running { base_url, models: 1, .. } if base_url == base));
    let seen = server.received_requests().await.unwrap();
    assert!(seen.iter().all(|request| !request.headers.contains_key("authorization")));
}

#[tokio::test]
async fn ollama_is_verified_and_listed_at_its_root() {
    let server = answering(json(200, r#"{"version":"0.12.6"}"#)).await;
    assert_eq!(client().verify(&target_at("ollama", &server.uri())).await.verdict, Verdict::Ok);
    assert_eq!(server.received_requests().await.unwrap()[0].url.path(), "/api/version");
    let tags = r#"{"models":[{"name":"llama3.2:latest","model":"llama3.2:latest","modified_at":"2025-10-03T23:34:03Z","size":2019393189,"digest":"a80c4f17acd5","details":{"format":"gguf","family":"llama","parameter_size":"3.2B"}}]}"#;
    assert_eq!(ids(&models("ollama", "/api/tags", tags).await), ["llama3.2:latest"]);
}
