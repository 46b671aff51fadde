//! The audit log.

use super::moment;
use crate::wire::{AppError, AuditPage, AuditQuery, AuditView, ErrorCode};
use domain::audit::{Action, AuditFilter, AuditRecord};
use services::audit::Page;

/// A line; `object` is the object's name.
pub fn audit_view(object: String, record: AuditRecord) -> AuditView {
    AuditView {
        id: record.id,
        at: moment(record.at),
        actor: record.actor_name,
        words: Action::words(&record.action).to_owned(),
        action: record.action,
        object_kind: record.object_kind,
        object,
        succeeded: record.succeeded,
        detail: record.detail,
        address: record.origin.address,
        request_id: record.origin.request_id,
    }
}

/// A page with the filter's choices.
pub fn audit_page(page: Page) -> AuditPage {
    let choice = |action: &Action| (action.as_str().to_owned(), Action::words(action.as_str()).to_owned());
    AuditPage {
        lines: page.lines.into_iter().map(|line| audit_view(line.object, line.record)).collect(),
        next: page.next,
        actions: Action::ALL.iter().map(choice).collect(),
    }
}

/// The page's URL parameters as a filter.
///
/// # Errors
/// When `before` is no id.
pub fn audit_filter(query: &AuditQuery) -> Result<AuditFilter, AppError> {
    let text = |value: &str| (!value.trim().is_empty()).then(|| value.trim().to_owned());
    let before = match text(&query.before) {
        None => None,
        Some(id) => {
            Some(id.parse().map_err(|_| AppError::new(ErrorCode::Invalid, "This page link is not valid. Start from the newest lines."))?)
        }
    };
    Ok(AuditFilter {
        action: text(&query.action),
        actor: text(&query.actor),
        object_kind: text(&query.object_kind),
        object_id: text(&query.object_id),
        succeeded: match query.outcome.as_str() {
            "ok" => Some(true),
            "failed" => Some(false),
            _ => None,
        },
        before,
    })
}
