//! Reading and clearing cookies.

use axum::http::{HeaderMap, HeaderValue, header};
use secrecy::SecretString;
use services::people::NewSession;

/// A cookie's value, if there is exactly one plausible one. Two of a name are suspicious: a neighbouring host may have
/// planted the second (RFC 6265 §8.6), so none is believed.
pub fn get<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs.filter(|(key, _)| *key == name).map(|(_, value)| value);
    match (values.next(), values.next()) {
        (Some(value), None) => Some(value),
        _ => None,
    }
}

/// The session cookie's value, if it can be one: 32 bytes in base64url.
pub fn session(headers: &HeaderMap, secure: bool) -> Option<SecretString> {
    let value = get(headers, app::ctx::session_cookie_name(secure))?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    (value.len() == 43 && value.bytes().all(plain)).then(|| SecretString::from(value))
}

/// Does the request carry anything under the session cookie's name?
pub fn has_session_cookie(headers: &HeaderMap, secure: bool) -> bool {
    let name = app::ctx::session_cookie_name(secure);
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).any(|pair| pair.trim().split_once('=').is_some_and(|(key, _)| key == name))
}

/// Gives whoever asked the session just begun.
pub fn keep_session(headers: &mut HeaderMap, secure: bool, session: &NewSession) {
    if let Ok(mut value) = HeaderValue::from_str(&app::ctx::session_cookie(secure, session)) {
        value.set_sensitive(true);
        headers.append(header::SET_COOKIE, value);
    }
}

/// Makes the browser forget its session, unless the answer already gives it another one.
pub fn forget_session(headers: &mut HeaderMap, secure: bool) {
    let name = app::ctx::session_cookie_name(secure);
    let set = |value: &HeaderValue| value.to_str().is_ok_and(|text| text.strip_prefix(name).is_some_and(|rest| rest.starts_with('=')));
    if headers.get_all(header::SET_COOKIE).iter().any(set) {
        return;
    }
    let flag = if secure { "; Secure" } else { "" };
    if let Ok(value) = HeaderValue::from_str(&format!("{name}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{flag}")) {
        headers.append(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[&'static str]) -> HeaderMap {
        lines.iter().map(|line| (header::COOKIE, HeaderValue::from_static(line))).collect()
    }

    #[test]
    fn two_of_a_name_are_not_believed() {
        assert_eq!(get(&headers(&["a=1; b=2"]), "b"), Some("2"));
        assert_eq!(get(&headers(&["b=1; b=2"]), "b"), None);
        assert_eq!(get(&headers(&["b=1", "b=2"]), "b"), None);
        assert_eq!(get(&headers(&["bb=1"]), "b"), None);
    }

    #[test]
    fn a_session_cookie_has_its_shape() {
        assert!(session(&headers(&["purser_session=abc"]), false).is_none());
        assert!(session(&headers(&["purser_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]), false).is_some());
        assert!(session(&headers(&["purser_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]), true).is_none());
    }
}
