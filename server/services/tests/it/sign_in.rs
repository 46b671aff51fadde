//! Signing in at every vendor, and everything that may come back instead of a code.

use crate::sign_in_world::World;
use crate::support::{PUBLIC, id};
use domain::connection::Check;
use services::ServiceError;
use services::connections::KeyForm;
use services::ports::Trail;
use services::sign_in::BrowserPlace;
use testkit::issuer::{IdTokenFault, IssuerParameter, Shape, Trouble, Vendor};
use url::Url;
use vocab::{AuthMethod, FlowFailure, FlowPhase, Health, Role, Verdict};

const TOKENS: [Vendor; 3] = [Vendor::Anthropic, Vendor::Codex, Vendor::Chatgpt];

#[tokio::test]
async fn every_vendor_as_it_wants_to_be_spoken_with() {
    for world in World::each().await {
        for vendor in TOKENS {
            assert_eq!(world.sign_in(vendor).await, None, "{vendor}");
            let state = world.state(vendor).await;
            assert_eq!(state.health.health, Health::Connected, "{vendor}: {:?}", state.health);
            assert_eq!(state.connection.as_ref().map(|c| c.method), Some(AuthMethod::OAuth));
            assert_eq!(state.health.until, state.life.as_ref().and_then(domain::grant::Life::refresh_at), "says when it refreshes");
        }
        let account = world.state(Vendor::Codex).await.connection.unwrap().account;
        assert!(account.is_some_and(|account| account.contains('@')), "who signed in is shown");
        assert_eq!(world.sign_in(Vendor::Openrouter).await, None);
        let key = world.state(Vendor::Openrouter).await.connection.unwrap();
        assert_eq!(key.method, AuthMethod::ApiKey, "ends as a key");
        assert!(key.key_hint.is_some());
    }
}

#[tokio::test]
async fn a_state_that_nobody_began_burns_nothing() {
    for world in World::each().await {
        let url = world.begin(&world.ana, Vendor::Codex).await;
        let back = world.issuer.approve(&url).unwrap();
        let mut foreign = back.clone();
        foreign.query_pairs_mut().clear().append_pair("state", "somebody-elses").append_pair("code", "stolen-code");
        let refused = world.back(&foreign).await.unwrap_err();
        assert!(matches!(refused, ServiceError::BadRequest { .. }), "{refused:?}");
        assert_eq!(world.back(&back).await.unwrap().failure, None, "the real one still works");
    }
}

#[tokio::test]
async fn a_replayed_answer_hears_the_first_ones_outcome_and_is_exchanged_once() {
    for world in World::each().await {
        let url = world.begin(&world.ana, Vendor::Codex).await;
        let back = world.issuer.approve(&url).unwrap();
        world.issuer.switch(Vendor::Codex, |switches| switches.delay_ms = 300);
        let (first, second) = tokio::join!(world.back(&back), world.back(&back));
        assert_eq!((first.unwrap().failure, second.unwrap().failure), (None, None));
        assert_eq!(world.back(&back).await.unwrap().failure, None, "also later");
        assert_eq!(world.issuer.counts(Vendor::Codex).exchanges, 1);
    }
}

#[tokio::test]
async fn ten_minutes_and_no_longer() {
    for world in World::each().await {
        let url = world.begin(&world.ana, Vendor::Codex).await;
        let back = world.issuer.approve(&url).unwrap();
        world.execute("UPDATE oauth_flow SET expires_at = created_at").await;
        assert_eq!(world.back(&back).await.unwrap().failure, Some(FlowFailure::Expired));
        assert_eq!(world.house.ports.sealed.count().await.unwrap(), 1);
        world.house.services.sign_in.sweep().await.unwrap();
        assert_eq!(world.house.ports.sealed.count().await.unwrap(), 0, "its secrets go");
        assert!(world.house.services.sign_in.authorize_url(&world.ana, &id("codex")).await.unwrap().is_none());
        world.execute("UPDATE oauth_flow SET expires_at = 0").await;
        world.house.services.sign_in.sweep().await.unwrap();
        assert!(world.house.ports.flows.of_provider(&id("codex")).await.unwrap().is_empty(), "and after a day the row");
    }
}

