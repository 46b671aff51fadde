//! A Responses request fitted to a plan's endpoint: what has to be there is added, what it refuses is named, and
//! nothing is dropped that means anything.

use super::members;
use crate::provider::PlanRules;
use serde_json::Value;

/// A member that the plan's endpoint does not take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the plan behind this connection does not take {what}; leave it out, or name a provider that is connected with an API key")]
pub struct Misfit {
    /// The member, for example `temperature` or `tools[1].type`.
    pub param: String,
    what: String,
}

impl Misfit {
    /// A top-level member.
    pub fn member(name: &str) -> Self {
        Self { param: name.to_owned(), what: format!("\"{name}\"") }
    }
}

/// The body with the bare model id, and as the plan wants it. A refused member that is `null` asks for nothing, and is
/// left out.
///
/// # Errors
/// [`Misfit`] names the first member that would have to be dropped.
pub fn fit(body: &[u8], model: &str, plan: &PlanRules) -> Result<Vec<u8>, Misfit> {
    let text = std::str::from_utf8(body).unwrap_or_default();
    let asked = members::read(text).unwrap_or_default();
    let model = Value::from(model).to_string();
    let store = plan.store.map(|store| if store { "true" } else { "false" });
    let mut wanted = vec![("stream", plan.stream_only.then_some("true")), ("store", store)];
    wanted.push(("instructions", plan.instructions.then_some("\"\"")));
    let mut out: Vec<(&str, &str)> = Vec::with_capacity(asked.len() + wanted.len());
    for (name, value) in &asked {
        let name = name.as_str();
        let fitted = wanted.iter_mut().find(|(wanted, value)| *wanted == name && value.is_some()).and_then(|(_, value)| value.take());
        match (name, fitted) {
            ("model", _) => out.push((name, &model)),
            ("store", Some(store)) if !matches!(*value, "null") && *value != store => return Err(unlike_store(store)),
            ("instructions", Some(empty)) => out.push((name, if *value == "null" { empty } else { value })),
            (_, Some(fitted)) => out.push((name, fitted)),
            _ if plan.refuses(name) && *value == "null" => {}
            _ if plan.refuses(name) => return Err(Misfit::member(name)),
            _ => out.push((name, value)),
        }
        if name == "tools" {
            tools(value, plan)?;
        }
    }
    out.extend(wanted.into_iter().filter_map(|(name, value)| Some((name, value?))));
    Ok(members::write(out))
}

/// The first member of a chat-completions request that the plan's endpoint does not take under its Responses name.
pub fn chat_misfit(body: &[u8], plan: &PlanRules) -> Option<Misfit> {
    const CARRIED_OVER: [(&str, &str); 4] = [
        ("temperature", "temperature"),
        ("top_p", "top_p"),
        ("max_tokens", "max_output_tokens"),
        ("max_completion_tokens", "max_output_tokens"),
    ];
    let asked = std::str::from_utf8(body).ok().and_then(members::read).unwrap_or_default();
    let refused = |name: &str| CARRIED_OVER.iter().any(|(ours, theirs)| *ours == name && plan.refuses(theirs));
    asked.iter().find(|(name, value)| *value != "null" && refused(name.as_str())).map(|(name, _)| Misfit::member(name.as_str()))
}

fn unlike_store(store: &str) -> Misfit {
    let other = if store == "true" { "false" } else { "true" };
    Misfit { param: "store".to_owned(), what: format!("\"store\": {other}") }
}

