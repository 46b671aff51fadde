//! Class and tier of a model, by longest prefix of its id, from a data file.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use vocab::{ModelClass, Tier};

const TIERS: &str = include_str!("tiers.toml");

/// What a model is for and how good it is at general work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Classification {
    /// What it is for.
    pub class: ModelClass,
    /// How good it is; only for models that converse, and only where known.
    pub tier: Option<Tier>,
}

/// The data file as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    dotted_vendors: BTreeSet<String>,
    sizes: Sizes,
    marks: BTreeMap<ModelClass, BTreeSet<String>>,
    hints: BTreeMap<ModelClass, BTreeSet<String>>,
    classes: BTreeMap<ModelClass, Prefixes>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sizes {
    basic: f64,
    adequate: f64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Prefixes {
    frontier: Vec<String>,
    strong: Vec<String>,
    adequate: Vec<String>,
    basic: Vec<String>,
    unrated: Vec<String>,
}

/// The data file, ready to be asked.
#[derive(Debug, Default)]
struct Table {
    file: File,
    by_prefix: BTreeMap<String, Classification>,
}

/// A broken data file leaves every model unrated; a test keeps it whole.
static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(TIERS).unwrap_or_default());

/// Class and tier of a model id as a provider writes it. Unknown models are [`ModelClass::Other`] without a tier.
pub fn classify(model_id: &str) -> Classification {
    TABLE.classify(model_id)
}

impl Table {
    fn read(text: &str) -> Result<Self, toml::de::Error> {
        let file: File = toml::from_str(text)?;
        let mut by_prefix = BTreeMap::new();
        for (class, prefixes) in &file.classes {
            let rated = [
                (&prefixes.frontier, Some(Tier::Frontier)),
                (&prefixes.strong, Some(Tier::Strong)),
                (&prefixes.adequate, Some(Tier::Adequate)),
                (&prefixes.basic, Some(Tier::Basic)),
                (&prefixes.unrated, None),
            ];
            for (list, tier) in rated {
                by_prefix.extend(list.iter().map(|prefix| (prefix.clone(), Classification { class: *class, tier })));
            }
        }
        Ok(Self { file, by_prefix })
    }

    fn classify(&self, model_id: &str) -> Classification {
        let name = Name::read(model_id, &self.file.dotted_vendors);
        let family = self.longest_prefix(&name.plain);
        let class = self.marked(&name).or(family.map(|family| family.class)).or_else(|| self.hinted(&name)).unwrap_or(ModelClass::Other);
        let best = family.and_then(|family| family.tier).filter(|_| class.converses());
        // Tiers are declared best first, so the greater one is the lesser model.
        let tier = best.map(|best| self.size_tier(name.billions).map_or(best, |sized| sized.max(best)));
        Classification { class, tier }
    }

    fn longest_prefix(&self, plain: &str) -> Option<Classification> {
        let mut ends = (1..=plain.len()).rev().filter(|end| is_boundary(plain, *end));
        ends.find_map(|end| self.by_prefix.get(plain.get(..end)?)).copied()
    }

    /// A part that decides the class whatever the family; `non-reasoning` is the opposite of `reasoning`.
    fn marked(&self, name: &Name) -> Option<ModelClass> {
        let parts: Vec<&str> = name.plain.split('-').collect();
        let negated = |at: usize| at > 0 && parts[at - 1] == "non";
        if let Some(at) = parts.iter().position(|part| *part == "reasoning")
            && negated(at)
        {
            return Some(ModelClass::Chat);
        }
        // Thinking is the weakest mark: an embedding or speech model stays one.
        let of = |class: &ModelClass| parts.iter().any(|part| self.file.marks[class].contains(*part));
        let strongest = self.file.marks.keys().filter(|class| !class.converses()).find(|class| of(class));
        strongest.or_else(|| self.file.marks.keys().filter(|class| class.converses()).find(|class| of(class))).copied()
    }

    fn hinted(&self, name: &Name) -> Option<ModelClass> {
        let hinted =
            self.file.hints.iter().find(|(_, words)| name.plain.split('-').any(|part| words.contains(part))).map(|(class, _)| *class);
        hinted.or_else(|| name.billions.map(|_| ModelClass::Chat))
    }