#[tokio::test]
async fn a_sign_in_cut_by_a_restart_says_so() {
    for world in World::each().await {
        let url = world.begin(&world.ana, Vendor::Codex).await;
        let back = world.issuer.approve(&url).unwrap();
        world.execute("UPDATE oauth_flow SET state = 'finishing', state_at = 1").await;
        assert_eq!(world.back(&back).await.unwrap().failure, Some(FlowFailure::Interrupted));
        world.house.services.sign_in.sweep().await.unwrap();
        let state = world.house.services.sign_in.state(&world.ana, &id("codex")).await.unwrap().unwrap();
        assert_eq!(state.failed.and_then(|failed| failed.failure), Some(FlowFailure::Interrupted));
    }
}

#[tokio::test]
async fn a_denial_is_told_in_plain_words() {
    for world in World::each().await {
        let hostile = "<script>alert(1)</script>\u{202e}\r\nSet-Cookie: a=b missing";
        world.issuer.switch(Vendor::Codex, |switches| switches.denial = hostile.to_owned());
        let url = world.begin(&world.ana, Vendor::Codex).await;
        let outcome = world.back(&world.issuer.deny(&url).unwrap()).await.unwrap();
        assert_eq!(outcome.failure, Some(FlowFailure::AccessDenied));
        assert!(!outcome.message.contains(['\r', '\n', '\u{202e}']), "{:?}", outcome.message);
        world.issuer.switch(Vendor::Codex, |switches| switches.denial = "missing_codex_entitlement".to_owned());
        let url = world.begin(&world.ana, Vendor::Codex).await;
        let outcome = world.back(&world.issuer.deny(&url).unwrap()).await.unwrap();
        assert_eq!(outcome.failure, Some(FlowFailure::NotEntitled));
        assert_eq!(world.health(Vendor::Codex).await, Health::NotConnected);
        assert!(world.actions().await.contains(&"provider_sign_in_failed".to_owned()));
    }
}

#[tokio::test]
async fn another_persons_session_and_another_address_are_turned_away_and_burn_nothing() {
    for world in World::each().await {
        let bob = world.person("Bob", Role::Operator).await;
        let url = world.begin(&world.ana, Vendor::Codex).await;
        let back = world.issuer.approve(&url).unwrap();
        let turned_away = world.back_as(&back, bob.actor.user_id()).await.unwrap_err();
        assert!(matches!(turned_away, ServiceError::AnotherPerson), "{turned_away:?}");
        let mut elsewhere = back.clone();
        elsewhere.set_path("/callback");
        assert!(matches!(world.back(&elsewhere).await, Err(ServiceError::BadRequest { .. })));
        assert_eq!(world.back_as(&back, world.ana.actor.user_id()).await.unwrap().failure, None);
    }
}

#[tokio::test]
async fn who_was_signed_out_or_lost_the_right_connects_nothing() {
    for world in World::each().await {
        let bob = world.person("Bob", Role::Operator).await;
        let url = world.begin(&bob, Vendor::Codex).await;
        let back = world.issuer.approve(&url).unwrap();
        let (session, user) = (bob.session_id().unwrap(), bob.actor.user_id().unwrap());
        world.house.ports.sessions.end(session, user, Trail::default()).await.unwrap();
        assert_eq!(world.back(&back).await.unwrap().failure, Some(FlowFailure::NotAllowed));
        let eve = world.person("Eve", Role::Operator).await;
        let url = world.begin(&eve, Vendor::Codex).await;
        let back = world.issuer.approve(&url).unwrap();
        world.execute("UPDATE user_account SET role = 'viewer' WHERE name = 'Eve'").await;
        assert_eq!(world.back(&back).await.unwrap().failure, Some(FlowFailure::NotAllowed));
        assert_eq!(world.issuer.counts(Vendor::Codex).exchanges, 0, "the code was not even shown");
        let viewer = world.person("Vic", Role::Viewer).await;
        let begin = services::sign_in::Begin { provider_id: id("codex"), place: BrowserPlace::Unknown, port_taken: None };
        assert!(matches!(world.house.services.sign_in.begin(&viewer, begin).await, Err(ServiceError::Forbidden(_))));
    }
}

