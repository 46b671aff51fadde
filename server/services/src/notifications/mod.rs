//! Operators told in time: the list in the house, and what goes out by mail and webhook.
//!
//! A job calls [`Notifications::reconcile`], which compares what is open with how every connection is now; another calls
//! [`Notifications::deliver_due`]. Neither has to be the only one of its kind: what must happen once is decided by the database.

mod deliver;
mod gauge;
mod message;
mod reconcile;
mod test_message;

pub use message::provider_link;
pub use test_message::{ChannelInfo, TestOutcome};

use crate::Ports;
use crate::environment::Environment;
use crate::error::{ServiceError, ServiceResult};
use crate::overview::Overview;
use crate::ports::{AuditRepo, NotificationRecord, NotificationRepo, Outlets, PeopleRepo, Trail};
use domain::events::Event;
use domain::people::Caller;
use std::sync::Arc;
use time::OffsetDateTime;
use vocab::{Channel, NotificationId, Permission, Role, UserId};

/// Notifications on a page.
pub const PAGE: u32 = 50;

/// Notifications' use cases.
#[derive(Clone)]
pub struct Notifications {
    repo: Arc<dyn NotificationRepo>,
    people: Arc<dyn PeopleRepo>,
    audit: Arc<dyn AuditRepo>,
    overview: Overview,
    outlets: Outlets,
    environment: Environment,
    gauge: gauge::HealthGauge,
}

/// A page, newest first.
#[derive(Debug, Clone)]
pub struct NotificationPage {
    /// The notifications. Recipients and the words of failures are left out for callers who may not manage the team: they
    /// hold people's addresses.
    pub records: Vec<NotificationRecord>,
    /// The last one of this page, when there are older ones.
    pub next: Option<NotificationId>,
}

impl Notifications {
    /// Wires the use cases.
    pub fn new(ports: &Ports, overview: Overview, environment: Environment) -> Self {
        Self {
            repo: ports.notifications.clone(),
            people: ports.people.clone(),
            audit: ports.audit.clone(),
            outlets: ports.outlets.clone(),
            overview,
            environment,
            gauge: gauge::HealthGauge::default(),
        }
    }

    /// A page of what was told.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `view_platform`.
    pub async fn page(&self, caller: &Caller, open_only: bool, before: Option<NotificationId>) -> ServiceResult<NotificationPage> {
        caller.require(Permission::ViewPlatform)?;
        let mut records = self.repo.page(caller.actor.user_id(), open_only, before, PAGE + 1).await?;
        let more = records.len() > PAGE as usize;
        records.truncate(PAGE as usize);
        if !caller.may(Permission::ManageTeam) {
            for trouble in records.iter_mut().flat_map(|record| &mut record.troubles) {
                (trouble.recipient, trouble.error) = (String::new(), String::new());
            }
        }
        let next = more.then(|| records.last().map(|record| record.notification.id)).flatten();
        Ok(NotificationPage { records, next })
    }

    /// How many the caller has not read; none for callers who are nobody in particular.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `view_platform`.
    pub async fn unread(&self, caller: &Caller) -> ServiceResult<u64> {
        caller.require(Permission::ViewPlatform)?;
        match caller.actor.user_id() {
            Some(reader) => Ok(self.repo.unread(reader).await?),
            None => Ok(0),
        }
    }

    /// Marks one as read by the caller.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for an id that nothing has.
    pub async fn mark_read(&self, caller: &Caller, id: NotificationId) -> ServiceResult<()> {
        let reader = reader(caller)?;
        let found = self.repo.mark_read(reader, id, read_by(reader)).await?;
        if found { Ok(()) } else { Err(ServiceError::NotFound("notification")) }
    }

    /// Marks all as read by the caller.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without `view_platform`.
    pub async fn mark_all_read(&self, caller: &Caller) -> ServiceResult<()> {
        let reader = reader(caller)?;
        Ok(self.repo.mark_all_read(reader, read_by(reader)).await?)
    }

    /// Drops what was closed before an instant.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn prune(&self, before: OffsetDateTime) -> ServiceResult<u64> {
        Ok(self.repo.prune(before).await?)
    }

    /// Channel and recipient of everything that goes out now.
    async fn recipients(&self) -> ServiceResult<Vec<(Channel, String)>> {
        let mut recipients = Vec::new();
        for messenger in &self.outlets.messengers {
            let of_channel = match messenger.channel() {
                Channel::Webhook => vec![messenger.host()],
                Channel::Mail if self.outlets.mail_to.is_empty() => self.operators().await?,
                Channel::Mail => self.outlets.mail_to.iter().map(|email| email.as_str().to_owned()).collect(),
            };
            recipients.extend(of_channel.into_iter().map(|recipient| (messenger.channel(), recipient)));
        }
        Ok(recipients)
    }

    /// Addresses of the people who can do something about it.
    async fn operators(&self) -> ServiceResult<Vec<String>> {
        let people = self.people.users().await?;
        let told = people.iter().filter(|user| user.is_active() && matches!(user.role, Role::Owner | Role::Operator));
        Ok(told.map(|user| user.email.as_str().to_owned()).collect())
    }
}

/// The person behind the caller: only people read.
fn reader(caller: &Caller) -> ServiceResult<UserId> {
    caller.require(Permission::ViewPlatform)?;
    caller.actor.user_id().ok_or(ServiceError::SignedOut)
}

fn read_by(user_id: UserId) -> Trail {
    Trail { audit: Vec::new(), events: vec![Event::NotificationsRead { user_id }] }
}

/// What open pages hear when the list changes.
fn changed() -> Trail {
    Trail { audit: Vec::new(), events: vec![Event::NotificationsChanged] }
}
