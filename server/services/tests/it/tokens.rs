//! Access tokens: believed from memory, forgotten on news, doubted without news.

use crate::support::House;
use domain::audit::Origin;
use domain::people::Caller;
use services::ServiceError;
use services::access_tokens::{IssuedToken, TokenForm};
use services::people::NewPerson;
use time::Duration;
use vocab::{Permission, Role, Scope};

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