#[tokio::test]
async fn tabs_people_and_providers_do_not_get_in_each_others_way() {
    for world in World::each().await {
        let bob = world.person("Bob", Role::Operator).await;
        let first = world.begin(&world.ana, Vendor::Codex).await;
        let second = world.begin(&world.ana, Vendor::Codex).await;
        let bobs = world.begin(&bob, Vendor::Codex).await;
        let other = world.begin(&bob, Vendor::Anthropic).await;
        let state = world.house.services.sign_in.state(&bob, &id("codex")).await.unwrap().unwrap();
        assert_eq!(
            state.under_way.iter().map(|flow| (flow.by.as_str(), flow.mine)).collect::<Vec<_>>(),
            [("Bob", true), ("Ana", false), ("Ana", false)]
        );
        for url in [&second, &bobs, &other, &first] {
            let outcome = world.back(&world.issuer.approve(url).unwrap()).await.unwrap();
            assert_eq!(outcome.failure, None, "{url}");
        }
        assert_eq!(world.state(Vendor::Codex).await.connection.unwrap().connected_by_name, "Ana", "the later one wins");
        assert_eq!(world.house.ports.grants.lives().await.unwrap().len(), 2, "what it took the place of is gone");
    }
}

#[tokio::test]
async fn a_connection_changed_meanwhile_is_not_overwritten() {
    for world in World::each().await {
        let url = world.begin(&world.ana, Vendor::Codex).await;
        let back = world.issuer.approve(&url).unwrap();
        world.issuer.switch(Vendor::Codex, |switches| switches.delay_ms = 0);
        world.house.will_say([Check::ok(), Check::ok()]);
        let form = KeyForm::new("sk-good-key-000011112222", None, 0);
        world.house.services.connections.connect_with_key(&world.ana, &id("codex"), form).await.unwrap();
        let cancelled = world.back(&back).await.unwrap_err();
        assert!(cancelled.to_string().contains("cancelled"), "a key ends waiting sign-ins: {cancelled}");
        assert_eq!(world.state(Vendor::Codex).await.connection.unwrap().method, AuthMethod::ApiKey);
        // A check alone is no change.
        assert_eq!(world.sign_in(Vendor::Codex).await, None, "and a sign-in takes the key's place");
    }
}

#[tokio::test]
async fn what_is_pasted_finds_its_sign_in() {
    for world in World::each_at("https://purser.example.com").await {
        let vendor = Vendor::Anthropic;
        let paste = |text: String| {
            let (sign_in, ana) = (world.house.services.sign_in.clone(), world.ana.clone());
            async move { sign_in.paste(&ana, &id("anthropic-sub"), &text.into()).await }
        };
        let url = world.begin(&world.ana, vendor).await;
        assert!(url.query().unwrap().contains("code%2Fcallback"), "the vendor's own page shows the code: {url}");
        assert_eq!(world.state(vendor).await.health.health, Health::Connecting);
        let field = |error: ServiceError| match error {
            ServiceError::Invalid(fields) => fields.0["answer"].clone(),
            other => panic!("{other:?}"),
        };
        for wrong in ["", "two words", "https://example.com/?code=abcdefgh", "abcdefgh#not-the-state-of-it"] {
            assert!(!field(paste(wrong.to_owned()).await.unwrap_err()).is_empty(), "{wrong}");
        }
        let state = world.house.services.sign_in.state(&world.ana, &id("anthropic-sub")).await.unwrap().unwrap();
        assert!(state.under_way[0].pasting && state.under_way[0].phase == FlowPhase::Waiting, "a wrong paste burns nothing");
        let back = world.issuer.approve(&url).unwrap();
        let of = |name: &str| back.query_pairs().find(|(n, _)| n == name).unwrap().1.into_owned();
        let bob = world.person("Bob", Role::Operator).await;
        let not_his = world.house.services.sign_in.paste(&bob, &id("anthropic-sub"), &back.to_string().into()).await.unwrap_err();
        assert!(field(not_his).contains("no sign-in of yours"));
        paste(format!("{}#{}", of("code"), of("state"))).await.unwrap();
        for form in ["whole", "query", "bare"] {
            let back = world.issuer.approve(&world.begin(&world.ana, vendor).await).unwrap();
            let code = back.query_pairs().find(|(n, _)| n == "code").unwrap().1.into_owned();
            let text = match form {
                "whole" => back.to_string(),
                "query" => back.query().unwrap().to_owned(),
                _ => code,
            };
            paste(text).await.unwrap_or_else(|error| panic!("{form}: {error:?}"));
        }
        assert_eq!(world.health(vendor).await, Health::Connected);
    }
}

