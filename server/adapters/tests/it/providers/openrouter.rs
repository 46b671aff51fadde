use crate::support::{KEY, models, verify_all, verify_call};
use vocab::Verdict;

const KEY_INFO: &str =
    r#"{"data":{"label":"sk-or-v1-0e6...1c96","limit":10,"limit_reset":"monthly","limit_remaining":7.5,"usage":2.5,"is_free_tier":false}}"#;

#[tokio::test]
async fn answers_mean_what_openrouter_says() {
    verify_all(
        "openrouter",
        &[
            (200, KEY_INFO, Verdict::Ok, ""),
            (401, r#"{"error":{"message":"User not found.","code":401}}"#, Verdict::BadCredential, "User not found"),
            (
                402,
                r#"{"error":{"message":"Insufficient credits","code":402,"metadata":{"limit_source":"openrouter_credits"}}}"#,
                Verdict::NoFunds,
                "Insufficient credits",
            ),
            (
                402,
                r#"{"error":{"message":"Too much in flight","code":402,"metadata":{"reason":"in_flight_budget_exhausted"}}}"#,
                Verdict::RateLimited,
                "in flight",
            ),
            (403, r#"{"error":{"message":"Your chosen model requires moderation","code":403}}"#, Verdict::NotPermitted, "moderation"),
            (429, r#"{"error":{"message":"Rate limit exceeded","code":429}}"#, Verdict::RateLimited, "Rate limit"),
            (502, r#"{"error":{"message":"Provider returned error","code":502}}"#, Verdict::ProviderDown, "returned error"),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_key_tells_what_is_left() {
    let check = verify_call("openrouter", "GET", "/api/v1/key", Some(("authorization", &format!("Bearer {KEY}"))), KEY_INFO).await;
    assert_eq!(check.account.as_deref(), Some("key sk-or-v1-0e6...1c96, 7.5 of 10 USD left"));
}

#[tokio::test]
async fn prices_per_token_become_prices_per_million() {
    let list = r#"{"data":[{"id":"openai/gpt-5","name":"OpenAI: GPT-5","created":1754587413,"context_length":400000,"pricing":{"prompt":"0.00000125","completion":"0.00001","request":"0","image":"0","input_cache_read":"0.000000125"}}]}"#;
    let models = models("openrouter", "/api/v1/models", list).await;
    let price = models[0].price.as_ref().unwrap().per_million;
    let figures = [price.input, price.output, price.cache_read].map(|figure| figure.unwrap().to_string());
    assert_eq!(figures, ["1.25", "10", "0.125"]);
    assert_eq!((models[0].display_name.as_deref(), price.cache_write), (Some("OpenAI: GPT-5"), None));
}
