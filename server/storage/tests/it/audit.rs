use crate::make::{entry, id, later, provider};
use domain::audit::{Action, AuditFilter, Object, Origin};
use domain::people::Actor;
use services::ports::AuditRepo;
use testkit::database::TestDatabase;
use vocab::{AuditId, UserId};

async fn lines_read_back_newest_first(database: &TestDatabase) {
    let storage = database.storage();
    let mut one = entry(1, Action::CONNECT);
    one.actor = Actor::Person { user_id: UserId::new(id(5)), name: "Zoë Ä".into() };
    one.object = Object::Provider(provider("openai"));
    one.detail = "🦀".repeat(501);
    let mut two = entry(2, Action::SIGN_IN_FAILED);
    (two.at, two.actor, two.succeeded) = (later(1), Actor::Stranger, false);
    (two.origin, two.detail) = (Origin::default(), "a\0b".into());
    storage.append(vec![one, two]).await.unwrap();
    storage.append(vec![]).await.unwrap();
    let page = storage.page(&AuditFilter::default(), 10).await.unwrap();
    assert_eq!(page.iter().map(|line| line.id).collect::<Vec<_>>(), [AuditId::new(id(2)), AuditId::new(id(1))]);
    assert_eq!(
        (page[0].actor_name.as_str(), page[0].succeeded, page[0].detail.as_str(), page[0].at),
        ("a stranger", false, "ab", later(1))
    );
    assert_eq!((page[1].object_kind.as_str(), page[1].object_id.as_str()), ("provider", "openai"));
    assert_eq!((page[1].actor_user, page[1].origin.request_id.as_str()), (Some(UserId::new(id(5))), "r1"));
    assert_eq!(page[1].detail, "🦀".repeat(500), "cut between characters");
}

async fn filters_narrow_and_pages_follow(database: &TestDatabase) {
    let storage = database.storage();
    let mut lines = Vec::new();
    for n in 1..=20_u128 {
        let mut line = entry(n, if n % 2 == 0 { Action::CONNECT } else { Action::DISCONNECT });
        line.succeeded = n % 5 != 0;
        line.object = if n % 4 == 0 { Object::Provider(provider("groq")) } else { Object::Installation };
        let name = ["100% Ann", "ÉMILE_b", "back\\slash", "x"][usize::try_from(n % 4).unwrap()];
        line.actor = Actor::Person { user_id: UserId::new(id(n)), name: name.into() };
        lines.push(line);
    }
    storage.append(lines).await.unwrap();
    let count = async |filter: AuditFilter| storage.page(&filter, 100).await.unwrap().len();
    let filter = AuditFilter::default;
    assert_eq!(count(AuditFilter { action: Some("connect".into()), ..filter() }).await, 10);
    assert_eq!(count(AuditFilter { succeeded: Some(false), ..filter() }).await, 4);
    assert_eq!(count(AuditFilter { object_kind: Some("provider".into()), object_id: Some("groq".into()), ..filter() }).await, 5);
    assert_eq!(count(AuditFilter { action: Some("connect".into()), succeeded: Some(false), ..filter() }).await, 2);
    for (part, expected) in
        [("ann", 5), ("0% a", 5), ("%", 5), ("émile", 5), ("_B", 5), ("_", 5), ("\\", 5), ("k\\s", 5), ("nobody\0", 0), ("", 20)]
    {
        assert_eq!(count(AuditFilter { actor: Some(part.into()), ..filter() }).await, expected, "{part:?}");
    }
    let mut seen = Vec::new();
    let mut before = None;
    loop {
        let page = storage.page(&AuditFilter { before, ..filter() }, 7).await.unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.id);
        seen.extend(page.into_iter().map(|line| line.id));
    }
    assert_eq!(seen, (1..=20).rev().map(|n| AuditId::new(id(n))).collect::<Vec<_>>());
}

both!(lines_read_back_newest_first, filters_narrow_and_pages_follow);
