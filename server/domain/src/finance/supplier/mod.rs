//! Suppliers: whom we pay.

mod name;
mod resolve;

pub use name::normalised;
pub use resolve::{Resolution, ReviewReason, SupplierReview, resolve};

use super::money::Currency;
use super::vendor::VendorKey;
use time::OffsetDateTime;
use vocab::SupplierId;
use vocab::finance::SupplierStatus;

/// Terms a seeded supplier begins with.
pub const DEFAULT_PAYMENT_TERMS: &str = "Net 30";

/// Longest text of a name, contact or address; notes may be ten times as long.
const LONGEST_TEXT: usize = 400;
const LONGEST_NOTES: usize = 4_000;

/// Whom we pay. One a vendor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supplier {
    /// The supplier's id.
    pub id: SupplierId,
    /// What people call it by: `SUP-…`.
    pub number: String,
    /// The vendor it is, where one is known; unique.
    pub vendor_key: Option<VendorKey>,
    /// What people may change.
    pub details: SupplierDetails,
    /// May it be used?
    pub status: SupplierStatus,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When it last changed.
    pub updated_at: OffsetDateTime,
    /// Grows by one with every write; a stale writer is refused.
    pub version: i64,
}

/// What people may change of a supplier. Bank details are not among them: Purser pays nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SupplierDetails {
    /// Legal name.
    pub name: String,
    /// Names it also goes by, for recognising it.
    pub aliases: Vec<String>,
    /// Person to talk to.
    pub contact_name: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Their telephone number.
    pub phone: Option<String>,
    /// Postal address, several lines.
    pub address: Option<String>,
    /// Tax or VAT number.
    pub tax_id: Option<String>,
    /// For example `Net 30`.
    pub payment_terms: Option<String>,
    /// What it usually bills in; nothing until somebody knows.
    pub default_currency: Option<Currency>,
    /// Free words.
    pub notes: Option<String>,
}

/// Why a supplier was not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SupplierRefused {
    /// Somebody else saved first.
    #[error("this supplier was changed by somebody else; look at their change first")]
    Stale,
    /// No name.
    #[error("a supplier needs a name")]
    NoName,
    /// A text beyond its limit.
    #[error("the {field} is longer than {limit} characters")]
    TooLong {
        /// Which one.
        field: &'static str,
        /// Characters allowed.
        limit: usize,
    },
    /// It has history.
    #[error("this supplier has profiles, contracts or bills and can only be made inactive")]
    InUse,
}

impl SupplierRefused {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Stale => "stale_version",
            Self::NoName => "name_missing",
            Self::TooLong { .. } => "text_too_long",
            Self::InUse => "supplier_in_use",
        }
    }
}

/// What hangs on a supplier.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SupplierUse {
    /// Finance profiles linked to it.
    pub profiles: u64,
    /// Contracts, whatever their status.
    pub contracts: u64,
    /// Bills, whatever their status.
    pub bills: u64,
}

impl Supplier {
    /// With new details, cleaned: spaces trimmed, empty texts dropped.
    ///
    /// # Errors
    /// [`SupplierRefused`] for a stale version, a missing name or an endless text.
    pub fn edit(self, version: i64, details: SupplierDetails, now: OffsetDateTime) -> Result<Self, SupplierRefused> {
        let details = details.cleaned()?;
        self.changed(version, now, |supplier| supplier.details = details)
    }

    /// With another status.
    ///
    /// # Errors
    /// [`SupplierRefused::Stale`].
    pub fn with_status(self, version: i64, status: SupplierStatus, now: OffsetDateTime) -> Result<Self, SupplierRefused> {
        self.changed(version, now, |supplier| supplier.status = status)
    }

    /// May it be deleted? Only while nothing hangs on it: history is never lost with a supplier.
    ///
    /// # Errors
    /// [`SupplierRefused::InUse`].
    pub const fn deletable(used: SupplierUse) -> Result<(), SupplierRefused> {
        if used.profiles == 0 && used.contracts == 0 && used.bills == 0 { Ok(()) } else { Err(SupplierRefused::InUse) }
    }

    /// May bills be drafted for it?
    pub fn is_billable(&self) -> bool {
        self.status != SupplierStatus::Blocked
    }

    fn changed(mut self, version: i64, now: OffsetDateTime, change: impl FnOnce(&mut Self)) -> Result<Self, SupplierRefused> {
        if version != self.version {
            return Err(SupplierRefused::Stale);
        }
        change(&mut self);
        self.updated_at = now;
        self.version += 1;
        Ok(self)
    }
}

impl SupplierDetails {
    /// Trimmed, without empty texts, within bounds.
    ///
    /// # Errors
    /// [`SupplierRefused::NoName`] or [`SupplierRefused::TooLong`].
    pub fn cleaned(self) -> Result<Self, SupplierRefused> {
        let name = self.name.trim().to_owned();
        if name.is_empty() {
            return Err(SupplierRefused::NoName);
        }
        bounded("name", &name, LONGEST_TEXT)?;
        let aliases: Vec<String> = self.aliases.into_iter().filter_map(|alias| trimmed(Some(alias))).collect();
        for alias in &aliases {
            bounded("alias", alias, LONGEST_TEXT)?;
        }
        Ok(Self {
            name,
            aliases,
            contact_name: text("contact name", self.contact_name, LONGEST_TEXT)?,
            email: text("e-mail address", self.email, LONGEST_TEXT)?,
            phone: text("telephone number", self.phone, LONGEST_TEXT)?,
            address: text("address", self.address, LONGEST_TEXT)?,
            tax_id: text("tax number", self.tax_id, LONGEST_TEXT)?,
            payment_terms: text("payment terms", self.payment_terms, LONGEST_TEXT)?,
            default_currency: self.default_currency,
            notes: text("notes", self.notes, LONGEST_NOTES)?,
        })
    }
}

fn trimmed(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn bounded(field: &'static str, text: &str, limit: usize) -> Result<(), SupplierRefused> {
    if text.chars().count() > limit { Err(SupplierRefused::TooLong { field, limit }) } else { Ok(()) }
}

fn text(field: &'static str, text: Option<String>, limit: usize) -> Result<Option<String>, SupplierRefused> {
    let text = trimmed(text);
    text.iter().try_for_each(|text| bounded(field, text, limit))?;
    Ok(text)
}

#[cfg(test)]
mod tests;
