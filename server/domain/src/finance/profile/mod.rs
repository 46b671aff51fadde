//! The finance profile of a provider: who is paid for it, and how far Finance has come.

mod status;

pub use status::profile_status;

use super::contract::valid::{too_long, wrong_amount, wrong_link};
use super::contract::{FieldProblem, Problem};
use super::money::{Currency, Money};
use super::vendor::BillingAccount;
use rust_decimal::Decimal;
use time::OffsetDateTime;
use url::Url;
use vocab::finance::{CommercialKind, ConnectionState, ContractField as Field, ProfileStatus, UsageSource, ValuationMethod};
use vocab::{FinanceProfileId, ProviderId, SupplierId};

const LONGEST_NOTES: usize = 4_000;

/// What Finance knows of a provider. One a provider, and it outlives the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinanceProfile {
    /// Its id.
    pub id: FinanceProfileId,
    /// Whose.
    pub provider_id: ProviderId,
    /// Who is paid.
    pub payee: Payee,
    /// How far Finance has come; always what [`profile_status`] says.
    pub status: ProfileStatus,
    /// Is the provider usable? Money may be owed either way.
    pub connection: ConnectionState,
    /// What people may change.
    pub settings: ProfileSettings,
    /// When a contract of it was last evaluated.
    pub last_evaluated_at: Option<OffsetDateTime>,
    /// When a day's figures were last written for it.
    pub last_snapshot_at: Option<OffsetDateTime>,
    /// When it was handed to Finance.
    pub seeded_at: OffsetDateTime,
    /// Put away?
    pub archived: Option<Archived>,
    /// When it last changed.
    pub updated_at: OffsetDateTime,
    /// Grows by one with every write; a stale writer is refused.
    pub version: i64,
}

/// Who is paid for a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payee {
    /// Nobody: it runs on our machines.
    Nobody,
    /// A supplier.
    Supplier {
        /// The vendor, or somebody who sells its service on.
        resold: bool,
        /// The vendor's account the provider is used through.
        account: BillingAccount,
        /// Which supplier, once one is resolved.
        id: Option<SupplierId>,
    },
}

impl Payee {
    /// The kind, as stored.
    pub const fn kind(&self) -> CommercialKind {
        match self {
            Self::Nobody => CommercialKind::SelfHosted,
            Self::Supplier { resold: false, .. } => CommercialKind::Vendor,
            Self::Supplier { resold: true, .. } => CommercialKind::Reseller,
        }
    }

    /// Built up from what is stored; `None` when a paid kind has no account.
    pub fn from_parts(kind: CommercialKind, account: Option<BillingAccount>, id: Option<SupplierId>) -> Option<Self> {
        match kind {
            CommercialKind::SelfHosted => Some(Self::Nobody),
            CommercialKind::Vendor => Some(Self::Supplier { resold: false, account: account?, id }),
            CommercialKind::Reseller => Some(Self::Supplier { resold: true, account: account?, id }),
        }
    }

    /// The supplier, where there is one.
    pub const fn supplier_id(&self) -> Option<SupplierId> {
        match self {
            Self::Nobody => None,
            Self::Supplier { id, .. } => *id,
        }
    }

    /// The vendor's account, unless nobody is paid.
    pub const fn account(&self) -> Option<&BillingAccount> {
        match self {
            Self::Nobody => None,
            Self::Supplier { account, .. } => Some(account),
        }
    }
}

/// What people may change of a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileSettings {
    /// Whose figures count.
    pub reconciliation: UsageSource,
    /// What unused allowance is worth, unless an allowance says otherwise.
    pub valuation: ValuationMethod,
    /// What the plan bills in; nothing until somebody knows.
    pub plan_currency: Option<Currency>,
    /// What Finance means to spend on it a month.
    pub monthly_budget: Option<Decimal>,
    /// Where the bills are.
    pub billing_url: Option<Url>,
    /// Where the use is shown.
    pub usage_url: Option<Url>,
    /// Free words.
    pub notes: Option<String>,
}

impl Default for ProfileSettings {
    fn default() -> Self {
        Self {
            reconciliation: UsageSource::ProviderPortal,
            valuation: ValuationMethod::CommitmentFirst,
            plan_currency: None,
            monthly_budget: None,
            billing_url: None,
            usage_url: None,
            notes: None,
        }
    }
}

impl ProfileSettings {
    /// The monthly budget, once amount and currency are known.
    pub fn budget(&self) -> Option<Money> {
        Money::new(self.monthly_budget?, self.plan_currency?).ok()
    }

