//! Signing in with a code.

use crate::wire::{CodeView, DeviceFlowView, DeviceView};
use domain::device::{Shown, qr};
use services::device_sign_in::{DeviceFlowState, DeviceOffer};
use vocab::DeviceMode;

/// How it stands.
pub fn device(offer: DeviceOffer) -> DeviceView {
    let DeviceOffer { modes, missing_program, warnings, hints, flow } = offer;
    DeviceView { modes, missing_program, warnings, hints, flow: flow.map(flow_view) }
}

fn flow_view(state: DeviceFlowState) -> DeviceFlowView {
    let left = state.expires_at.map_or(0, |at| (at - state.now).whole_seconds().max(0));
    DeviceFlowView {
        by: Some(state.by).filter(|_| !state.mine),
        phase: state.phase,
        by_program: state.mode == DeviceMode::Cli,
        code: state.shown.as_ref().map(|shown| code_view(shown, left)),
        words: state.words,
    }
}

fn code_view(shown: &Shown, seconds_left: i64) -> CodeView {
    let link = shown.link();
    let place = shown.verification_uri.as_str();
    CodeView {
        code: shown.user_code.as_str().to_owned(),
        place: place.strip_prefix("https://").unwrap_or(place).to_owned(),
        link: link.to_string(),
        compare: shown.verification_uri_complete.is_some(),
        qr: qr(link.as_str()).map(|qr| (qr.size, qr.path)),
        seconds_left,
    }
}
