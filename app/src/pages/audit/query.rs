//! The page's address as a query, and back.

use crate::routes;
use crate::wire::AuditQuery;
use leptos_router::params::ParamsMap;

/// Reads the address; what is missing is not filtered by.
pub fn from_params(params: &ParamsMap) -> AuditQuery {
    let text = |name: &str| params.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    AuditQuery {
        action: text("action"),
        actor: text("actor"),
        object_kind: text("object_kind"),
        object_id: text("object_id"),
        outcome: text("outcome"),
        before: text("before"),
    }
}

/// The address of the same filters from another line on; empty for the newest.
pub fn href(query: &AuditQuery, before: &str) -> String {
    let mut params = ParamsMap::new();
    let all = [
        ("action", query.action.as_str()),
        ("actor", &query.actor),
        ("object_kind", &query.object_kind),
        ("object_id", &query.object_id),
        ("outcome", &query.outcome),
        ("before", before),
    ];
    for (name, value) in all.into_iter().filter(|(_, value)| !value.is_empty()) {
        params.insert(name, value.to_owned());
    }
    format!("{}{}", routes::AUDIT, params.to_query_string())
}

/// Does anything but the place in the log narrow it down?
pub fn is_filtered(query: &AuditQuery) -> bool {
    *query != AuditQuery { before: query.before.clone(), ..AuditQuery::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_filters_are_no_filters() {
        assert!(!is_filtered(&AuditQuery::default()));
        assert!(!is_filtered(&AuditQuery { before: "x".into(), ..AuditQuery::default() }));
        assert!(is_filtered(&AuditQuery { outcome: "failed".into(), ..AuditQuery::default() }));
    }
}