#[tokio::test]
async fn where_the_browser_cannot_come_back_pasting_is_offered_at_once() {
    for world in World::each_at("https://purser.example.com").await {
        let sign_in = &world.house.services.sign_in;
        world.begin(&world.ana, Vendor::Codex).await;
        assert!(sign_in.state(&world.ana, &id("codex")).await.unwrap().unwrap().under_way[0].pasting, "loopback, and we are not");
        world.begin(&world.ana, Vendor::Openrouter).await;
        assert!(!sign_in.state(&world.ana, &id("openrouter")).await.unwrap().unwrap().under_way[0].pasting);
        assert_eq!(sign_in.fixed_redirects().await.unwrap().len(), 1);
        sign_in.cancel(&world.ana, &id("codex")).await.unwrap();
        assert_eq!(sign_in.fixed_redirects().await.unwrap(), Vec::<Url>::new(), "nobody waits there any more");
    }
    for world in World::each().await {
        let sign_in = &world.house.services.sign_in;
        world.begin(&world.ana, Vendor::Codex).await;
        assert!(!sign_in.state(&world.ana, &id("codex")).await.unwrap().unwrap().under_way[0].pasting);
        world.begin_with(&world.ana, Vendor::Codex, BrowserPlace::Unknown, Some(1455)).await;
        let state = sign_in.state(&world.ana, &id("codex")).await.unwrap().unwrap();
        assert!(state.under_way[0].pasting && state.under_way[0].port_taken == Some(1455));
    }
}

#[tokio::test]
async fn the_token_endpoint_in_every_mood() {
    let refused = |status, code: &str, shape| Trouble::Refused { status, code: code.to_owned(), shape };
    for world in World::each().await {
        for (trouble, failure) in [
            (Trouble::RateLimited(30), FlowFailure::Unreachable),
            (Trouble::Down, FlowFailure::Unreachable),
            (Trouble::Html, FlowFailure::Unreachable),
            (refused(400, "invalid_grant", Shape::Flat), FlowFailure::CodeRefused),
            (refused(401, "invalid_client", Shape::Flat), FlowFailure::ClientRefused),
            (refused(400, "invalid_request", Shape::Typed), FlowFailure::ProviderRefused),
            (refused(400, "invalid_scope", Shape::Coded), FlowFailure::ProviderRefused),
        ] {
            world.issuer.switch(Vendor::Codex, |switches| switches.troubles = vec![trouble.clone()]);
            assert_eq!(world.sign_in(Vendor::Codex).await, Some(failure), "{trouble:?}");
        }
        assert_eq!(world.health(Vendor::Codex).await, Health::NotConnected);
        assert_eq!(world.house.ports.sealed.count().await.unwrap(), 0, "nothing is left");
    }
}

#[tokio::test]
async fn answers_without_the_optional_members_are_good_answers() {
    for world in World::each().await {
        for member in ["expires_in", "token_type", "refresh_token", "scope"] {
            world.issuer.switch(Vendor::Codex, |switches| switches.omit = [member.to_owned()].into());
            assert_eq!(world.sign_in(Vendor::Codex).await, None, "without {member}");
            let life = world.state(Vendor::Codex).await.life.unwrap();
            match member {
                "expires_in" => assert_eq!(life.lifetime(), time::Duration::hours(1)),
                "refresh_token" => assert_eq!(life.refresh, domain::grant::Refresh::Never),
                _ => assert!(life.refresh_at().is_some()),
            }
        }
        world.issuer.switch(Vendor::Codex, |switches| switches.omit = ["access_token".to_owned()].into());
        assert!(world.sign_in(Vendor::Codex).await.is_some());
    }
}

