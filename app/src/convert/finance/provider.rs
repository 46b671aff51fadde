//! What Finance keeps of a provider.

use super::contract::{price_fields, price_row};
use super::fields::{choice, field, group, options, or_blank};
use super::read::{Fields, Reader};
use super::words::{chip, instant, link, text};
use crate::routes;
use crate::wire::{AppError, Cell, Fact, FieldKind, FormView, ProviderFinanceView};
use domain::finance::Currency;
use domain::finance::price::PriceFact;
use domain::finance::profile::{FinanceProfile, Payee, ProfileSettings};
use services::finance::SupplierRow;
use time::OffsetDateTime;
use vocab::finance::{CommercialKind, UsageSource, ValuationMethod};

/// The page.
pub fn provider_finance_view(
    profile: FinanceProfile,
    name: String,
    suppliers: &[SupplierRow],
    prices: &[PriceFact],
    (may_manage, now): (bool, OffsetDateTime),
) -> ProviderFinanceView {
    let paid = profile.payee != Payee::Nobody;
    let choices = suppliers.iter().map(|row| (row.supplier.id.to_string(), row.supplier.details.name.clone()));
    ProviderFinanceView {
        status: chip(profile.status.label(), profile.status.tone()),
        facts: facts(&profile, suppliers),
        edit: may_manage.then(|| form(&profile)),
        version: profile.version,
        supplier: or_blank(profile.payee.supplier_id()),
        suppliers: if may_manage && paid { choices.collect() } else { Vec::new() },
        prices: prices.iter().map(|price| (price.id.to_string(), price_row(price))).collect(),
        add_price: if may_manage && paid { price_fields(profile.settings.plan_currency, now) } else { Vec::new() },
        may_archive: may_manage && profile.archived.is_none(),
        id: profile.provider_id,
        name,
    }
}

fn facts(profile: &FinanceProfile, suppliers: &[SupplierRow]) -> Vec<Fact> {
    let fact = |label: &str, value: Cell| Fact { label: label.to_owned(), value };
    let supplier = profile.payee.supplier_id().and_then(|id| suppliers.iter().find(|row| row.supplier.id == id));
    let supplier = supplier.map(|row| link(row.supplier.details.name.clone(), routes::supplier(row.supplier.id)));
    let own = profile.payee.kind() == CommercialKind::SelfHosted;
    let mut facts = vec![
        fact("Provider", link(profile.provider_id.to_string(), routes::provider(&profile.provider_id))),
        fact("Supplier", supplier.unwrap_or_else(|| text(if own { "Self-hosted: no supplier" } else { "Not linked" }))),
    ];
    facts.extend(profile.payee.account().map(|account| fact("Channel", text(account.channel().label()))));
    facts.push(fact("Handed to Finance", text(instant(profile.seeded_at))));
    facts.extend(profile.last_evaluated_at.map(|at| fact("Last evaluated", text(instant(at)))));
    facts
}

fn form(profile: &FinanceProfile) -> FormView {
    use FieldKind::{Area, Decimal, Text, Url};
    let settings = &profile.settings;
    let fields = vec![
        field(Url, "billing_url", "Billing link", or_blank(settings.billing_url.as_ref()), "Where the bills are."),
        field(Url, "usage_url", "Usage link", or_blank(settings.usage_url.as_ref()), "Where the use is shown."),
        field(Text, "plan_currency", "Currency", or_blank(settings.plan_currency), "Three letters, for example USD."),
        field(Decimal, "budget_amount", "Monthly budget", or_blank(settings.monthly_budget), "What Finance means to spend on it."),
        choice("reconciliation", "Whose figures count", settings.reconciliation.as_str(), options!(UsageSource), ""),
        choice("valuation", "Unused units are worth", settings.valuation.as_str(), options!(ValuationMethod), ""),
        field(Area, "notes", "Notes", settings.notes.clone().unwrap_or_default(), ""),
    ];
    FormView { version: profile.version, changed_by: String::new(), groups: vec![group("", "", false, fields)] }
}

/// What was entered.
///
/// # Errors
/// With every field that cannot be read.
pub fn profile_settings(fields: &Fields) -> Result<ProfileSettings, AppError> {
    let mut reader = Reader::new(fields);
    let usual = ProfileSettings::default();
    let settings = ProfileSettings {
        reconciliation: reader.word("reconciliation").unwrap_or(usual.reconciliation),
        valuation: reader.word("valuation").unwrap_or(usual.valuation),
        plan_currency: reader.with("plan_currency", Currency::parse),
        monthly_budget: reader.decimal("budget_amount"),
        billing_url: reader.with("billing_url", |url| url.parse().map_err(|_| "use a link that begins with https://")),
        usage_url: reader.with("usage_url", |url| url.parse().map_err(|_| "use a link that begins with https://")),
        notes: reader.owned("notes"),
    };
    reader.done(Some(settings))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_and_what_is_wrong_is_named() {
        let fields =
            |pairs: &[(&str, &str)]| pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Fields>();
        let settings = profile_settings(&fields(&[("plan_currency", "eur"), ("budget_amount", "1,200"), ("valuation", "list_price")]));
        let settings = settings.unwrap();
        assert_eq!((settings.plan_currency, settings.valuation), (Currency::parse("EUR").ok(), ValuationMethod::ListPrice));
        assert_eq!(settings.monthly_budget, Some(1200.into()));
        let wrong = profile_settings(&fields(&[("billing_url", "not a link"), ("budget_amount", "much")])).unwrap_err();
        assert_eq!(wrong.field_errors.keys().collect::<Vec<_>>(), ["billing_url", "budget_amount"]);
    }
}
