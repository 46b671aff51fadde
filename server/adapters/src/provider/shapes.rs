//! Model lists in the six shapes of the wild, read tolerantly: what is not a model is left out, what is too long or has
//! control characters too.

use domain::models::{ListedModel, ModelPrice, TokenPrice};
use domain::provider::ModelListShape;
use rust_decimal::Decimal;
use serde_json::Value;
use time::Date;

/// Longer ids are nobody's.
const MAX_ID: usize = 256;
/// Longer names are cut.
const MAX_NAME: usize = 120;

/// One page of a list.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    /// The models on it.
    pub models: Vec<ListedModel>,
    /// Query parameter and value that bring the next page.
    pub next: Option<(&'static str, String)>,
}

/// The member of the answer that holds the list; `[]` for the answer itself.
pub(crate) const fn list_member(shape: ModelListShape) -> &'static str {
    match shape {
        ModelListShape::Data => "data",
        ModelListShape::Names | ModelListShape::Gemini | ModelListShape::Slugs => "models",
        ModelListShape::Array => "[]",
        ModelListShape::Summaries => "modelSummaries",
    }
}

/// Reads a page; `None` when it is not of this shape. `today` dates the prices in it.
pub(crate) fn read_page(shape: ModelListShape, answer: &Value, today: Date) -> Option<Page> {
    let list = match list_member(shape) {
        "[]" => answer,
        member => answer.get(member)?,
    };
    let items: &[Value] = match list {
        Value::Array(items) => items,
        // An Ollama without models.
        Value::Null => &[],
        _ => return None,
    };
    let models = items.iter().filter_map(|item| read_model(shape, item, today)).collect();
    Some(Page { models, next: next_page(shape, answer) })
}

fn next_page(shape: ModelListShape, answer: &Value) -> Option<(&'static str, String)> {
    let token = |name: &str| answer.get(name).and_then(Value::as_str).filter(|token| !token.is_empty()).map(str::to_owned);
    match shape {
        ModelListShape::Data if answer.get("has_more").and_then(Value::as_bool) == Some(true) => Some(("after_id", token("last_id")?)),
        ModelListShape::Gemini => Some(("pageToken", token("nextPageToken")?)),
        ModelListShape::Names => Some(("page_token", token("next_page_token")?)),
        _ => None,
    }
}

fn read_model(shape: ModelListShape, item: &Value, today: Date) -> Option<ListedModel> {
    let names: &[&str] = match shape {
        ModelListShape::Data | ModelListShape::Array => &["id"],
        ModelListShape::Names => &["name", "model"],
        ModelListShape::Gemini => &["name"],
        ModelListShape::Slugs => &["slug"],
        ModelListShape::Summaries => &["modelId"],
    };
    // Kept from the people of the plan by the vendor.
    if shape == ModelListShape::Slugs && text(item, "visibility").is_some_and(|visibility| visibility != "list") {
        return None;
    }
    let id = names.iter().find_map(|name| text(item, name))?;
    let id = if shape == ModelListShape::Gemini { id.strip_prefix("models/").unwrap_or(id) } else { id };
    if id.is_empty() || id.len() > MAX_ID || id.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return None;
    }
    let price = item.get("pricing").and_then(read_price);
    Some(ListedModel {
        id: id.to_owned(),
        display_name: display_name(item).filter(|name| name != id),
        context_tokens: context(item),
        price: price.map(|per_million| ModelPrice { per_million, source: "provider list".to_owned(), as_of: today }),
    })
}

fn text<'a>(item: &'a Value, name: &str) -> Option<&'a str> {
    item.get(name).and_then(Value::as_str)
}

fn display_name(item: &Value) -> Option<String> {
    let name = ["display_name", "displayName", "modelName", "name"].iter().find_map(|name| text(item, name))?;
    let name = crate::redact::Redactor::default().clean(name);
    let name: String = name.strip_prefix("models/").unwrap_or(&name).chars().take(MAX_NAME).collect();
    (!name.is_empty()).then_some(name)
}

fn context(item: &Value) -> Option<u32> {
    let names =
        ["context_length", "context_window", "inputTokenLimit", "max_input_tokens", "max_model_len", "max_context_length", "contextWindow"];
    let number = names.iter().find_map(|name| item.get(*name).and_then(Value::as_u64));
    number.and_then(|number| u32::try_from(number).ok()).filter(|number| *number > 0)
}

/// `{prompt, completion, …}` in US dollars a token (`OpenRouter`), or `{input, output}` a million tokens (Together).
fn read_price(pricing: &Value) -> Option<TokenPrice> {
    let (member, times) = if pricing.get("prompt").is_some() || pricing.get("completion").is_some() {
        (["prompt", "completion", "input_cache_read", "input_cache_write"], Decimal::from(1_000_000))
    } else {
        (["input", "output", "cached_input", "cache_write"], Decimal::ONE)
    };
    let [input, output, cache_read, cache_write] = member.map(|name| amount(pricing.get(name)?, times));
    let price = TokenPrice { input, output, cache_read, cache_write };
    // Nothing but zeros per million is how models billed by the picture or the hour look.
    let unpriced = times == Decimal::ONE && [input, output].iter().all(|part| part.is_none_or(|part| part.is_zero()));
    (price != TokenPrice::default() && !unpriced).then_some(price)
}

