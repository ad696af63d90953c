//! The dashboard's state in the URL: lenient reading with notices, and writing. The words are those of the read API.

#[cfg(test)]
mod fuzz;

use analytics::comparison::Comparison;
use analytics::error::QueryError;
use analytics::granularity::Granularity;
use analytics::metric::Metric;
use analytics::period::Period;
use analytics::query::{QueryParts, ReportQuery};
use serde::{Deserialize, Serialize};

/// What the dashboard shows: the question, the custom event in the chart, and the card whose metric leads there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DashboardState {
    /// The question that the report answers.
    pub query: ReportQuery,
    /// The custom event that the chart shows too, as the address names it.
    pub event: Option<String>,
    /// The selected card.
    pub metric: Metric,
    /// Which lines of the cards under the chart.
    pub lines: Lines,
}

/// Which lines of the cards under the chart are shown: each shows so many at a time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// Only events whose name holds this; empty for all.
    pub event_search: String,
    /// Pages of events that come before.
    pub events_page: usize,
    /// Pages of models that come before.
    pub models_page: usize,
}

impl Lines {
    /// More than a name has; what is longer finds nothing.
    const MAX_SEARCH_CHARS: usize = 200;

    /// Reads them from the parts of a URL; a part that can't be read is left out.
    pub fn of(find: &impl Fn(&str) -> Option<String>) -> Self {
        // People count pages from one.
        let page = |key: &str| find(key).and_then(|text| text.parse::<usize>().ok()).unwrap_or(1).max(1) - 1;
        let event_search = find("event_search").unwrap_or_default();
        Self {
            event_search: event_search.chars().take(Self::MAX_SEARCH_CHARS).collect(),
            events_page: page("events_page"),
            models_page: page("models_page"),
        }
    }

    fn write(&self, text: &mut String) {
        if !self.event_search.is_empty() {
            text.push_str("&event_search=");
            text.push_str(&escape(&self.event_search));
        }
        for (key, page) in [("events_page", self.events_page), ("models_page", self.models_page)] {
            if page > 0 {
                text.push_str(&format!("&{key}={}", page + 1));
            }
        }
    }
}

impl Default for DashboardState {
    fn default() -> Self {
        Self {
            query: ReportQuery::default(),
            event: None,
            metric: Metric::TotalUsers,
            lines: Lines::default(),
        }
    }
}

/// Why the page shows something else than the URL asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Notice {
    /// `period`, `from` or `to` can't be read.
    Period,
    /// `from` or `to` is on no calendar.
    NoSuchDate,
    /// The dates lie outside what can be asked for.
    OutOfRange,
    /// `compare`, `compare_from` or `compare_to` can't be read.
    Compare,
    /// `compare_from` or `compare_to` is on no calendar.
    NoSuchDateToCompare,
    /// The dates to compare with lie outside what can be asked for.
    CompareOutOfRange,
    /// `granularity` can't be read.
    Granularity,
    /// `channel` can't be read.
    Channel,
    /// `event` is no name that an event can have.
    Event,
    /// There are too many names and points for the chart to show an event.
    EventTooFine,
    /// `metric` can't be read.
    Metric,
    /// The granularity would give too many buckets; the chart shows this one.
    Coarser(Granularity),
}

impl Notice {
    /// What the person reads.
    pub fn sentence(self) -> String {
        let unread = |part: &str, shown: &str| {
            format!("The {part} in this page's address could not be read. Shown instead: {shown}.")
        };
        match self {
            Self::Period => unread("period", "the past 7 days"),
            Self::OutOfRange => {
                "Dates can be between 2000 and one year from today. Shown instead: the past 7 days."
                    .to_owned()
            }
            Self::NoSuchDate => {
                "A date in this page's address does not exist: its month has fewer days. Shown instead: the past 7 days."
                    .to_owned()
            }
            Self::Compare => unread("comparison", "the previous period"),
            Self::NoSuchDateToCompare => {
                "A comparison date does not exist: its month has fewer days. Compared instead: the previous period."
                    .to_owned()
            }
            Self::CompareOutOfRange => {
                "Comparison dates can be between 2000 and one year from today. Compared instead: the previous period."
                    .to_owned()
            }
            Self::Granularity => unread("granularity", "the usual one for the period"),
            Self::Channel => unread("channel", "all channels"),
            Self::Event => unread("event", "none"),
            Self::EventTooFine => {
                "The chart can't show the event: this bot has too many events for so many points. Choose a coarser granularity or a shorter period."
                    .to_owned()
            }
            Self::Metric => unread("metric", "total users"),
            Self::Coarser(granularity) => format!(
                "A chart cannot show so many points. Shown instead: one point per {}.",
                granularity.word()
            ),
        }
    }
}

