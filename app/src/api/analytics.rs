//! The dashboard's figures, and the choice that is remembered for the next visit.

use analytics::ids::{BotId, Channel};
use analytics::report::Report;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use crate::api::encoding::Answer;
use crate::charts::option::ChartOption;
use crate::error::AppError;
use crate::json::Json;
use crate::transport::Transport;
use crate::url_query::Notice;

/// A report with what the dashboard shows around it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadedReport {
    /// The question as it was asked: a query string, empty for the remembered choice.
    pub asked: String,
    /// The state that is answered, as [`crate::url_query::write`] writes it. Without a metric unless remembered.
    pub answered: String,
    /// Where the answer differs from the question.
    pub notices: Vec<Notice>,
    /// Channels that a message came on, by name.
    pub channels: Vec<Channel>,
    /// The figures.
    pub report: Report,
    /// The chart of the figures.
    pub chart: ChartOption,
    /// What each key figure means, in HTML.
    pub definitions: Vec<String>,
    /// The figures as a table, in HTML.
    pub table: String,
    /// What to know of the comparison or the clock, as sentences.
    pub remarks: Vec<String>,
    /// The custom event that the chart shows too.
    pub event: Option<ChosenEvent>,
    /// The cards under the chart, in HTML.
    pub cards: String,
    /// After how many seconds newer figures are worth looking for.
    pub look_again_s: u64,
}

/// A custom event as the chart shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenEvent {
    /// Its name as it may be shown.
    pub name: String,
    /// The same as it may stand in HTML.
    pub html: String,
    /// How many there were, in each bucket of the report; `None` in a gap.
    pub counts: Vec<Option<u64>>,
}

/// Loads the figures of a bot, a [`LoadedReport`]. `query` is what [`crate::url_query::write_asked`] writes; empty asks for the viewer's
/// last choice. Dates out of range fall back to the past 7 days, and a granularity with too many buckets to the next
/// coarser one, each with a notice.
///
/// # Errors
/// [`AppError::NotFound`] for a bot that the viewer may not see, [`AppError::Forbidden`] for one that isn't activated,
/// [`AppError::Invalid`] for an unreadable query.
#[server(prefix = "/fn", endpoint = "load_report", input = GetUrl, output = Answer, client = Transport)]
pub async fn load_report(bot_id: BotId, query: String) -> Result<Json, AppError> {
    use analytics::metric::Metric;

    use crate::api::authorise::read_visible_bot;
    use crate::api::refusal::{fault, internal};
    use crate::charts::overall::overall;
    use crate::dashboard::definition_text::definition_text;
    use crate::dashboard::remarks::remarks;
    use crate::dashboard::table::figures_table;

    // Before the bot is opened: whoever reads asks for no second connection.
    let state = server::asked_state(&query).await;
    let mut reading = read_visible_bot(bot_id).await?;
    let channels = reading.list_channels().await.map_err(internal)?;
    let (mut state, report, mut notices) = server::answer(&mut reading, state?).await?;
    let event = server::read_event(&mut state, &mut notices);
    let answered = crate::url_query::write(&state);
    let uses = server::load_uses(&mut reading, &state.query).await?;
    if event.is_some() && !uses.has_points_of(&report) {
        notices.push(Notice::EventTooFine);
    }
    let event = event.filter(|_| uses.has_points_of(&report)).map(|name| uses.find(&name, &report));
    let chart = overall(&report, event.as_ref()).map_err(|error| fault(&error.to_string()))?;
    Json::new(&LoadedReport {
        asked: query,
        answered,
        notices,
        channels,
        chart,
        definitions: Metric::ALL.map(|metric| definition_text(metric, &report)).to_vec(),
        table: figures_table(&report),
        remarks: remarks(&report),
        event,
        cards: uses.cards(&report, &state),
        look_again_s: server::look_again_s(&reading.bot().calendar, &report),
        report,
    })
}

/// Remembers a dashboard's state, as [`crate::url_query::write`] writes it, as the viewer's last choice.
///
/// # Errors
/// [`AppError::SignedOut`] when nobody is signed in.
#[server(prefix = "/fn", endpoint = "remember_choice", output = Answer, client = Transport)]
pub async fn remember_choice(state: String) -> Result<(), AppError> {
    server::remember(&state).await
}

#[cfg(feature = "ssr")]
mod server {
    use analytics::calendar::Calendar;
    use analytics::comparison::Comparison;
    use analytics::error::QueryError;
    use analytics::granularity::Granularity;
    use analytics::ids::EventName;
    use analytics::instant::Instant;
    use analytics::period::Period;
    use analytics::query::ReportQuery;
    use analytics::report::Report;
    use serde_json::{Map, Value};
    use store::StoreError;
    use store::reports::Reading;

    use crate::api::authorise::{server_context, viewer};
    use crate::api::refusal::{internal, invalid};
    use crate::dashboard::uses::Uses;
    use crate::error::AppError;
    use crate::url_query::{self, DashboardState, Notice};

    /// The member of the preferences that holds the last choice.
    const LAST_CHOICE: &str = "dashboard";

    pub(super) async fn asked_state(query: &str) -> Result<DashboardState, AppError> {
        if query.is_empty() {
            return last_choice().await;
        }
        url_query::parse_asked(query).map_err(|error| invalid("query", error.code()))
    }

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

    async fn last_choice() -> Result<DashboardState, AppError> {
        let preferences = preferences(&viewer().await?.preferences);
        let text = preferences.get(LAST_CHOICE).and_then(Value::as_str).unwrap_or_default();
        Ok(url_query::read(|key| url_query::find_part(text, key)).0.unwrap_or_default())
    }

    pub(super) async fn remember(state: &str) -> Result<(), AppError> {
        let viewer = viewer().await?;
        let Some(state) = url_query::read(|key| url_query::find_part(state, key)).0 else {
            return Ok(());
        };
        let Some(habit) = url_query::habit(&state) else {
            return Ok(());
        };
        let mut preferences = preferences(&viewer.preferences);
        preferences.insert(LAST_CHOICE.to_owned(), Value::String(url_query::write(&habit)));
        let text = Value::Object(preferences).to_string();
        server_context()?.store.save_preferences(viewer.account_id, &text).await.map_err(internal)
    }

    fn preferences(text: &str) -> Map<String, Value> {
        serde_json::from_str(text).unwrap_or_default()
    }
}

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests {
    use analytics::calendar::Calendar;
    use analytics::instant::{Instant, LocalTime};
    use analytics::settings::WeekStart;

    use super::server::look_again_s;
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
