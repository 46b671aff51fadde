//! Drawings: small paths, and the same as tables. Exact figures stand in the tables; a path only has to look right.

use super::words::{day, grid, money, quantity, short_day, text};
use crate::wire::{Drawing, Grid};
use domain::finance::Money;
use domain::finance::spend::BurnPoint;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use services::finance::{BurnDown, DayPart, DaySeries};
use std::fmt::Write as _;

/// The box of every drawing.
const WIDTH: f64 = 600.0;
const HEIGHT: f64 = 160.0;

/// Providers with a colour of their own; the rest are one.
const SERIES: usize = 5;

/// What each day cost, one drawing a currency, a colour a provider.
pub fn spend_by_day(series: &DaySeries) -> Drawing {
    let greatest = series.points.iter().filter_map(|point| point.amount).map(Money::amount).max().unwrap_or_default();
    let top = nice(greatest);
    let parts = few(&series.parts);
    let mut shapes = vec![("grid".to_owned(), lines())];
    shapes.extend(stacks(&parts, top).into_iter().enumerate().map(|(at, path)| (fill(at), path)));
    let sum = series.points.iter().filter_map(|point| point.amount).try_fold(Money::zero(series.currency), Money::plus).ok();
    let dearest = parts.first().filter(|_| parts.len() > 1).map(|part| format!(" Most of it through {}.", part.name)).unwrap_or_default();
    let ends = [series.points.first(), series.points.last()].into_iter().flatten().map(|point| short_day(point.date));
    Drawing {
        title: format!("Metered spend by day, {}", series.currency),
        view_box: format!("0 0 {WIDTH} {HEIGHT}"),
        shapes,
        axis: vec![axis(top, series.currency), axis(top / Decimal::TWO, series.currency), "0".to_owned()],
        ends: ends.collect(),
        legend: parts.iter().enumerate().map(|(at, part)| (fill(at), part.name.clone())).collect(),
        summary: sum.map(|sum| format!("{} in these days, in UTC.{dearest}", money(sum))).unwrap_or_default(),
        table: day_table(series, &parts),
    }
}

fn fill(at: usize) -> String {
    format!("fill-{}", at + 1)
}

/// The dearest providers, and the rest as one.
fn few(parts: &[DayPart]) -> Vec<DayPart> {
    if parts.len() <= SERIES {
        return parts.to_vec();
    }
    let (own, rest) = parts.split_at(SERIES - 1);
    let mut few = own.to_vec();
    let amounts = rest.iter().map(|part| part.amounts.clone());
    let sum = amounts.reduce(|a, b| a.iter().zip(&b).map(|(a, b)| a.plus(*b).unwrap_or(*a)).collect());
    few.push(DayPart { name: format!("{} others", rest.len()), amounts: sum.unwrap_or_default() });
    few
}

/// A path a part, each upon those before it.
fn stacks(parts: &[DayPart], top: Decimal) -> Vec<String> {
    let days = parts.iter().map(|part| part.amounts.len()).max().unwrap_or_default();
    let slot = WIDTH / number(days.max(1));
    let mut bases = vec![0.0_f64; days];
    let path = |part: &DayPart| {
        let mut path = String::new();
        for (index, (amount, base)) in part.amounts.iter().zip(&mut bases).enumerate() {
            let height = amount.amount().to_f64().map_or(0.0, |amount| scaled(amount, top));
            if height > 0.0 {
                let height = if *base > 0.0 { height } else { height.max(2.0) };
                bar(&mut path, (number(index) * slot + slot * 0.15, *base), (slot * 0.7, height));
                *base += height;
            }
        }
        path
    };
    parts.iter().map(path).collect()
}