#[tokio::test]
async fn an_id_token_has_to_prove_itself() {
    for world in World::each().await {
        for fault in [
            IdTokenFault::Nonce,
            IdTokenFault::Audience,
            IdTokenFault::Issuer,
            IdTokenFault::Signature,
            IdTokenFault::Unsigned,
            IdTokenFault::Expired,
            IdTokenFault::Nobody,
        ] {
            world.issuer.switch(Vendor::Chatgpt, |switches| switches.id_token = fault);
            assert_eq!(world.sign_in(Vendor::Chatgpt).await, Some(FlowFailure::IdTokenInvalid), "{fault:?}");
        }
        assert!(world.issuer.counts(Vendor::Chatgpt).revocations > 0, "what is not kept is given back");
    }
}

#[tokio::test]
async fn a_mix_up_of_issuers_is_noticed() {
    for world in World::each().await {
        world.issuer.switch(Vendor::Chatgpt, |switches| switches.iss = IssuerParameter::Foreign);
        assert_eq!(world.sign_in(Vendor::Chatgpt).await, Some(FlowFailure::IssuerMismatch));
        assert_eq!(world.issuer.counts(Vendor::Chatgpt).exchanges, 0, "the code goes nowhere");
        world.issuer.switch(Vendor::Chatgpt, |switches| switches.iss = IssuerParameter::Own);
        assert_eq!(world.sign_in(Vendor::Chatgpt).await, None);
    }
}

#[tokio::test]
async fn an_issued_client_is_kept_and_belongs_to_one_person() {
    for world in World::each().await {
        let first = world.begin(&world.ana, Vendor::Chatgpt).await;
        let of = |url: &Url, name: &str| url.query_pairs().find(|(n, _)| n == name).map(|(_, value)| value.into_owned());
        assert_eq!(of(&first, "client_id").as_deref(), Some("dynamic_agent_client"));
        assert!(of(&first, "agent_name_hint").is_some());
        let host = of(&first, "ext_agent_host_id").unwrap();
        assert!(host.starts_with("urn:uuid:"));
        assert_eq!(world.back(&world.issuer.approve(&first).unwrap()).await.unwrap().failure, None);
        world.house.services.connections.disconnect(&world.ana, &id("chatgpt")).await.unwrap();
        let again = world.begin(&world.ana, Vendor::Chatgpt).await;
        let issued = of(&again, "client_id").unwrap();
        assert!(issued.starts_with("oaiapp_"), "{issued}: survives a disconnect");
        assert_eq!((of(&again, "agent_name_hint"), of(&again, "ext_agent_host_id")), (None, Some(host)));
        assert_eq!(world.back(&world.issuer.approve(&again).unwrap()).await.unwrap().failure, None);
        world.issuer.switch(Vendor::Chatgpt, |switches| switches.subject = "somebody-else".to_owned());
        assert_eq!(world.sign_in(Vendor::Chatgpt).await, Some(FlowFailure::IdTokenInvalid), "another account");
    }
}

#[tokio::test]
async fn a_plan_that_was_not_shared_is_not_spent() {
    for world in World::each().await {
        world.issuer.switch(Vendor::Chatgpt, |switches| switches.plan_shared = false);
        assert_eq!(world.sign_in(Vendor::Chatgpt).await, Some(FlowFailure::PlanNotShared));
        assert_eq!(world.health(Vendor::Chatgpt).await, Health::NotConnected);
    }
}

#[tokio::test]
async fn what_the_provider_refuses_at_once_is_not_kept_and_an_outage_is() {
    for world in World::each().await {
        world.house.will_say([Check::failed(Verdict::BadCredential, "not for this client")]);
        let url = world.begin(&world.ana, Vendor::Codex).await;
        let outcome = world.back(&world.issuer.approve(&url).unwrap()).await.unwrap();
        assert_eq!((outcome.failure, outcome.message.as_str()), (Some(FlowFailure::ProviderRefused), "not for this client"));
        assert_eq!(world.health(Vendor::Codex).await, Health::NotConnected);
        assert_eq!(world.issuer.counts(Vendor::Codex).revocations, 1);
        world.house.will_say([Check::failed(Verdict::Unreachable, "no route")]);
        assert_eq!(world.sign_in(Vendor::Codex).await, None);
        assert_eq!(world.health(Vendor::Codex).await, Health::Unreachable);
    }
}

