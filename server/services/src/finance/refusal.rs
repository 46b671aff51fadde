//! The rules' refusals in the words of use cases.

use crate::error::{FieldErrors, ServiceError};
use crate::ports::StoreError;
use crate::ports::conflict::STALE_VERSION;
use domain::finance::bill::BillRefused;
use domain::finance::contract::{ContractRefused, FieldProblem};
use domain::finance::profile::ProfileRefused;
use domain::finance::supplier::SupplierRefused;
use domain::finance::work_item::ItemRefused;

/// Problems by field: `currency`, or `allowances.0.included_quantity` for one of an allowance.
pub fn field_errors(problems: &[FieldProblem]) -> FieldErrors {
    let mut errors = FieldErrors::default();
    for FieldProblem { field, allowance, problem } in problems {
        let name = allowance.map_or_else(|| field.to_string(), |index| format!("allowances.{index}.{field}"));
        errors.0.entry(name).or_insert_with(|| problem.to_string());
    }
    errors
}

fn stale() -> ServiceError {
    StoreError::Conflict(STALE_VERSION).into()
}

/// The rule's words as a sentence.
pub(super) fn refused(words: &impl std::fmt::Display) -> ServiceError {
    let words = words.to_string();
    let mut letters = words.chars();
    let first: String = letters.next().map(|letter| letter.to_uppercase().collect()).unwrap_or_default();
    ServiceError::Refused(format!("{first}{}.", letters.as_str()))
}

impl From<ContractRefused> for ServiceError {
    fn from(refusal: ContractRefused) -> Self {
        match refusal {
            ContractRefused::Stale => stale(),
            ContractRefused::Fields(problems) => Self::Invalid(field_errors(&problems)),
            ContractRefused::ReasonMissing | ContractRefused::ReasonTooLong => Self::field("reason", refusal.to_string()),
            ContractRefused::StartOutside => Self::field("start_date", refusal.to_string()),
            ContractRefused::CurrencyFixed => Self::field("currency", refusal.to_string()),
            ContractRefused::NeedsNewVersion(ref fields) => {
                let mut errors = FieldErrors::default();
                for field in fields {
                    errors.add(field.as_str(), refusal.to_string());
                }
                Self::Invalid(errors)
            }
            ContractRefused::WrongStatus { .. } | ContractRefused::Ended | ContractRefused::NotEnded => refused(&refusal),
        }
    }
}

impl From<SupplierRefused> for ServiceError {
    fn from(refusal: SupplierRefused) -> Self {
        match refusal {
            SupplierRefused::Stale => stale(),
            SupplierRefused::NoName => Self::field("name", refusal.to_string()),
            SupplierRefused::TooLong { field, .. } => Self::field(&field.replace([' ', '-'], "_"), refusal.to_string()),
            SupplierRefused::InUse => refused(&refusal),
        }
    }
}

impl From<ProfileRefused> for ServiceError {
    fn from(refusal: ProfileRefused) -> Self {
        match refusal {
            ProfileRefused::Stale => stale(),
            ProfileRefused::Fields(problems) => Self::Invalid(field_errors(&problems)),
            ProfileRefused::SelfHosted => refused(&refusal),
        }
    }
}

impl From<BillRefused> for ServiceError {
    fn from(refusal: BillRefused) -> Self {
        match refusal {
            BillRefused::Stale => stale(),
            BillRefused::InvoiceRef => Self::field("invoice_ref", refusal.to_string()),
            BillRefused::Reason => Self::field("reason", refusal.to_string()),
            BillRefused::Payment(_) | BillRefused::Money(_) => Self::field("amount", refusal.to_string()),
            BillRefused::WrongStatus { .. } | BillRefused::InvoiceMissing | BillRefused::NothingToPay | BillRefused::SamePerson => {
                refused(&refusal)
            }
        }
    }
}

impl From<ItemRefused> for ServiceError {
    fn from(refusal: ItemRefused) -> Self {
        match refusal {
            ItemRefused::ReasonMissing | ItemRefused::ReasonTooLong => Self::field("reason", refusal.to_string()),
            ItemRefused::BadSnooze => Self::field("until", refusal.to_string()),
            ItemRefused::WrongStatus(_) => refused(&refusal),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::finance::contract::Problem;
    use vocab::finance::{ContractField, ContractStatus};

    #[test]
    fn every_field_is_named_once_with_its_place() {
        let problems = [
            FieldProblem::of(ContractField::Currency, Problem::Missing),
            FieldProblem::of_allowance(1, ContractField::IncludedQuantity, Problem::QuantityNeeded),
            FieldProblem::of(ContractField::Currency, Problem::Negative),
        ];
        let names: Vec<_> = field_errors(&problems).0.into_iter().collect();
        assert_eq!(names.len(), 2);
        assert_eq!(names[0].0, "allowances.1.included_quantity");
        assert_eq!(names[1], ("currency".to_owned(), Problem::Missing.to_string()));
    }

    #[test]
    fn refusals_are_sentences() {
        let wrong = ContractRefused::WrongStatus { from: ContractStatus::Draft, to: ContractStatus::Suspended };
        assert_eq!(ServiceError::from(wrong).to_string(), "A contract that is draft cannot become suspended.");
        assert!(matches!(ServiceError::from(ContractRefused::Stale), ServiceError::Conflict(_)));
    }
}
