//! Access tokens.

use crate::wire::{AccessTokenView, AppError, NewAccessToken};
use leptos::prelude::*;
use server_fn::codec::Json;
use vocab::{AccessTokenId, ProviderId, Scope};

/// Every access token, newest first.
#[server(endpoint = "access_tokens")]
pub async fn access_tokens() -> Result<Vec<AccessTokenView>, AppError> {
    use crate::{convert, ctx};
    let tokens = ctx::services()?.access_tokens.list(&ctx::caller()?).await.map_err(ctx::fail)?;
    Ok(tokens.into_iter().map(convert::access_token).collect())
}

/// Makes one; its value is in this answer and nowhere else.
#[server(endpoint = "create_access_token", input = Json)]
pub async fn create_access_token(
    name: String,
    scopes: Vec<Scope>,
    providers: Vec<ProviderId>,
    models: Vec<String>,
    days: Option<u32>,
) -> Result<NewAccessToken, AppError> {
    use crate::{convert, ctx};
    let form = services::access_tokens::TokenForm { name, scopes, providers, models, days };
    ctx::services()?.access_tokens.create(&ctx::caller()?, form).await.map(convert::new_access_token).map_err(ctx::fail)
}

/// Stops one at once.
#[server(endpoint = "revoke_access_token")]
pub async fn revoke_access_token(id: AccessTokenId) -> Result<(), AppError> {
    use crate::ctx;
    ctx::services()?.access_tokens.revoke(&ctx::caller()?, id).await.map_err(ctx::fail)
}
