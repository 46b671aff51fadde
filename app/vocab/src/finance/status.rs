//! Where a profile, contract, supplier or hand-off stands.

use crate::Tone;
use crate::text_enum::text_enum;

text_enum! {
    /// How far Finance has come with a provider. Derived from its contracts and work items, never chosen by hand,
    /// except for archiving.
    pub enum ProfileStatus {
        /// Handed over; no contract is active yet.
        Draft = "draft",
        /// Handed over; a work item asks for the plan's details.
        NeedsPlanDetails = "needs_plan_details",
        /// Under an active contract, or self-hosted.
        Active = "active",
        /// Under an active contract, with an open item of high or critical severity.
        AttentionNeeded = "attention_needed",
        /// Put away by Finance, or the provider was removed.
        Archived = "archived",
    }
}

impl ProfileStatus {
    /// The hue of the chip.
    pub const fn tone(self) -> Tone {
        match self {
            Self::Active => Tone::Ok,
            Self::Draft => Tone::Info,
            Self::NeedsPlanDetails | Self::AttentionNeeded => Tone::Warn,
            Self::Archived => Tone::Neutral,
        }
    }

    /// The words on the chip. Both states before the first active contract say that they are a draft.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Draft => "Seeded (draft)",
            Self::NeedsPlanDetails => "Seeded (draft): needs plan details",
            Self::Active => "Active",
            Self::AttentionNeeded => "Attention needed",
            Self::Archived => "Archived",
        }
    }
}

text_enum! {
    /// Where a contract stands.
    pub enum ContractStatus {
        /// Seeded or started by Finance; not in force.
        Draft = "draft",
        /// In force (or due to start on its start date).
        Active = "active",
        /// Paused by Finance: not evaluated, not billed.
        Suspended = "suspended",
        /// Its end date passed.
        Expired = "expired",
        /// Ended by Finance, or a draft that was never used.
        Terminated = "terminated",
        /// Replaced by a new version.
        Superseded = "superseded",
    }
}

impl ContractStatus {
    /// The hue of the chip.
    pub const fn tone(self) -> Tone {
        match self {
            Self::Active => Tone::Ok,
            Self::Draft => Tone::Info,
            Self::Suspended => Tone::Warn,
            Self::Expired | Self::Terminated | Self::Superseded => Tone::Neutral,
        }
    }

    /// The status on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Active => "Active",
            Self::Suspended => "Suspended",
            Self::Expired => "Expired",
            Self::Terminated => "Terminated",
            Self::Superseded => "Superseded",
        }
    }

    /// Nothing follows a terminal status; starting again means a new contract.
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Expired | Self::Terminated | Self::Superseded)
    }
}

text_enum! {
    /// May a supplier be used?
    pub enum SupplierStatus {
        /// Yes.
        Active = "active",
        /// No longer used; its history stays.
        Inactive = "inactive",
        /// No bill may be drafted.
        Blocked = "blocked",
    }
}

impl SupplierStatus {
    /// The hue of the chip.
    pub const fn tone(self) -> Tone {
        match self {
            Self::Active => Tone::Ok,
            Self::Inactive => Tone::Neutral,
            Self::Blocked => Tone::Bad,
        }
    }

    /// The status on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Inactive => "Inactive",
            Self::Blocked => "Blocked",
        }
    }
}

text_enum! {
    /// Who is paid for a provider.
    pub enum CommercialKind {
        /// The vendor itself.
        Vendor = "vendor",
        /// Nobody: it runs on our machines.
        SelfHosted = "self_hosted",
        /// Somebody who sells the vendor's service on.
        Reseller = "reseller",
    }
}

impl CommercialKind {
    /// The kind on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Vendor => "Vendor",
            Self::SelfHosted => "Self-hosted",
            Self::Reseller => "Reseller",
        }
    }
}

text_enum! {
    /// Through which door a vendor bills; with the vendor it names a billing account.
    pub enum BillingChannel {
        /// Metered API use.
        Api = "api",
        /// A plan with a fixed fee.
        Subscription = "subscription",
        /// A cloud vendor's invoice.
        Cloud = "cloud",
        /// A router's account, often prepaid.
        Router = "router",
        /// Nobody bills.
        SelfHosted = "self_hosted",
    }
}

impl BillingChannel {
    /// The channel on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Api => "API",
            Self::Subscription => "Subscription",
            Self::Cloud => "Cloud",
            Self::Router => "Router",
            Self::SelfHosted => "Self-hosted",
        }
    }
}

text_enum! {
    /// Is the provider behind a profile usable? Mirrors the connection; money may be owed either way.
    pub enum ConnectionState {
        /// Yes.
        Connected = "connected",
        /// No: signed out, switched off or removed.
        Disconnected = "disconnected",
    }
}

text_enum! {
    /// How far a hand-off to Finance has come.
    pub enum SeedStatus {
        /// Waiting for its first or next try.
        Pending = "pending",
        /// Everything is written.
        Done = "done",
        /// Given up after the fifth try; a person can retry it.
        Failed = "failed",
        /// There was nothing to hand over.
        Skipped = "skipped",
    }
}
