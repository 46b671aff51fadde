//! What a fresh model list changes.

use super::classify::{Classification, classify};
use super::price::ModelPrice;
use super::profile::{ListedModel, ModelProfile};
use std::collections::{BTreeMap, BTreeSet};
use time::OffsetDateTime;
use vocab::{ModelProfileId, ModelStatus, ProviderId};

/// Longest model id and display name, in characters.
const LONGEST_NAME: usize = 200;
/// More models than any provider has; a list beyond it is cut there.
const MOST_MODELS: usize = 10_000;

/// What a price list says of a model, used where the provider's own list is silent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ModelFacts {
    /// Context window in tokens.
    pub context_tokens: Option<u32>,
    /// List price.
    pub price: Option<ModelPrice>,
}

/// The rows to store and what to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncPlan {
    /// To insert or update, by id; also the ones of which only `last_seen_at` changed.
    pub save: Vec<ModelProfile>,
    /// What to tell.
    pub outcome: SyncOutcome,
}

/// Counts for people: "9 found, 2 new, 1 retired".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SyncOutcome {
    /// Models in the list.
    pub found: u32,
    /// Never seen before.
    pub new: u32,
    /// Known, and something about them changed.
    pub updated: u32,
    /// Missing for the first time.
    pub missing: u32,
    /// Missing for the second time in a row: retired.
    pub retired: u32,
    /// Back in the list after having been missing or retired.
    pub returned: u32,
    /// Entries with a name that no model can have.
    pub ignored: u32,
}

impl std::fmt::Display for SyncOutcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rest = [
            (self.new, "new"),
            (self.updated, "updated"),
            (self.returned, "back"),
            (self.missing, "missing"),
            (self.retired, "retired"),
            (self.ignored, "ignored"),
        ];
        write!(f, "{} found", self.found)?;
        rest.iter().filter(|(count, _)| *count > 0).try_for_each(|(count, word)| write!(f, ", {count} {word}"))
    }
}

/// Why a list is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SyncRefused {
    /// An empty list from a provider that had models is taken for a fault, not for the end of all of them.
    #[error("the provider's list is empty, although it had {known} models before; nothing was changed")]
    EmptyList {
        /// How many it had.
        known: usize,
    },
}

/// Compares what we have of one provider with its fresh list. `facts` fills in what the list does not tell; `new_id` makes
/// the ids of new rows.
///
/// # Errors
/// [`SyncRefused::EmptyList`]: nothing is to be changed.
pub fn plan(
    provider_id: &ProviderId,
    existing: &[ModelProfile],
    listed: &[ListedModel],
    now: OffsetDateTime,
    facts: impl Fn(&str) -> ModelFacts,
    mut new_id: impl FnMut() -> ModelProfileId,
) -> Result<SyncPlan, SyncRefused> {
    let (fresh, ignored) = readable(listed);
    let known = existing.iter().filter(|profile| profile.status != ModelStatus::Retired).count();
    if fresh.is_empty() && known > 0 {
        return Err(SyncRefused::EmptyList { known });
    }
    let mut outcome = SyncOutcome { found: count(fresh.len()), ignored, ..SyncOutcome::default() };
    let mut save = Vec::with_capacity(fresh.len());
    let by_name: BTreeMap<&str, &ModelProfile> = existing.iter().map(|profile| (profile.model_id.as_str(), profile)).collect();
    for (model_id, model) in &fresh {
        let known = by_name.get(model_id).copied();
        let base = known.cloned().unwrap_or_else(|| blank(provider_id, new_id(), model_id, now));
        let profile = seen(base, model, now, facts(model_id));
        match known {
            None => outcome.new += 1,
            Some(before) if before.status != ModelStatus::Active => outcome.returned += 1,
            Some(before) if differs(before, &profile) => outcome.updated += 1,
            Some(_) => {}
        }
        save.push(profile);
    }
    for profile in existing.iter().filter(|profile| !fresh.contains_key(profile.model_id.as_str())) {
        save.extend(unseen(profile, &mut outcome));
    }
    Ok(SyncPlan { save, outcome })
}