    fn size_tier(&self, billions: Option<f64>) -> Option<Tier> {
        let billions = billions?;
        if billions <= self.file.sizes.basic {
            Some(Tier::Basic)
        } else if billions <= self.file.sizes.adequate {
            Some(Tier::Adequate)
        } else {
            None
        }
    }
}

/// A model id taken apart.
#[derive(Debug, PartialEq)]
struct Name {
    /// Without vendor and tag, in the form that prefixes are written in.
    plain: String,
    /// Billions of parameters, where the id or its tag says.
    billions: Option<f64>,
}

impl Name {
    fn read(model_id: &str, dotted_vendors: &BTreeSet<String>) -> Self {
        let lower = model_id.trim().to_lowercase();
        let own = lower.strip_prefix("ft:").unwrap_or(&lower);
        let mut name = own.rsplit('/').next().unwrap_or(own).trim_start_matches(['~', '@']);
        while let Some((vendor, rest)) = name.split_once('.')
            && dotted_vendors.contains(vendor)
        {
            name = rest;
        }
        let (name, tag) = name.split_once(':').unwrap_or((name, ""));
        Self { plain: plain(name), billions: billions(name).or_else(|| billions(tag)) }
    }
}

/// May a prefix end here? Not within a word or a number: `phi` is not the beginning of `phind`, nor `o1` of `o10`.
fn is_boundary(plain: &str, end: usize) -> bool {
    match (plain.as_bytes().get(end - 1), plain.as_bytes().get(end)) {
        (Some(before), Some(after)) => {
            !(before.is_ascii_alphabetic() && after.is_ascii_alphabetic() || before.is_ascii_digit() && after.is_ascii_digit())
        }
        _ => true,
    }
}

/// `.` and `_` as `-`, and a `p` between digits as well (`v3p1`).
fn plain(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let digit = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(char::is_ascii_digit);
    let one = |(at, c): (usize, &char)| match c {
        '.' | '_' | ' ' => '-',
        'p' if digit(at.checked_sub(1)) && digit(Some(at + 1)) => '-',
        other => *other,
    };
    chars.iter().enumerate().map(one).collect()
}

/// The first size among the parts of a name: `70b`, `1.5b`, `8x7b`, `270m`, `2.4t`.
fn billions(name: &str) -> Option<f64> {
    name.split(['-', '_', ':', ' ']).find_map(size)
}

