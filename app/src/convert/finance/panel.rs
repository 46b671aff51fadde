//! The finance panel of a provider's page.

use super::contract::{remaining, site, utilisation};
use super::words::{NO_DATA, chip, counted, link, money, noted, text};
use crate::routes;
use crate::wire::{Cell, Fact, FinancePanel};
use domain::people::Caller;
use services::finance::{AllowanceState, HandOffProgress, Panel, PanelContract, PanelFacts};
use vocab::finance::CommercialKind;
use vocab::{Permission, Tone};

/// What the caller sees. Links lead only where the caller may go.
pub fn finance_panel(panel: Panel, allowances: &[AllowanceState], caller: &Caller) -> FinancePanel {
    let hand_off = match (panel.may_hand_off, panel.hand_off) {
        (true, HandOffProgress::Failed) => "Try the hand-off again",
        (true, _) => "Hand off to Finance",
        (false, _) => "",
    };
    let waits = match panel.hand_off {
        HandOffProgress::Pending => "The hand-off to Finance is pending; it goes on by itself.",
        HandOffProgress::Failed => "The hand-off to Finance failed several times. The provider works all the same.",
        HandOffProgress::None | HandOffProgress::Done => "",
    };
    let Some(facts) = panel.facts else {
        let about = if waits.is_empty() { "Not handed to Finance yet: that happens when the provider is connected." } else { waits };
        let word = if waits.is_empty() { ("Not handed over", Tone::Neutral) } else { ("Pending", Tone::Info) };
        return FinancePanel {
            status: chip(word.0, word.1),
            supplier: None,
            contract: None,
            items: None,
            more: Vec::new(),
            about: about.to_owned(),
            hand_off: hand_off.to_owned(),
        };
    };
    let mut panel = known(&facts, caller.may(Permission::ViewFinance), waits, hand_off);
    panel.more.extend(allowances.iter().map(allowance));
    panel
}

/// An allowance with what is used and left of it.
fn allowance(state: &AllowanceState) -> Fact {
    let left = remaining(state);
    let left = if left.text == "—" { String::new() } else { format!("{} left", left.text) };
    Fact { label: state.name.clone(), value: noted(utilisation(state), left) }
}

fn known(facts: &PanelFacts, sees_finance: bool, waits: &str, hand_off: &str) -> FinancePanel {
    let own = facts.kind == CommercialKind::SelfHosted;
    let about = if own { "Self-hosted: it runs on your own machine, so there is no supplier and no contract." } else { waits };
    let supplier = facts.supplier.as_ref().map(|(id, name)| visible(sees_finance, link(name.clone(), routes::supplier(*id))));
    let items = Cell { tone: facts.worst.map(vocab::finance::Severity::tone), ..text(open_words(facts)) };
    FinancePanel {
        status: chip(facts.status.label(), facts.status.tone()),
        supplier: (!own).then(|| supplier.unwrap_or_else(|| text("Not linked"))),
        contract: (!own).then(|| facts.contract.as_ref().map_or_else(|| text("None"), |contract| contract_cell(contract, sees_finance))),
        items: Some(items),
        more: more(facts),
        about: about.to_owned(),
        hand_off: hand_off.to_owned(),
    }
}

fn open_words(facts: &PanelFacts) -> String {
    let worst = facts.worst.map(|severity| format!(", worst: {}", severity.label().to_lowercase())).unwrap_or_default();
    if facts.open_items == 0 { "None".to_owned() } else { format!("{}{worst}", facts.open_items) }
}

fn contract_cell(contract: &PanelContract, sees_finance: bool) -> Cell {
    let kind = contract.contract_type.map(|kind| format!(" · {}", kind.label().to_lowercase())).unwrap_or_default();
    let words = format!("{}{kind}", contract.status_label);
    let count =
        if contract.count > 1 { format!(" · {}", counted(contract.count as usize, "contract", "contracts")) } else { String::new() };
    noted(visible(sees_finance, link(words, routes::contract(contract.id))), format!("{}{count}", contract.number))
}

fn visible(sees_finance: bool, cell: Cell) -> Cell {
    if sees_finance { cell } else { Cell { href: String::new(), ..cell } }
}

fn more(facts: &PanelFacts) -> Vec<Fact> {
    let fact = |label: &str, value: Option<Cell>| value.map(|value| Fact { label: label.to_owned(), value });
    let cadence = |amounts: &services::finance::PanelAmounts| {
        amounts.cadence.map(|cadence| format!(", {}", cadence.label().to_lowercase())).unwrap_or_default()
    };
    let amounts = facts.amounts.as_ref();
    let commitment = amounts.and_then(|all| Some(format!("{}{}", money(all.commitment?), cadence(all))));
    let budget = amounts.and_then(|all| Some(format!("{} a month", money(all.budget?))));
    let own = facts.kind == CommercialKind::SelfHosted;
    let energy = amounts.filter(|_| own).map(|all| {
        noted(text(all.energy.map_or_else(|| NO_DATA.to_owned(), money)), "last 30 days, estimated at 150 W and 0.12 USD a kWh")
    });
    let shared = (!facts.shared_with.is_empty()).then(|| facts.shared_with.join(", "));
    let all = [
        fact("Commitment", commitment.map(text)),
        fact("Budget", budget.map(text)),
        fact("Energy", energy),
        fact("Shared with", shared.map(text)),
        fact("Billing portal", facts.billing_url.as_ref().map(site)),
        fact("Usage portal", facts.usage_url.as_ref().map(site)),
    ];
    all.into_iter().flatten().collect()
}
