//! `GET /api/v1/finance/work-items`, `PATCH /api/v1/finance/work-items/{id}`

use super::WorkItemView;
use super::fields::Fields;
use crate::api::extract::{Asking, Body, Id, Params};
use crate::api::v1::refusals::{ErrorBody, Refusals};
use crate::api::v1::words;
use crate::http::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use services::ServiceError;
use services::finance::{ItemChange, ItemQuery, ItemRow};
use utoipa::{IntoParams, ToSchema};
use vocab::finance::{Severity, WorkItemStatus, WorkItemType};
use vocab::{ContractId, SupplierId, UserId, WorkItemId};

/// Which items: all given filters must match.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WorkItemQuery {
    /// Open and in progress when not given.
    #[param(value_type = Option<words::WorkItemStatus>)]
    status: Option<WorkItemStatus>,
    #[param(value_type = Option<words::WorkItemType>)]
    kind: Option<WorkItemType>,
    /// At least this severe.
    #[param(value_type = Option<words::Severity>)]
    severity: Option<Severity>,
    #[param(value_type = Option<String>, format = "uuid")]
    owner_id: Option<UserId>,
    #[param(value_type = Option<String>, format = "uuid")]
    contract_id: Option<ContractId>,
    #[param(value_type = Option<String>, format = "uuid")]
    supplier_id: Option<SupplierId>,
    /// Also those that are out of sight for now.
    #[serde(default)]
    snoozed: bool,
}

/// Items.
#[derive(Serialize, ToSchema)]
pub struct WorkItemList {
    /// The most severe and most urgent first.
    items: Vec<WorkItemListed>,
}

/// An item in the list.
#[derive(Serialize, ToSchema)]
pub struct WorkItemListed {
    item: WorkItemView,
    /// Its owner's name; `null` is the finance queue.
    owner: Option<String>,
    overdue: bool,
    snoozed: bool,
}

/// What to do with an item.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum WorkItemChange {
    /// Begin.
    Start {},
    /// Resolve it.
    Finish {
        /// 1 to 1000 characters.
        reason: String,
    },
    /// Put it aside: the same is not raised again unless it becomes more severe.
    Dismiss {
        /// 1 to 1000 characters.
        reason: String,
    },
    /// Take it up again.
    Reopen {},
    /// Give it to somebody.
    Assign {
        /// `null` is the finance queue.
        #[schema(value_type = Option<String>, format = "uuid")]
        owner_id: Option<UserId>,
    },
    /// Set when it is due.
    Due {
        /// `null`: never.
        #[schema(format = DateTime)]
        due_at: Option<String>,
    },
    /// Put it out of sight.
    Snooze {
        /// Within 90 days.
        #[schema(format = DateTime)]
        until: String,
    },
}

impl WorkItemChange {
    fn read(self) -> Result<ItemChange, ServiceError> {
        let mut fields = Fields::default();
        let change = match self {
            Self::Start {} => Some(ItemChange::Start),
            Self::Finish { reason } => Some(ItemChange::Finish(reason)),
            Self::Dismiss { reason } => Some(ItemChange::Dismiss(reason)),
            Self::Reopen {} => Some(ItemChange::Reopen),
            Self::Assign { owner_id } => Some(ItemChange::Assign(owner_id)),
            Self::Due { due_at } => Some(ItemChange::SetDue(fields.instant("due_at", due_at.as_deref()))),
            Self::Snooze { until } => {
                let until = fields.instant("until", Some(&until));
                fields.needed("until", until).map(ItemChange::Snooze)
            }
        };
        fields.done(change)
    }
}

impl From<ItemRow> for WorkItemListed {
    fn from(row: ItemRow) -> Self {
        Self { item: row.item.into(), owner: row.owner, overdue: row.is_overdue, snoozed: row.is_snoozed }
    }
}

/// Work items
///
/// Who may not see Finance gets the items they own.
#[utoipa::path(
    get,
    path = "/api/v1/finance/work-items",
    operation_id = "list_work_items",
    tag = "finance",
    params(WorkItemQuery),
    responses((status = 200, description = "Items.", body = WorkItemList), Refusals)
)]
pub async fn list(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Params(query): Params<WorkItemQuery>,
) -> Result<Json<WorkItemList>, Problem> {
    let query = ItemQuery {
        statuses: query.status.into_iter().collect(),
        kind: query.kind,
        severity: query.severity,
        owner: query.owner_id,
        contract: query.contract_id,
        supplier: query.supplier_id,
        with_snoozed: query.snoozed,
    };
    let rows = state.services.finance.work_items(&caller, &query).await?;
    Ok(Json(WorkItemList { items: rows.into_iter().map(WorkItemListed::from).collect() }))
}

/// Do something with a work item
#[utoipa::path(
    patch,
    path = "/api/v1/finance/work-items/{id}",
    operation_id = "change_work_item",
    tag = "finance",
    params(("id" = String, Path, description = "The item's id.", format = "uuid")),
    request_body = WorkItemChange,
    responses(
        (status = 200, description = "As it is now.", body = WorkItemView),
        (status = 404, description = "No such item.", body = ErrorBody),
        (status = 409, description = "It stands otherwise.", body = ErrorBody),
        (status = 422, description = "A reason lacks, or a time is wrong.", body = ErrorBody),
        Refusals,
    )
)]
pub async fn change(
    State(state): State<AppState>,
    Asking(caller): Asking,
    Id(id): Id<WorkItemId>,
    Body(change): Body<WorkItemChange>,
) -> Result<Json<WorkItemView>, Problem> {
    Ok(Json(state.services.finance.change_item(&caller, id, change.read()?).await?.into()))
}
