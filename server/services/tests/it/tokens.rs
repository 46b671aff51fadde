//! Access tokens: believed from memory, forgotten on news, doubted without news.

use crate::support::{House, id};
use domain::access_token::TokenLimits;
use domain::audit::Origin;
use domain::people::{Actor, Caller};
use services::ServiceError;
use services::access_tokens::{IssuedToken, TokenForm};
use services::people::NewPerson;
use std::sync::Arc;
use time::Duration;
use vocab::{Permission, ProviderId, Role, Scope};

async fn token(house: &House, scopes: &[Scope], days: Option<u32>) -> IssuedToken {
    let form = NewPerson::from_form("Ann".into(), "ann@example.com".into(), "correct horse battery", "correct horse battery");
    let machine = Caller::command_line();
    let user = match house.services.people.add(&machine, form, Role::Operator).await {
        Ok(user) => user,
        Err(_) => house.services.people.find_by_email(&machine, "ann@example.com").await.unwrap(),
    };
    let form = TokenForm { name: "bot".into(), scopes: scopes.to_vec(), days, ..TokenForm::default() };
    house.services.access_tokens.create_for(&machine, user.id, &user.name, user.role, form).await.unwrap()
}

#[tokio::test]
async fn a_scope_opens_only_what_its_creators_role_does() {
    for house in House::each().await {
        let tokens = &house.services.access_tokens;
        let issued = token(&house, &[Scope::Read, Scope::Admin], None).await;
        let caller = tokens.caller_of(&issued.secret, Origin::default()).await.unwrap();
        assert!(caller.may(Permission::ViewPlatform) && caller.may(Permission::ManageProviderConnections));
        assert!(!caller.may(Permission::ManageTeam), "an operator's token is no owner's");
        assert!(!caller.may(Permission::UseInference), "no inference scope");
    }
}

#[tokio::test]
async fn revoked_here_or_elsewhere_it_is_refused() {
    for house in House::each().await {
        let tokens = &house.services.access_tokens;
        let issued = token(&house, &[Scope::Inference], None).await;
        tokens.caller_of(&issued.secret, Origin::default()).await.unwrap();
        // Another process revokes; this one has not heard yet, and believes for at most two seconds.
        let id = issued.listed.token.id;
        house.ports.access_tokens.revoke(id, house.environment.now(), services::ports::Trail::default()).await.unwrap();
        assert!(tokens.caller_of(&issued.secret, Origin::default()).await.is_ok());
        house.clock.advance(Duration::seconds(2));
        assert!(matches!(tokens.caller_of(&issued.secret, Origin::default()).await, Err(ServiceError::SignedOut)));
        // And at once when it hears.
        let second = token(&house, &[Scope::Inference], None).await;
        house.services.caches.confirm();
        tokens.caller_of(&second.secret, Origin::default()).await.unwrap();
        tokens.revoke(&Caller::command_line(), second.listed.token.id).await.unwrap();
        assert!(tokens.caller_of(&second.secret, Origin::default()).await.is_err());
    }
}

#[tokio::test]
async fn an_expired_token_and_a_strangers_token_are_refused() {
    for house in House::each().await {
        let tokens = &house.services.access_tokens;
        let issued = token(&house, &[Scope::Inference], Some(1)).await;
        assert!(tokens.caller_of(&issued.secret, Origin::default()).await.is_ok());
        house.clock.advance(Duration::days(1));
        assert!(tokens.caller_of(&issued.secret, Origin::default()).await.is_err());
        for text in ["", "pur_x", "sk-something"] {
            assert!(tokens.caller_of(&text.into(), Origin::default()).await.is_err());
        }
        tokens.flush_uses().await.unwrap();
        let listed = tokens.list(&Caller::command_line()).await.unwrap();
        assert!(listed[0].token.last_used_at.is_some() && !listed[0].live);
    }
}

#[tokio::test]
async fn a_limited_token_hands_out_no_more_than_it_has() {
    for house in House::each().await {
        let tokens = &house.services.access_tokens;
        let issued = token(&house, &[Scope::Admin], None).await;
        let limits = TokenLimits { scopes: vec![Scope::Admin], providers: vec![id("openai")], models: Vec::new() };
        let Actor::Token { token_id, user_id, name } = tokens.caller_of(&issued.secret, Origin::default()).await.unwrap().actor else {
            panic!("not a token");
        };
        let limited = Caller::token(token_id, user_id, name, Role::Operator, Arc::new(limits), Origin::default());
        let form =
            |providers: Vec<ProviderId>| TokenForm { name: "x".into(), scopes: vec![Scope::Inference], providers, ..TokenForm::default() };
        assert!(matches!(tokens.create(&limited, form(Vec::new())).await, Err(ServiceError::Invalid(_))));
        assert!(matches!(tokens.create(&limited, form(vec![id("mistral")])).await, Err(ServiceError::Invalid(_))));
        assert!(tokens.create(&limited, form(vec![id("openai")])).await.is_ok());
        let elsewhere = house.services.connections.test(&limited, &id("mistral")).await.unwrap_err();
        assert!(matches!(elsewhere, ServiceError::Forbidden(_)));
    }
}
