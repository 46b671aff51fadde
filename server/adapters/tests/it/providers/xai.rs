use crate::support::{KEY, ids, models, verify_all, verify_call};
use vocab::Verdict;

const KEY_INFO: &str = r#"{"redacted_api_key":"xai-...b14o","user_id":"59fbe5f2","name":"My API Key","create_time":"2024-01-01T12:55:18.139305Z","team_id":"5ea6f6bd","acls":["api-key:model:*"],"api_key_id":"ae1e1841","team_blocked":false,"api_key_blocked":false,"api_key_disabled":false}"#;

#[tokio::test]
async fn answers_mean_what_xai_says() {
    verify_all(
        "xai",
        &[
            (200, KEY_INFO, Verdict::Ok, ""),
            (200, r#"{"redacted_api_key":"xai-...b14o","team_blocked":true,"api_key_blocked":false,"api_key_disabled":false}"#, Verdict::NotPermitted, "blocked the team"),
            (200, r#"{"redacted_api_key":"xai-...b14o","team_blocked":false,"api_key_blocked":false,"api_key_disabled":true}"#, Verdict::BadCredential, ""),
            (400, r#"{"code":"Client specified an invalid argument","error":"Incorrect API key provided: xa***ij. You can obtain an API key from https://console.x.ai."}"#, Verdict::BadCredential, "Incorrect API key provided"),
            (401, r#"{"code":"Unauthenticated","error":"No API key provided."}"#, Verdict::BadCredential, "No API key provided"),
            (403, r#"{"code":"personal-team-blocked:spending-limit","error":"Your team has reached its spending limit."}"#, Verdict::NoFunds, "spending limit"),
            (429, r#"{"code":"Some resource has been exhausted","error":"Too many requests"}"#, Verdict::RateLimited, "Too many requests"),
            (500, r#"{"error":"internal"}"#, Verdict::ProviderDown, "internal"),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_call_is_as_documented() {
    let check = verify_call("xai", "GET", "/v1/api-key", Some(("authorization", &format!("Bearer {KEY}"))), KEY_INFO).await;
    assert_eq!(check.account.as_deref(), Some("team 5ea6f6bd"));
    let list = r#"{"object":"list","data":[{"id":"grok-4","created":1752019200,"object":"model","owned_by":"xai"}]}"#;
    assert_eq!(ids(&models("xai", "/v1/models", list).await), ["grok-4"]);
}
