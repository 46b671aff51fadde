//! Suppliers on the wire.

use super::WorkItemView;
use super::contract_views::ContractSummary;
use super::fields::{Fields, trimmed};
use crate::api::v1::words;
use app::convert::moment;
use domain::finance::Currency;
use domain::finance::supplier::{Supplier, SupplierDetails};
use serde::{Deserialize, Serialize};
use services::ServiceError;
use services::finance::{SupplierPage, SupplierRow};
use utoipa::ToSchema;
use vocab::finance::{ProfileStatus, SupplierStatus};
use vocab::{ProviderId, SupplierId};

/// What people may change of a supplier.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SupplierBody {
    /// Legal name.
    name: String,
    /// Names it also goes by.
    #[serde(default)]
    aliases: Vec<String>,
    contact_name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    /// Several lines.
    address: Option<String>,
    tax_id: Option<String>,
    /// For example `Net 30`.
    payment_terms: Option<String>,
    /// ISO 4217.
    default_currency: Option<String>,
    notes: Option<String>,
}

/// A change to a supplier.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SupplierEdit {
    /// As last read: a change by somebody else since then is refused with 409.
    pub(super) version: i64,
    pub(super) details: SupplierBody,
}

/// A change of a supplier's status.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SupplierStatusBody {
    pub(super) version: i64,
    #[schema(value_type = words::SupplierStatus)]
    pub(super) status: SupplierStatus,
}

/// A supplier.
#[derive(Serialize, ToSchema)]
pub struct SupplierView {
    #[schema(value_type = String, format = "uuid")]
    id: SupplierId,
    /// `SUP-…`.
    number: String,
    /// The vendor it is, where one is known.
    vendor_key: Option<String>,
    #[schema(value_type = words::SupplierStatus)]
    status: SupplierStatus,
    details: SupplierBody,
    version: i64,
    #[schema(format = DateTime)]
    updated_at: String,
}

/// All suppliers.
#[derive(Serialize, ToSchema)]
pub struct SupplierList {
    /// By name.
    pub(super) suppliers: Vec<SupplierListed>,
}

/// A supplier in the list.
#[derive(Serialize, ToSchema)]
pub struct SupplierListed {
    supplier: SupplierView,
    /// Providers it is paid for, by name.
    providers: Vec<String>,
    open_items: u32,
}

/// Everything about a supplier.
#[derive(Serialize, ToSchema)]
pub struct SupplierDetail {
    supplier: SupplierView,
    /// May it be deleted? Only while nothing hangs on it.
    deletable: bool,
    providers: Vec<SupplierProvider>,
    /// Newest first.
    contracts: Vec<ContractSummary>,
    open_items: Vec<WorkItemView>,
}

/// A provider that a supplier is paid for.
#[derive(Serialize, ToSchema)]
pub struct SupplierProvider {
    #[schema(value_type = String)]
    id: ProviderId,
    name: String,
    #[schema(value_type = words::ProfileStatus)]
    status: ProfileStatus,
}

impl SupplierBody {
    /// What the words mean.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] for an unknown currency.
    pub fn read(self) -> Result<SupplierDetails, ServiceError> {
        let mut fields = Fields::default();
        let default_currency = fields.read("default_currency", self.default_currency.as_deref(), Currency::parse);
        fields.done(Some(SupplierDetails {
            name: self.name,
            aliases: self.aliases,
            contact_name: trimmed(self.contact_name),
            email: trimmed(self.email),
            phone: trimmed(self.phone),
            address: trimmed(self.address),
            tax_id: trimmed(self.tax_id),
            payment_terms: trimmed(self.payment_terms),
            default_currency,
            notes: trimmed(self.notes),
        }))
    }
}

impl From<Supplier> for SupplierView {
    fn from(supplier: Supplier) -> Self {
        let details = supplier.details;
        Self {
            id: supplier.id,
            number: supplier.number,
            vendor_key: supplier.vendor_key.map(String::from),
            status: supplier.status,
            version: supplier.version,
            updated_at: moment(supplier.updated_at).iso,
            details: SupplierBody {
                name: details.name,
                aliases: details.aliases,
                contact_name: details.contact_name,
                email: details.email,
                phone: details.phone,
                address: details.address,
                tax_id: details.tax_id,
                payment_terms: details.payment_terms,
                default_currency: details.default_currency.map(|currency| currency.code().to_owned()),
                notes: details.notes,
            },
        }
    }
}

impl From<SupplierRow> for SupplierListed {
    fn from(row: SupplierRow) -> Self {
        Self { supplier: row.supplier.into(), providers: row.providers, open_items: row.open_items }
    }
}

impl From<SupplierPage> for SupplierDetail {
    fn from(page: SupplierPage) -> Self {
        let provider = |linked: services::finance::LinkedProvider| SupplierProvider {
            id: linked.profile.provider_id,
            name: linked.name,
            status: linked.profile.status,
        };
        Self {
            deletable: Supplier::deletable(page.used).is_ok(),
            supplier: page.supplier.into(),
            providers: page.providers.into_iter().map(provider).collect(),
            contracts: page.contracts.into_iter().map(ContractSummary::from).collect(),
            open_items: page.open_items.into_iter().map(WorkItemView::from).collect(),
        }
    }
}
