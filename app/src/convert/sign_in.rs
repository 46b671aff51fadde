//! Sign-ins at providers.

use super::moment;
use crate::wire::{MethodView, OwnerSwitch, SignInFailure, SignInView};
use domain::people::Caller;
use services::sign_in::{OfferState, SignInState};
use vocab::{AuthMethod, FlowPhase, Permission};

/// A method as it stands here and now: whether the browser sign-in can be begun, and who may turn its switch.
pub fn fitted(mut method: MethodView, caller: &Caller, offer: Option<&OfferState>) -> MethodView {
    if let (AuthMethod::OAuth, Some(offer)) = (method.kind, offer) {
        method.owner_switch = offer.owner_switch.map(|on| OwnerSwitch { on, may_turn: caller.may(Permission::ManageSettings) });
        // The switch says by itself that it is off.
        method.unavailable = if method.owner_switch.is_some() { None } else { offer.unavailable.clone() };
    }
    method
}

/// Those under way.
pub fn under_way(offer: OfferState) -> Vec<SignInView> {
    offer.under_way.into_iter().map(view).collect()
}

/// How the last one went wrong.
pub fn failure(offer: &OfferState) -> Option<SignInFailure> {
    let failed = offer.failed.as_ref()?;
    Some(SignInFailure { reason: failed.failure?, words: failed.message.clone() })
}

fn view(state: SignInState) -> SignInView {
    SignInView {
        by: state.by,
        mine: state.mine,
        finishing: state.phase == FlowPhase::Finishing,
        pasting: state.pasting,
        port_taken: state.port_taken,
        expires: moment(state.expires_at),
    }
}
