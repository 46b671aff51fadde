//! A charge as text, column by column.

use super::cell;
use super::charge::{Charge, Commitment, Pricing};
use super::column::Column;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

/// Prefix of tags, so that they never collide with a vendor's.
const TAG_PREFIX: &str = "platform/";

impl Charge<'_> {
    /// The text of a column; `None` is null.
    pub fn cell(&self, column: Column) -> Option<String> {
        match column {
            Column::BilledCost => Some(cell::decimal(self.costs.billed)),
            Column::EffectiveCost => Some(cell::decimal(self.costs.effective)),
            Column::ListCost => Some(cell::decimal(self.costs.list)),
            Column::ContractedCost => Some(cell::decimal(self.costs.contracted)),
            Column::BillingPeriodStart => Some(cell::instant(self.invoice.starts)),
            Column::BillingPeriodEnd => Some(cell::instant(self.invoice.ends)),
            Column::ChargePeriodStart => Some(cell::instant(self.starts)),
            Column::ChargePeriodEnd => Some(cell::instant(self.ends)),
            Column::ChargeCategory => Some(self.kind.category().to_owned()),
            Column::ChargeClass => self.is_correction.then(|| "Correction".to_owned()),
            Column::ChargeDescription => Some(cell::text(&self.description)),
            Column::ChargeFrequency => Some(self.kind.frequency().to_owned()),
            Column::ConsumedQuantity => self.consumed.as_ref().map(|consumed| cell::decimal(consumed.value)),
            Column::ConsumedUnit => self.consumed.as_ref().map(|consumed| consumed.unit.clone()),
            Column::InvoiceId => Some(cell::text(&self.invoice.id)),
            Column::InvoiceDetailId => self.invoice.detail_id.as_deref().map(cell::text),
            Column::PublisherName | Column::XModelPublisher => Some(cell::text(&self.publisher)),
            _ => self
                .account_cell(column)
                .or_else(|| self.pricing_cell(column))
                .or_else(|| self.commitment_cell(column))
                .or_else(|| self.product_cell(column))
                .or_else(|| self.own_cell(column)),
        }
    }

    fn account_cell(&self, column: Column) -> Option<String> {
        let account = self.account;
        let text = match column {
            Column::BillingAccountId => &account.billing_account_id,
            Column::BillingAccountName => account.billing_account_name.as_ref()?,
            Column::BillingAccountType => return Some(account.billing_account_type.name().to_owned()),
            Column::BillingCurrency => return Some(account.currency.code().to_owned()),
            Column::InvoiceIssuerName => &account.invoice_issuer,
            Column::ProviderName | Column::ServiceProviderName => &account.provider,
            Column::HostProviderName => account.host.as_ref()?,
            Column::ServiceCategory => return Some("AI and Machine Learning".to_owned()),
            Column::ServiceSubcategory => return Some("Generative AI".to_owned()),
            Column::ServiceName => &account.service_name,
            Column::SubAccountId => &account.sub_account.as_ref()?.0,
            Column::SubAccountName => &account.sub_account.as_ref()?.1,
            Column::Tags => return self.tags(),
            Column::XAuthChannel => &account.channel,
            Column::XContractRef => &account.contract_ref,
            _ => return None,
        };
        Some(cell::text(text))
    }

    fn tags(&self) -> Option<String> {
        let tags: Map<String, Value> =
            self.account.tags.iter().map(|(key, value)| (format!("{TAG_PREFIX}{key}"), Value::from(value.as_str()))).collect();
        (!tags.is_empty()).then(|| Value::Object(tags).to_string())
    }

    fn pricing_cell(&self, column: Column) -> Option<String> {
        let currency = &self.pricing_currency;
        let number = |of: fn(&Pricing) -> Decimal| self.pricing.as_ref().map(|pricing| cell::decimal(of(pricing)));
        match column {
            Column::PricingQuantity => number(|pricing| pricing.quantity.value),
            Column::PricingUnit => self.pricing.as_ref().map(|pricing| pricing.quantity.unit.clone()),
            Column::ListUnitPrice => number(|pricing| pricing.list),
            Column::ContractedUnitPrice => number(|pricing| pricing.contracted),
            Column::PricingCategory => self.pricing.as_ref().map(|pricing| pricing.category.name().to_owned()),
            Column::PricingCurrency => Some(currency.name.clone()),
            Column::PricingCurrencyListUnitPrice => currency.prices.map(|(list, _)| cell::decimal(list)),
            Column::PricingCurrencyContractedUnitPrice => currency.prices.map(|(_, contracted)| cell::decimal(contracted)),
            Column::PricingCurrencyEffectiveCost => Some(cell::decimal(currency.effective)),
            _ => None,
        }
    }

    fn commitment_cell(&self, column: Column) -> Option<String> {
        let commitment = self.commitment.as_ref()?;
        Some(match column {
            Column::CommitmentDiscountId => cell::text(&commitment.id),
            Column::CommitmentDiscountCategory => if commitment.is_spend { "Spend" } else { "Usage" }.to_owned(),
            Column::CommitmentDiscountType => "Included allowance".to_owned(),
            Column::CommitmentDiscountName => cell::text(&commitment.name),
            Column::CommitmentDiscountQuantity => cell::decimal(commitment.quantity.value),
            Column::CommitmentDiscountUnit => commitment.quantity.unit.clone(),
            Column::CommitmentDiscountStatus => if commitment.is_used? { "Used" } else { "Unused" }.to_owned(),
            Column::ContractApplied => applied(&self.account.contract_ref, commitment),
            _ => return None,
        })
    }

    fn product_cell(&self, column: Column) -> Option<String> {
        match column {
            Column::SkuId => self.sku.as_ref().map(|sku| cell::text(&sku.id)),
            Column::SkuPriceId => self.sku.as_ref().map(|sku| cell::text(&sku.price_id)),
            Column::SkuMeter => self.sku.as_ref().map(|sku| sku.meter.clone()),
            Column::SkuPriceDetails => self.sku.as_ref()?.details.clone(),
            Column::ResourceId => self.resource.as_ref().map(|resource| cell::text(&resource.id)),
            Column::ResourceName => self.resource.as_ref().map(|resource| cell::text(&resource.name)),
            Column::ResourceType => self.resource.as_ref().map(|_| "Subscription".to_owned()),
            _ => None,
        }
    }

    fn own_cell(&self, column: Column) -> Option<String> {
        let detail = &self.detail;
        let text = match column {
            Column::XProviderId => detail.provider_id.as_ref()?,
            Column::XAllowanceId => detail.allowance_id.as_ref()?,
            Column::XModelId => detail.model_id.as_ref()?,
            Column::XTokenType => detail.token_type.as_ref()?,
            Column::XAgentId => detail.agent_id.as_ref()?,
            Column::XDataSource => return detail.source.map(|source| source.as_str().to_owned()),
            Column::XDataConfidence => return detail.confidence.map(|confidence| confidence.as_str().to_owned()),
            Column::XPeriodOpen => return Some(detail.is_open.to_string()),
            Column::XPriceFactId => detail.price_fact_id.as_ref()?,
            _ => return None,
        };
        Some(cell::text(text))
    }
}

/// `ContractApplied` of FOCUS 1.4: a quantity with its unit. Numbers are written as they are, not through a float.
fn applied(contract_ref: &str, commitment: &Commitment) -> String {
    let quantity = commitment.quantity.value.normalize();
    let names = json!({ "ContractId": contract_ref, "ContractCommitmentId": commitment.allowance_id }).to_string();
    let names = names.strip_suffix('}').unwrap_or(&names);
    let unit = Value::from(commitment.quantity.unit.as_str());
    format!("{{\"Elements\":[{names},\"ContractCommitmentAppliedQuantity\":{quantity},\"ContractCommitmentAppliedUnit\":{unit}}}]}}")
}
