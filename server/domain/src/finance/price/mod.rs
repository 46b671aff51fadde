//! What a unit of use costs, by whose word, and since when.

mod book;
mod renew;

pub use book::{Asked, PriceBook, meters};
pub use renew::{LIST_CURRENCY, ListedPrice, PriceChange, listed, renew};

use super::money::UnitPrice;
use super::period::Span;
use super::vendor::VendorKey;
use vocab::finance::{Confidence, Meter, PriceSource, PriceVariant};
use vocab::{ContractId, PriceFactId, ProviderId};

/// The price of one meter of one model, for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceFact {
    /// Its id.
    pub id: PriceFactId,
    /// Whose price it is.
    pub seller: Seller,
    /// Bare model id, as the upstream knows it.
    pub model_id: String,
    /// What is priced.
    pub meter: Meter,
    /// The price.
    pub price: UnitPrice,
    /// Input tokens of a request from which it holds, for the whole request; 0 is any request.
    pub tier_start: u64,
    /// The way of asking it is for; `None` is the ordinary one.
    pub variant: Option<PriceVariant>,
    /// The days it holds, in UTC.
    pub effective: Span,
    /// By whose word.
    pub origin: PriceOrigin,
}

/// Whose price it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Seller {
    /// One catalogue entry's.
    Provider(ProviderId),
    /// A vendor's, through any of its entries.
    Vendor(VendorKey),
}

/// By whose word a price is what it is. The words of a person weigh more than an invoice, and an invoice more than a list;
/// what a contract says weighs most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PriceOrigin {
    /// The list that came with a release, for example `genai-prices 0.2.1`.
    Bundled {
        /// Name and version of the list.
        version: String,
    },
    /// An invoice.
    VendorInvoice {
        /// Its number.
        reference: String,
    },
    /// Finance entered it for everybody.
    Organization,
    /// Finance entered it for one contract.
    Contract(ContractId),
}

impl PriceOrigin {
    /// The source's word.
    pub const fn source(&self) -> PriceSource {
        match self {
            Self::Bundled { .. } => PriceSource::Bundled,
            Self::VendorInvoice { .. } => PriceSource::VendorInvoice,
            Self::Organization | Self::Contract(_) => PriceSource::Override,
        }
    }

    /// Version of the list, or number of the invoice; empty for what was entered.
    pub fn version(&self) -> &str {
        match self {
            Self::Bundled { version } => version,
            Self::VendorInvoice { reference } => reference,
            Self::Organization | Self::Contract(_) => "",
        }
    }

    /// The contract it is for alone.
    pub const fn contract_id(&self) -> Option<ContractId> {
        match self {
            Self::Contract(id) => Some(*id),
            Self::Bundled { .. } | Self::VendorInvoice { .. } | Self::Organization => None,
        }
    }

    /// Built up again from what is stored.
    pub fn from_parts(source: PriceSource, version: String, contract_id: Option<ContractId>) -> Self {
        match (source, contract_id) {
            (PriceSource::Bundled, _) => Self::Bundled { version },
            (PriceSource::VendorInvoice, _) => Self::VendorInvoice { reference: version },
            (PriceSource::Override, Some(id)) => Self::Contract(id),
            (PriceSource::Override, None) => Self::Organization,
        }
    }

    /// How far it can be trusted: what Finance or the vendor's invoice says is high, a published list medium.
    pub const fn confidence(&self) -> Confidence {
        match self {
            Self::Bundled { .. } => Confidence::Medium,
            Self::VendorInvoice { .. } | Self::Organization | Self::Contract(_) => Confidence::High,
        }
    }

    /// Where it comes from, in words for beside an estimate.
    pub fn label(&self) -> String {
        match self {
            Self::Bundled { version } => format!("list price, {version}"),
            Self::VendorInvoice { reference } => format!("invoice {reference}"),
            Self::Organization => "entered by Finance".to_owned(),
            Self::Contract(_) => "agreed in the contract".to_owned(),
        }
    }

    const fn rank(&self) -> u8 {
        match self {
            Self::Contract(_) => 0,
            Self::Organization => 1,
            Self::VendorInvoice { .. } => 2,
            Self::Bundled { .. } => 3,
        }
    }
}

#[cfg(test)]
mod tests;
