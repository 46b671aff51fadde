//! One file a table: the row as it is stored, and what it means. Nothing in here leaves the crate.

pub(crate) mod access_token;
pub(crate) mod ai_price_fact;
pub(crate) mod audit_log;
pub(crate) mod connection;
pub(crate) mod contract_allowance;
pub(crate) mod contract_coverage;
pub(crate) mod detection;
pub(crate) mod finance_profile;
pub(crate) mod finance_work_item;
pub(crate) mod grant_credential;
pub(crate) mod live_event;
pub(crate) mod model_profile;
pub(crate) mod notification;
pub(crate) mod notification_delivery;
pub(crate) mod notification_read;
pub(crate) mod oauth_flow;
pub(crate) mod outbox_event;
pub(crate) mod provider_setting;
pub(crate) mod session;
pub(crate) mod sign_in_failure;
pub(crate) mod supplier;
pub(crate) mod supplier_contract;
pub(crate) mod usage_record;
pub(crate) mod user_account;
