//! A small report for tests: seven days until a running Sunday, compared with the seven before.

use analytics::comparison::{ComparisonMode, Coverage};
use analytics::dates::DateRange;
use analytics::granularity::Granularity;
use analytics::ids::BotId;
use analytics::instant::LocalTime;
use analytics::metric::Tally;
use analytics::report::{Pair, Report, ReportBot, ReportComparison, ReportPeriod, TimeseriesRow, Totals};
use analytics::settings::{IdleTimeout, WeekStart};

/// 16–22 Nov 2026 in Berlin, as of 14:20 on the last day; the first day lies before the first message.
pub(crate) fn week() -> Report {
    let mut rows: Vec<TimeseriesRow> = (16..23).map(|day| row(day, 10 * u64::from(day - 16))).collect();
    rows[0] = gap(rows[0].clone());
    rows[6].running = true;
    Report {
        bot: ReportBot { id: BotId::from_i64(1), name: "Aria".to_owned() },
        time_zone: "Europe/Berlin".to_owned(),
        week_start: WeekStart::Monday,
        idle_timeout_ms: IdleTimeout::default(),
        channel: None,
        as_of: at("2026-11-22T14:20:05+01:00"),
        today: "2026-11-22".parse().unwrap(),
        first_message_at: Some(at("2026-11-17T09:00:00+01:00")),
        last_message_at: Some(at("2026-11-22T14:19:00+01:00")),
        recalculation: None,
        period: ReportPeriod {
            start: at("2026-11-16T00:00:00+01:00"),
            end: at("2026-11-23T00:00:00+01:00"),
            dates: Some(dates("2026-11-16", "2026-11-22")),
            partial: true,
            running: true,
        },
        granularity: Granularity::Day,
        comparison: Some(comparison()),
        totals: Totals::new(tally(21), Some(tally(14))),
        timeseries: rows,
    }
}

fn comparison() -> ReportComparison {
    ReportComparison {
        mode: ComparisonMode::Previous,
        start: at("2026-11-09T00:00:00+01:00"),
        end: at("2026-11-16T00:00:00+01:00"),
        dates: Some(dates("2026-11-09", "2026-11-15")),
        cut: Some(at("2026-11-15T14:20:00+01:00")),
        coverage: Coverage::Full,
        timeseries: (9..14).map(|day| row(day, u64::from(day))).collect(),
        pairs: pairs(7, 5),
    }
}

/// A day of November with `messages`, a fifth as many sessions and a tenth as many users.
pub(crate) fn row(day: u32, messages: u64) -> TimeseriesRow {
    TimeseriesRow {
        start: at(&format!("2026-11-{day:02}T00:00:00+01:00")),
        end: at(&format!("2026-11-{:02}T00:00:00+01:00", day + 1)),
        partial: false,
        running: false,
        total_users: Some(messages / 10),
        new_users: Some(messages / 10),
        returning_users: Some(0),
        sessions: Some(messages / 5),
        messages: Some(messages),
        bot_messages: Some(messages),
    }
}

/// Two series beside each other by their places.
pub(crate) fn pairs(current: u32, previous: u32) -> Vec<Pair> {
    let pair = |line| Pair {
        current: (line < current).then_some(line),
        previous: (line < previous).then_some(line),
    };
    (0..current.max(previous)).map(pair).collect()
}

/// The week up to its third day, beside five days: two of them stand alone.
pub(crate) fn short_week() -> Report {
    let mut report = week();
    report.timeseries.truncate(3);
    if let Some(comparison) = &mut report.comparison {
        comparison.pairs = pairs(3, 5);
    }
    report
}

fn gap(row: TimeseriesRow) -> TimeseriesRow {
    TimeseriesRow {
        total_users: None,
        new_users: None,
        returning_users: None,
        sessions: None,
        messages: None,
        bot_messages: None,
        ..row
    }
}

fn tally(users: u64) -> Tally {
    Tally { new_users: users, returning_users: 0, sessions: users, messages: 10 * users, bot_messages: users }
}

fn dates(first: &str, last: &str) -> DateRange {
    DateRange { first: first.parse().unwrap(), last: last.parse().unwrap() }
}

pub(crate) fn at(text: &str) -> LocalTime {
    text.parse().unwrap()
}
