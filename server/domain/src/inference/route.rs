//! From the model name in a request to the connection that serves it.

use vocab::{ProviderId, Tier};

/// A model name as callers write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelName {
    /// `provider/model`: this provider or nobody.
    Pinned(ProviderId, String),
    /// A bare id: whoever has it.
    Bare(String),
    /// `tier:strong`: any model of that tier.
    Tier(Tier),
}

/// A model that could serve a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Whose model.
    pub provider_id: ProviderId,
    /// Bare id, as the upstream knows it.
    pub model_id: String,
    /// How good it is.
    pub tier: Option<Tier>,
    /// Can the connection take requests right now?
    pub usable: bool,
    /// Is it known to be in order (not cooling down)? Such candidates go first.
    pub healthy: bool,
    /// List price of a million input tokens in microdollars, to prefer the cheaper of equals.
    pub input_microdollars: Option<u64>,
}

/// Why nobody can serve a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoRoute {
    /// The named provider has no usable connection.
    NotConfigured(ProviderId),
    /// The provider is connected and does not have that model (or models were never synced).
    UnknownModel {
        /// The name as asked.
        asked: String,
    },
    /// Nobody usable serves what was asked.
    NoEligibleEndpoints {
        /// The name as asked.
        asked: String,
    },
}

impl ModelName {
    /// Reads a name. `provider/model` counts as pinned only when `is_provider` knows the part before the first slash,
    /// because model ids have slashes too (`meta-llama/Llama-3`).
    pub fn read(name: &str, is_provider: impl Fn(&ProviderId) -> bool) -> Self {
        if let Some(tier) = name.strip_prefix("tier:").and_then(|word| word.parse().ok()) {
            return Self::Tier(tier);
        }
        if let Some((provider, model)) = name.split_once('/')
            && let Ok(provider) = provider.parse::<ProviderId>()
            && is_provider(&provider)
            && !model.is_empty()
        {
            return Self::Pinned(provider, model.to_owned());
        }
        Self::Bare(name.to_owned())
    }
}

/// The candidates that fit, best first: healthy before cooling down, cheaper before dearer, then by name so that the
/// same question always has the same answer.
///
/// # Errors
/// [`NoRoute`] says which of the three troubleshooting messages applies.
pub fn choose<'a>(
    name: &ModelName,
    asked: &str,
    candidates: &'a [Candidate],
    connected: impl Fn(&ProviderId) -> bool,
) -> Result<Vec<&'a Candidate>, NoRoute> {
    let fits = |c: &&Candidate| match name {
        ModelName::Pinned(provider, model) => c.provider_id == *provider && c.model_id == *model,
        ModelName::Bare(model) => c.model_id == *model,
        ModelName::Tier(tier) => c.tier == Some(*tier),
    };
    if let ModelName::Pinned(provider, _) = name
        && !connected(provider)
    {
        return Err(NoRoute::NotConfigured(provider.clone()));
    }
    let fitting: Vec<&Candidate> = candidates.iter().filter(fits).collect();
    if fitting.is_empty() {
        return Err(match name {
            ModelName::Tier(_) => NoRoute::NoEligibleEndpoints { asked: asked.to_owned() },
            ModelName::Pinned(..) | ModelName::Bare(_) => NoRoute::UnknownModel { asked: asked.to_owned() },
        });
    }
    let mut usable: Vec<&Candidate> = fitting.into_iter().filter(|c| c.usable).collect();
    if usable.is_empty() {
        return Err(NoRoute::NoEligibleEndpoints { asked: asked.to_owned() });
    }
    usable.sort_by(|a, b| {
        let key = |c: &Candidate| (!c.healthy, c.input_microdollars.unwrap_or(u64::MAX));
        key(a).cmp(&key(b)).then_with(|| (&a.provider_id, &a.model_id).cmp(&(&b.provider_id, &b.model_id)))
    });
    Ok(usable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> ProviderId {
        text.parse().unwrap_or_else(|_| unreachable!())
    }

    fn candidate(provider: &str, model: &str, usable: bool, price: u64) -> Candidate {
        Candidate {
            provider_id: id(provider),
            model_id: model.into(),
            tier: Some(Tier::Strong),
            usable,
            healthy: usable,
            input_microdollars: Some(price),
        }
    }

    #[test]
    fn names_read_as_pinned_bare_or_tier() {
        let known = |p: &ProviderId| p.as_str() == "together";
        assert_eq!(ModelName::read("together/meta/llama", known), ModelName::Pinned(id("together"), "meta/llama".into()));
        assert_eq!(ModelName::read("meta/llama", known), ModelName::Bare("meta/llama".into()));
        assert_eq!(ModelName::read("tier:basic", known), ModelName::Tier(Tier::Basic));
        assert_eq!(ModelName::read("tier:none", known), ModelName::Bare("tier:none".into()));
    }

    #[test]
    fn the_cheaper_healthy_candidate_goes_first() {
        let all = [candidate("b", "m", true, 5), candidate("a", "m", true, 9), candidate("c", "m", false, 1)];
        let names: Vec<_> = choose(&ModelName::Bare("m".into()), "m", &all, |_| true)
            .map(|v| v.iter().map(|c| c.provider_id.to_string()).collect())
            .unwrap_or_default();
        assert_eq!(names, ["b", "a"]);
    }

    #[test]
    fn each_dead_end_has_its_own_message() {
        let all = [candidate("a", "m", false, 1)];
        let ask = |name: ModelName, connected: bool| choose(&name, "x", &all, |_| connected).map(|_| ());
        assert_eq!(ask(ModelName::Pinned(id("a"), "m".into()), false), Err(NoRoute::NotConfigured(id("a"))));
        assert_eq!(ask(ModelName::Bare("z".into()), true), Err(NoRoute::UnknownModel { asked: "x".into() }));
        assert_eq!(ask(ModelName::Bare("m".into()), true), Err(NoRoute::NoEligibleEndpoints { asked: "x".into() }));
        assert_eq!(ask(ModelName::Tier(Tier::Basic), true), Err(NoRoute::NoEligibleEndpoints { asked: "x".into() }));
    }
}
