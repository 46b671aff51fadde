//! What browsers and people bring back, well-formed and not.

use super::{Callback, CallbackAnswer, CallbackError, Pasted, PastedError, plain_words};
use proptest::prelude::*;
use secrecy::ExposeSecret;

const STATE: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

fn parse(query: &str) -> Callback {
    Callback::parse(query).unwrap_or_else(|error| panic!("{query}: {error}"))
}

fn code(answer: &CallbackAnswer) -> &str {
    match answer {
        CallbackAnswer::Code(code) => code.expose_secret(),
        CallbackAnswer::Refused { error, .. } => panic!("refused: {error}"),
    }
}

#[test]
fn an_answer_is_read_with_and_without_its_question_mark() {
    for query in [
        "state=s&code=c%2Bd+e&iss=https%3A%2F%2Fi.example&client_id=oaiapp_1&scope=x",
        "?code=c%2Bd+e&state=s&iss=https://i.example&client_id=oaiapp_1",
    ] {
        let callback = parse(query);
        assert_eq!((callback.state.expose_secret(), code(&callback.answer)), ("s", "c+d e"));
        assert_eq!((callback.issuer.as_deref(), callback.client_id.as_deref()), (Some("https://i.example"), Some("oaiapp_1")));
    }
}

#[test]
fn an_answer_that_belongs_to_nobody_is_none() {
    for (query, error) in [
        ("", CallbackError::NoState),
        ("code=c", CallbackError::NoState),
        ("code=c&state=", CallbackError::NoState),
        ("error=access_denied", CallbackError::NoState),
        ("state=s", CallbackError::NoAnswer),
        ("state=s&code=", CallbackError::NoAnswer),
        ("state=s&state=t&code=c", CallbackError::Repeated("state")),
        ("state=s&code=c&code=d", CallbackError::Repeated("code")),
        ("state=s&code=c&iss=a&iss=a", CallbackError::Repeated("iss")),
        ("state=s&code=c&client_id=a&client_id=b", CallbackError::Repeated("client_id")),
        ("state=s&error=a&error=b", CallbackError::Repeated("error")),
    ] {
        assert_eq!(Callback::parse(query).expect_err(query), error, "{query}");
    }
    let long = format!("state=s&code={}", "c".repeat(17_000));
    assert_eq!(Callback::parse(&long).expect_err("long"), CallbackError::TooLong);
}

#[test]
fn a_refusal_wins_and_its_words_are_made_plain() {
    let callback = parse("state=s&code=c&error=access_denied&error_description=%3Cscript%3Ealert(1)%3C/script%3E%00%0Anext%E2%80%AEline");
    let CallbackAnswer::Refused { error, description } = callback.answer else { panic!("a code") };
    // Escaping is the page's business; nothing in here may move, hide or break a line.
    assert_eq!((error.as_str(), description.as_str()), ("access_denied", "<script>alert(1)</script> nextline"));
}

#[test]
fn every_form_of_a_paste_is_read() {
    let sign_in = |text: &str| match Pasted::parse(&text.into()) {
        Ok(Pasted::Answer(callback)) => (callback.state.expose_secret().to_owned(), code(&callback.answer).to_owned()),
        other => panic!("{text}: {other:?}"),
    };
    let expected = (STATE.to_owned(), "code-1234".to_owned());
    for text in [
        format!("http://localhost:1455/auth/callback?code=code-1234&state={STATE}"),
        format!("  \"https://purser.example/callback?state={STATE}&code=code-1234\" \n"),
        format!("localhost:1455/auth/callback?code=code-1234&state={STATE}"),
        format!("127.0.0.1:1455/auth/callback?code=code-1234&state={STATE}"),
        format!("https://purser.example/callback#code=code-1234&state={STATE}"),
        format!("?code=code-1234&state={STATE}"),
        format!("code=code-1234&state={STATE}"),
        format!("/callback?code=code-1234&state={STATE}"),
        format!("code-1234#{STATE}"),
        format!("<code-1234#{STATE}>"),
    ] {
        assert_eq!(sign_in(&text), expected, "{text}");
    }
    match Pasted::parse(&" code-1234\n".into()) {
        Ok(Pasted::Code(code)) => assert_eq!(code.expose_secret(), "code-1234"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_pasted_refusal_is_a_refusal() {
    let text = format!("http://localhost:1455/auth/callback?error=access_denied&state={STATE}");
    match Pasted::parse(&text.into()) {
        Ok(Pasted::Answer(Callback { answer: CallbackAnswer::Refused { error, .. }, .. })) => assert_eq!(error, "access_denied"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_no_answer_is_said_so() {
    let error = |text: &str| Pasted::parse(&text.into()).expect_err(text);
    assert_eq!(error(" \n"), PastedError::Empty);
    assert_eq!(error("http://localhost:1455/auth/callback"), PastedError::Callback(CallbackError::NoState));
    assert_eq!(error("https://purser.example/callback?code=c"), PastedError::Callback(CallbackError::NoState));
    for text in ["hello there", "short", "code-1234#", "#state-1234", "code-1234#two#three more", "ünïcödé-code", "javascript:alert(1) x"]
    {
        assert_eq!(error(text), PastedError::Unreadable, "{text}");
    }
    assert_eq!(error(&"x".repeat(5000)), PastedError::Unreadable);
}

#[test]
fn codes_and_states_are_never_printed() {
    let callback = parse("state=secret-state&code=secret-code");
    let pasted = [Pasted::parse(&"secret-code#secret-state".into()), Pasted::parse(&"secret-code".into())];
    assert!(!format!("{callback:?} {pasted:?}").contains("secret-"), "{callback:?}");
}

proptest! {
    #[test]
    fn nothing_a_stranger_sends_is_a_panic(text in ".{0,200}", words in ".{0,600}") {
        let _ = Callback::parse(&text);
        let _ = Pasted::parse(&text.clone().into());
        let plain = plain_words(&words);
        prop_assert!(plain.chars().count() <= 300 && !plain.chars().any(char::is_control) && plain == plain.trim());
    }

    #[test]
    fn what_was_sent_is_what_is_read(state in "[A-Za-z0-9_-]{43}", sent in "[!-~]{1,80}") {
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("code", &sent).append_pair("state", &state).finish();
        let callback = parse(&query);
        prop_assert_eq!(callback.state.expose_secret(), &state);
        prop_assert_eq!(code(&callback.answer), &sent);
    }
}
