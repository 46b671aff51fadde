use crate::make::{NOW, id, later, provider, rows, trail};
use domain::models::{ModelPrice, ModelProfile, TokenPrice};
use rust_decimal::Decimal;
use services::ports::{ModelRepo, StoreError, Trail};
use testkit::database::TestDatabase;
use time::macros::date;
use vocab::{ModelClass, ModelProfileId, ModelStatus, Tier};

fn model(n: u128, name: &str, model_id: &str) -> ModelProfile {
    ModelProfile {
        id: ModelProfileId::new(id(n)),
        provider_id: provider(name),
        model_id: model_id.into(),
        display_name: Some("A model".into()),
        class: ModelClass::Reasoning,
        tier: Some(Tier::Frontier),
        context_tokens: Some(u32::MAX),
        price: Some(ModelPrice {
            per_million: TokenPrice {
                input: Some(Decimal::new(125, 2)),
                output: Some(Decimal::new(10, 0)),
                cache_read: None,
                cache_write: None,
            },
            source: "genai-prices 0.2.1".into(),
            as_of: date!(2026 - 11 - 01),
        }),
        status: ModelStatus::Active,
        first_seen_at: NOW,
        last_seen_at: later(1),
    }
}

async fn profiles_are_saved_changed_and_counted(database: &TestDatabase) {
    let storage = database.storage();
    let (mut a, b, c) = (model(1, "openai", "b"), model(2, "openai", "a"), model(3, "groq", "<b>"));
    storage.save(&[a.clone(), b.clone(), c.clone()], trail(1)).await.unwrap();
    assert_eq!(ModelRepo::of_provider(storage, &provider("openai")).await.unwrap(), [b.clone(), a.clone()]);
    assert_eq!(storage.all().await.unwrap(), [c.clone(), b.clone(), a.clone()]);
    assert_eq!(storage.counts().await.unwrap(), [(provider("groq"), 1), (provider("openai"), 2)]);

    a.status = ModelStatus::Missing;
    (a.price, a.tier, a.display_name, a.context_tokens) = (None, None, None, None);
    storage.save(&[a.clone()], trail(2)).await.unwrap();
    assert_eq!(ModelRepo::of_provider(storage, &provider("openai")).await.unwrap(), [b, a]);
    assert_eq!(storage.counts().await.unwrap(), [(provider("groq"), 1), (provider("openai"), 1)]);
    storage.save(&[], Trail::default()).await.unwrap();

    let twin = storage.save(&[model(4, "xai", "new"), model(5, "groq", "<b>")], trail(3)).await;
    assert!(matches!(twin, Err(StoreError::Conflict(_))), "{twin:?}");
    assert_eq!((rows(database, "model_profile").await, rows(database, "audit_log").await), (3, 2), "all of it or nothing");
}

async fn a_long_list_fits(database: &TestDatabase) {
    let storage = database.storage();
    let many: Vec<_> = (0..2_500).map(|n| model(n, "openrouter", &format!("vendor/model-{n:05}"))).collect();
    for _ in 0..2 {
        storage.save(&many, Trail::default()).await.unwrap();
    }
    assert_eq!(storage.all().await.unwrap(), many);
}

both!(profiles_are_saved_changed_and_counted, a_long_list_fits);
