//! What a build in the queue waits for. The queue itself is the database's; this says the same of it in words.

use super::Build;
use vocab::{BuildPhase, Lending};

/// Why a build waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// As many run as may.
    Turn {
        /// How many of those that wait come first.
        before: usize,
        /// How many run at once.
        at_once: u32,
    },
    /// Another build has the whole sign-in, and this one wants it, too.
    HandedOver,
    /// For nothing: it is about to be taken.
    Nothing,
}

/// What `build` waits for among `others`; `None` when it does not wait.
pub fn wait_of(build: &Build, others: &[Build], at_once: u32) -> Option<Wait> {
    if build.phase() != BuildPhase::Queued {
        return None;
    }
    let under_way = |other: &&Build| matches!(other.phase(), BuildPhase::Preparing | BuildPhase::Running);
    let running = others.iter().filter(under_way).count();
    let hands_over = |other: &Build| other.lending == Lending::HandOver && other.provider_id == build.provider_id;
    if hands_over(build) && others.iter().filter(under_way).any(hands_over) {
        return Some(Wait::HandedOver);
    }
    if running < usize::try_from(at_once).unwrap_or(usize::MAX) {
        return Some(Wait::Nothing);
    }
    let before = others.iter().filter(|other| other.phase() == BuildPhase::Queued && other.id < build.id).count();
    Some(Wait::Turn { before, at_once })
}

impl Wait {
    /// In a sentence for people.
    pub fn words(self) -> String {
        match self {
            Self::Turn { before, at_once } => {
                let most = match at_once {
                    1 => "One build runs at a time, and one is running".to_owned(),
                    many => format!("{many} builds run at once, and that many are running"),
                };
                let first = match before {
                    0 => "this one is next".to_owned(),
                    1 => "one other comes first".to_owned(),
                    many => format!("{many} others come first"),
                };
                format!("{most}; {first}.")
            }
            Self::HandedOver => "It waits because the sign-in is handed over to another build, one at a time.".to_owned(),
            Self::Nothing => "It is about to start.".to_owned(),
        }
    }
}
