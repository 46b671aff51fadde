use crate::support::{KEY, ids, models, verify_all, verify_call};
use vocab::Verdict;

const BALANCE: &str = r#"{"is_available":true,"balance_infos":[{"currency":"CNY","total_balance":"110.00","granted_balance":"10.00","topped_up_balance":"100.00"}]}"#;

#[tokio::test]
async fn answers_mean_what_deepseek_says() {
    verify_all(
        "deepseek",
        &[
            (200, BALANCE, Verdict::Ok, ""),
            (200, r#"{"is_available":false,"balance_infos":[{"currency":"USD","total_balance":"0.00"}]}"#, Verdict::NoFunds, ""),
            (401, r#"{"error":{"message":"Authentication Fails, Your api key: ****ghij is invalid","type":"authentication_error","param":null,"code":"invalid_request_error"}}"#, Verdict::BadCredential, "Authentication Fails"),
            (402, r#"{"error":{"message":"Insufficient Balance","type":"unknown_error","param":null,"code":"invalid_request_error"}}"#, Verdict::NoFunds, "Insufficient Balance"),
            (429, r#"{"error":{"message":"Rate Limit Reached","type":"rate_limit"}}"#, Verdict::RateLimited, "Rate Limit"),
            (500, r#"{"error":{"message":"Server Error"}}"#, Verdict::ProviderDown, "Server Error"),
            (503, r#"{"error":{"message":"Server Overloaded"}}"#, Verdict::ProviderDown, "Overloaded"),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_call_is_as_documented() {
    let check = verify_call("deepseek", "GET", "/user/balance", Some(("authorization", &format!("Bearer {KEY}"))), BALANCE).await;
    assert_eq!(check.account.as_deref(), Some("balance 110.00 CNY"));
    let list = r#"{"object":"list","data":[{"id":"deepseek-chat","object":"model","owned_by":"deepseek"}]}"#;
    assert_eq!(ids(&models("deepseek", "/models", list).await), ["deepseek-chat"]);
}
