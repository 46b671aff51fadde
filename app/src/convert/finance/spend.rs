//! AI spend.

use super::charts::{burn_down, spend_by_day};
use super::contract::{amount_words, utilisation};
use super::items::item_rows;
use super::suppliers::bill_rows;
use super::words::{NO_DATA, chip, counted, day, grid, instant, link, money, noted, percent, quantity, share, sums, text};
use crate::routes;
use crate::wire::{Cell, Drawing, Grid, SpendFilter, SpendView, Tile};
use domain::finance::Money;
use domain::finance::spend::{Converted, OpenItems};
use services::finance::{ItemRow, ProviderSpend, SpendCard, SpendPage, SpendRow, UncoveredProvider};
use time::{Duration, OffsetDateTime};
use vocab::finance::{CommercialKind, ContractType, Severity, WorkItemType};

/// How soon a renewal counts as near.
const NEAR: Duration = Duration::days(30);

/// The page.
pub fn spend_view(page: &SpendPage, items: &[ItemRow], filter: &SpendFilter, now: OffsetDateTime) -> SpendView {
    let shown: Vec<&SpendRow> = page.rows.iter().filter(|row| is_shown(row, filter, now)).collect();
    let mut suppliers: Vec<(String, String)> =
        page.rows.iter().map(|row| (row.row.contract.supplier_id.to_string(), row.row.supplier.clone())).collect();
    suppliers.sort_by(|a, b| a.1.cmp(&b.1));
    suppliers.dedup();
    let evaluated = page.last_evaluated.map(|at| format!("Evaluated {}.", instant(at))).unwrap_or_default();
    let late = if page.is_overdue { " Evaluation overdue: yesterday's figures are missing." } else { "" };
    SpendView {
        tiles: tiles(&page.card, page.rows.len()),
        evaluated: format!("{evaluated}{late}"),
        any: page.card.has_profiles,
        contracts: contracts(&shown, &page.by_provider, now),
        others: others(&page.uncovered),
        suppliers,
        spend: page.by_day.iter().map(spend_by_day).chain(page.by_provider.first().map(|_| by_provider(&page.by_provider))).collect(),
        burn_down: page.burn_downs.iter().map(burn_down).collect(),
        items: item_rows(items.iter().take(8).map(|row| &row.item)),
        bills: bill_rows(&page.draft_bills),
    }
}

fn tiles(card: &SpendCard, contracts: usize) -> Vec<Tile> {
    let tile = |label: &str, figures: Vec<String>, note: String| Tile { label: label.to_owned(), figures, note };
    let unconfirmed = sums(card.committed.unconfirmed.sums());
    let joined = |words: &str, more: [Option<String>; 2]| {
        let more = more.into_iter().flatten().map(|more| format!(" · {more}"));
        format!("{words}{}", more.collect::<String>())
    };
    let drafts = unconfirmed.map(|words| format!("drafts apart: {words}"));
    vec![
        tile("AI suppliers", vec![card.suppliers.to_string()], counted(contracts, "contract", "contracts")),
        tile(
            "Committed spend",
            card.committed.confirmed.sums().map(money).collect(),
            joined("a month", [card.committed_total.map(total), drafts]),
        ),
        tile("Needs setup", vec![card.needs_setup.to_string()], "contracts with details missing".to_owned()),
        tile(
            "Unused at risk",
            card.unused_at_risk.sums().map(money).collect(),
            joined("in the current periods", [card.at_risk_total.map(total), None]),
        ),
        tile("Open work items", vec![card.open_items.total().to_string()], severities(&card.open_items)),
    ]
}

/// `≈ $161.50 at rates of 1 Feb 2026`
fn total(converted: Converted) -> String {
    let of = converted.rate_date.map(|date| format!(" at rates of {}", day(date))).unwrap_or_default();
    format!("≈ {}{of}", money(converted.total))
}

fn severities(open: &OpenItems) -> String {
    let all = [(open.critical, "critical"), (open.high, "high"), (open.medium, "medium"), (open.low, "low")];
    let words: Vec<String> = all.into_iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    words.join(" · ")
}

fn is_shown(row: &SpendRow, filter: &SpendFilter, now: OffsetDateTime) -> bool {
    let contract = &row.row.contract;
    let of_supplier = filter.supplier.is_empty() || contract.supplier_id.to_string() == filter.supplier;
    let today = contract.terms.time_zone.date(now);
    let near = |date: time::Date| date >= today && date - today <= NEAR;
    of_supplier
        && match filter.show.as_str() {
            "needs_setup" => row.row.open_items.iter().any(|item| item.kind == WorkItemType::PlanDetailsNeeded),
            "attention" => row.row.open_items.iter().any(|item| item.severity >= Severity::High),
            "renewing" => contract.terms.renewal_date.or(contract.terms.end_date).is_some_and(near),
            _ => true,
        }
}

