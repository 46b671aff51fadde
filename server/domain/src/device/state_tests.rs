use super::{DeviceAuthorization, DeviceState, FailureReason, Poll, Shown, UserCode, VerificationRule};
use secrecy::ExposeSecret;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use vocab::DevicePhase;

const NOW: OffsetDateTime = datetime!(2026-11-23 10:00 UTC);

fn shown() -> Shown {
    let uri: url::Url = "https://auth.x.ai/device".parse().expect("an address");
    let complete = "https://auth.x.ai/device?user_code=ABCD-EFGH".parse().expect("an address");
    Shown::new(&VerificationRule::new([&uri], []), UserCode::read("ABCD-EFGH").expect("a code"), uri, Some(complete)).expect("shown")
}

fn native() -> DeviceState {
    let answer =
        DeviceAuthorization { device_code: "dc".into(), shown: shown(), interval: Duration::seconds(5), lifetime: Duration::minutes(10) };
    DeviceState::start(NOW).authorized(answer, NOW).expect("waits")
}

fn by_program() -> DeviceState {
    DeviceState::start(NOW).shown_by_program(shown(), NOW).expect("waits")
}

fn finishing() -> DeviceState {
    native().polled(&Poll::Granted, NOW).expect("approved")
}

fn one_of_each() -> Vec<DeviceState> {
    vec![
        DeviceState::start(NOW),
        native(),
        by_program(),
        finishing(),
        finishing().connected(NOW).expect("connected"),
        native().expired(NOW).expect("expired"),
        by_program().denied(NOW).expect("denied"),
        native().failed(FailureReason::Refused("no".into()), NOW).expect("failed"),
        by_program().cancelled(NOW).expect("cancelled"),
    ]
}

#[test]
fn every_answer_leads_somewhere() {
    let refused = Poll::Refused { code: "c".into(), message: "m".into() };
    for (answer, phase) in [
        (Poll::Granted, DevicePhase::Finishing),
        (Poll::Code { authorization_code: "a".into(), code_verifier: "v".into() }, DevicePhase::Finishing),
        (Poll::Pending, DevicePhase::Waiting),
        (Poll::SlowDown { interval: None }, DevicePhase::Waiting),
        (Poll::Nothing, DevicePhase::Waiting),
        (Poll::Denied, DevicePhase::Denied),
        (Poll::Expired, DevicePhase::Expired),
        (refused, DevicePhase::Failed),
    ] {
        assert_eq!(native().polled(&answer, NOW).expect("leads on").phase(), phase, "{answer:?}");
    }
}

#[test]
fn a_storm_of_slow_downs_ends_with_the_code_and_never_gets_faster() {
    let (mut state, mut now, mut questions, mut pause) = (native(), NOW, 0, Duration::ZERO);
    while let DeviceState::Waiting(waiting) = &state {
        let asking = waiting.asking.as_ref().expect("we ask");
        let next = asking.schedule.next_poll_at;
        assert!(asking.schedule.last || next - now >= pause, "{questions}");
        (pause, now) = (next - now, next);
        state = state.polled(&Poll::SlowDown { interval: None }, now).expect("leads on");
        questions += 1;
    }
    assert_eq!(state.phase(), DevicePhase::Expired);
    assert!((5..=15).contains(&questions) && now >= NOW + Duration::minutes(9), "{questions} questions until {now}");
}

#[test]
fn transitions_that_make_no_sense_are_refused() {
    assert!(DeviceState::start(NOW).polled(&Poll::Granted, NOW).is_err());
    assert!(by_program().polled(&Poll::Granted, NOW).is_err(), "nobody but the program asks");
    assert!(DeviceState::start(NOW).connected(NOW).is_err() && native().connected(NOW).is_err());
    assert!(native().shown_by_program(shown(), NOW).is_err() && DeviceState::start(NOW).expired(NOW).is_err());
    for over in one_of_each().into_iter().filter(|state| !state.is_open()) {
        let phase = over.phase();
        assert_eq!(over.clone().cancelled(NOW).expect_err("over").from, phase);
        assert!(over.clone().failed(FailureReason::Internal, NOW).is_err() && over.clone().approved(NOW).is_err());
        assert!(over.denied(NOW).is_err());
    }
}

#[test]
fn it_can_be_called_off_at_every_open_phase() {
    for open in one_of_each().into_iter().filter(DeviceState::is_open) {
        assert_eq!(open.cancelled(NOW).expect("called off").phase(), DevicePhase::Cancelled);
    }
}

#[test]
fn a_restart_keeps_what_can_go_on() {
    assert_eq!(native().resumed(NOW).phase(), DevicePhase::Waiting);
    for lost in [DeviceState::start(NOW), by_program(), finishing()] {
        assert!(matches!(lost.resumed(NOW), DeviceState::Failed { reason: FailureReason::Interrupted, .. }));
    }
    assert_eq!(finishing().connected(NOW).expect("connected").resumed(NOW).phase(), DevicePhase::Connected);
}

#[test]
fn every_state_survives_storage() {
    for state in one_of_each() {
        let facts = state.facts();
        let again = DeviceState::from_facts(facts.clone()).expect("reads").facts();
        assert_eq!(format!("{facts:?}"), format!("{again:?}"));
        assert_eq!(
            facts.device_code.as_ref().map(|code| code.expose_secret().to_owned()),
            again.device_code.map(|code| code.expose_secret().to_owned())
        );
    }
    let mut torn = native().facts();
    torn.interval_ms = None;
    assert!(DeviceState::from_facts(torn).is_none());
    let mut odd = native().facts();
    odd.user_code = Some("<b>".into());
    assert!(DeviceState::from_facts(odd).is_none());
    let mut nameless = one_of_each().remove(7).facts();
    nameless.reason = Some("news".into());
    assert!(DeviceState::from_facts(nameless).is_none());
}

#[test]
fn every_reason_survives_storage_and_has_words() {
    let text = || "x".to_owned();
    let all = [
        FailureReason::Disabled,
        FailureReason::Refused(text()),
        FailureReason::Unreachable(text()),
        FailureReason::ForeignAddress(text()),
        FailureReason::Unreadable(text()),
        FailureReason::ProgramMissing(text()),
        FailureReason::ProgramEnded(text()),
        FailureReason::ManyCodes,
        FailureReason::TooMuchOutput,
        FailureReason::TooLong,
        FailureReason::BadCredentialFile(text()),
        FailureReason::CredentialRefused(text()),
        FailureReason::NotAllowed,
        FailureReason::Overtaken,
        FailureReason::Interrupted,
        FailureReason::Internal,
    ];
    for reason in all {
        assert!(!reason.words("Grok").is_empty());
        assert_eq!(FailureReason::from_facts(reason.code(), reason.detail().to_owned()), Some(reason));
    }
    assert_eq!(FailureReason::from_facts("news", String::new()), None);
}
