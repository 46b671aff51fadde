//! Contracts, one row a version.

use crate::convert::{Row, micros, shown, text, text_some};
use domain::finance::contract::{Contract, ContractTerms, Stamp, Standing, StandingFacts};
use domain::finance::zone::Zone;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use services::ports::{StoreError, StoreResult};
use vocab::{ContractId, SupplierId, UserId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "supplier_contract")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub number: String,
    pub supplier_id: Uuid,
    pub billing_account_key: String,
    pub suggested_type: Option<String>,
    pub status: String,
    pub activated_at: Option<i64>,
    pub activated_by: Option<Uuid>,
    pub changed_at: Option<i64>,
    pub changed_by: Option<Uuid>,
    pub ended_on: Option<String>,
    pub reason: Option<String>,
    pub successor_id: Option<Uuid>,
    pub supersedes_id: Option<Uuid>,
    pub contract_type: Option<String>,
    pub budget_owner: Option<Uuid>,
    pub currency: Option<String>,
    pub billing_cadence: Option<String>,
    pub billing_timing: String,
    pub commitment_amount: Option<String>,
    pub free_plan: bool,
    pub minimum_spend: Option<String>,
    pub budget_amount: Option<String>,
    pub budget_window: String,
    pub allows_overage: bool,
    pub start_date: Option<String>,
    pub end_date: Option<String>,
    pub renewal_date: Option<String>,
    pub notice_days: Option<i32>,
    pub anchor_date: Option<String>,
    pub time_zone: String,
    pub proration: String,
    pub billing_url: Option<String>,
    pub usage_url: Option<String>,
    pub payment_terms: Option<String>,
    pub account_code: Option<String>,
    pub notes: Option<String>,
    pub created_at: i64,
    pub updated_at: i64,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Contract {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row::new("supplier_contract", &model.id);
        Ok(Self {
            id: ContractId::new(model.id),
            number: model.number.clone(),
            supplier_id: SupplierId::new(model.supplier_id),
            account: row.word("billing_account_key", &model.billing_account_key)?,
            suggested_type: row.word_some("suggested_type", model.suggested_type.as_deref())?,
            standing: standing(row, &model)?,
            supersedes: model.supersedes_id.map(ContractId::new),
            created_at: row.at("created_at", model.created_at)?,
            updated_at: row.at("updated_at", model.updated_at)?,
            version: model.version,
            terms: terms(row, &model)?,
        })
    }
}

fn standing(row: Row<'_>, model: &Model) -> StoreResult<Standing> {
    let stamp = |column: &'static str, at: Option<i64>, by: Option<Uuid>| -> StoreResult<Option<Stamp>> {
        Ok(row.at_some(column, at)?.map(|at| Stamp { at, by: by.map(UserId::new) }))
    };
    let facts = StandingFacts {
        status: row.word("status", &model.status)?,
        activated: stamp("activated_at", model.activated_at, model.activated_by)?,
        changed: stamp("changed_at", model.changed_at, model.changed_by)?,
        ended_on: row.date_some("ended_on", model.ended_on.as_deref())?,
        reason: model.reason.clone(),
        successor: model.successor_id.map(ContractId::new),
    };
    Standing::from_facts(facts).ok_or_else(|| row.bad("status"))
}

