use super::{LoginOutput, Reading};
use crate::device::VerificationRule;
use proptest::prelude::*;

fn rule() -> VerificationRule {
    VerificationRule::new([], ["x.ai", "openai.com"])
}

fn reading(text: &str) -> Reading {
    let mut output = LoginOutput::default();
    output.push(text.as_bytes());
    output.end_line();
    output.reading(&rule())
}

/// `sure CODE LINK`, `likely …` or the refusal's name.
fn word(reading: &Reading) -> String {
    match reading {
        Reading::Nothing => "nothing".into(),
        Reading::Sure(shown) => format!("sure {} {}", shown.user_code.as_str(), shown.link()),
        Reading::Likely(shown) => format!("likely {} {}", shown.user_code.as_str(), shown.link()),
        Reading::ManyCodes => "many codes".into(),
        Reading::ForeignAddress(host) => format!("foreign {host}"),
    }
}

/// As grok 1.0 prints it without a terminal.
const GROK: &str = "To sign in, open this URL in your browser:\n\n  https://accounts.x.ai/oauth2/device?user_code=WDJB-MJHT\n\n\
    (could not open a browser)\nConfirm this code in your browser:\n\n  WDJB-MJHT\n\n\
    \u{1b}[33mDon't share this code. It grants access to your account.\u{1b}[0m\n\nWaiting for authorization...\n";

/// As codex 0.169 prints it, captured.
const CODEX: &str = "\nWelcome to Codex [v\u{1b}[90m0.169.0\u{1b}[0m]\n\u{1b}[90mOpenAI's command-line coding agent\u{1b}[0m\n\n\
    Follow these steps to sign in with ChatGPT using device code authorization:\n\n1. Open this link in your browser and sign in to your account\n   \
    \u{1b}[94mhttps://auth.openai.com/codex/device\u{1b}[0m\n\n2. Enter this one-time code \u{1b}[90m(expires in 15 minutes)\u{1b}[0m\n   \
    \u{1b}[94mABCD-12345\u{1b}[0m\n\n\u{1b}[90mContinue only if you started this login in Codex. If a website or another person gave you this code, cancel.\u{1b}[0m\n\n";

#[test]
fn both_programs_are_read() {
    assert_eq!(word(&reading(GROK)), "sure WDJB-MJHT https://accounts.x.ai/oauth2/device?user_code=WDJB-MJHT");
    assert_eq!(word(&reading(CODEX)), "likely ABCD-12345 https://auth.openai.com/codex/device");
}

#[test]
fn order_line_breaks_and_decoration_do_not_matter() {
    for (text, expected) in [
        ("WDJB-MJHT\nhttps://x.ai/device", "likely WDJB-MJHT https://x.ai/device"),
        ("Open https://x.ai/device, then type WDJB-MJHT.", "likely WDJB-MJHT https://x.ai/device"),
        ("go to <https://x.ai/device>\r\n\r\ncode: `WDJB-MJHT`\r\n", "likely WDJB-MJHT https://x.ai/device"),
        ("\u{1b}]8;;https://evil.example/\u{7}https://x.ai/device\u{1b}]8;;\u{7} WDJB-MJHT", "likely WDJB-MJHT https://x.ai/device"),
        ("https://x.ai/device\n\n123456\n", "likely 123456 https://x.ai/device"),
        ("https://x.ai/device?user_code=ABCDEFGH", "sure ABCDEFGH https://x.ai/device?user_code=ABCDEFGH"),
        ("WDJB-MJHT WDJB-MJHT wdjb https://x.ai/device", "likely WDJB-MJHT https://x.ai/device"),
        ("https://evil.example/x\nhttps://x.ai/device\nWDJB-MJHT", "likely WDJB-MJHT https://x.ai/device"),
    ] {
        assert_eq!(word(&reading(text)), expected, "{text:?}");
    }
}

#[test]
fn what_cannot_be_believed_is_not() {
    let ten = (0..10).map(|n| format!("CODE-{n}{n}{n}{n}")).collect::<Vec<_>>().join("\n") + "\n";
    for (text, expected) in [
        (String::new(), "nothing"),
        ("WDJB-MJHT".into(), "nothing"),
        ("https://x.ai/device\nWARNING\nDO NOT SHARE\nsign-in RE-AUTH".into(), "nothing"),
        ("https://evil.example/device?user_code=WDJB-MJHT\nWDJB-MJHT".into(), "foreign evil.example"),
        ("http://x.ai/device WDJB-MJHT".into(), "foreign x.ai"),
        ("https://x.ai.evil.example/ WDJB-MJHT".into(), "foreign x.ai.evil.example"),
        ("https://x.ai@evil.example/ WDJB-MJHT".into(), "foreign evil.example"),
        (format!("https://x.ai/device\n{ten}"), "many codes"),
        ("https://x.ai/d?user_code=AAAA-AAAA\nhttps://x.ai/d?user_code=BBBB-BBBB".into(), "many codes"),
        ("https://x.ai/d?user_code=AAAA-AAAA\nBBBB-BBBB".into(), "many codes"),
        (format!("{ten}https://x.ai/d?user_code=CODE-3333"), "sure CODE-3333 https://x.ai/d?user_code=CODE-3333"),
        ("\u{0}\u{1}\u{7f}garbage \u{fffd} ]]]] {{{{ https:// http://".into(), "nothing"),
        ("https://x.ai/device\nAB\u{202e}CD-EFGH".into(), "nothing"),
    ] {
        assert_eq!(word(&reading(&text)), expected, "{text:?}");
    }
}

#[test]
fn the_last_words_of_a_program_that_gave_up() {
    let mut output = LoginOutput::default();
    output.push("\u{1b}[31mError: could not\u{1b}[0m reach auth.x.ai\nsee the log\n".as_bytes());
    assert_eq!(output.last_words(), "Error: could not reach auth.x.ai");
    let mut other = LoginOutput::default();
    other.push(b"first\nlast without an end");
    other.end_line();
    assert_eq!(other.last_words(), "last without an end");
}

#[test]
fn a_hundred_megabytes_take_no_memory_and_no_time() {
    let mut output = LoginOutput::default();
    let line = vec![b'A'; 100_000];
    for _ in 0..1000 {
        output.push(&line);
    }
    output.end_line();
    assert_eq!(output.reading(&rule()), Reading::Nothing);
    let mut addresses = LoginOutput::default();
    (0..100_000).for_each(|n| addresses.push(format!("https://x.ai/{n} C{n:05}-AAAA\n").as_bytes()));
    assert_eq!(addresses.reading(&rule()), Reading::ManyCodes);
    assert!(format!("{addresses:?}").len() < 64 * 1024);
}

proptest! {
    #[test]
    fn pieces_may_be_cut_anywhere(cuts in proptest::collection::vec(1_usize..40, 1..60), codex: bool) {
        let text = if codex { CODEX } else { GROK };
        let mut output = LoginOutput::default();
        let mut rest = text.as_bytes();
        for cut in cuts.into_iter().cycle() {
            if rest.is_empty() { break; }
            let (piece, after) = rest.split_at(cut.min(rest.len()));
            output.push(piece);
            rest = after;
        }
        prop_assert_eq!(output.reading(&rule()), reading(text));
    }

    #[test]
    fn garbage_never_panics_and_never_leads_elsewhere(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let mut output = LoginOutput::default();
        output.push(&bytes);
        output.end_line();
        if let Reading::Sure(shown) | Reading::Likely(shown) = output.reading(&rule()) {
            prop_assert!(rule().allows(shown.link()));
        }
    }
}