/// The list by model id, without repetitions and without names that no model can have, and how many those were.
fn readable(listed: &[ListedModel]) -> (BTreeMap<&str, &ListedModel>, u32) {
    let mut fresh = BTreeMap::new();
    let mut bad = BTreeSet::new();
    for model in listed.iter().take(MOST_MODELS) {
        let id = model.id.trim();
        if id.is_empty() || id.chars().count() > LONGEST_NAME || id.chars().any(is_hidden) {
            bad.insert(id);
        } else {
            fresh.entry(id).or_insert(model);
        }
    }
    (fresh, count(bad.len()))
}

/// Control characters, line breaks, and the invisible and direction-changing characters that make a name look like another.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The provider's words for a model, made fit to be shown.
fn shown(name: &str) -> Option<String> {
    let clean: String = name.chars().filter(|c| !is_hidden(*c)).take(LONGEST_NAME).collect();
    let clean = clean.trim();
    (!clean.is_empty()).then(|| clean.to_owned())
}

fn blank(provider_id: &ProviderId, id: ModelProfileId, model_id: &str, now: OffsetDateTime) -> ModelProfile {
    let Classification { class, tier } = classify(model_id);
    ModelProfile {
        id,
        provider_id: provider_id.clone(),
        model_id: model_id.to_owned(),
        display_name: None,
        class,
        tier,
        context_tokens: None,
        price: None,
        status: ModelStatus::Active,
        first_seen_at: now,
        last_seen_at: now,
    }
}

/// The profile of a model that is in the list: the list's words first, then the price list's, then what we had.
fn seen(before: ModelProfile, listed: &ListedModel, now: OffsetDateTime, facts: ModelFacts) -> ModelProfile {
    let Classification { class, tier } = classify(&before.model_id);
    let sound = |price: &ModelPrice| {
        let figures = price.per_million;
        [figures.input, figures.output, figures.cache_read, figures.cache_write]
            .into_iter()
            .flatten()
            .all(|figure| !figure.is_sign_negative())
    };
    ModelProfile {
        display_name: listed.display_name.as_deref().and_then(shown).or(before.display_name),
        class,
        tier,
        context_tokens: listed.context_tokens.filter(|tokens| *tokens > 0).or(facts.context_tokens).or(before.context_tokens),
        price: listed.price.clone().filter(sound).or(facts.price).or(before.price),
        status: ModelStatus::Active,
        last_seen_at: now,
        ..before
    }
}

/// A model that is not in the list: missing, then retired, then left alone.
fn unseen(profile: &ModelProfile, outcome: &mut SyncOutcome) -> Option<ModelProfile> {
    let status = match profile.status {
        ModelStatus::Active => {
            outcome.missing += 1;
            ModelStatus::Missing
        }
        ModelStatus::Missing => {
            outcome.retired += 1;
            ModelStatus::Retired
        }
        ModelStatus::Retired => return None,
    };
    Some(ModelProfile { status, ..profile.clone() })
}

