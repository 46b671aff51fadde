//! What an endpoint that spends a plan takes of a Responses request, where that is less than the dialect has room for.

use super::raw::{RawPlan, SettingName};

/// Rules of a plan's endpoint. They are facts of the catalogue, so that requests are fitted or refused by name before
/// anything is sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlanRules {
    /// It answers with event streams only; a caller who did not ask for one gets the collected answer.
    pub stream_only: bool,
    /// What `store` has to say; `None` leaves it to the caller.
    pub store: Option<bool>,
    /// `instructions` has to be there, if only as an empty text.
    pub instructions: bool,
    /// Top-level members it does not take.
    pub refused: Vec<String>,
    /// Kinds of tools it does not take; `computer` also stands for `computer_use_preview`.
    pub refused_tools: Vec<String>,
}

/// Members that Purser itself writes, and that no plan can do without.
const OURS: [&str; 5] = ["model", "input", "stream", "store", "instructions"];

impl PlanRules {
    /// Does the endpoint refuse this top-level member?
    pub fn refuses(&self, member: &str) -> bool {
        self.refused.iter().any(|refused| refused == member)
    }

    /// Does the endpoint refuse tools of this kind?
    pub fn refuses_tool(&self, kind: &str) -> bool {
        let fits = |refused: &String| kind.strip_prefix(refused.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'));
        self.refused_tools.iter().any(fits)
    }

    /// Words, when the rules contradict themselves.
    fn check(self) -> Result<Self, String> {
        match OURS.iter().find(|ours| self.refuses(ours)) {
            Some(ours) => Err(format!("`plan.refused` names `{ours}`, which Purser itself has to send")),
            None => Ok(self),
        }
    }
}

impl TryFrom<RawPlan> for PlanRules {
    type Error = String;

    fn try_from(raw: RawPlan) -> Result<Self, String> {
        let names = |list: Option<Vec<SettingName>>| list.unwrap_or_default().into_iter().map(|name| name.0).collect();
        let rules = Self {
            stream_only: raw.stream_only.unwrap_or(false),
            store: raw.store,
            instructions: raw.instructions.unwrap_or(false),
            refused: names(raw.refused),
            refused_tools: names(raw.refused_tools),
        };
        rules.check()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_tools_are_compared_word_by_word() {
        let plan = PlanRules { refused_tools: vec!["computer".into(), "mcp".into()], ..PlanRules::default() };
        for (kind, refused) in
            [("computer", true), ("computer_use_preview", true), ("mcp", true), ("computers", false), ("function", false)]
        {
            assert_eq!(plan.refuses_tool(kind), refused, "{kind}");
        }
    }

    #[test]
    fn rules_that_nothing_could_follow_are_found() {
        let refusing = |member: &str| PlanRules { refused: vec![member.to_owned()], ..PlanRules::default() }.check();
        assert!(refusing("temperature").is_ok());
        assert!(refusing("stream").is_err_and(|words| words.contains("`stream`")));
    }
}
