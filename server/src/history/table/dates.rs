//! How the times of a column are written, found out from its first rows. What can be read two ways is never guessed.

use analytics::written_time::{DateOrder, WrittenTime};
use anyhow::bail;
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use crate::history::options::{DateFormat, Options};

/// Excel counts days from here. Serial numbers of 2000 to 2100 are told from seconds since 1970 by their size.
const SERIAL_DAYS: std::ops::Range<f64> = 36_526.0..73_050.0;
const DAY_SECONDS: f64 = 86_400.0;

/// The options for a column, completed by what its first times say.
///
/// # Errors
/// When they can be read two ways, or name no offset and nobody told their zone.
pub(super) fn settle(options: &Options, column: &str, times: &[&str]) -> anyhow::Result<Options> {
    let mut settled = options.clone();
    if settled.date_format.is_none() {
        settled.date_format = guess(column, times)?.map(DateFormat::Order);
    }
    let written = times.iter().filter_map(|text| Some((text, parse(&settled, text)?)));
    let mut locals = written.map(|(text, time)| (text, matches!(time, WrittenTime::Local(_))));
    if settled.time_zone.is_none()
        && let Some((text, true)) = locals.next()
        && locals.all(|(_, is_local)| is_local)
    {
        bail!(
            "the times in {column}, such as {text}, have no offset from UTC: give their zone, such as --time-zone Europe/Berlin or --time-zone UTC"
        );
    }
    Ok(settled)
}

/// Reads a time as the column writes it; also Excel's serial numbers.
pub(super) fn parse(options: &Options, text: &str) -> Option<WrittenTime> {
    let told = options.date_format.as_ref().and_then(|format| format.parse(text));
    told.or_else(|| parse_serial(text)).or_else(|| WrittenTime::parse(text))
}

/// A date and a time of day that stand in two cells. Excel writes both as a date and a time of day: those of a date are
/// midnight, and a time of day is of the day from which days are counted.
pub(super) fn join(date: &str, time: &str) -> String {
    let midnight = [" 00:00:00", "T00:00:00"].iter().find_map(|end| {
        let at = date.find(end)?;
        date[at + end.len()..].trim_matches(['.', '0']).is_empty().then_some(&date[..at])
    });
    let of_day = ["1899-12-30", "1899-12-31", "1900-01-00"].iter().find_map(|day| time.strip_prefix(day));
    let time = of_day.map_or(time, |time| time.trim_start_matches([' ', 'T']));
    format!("{} {time}", midnight.unwrap_or(date))
}

/// The order of day and month, if some times need one.
fn guess(column: &str, times: &[&str]) -> anyhow::Result<Option<DateOrder>> {
    let needs_order = |text: &&&str| parse_serial(text).is_none() && WrittenTime::parse(text).is_none();
    let fits =
        |order: DateOrder| times.iter().filter(needs_order).filter(move |text| order.parse(text).is_some());
    let (day_first, month_first) = (fits(DateOrder::DayFirst).count(), fits(DateOrder::MonthFirst).count());
    match (day_first, month_first) {
        (0, 0) => Ok(None),
        (by_day, by_month) if by_day > by_month => Ok(Some(DateOrder::DayFirst)),
        (by_day, by_month) if by_day < by_month => Ok(Some(DateOrder::MonthFirst)),
        _ => {
            let example = fits(DateOrder::DayFirst).next().copied().unwrap_or_default();
            bail!(
                "the times in {column}, such as {example}, can be read in two ways: give --date-format dmy if the day comes first, or --date-format mdy if the month comes first"
            )
        }
    }
}

/// Days since 1900 as Excel counts them, with the time of day as a fraction: 45717.4166667.
fn parse_serial(text: &str) -> Option<WrittenTime> {
    let text = &text.replace(',', ".");
    let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let days: f64 = text.parse().ok().filter(|days| is_decimal && SERIAL_DAYS.contains(days))?;
    let whole = format!("{:.0}", days.trunc()).parse().ok()?;
    // A cell has 15 digits: what is finer than a millisecond is not meant.
    let ms = format!("{:.0}", days.fract() * DAY_SECONDS * 1_000.0).parse().ok()?;
    let midnight: NaiveDateTime = NaiveDate::from_ymd_opt(1899, 12, 30)?.and_hms_opt(0, 0, 0)?;
    let time = midnight.checked_add_signed(TimeDelta::try_days(whole)?)?;
    Some(WrittenTime::Local(time.checked_add_signed(TimeDelta::try_milliseconds(ms)?)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(times: &[&str]) -> Result<Option<DateOrder>, String> {
        guess("When", times).map_err(|error| error.to_string())
    }

    #[test]
    fn the_order_of_day_and_month_follows_from_days_above_twelve() {
        assert_eq!(order(&["3/4/2025 10:00", "31/12/2025 10:00"]), Ok(Some(DateOrder::DayFirst)));
        assert_eq!(order(&["3/4/2025 10:00", "12/31/2025 10:00", "x"]), Ok(Some(DateOrder::MonthFirst)));
        assert_eq!(order(&["3.4.2025 10:00"]), Ok(Some(DateOrder::DayFirst)));
        assert_eq!(order(&["2025-03-01T10:00:00Z", "1740823200", "45717.41"]), Ok(None));
        let both = order(&["2025-03-01T10:00:00Z", "3/4/2025 10:00"]).unwrap_err();
        assert!(both.contains("3/4/2025") && both.contains("dmy") && both.contains("mdy"), "{both}");
        assert!(
            order(&["13/1/2025 10:00", "1/13/2025 10:00"]).is_err(),
            "one of them is wrong, and nobody knows which"
        );
    }

    #[test]
    fn local_times_need_a_zone_unless_some_name_an_offset() {
        let settle = |times: &[&str]| {
            settle(&Options::default(), "When", times).map(drop).map_err(|error| error.to_string())
        };
        assert!(settle(&["2025-03-01 10:00"]).unwrap_err().contains("--time-zone"));
        assert_eq!(settle(&["2025-03-01 10:00", "2025-03-01 10:00Z"]), Ok(()));
        assert_eq!(settle(&["yesterday"]), Ok(()));
    }

    #[test]
    fn a_date_and_a_time_of_day_are_joined_however_a_sheet_writes_them() {
        for (date, time) in [
            ("2026-11-20", "11:00:00"),
            ("2026-11-20 00:00:00.000", "1899-12-31 11:00:00"),
            ("2026-11-20T00:00:00", "1899-12-30T11:00:00"),
        ] {
            assert_eq!(join(date, time), "2026-11-20 11:00:00");
        }
    }

    #[test]
    fn serial_numbers_of_excel_are_local_times() {
        let parse = |text| match parse_serial(text) {
            Some(WrittenTime::Local(local)) => Some(local.to_string()),
            _ => None,
        };
        assert_eq!(parse("45717.4166667").as_deref(), Some("2025-03-01 10:00:00.003"));
        assert_eq!(parse("45717.416666666664").as_deref(), Some("2025-03-01 10:00:00"));
        assert_eq!(parse("45717,5").as_deref(), Some("2025-03-01 12:00:00"));
        assert_eq!(parse("45717").as_deref(), Some("2025-03-01 00:00:00"));
        for text in ["36525", "73050", "1740823200", "-45717", "4.5e4", ""] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
