//! What Finance keeps of a provider, on the wire.

use super::MoneyView;
use super::fields::{Fields, trimmed};
use crate::api::v1::words;
use domain::finance::Currency;
use domain::finance::profile::{FinanceProfile, ProfileSettings};
use serde::{Deserialize, Serialize};
use services::ServiceError;
use services::finance::{HandOffProgress, Panel, PanelFacts};
use utoipa::ToSchema;
use vocab::finance::{BillingCadence, CommercialKind, ContractStatus, ContractType, ProfileStatus, Severity, UsageSource, ValuationMethod};
use vocab::{ContractId, SupplierId};

/// How far the hand-off to Finance has come.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HandOffView {
    /// Nothing was handed over, and nothing waits.
    None,
    /// Waiting for its first or next try.
    Pending,
    /// It failed again and again.
    Failed,
    /// Finance knows the provider.
    Done,
}

/// The finance panel of a provider.
#[derive(Serialize, ToSchema)]
pub struct PanelView {
    hand_off: HandOffView,
    /// May you ask for the hand-off, or for another try?
    may_hand_off: bool,
    /// `null` before it was handed over.
    facts: Option<PanelFactsView>,
}

/// What the panel shows.
#[derive(Serialize, ToSchema)]
pub struct PanelFactsView {
    #[schema(value_type = words::ProfileStatus)]
    status: ProfileStatus,
    #[schema(value_type = words::CommercialKind)]
    kind: CommercialKind,
    #[schema(value_type = Option<String>, format = "uuid")]
    supplier_id: Option<SupplierId>,
    supplier: Option<String>,
    contract: Option<PanelContractView>,
    open_items: u32,
    /// The worst of them.
    #[schema(value_type = Option<words::Severity>)]
    worst: Option<Severity>,
    #[schema(format = "uri")]
    billing_url: Option<String>,
    #[schema(format = "uri")]
    usage_url: Option<String>,
    /// Other providers under the same contract, by name.
    shared_with: Vec<String>,
    /// `null` for who may not see amounts.
    amounts: Option<PanelAmountsView>,
}

/// The contract of a panel.
#[derive(Serialize, ToSchema)]
pub struct PanelContractView {
    #[schema(value_type = String, format = "uuid")]
    id: ContractId,
    number: String,
    #[schema(value_type = words::ContractStatus)]
    status: ContractStatus,
    /// That in words, `Pending` before its start.
    status_label: String,
    #[schema(value_type = Option<words::ContractType>)]
    contract_type: Option<ContractType>,
    /// How many contracts the provider has been under.
    count: u32,
}

/// The amounts of a panel.
#[derive(Serialize, ToSchema)]
pub struct PanelAmountsView {
    commitment: Option<MoneyView>,
    #[schema(value_type = Option<words::BillingCadence>)]
    cadence: Option<BillingCadence>,
    budget: Option<MoneyView>,
    /// What the energy of our own machine cost in the last 30 days, estimated.
    energy: Option<MoneyView>,
}

/// What people may change of what Finance keeps of a provider.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileBody {
    #[schema(value_type = words::UsageSource)]
    reconciliation_strategy: UsageSource,
    #[schema(value_type = words::ValuationMethod)]
    valuation_method: ValuationMethod,
    /// ISO 4217.
    plan_currency: Option<String>,
    monthly_budget: Option<String>,
    #[schema(format = "uri")]
    billing_url: Option<String>,
    #[schema(format = "uri")]
    usage_url: Option<String>,
    notes: Option<String>,
}

/// Settings with their version.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileEdit {
    /// As last read.
    pub(super) version: i64,
    pub(super) settings: ProfileBody,
}

/// Another supplier for a provider, or the same one confirmed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RelinkBody {
    pub(super) version: i64,
    #[schema(value_type = String, format = "uuid")]
    pub(super) supplier_id: SupplierId,
}

impl From<Panel> for PanelView {
    fn from(panel: Panel) -> Self {
        let hand_off = match panel.hand_off {
            HandOffProgress::None => HandOffView::None,
            HandOffProgress::Pending => HandOffView::Pending,
            HandOffProgress::Failed => HandOffView::Failed,
            HandOffProgress::Done => HandOffView::Done,
        };
        Self { hand_off, may_hand_off: panel.may_hand_off, facts: panel.facts.map(PanelFactsView::from) }
    }
}

impl From<PanelFacts> for PanelFactsView {
    fn from(facts: PanelFacts) -> Self {
        let (supplier_id, supplier) = facts.supplier.unzip();
        Self {
            status: facts.status,
            kind: facts.kind,
            supplier_id,
            supplier,
            contract: facts.contract.map(|contract| PanelContractView {
                id: contract.id,
                number: contract.number,
                status: contract.status,
                status_label: contract.status_label.to_owned(),
                contract_type: contract.contract_type,
                count: contract.count,
            }),
            open_items: facts.open_items,
            worst: facts.worst,
            billing_url: facts.billing_url.map(String::from),
            usage_url: facts.usage_url.map(String::from),
            shared_with: facts.shared_with,
            amounts: facts.amounts.map(|amounts| PanelAmountsView {
                commitment: amounts.commitment.map(MoneyView::from),
                cadence: amounts.cadence,
                budget: amounts.budget.map(MoneyView::from),
                energy: amounts.energy.map(MoneyView::from),
            }),
        }
    }
}

impl From<FinanceProfile> for ProfileEdit {
    fn from(profile: FinanceProfile) -> Self {
        let settings = profile.settings;
        Self {
            version: profile.version,
            settings: ProfileBody {
                reconciliation_strategy: settings.reconciliation,
                valuation_method: settings.valuation,
                plan_currency: settings.plan_currency.map(|currency| currency.code().to_owned()),
                monthly_budget: settings.monthly_budget.map(|amount| amount.to_string()),
                billing_url: settings.billing_url.map(String::from),
                usage_url: settings.usage_url.map(String::from),
                notes: settings.notes,
            },
        }
    }
}

impl ProfileBody {
    /// What the words mean.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] with every field that cannot be read.
    pub fn read(self) -> Result<ProfileSettings, ServiceError> {
        let mut fields = Fields::default();
        let settings = ProfileSettings {
            reconciliation: self.reconciliation_strategy,
            valuation: self.valuation_method,
            plan_currency: fields.read("plan_currency", self.plan_currency.as_deref(), Currency::parse),
            monthly_budget: fields.decimal("monthly_budget", self.monthly_budget.as_deref()),
            billing_url: fields.word("billing_url", self.billing_url.as_deref()),
            usage_url: fields.word("usage_url", self.usage_url.as_deref()),
            notes: trimmed(self.notes),
        };
        fields.done(Some(settings))
    }
}