fn size(part: &str) -> Option<f64> {
    let scale = match part.chars().last()? {
        'b' => 1.0,
        'm' => 0.001,
        't' => 1000.0,
        _ => return None,
    };
    let digits = part.get(..part.len() - 1)?;
    let number = |text: &str| text.starts_with(|c: char| c.is_ascii_digit()).then(|| text.parse::<f64>().ok()).flatten();
    let count = match digits.trim_start_matches('e').split_once('x') {
        Some((experts, each)) => number(experts)? * number(each)?,
        None => number(digits.trim_start_matches('e'))?,
    };
    Some(count * scale)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use vocab::ModelClass::{Audio, Chat, Classifier, Embedding, Image, Other, Reasoning};
    use vocab::Tier::{Adequate, Basic, Frontier, Strong};

    #[test]
    fn the_data_file_is_whole() {
        let table = Table::read(TIERS).unwrap_or_else(|error| panic!("{error}"));
        let written: usize = table
            .file
            .classes
            .values()
            .map(|p| p.frontier.len() + p.strong.len() + p.adequate.len() + p.basic.len() + p.unrated.len())
            .sum();
        assert_eq!(written, table.by_prefix.len(), "a prefix stands twice");
        for prefix in table.by_prefix.keys() {
            assert_eq!(plain(prefix), *prefix, "prefixes are written in the compared form");
        }
        for (class, prefixes) in &table.file.classes {
            assert!(class.converses() || prefixes.frontier.is_empty() && prefixes.basic.is_empty(), "{class} has tiers");
        }
    }

    fn all_are(expected: &[(&str, ModelClass, Option<Tier>)]) {
        let wrong: Vec<_> = expected
            .iter()
            .filter(|(id, class, tier)| classify(id) != Classification { class: *class, tier: *tier })
            .map(|e| (e, classify(e.0)))
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn families_are_known() {
        all_are(&[
            ("claude-opus-4-5-20251101", Chat, Some(Frontier)),
            ("claude-opus-5", Chat, Some(Frontier)),
            ("claude-sonnet-4-5", Chat, Some(Strong)),
            ("claude-sonnet-5", Chat, Some(Frontier)),
            ("claude-3-5-sonnet-latest", Chat, Some(Strong)),
            ("claude-haiku-4-5-20251001", Chat, Some(Adequate)),
            ("claude-3-haiku-20240307", Chat, Some(Basic)),
            ("gpt-5.5", Reasoning, Some(Frontier)),
            ("gpt-5", Reasoning, Some(Strong)),
            ("gpt-5-mini-2025-08-07", Reasoning, Some(Adequate)),
            ("gpt-5-nano", Reasoning, Some(Basic)),
            ("gpt-5.4-mini", Reasoning, Some(Adequate)),
            ("gpt-5.3-codex", Reasoning, Some(Frontier)),
            ("gpt-4.1", Chat, Some(Strong)),
            ("gpt-4.1-nano", Chat, Some(Basic)),
            ("gpt-4o", Chat, Some(Adequate)),
            ("gpt-4o-mini", Chat, Some(Basic)),
            ("gpt-3.5-turbo", Chat, Some(Basic)),
            ("o3", Reasoning, Some(Strong)),
            ("o4-mini", Reasoning, Some(Adequate)),
            ("ft:gpt-4o-mini:acme::1", Chat, Some(Basic)),
        ]);
    }

    #[test]
    fn more_families_are_known() {
        all_are(&[
            ("models/gemini-2.5-pro", Reasoning, Some(Strong)),
            ("gemini-2.5-flash", Chat, Some(Adequate)),
            ("gemini-2.5-flash-lite", Chat, Some(Basic)),
            ("gemini-3-pro-preview", Reasoning, Some(Frontier)),
            ("grok-4-0709", Reasoning, Some(Strong)),
            ("grok-4.6", Reasoning, Some(Frontier)),
            ("grok-3-mini", Reasoning, Some(Adequate)),
            ("grok-4-fast-non-reasoning", Chat, Some(Adequate)),
            ("mistral-large-2512", Chat, Some(Strong)),
            ("mistral-medium-latest", Chat, Some(Strong)),
            ("mistral-small-latest", Chat, Some(Adequate)),
            ("ministral-8b-latest", Chat, Some(Basic)),
            ("codestral-2508", Chat, Some(Adequate)),
            ("magistral-medium-2509", Reasoning, Some(Strong)),
            ("deepseek-chat", Chat, Some(Strong)),
            ("deepseek-reasoner", Reasoning, Some(Strong)),
            ("command-a-03-2025", Chat, Some(Strong)),
            ("command-r7b-12-2024", Chat, Some(Basic)),
            ("kimi-k2-instruct", Chat, Some(Strong)),
            ("glm-4.6", Chat, Some(Strong)),
            ("phi-4", Chat, Some(Adequate)),
        ]);
    }

    #[test]
    fn vendors_in_front_do_not_matter() {
        let expected = [
            ("anthropic/claude-opus-4.5", Chat, Some(Frontier)),
            ("global.anthropic.claude-sonnet-4-5-20250929-v1:0", Chat, Some(Strong)),
            ("us.meta.llama3-1-8b-instruct-v1:0", Chat, Some(Basic)),
            ("accounts/fireworks/models/deepseek-v3p1", Chat, Some(Strong)),
            ("accounts/fireworks/models/glm-4p7", Chat, Some(Strong)),
            ("accounts/fireworks/models/llama-v3p1-405b-instruct", Chat, Some(Strong)),
            ("meta-llama/Llama-3.3-70B-Instruct-Turbo", Chat, Some(Adequate)),
            ("Qwen/Qwen3-235B-A22B-Instruct-2507", Chat, Some(Strong)),
            ("openai/gpt-oss-120b", Reasoning, Some(Strong)),
            ("openai/gpt-oss-20b", Reasoning, Some(Adequate)),
            ("@openai/gpt-4o", Chat, Some(Adequate)),
            ("~anthropic/claude-opus-latest", Chat, Some(Frontier)),
            ("moonshotai/Kimi-K2-Thinking", Reasoning, Some(Strong)),
        ];
        all_are(&expected);
    }

    #[test]
    fn sizes_of_local_tags_lower_the_tier() {
        let expected = [
            ("llama3.2:3b", Chat, Some(Basic)),
            ("llama3.1:70b", Chat, Some(Adequate)),
            ("llama3.1:405b", Chat, Some(Adequate)),
            ("qwen3:8b", Chat, Some(Basic)),
            ("qwen3:235b", Chat, Some(Strong)),
            ("qwen2.5-coder:1.5b", Chat, Some(Basic)),
            ("deepseek-r1:7b", Reasoning, Some(Basic)),
            ("deepseek-r1:671b", Reasoning, Some(Strong)),
            ("gemma3:27b", Chat, Some(Adequate)),
            ("gemma3:270m", Chat, Some(Basic)),
            ("ai/smollm2", Chat, Some(Basic)),
            ("ai/llama3.2:3B-Q4_K_M", Chat, Some(Basic)),
            ("hf.co/bartowski/Llama-3.2-3B-Instruct-GGUF:Q4_K_M", Chat, Some(Basic)),
            ("gpt-oss:20b", Reasoning, Some(Adequate)),
            ("somebody/mythical-13b", Chat, None),
        ];
        all_are(&expected);
    }

    #[test]
    fn what_does_not_converse_has_no_tier() {
        for (id, class) in [
            ("text-embedding-3-large", Embedding),
            ("gemini-embedding-001", Embedding),
            ("codestral-embed-2505", Embedding),
            ("nomic-embed-text:latest", Embedding),
            ("embed-v4.0", Embedding),
            ("whisper-large-v3-turbo", Audio),
            ("gpt-4o-mini-tts", Audio),
            ("gpt-4o-transcribe", Audio),
            ("gpt-realtime-2", Audio),
            ("gemini-2.5-flash-preview-tts", Audio),
            ("dall-e-3", Image),
            ("gpt-image-1", Image),
            ("gpt-5-image", Image),
            ("imagen-4.0-generate-001", Image),
            ("gemini-2.5-flash-image", Image),
            ("black-forest-labs/FLUX.1-schnell", Image),
            ("omni-moderation-latest", Classifier),
            ("rerank-v3.5", Classifier),
            ("meta-llama/llama-guard-4-12b", Classifier),
            ("openai/gpt-oss-safeguard-20b", Classifier),
            ("mistral-ocr-latest", Other),
            ("something-new", Other),
            ("", Other),
        ] {
            assert_eq!(classify(id), Classification { class, tier: None }, "{id}");
        }
    }

    proptest! {
        #[test]
        fn no_name_panics_and_only_talkers_have_tiers(id in "\\PC{0,60}") {
            let known = classify(&id);
            prop_assert!(known.class.converses() || known.tier.is_none());
            prop_assert_eq!(classify(&id), known);
        }

        #[test]
        fn case_and_vendor_never_change_the_answer(at in 0..200_usize, vendor in "[A-Za-z]{1,8}") {
            let prefix = TABLE.by_prefix.keys().nth(at % TABLE.by_prefix.len()).expect("a prefix").clone();
            let plain_answer = classify(&prefix);
            prop_assert_eq!(classify(&prefix.to_uppercase()), plain_answer);
            prop_assert_eq!(classify(&format!("{vendor}/{prefix}")), plain_answer);
            prop_assert_eq!(classify(&format!("{prefix}:latest")), plain_answer);
        }

        #[test]
        fn a_bigger_model_of_a_family_is_never_worse(small in 1..400_u32, more in 0..400_u32) {
            let tier = |size: u32| classify(&format!("qwen3:{size}b")).tier;
            prop_assert!(tier(small + more) <= tier(small));
        }
    }
}