#[tokio::test]
async fn one_sign_in_connects_both_and_says_what_happens_to_the_other() {
    for world in World::each().await {
        assert_eq!(world.sign_in(Vendor::Codex).await, None);
        let (codex, chatgpt) = (world.state(Vendor::Codex).await, world.state(Vendor::Chatgpt).await);
        let grant = |state: &services::overview::ProviderState| state.connection.as_ref().and_then(|c| c.grant_id);
        assert_eq!(grant(&codex), grant(&chatgpt));
        assert_eq!(codex.shares_sign_in.first().map(|p| p.id.as_str()), Some("chatgpt"));
        let gone = world.house.services.connections.disconnect(&world.ana, &id("codex")).await.unwrap();
        assert!(gone.revocation.words().contains("ChatGPT"), "{:?}", gone.revocation);
        assert_eq!(world.issuer.counts(Vendor::Codex).revocations, 0);
        assert_eq!(world.health(Vendor::Chatgpt).await, Health::Connected);
        world.expire().await;
        let connection = world.state(Vendor::Chatgpt).await.connection.unwrap();
        world.house.services.connections.recheck_now(&connection.provider_id).await.unwrap();
        assert_eq!(world.issuer.counts(Vendor::Codex).refreshed, 1, "its settings still refresh it");
        let gone = world.house.services.connections.disconnect(&world.ana, &id("chatgpt")).await.unwrap();
        assert!(gone.revocation.words().contains("was revoked"), "{:?}", gone.revocation);
        assert_eq!(world.issuer.counts(Vendor::Codex).revocations, 1);
        assert_eq!(world.house.ports.grants.lives().await.unwrap().len(), 0);
        assert!(world.actions().await.contains(&"grant_revoke".to_owned()));
    }
}

#[tokio::test]
async fn disconnecting_ends_waiting_sign_ins_and_says_when_it_cannot_revoke() {
    for world in World::each().await {
        assert_eq!(world.sign_in(Vendor::Anthropic).await, None);
        let url = world.begin(&world.ana, Vendor::Anthropic).await;
        let gone = world.house.services.connections.disconnect(&world.ana, &id("anthropic-sub")).await.unwrap();
        assert!(gone.revocation.words().contains("account settings"), "{:?}", gone.revocation);
        assert!(world.back(&world.issuer.approve(&url).unwrap()).await.is_err());
        assert_eq!(world.health(Vendor::Anthropic).await, Health::NotConnected);
    }
}

#[tokio::test]
async fn signing_in_again_keeps_the_connection() {
    for world in World::each().await {
        assert_eq!(world.sign_in(Vendor::Codex).await, None);
        let before = world.state(Vendor::Codex).await.connection.unwrap();
        world.issuer.revoke_all(Vendor::Codex);
        world.expire().await;
        world.house.services.connections.recheck_now(&id("codex")).await.unwrap();
        let state = world.state(Vendor::Codex).await;
        assert_eq!(state.health.health, Health::NeedsSignIn);
        assert!(state.health.cause.contains("sign in again"), "the provider's words: {}", state.health.cause);
        assert_eq!(world.sign_in(Vendor::Codex).await, None);
        let after = world.state(Vendor::Codex).await;
        assert_eq!((after.health.health, after.connection.unwrap().id), (Health::Connected, before.id));
    }
}

