//! People.

use crate::database::Storage;
use crate::entity::{session, user_account};
use crate::errors::IntoStore;
use crate::installation;
use crate::write::{Lock, lock};
use async_trait::async_trait;
use domain::people::{Email, User};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, NotSet, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use services::ports::conflict::{ALREADY_SET_UP, GONE, LAST_OWNER};
use services::ports::{NewOwner, PeopleRepo, StoreError, StoreResult, Trail};
use vocab::{Role, UserId};

#[async_trait]
impl PeopleRepo for Storage {
    async fn anybody(&self) -> StoreResult<bool> {
        anybody(self.readers()).await
    }

    async fn create_first_owner(&self, owner: NewOwner, trail: Trail) -> StoreResult<()> {
        let write = self.write().await?;
        let done = create_first_owner(&write.tx, &owner).await;
        write.finish(done, &trail).await
    }

    async fn add_user(&self, user: &User, trail: Trail) -> StoreResult<()> {
        let write = self.write().await?;
        let done = user_account::ActiveModel::from(user).insert(&write.tx).await.store().map(drop);
        write.finish(done, &trail).await
    }

    async fn user(&self, id: UserId) -> StoreResult<Option<User>> {
        let found = user_account::Entity::find_by_id(id.uuid()).one(self.readers()).await.store()?;
        found.map(User::try_from).transpose()
    }

    async fn user_by_email(&self, email: &Email) -> StoreResult<Option<User>> {
        let found = user_account::Entity::find().filter(user_account::Column::Email.eq(email.as_str()));
        found.one(self.readers()).await.store()?.map(User::try_from).transpose()
    }

    async fn users(&self) -> StoreResult<Vec<User>> {
        let all = user_account::Entity::find().order_by_asc(user_account::Column::CreatedAt).order_by_asc(user_account::Column::Id);
        all.all(self.readers()).await.store()?.into_iter().map(User::try_from).collect()
    }

    async fn update_user(&self, user: &User, end_sessions: bool, trail: Trail) -> StoreResult<()> {
        let write = self.write().await?;
        let done = update_user(&write.tx, user, end_sessions).await;
        write.finish(done, &trail).await
    }
}

async fn anybody<C: ConnectionTrait>(database: &C) -> StoreResult<bool> {
    user_account::Entity::find().limit(1).count(database).await.store().map(|people| people > 0)
}

async fn create_first_owner(tx: &DatabaseTransaction, owner: &NewOwner) -> StoreResult<()> {
    lock(tx, Lock::FirstOwner).await?;
    if anybody(tx).await? {
        return Err(StoreError::Conflict(ALREADY_SET_UP));
    }
    user_account::ActiveModel::from(&owner.user).insert(tx).await.store()?;
    session::ActiveModel::from(&owner.session).insert(tx).await.store()?;
    installation::set_setup_hash(tx, None).await
}

async fn update_user(tx: &DatabaseTransaction, user: &User, end_sessions: bool) -> StoreResult<()> {
    if !(user.is_active() && user.role == Role::Owner) {
        keep_an_owner(tx, user.id).await?;
    }
    // The address is how a person is known, and the account is as old as it is.
    let change = user_account::ActiveModel { id: NotSet, email: NotSet, created_at: NotSet, ..user.into() };
    let changed = user_account::Entity::update_many().set(change).filter(user_account::Column::Id.eq(user.id.uuid()));
    if changed.exec(tx).await.store()?.rows_affected == 0 {
        return Err(StoreError::Conflict(GONE));
    }
    if end_sessions {
        session::Entity::delete_many().filter(session::Column::UserId.eq(user.id.uuid())).exec(tx).await.store()?;
    }
    Ok(())
}

/// Refuses if nobody but `leaving` is an active owner. The owners' rows stay locked until the commit, so two owners
/// cannot step down at once, each counting on the other.
async fn keep_an_owner(tx: &DatabaseTransaction, leaving: UserId) -> StoreResult<()> {
    let owners = user_account::Entity::find()
        .filter(user_account::Column::Role.eq(Role::Owner.as_str()))
        .filter(user_account::Column::DisabledAt.is_null())
        .order_by_asc(user_account::Column::Id)
        .lock_exclusive();
    let owners = owners.all(tx).await.store()?;
    if owners.iter().any(|owner| owner.id != leaving.uuid()) { Ok(()) } else { Err(StoreError::Conflict(LAST_OWNER)) }
}