fn day_table(series: &DaySeries, parts: &[DayPart]) -> Grid {
    let names: Vec<String> = parts.iter().map(|part| format!("#{}", part.name)).collect();
    let mut columns = vec!["Day"];
    // One provider is the whole.
    columns.extend(names.iter().filter(|_| names.len() > 1).map(String::as_str));
    columns.push("#Spend");
    let row = |(index, point): (usize, &domain::finance::spend::DaySpend)| {
        let known = point.amount.is_some();
        let own = |part: &DayPart| part.amounts.get(index).filter(|_| known).map_or_else(|| "No data".to_owned(), |amount| money(*amount));
        let words = point.amount.map_or_else(|| "No data".to_owned(), money);
        let mut cells = vec![text(day(point.date))];
        cells.extend(parts.iter().filter(|_| parts.len() > 1).map(|part| text(own(part))));
        cells.push(text(if point.is_partial { format!("{words} or more") } else { words }));
        cells
    };
    grid(&columns, series.points.iter().enumerate().map(row).collect())
}

/// How an allowance melts: what is left, an even pace, and where it leads.
pub fn burn_down(burn: &BurnDown) -> Drawing {
    let points = &burn.points;
    let included = points
        .first()
        .map_or(Decimal::ONE, |point| point.ideal * Decimal::from(points.len().max(2)) / Decimal::from(points.len().max(2) - 1));
    let lowest = points.iter().filter_map(|point| point.projected).min().unwrap_or_default().min(Decimal::ZERO);
    let place = |index: usize, left: Decimal| {
        let share = ((left - lowest) / (included - lowest).max(Decimal::ONE)).to_f64().unwrap_or_default();
        (number(index + 1) / number(points.len().max(1)) * WIDTH, HEIGHT - share.clamp(0.0, 1.0) * HEIGHT)
    };
    let line = |of: fn(&BurnPoint) -> Option<Decimal>| {
        let places = points.iter().enumerate().filter_map(|(index, point)| Some(place(index, of(point)?)));
        polyline(places)
    };
    let (_, zero) = place(0, Decimal::ZERO);
    let newest = points.iter().rev().find_map(|point| Some((point.date, point.actual?)));
    let end = points.last().and_then(|point| point.projected);
    let row = |point: &BurnPoint| {
        let words = |left: Option<Decimal>| left.map_or_else(|| "—".to_owned(), quantity);
        vec![text(day(point.date)), text(words(point.actual)), text(words(point.projected)), text(quantity(point.ideal))]
    };
    Drawing {
        title: format!("{}: {} left", burn.contract, burn.allowance),
        view_box: format!("0 0 {WIDTH} {HEIGHT}"),
        shapes: vec![
            ("grid".to_owned(), format!("M0 {zero:.1}H{WIDTH}")),
            ("ideal".to_owned(), line(|point| Some(point.ideal))),
            ("projected".to_owned(), line(|point| point.projected)),
            ("actual".to_owned(), line(|point| point.actual)),
        ],
        axis: vec![format!("{} {}", quantity(included), burn.unit), quantity(lowest)],
        ends: [points.first(), points.last()].into_iter().flatten().map(|point| short_day(point.date)).collect(),
        legend: [("actual", "left"), ("projected", "if it goes on like this"), ("ideal", "an even pace")]
            .map(|(class, words)| (class.to_owned(), words.to_owned()))
            .to_vec(),
        summary: summary(newest, end, &burn.unit),
        table: grid(&["Day", "#Left", "#Projected", "#Even pace"], points.iter().map(row).collect()),
    }
}

fn summary(newest: Option<(time::Date, Decimal)>, end: Option<Decimal>, unit: &str) -> String {
    let Some(((date, left), end)) = newest.zip(end) else { return String::new() };
    let leads = if end.is_sign_negative() && !end.is_zero() {
        format!("If it goes on like this, it runs out {} {unit} short.", quantity(-end))
    } else {
        format!("If it goes on like this, {} {unit} stay unused.", quantity(end))
    };
    let now = if left.is_sign_negative() && !left.is_zero() {
        format!("Used up, and {} {unit} over, on {}.", quantity(-left), day(date))
    } else {
        format!("{} {unit} left on {}.", quantity(left), day(date))
    };
    format!("{now} {leads}")
}

