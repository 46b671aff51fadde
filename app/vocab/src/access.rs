//! Who may do what.

use crate::text_enum::text_enum;

text_enum! {
    /// A person's role.
    pub enum Role {
        /// Everything.
        Owner = "owner",
        /// Connects providers, runs builds, hands out access tokens.
        Operator = "operator",
        /// Owns suppliers, contracts, bills.
        Finance = "finance",
        /// Looks.
        Viewer = "viewer",
    }
}

text_enum! {
    /// One thing a caller may be allowed to do. Checked in services, never in pages.
    pub enum Permission {
        /// See providers, models, usage.
        ViewPlatform = "view_platform",
        /// Connect, test, sync, disconnect providers; try them.
        ManageProviderConnections = "manage_provider_connections",
        /// Start and cancel builds.
        ManageBuilds = "manage_builds",
        /// Create and revoke access tokens.
        ManageAccessTokens = "manage_access_tokens",
        /// Send inference through the gateway.
        UseInference = "use_inference",
        /// See suppliers, contracts, bills.
        ViewFinance = "view_finance",
        /// Change suppliers, contracts, bills.
        ManageFinance = "manage_finance",
        /// Add people, set roles, reset passwords.
        ManageTeam = "manage_team",
        /// Read the audit log.
        ViewAudit = "view_audit",
        /// Keys, retention, switches for the whole installation.
        ManageSettings = "manage_settings",
        /// Read `/metrics`.
        ReadMetrics = "read_metrics",
    }
}

impl Role {
    /// The role's name on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Owner => "Owner",
            Self::Operator => "Operator",
            Self::Finance => "Finance",
            Self::Viewer => "Viewer",
        }
    }

    /// The role matrix.
    pub const fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Owner => true,
            Self::Operator => matches!(
                permission,
                P::ViewPlatform
                    | P::ManageProviderConnections
                    | P::ManageBuilds
                    | P::ManageAccessTokens
                    | P::UseInference
                    | P::ViewAudit
                    | P::ReadMetrics
            ),
            Self::Finance => matches!(permission, P::ViewPlatform | P::ViewFinance | P::ManageFinance | P::ViewAudit),
            Self::Viewer => matches!(permission, P::ViewPlatform),
        }
    }
}

text_enum! {
    /// What an access token may be used for.
    pub enum Scope {
        /// The gateway.
        Inference = "inference",
        /// Start and read builds.
        Builds = "builds",
        /// Start sign-in flows.
        Connect = "connect",
        /// Read the API.
        Read = "read",
        /// Write through the API, with the role of the person who made the token.
        Admin = "admin",
        /// `/metrics`.
        Metrics = "metrics",
    }
}

impl Scope {
    /// What the scope is for, in a few words.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Inference => "Send inference through the gateway",
            Self::Builds => "Start and read builds",
            Self::Connect => "Start sign-in flows",
            Self::Read => "Read the API",
            Self::Admin => "Write through the API, with its creator's role",
            Self::Metrics => "Read /metrics",
        }
    }
}
