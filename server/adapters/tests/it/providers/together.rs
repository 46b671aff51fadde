use crate::support::{KEY, models, verify_all, verify_call};
use vocab::Verdict;

const LIST: &str = r#"[{"id":"meta-llama/Llama-3.3-70B-Instruct-Turbo","object":"model","created":0,"type":"chat","running":false,"display_name":"Meta Llama 3.3 70B Instruct Turbo","organization":"Meta","context_length":131072,"pricing":{"hourly":0,"input":0.88,"output":0.88,"base":0,"finetune":0}},
{"id":"black-forest-labs/FLUX.1-schnell","type":"image","display_name":"FLUX.1 Schnell","context_length":0,"pricing":{"hourly":0,"input":0,"output":0,"base":0,"finetune":0}}]"#;

#[tokio::test]
async fn answers_mean_what_together_says() {
    verify_all(
        "together",
        &[
            (200, LIST, Verdict::Ok, ""),
            (200, r#"{"data":[]}"#, Verdict::Unreachable, "not the expected answer"),
            (401, r#"{"id":"o9","error":{"message":"Invalid API key provided. You can find your API key at https://api.together.ai/settings/api-keys.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}"#, Verdict::BadCredential, "Invalid API key"),
            (402, r#"{"error":{"message":"Credit limit exceeded","type":"credit_limit"}}"#, Verdict::NoFunds, "Credit limit"),
            (429, r#"{"error":{"message":"You have been rate limited.","type":"rate_limit"}}"#, Verdict::RateLimited, "rate limited"),
            (503, r#"{"error":{"message":"Engine overloaded"}}"#, Verdict::ProviderDown, "overloaded"),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_bare_array_is_read_with_its_prices() {
    verify_call("together", "GET", "/v1/models", Some(("authorization", &format!("Bearer {KEY}"))), LIST).await;
    let models = models("together", "/v1/models", LIST).await;
    let price = models[0].price.as_ref().unwrap();
    assert_eq!(price.per_million.input.unwrap().to_string(), "0.88");
    assert_eq!((price.source.as_str(), models[0].context_tokens), ("provider list", Some(131_072)));
    assert_eq!((models[1].price.as_ref(), models[1].context_tokens), (None, None));
}
