//! What a contract needs before it can be activated, field by field.

use super::valid::allowance_problems;
use super::{Contract, FieldProblem, Problem};
use crate::finance::allowance::{AllowanceTerms, weight_problem};
use rust_decimal::Decimal;
use vocab::finance::{ContractField as Field, ContractType, SupplierStatus};

/// What has to be known of the world around a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Surroundings {
    /// Can the budget owner still sign in?
    pub owner_active: bool,
    /// The supplier's status.
    pub supplier: SupplierStatus,
    /// Is a price in the contract's currency known for the use of the covered providers, from a list or an override?
    pub prices_known: bool,
}

/// Everything that keeps a contract from being activated: wrong values, then gaps.
pub fn activation_problems(contract: &Contract, allowances: &[AllowanceTerms], around: Surroundings) -> Vec<FieldProblem> {
    let mut problems = contract.terms.problems();
    problems.extend(allowance_problems(&contract.terms, allowances));
    for gap in missing(contract, allowances, around) {
        if !problems.iter().any(|problem| problem.field == gap.field && problem.allowance == gap.allowance) {
            problems.push(gap);
        }
    }
    problems
}

/// What is missing or does not fit the contract's type. Until Finance has chosen one, the suggested type decides what else
/// is asked for.
pub fn missing(contract: &Contract, allowances: &[AllowanceTerms], around: Surroundings) -> Vec<FieldProblem> {
    let mut found = Found::default();
    of_every_type(contract, around, &mut found);
    match contract.probable_type() {
        Some(ContractType::Subscription) => subscription(contract, allowances, &mut found),
        Some(ContractType::Metered) => metered(contract, allowances, around, &mut found),
        Some(ContractType::Hybrid) => hybrid(contract, allowances, around, &mut found),
        None => {}
    }
    found.0
}

/// The fields named by [`missing`], each once: what a "plan details needed" item lists.
pub fn missing_fields(contract: &Contract, allowances: &[AllowanceTerms], around: Surroundings) -> Vec<Field> {
    let mut fields: Vec<Field> = missing(contract, allowances, around).into_iter().map(|problem| problem.field).collect();
    fields.sort_unstable();
    fields.dedup();
    fields
}

#[derive(Default)]
struct Found(Vec<FieldProblem>);

impl Found {
    fn when(&mut self, wrong: bool, field: Field, problem: Problem) {
        if wrong {
            self.0.push(FieldProblem::of(field, problem));
        }
    }

    fn in_allowance(&mut self, wrong: bool, index: usize, field: Field, problem: Problem) {
        if wrong {
            self.0.push(FieldProblem::of_allowance(index, field, problem));
        }
    }
}

fn of_every_type(contract: &Contract, around: Surroundings, found: &mut Found) {
    let terms = &contract.terms;
    found.when(terms.contract_type.is_none(), Field::ContractType, Problem::Missing);
    found.when(terms.budget_owner.is_none(), Field::BudgetOwner, Problem::Missing);
    found.when(terms.budget_owner.is_some() && !around.owner_active, Field::BudgetOwner, Problem::OwnerInactive);
    found.when(terms.currency.is_none(), Field::Currency, Problem::Missing);
    found.when(terms.cadence.is_none(), Field::BillingCadence, Problem::Missing);
    found.when(terms.start_date.is_none(), Field::StartDate, Problem::Missing);
    found.when(around.supplier == SupplierStatus::Blocked, Field::Supplier, Problem::SupplierBlocked);
}

fn subscription(contract: &Contract, allowances: &[AllowanceTerms], found: &mut Found) {
    let terms = &contract.terms;
    let zero = terms.commitment_amount.is_some_and(|amount| amount.is_zero());
    found.when(terms.commitment_amount.is_none(), Field::CommitmentAmount, Problem::Missing);
    found.when(zero && !terms.free_plan, Field::CommitmentAmount, Problem::Zero);
    found.when(terms.free_plan && terms.commitment_amount.is_some() && !zero, Field::CommitmentAmount, Problem::NotFree);
    found.when(terms.minimum_spend.is_some(), Field::MinimumSpend, Problem::NotAllowed(ContractType::Subscription));
    found.when(allowances.is_empty(), Field::Allowances, Problem::Missing);
    shared_commitment(contract, allowances, found);
}

fn metered(contract: &Contract, allowances: &[AllowanceTerms], around: Surroundings, found: &mut Found) {
    let none = || Problem::NotAllowed(ContractType::Metered);
    found.when(contract.terms.commitment_amount.is_some(), Field::CommitmentAmount, none());
    for (index, allowance) in allowances.iter().enumerate() {
        found.in_allowance(allowance.overage.is_some(), index, Field::OveragePrice, none());
    }
    found.when(!around.prices_known, Field::PriceSource, Problem::PricesUnknown);
}

fn hybrid(contract: &Contract, allowances: &[AllowanceTerms], around: Surroundings, found: &mut Found) {
    found.when(contract.terms.commitment_amount.is_none(), Field::CommitmentAmount, Problem::Missing);
    found.when(allowances.is_empty(), Field::Allowances, Problem::Missing);
    let no_quantity = !allowances.iter().any(|allowance| allowance.included.is_some_and(|quantity| quantity > Decimal::ZERO));
    found.when(!allowances.is_empty() && no_quantity, Field::IncludedQuantity, Problem::QuantityNeeded);
    shared_commitment(contract, allowances, found);
    // What is used beyond the allowances has a price when each names one, or when list prices are known.
    let priced = allowances.iter().all(|allowance| allowance.overage.is_some());
    found.when(!priced && !around.prices_known, Field::PriceSource, Problem::PricesUnknown);
}

/// What holds wherever a fixed amount is shared between allowances.
fn shared_commitment(contract: &Contract, allowances: &[AllowanceTerms], found: &mut Found) {
    for (index, allowance) in allowances.iter().enumerate() {
        // Where no quantity is disclosed, nobody can say where overage begins.
        let unpriced = contract.terms.allows_overage && allowance.is_disclosed() && allowance.overage.is_none();
        found.in_allowance(unpriced, index, Field::OveragePrice, Problem::Missing);
    }
    if let Some(problem) = weight_problem(allowances) {
        found.when(true, problem.field(), Problem::Allowance(problem));
    }
}