/// Would a person see a difference? The day a price was read is not one.
fn differs(before: &ModelProfile, after: &ModelProfile) -> bool {
    let price = |profile: &ModelProfile| profile.price.as_ref().map(|price| (price.per_million, price.source.clone()));
    (&before.display_name, before.class, before.tier, before.context_tokens)
        != (&after.display_name, after.class, after.tier, after.context_tokens)
        || price(before) != price(after)
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::TokenPrice;
    use proptest::prelude::*;
    use rust_decimal::Decimal;
    use std::collections::BTreeSet;
    use time::macros::{date, datetime};
    use vocab::{ModelClass, Tier};

    const NOW: OffsetDateTime = datetime!(2026-11-23 10:00 UTC);

    fn provider() -> ProviderId {
        "openai".parse().expect("an id")
    }

    fn listed(id: &str) -> ListedModel {
        ListedModel { id: id.into(), display_name: None, context_tokens: None, price: None }
    }

    fn price(input: i64, source: &str) -> ModelPrice {
        ModelPrice {
            per_million: TokenPrice { input: Some(Decimal::from(input)), ..TokenPrice::default() },
            source: source.into(),
            as_of: date!(2026 - 11 - 23),
        }
    }

    fn ids() -> impl FnMut() -> ModelProfileId {
        let mut next = 0_u128;
        move || {
            next += 1;
            ModelProfileId::new(uuid::Uuid::from_u128(next))
        }
    }

    fn sync(existing: &[ModelProfile], names: &[&str], now: OffsetDateTime) -> Result<SyncPlan, SyncRefused> {
        let list: Vec<ListedModel> = names.iter().map(|name| listed(name)).collect();
        plan(&provider(), existing, &list, now, |_| ModelFacts::default(), ids())
    }

    /// Storage: rows replaced by id.
    fn stored(existing: &[ModelProfile], plan: &SyncPlan) -> Vec<ModelProfile> {
        let kept = existing.iter().filter(|old| plan.save.iter().all(|new| new.model_id != old.model_id));
        kept.chain(&plan.save).cloned().collect()
    }

    #[test]
    fn first_list() {
        let plan = sync(&[], &["gpt-5", "gpt-4o-mini", "gpt-5", " gpt-5 "], NOW).expect("a plan");
        assert_eq!(plan.outcome, SyncOutcome { found: 2, new: 2, ..SyncOutcome::default() });
        let mini = plan.save.iter().find(|p| p.model_id == "gpt-4o-mini").expect("there");
        assert_eq!((mini.class, mini.tier, mini.status), (ModelClass::Chat, Some(Tier::Basic), ModelStatus::Active));
        assert_ne!(plan.save[0].id, plan.save[1].id);
    }

    #[test]
    fn gone_twice_is_retired_and_back_is_active() {
        let mut rows = sync(&[], &["gpt-5", "o3"], NOW).expect("a plan").save;
        let id = rows.iter().find(|p| p.model_id == "o3").expect("there").id;
        let steps = [
            (vec!["gpt-5"], ModelStatus::Missing, "1 found, 1 missing"),
            (vec!["gpt-5", "o3"], ModelStatus::Active, "2 found, 1 back"),
            (vec!["gpt-5"], ModelStatus::Missing, "1 found, 1 missing"),
            (vec!["gpt-5"], ModelStatus::Retired, "1 found, 1 retired"),
            (vec!["gpt-5"], ModelStatus::Retired, "1 found"),
            (vec!["gpt-5", "o3"], ModelStatus::Active, "2 found, 1 back"),
        ];
        for (names, status, words) in steps {
            let plan = sync(&rows, &names, NOW).expect("a plan");
            rows = stored(&rows, &plan);
            let o3 = rows.iter().find(|p| p.model_id == "o3").expect("there");
            assert_eq!((o3.status, o3.id, plan.outcome.to_string().as_str()), (status, id, words));
        }
    }

    #[test]
    fn an_empty_list_changes_nothing() {
        let rows = sync(&[], &["gpt-5", "o3"], NOW).expect("a plan").save;
        assert_eq!(sync(&rows, &[], NOW), Err(SyncRefused::EmptyList { known: 2 }));
        assert_eq!(sync(&rows, &["\u{0}"], NOW), Err(SyncRefused::EmptyList { known: 2 }));
        assert_eq!(sync(&[], &[], NOW).expect("a plan").outcome.to_string(), "0 found");
        let retired: Vec<_> = rows.into_iter().map(|row| ModelProfile { status: ModelStatus::Retired, ..row }).collect();
        assert_eq!(sync(&retired, &[], NOW).expect("a plan").save, []);
    }

    #[test]
    fn the_providers_list_wins_over_the_price_list() {
        let facts = |_: &str| ModelFacts { context_tokens: Some(1000), price: Some(price(3, "genai-prices 0.2.1")) };
        let full = ListedModel { context_tokens: Some(2000), price: Some(price(5, "provider list")), ..listed("a") };
        let plan = plan(&provider(), &[], &[full, listed("b")], NOW, facts, ids()).expect("a plan");
        let of = |id: &str| plan.save.iter().find(|p| p.model_id == id).map(|p| (p.context_tokens, p.price.clone().map(|p| p.source)));
        assert_eq!(of("a"), Some((Some(2000), Some("provider list".into()))));
        assert_eq!(of("b"), Some((Some(1000), Some("genai-prices 0.2.1".into()))));
    }

    #[test]
    fn what_was_known_is_kept_and_changes_are_counted() {
        let with = |input: i64| {
            vec![ListedModel { display_name: Some("GPT".into()), price: Some(price(input, "provider list")), ..listed("gpt-5") }]
        };
        let go = |rows: &[ModelProfile], list: &[ListedModel]| {
            plan(&provider(), rows, list, NOW, |_| ModelFacts::default(), ids()).expect("a plan")
        };
        let rows = go(&[], &with(3)).save;
        assert_eq!(go(&rows, &with(3)).outcome.to_string(), "1 found");
        assert_eq!(go(&rows, &with(4)).outcome.to_string(), "1 found, 1 updated");
        let silent = go(&rows, &[listed("gpt-5")]);
        assert_eq!((silent.outcome.updated, silent.save[0].display_name.as_deref()), (0, Some("GPT")));
        assert_eq!(go(&rows, &with(-1)).save[0].price, rows[0].price, "a negative price is no price");
    }

    #[test]
    fn hostile_names_are_ignored_or_cleaned() {
        let long = "x".repeat(201);
        let plan = sync(&[], &["good", "", "bad\nname", "evil\u{202e}txt", &long], NOW).expect("a plan");
        assert_eq!(plan.outcome.to_string(), "1 found, 1 new, 4 ignored");
        let named = ListedModel { display_name: Some(format!("\u{1b}[31mRed\u{200b} {long}")), ..listed("good") };
        let plan = super::plan(&provider(), &[], &[named], NOW, |_| ModelFacts::default(), ids()).expect("a plan");
        let name = plan.save[0].display_name.clone().expect("a name");
        assert!(name.starts_with("[31mRed x") && name.chars().count() <= 200, "{name}");
    }

    proptest! {
        #[test]
        fn every_model_is_accounted_for(rounds in prop::collection::vec(prop::collection::btree_set("[a-e]", 1..5), 1..8)) {
            let mut rows: Vec<ModelProfile> = Vec::new();
            for names in rounds {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                let before = rows.clone();
                let plan = sync(&rows, &names, NOW).expect("a plan");
                rows = stored(&rows, &plan);
                let active: BTreeSet<&str> =
                    rows.iter().filter(|p| p.status == ModelStatus::Active).map(|p| p.model_id.as_str()).collect();
                prop_assert_eq!(active, names.iter().copied().collect::<BTreeSet<_>>());
                prop_assert_eq!(rows.len(), before.len() + plan.outcome.new as usize);
                for row in &before {
                    let now = rows.iter().find(|p| p.model_id == row.model_id).expect("nothing is deleted");
                    prop_assert!(row.status != ModelStatus::Active || now.status != ModelStatus::Retired, "never in one step");
                    prop_assert!(row.status != ModelStatus::Retired || now.status != ModelStatus::Missing);
                    prop_assert_eq!(row.first_seen_at, now.first_seen_at);
                }
            }
        }

        #[test]
        fn the_same_list_again_changes_nothing_visible(names in prop::collection::vec("\\PC{0,20}", 1..12)) {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            if let Ok(first) = sync(&[], &names, NOW) && first.outcome.found > 0 {
                let again = sync(&first.save, &names, NOW).expect("a plan");
                prop_assert_eq!(again.outcome, SyncOutcome { new: 0, ..first.outcome });
                prop_assert_eq!(again.save, first.save);
            }
        }
    }
}
