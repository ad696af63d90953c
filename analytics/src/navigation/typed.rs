//! Typed dates and shorthand: "14d", "2w", "march", "1-15 nov", "q3 2026", "yesterday".

use chrono::{Datelike, NaiveDate};

use super::horizon::Horizon;
use crate::dates::{DateRange, month_end, month_of, plus_days, plus_months, plus_years, year_of};
use crate::month_names::read_month;
use crate::period::{Period, Preset};
use crate::rfc3339::{find_no_such_date, parse_date};

/// The presets that are so many days, weeks, months or years until today, or so many full days.
const WINDOWS: [Preset; 8] = [
    Preset::Today,
    Preset::Past7Days,
    Preset::Past28Days,
    Preset::Past91Days,
    Preset::Past12Months,
    Preset::Full7Days,
    Preset::Full28Days,
    Preset::Full91Days,
];

/// Why what somebody typed picks nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypedError {
    /// It means nothing.
    NotUnderstood,
    /// It is a date that is on no calendar: 31 November.
    NoSuchDate,
    /// It means dates that all lie after today, or all before the first message.
    Outside(DateRange),
}

/// Reads what somebody typed into the calendar, in English or as ISO dates.
///
/// Windows that move with today ("7d", "12 months", "last week") are the preset of the same dates where there is one;
/// dates stay dates. A date without its year is the latest that has begun. Dates after today are cut off.
///
/// # Errors
/// [`TypedError`] when it means nothing, or nothing that can be picked.
pub fn parse_typed(text: &str, horizon: &Horizon) -> Result<Period, TypedError> {
    let text = text.trim().to_ascii_lowercase();
    if let Some(preset) = parse_preset(&text) {
        return Ok(Period::Preset(preset));
    }
    let clamp = |dates| horizon.clamp(dates).ok_or(TypedError::Outside(dates));
    if let Some(dates) = parse_window(&text, horizon.today) {
        return Ok(horizon.name(clamp(dates)?, &WINDOWS));
    }
    match parse_dates(&text, horizon.today) {
        Some(dates) => clamp(dates).map(Period::from),
        None if names_no_such_date(&text, horizon.today) => Err(TypedError::NoSuchDate),
        None => Err(TypedError::NotUnderstood),
    }
}

fn parse_preset(text: &str) -> Option<Preset> {
    match text {
        "this week" | "week to date" => Some(Preset::ThisWeek),
        "last week" => Some(Preset::LastWeek),
        "this month" | "month to date" | "mtd" => Some(Preset::MonthToDate),
        "last month" => Some(Preset::LastMonth),
        "this year" | "year to date" | "ytd" => Some(Preset::YearToDate),
        "all time" => Some(Preset::AllTime),
        "24 hours" | "past 24 hours" | "last 24 hours" => Some(Preset::Past24Hours),
        word => Preset::from_word(word),
    }
}

/// So long until today: "14d", "past 2 weeks", "3m", "1 year"; until yesterday: "14 full days".
fn parse_window(text: &str, today: NaiveDate) -> Option<DateRange> {
    let text = text.strip_prefix("last ").or_else(|| text.strip_prefix("past ")).unwrap_or(text);
    let unit_at = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (count, unit) = text.split_at(unit_at);
    let count: u16 = count.parse().ok().filter(|count| *count > 0)?;
    let before = match unit.trim_start() {
        "d" | "day" | "days" => plus_days(today, -i64::from(count)),
        "w" | "week" | "weeks" => plus_days(today, -7 * i64::from(count)),
        "m" | "mo" | "month" | "months" => plus_months(today, -i32::from(count)),
        "y" | "year" | "years" => plus_years(today, -i32::from(count)),
        "full day" | "full days" => {
            let first = plus_days(today, -i64::from(count));
            return Some(DateRange { first, last: plus_days(today, -1) });
        }
        _ => return None,
    };
    Some(DateRange { first: plus_days(before, 1), last: today })
}

/// One date, month, quarter or year, or a span from one to another: "nov 1-15", "28 dec to 3 jan".
fn parse_dates(text: &str, today: NaiveDate) -> Option<DateRange> {
    let text = mark_span(text);
    let Some((left, right)) = text.split_once('~') else {
        return PartialDate::parse(&text, today)?.latest_begun(today);
    };
    let (left, right) = (PartialDate::parse(left, today)?, PartialDate::parse(right, today)?);
    let (left, right) = (left.with_month_of(right), right.with_month_of(left));
    let (start, end) = match (left.year, right.year) {
        (None, Some(year)) => {
            let end = right.in_year(year)?;
            (left.find(&[year, year - 1], |start| start.first <= end.last)?, end)
        }
        _ => {
            let start = left.latest_begun(today)?;
            let year = start.first.year();
            // "28 dec to 3 jan" ends in the next year; "15-1 nov" is the wrong way round.
            let is_same = (left.quarter, left.month) == (right.quarter, right.month);
            let years = if is_same { vec![year] } else { vec![year, year + 1] };
            (start, right.find(&years, |end| start.first <= end.last)?)
        }
    };
    Some(DateRange { first: start.first, last: end.last })
}

