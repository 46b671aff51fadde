//! The few lines of shell that start a provider's program. They hold no secret and no prompt: both are files in the sandbox's
//! home directory, whose place only the sandbox knows.

use crate::provider::{CliSettings, PromptPlace};
use vocab::Lending;

/// The file with the prompt, below the home directory.
pub const HOME_PROMPT: &str = ".purser/prompt";
/// The file with the broker's capability, below the home directory.
pub const HOME_CAPABILITY: &str = ".purser/capability";

/// What the script needs to know of the sandbox.
#[derive(Debug, Clone, Copy)]
pub struct Lane<'a> {
    /// The program's path inside.
    pub program: &'a str,
    /// How the run borrows.
    pub lending: Lending,
}

/// What `/bin/sh -c` runs: the sign-in through the helper where the mode wants it, then the program itself in its place.
pub fn run_script(cli: &CliSettings, lane: Lane<'_>) -> String {
    let program = quoted(lane.program);
    let mut script = String::new();
    if lane.lending == Lending::Broker && !cli.broker_login.is_empty() {
        let words: Vec<String> = cli.broker_login.iter().map(|word| quoted(word)).collect();
        script = format!("{program} {} </dev/null || exit $?\n", words.join(" "));
    }
    let arguments = cli.run.iter().map(|argument| {
        quoted(argument)
            .replace(CliSettings::PROMPT_FILE, &format!("'\"$HOME\"'/{HOME_PROMPT}"))
            .replace(CliSettings::WORKSPACE, "'\"$PWD\"'")
    });
    let arguments: Vec<String> = arguments.collect();
    let stdin = match cli.prompt {
        PromptPlace::File => "</dev/null".to_owned(),
        PromptPlace::Stdin => format!("<\"$HOME\"/{HOME_PROMPT}"),
    };
    format!("{script}exec {program} {} {stdin}", arguments.join(" "))
}

/// One word for the shell, whatever is in it.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}
