//! The question that a report answers: one type for the page, the read API and the CSV.

use chrono::Timelike;
use serde::{Deserialize, Serialize};

use crate::comparison::{Comparison, ComparisonMode};
use crate::dates::DateRange;
use crate::error::QueryError;
use crate::granularity::Granularity;
use crate::ids::Channel;
use crate::instant::Instant;
use crate::period::{Period, Preset};
use crate::rfc3339::{find_no_such_date, parse_date, parse_time};

/// The question that a report answers: a period, its comparison, the granularity and the channel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReportQuery {
    /// The period that is picked.
    pub period: Period,
    /// What to compare it with.
    pub compare: Comparison,
    /// How finely to cut it; by its length when absent.
    pub granularity: Option<Granularity>,
    /// Only this channel; all when absent.
    pub channel: Option<Channel>,
}

/// The parts of a query string that a report reads, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct QueryParts {
    /// `period=`: a preset's word.
    pub period: Option<String>,
    /// `from=`: a date or an instant.
    pub from: Option<String>,
    /// `to=`: a date (included) or an instant.
    pub to: Option<String>,
    /// `compare=`: a comparison's word.
    pub compare: Option<String>,
    /// `compare_from=`: a date, with `compare=custom`.
    pub compare_from: Option<String>,
    /// `compare_to=`: a date (included), with `compare=custom`.
    pub compare_to: Option<String>,
    /// `granularity=`.
    pub granularity: Option<String>,
    /// `channel=`.
    pub channel: Option<String>,
}

impl QueryParts {
    /// Reads all parts, strictly.
    ///
    /// # Errors
    /// The first part that cannot be read, in the order of the fields.
    pub fn parse(&self) -> Result<ReportQuery, QueryError> {
        Ok(ReportQuery {
            period: self.parse_period()?,
            compare: self.parse_compare()?,
            granularity: self.parse_granularity()?,
            channel: self.parse_channel()?,
        })
    }

    /// Reads `period`, or `from` and `to`; the past 7 days when none is there.
    ///
    /// # Errors
    /// [`QueryError::InvalidPeriod`], [`QueryError::InvalidRange`], [`QueryError::NoSuchDate`] or
    /// [`QueryError::InstantNotOnQuarter`].
    pub fn parse_period(&self) -> Result<Period, QueryError> {
        match (self.period.as_deref(), self.from.as_deref(), self.to.as_deref()) {
            (None, None, None) => Ok(Period::default()),
            (Some(word), None, None) => {
                Preset::from_word(word).map(Period::Preset).ok_or(QueryError::InvalidPeriod)
            }
            (Some(_), _, _) => Err(QueryError::InvalidPeriod),
            (None, Some(from), Some(to)) => parse_range(from, to),
            (None, _, _) => Err(QueryError::InvalidRange),
        }
    }

    /// Reads `compare`, and with `custom` the two dates; the previous period when absent.
    ///
    /// # Errors
    /// [`QueryError::InvalidCompare`] for an unknown word, and for dates without `custom`;
    /// [`QueryError::InvalidCompareRange`] or [`QueryError::NoSuchDate`] for the dates.
    pub fn parse_compare(&self) -> Result<Comparison, QueryError> {
        let mode = self.compare.as_deref().map(ComparisonMode::from_word).transpose()?;
        let dates = (self.compare_from.as_deref(), self.compare_to.as_deref());
        match (mode, dates) {
            (Some(ComparisonMode::Custom), (Some(from), Some(to))) => {
                parse_dates(from, to).map(Comparison::Custom)
            }
            (Some(ComparisonMode::Custom), _) => Err(QueryError::InvalidCompareRange),
            (_, (Some(_), _) | (_, Some(_))) => Err(QueryError::InvalidCompare),
            (None | Some(ComparisonMode::Previous), _) => Ok(Comparison::Previous),
            (Some(ComparisonMode::Year), _) => Ok(Comparison::Year),
            (Some(ComparisonMode::None), _) => Ok(Comparison::None),
        }
    }

    /// Reads `granularity`.
    ///
    /// # Errors
    /// [`QueryError::InvalidGranularity`].
    pub fn parse_granularity(&self) -> Result<Option<Granularity>, QueryError> {
        let read = |word| Granularity::from_word(word).ok_or(QueryError::InvalidGranularity);
        self.granularity.as_deref().map(read).transpose()
    }

    /// Reads `channel`.
    ///
    /// # Errors
    /// [`QueryError::InvalidChannel`].
    pub fn parse_channel(&self) -> Result<Option<Channel>, QueryError> {
        let channel = self.channel.as_deref().map(Channel::parse);
        channel.transpose().map_err(|_| QueryError::InvalidChannel)
    }
}

fn parse_range(from: &str, to: &str) -> Result<Period, QueryError> {
    if let (Some(from), Some(to)) = (parse_date(from), parse_date(to)) {
        return if from <= to { Ok(Period::Dates { from, to }) } else { Err(QueryError::InvalidRange) };
    }
    check_calendar(from, to)?;
    let (from, to) = (parse_instant(from)?, parse_instant(to)?);
    if from >= to {
        return Err(QueryError::InvalidRange);
    }
    if !from.is_on_quarter() || !to.is_on_quarter() {
        return Err(QueryError::InstantNotOnQuarter);
    }
    Ok(Period::Instants { from, to })
}

/// Refuses dates that are on no calendar.
fn check_calendar(from: &str, to: &str) -> Result<(), QueryError> {
    let found = find_no_such_date(from).or_else(|| find_no_such_date(to));
    found.map_or(Ok(()), |date| Err(QueryError::NoSuchDate { date: date.to_owned() }))
}

/// The dates of a comparison of one's own choice.
fn parse_dates(from: &str, to: &str) -> Result<DateRange, QueryError> {
    check_calendar(from, to)?;
    match (parse_date(from), parse_date(to)) {
        (Some(first), Some(last)) if first <= last => Ok(DateRange { first, last }),
        _ => Err(QueryError::InvalidCompareRange),
    }
}

/// In a URL a plus sign that nobody has encoded arrives as a space.
fn parse_instant(text: &str) -> Result<Instant, QueryError> {
    let time = parse_time(&text.replace(' ', "+")).ok_or(QueryError::InvalidRange)?;
    if time.nanosecond() != 0 {
        return Err(QueryError::InstantNotOnQuarter);
    }
    Ok(Instant::from(time))
}