fn contracts(rows: &[&SpendRow], spend: &[ProviderSpend], now: OffsetDateTime) -> Grid {
    let row = |row: &&SpendRow| {
        let contract = &row.row.contract;
        let covers: Vec<&str> = row.row.covers.iter().map(|covered| covered.name.as_str()).collect();
        let owner = row.row.owner.clone().unwrap_or_else(|| "no budget owner".to_owned());
        let renews = contract.terms.renewal_date.map(|date| format!(" · renews {}", day(date))).unwrap_or_default();
        let label = contract.status_label(contract.terms.time_zone.date(now));
        vec![
            noted(link(row.row.supplier.clone(), routes::supplier(contract.supplier_id)), covers.join(" · ")),
            noted(link(contract.number.clone(), routes::contract(contract.id)), format!("{owner}{renews}")),
            chip(label, contract.status().tone()),
            noted(
                text(amount_words(contract)),
                row.budget_used_pct.map(|share| format!("{} of the budget", percent(share))).unwrap_or_default(),
            ),
            use_of(row, spend),
            text(row.row.open_items.len().to_string()),
        ]
    };
    grid(&["Supplier", "Contract", "State", "#Commitment", "Utilisation and pace", "#Items"], rows.iter().map(row).collect())
}

/// The allowance that needs most attention, or what metered use is worth.
fn use_of(row: &SpendRow, spend: &[ProviderSpend]) -> Cell {
    let share = |state: &&services::finance::AllowanceState| {
        state.newest.as_ref().and_then(|newest| newest.figures.as_ref()).and_then(|figures| figures.projected_utilization_pct)
    };
    if let Some(state) = row.allowances.iter().max_by_key(share) {
        let others = row.allowances.len() - 1;
        let more = if others > 0 { format!("{} and {}", state.name, counted(others, "other", "others")) } else { state.name.clone() };
        return noted(utilisation(state), more);
    }
    let metered = row.row.contract.terms.contract_type == Some(ContractType::Metered);
    let own = spend.iter().filter(|spend| row.row.covers.iter().any(|covered| covered.id == spend.id));
    let known = sums(own.flat_map(|spend| spend.sums.iter().copied()));
    known.map_or_else(
        || text(NO_DATA),
        |words| noted(text(words), if metered { "metered, last 30 days" } else { "at list price, last 30 days" }),
    )
}

fn others(uncovered: &[UncoveredProvider]) -> Grid {
    let row = |provider: &UncoveredProvider| {
        let own = provider.profile.payee.kind() == CommercialKind::SelfHosted;
        vec![
            link(provider.name.clone(), routes::provider(&provider.id)),
            chip(provider.profile.status.label(), provider.profile.status.tone()),
            text(if own { "Self-hosted: no supplier" } else { "Not linked" }),
            link("Settings", routes::provider_finance(&provider.id)),
        ]
    };
    grid(&["Provider", "Finance status", "Supplier", "Finance settings"], uncovered.iter().map(row).collect())
}

/// Spend by provider as bars, the greatest of its currency being the whole; the words beside them are the figures.
fn by_provider(spend: &[ProviderSpend]) -> Drawing {
    let all = || spend.iter().flat_map(|spend| spend.sums.iter().chain(&spend.included));
    let bar = |amounts: &[Money]| {
        let Some(words) = sums(amounts.iter().copied()) else { return text("—") };
        // Of several currencies the first one is drawn; bars compare within one only.
        let drawn = amounts.first().map(|amount| {
            let same = all().filter(|other| other.currency() == amount.currency());
            share(amount.amount(), same.map(|other| other.amount()).max().unwrap_or_default())
        });
        Cell { used: drawn, ..text(words) }
    };
    let row = |spend: &ProviderSpend| {
        let unpriced = if spend.unpriced > 0 { format!("{} without a known price", spend.unpriced) } else { String::new() };
        vec![
            link(spend.name.clone(), routes::provider(&spend.id)),
            bar(&spend.sums),
            bar(&spend.included),
            noted(text(quantity(spend.requests.into())), unpriced),
        ]
    };
    Drawing {
        title: "Spend by provider".to_owned(),
        view_box: String::new(),
        shapes: Vec::new(),
        axis: Vec::new(),
        ends: Vec::new(),
        legend: Vec::new(),
        summary: "The last 30 days that are over, in UTC. What a plan includes is shown at list price, apart.".to_owned(),
        table: grid(&["Provider", "Metered", "Included in a plan", "#Requests"], spend.iter().map(row).collect()),
    }
}