fn terms(row: Row<'_>, model: &Model) -> StoreResult<ContractTerms> {
    Ok(ContractTerms {
        contract_type: row.word_some("contract_type", model.contract_type.as_deref())?,
        budget_owner: model.budget_owner.map(UserId::new),
        currency: row.word_some("currency", model.currency.as_deref())?,
        cadence: row.word_some("billing_cadence", model.billing_cadence.as_deref())?,
        timing: row.word("billing_timing", &model.billing_timing)?,
        commitment_amount: row.word_some("commitment_amount", model.commitment_amount.as_deref())?,
        free_plan: model.free_plan,
        minimum_spend: row.word_some("minimum_spend", model.minimum_spend.as_deref())?,
        budget_amount: row.word_some("budget_amount", model.budget_amount.as_deref())?,
        budget_window: row.word("budget_window", &model.budget_window)?,
        allows_overage: model.allows_overage,
        start_date: row.date_some("start_date", model.start_date.as_deref())?,
        end_date: row.date_some("end_date", model.end_date.as_deref())?,
        renewal_date: row.date_some("renewal_date", model.renewal_date.as_deref())?,
        notice_days: model.notice_days.map(|days| row.number("notice_days", days)).transpose()?,
        anchor_date: row.date_some("anchor_date", model.anchor_date.as_deref())?,
        time_zone: Zone::named(&model.time_zone).map_err(|_| row.bad("time_zone"))?,
        proration: row.word("proration", &model.proration)?,
        billing_url: row.word_some("billing_url", model.billing_url.as_deref())?,
        usage_url: row.word_some("usage_url", model.usage_url.as_deref())?,
        payment_terms: model.payment_terms.clone(),
        account_code: model.account_code.clone(),
        notes: model.notes.clone(),
    })
}

impl From<&Contract> for ActiveModel {
    fn from(contract: &Contract) -> Self {
        let facts = contract.standing.facts();
        let terms = &contract.terms;
        Self {
            id: Set(contract.id.uuid()),
            number: Set(contract.number.clone()),
            supplier_id: Set(contract.supplier_id.uuid()),
            billing_account_key: Set(contract.account.to_string()),
            suggested_type: Set(shown(contract.suggested_type.as_ref())),
            status: Set(facts.status.to_string()),
            activated_at: Set(facts.activated.map(|stamp| micros(stamp.at))),
            activated_by: Set(facts.activated.and_then(|stamp| stamp.by).map(UserId::uuid)),
            changed_at: Set(facts.changed.map(|stamp| micros(stamp.at))),
            changed_by: Set(facts.changed.and_then(|stamp| stamp.by).map(UserId::uuid)),
            ended_on: Set(shown(facts.ended_on.as_ref())),
            reason: Set(facts.reason.as_deref().map(text)),
            successor_id: Set(facts.successor.map(ContractId::uuid)),
            supersedes_id: Set(contract.supersedes.map(ContractId::uuid)),
            created_at: Set(micros(contract.created_at)),
            updated_at: Set(micros(contract.updated_at)),
            version: Set(contract.version),
            ..terms.into()
        }
    }
}

impl From<&ContractTerms> for ActiveModel {
    fn from(terms: &ContractTerms) -> Self {
        Self {
            contract_type: Set(shown(terms.contract_type.as_ref())),
            budget_owner: Set(terms.budget_owner.map(UserId::uuid)),
            currency: Set(shown(terms.currency.as_ref())),
            billing_cadence: Set(shown(terms.cadence.as_ref())),
            billing_timing: Set(terms.timing.to_string()),
            commitment_amount: Set(shown(terms.commitment_amount.as_ref())),
            free_plan: Set(terms.free_plan),
            minimum_spend: Set(shown(terms.minimum_spend.as_ref())),
            budget_amount: Set(shown(terms.budget_amount.as_ref())),
            budget_window: Set(terms.budget_window.to_string()),
            allows_overage: Set(terms.allows_overage),
            start_date: Set(shown(terms.start_date.as_ref())),
            end_date: Set(shown(terms.end_date.as_ref())),
            renewal_date: Set(shown(terms.renewal_date.as_ref())),
            notice_days: Set(terms.notice_days.map(i32::from)),
            anchor_date: Set(shown(terms.anchor_date.as_ref())),
            time_zone: Set(terms.time_zone.name().to_owned()),
            proration: Set(terms.proration.to_string()),
            billing_url: Set(shown(terms.billing_url.as_ref())),
            usage_url: Set(shown(terms.usage_url.as_ref())),
            payment_terms: Set(text_some(terms.payment_terms.as_ref())),
            account_code: Set(text_some(terms.account_code.as_ref())),
            notes: Set(text_some(terms.notes.as_ref())),
            ..<Self as Default>::default()
        }
    }
}