/// Reads the state from the parts of a URL, each found by its key. `None` when the URL has no state at all; a part
/// that can't be read gives its default and a notice.
pub fn read(find: impl Fn(&str) -> Option<String>) -> (Option<DashboardState>, Vec<Notice>) {
    let parts = query_parts(&find);
    let (event, metric, lines) = (find("event"), find("metric"), Lines::of(&find));
    if parts == QueryParts::default() && event.is_none() && metric.is_none() && lines == Lines::default() {
        return (None, Vec::new());
    }
    let mut notices = Vec::new();
    let (period, compare) = (parts.parse_period(), parts.parse_compare());
    let period_notice = if is_no_such_date(&period) { Notice::NoSuchDate } else { Notice::Period };
    let compare_notice =
        if is_no_such_date(&compare) { Notice::NoSuchDateToCompare } else { Notice::Compare };
    let query = ReportQuery {
        period: or_default(period, period_notice, &mut notices),
        compare: or_default(compare, compare_notice, &mut notices),
        granularity: or_default(parts.parse_granularity(), Notice::Granularity, &mut notices),
        channel: or_default(parts.parse_channel(), Notice::Channel, &mut notices),
    };
    let metric = metric.map_or(Ok(Metric::TotalUsers), |word| Metric::from_word(&word).ok_or(()));
    let metric = metric.unwrap_or_else(|()| {
        notices.push(Notice::Metric);
        Metric::TotalUsers
    });
    (Some(DashboardState { query, event, metric, lines }), notices)
}

/// The state as a query string without `?`. The period is always named, so that a link means the same to everybody;
/// what else is as usual is left out.
pub fn write(state: &DashboardState) -> String {
    let mut text = write_asked(state);
    if state.metric != Metric::TotalUsers {
        text.push_str("&metric=");
        text.push_str(state.metric.word());
    }
    text
}

/// What the server is asked: the question, the event in the chart, and the lines of the cards.
pub fn write_asked(state: &DashboardState) -> String {
    let mut text = write_query(&state.query);
    if let Some(event) = &state.event {
        text.push_str("&event=");
        text.push_str(&escape(event));
    }
    state.lines.write(&mut text);
    text
}

/// The question alone as a query string, as the read API and the CSV take it.
pub fn write_query(query: &ReportQuery) -> String {
    let mut text = match query.period {
        Period::Preset(preset) => format!("period={}", preset.word()),
        Period::Dates { from, to } => format!("from={from}&to={to}"),
        Period::Instants { from, to } => format!("from={from}&to={to}"),
    };
    let mut push = |key: &str, word: &str| {
        text.push('&');
        text.push_str(key);
        text.push('=');
        text.push_str(word);
    };
    if query.compare != Comparison::default() {
        push("compare", query.compare.mode().word());
    }
    if let Comparison::Custom(dates) = query.compare {
        push("compare_from", &dates.first.to_string());
        push("compare_to", &dates.last.to_string());
    }
    if let Some(granularity) = query.granularity {
        push("granularity", granularity.word());
    }
    if let Some(channel) = &query.channel {
        push("channel", channel.as_str());
    }
    text
}

/// The question of a table that a person opens in a spreadsheet: with the mark at its beginning by which Excel knows UTF-8.
pub fn write_table_query(query: &ReportQuery) -> String {
    format!("{}&bom=1", write_query(query))
}

/// What of a state is a habit, worth being remembered for the next visit: a preset and how it is looked at. A drilled
/// or custom range, dates to compare with, a channel and an event are looks at one thing, on one day, of one bot.
pub fn habit(state: &DashboardState) -> Option<DashboardState> {
    let compare = match state.query.compare {
        Comparison::Custom(_) => Comparison::default(),
        usual => usual,
    };
    matches!(state.query.period, Period::Preset(_)).then(|| DashboardState {
        query: ReportQuery { compare, channel: None, ..state.query.clone() },
        event: None,
        metric: state.metric,
        lines: Lines::default(),
    })
}

