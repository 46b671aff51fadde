//! What Finance knows of a provider.

use crate::convert::{Row, micros, shown, text_some};
use domain::finance::profile::{ArchiveReason, Archived, FinanceProfile, Payee, ProfileSettings};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use services::ports::{StoreError, StoreResult};
use vocab::{FinanceProfileId, SupplierId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ai_provider_finance_profile")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub provider_id: String,
    pub commercial_kind: String,
    pub billing_account_key: Option<String>,
    pub supplier_id: Option<Uuid>,
    pub status: String,
    pub connection_state: String,
    pub reconciliation_strategy: String,
    pub valuation_method: String,
    pub plan_currency: Option<String>,
    pub monthly_budget: Option<String>,
    pub billing_url: Option<String>,
    pub usage_url: Option<String>,
    pub notes: Option<String>,
    pub last_evaluated_at: Option<i64>,
    pub last_snapshot_at: Option<i64>,
    pub seeded_at: i64,
    pub archived_at: Option<i64>,
    pub archive_reason: Option<String>,
    pub updated_at: i64,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for FinanceProfile {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row::new("ai_provider_finance_profile", &model.id);
        Ok(Self {
            id: FinanceProfileId::new(model.id),
            provider_id: row.word("provider_id", &model.provider_id)?,
            payee: payee(row, &model)?,
            status: row.word("status", &model.status)?,
            connection: row.word("connection_state", &model.connection_state)?,
            last_evaluated_at: row.at_some("last_evaluated_at", model.last_evaluated_at)?,
            last_snapshot_at: row.at_some("last_snapshot_at", model.last_snapshot_at)?,
            seeded_at: row.at("seeded_at", model.seeded_at)?,
            archived: archived(row, &model)?,
            updated_at: row.at("updated_at", model.updated_at)?,
            version: model.version,
            settings: settings(row, &model)?,
        })
    }
}

fn payee(row: Row<'_>, model: &Model) -> StoreResult<Payee> {
    let account = row.word_some("billing_account_key", model.billing_account_key.as_deref())?;
    let kind = row.word("commercial_kind", &model.commercial_kind)?;
    Payee::from_parts(kind, account, model.supplier_id.map(SupplierId::new)).ok_or_else(|| row.bad("billing_account_key"))
}

fn archived(row: Row<'_>, model: &Model) -> StoreResult<Option<Archived>> {
    let Some(at) = row.at_some("archived_at", model.archived_at)? else { return Ok(None) };
    let why = model.archive_reason.as_deref().and_then(ArchiveReason::parse).ok_or_else(|| row.bad("archive_reason"))?;
    Ok(Some(Archived { at, why }))
}

fn settings(row: Row<'_>, model: &Model) -> StoreResult<ProfileSettings> {
    Ok(ProfileSettings {
        reconciliation: row.word("reconciliation_strategy", &model.reconciliation_strategy)?,
        valuation: row.word("valuation_method", &model.valuation_method)?,
        plan_currency: row.word_some("plan_currency", model.plan_currency.as_deref())?,
        monthly_budget: row.word_some("monthly_budget", model.monthly_budget.as_deref())?,
        billing_url: row.word_some("billing_url", model.billing_url.as_deref())?,
        usage_url: row.word_some("usage_url", model.usage_url.as_deref())?,
        notes: model.notes.clone(),
    })
}

impl From<&FinanceProfile> for ActiveModel {
    fn from(profile: &FinanceProfile) -> Self {
        let settings = &profile.settings;
        Self {
            id: Set(profile.id.uuid()),
            provider_id: Set(profile.provider_id.to_string()),
            commercial_kind: Set(profile.payee.kind().to_string()),
            billing_account_key: Set(shown(profile.payee.account())),
            supplier_id: Set(profile.payee.supplier_id().map(SupplierId::uuid)),
            status: Set(profile.status.to_string()),
            connection_state: Set(profile.connection.to_string()),
            reconciliation_strategy: Set(settings.reconciliation.to_string()),
            valuation_method: Set(settings.valuation.to_string()),
            plan_currency: Set(shown(settings.plan_currency.as_ref())),
            monthly_budget: Set(shown(settings.monthly_budget.as_ref())),
            billing_url: Set(shown(settings.billing_url.as_ref())),
            usage_url: Set(shown(settings.usage_url.as_ref())),
            notes: Set(text_some(settings.notes.as_ref())),
            last_evaluated_at: Set(profile.last_evaluated_at.map(micros)),
            last_snapshot_at: Set(profile.last_snapshot_at.map(micros)),
            seeded_at: Set(micros(profile.seeded_at)),
            archived_at: Set(profile.archived.map(|archived| micros(archived.at))),
            archive_reason: Set(profile.archived.map(|archived| archived.why.as_str().to_owned())),
            updated_at: Set(micros(profile.updated_at)),
            version: Set(profile.version),
        }
    }
}
