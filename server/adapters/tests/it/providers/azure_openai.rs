use crate::support::{KEY, ids, models, verify_all, verify_call};
use vocab::Verdict;

#[tokio::test]
async fn answers_mean_what_azure_says() {
    verify_all(
        "azure-openai",
        &[
            (200, r#"{"object":"list","data":[]}"#, Verdict::Ok, ""),
            (401, r#"{"error":{"code":"401","message":"Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource."}}"#, Verdict::BadCredential, "Access denied"),
            (401, r#"{"error":{"code":"PermissionDenied","message":"The principal lacks the required data action `Microsoft.CognitiveServices/accounts/OpenAI/models/read` to perform `GET`."}}"#, Verdict::NotPermitted, "lacks the required data action"),
            (403, r#"{"error":{"code":"403","message":"Access denied due to Virtual Network/Firewall rules."}}"#, Verdict::NotPermitted, "Firewall"),
            (404, r#"{"error":{"code":"404","message":"Resource not found"}}"#, Verdict::Unreachable, "Resource not found"),
            (429, r#"{"error":{"code":"429","message":"Requests have exceeded call rate limit of your current pricing tier."}}"#, Verdict::RateLimited, "call rate limit"),
            (500, r#"{"error":{"code":"InternalServerError","message":"Backend returned unexpected response."}}"#, Verdict::ProviderDown, "Backend"),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_call_is_as_documented() {
    let list = r#"{"object":"list","data":[{"status":"succeeded","capabilities":{"chat_completion":true},"id":"gpt-5-2025-08-07","object":"model"}]}"#;
    verify_call("azure-openai", "GET", "/openai/v1/models", Some(("api-key", KEY)), list).await;
    assert_eq!(ids(&models("azure-openai", "/openai/v1/models", list).await), ["gpt-5-2025-08-07"]);
}
