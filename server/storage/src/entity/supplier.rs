//! Whom we pay.

use crate::convert::{Row, list, micros, shown, text, text_some};
use domain::finance::supplier::{Supplier, SupplierDetails};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use services::ports::StoreError;
use vocab::SupplierId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "supplier")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub number: String,
    pub vendor_key: Option<String>,
    pub name: String,
    pub aliases: String,
    pub contact_name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub address: Option<String>,
    pub tax_id: Option<String>,
    pub payment_terms: Option<String>,
    pub default_currency: Option<String>,
    pub notes: Option<String>,
    pub status: String,
    pub created_at: i64,
    pub updated_at: i64,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Supplier {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row::new("supplier", &model.id);
        Ok(Self {
            id: SupplierId::new(model.id),
            vendor_key: row.word_some("vendor_key", model.vendor_key.as_deref())?,
            details: SupplierDetails {
                aliases: row.list("aliases", &model.aliases)?,
                default_currency: row.word_some("default_currency", model.default_currency.as_deref())?,
                name: model.name,
                contact_name: model.contact_name,
                email: model.email,
                phone: model.phone,
                address: model.address,
                tax_id: model.tax_id,
                payment_terms: model.payment_terms,
                notes: model.notes,
            },
            status: row.word("status", &model.status)?,
            created_at: row.at("created_at", model.created_at)?,
            updated_at: row.at("updated_at", model.updated_at)?,
            version: model.version,
            number: model.number,
        })
    }
}

impl From<&Supplier> for ActiveModel {
    fn from(supplier: &Supplier) -> Self {
        let details = &supplier.details;
        let aliases: Vec<String> = details.aliases.iter().map(|alias| text(alias)).collect();
        Self {
            id: Set(supplier.id.uuid()),
            number: Set(supplier.number.clone()),
            vendor_key: Set(shown(supplier.vendor_key.as_ref())),
            name: Set(text(&details.name)),
            aliases: Set(list(&aliases)),
            contact_name: Set(text_some(details.contact_name.as_ref())),
            email: Set(text_some(details.email.as_ref())),
            phone: Set(text_some(details.phone.as_ref())),
            address: Set(text_some(details.address.as_ref())),
            tax_id: Set(text_some(details.tax_id.as_ref())),
            payment_terms: Set(text_some(details.payment_terms.as_ref())),
            default_currency: Set(shown(details.default_currency.as_ref())),
            notes: Set(text_some(details.notes.as_ref())),
            status: Set(supplier.status.to_string()),
            created_at: Set(micros(supplier.created_at)),
            updated_at: Set(micros(supplier.updated_at)),
            version: Set(supplier.version),
        }
    }
}
