//! Why a device-code sign-in failed.

/// The reason, with what is needed to say it. Its [`code`](FailureReason::code) is stable: pages and scripts react to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FailureReason {
    /// The provider has sign-in by code switched off, for this account or altogether.
    Disabled,
    /// The issuer refused; its own words.
    Refused(String),
    /// The issuer could not be reached or did not answer sensibly.
    Unreachable(String),
    /// The answer, or the program, would have sent people to an address that is not the provider's.
    ForeignAddress(String),
    /// The answer, or what the program printed, cannot be understood.
    Unreadable(String),
    /// The provider's program is not installed.
    ProgramMissing(String),
    /// The program ended without signing in; its last words.
    ProgramEnded(String),
    /// The program printed several codes and did not say which one counts.
    ManyCodes,
    /// The program printed more than any sign-in does.
    TooMuchOutput,
    /// The program did not come to an end.
    TooLong,
    /// The credential file the program left behind cannot be used.
    BadCredentialFile(String),
    /// Signed in, and the provider refuses the credential all the same; its own words. Often a plan that does not include it.
    CredentialRefused(String),
    /// Whoever began it may not connect providers any more, or has been signed out.
    NotAllowed,
    /// Somebody connected or disconnected the provider meanwhile.
    Overtaken,
    /// The server stopped in the middle.
    Interrupted,
    /// Our own fault; the log knows more.
    Internal,
}

impl FailureReason {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::Refused(_) => "refused",
            Self::Unreachable(_) => "unreachable",
            Self::ForeignAddress(_) => "foreign_address",
            Self::Unreadable(_) => "unreadable",
            Self::ProgramMissing(_) => "program_missing",
            Self::ProgramEnded(_) => "program_ended",
            Self::ManyCodes => "many_codes",
            Self::TooMuchOutput => "too_much_output",
            Self::TooLong => "too_long",
            Self::BadCredentialFile(_) => "bad_credential_file",
            Self::CredentialRefused(_) => "credential_refused",
            Self::NotAllowed => "not_allowed",
            Self::Overtaken => "overtaken",
            Self::Interrupted => "interrupted",
            Self::Internal => "internal",
        }
    }

    /// What goes with the code; empty where the code says it all.
    pub fn detail(&self) -> &str {
        match self {
            Self::Refused(text)
            | Self::Unreachable(text)
            | Self::ForeignAddress(text)
            | Self::Unreadable(text)
            | Self::ProgramMissing(text)
            | Self::ProgramEnded(text)
            | Self::BadCredentialFile(text)
            | Self::CredentialRefused(text) => text,
            _ => "",
        }
    }

    /// Built up again from [`code`](Self::code) and [`detail`](Self::detail).
    pub fn from_facts(code: &str, detail: String) -> Option<Self> {
        Some(match code {
            "disabled" => Self::Disabled,
            "refused" => Self::Refused(detail),
            "unreachable" => Self::Unreachable(detail),
            "foreign_address" => Self::ForeignAddress(detail),
            "unreadable" => Self::Unreadable(detail),
            "program_missing" => Self::ProgramMissing(detail),
            "program_ended" => Self::ProgramEnded(detail),
            "many_codes" => Self::ManyCodes,
            "too_much_output" => Self::TooMuchOutput,
            "too_long" => Self::TooLong,
            "bad_credential_file" => Self::BadCredentialFile(detail),
            "credential_refused" => Self::CredentialRefused(detail),
            "not_allowed" => Self::NotAllowed,
            "overtaken" => Self::Overtaken,
            "interrupted" => Self::Interrupted,
            "internal" => Self::Internal,
            _ => return None,
        })
    }

    /// What happened and what to do, for a person. `provider` is its name as shown.
    pub fn words(&self, provider: &str) -> String {
        match self {
            Self::Disabled => format!(
                "{provider} has sign-in with a code switched off. Switch it on in the account's security settings, \
                 or ask the administrator of the workspace to; then start again."
            ),
            Self::Refused(words) => format!("{provider} refused: {words}"),
            Self::Unreachable(words) => format!("{provider} could not be asked: {words}. Start again when it can be reached."),
            Self::ForeignAddress(host) => format!(
                "The sign-in would have sent you to {host}, which is not an address of {provider}. \
                 Nothing was opened. If it is right, name it in the catalogue as verification_hosts."
            ),
            Self::Unreadable(words) => format!("What {provider} answered cannot be used: {words}."),
            Self::ProgramMissing(program) => format!(
                "The program {program} is not installed. Run: purser tools install {program}. Or let Purser speak to {provider} itself."
            ),
            Self::ProgramEnded(words) => format!("The program of {provider} gave up: {words}"),
            Self::ManyCodes => format!("The program of {provider} showed several codes and did not say which one counts. Start again."),
            Self::TooMuchOutput => format!("The program of {provider} printed far more than a sign-in does, and was stopped."),
            Self::TooLong => format!("The program of {provider} did not come to an end, and was stopped. Start again."),
            Self::BadCredentialFile(words) => format!("The program of {provider} signed in, and what it stored cannot be used: {words}."),
            Self::CredentialRefused(words) => format!(
                "You signed in, and {provider} refuses the sign-in all the same: {words}. Often the plan does not include this use."
            ),
            Self::NotAllowed => {
                "Whoever began the sign-in was signed out of Purser meanwhile, or may no longer connect providers. Start again.".to_owned()
            }
            Self::Overtaken => format!(
                "Somebody changed the connection of {provider} meanwhile, so this sign-in was not used. Look at it, then start again."
            ),
            Self::Interrupted => "Purser was restarted in the middle of the sign-in. Start again.".to_owned(),
            Self::Internal => "Purser made a mistake; its log says more. Start again.".to_owned(),
        }
    }
}

impl From<super::AuthorizationError> for FailureReason {
    fn from(error: super::AuthorizationError) -> Self {
        use super::AuthorizationError as Error;
        match error {
            Error::Disabled => Self::Disabled,
            Error::Refused { message, .. } => Self::Refused(message),
            Error::Unavailable(status) => Self::Unreachable(format!("it answered with status {status}")),
            Error::ForeignAddress(host) => Self::ForeignAddress(host),
            Error::Unreadable(what) => Self::Unreadable(what.to_owned()),
        }
    }
}