fn axis(at: Decimal, currency: domain::finance::Currency) -> String {
    Money::new(at, currency).map(money).unwrap_or_default()
}

/// The next 1, 2 or 5 times a power of ten.
fn nice(greatest: Decimal) -> Decimal {
    let mut top = Decimal::ONE;
    if greatest <= Decimal::ZERO {
        return top;
    }
    while top < greatest {
        top *= Decimal::TEN;
    }
    while top / Decimal::TEN >= greatest {
        top /= Decimal::TEN;
    }
    let smaller = [top / Decimal::from(5), top / Decimal::TWO];
    smaller.into_iter().find(|smaller| *smaller >= greatest).unwrap_or(top)
}

fn scaled(amount: f64, top: Decimal) -> f64 {
    amount / top.to_f64().unwrap_or(1.0) * HEIGHT
}

fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn lines() -> String {
    format!("M0 0H{WIDTH}M0 {}H{WIDTH}M0 {HEIGHT}H{WIDTH}", HEIGHT / 2.0)
}

/// A bar at a place above the ground line, of a width and height.
fn bar(path: &mut String, (x, base): (f64, f64), (width, height): (f64, f64)) {
    let foot = HEIGHT - base;
    // Writing to a text cannot fail.
    let _ = write!(path, "M{x:.1} {foot:.1}v-{height:.1}h{width:.1}v{height:.1}z");
}

fn polyline(places: impl Iterator<Item = (f64, f64)>) -> String {
    let mut path = String::new();
    for (index, (x, y)) in places.enumerate() {
        let _ = write!(path, "{}{x:.1} {y:.1}", if index == 0 { 'M' } else { 'L' });
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_ends_on_a_round_number() {
        for (greatest, top) in [("0", "1"), ("1.1", "2"), ("3", "5"), ("612.4", "1000"), ("0.004", "0.005")] {
            assert_eq!(nice(greatest.parse().unwrap()), top.parse().unwrap(), "{greatest}");
        }
    }

    #[test]
    fn what_is_left_is_never_less_than_nothing() {
        let told = |left: i64, end: i64| summary(Some((time::macros::date!(2026 - 11 - 27), left.into())), Some(end.into()), "Requests");
        assert_eq!(told(38, 35), "38 Requests left on 27 Nov 2026. If it goes on like this, 35 Requests stay unused.");
        assert_eq!(told(-7, -60), "Used up, and 7 Requests over, on 27 Nov 2026. If it goes on like this, it runs out 60 Requests short.");
    }

    #[test]
    fn paths_are_short() {
        assert_eq!(polyline([(1.0, 2.0), (3.25, 4.0)].into_iter()), "M1.0 2.0L3.2 4.0");
        let mut path = String::new();
        bar(&mut path, (1.0, 10.0), (2.0, 3.0));
        assert_eq!(path, "M1.0 150.0v-3.0h2.0v3.0z");
    }

    #[test]
    fn providers_are_stacked_and_the_cheapest_are_one() {
        let usd = domain::finance::Currency::USD;
        let part = |n: i64| DayPart { name: format!("p{n}"), amounts: vec![Money::new(n.into(), usd).unwrap()] };
        let parts: Vec<DayPart> = (1..=7).rev().map(part).collect();
        let few = few(&parts);
        assert_eq!(few.iter().map(|part| part.name.as_str()).collect::<Vec<_>>(), ["p7", "p6", "p5", "p4", "3 others"]);
        assert_eq!(few[4].amounts[0].amount(), Decimal::from(6));
        let paths = stacks(&few[..2], Decimal::from(16));
        assert_eq!(paths, ["M90.0 160.0v-70.0h420.0v70.0z", "M90.0 90.0v-60.0h420.0v60.0z"]);
    }
}
