//! Opening a row of the series, or dragging over some.

use chrono::NaiveDate;

use super::horizon::Horizon;
use crate::dates::{DateRange, plus_days};
use crate::granularity::Granularity;
use crate::instant::Instant;
use crate::period::Period;
use crate::report::TimeseriesRow;

/// What opening a row of the series shows: its dates, without those after today. `None` for an hour, which is the
/// finest level, and for what lies before the first message or after now.
pub fn drill(
    row: &TimeseriesRow,
    granularity: Granularity,
    period: &Period,
    horizon: &Horizon,
) -> Option<Period> {
    granularity.drilled()?;
    brush(row, row, granularity, period, horizon)
}

/// What dragging from one row of the series to another shows, in either order: dates where rows are days or longer,
/// instants where they are hours, or where an edge of the picked instants cuts them.
pub fn brush(
    one: &TimeseriesRow,
    other: &TimeseriesRow,
    granularity: Granularity,
    period: &Period,
    horizon: &Horizon,
) -> Option<Period> {
    let (first, last) = if one.start <= other.start { (one, other) } else { (other, one) };
    let is_cut = period.is_instants() && (first.partial || last.partial);
    if granularity == Granularity::Hour || is_cut {
        let (from, to) = (Instant::from(first.start).quarter(), Instant::from(last.end).next_quarter());
        return (from <= Instant::from(horizon.now)).then_some(Period::Instants { from, to });
    }
    let dates = DateRange { first: first.start.date_naive(), last: last_date(last, granularity) };
    horizon.clamp(dates).map(Period::from)
}

/// The last date of a row of days or longer. A day is told by its start alone: where the zone skips a midnight or a
/// whole day, its end is not the midnight that follows.
fn last_date(row: &TimeseriesRow, granularity: Granularity) -> NaiveDate {
    match granularity {
        Granularity::Hour | Granularity::Day => row.start.date_naive(),
        Granularity::Week | Granularity::Month => plus_days(row.end.date_naive(), -1),
    }
}
