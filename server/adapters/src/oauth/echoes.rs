//! Keeps what was sent out of what a token endpoint says: some repeat the token in the words of a refusal, and those words are logged,
//! stored and shown.

use crate::redact::Redactor;
use secrecy::SecretString;
use serde_json::Value;
use services::ports::TokenRequest;

/// The fields of token, revocation and device requests that nobody else may learn.
const SECRET: [&str; 9] =
    ["refresh_token", "access_token", "token", "code", "code_verifier", "client_secret", "state", "device_code", "device_auth_id"];

/// What a request carried that must not come back in words.
pub(super) struct Echoes(Vec<Redactor>);

impl Echoes {
    pub(super) fn of(request: &TokenRequest) -> Self {
        let secret = |field: &&(&'static str, SecretString)| SECRET.contains(&field.0);
        Self(request.fields.iter().filter(secret).map(|(_, value)| Redactor::new(Some(value))).collect())
    }

    /// A refusal without them. An answer that grants something stays as it is: a refresh token that does not change comes back in it.
    pub(super) fn out_of(&self, status: u16, body: String) -> String {
        let parsed = serde_json::from_str::<Value>(&body).ok();
        let names_an_error = |value: &Value| value.get("error").is_some_and(|error| !error.is_null());
        match parsed {
            Some(value) if (200..300).contains(&status) && !names_an_error(&value) => body,
            Some(value) => {
                let mut clean = value.clone();
                self.clean(&mut clean);
                if clean == value { body } else { clean.to_string() }
            }
            None => self.scrub(body),
        }
    }

    /// Every text in it, as it reads once its escapes are gone.
    fn clean(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.scrub(std::mem::take(text)),
            Value::Array(items) => items.iter_mut().for_each(|item| self.clean(item)),
            Value::Object(members) => members.values_mut().for_each(|member| self.clean(member)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn scrub(&self, text: String) -> String {
        let bytes = self.0.iter().fold(text.into_bytes(), |bytes, redactor| redactor.scrub(bytes));
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::provider::TokenFormat;
    use std::collections::BTreeMap;

    const TOKEN: &str = "rt_0123456789/abcdefghij";

    fn echoes() -> Echoes {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", TOKEN), ("client_id", "app_client_0001")];
        let fields = fields.into_iter().map(|(name, value)| (name, SecretString::from(value))).collect();
        let url = "https://example.com/token".parse().expect("an address");
        Echoes::of(&TokenRequest { url, format: TokenFormat::Form, fields, parameters: BTreeMap::new() })
    }

    #[test]
    fn a_refusal_loses_the_token_and_keeps_its_code() {
        let said = format!(r#"{{"error":"refresh_token_reused","error_description":"Token {TOKEN} of app_client_0001 has been revoked"}}"#);
        for status in [200, 400, 401] {
            let clean = echoes().out_of(status, said.clone());
            assert_eq!(clean, r#"{"error":"refresh_token_reused","error_description":"Token … of app_client_0001 has been revoked"}"#);
        }
        let escaped = said.replace("rt_", "\\u0072t_").replace('/', "\\/");
        assert!(!echoes().out_of(400, escaped).contains("0123456"), "escapes do not hide it");
        let deep = format!(r#"{{"error":{{"code":"x","message":["no {TOKEN}"]}}}}"#);
        assert_eq!(echoes().out_of(400, deep), r#"{"error":{"code":"x","message":["no …"]}}"#);
        assert_eq!(echoes().out_of(502, format!("<p>{TOKEN}</p>")), "<p>…</p>");
    }

    #[test]
    fn an_answer_that_grants_something_is_left_alone() {
        let granted = format!(r#"{{"access_token":"a","refresh_token":"{TOKEN}","error":null}}"#);
        assert_eq!(echoes().out_of(200, granted.clone()), granted);
    }
}