#[tokio::test]
async fn the_owners_switch_is_the_owners() {
    for world in World::each().await {
        let sign_in = &world.house.services.sign_in;
        let (bob, vendor) = (world.person("Bob", Role::Operator).await, id("anthropic-sub"));
        let begin = || services::sign_in::Begin { provider_id: vendor.clone(), place: BrowserPlace::Unknown, port_taken: None };
        if sign_in.state(&bob, &vendor).await.unwrap().unwrap().owner_switch.is_none() {
            continue;
        }
        assert!(matches!(sign_in.begin(&bob, begin()).await, Err(ServiceError::MethodUnavailable(_))), "off at first");
        assert!(matches!(sign_in.allow(&bob, &vendor, true).await, Err(ServiceError::Forbidden(_))));
        sign_in.allow(&world.ana, &vendor, true).await.unwrap();
        sign_in.begin(&bob, begin()).await.unwrap();
        sign_in.allow(&world.ana, &vendor, false).await.unwrap();
        assert!(sign_in.state(&bob, &vendor).await.unwrap().unwrap().under_way.is_empty(), "off ends what waits");
    }
}

#[tokio::test]
async fn redirects_are_ours_whatever_the_request_says() {
    for world in World::each().await {
        let url = world.begin(&world.ana, Vendor::Openrouter).await;
        let callback = url.query_pairs().find(|(name, _)| name == "callback_url").unwrap().1.into_owned();
        assert!(callback.starts_with(&format!("{PUBLIC}/api/v1/auth/provider-oauth/callback?state=")), "{callback}");
    }
}

#[tokio::test]
async fn a_provider_that_is_gone_in_mid_exchange_is_unreachable() {
    for world in World::each().await {
        let url = world.begin(&world.ana, Vendor::Codex).await;
        let back = world.issuer.approve(&url).unwrap();
        let World { house, issuer, .. } = world;
        drop(issuer);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let callback = domain::flow::Callback::parse(back.query().unwrap()).unwrap();
        let returned =
            services::sign_in::Returned { callback, path: back.path().to_owned(), person: None, origin: domain::audit::Origin::default() };
        let outcome = house.services.sign_in.callback(returned).await.unwrap();
        assert_eq!(outcome.failure, Some(FlowFailure::Unreachable), "{outcome:?}");
    }
}

#[tokio::test]
async fn an_access_token_with_the_scope_may_sign_in_and_nothing_else() {
    use domain::access_token::{AccessToken, TokenLimits};
    use domain::people::Caller;
    for world in World::each().await {
        let user_id = world.ana.actor.user_id().unwrap();
        let token = AccessToken {
            id: vocab::AccessTokenId::new(uuid::Uuid::from_u128(7)),
            created_by: user_id,
            name: "script".into(),
            public_id: "public000007".into(),
            secret_hash: [7; 32],
            limits: TokenLimits { scopes: vec![vocab::Scope::Connect], providers: vec![id("codex")], models: Vec::new() },
            created_at: world.house.environment.now(),
            expires_at: None,
            revoked_at: None,
            last_used_at: None,
        };
        world.house.ports.access_tokens.add(&token, Trail::default()).await.unwrap();
        let limits = std::sync::Arc::new(token.limits.clone());
        let script = Caller::token(token.id, user_id, token.name.clone(), Role::Owner, limits, domain::audit::Origin::default());
        let begin = |provider: &str| services::sign_in::Begin { provider_id: id(provider), place: BrowserPlace::Unknown, port_taken: None };
        let sign_in = &world.house.services.sign_in;
        assert!(matches!(sign_in.begin(&script, begin("openrouter")).await, Err(ServiceError::Forbidden(_))), "not its provider");
        let disconnected = world.house.services.connections.disconnect(&script, &id("codex")).await;
        assert!(matches!(disconnected, Err(ServiceError::Forbidden(_))));
        let url = world.begin(&script, Vendor::Codex).await;
        assert_eq!(world.back(&world.issuer.approve(&url).unwrap()).await.unwrap().failure, None);
        let url = world.begin(&script, Vendor::Codex).await;
        let now = world.house.environment.now();
        world.house.ports.access_tokens.revoke(token.id, now, Trail::default()).await.unwrap();
        let outcome = world.back(&world.issuer.approve(&url).unwrap()).await.unwrap();
        assert_eq!(outcome.failure, Some(FlowFailure::NotAllowed), "revoked meanwhile");
    }
}