fn tools(value: &str, plan: &PlanRules) -> Result<(), Misfit> {
    if plan.refused_tools.is_empty() {
        return Ok(());
    }
    let tools: Vec<Value> = serde_json::from_str(value).unwrap_or_default();
    let kinds = tools.iter().map(|tool| tool.get("type").and_then(Value::as_str).unwrap_or_default());
    match kinds.enumerate().find(|(_, kind)| plan.refuses_tool(kind)) {
        Some((index, kind)) => Err(Misfit { param: format!("tools[{index}].type"), what: format!("tools of the type {kind:?}") }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn plan() -> PlanRules {
        PlanRules {
            stream_only: true,
            store: Some(false),
            instructions: true,
            refused: vec!["temperature".into(), "max_output_tokens".into()],
            refused_tools: vec!["mcp".into()],
        }
    }

    fn fitted(body: &str) -> Result<String, Misfit> {
        fit(body.as_bytes(), "gpt-5", &plan()).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn what_has_to_be_there_is_added_and_the_rest_stays_as_written() {
        assert_eq!(
            fitted("{ \"model\":\"codex/gpt-5\", \"input\" : \"sn\\u00f6w\",\n\"seed\":1.0e0 }").as_deref(),
            Ok("{\"model\":\"gpt-5\",\"input\":\"sn\\u00f6w\",\"seed\":1.0e0,\"stream\":true,\"store\":false,\"instructions\":\"\"}")
        );
        let whole = "{\"instructions\":\"Be brief.\",\"store\":false,\"stream\":true,\"model\":\"gpt-5\"}";
        assert_eq!(fitted(whole).as_deref(), Ok(whole));
        assert_eq!(
            fitted("{\"stream\":false,\"store\":null,\"instructions\":null,\"model\":\"x\",\"temperature\":null}").as_deref(),
            Ok("{\"stream\":true,\"store\":false,\"instructions\":\"\",\"model\":\"gpt-5\"}")
        );
    }

    #[test]
    fn what_the_plan_refuses_is_named() {
        let param = |body: Value| fitted(&body.to_string()).map_err(|misfit| misfit.param);
        let no = |name: &str| Err(name.to_owned());
        assert_eq!(param(json!({"model": "m", "temperature": 0})), no("temperature"));
        assert_eq!(param(json!({"model": "m", "max_output_tokens": 5})), no("max_output_tokens"));
        assert_eq!(param(json!({"model": "m", "store": true})), no("store"));
        assert_eq!(param(json!({"model": "m", "tools": [{"type": "function"}, {"type": "mcp"}]})), no("tools[1].type"));
        assert!(param(json!({"model": "m", "tools": [{"type": "function", "name": "mcp"}], "metadata": {"store": true}})).is_ok());
        let words = fitted("{\"model\":\"m\",\"temperature\":1}").unwrap_err().to_string();
        assert!(words.contains("\"temperature\"") && words.contains("API key"), "{words}");
    }

    #[test]
    fn a_chat_request_is_held_to_the_same_rules() {
        let param = |body: &str| chat_misfit(body.as_bytes(), &plan()).map(|misfit| misfit.param);
        assert_eq!(param("{\"model\":\"m\",\"max_tokens\":5}").as_deref(), Some("max_tokens"));
        assert_eq!(param("{\"max_completion_tokens\":5}").as_deref(), Some("max_completion_tokens"));
        assert_eq!(param("{\"temperature\":null,\"top_p\":1,\"messages\":[]}"), None);
        assert_eq!(chat_misfit(b"{\"temperature\":1}", &PlanRules::default()), None);
    }

    #[test]
    fn without_rules_only_the_model_changes() {
        let body = b"{\"model\":\"a/b\",\"temperature\":1,\"store\":true}";
        assert_eq!(fit(body, "b", &PlanRules::default()), Ok(b"{\"model\":\"b\",\"temperature\":1,\"store\":true}".to_vec()));
    }

    proptest! {
        #[test]
        fn the_values_of_the_caller_survive(name in "[a-z_\\\\\"]{1,8}", text in "\\PC{0,40}") {
            prop_assume!(!["model", "stream", "store", "instructions"].contains(&name.as_str()) && !plan().refuses(&name));
            let mut body = json!({"model": "m"});
            body[&name] = text.clone().into();
            let out: Value = serde_json::from_slice(&fit(body.to_string().as_bytes(), "n", &plan()).unwrap()).unwrap();
            prop_assert_eq!(&out[&name], &Value::from(text));
            prop_assert_eq!((&out["model"], &out["stream"], &out["store"]), (&json!("n"), &json!(true), &json!(false)));
        }
    }
}