/// Finds a part of a query string that [`write`], [`write_asked`] or [`write_query`] has written.
pub fn find_part(text: &str, key: &str) -> Option<String> {
    let mut pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| *name == key).map(|(_, value)| unescape(value))
}

/// All parts of such a query string, by name and value.
pub fn parts(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), unescape(value))).collect()
}

/// Reads what [`write_asked`] has written, strictly.
///
/// # Errors
/// The first part that can't be read.
pub fn parse_asked(text: &str) -> Result<DashboardState, QueryError> {
    let find = |key: &str| find_part(text, key);
    let query = query_parts(&find).parse()?;
    Ok(DashboardState { query, event: find("event"), lines: Lines::of(&find), ..DashboardState::default() })
}

/// A text as it may stand in a query string: in percent signs but for letters and digits of ASCII.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' {
            escaped.push(char::from(byte));
        } else {
            escaped.push('%');
            escaped.extend(
                [byte >> 4, byte & 15].map(|half| char::from(b"0123456789ABCDEF"[usize::from(half)])),
            );
        }
    }
    escaped
}

/// The text that [`escape`] was given; what is in no percent signs stays.
fn unescape(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2).unwrap_or(("", part));
        bytes.extend(u8::from_str_radix(digits, 16));
        bytes.extend(rest.bytes());
    }
    String::from_utf8(bytes).unwrap_or_default()
}

fn query_parts(find: &impl Fn(&str) -> Option<String>) -> QueryParts {
    QueryParts {
        period: find("period"),
        from: find("from"),
        to: find("to"),
        compare: find("compare"),
        compare_from: find("compare_from"),
        compare_to: find("compare_to"),
        granularity: find("granularity"),
        channel: find("channel"),
    }
}

fn is_no_such_date<T>(read: &Result<T, QueryError>) -> bool {
    matches!(read, Err(QueryError::NoSuchDate { .. }))
}

fn or_default<T: Default>(read: Result<T, QueryError>, notice: Notice, notices: &mut Vec<Notice>) -> T {
    read.unwrap_or_else(|_| {
        notices.push(notice);
        T::default()
    })
}

#[cfg(test)]
mod tests {
    use analytics::ids::Channel;
    use analytics::period::Preset;

    use super::*;

    fn read_text(text: &str) -> (Option<DashboardState>, Vec<Notice>) {
        read(|key| find_part(text, key))
    }

    fn round_trips(text: &str) {
        let (state, notices) = read_text(text);
        assert_eq!(notices, [], "{text}");
        assert_eq!(write(&state.unwrap()), text);
    }

    #[test]
    fn every_preset_comes_back_as_it_was_written() {
        for preset in Preset::ALL {
            round_trips(&format!("period={}", preset.word()));
        }
    }

    #[test]
    fn a_whole_state_comes_back_as_it_was_written() {
        round_trips(
            "from=2026-11-01&to=2026-11-15&compare=year&granularity=hour&channel=web&metric=new_users",
        );
        round_trips(
            "period=24h&compare=custom&compare_from=2026-03-01&compare_to=2026-03-10&granularity=hour",
        );
        round_trips("from=2026-11-17T09:15:00Z&to=2026-11-17T11:30:00Z&compare=none");
    }

    #[test]
    fn an_event_comes_back_whatever_its_name_is() {
        for name in ["handoff", "100 % & more?", "Übergabe\u{1F600}", "a=b+c"] {
            let event = Some(name.to_owned());
            let state = DashboardState { event, ..DashboardState::default() };
            assert_eq!(read_text(&write(&state)), (Some(state.clone()), Vec::new()), "{name}");
            assert_eq!(parse_asked(&write_asked(&state)), Ok(state), "{name}");
        }
    }