#[tokio::test]
async fn a_disconnect_ends_also_the_sign_in_that_is_being_finished() {
    for world in World::each().await {
        assert_eq!(world.sign_in(Vendor::Codex).await, None);
        let back = world.issuer.approve(&world.begin(&world.ana, Vendor::Codex).await).unwrap();
        world.issuer.switch(Vendor::Codex, |switches| switches.delay_ms = 400);
        let disconnect = async {
            tokio::time::sleep(std::time::Duration::from_millis(150)).await;
            world.house.services.connections.disconnect(&world.ana, &id("codex")).await.unwrap();
        };
        let (finished, ()) = tokio::join!(world.back(&back), disconnect);
        assert_eq!(finished.unwrap().failure, Some(FlowFailure::Overtaken));
        assert_eq!(world.health(Vendor::Codex).await, Health::NotConnected);
        assert_eq!(world.issuer.counts(Vendor::Codex).revocations, 1, "what it got is given back; ChatGPT still uses the other");
        assert_eq!(world.house.ports.grants.lives().await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_key_ends_also_the_sign_in_that_is_being_finished() {
    for world in World::each().await {
        let back = world.issuer.approve(&world.begin(&world.ana, Vendor::Codex).await).unwrap();
        world.issuer.switch(Vendor::Codex, |switches| switches.delay_ms = 400);
        let paste = async {
            tokio::time::sleep(std::time::Duration::from_millis(150)).await;
            let form = KeyForm::new("sk-good-key-000011112222", None, 0);
            world.house.services.connections.connect_with_key(&world.ana, &id("codex"), form).await.unwrap();
        };
        let (finished, ()) = tokio::join!(world.back(&back), paste);
        assert_eq!(finished.unwrap().failure, Some(FlowFailure::Overtaken));
        assert_eq!(world.state(Vendor::Codex).await.connection.unwrap().method, AuthMethod::ApiKey);
        assert_eq!(world.issuer.counts(Vendor::Codex).revocations, 1);
    }
}

#[tokio::test]
async fn a_stop_lets_the_sign_in_that_is_being_finished_end_and_burns_no_other() {
    for world in World::each().await {
        let waiting = world.issuer.approve(&world.begin(&world.ana, Vendor::Codex).await).unwrap();
        let back = world.issuer.approve(&world.begin(&world.ana, Vendor::Codex).await).unwrap();
        world.issuer.switch(Vendor::Codex, |switches| switches.delay_ms = 400);
        let gone = tokio::time::timeout(std::time::Duration::from_millis(150), world.back(&back)).await;
        assert!(gone.is_err(), "the browser hangs up");
        world.house.services.settle().await;
        assert_eq!(world.health(Vendor::Codex).await, Health::Connected, "before the stop goes on");
        let not_now = world.back(&waiting).await.unwrap_err();
        assert!(not_now.to_string().contains("reload this page"), "{not_now}");
        let next = crate::support::House::beside(
            &world.house,
            domain::provider::Catalogue::with_overlay("test.toml", &world.issuer.overlay()).unwrap(),
        );
        let callback = domain::flow::Callback::parse(waiting.query().unwrap()).unwrap();
        let path = waiting.path().to_owned();
        let returned = services::sign_in::Returned { callback, path, person: None, origin: domain::audit::Origin::default() };
        assert_eq!(next.sign_in.callback(returned).await.unwrap().failure, None, "as good as before");
    }
}

#[tokio::test]
async fn a_sign_in_that_another_one_took_the_place_of_is_given_back() {
    for world in World::each().await {
        assert_eq!(world.sign_in(Vendor::Codex).await, None);
        let first = world.issuer.issued(Vendor::Codex);
        assert_eq!(world.sign_in(Vendor::Codex).await, None);
        assert_eq!(world.issuer.counts(Vendor::Codex).revocations, 1);
        assert!(first.iter().all(|token| !world.issuer.accepts(Vendor::Codex, token)), "the old one is over");
        world.expire().await;
        world.house.services.connections.recheck_now(&id("codex")).await.unwrap();
        assert_eq!(world.issuer.counts(Vendor::Codex).refreshed, 1, "the new one is not");
        assert!(world.actions().await.contains(&"grant_revoke".to_owned()));
    }
}