/// Whether an end of what is written has a day that its month does not have.
fn names_no_such_date(text: &str, today: NaiveDate) -> bool {
    let is_missing = |date: PartialDate| date.month.is_some() && date.day.is_some() && !date.exists(today);
    let mut ends =
        mark_span(text).split('~').map(|end| PartialDate::parse(end, today)).collect::<Vec<_>>().into_iter();
    text.split_whitespace().any(|word| find_no_such_date(word).is_some())
        || ends.any(|end| end.is_some_and(is_missing))
}

/// Writes `~` where a span is meant. A hyphen inside an ISO date or month means none.
fn mark_span(text: &str) -> String {
    let signs = [" to ", " until ", " - ", "..", "\u{2013}", "\u{2014}"];
    let text = signs.iter().fold(text.to_owned(), |text, sign| text.replace(sign, "~"));
    let is_iso = |part: &str| parse_date(part).is_some() || read_iso_month(part).is_some();
    let words = text
        .split_whitespace()
        .map(|word| if word.split('~').any(is_iso) { word.to_owned() } else { word.replacen('-', "~", 1) });
    words.collect::<Vec<_>>().join(" ")
}

/// `2026-11`.
fn read_iso_month(word: &str) -> Option<NaiveDate> {
    parse_date(&format!("{word}-01"))
}

/// What is written of a date, month, quarter or year.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct PartialDate {
    year: Option<i32>,
    quarter: Option<u32>,
    month: Option<u32>,
    day: Option<u32>,
}

impl PartialDate {
    fn parse(text: &str, today: NaiveDate) -> Option<Self> {
        let is_between = |letter: char| letter.is_whitespace() || ",./".contains(letter);
        let mut words = text.split(is_between).filter(|word| !word.is_empty());
        let read = words.try_fold(Self::default(), |read, word| read.with(word, today));
        read.filter(|read| *read != Self::default())
    }

    /// Takes another word; `None` when it means nothing, or something that was said before.
    fn with(self, word: &str, today: NaiveDate) -> Option<Self> {
        let read = Self::read_word(word, today)?;
        Some(Self {
            year: either(self.year, read.year)?,
            quarter: either(self.quarter, read.quarter)?,
            month: either(self.month, read.month)?,
            day: either(self.day, read.day)?,
        })
    }

    fn read_word(word: &str, today: NaiveDate) -> Option<Self> {
        if let Some(date) = parse_date(word).or((word == "today").then_some(today)) {
            return Some(Self { day: Some(date.day()), ..Self::of_month(date) });
        }
        if let Some(month) = read_iso_month(word) {
            return Some(Self::of_month(month));
        }
        if let Some(quarter) = word.strip_prefix('q') {
            return Some(Self { quarter: Some(quarter.parse().ok()?), ..Self::default() });
        }
        let number = word.trim_end_matches(char::is_alphabetic);
        match &word[number.len()..] {
            "" if number.len() == 4 => Some(Self { year: Some(number.parse().ok()?), ..Self::default() }),
            "" | "st" | "nd" | "rd" | "th" => {
                Some(Self { day: Some(number.parse().ok()?), ..Self::default() })
            }
            _ => Some(Self { month: Some(read_month(word)?), ..Self::default() }),
        }
    }

    fn of_month(date: NaiveDate) -> Self {
        Self { year: Some(date.year()), month: Some(date.month()), ..Self::default() }
    }

    /// A day without its month belongs to the month on the other side of the span.
    fn with_month_of(self, other: Self) -> Self {
        let month = if self.day.is_some() { self.month.or(other.month) } else { self.month };
        Self { month, ..self }
    }

    /// In its own year, begun or not; else in the latest in which it has begun.
    fn latest_begun(self, today: NaiveDate) -> Option<DateRange> {
        if let Some(year) = self.year {
            return self.in_year(year);
        }
        // 29 February may lie eight years back.
        let years: Vec<_> = (0..=8).map(|back| today.year() - back).collect();
        self.find(&years, |dates| dates.first <= today)
    }

    /// Whether some year has it: its own, or one of nine until today's.
    fn exists(self, today: NaiveDate) -> bool {
        let years: Vec<_> = (0..=8).map(|back| today.year() - back).collect();
        self.find(&years, |_| true).is_some()
    }

    /// The dates in its own year, else in the first of `years` in which they exist and fit.
    fn find(self, years: &[i32], fits: impl Fn(&DateRange) -> bool) -> Option<DateRange> {
        let own = self.year.as_slice();
        let years = if own.is_empty() { years } else { own };
        years.iter().find_map(|year| self.in_year(*year).filter(&fits))
    }

    fn in_year(self, year: i32) -> Option<DateRange> {
        let date = |month, day| NaiveDate::from_ymd_opt(year, month, day);
        match (self.quarter, self.month, self.day) {
            (None, None, None) => date(1, 1).map(year_of),
            (None, Some(month), None) => date(month, 1).map(month_of),
            (None, Some(month), Some(day)) => {
                date(month, day).map(|date| DateRange { first: date, last: date })
            }
            (Some(quarter @ 1..=4), None, None) => {
                let first = date(3 * quarter - 2, 1)?;
                Some(DateRange { first, last: month_end(plus_months(first, 2)) })
            }
            _ => None,
        }
    }
}

/// What one of two says; `None` when both do.
fn either<T>(one: Option<T>, other: Option<T>) -> Option<Option<T>> {
    match (one, other) {
        (Some(_), Some(_)) => None,
        (one, other) => Some(one.or(other)),
    }
}