/// Exact; negative amounts mean "depends".
fn amount(value: &Value, times: Decimal) -> Option<Decimal> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let amount = text.parse().or_else(|_| Decimal::from_scientific(&text)).ok()?;
    (!amount.is_sign_negative() || amount.is_zero()).then(|| amount.checked_mul(times)).flatten().map(|amount| amount.normalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use time::macros::date;

    fn page(shape: ModelListShape, answer: &Value) -> Page {
        read_page(shape, answer, date!(2026 - 11 - 23)).unwrap()
    }

    fn ids(shape: ModelListShape, answer: &Value) -> Vec<String> {
        page(shape, answer).models.into_iter().map(|model| model.id).collect()
    }

    #[test]
    fn every_shape_is_read() {
        assert_eq!(ids(ModelListShape::Data, &json!({"object": "list", "data": [{"id": "gpt-5"}]})), ["gpt-5"]);
        assert_eq!(ids(ModelListShape::Names, &json!({"models": [{"name": "llama3:8b", "model": "llama3:8b"}]})), ["llama3:8b"]);
        assert_eq!(ids(ModelListShape::Gemini, &json!({"models": [{"name": "models/gemini-3-pro"}]})), ["gemini-3-pro"]);
        assert_eq!(ids(ModelListShape::Array, &json!([{"id": "meta-llama/Llama-3"}])), ["meta-llama/Llama-3"]);
        let slugs = json!({"models": [{"slug": "gpt-5.4", "visibility": "list"}, {"slug": "inner", "visibility": "hide"},
            {"slug": "new", "visibility": "somehow"}]});
        assert_eq!(ids(ModelListShape::Slugs, &slugs), ["gpt-5.4"]);
        assert_eq!(
            ids(ModelListShape::Summaries, &json!({"modelSummaries": [{"modelId": "amazon.nova-pro-v1:0"}]})),
            ["amazon.nova-pro-v1:0"]
        );
        assert_eq!(read_page(ModelListShape::Data, &json!({"models": []}), date!(2026 - 11 - 23)), None);
        assert_eq!(read_page(ModelListShape::Array, &json!({"data": []}), date!(2026 - 11 - 23)), None);
        assert_eq!(page(ModelListShape::Names, &json!({"models": null})), Page::default());
    }

    #[test]
    fn facts_come_along() {
        let gemini = json!({"models": [{"name": "models/g", "displayName": "G 3", "inputTokenLimit": 1_048_576}], "nextPageToken": "x"});
        let read = page(ModelListShape::Gemini, &gemini);
        assert_eq!((read.models[0].display_name.as_deref(), read.models[0].context_tokens), (Some("G 3"), Some(1_048_576)));
        assert_eq!(read.next, Some(("pageToken", "x".to_owned())));
        let anthropic = json!({"data": [{"id": "c", "display_name": "Claude"}], "has_more": true, "last_id": "c"});
        assert_eq!(page(ModelListShape::Data, &anthropic).next, Some(("after_id", "c".to_owned())));
        let last = json!({"data": [], "has_more": false, "last_id": "c"});
        assert_eq!(page(ModelListShape::Data, &last).next, None);
    }

    #[test]
    fn prices_are_exact() {
        let openrouter = json!({"data": [{"id": "a/b", "pricing": {"prompt": "0.00000125", "completion": "1e-5", "input_cache_read": "0.000000125"}},
            {"id": "free", "pricing": {"prompt": "0", "completion": "0"}}, {"id": "auto", "pricing": {"prompt": "-1", "completion": "-1"}}]});
        let models = page(ModelListShape::Data, &openrouter).models;
        let price = models[0].price.as_ref().unwrap();
        assert_eq!(price.per_million.input.unwrap().to_string(), "1.25");
        assert_eq!(price.per_million.output.unwrap().to_string(), "10");
        assert_eq!(price.per_million.cache_read.unwrap().to_string(), "0.125");
        assert_eq!((price.source.as_str(), price.as_of), ("provider list", date!(2026 - 11 - 23)));
        assert_eq!(models[1].price.as_ref().unwrap().per_million.input, Some(Decimal::ZERO));
        assert_eq!(models[2].price, None);
        let together = json!([{"id": "a", "pricing": {"hourly": 0, "input": 0.88, "output": 0.1, "base": 0}},
            {"id": "picture", "pricing": {"hourly": 0, "input": 0, "output": 0, "base": 0.04}}]);
        let models = page(ModelListShape::Array, &together).models;
        let price = models[0].price.as_ref().unwrap().per_million;
        assert_eq!((price.input.unwrap().to_string(), price.output.unwrap().to_string()), ("0.88".into(), "0.1".into()));
        assert_eq!(models[1].price, None);
    }

    #[test]
    fn hostile_entries_are_left_out_or_cleaned() {
        let hostile = json!({"data": [7, null, {}, {"id": ""}, {"id": 5}, {"id": "a\nb"}, {"id": "a b"}, {"id": "x".repeat(300)},
            {"id": "<script>alert(1)</script>", "display_name": "a\u{202e}b\u{0}", "context_length": -1, "pricing": "free"},
            {"id": "ok", "context_length": 99_999_999_999_u64, "pricing": {"prompt": "1e400", "completion": {}}}]});
        let models = page(ModelListShape::Data, &hostile).models;
        assert_eq!(models.len(), 2);
        assert_eq!(models[0].display_name.as_deref(), Some("ab"));
        assert_eq!((models[1].context_tokens, &models[1].price), (None, &None));
    }
}
