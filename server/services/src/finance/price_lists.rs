//! Price lists: what the bundled list says of the models we know becomes price facts with their days and source.

use super::Finance;
use super::ledger::Decision;
use crate::error::ServiceResult;
use crate::ports::{FinanceWrite, PricesOf, Trail};
use domain::events::Event;
use domain::finance::price::{ListedPrice, PriceChange, PriceFact, Seller, listed, renew};
use std::collections::BTreeMap;
use time::OffsetDateTime;
use vocab::PriceFactId;

impl Finance {
    /// Compares the bundled price list with the facts that are known: new prices begin, changed ones end and begin anew,
    /// what people or contracts say stays. Returns how many facts were written.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn renew_prices(&self, now: OffsetDateTime) -> ServiceResult<u32> {
        let list = &self.listed_prices(now).await?;
        self.ledger
            .change(move || async move {
                let (facts, first_use) = (self.rows().prices(PricesOf::All).await?, self.first_day_of_use(now).await?);
                let mut writes = Vec::new();
                for (version, lines) in list {
                    let changes = renew(&facts, lines, version, first_use, now.date());
                    writes.extend(changes.into_iter().filter_map(|change| self.price_write(&facts, change)));
                }
                let count = u32::try_from(writes.len()).unwrap_or(u32::MAX);
                let events = if writes.is_empty() { Vec::new() } else { vec![Event::FinanceChanged] };
                Ok(Decision { writes, trail: Trail { events, ..Trail::default() }, answer: count })
            })
            .await
    }

    async fn first_day_of_use(&self, now: OffsetDateTime) -> ServiceResult<time::Date> {
        Ok(self.figures.measured_since().await?.map_or(now.date(), |first| first.date().min(now.date())))
    }

    /// Lines of the list, by its version.
    async fn listed_prices(&self, now: OffsetDateTime) -> ServiceResult<BTreeMap<String, Vec<ListedPrice>>> {
        let mut list: BTreeMap<String, Vec<ListedPrice>> = BTreeMap::new();
        for model in self.models.all().await? {
            let source = self.catalogue.get(&model.provider_id).and_then(|provider| provider.price_source.clone());
            let Some(price) = source.and_then(|source| self.prices.price(&source, &model.model_id, now)) else { continue };
            let seller = Seller::Provider(model.provider_id.clone());
            list.entry(price.source).or_default().extend(listed(&seller, &model.model_id, &price.per_million));
        }
        Ok(list)
    }

    fn price_write(&self, facts: &[PriceFact], change: PriceChange) -> Option<FinanceWrite> {
        match change {
            PriceChange::End(id, None) => Some(FinanceWrite::DeletePrice(id)),
            PriceChange::End(id, Some(effective)) => {
                let fact = facts.iter().find(|fact| fact.id == id)?;
                Some(FinanceWrite::UpdatePrice(PriceFact { effective, ..fact.clone() }))
            }
            PriceChange::Begin(line, origin, effective) => Some(FinanceWrite::InsertPrice(PriceFact {
                id: PriceFactId::new(self.environment.uuid()),
                seller: line.seller,
                model_id: line.model_id,
                meter: line.meter,
                price: line.price,
                tier_start: 0,
                variant: None,
                effective,
                origin,
            })),
        }
    }
}
