//! Access tokens.

use super::moment;
use crate::wire::{AccessTokenView, NewAccessToken};
use domain::access_token::PREFIX;
use secrecy::ExposeSecret;
use services::access_tokens::{IssuedToken, ListedToken};

/// A token on the access page.
pub fn access_token(listed: ListedToken) -> AccessTokenView {
    let ListedToken { token, created_by, live } = listed;
    let shown: String = token.public_id.chars().take(6).collect();
    AccessTokenView {
        id: token.id,
        hint: format!("{PREFIX}{shown}…"),
        name: token.name,
        scopes: token.limits.scopes,
        providers: token.limits.providers,
        models: token.limits.models,
        created_by,
        created: moment(token.created_at),
        expires: token.expires_at.map(moment),
        last_used: token.last_used_at.map(moment),
        revoked: token.revoked_at.map(moment),
        live,
    }
}

/// A fresh token, the only answer that carries one.
pub fn new_access_token(issued: IssuedToken) -> NewAccessToken {
    NewAccessToken { value: issued.secret.expose_secret().to_owned(), view: access_token(issued.listed) }
}
