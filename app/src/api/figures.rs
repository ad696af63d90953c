//! What the dashboard shows of a bot, read from the store. A question that cannot be answered as put becomes the nearest
//! one that can.

use analytics::calendar::Calendar;
use analytics::comparison::Comparison;
use analytics::error::QueryError;
use analytics::granularity::Granularity;
use analytics::ids::EventName;
use analytics::instant::Instant;
use analytics::period::Period;
use analytics::query::ReportQuery;
use analytics::report::Report;
use store::StoreError;
use store::reports::Reading;

use super::authorise::server_context;
use super::refusal::internal;
use crate::dashboard::uses::Uses;
use crate::error::AppError;
use crate::url_query::{DashboardState, Notice};

/// The figures of a question, or of the nearest one that can be answered.
pub(super) async fn answer(
    reading: &mut Reading,
    mut state: DashboardState,
) -> Result<(DashboardState, Report, Vec<Notice>), AppError> {
    let context = server_context()?;
    let mut notices = Vec::new();
    loop {
        let error = match reading.load_report(&state.query, context.clock.now()).await {
            Ok(report) => return Ok((state, report, notices)),
            Err(error) => error,
        };
        match next_best(&error, &mut state) {
            Some(notice) => {
                notices.retain(|known| !matches!(known, Notice::Coarser(_)));
                notices.push(notice);
            }
            None => return Err(internal(error)),
        }
    }
}

/// The event that the chart shows too; one that cannot be is left out with a notice.
pub(super) fn read_event(state: &mut DashboardState, notices: &mut Vec<Notice>) -> Option<EventName> {
    let event = EventName::parse(state.event.as_ref()?.as_str()).ok();
    if event.is_none() {
        state.event = None;
        notices.push(Notice::Event);
    }
    event
}

/// What stands beside the report. It can fail by itself: the figures are shown all the same.
pub(super) async fn load_uses(reading: &mut Reading, query: &ReportQuery) -> Result<Uses, AppError> {
    let now = server_context()?.clock.now();
    let mut events = reading.load_events_report(query, now).await;
    if let Some(coarser) = coarser(query, &events) {
        events = reading.load_events_report(&coarser, now).await;
    }
    let mut model_use = reading.load_model_use_report(query, now).await;
    if let Some(coarser) = coarser(query, &model_use) {
        model_use = reading.load_model_use_report(&coarser, now).await;
    }
    Ok(Uses { events: shown(events), model_use: shown(model_use) })
}

/// The question by which a card of very many names has few enough points for its small lines.
fn coarser<T>(query: &ReportQuery, loaded: &Result<T, StoreError>) -> Option<ReportQuery> {
    match loaded {
        Err(StoreError::Query(QueryError::TooManyCells { fitting: Some(granularity), .. })) => {
            Some(ReportQuery { granularity: Some(*granularity), ..query.clone() })
        }
        _ => None,
    }
}

fn shown<T>(loaded: Result<T, StoreError>) -> Option<T> {
    // Logged where it is turned into the error that nobody needs here.
    loaded.map_err(internal).ok()
}

/// After how many seconds newer figures are worth looking for: soon while the period runs; later where only messages that
/// come late can change something, and at the bot's midnight, when the dates of "yesterday" become others.
pub(super) fn look_again_s(calendar: &Calendar, report: &Report) -> u64 {
    const WHILE_RUNNING_S: u64 = 10;
    const ONCE_OVER_S: u64 = 60;
    if report.period.running {
        return WHILE_RUNNING_S;
    }
    let tomorrow = calendar.day_start(report.today.succ_opt().unwrap_or(report.today));
    let until_midnight_ms = tomorrow.as_ms() - Instant::from(report.as_of).as_ms();
    ONCE_OVER_S.min(u64::try_from(until_midnight_ms / 1000).unwrap_or(0) + 1)
}

/// Changes the question to the nearest one that can be answered; `None` where there is none.
fn next_best(error: &StoreError, state: &mut DashboardState) -> Option<Notice> {
    let query = &mut state.query;
    match error {
        StoreError::Query(QueryError::TooManyBuckets { .. }) => {
            // By its length alone a period has few enough; what it is compared with may not.
            query.granularity = query.granularity.map_or(Some(Granularity::Day), Granularity::coarser);
            query.granularity.map(Notice::Coarser)
        }
        StoreError::Query(QueryError::ComparisonOutOfRange) => {
            query.compare = Comparison::default();
            Some(Notice::CompareOutOfRange)
        }
        StoreError::Query(QueryError::PeriodOutOfRange) if query.period != Period::default() => {
            query.period = Period::default();
            Some(Notice::OutOfRange)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use analytics::calendar::Calendar;
    use analytics::instant::{Instant, LocalTime};
    use analytics::settings::WeekStart;

    use super::look_again_s;
    use crate::charts::fixture;

    /// After how many seconds a period that is over is looked at again, at a moment in a zone.
    fn once_over(zone: &str, now: &str) -> u64 {
        let calendar = Calendar::new(zone.parse().unwrap(), WeekStart::Monday);
        let now: Instant = now.parse::<LocalTime>().unwrap().into();
        let mut report = fixture::week();
        report.period.running = false;
        report.as_of = calendar.local(now);
        report.today = calendar.date(now);
        look_again_s(&calendar, &report)
    }

    #[test]
    fn a_running_period_is_looked_at_every_ten_seconds() {
        let calendar = Calendar::new("Europe/Berlin".parse().unwrap(), WeekStart::Monday);
        let mut report = fixture::week();
        report.period.running = true;
        assert_eq!(look_again_s(&calendar, &report), 10);
    }

    #[test]
    fn a_period_that_is_over_is_looked_at_every_minute_and_just_after_the_bots_midnight() {
        assert_eq!(once_over("Europe/Berlin", "2026-11-29T12:00:00+01:00"), 60);
        assert_eq!(once_over("Europe/Berlin", "2026-11-29T23:59:30+01:00"), 31);
        assert_eq!(once_over("Europe/Berlin", "2026-11-29T23:59:59.900+01:00"), 1);
        assert_eq!(once_over("Asia/Kathmandu", "2026-11-29T23:59:20+05:45"), 41);
    }

    #[test]
    fn midnight_is_where_the_next_day_begins_also_where_the_clock_leaps_over_it() {
        // In Santiago the clock goes from 24:00 to 1:00 in the night of 6 September 2026.
        assert_eq!(once_over("America/Santiago", "2026-09-05T23:59:50-04:00"), 11);
        // Apia had no 30 December 2011.
        assert_eq!(once_over("Pacific/Apia", "2011-12-29T23:59:50-10:00"), 11);
    }
}