    #[test]
    fn the_lines_of_cards_come_back_and_no_page_lies_before_the_first() {
        let lines = Lines { event_search: "Über & co".to_owned(), events_page: 1, models_page: 2 };
        let state = DashboardState { lines, ..DashboardState::default() };
        assert_eq!(write(&state), "period=7d&event_search=%C3%9Cber%20%26%20co&events_page=2&models_page=3");
        assert_eq!(read_text(&write(&state)), (Some(state.clone()), Vec::new()));
        assert_eq!(parse_asked(&write_asked(&state)), Ok(state.clone()));
        assert_eq!(habit(&state).unwrap().lines, Lines::default());
        for page in ["0", "1", "-1", "x", "99999999999999999999999"] {
            let (state, _) = read_text(&format!("period=7d&events_page={page}"));
            assert_eq!(state.unwrap().lines, Lines::default(), "{page}");
        }
        let (state, _) = read_text(&format!("event_search={}", "x".repeat(5_000)));
        assert_eq!(state.unwrap().lines.event_search.len(), Lines::MAX_SEARCH_CHARS);
    }

    #[test]
    fn a_url_without_state_says_so() {
        assert_eq!(read_text("utm_source=mail"), (None, Vec::new()));
    }

    #[test]
    fn what_is_as_usual_is_left_out_but_for_the_period() {
        assert_eq!(write(&DashboardState::default()), "period=7d");
        let (state, _) = read_text("period=28d&compare=previous&metric=total_users");
        assert_eq!(write(&state.unwrap()), "period=28d");
    }

    #[test]
    fn each_unreadable_part_gives_its_default_and_a_notice_and_spares_the_others() {
        let (state, notices) =
            read_text("period=fortnight&compare=x&granularity=second&channel=%21&metric=likes");
        assert_eq!(state, Some(DashboardState::default()));
        let all = [Notice::Period, Notice::Compare, Notice::Granularity, Notice::Channel, Notice::Metric];
        assert_eq!(notices, all);

        let (state, notices) = read_text("from=2026-02-30&to=2026-03-01&channel=web");
        let state = state.unwrap();
        assert_eq!(state.query.period, Period::default());
        assert_eq!(state.query.channel, Some(Channel::parse("web").unwrap()));
        assert_eq!(notices, [Notice::NoSuchDate]);

        let (state, notices) =
            read_text("period=28d&compare=custom&compare_from=2026-02-29&compare_to=2026-03-01");
        assert_eq!(state.unwrap().query.compare, Comparison::Previous);
        assert_eq!(notices, [Notice::NoSuchDateToCompare]);
        for text in ["compare=custom", "compare_from=2026-02-01", "compare=custom&compare_from=2026-02-01"] {
            assert_eq!(read_text(text).1, [Notice::Compare], "{text}");
        }
    }

    #[test]
    fn half_a_range_or_a_range_beside_a_preset_is_unreadable() {
        for text in
            ["from=2026-11-01", "to=2026-11-01", "period=7d&from=2026-11-01&to=2026-11-02", "from=b&to=a"]
        {
            assert_eq!(read_text(text).1, [Notice::Period], "{text}");
        }
    }

    #[test]
    fn the_server_reads_a_question_strictly() {
        let (state, _) = read_text("period=12mo&channel=telegram");
        let query = state.unwrap().query;
        assert_eq!(parse_asked(&write_query(&query)).map(|state| state.query), Ok(query));
        assert_eq!(parse_asked("granularity=eon"), Err(QueryError::InvalidGranularity));
    }

    #[test]
    fn a_preset_is_a_habit_without_its_channel_and_a_range_is_none() {
        let (state, _) = read_text("period=28d&compare=year&channel=web&metric=sessions");
        assert_eq!(write(&habit(&state.unwrap()).unwrap()), "period=28d&compare=year&metric=sessions");
        let (state, _) = read_text("period=28d&compare=custom&compare_from=2026-03-01&compare_to=2026-03-10");
        assert_eq!(write(&habit(&state.unwrap()).unwrap()), "period=28d");
        let (state, _) = read_text("from=2026-11-17&to=2026-11-17");
        assert_eq!(habit(&state.unwrap()), None);
    }

    #[test]
    fn every_notice_is_a_plain_sentence() {
        let notices = [
            Notice::Period,
            Notice::NoSuchDate,
            Notice::OutOfRange,
            Notice::Compare,
            Notice::NoSuchDateToCompare,
            Notice::CompareOutOfRange,
            Notice::EventTooFine,
            Notice::Coarser(Granularity::Week),
        ];
        for notice in notices {
            assert!(notice.sentence().ends_with('.'));
        }
        assert!(Notice::Coarser(Granularity::Week).sentence().contains("one point per week"));
    }
}
