//! Reading the audit log.

use crate::Ports;
use crate::error::ServiceResult;
use crate::ports::{AuditRepo, PeopleRepo};
use domain::audit::{AuditFilter, AuditRecord, CONFIDENTIAL_KINDS};
use domain::people::Caller;
use domain::provider::Catalogue;
use std::sync::Arc;
use vocab::{AuditId, Permission};

/// Lines on a page.
pub const PAGE: u32 = 50;

/// The audit log's use cases.
#[derive(Clone)]
pub struct Audit {
    log: Arc<dyn AuditRepo>,
    people: Arc<dyn PeopleRepo>,
    catalogue: Arc<Catalogue>,
}

/// A line with its object's name.
#[derive(Debug, Clone)]
pub struct NamedRecord {
    /// The line.
    pub record: AuditRecord,
    /// The object's name now, or its id.
    pub object: String,
}

/// A page, newest first.
#[derive(Debug, Clone)]
pub struct Page {
    /// The lines.
    pub lines: Vec<NamedRecord>,
    /// The oldest line of this page, when there are older ones.
    pub next: Option<AuditId>,
}

impl Audit {
    /// Wires the use cases.
    pub fn new(ports: &Ports, catalogue: Arc<Catalogue>) -> Self {
        Self { log: ports.audit.clone(), people: ports.people.clone(), catalogue }
    }

    /// A page of the log.
    ///
    /// # Errors
    /// [`crate::ServiceError::Forbidden`] without `view_audit`.
    pub async fn page(&self, caller: &Caller, filter: AuditFilter) -> ServiceResult<Page> {
        caller.require(Permission::ViewAudit)?;
        let mut records = self.log.page(&filter, PAGE + 1).await?;
        let more = records.len() > PAGE as usize;
        records.truncate(PAGE as usize);
        let next = more.then(|| records.last().map(|record| record.id)).flatten();
        let people = self.people.users().await?;
        let name = |record: &AuditRecord| match record.object_kind.as_str() {
            "provider" => record.object_id.parse().ok().and_then(|id| self.catalogue.get(&id)).map(|p| p.name.clone()),
            "user" => people.iter().find(|user| user.id.to_string() == record.object_id).map(|user| user.name.clone()),
            _ => None,
        };
        let sees_finance = caller.may(Permission::ViewFinance);
        for record in records.iter_mut().filter(|record| !sees_finance && CONFIDENTIAL_KINDS.contains(&record.object_kind.as_str())) {
            record.detail.clear();
        }
        let lines =
            records.into_iter().map(|record| NamedRecord { object: name(&record).unwrap_or_else(|| record.object_id.clone()), record });
        Ok(Page { lines: lines.collect(), next })
    }
}
