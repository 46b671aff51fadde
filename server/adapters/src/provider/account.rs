//! Whose account a credential is for, where the answer to the verification call tells. By members, not by vendor.

use serde_json::Value;

/// A short label such as an e-mail, an organisation or what is left on the account. Not yet redacted.
pub(crate) fn account(answer: &Value) -> Option<String> {
    let data = answer.get("data").filter(|data| data.is_object()).unwrap_or(answer);
    let text = |name: &str| data.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let named = |word: &str, name: &str| text(name).map(|value| format!("{word} {value}"));
    let who = text("email")
        .map(str::to_owned)
        .or_else(|| named("organisation", "organization_id"))
        .or_else(|| named("team", "team_id"))
        .or_else(|| named("key", "label"));
    let parts: Vec<String> = [who, balance(data), left(data)].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// `balance_infos: [{currency, total_balance}]` (`DeepSeek`).
fn balance(data: &Value) -> Option<String> {
    let infos = data.get("balance_infos")?.as_array()?;
    let one = |info: &Value| Some(format!("{} {}", scalar(info.get("total_balance")?)?, info.get("currency")?.as_str()?));
    let all: Vec<String> = infos.iter().filter_map(one).take(3).collect();
    (!all.is_empty()).then(|| format!("balance {}", all.join(" and ")))
}

/// `limit` and `limit_remaining` in US dollars (`OpenRouter`).
fn left(data: &Value) -> Option<String> {
    let (remaining, limit) = (scalar(data.get("limit_remaining")?)?, scalar(data.get("limit")?)?);
    Some(format!("{remaining} of {limit} USD left"))
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn labels_are_found() {
        let openrouter =
            json!({"data": {"label": "sk-or-v1-0e6...1c96", "limit": 10, "limit_remaining": 7.5, "usage": 2.5, "is_free_tier": false}});
        assert_eq!(account(&openrouter).as_deref(), Some("key sk-or-v1-0e6...1c96, 7.5 of 10 USD left"));
        let unlimited = json!({"data": {"label": "agents", "limit": null, "limit_remaining": null}});
        assert_eq!(account(&unlimited).as_deref(), Some("key agents"));
        let cohere = json!({"valid": true, "organization_id": "org-1", "owner_id": "u"});
        assert_eq!(account(&cohere).as_deref(), Some("organisation org-1"));
        let deepseek = json!({"is_available": true, "balance_infos": [{"currency": "CNY", "total_balance": "110.00"}]});
        assert_eq!(account(&deepseek).as_deref(), Some("balance 110.00 CNY"));
        assert_eq!(account(&json!({"data": [{"id": "gpt-5"}]})), None);
        assert_eq!(account(&json!([1])), None);
    }
}
