//! Which supplier a provider's vendor is.

use super::{Supplier, normalised};
use crate::finance::vendor::Vendor;
use vocab::SupplierId;
use vocab::finance::{Severity, SupplierStatus};

/// What to do about a vendor's supplier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// The profile is linked; whatever the names are now, a person may have chosen it.
    Keep(SupplierId),
    /// This one.
    Use {
        /// Which.
        id: SupplierId,
        /// Remember the vendor's key on it, so that the next provider finds it whatever its name.
        claim: bool,
        /// What a person should look at.
        review: Option<SupplierReview>,
    },
    /// None yet: make one of the vendor's name and key.
    Create(Vendor),
}

/// A match a person should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupplierReview {
    /// Why.
    pub reason: ReviewReason,
    /// Other suppliers that match as well.
    pub others: Vec<SupplierId>,
}

/// Why a match is in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewReason {
    /// Several suppliers have that name.
    Several,
    /// The supplier is inactive.
    Inactive,
    /// The supplier is blocked: no bill will be drafted.
    Blocked,
}

impl SupplierReview {
    /// How urgent the review is.
    pub const fn severity(&self) -> Severity {
        match self.reason {
            ReviewReason::Blocked => Severity::High,
            ReviewReason::Several | ReviewReason::Inactive => Severity::Medium,
        }
    }
}

/// Finds the vendor's supplier: the profile's own link, then the vendor's key, then a name or alias, else a new one.
/// Of several with the name it takes the oldest active one. A supplier that is not active is used as it stands, never
/// reactivated.
pub fn resolve(linked: Option<SupplierId>, vendor: &Vendor, suppliers: &[Supplier]) -> Resolution {
    if let Some(id) = linked {
        return Resolution::Keep(id);
    }
    if let Some(supplier) = suppliers.iter().find(|supplier| supplier.vendor_key.as_ref() == Some(&vendor.key)) {
        return Resolution::Use { id: supplier.id, claim: false, review: review(supplier, &[]) };
    }
    let mut matches: Vec<&Supplier> =
        suppliers.iter().filter(|supplier| supplier.vendor_key.is_none() && is_called(supplier, vendor)).collect();
    matches.sort_by_key(|supplier| (rank(supplier.status), supplier.created_at, supplier.id));
    let Some((chosen, others)) = matches.split_first() else { return Resolution::Create(vendor.clone()) };
    // Which of several is the vendor is for a person to say, so the key is not written yet.
    Resolution::Use { id: chosen.id, claim: others.is_empty(), review: review(chosen, others) }
}

/// Active before inactive before blocked.
const fn rank(status: SupplierStatus) -> u8 {
    match status {
        SupplierStatus::Active => 0,
        SupplierStatus::Inactive => 1,
        SupplierStatus::Blocked => 2,
    }
}

fn is_called(supplier: &Supplier, vendor: &Vendor) -> bool {
    let wanted: Vec<String> =
        std::iter::once(&vendor.name).chain(&vendor.aliases).map(|name| normalised(name)).filter(|name| !name.is_empty()).collect();
    std::iter::once(&supplier.details.name).chain(&supplier.details.aliases).any(|name| wanted.contains(&normalised(name)))
}

fn review(chosen: &Supplier, others: &[&Supplier]) -> Option<SupplierReview> {
    let reason = match chosen.status {
        SupplierStatus::Blocked => ReviewReason::Blocked,
        SupplierStatus::Inactive => ReviewReason::Inactive,
        SupplierStatus::Active if others.is_empty() => return None,
        SupplierStatus::Active => ReviewReason::Several,
    };
    Some(SupplierReview { reason, others: others.iter().map(|supplier| supplier.id).collect() })
}