    /// What is wrong with the values that were entered.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let links = [(Field::BillingUrl, &self.billing_url), (Field::UsageUrl, &self.usage_url)];
        let links = links.into_iter().filter_map(|(field, link)| Some((field, wrong_link(link.as_ref()?)?)));
        let budget = self.monthly_budget.and_then(|amount| wrong_amount(amount, self.plan_currency));
        let notes = self.notes.as_ref().and_then(|notes| too_long(notes, LONGEST_NOTES));
        let found: [(Field, Option<Problem>); 2] = [(Field::BudgetAmount, budget), (Field::Notes, notes)];
        let found = found.into_iter().filter_map(|(field, problem)| Some((field, problem?)));
        found.chain(links).map(|(field, problem)| FieldProblem::of(field, problem)).collect()
    }
}

/// When and why a profile was put away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Archived {
    /// When.
    pub at: OffsetDateTime,
    /// Why.
    pub why: ArchiveReason,
}

/// Why a profile was put away. Any of them ends when the provider is connected anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArchiveReason {
    /// Finance did; seeding again while the provider stays connected does not bring it back.
    ByFinance,
    /// The provider was removed from the catalogue.
    ProviderRemoved,
    /// The provider was disconnected before it was ever used or paid for.
    NeverUsed,
}

impl ArchiveReason {
    /// The word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ByFinance => "by_finance",
            Self::ProviderRemoved => "provider_removed",
            Self::NeverUsed => "never_used",
        }
    }

    /// The reason of a word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::ByFinance, Self::ProviderRemoved, Self::NeverUsed].into_iter().find(|reason| reason.as_str() == word)
    }
}

/// Why a profile was not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileRefused {
    /// Somebody else saved first.
    #[error("this profile was changed by somebody else; look at their change first")]
    Stale,
    /// Values are wrong.
    #[error("some fields need another look")]
    Fields(Vec<FieldProblem>),
    /// Nobody is paid.
    #[error("a self-hosted provider has no supplier")]
    SelfHosted,
}

impl ProfileRefused {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Stale => "stale_version",
            Self::Fields(_) => "fields",
            Self::SelfHosted => "self_hosted",
        }
    }
}

impl FinanceProfile {
    /// Are figures of the vendor expected? The strategy that stands there since the hand-off, and that nobody has saved
    /// since, is no choice.
    pub const fn awaits_vendor(&self) -> bool {
        match self.settings.reconciliation {
            UsageSource::ProviderApi => true,
            UsageSource::ProviderPortal => self.version > 0,
            UsageSource::InternalObserved | UsageSource::Manual => false,
        }
    }

    /// With other settings.
    ///
    /// # Errors
    /// [`ProfileRefused::Stale`], or [`ProfileRefused::Fields`] with every problem.
    pub fn edit(self, version: i64, settings: ProfileSettings, now: OffsetDateTime) -> Result<Self, ProfileRefused> {
        let problems = settings.problems();
        if !problems.is_empty() {
            return Err(ProfileRefused::Fields(problems));
        }
        self.changed(version, now, |profile| profile.settings = settings)
    }

    /// With another supplier, chosen by a person. Seeding keeps to it from then on.
    ///
    /// # Errors
    /// [`ProfileRefused::Stale`], [`ProfileRefused::SelfHosted`].
    pub fn relink(self, version: i64, supplier: SupplierId, now: OffsetDateTime) -> Result<Self, ProfileRefused> {
        if self.payee == Payee::Nobody {
            return Err(ProfileRefused::SelfHosted);
        }
        self.changed(version, now, |profile| {
            if let Payee::Supplier { id, .. } = &mut profile.payee {
                *id = Some(supplier);
            }
        })
    }

    /// Put away by Finance. History stays.
    ///
    /// # Errors
    /// [`ProfileRefused::Stale`].
    pub fn archive(self, version: i64, now: OffsetDateTime) -> Result<Self, ProfileRefused> {
        let archived = Archived { at: now, why: ArchiveReason::ByFinance };
        self.changed(version, now, |profile| {
            profile.archived = Some(archived);
            profile.status = ProfileStatus::Archived;
        })
    }

    fn changed(mut self, version: i64, now: OffsetDateTime, change: impl FnOnce(&mut Self)) -> Result<Self, ProfileRefused> {
        if version != self.version {
            return Err(ProfileRefused::Stale);
        }
        change(&mut self);
        self.updated_at = now;
        self.version += 1;
        Ok(self)
    }
}

#[cfg(test)]
mod tests;
