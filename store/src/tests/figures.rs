//! Figures counted by hand.

use analytics::calendar::Zone;
use analytics::fact::{Direction, Event, Fact, FactKind, Message, ModelUse};
use analytics::granularity::Granularity;
use analytics::ids::{BotId, Channel, EventName};
use analytics::instant::{Instant, MINUTE_MS};
use analytics::period::Period;
use analytics::query::{QueryParts, ReportQuery};
use analytics::report::Report;
use analytics::settings::{IdleTimeout, WeekStart};

use crate::testing::{FactBuilder, MONDAY, TestStore, event, incoming, model_call, outgoing};

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

fn built<const N: usize>(facts: [FactBuilder; N]) -> Vec<Fact> {
    facts.map(|fact| fact.build().unwrap()).into()
}

async fn report(store: &TestStore, bot: BotId, query: &str, minute: i64) -> Report {
    let mut parts = QueryParts::default();
    for (name, value) in query.split('&').filter_map(|part| part.split_once('=')) {
        let value = Some(value.to_owned());
        match name {
            "period" => parts.period = value,
            "from" => parts.from = value,
            "to" => parts.to = value,
            "compare" => parts.compare = value,
            "granularity" => parts.granularity = value,
            "channel" => parts.channel = value,
            other => panic!("{other} is no part of a query"),
        }
    }
    let now = MONDAY.plus_ms(minute * MINUTE_MS);
    store.reading(bot).await.load_report(&parts.parse().unwrap(), now).await.unwrap()
}

/// Total, new, returning, sessions, messages, bot messages.
fn values(report: &Report) -> [u64; 6] {
    let totals = &report.totals;
    [
        totals.total_users,
        totals.new_users,
        totals.returning_users,
        totals.sessions,
        totals.messages,
        totals.bot_messages,
    ]
    .map(|kpi| kpi.value)
}

#[tokio::test]
async fn a_week_of_three_users_gives_the_figures_counted_by_hand() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let facts = built([
        incoming("1", "ada", 9 * HOUR),
        outgoing("2", "ada", 9 * HOUR + 1),
        incoming("3", "ada", 9 * HOUR + 20),
        // 30 minutes after the last message is still the same session; a minute more is another.
        incoming("4", "ada", 9 * HOUR + 50),
        incoming("5", "ada", 10 * HOUR + 21),
        incoming("6", "bob", DAY + 12 * HOUR),
        incoming("7", "ada", DAY + 12 * HOUR),
        outgoing("8", "cyd", DAY + 13 * HOUR),
        incoming("9", "cyd", 2 * DAY),
    ]);
    let outcome = store.ingest(bot, facts).await.unwrap();
    assert_eq!((outcome.accepted, outcome.duplicates, outcome.rejected.len()), (9, 0, 0));

    let now = 6 * DAY + 12 * HOUR;
    let week = report(&store, bot, "period=week&granularity=day", now).await;
    assert_eq!(values(&week), [3, 3, 0, 5, 7, 2]);
    let days: Vec<_> =
        week.timeseries.iter().map(|row| (row.total_users, row.new_users, row.sessions)).collect();
    let day = |total, new, sessions| (Some(total), Some(new), Some(sessions));
    assert_eq!(
        days,
        [day(1, 1, 2), day(2, 1, 2), day(1, 1, 1), day(0, 0, 0), day(0, 0, 0), day(0, 0, 0), day(0, 0, 0)]
    );
    let tuesday = report(&store, bot, "from=2026-03-03&to=2026-03-03", now).await;
    assert_eq!(values(&tuesday), [2, 1, 1, 2, 2, 1]);
    assert_eq!(tuesday.totals.total_users.previous, Some(1));
}

#[tokio::test]
async fn a_channel_answers_as_if_the_bot_had_only_it() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let facts = built([
        incoming("1", "ada", 0),
        incoming("2", "ada", DAY).on("telegram"),
        // One named session over two channels counts where it opened.
        incoming("3", "bob", DAY + 5).on("web").within("s"),
        incoming("4", "bob", DAY).on("telegram").within("s"),
    ]);
    store.ingest(bot, facts).await.unwrap();
    let all = report(&store, bot, "from=2026-03-03&to=2026-03-03", 2 * DAY).await;
    assert_eq!(values(&all), [2, 1, 1, 2, 3, 0]);
    let telegram = report(&store, bot, "from=2026-03-03&to=2026-03-03&channel=telegram", 2 * DAY).await;
    assert_eq!(values(&telegram), [2, 2, 0, 2, 2, 0]);
    assert_eq!(telegram.first_message_at.map(Instant::from), Some(MONDAY.plus_ms(DAY * MINUTE_MS)));
    let web = report(&store, bot, "from=2026-03-03&to=2026-03-03&channel=web", 2 * DAY).await;
    assert_eq!(values(&web), [1, 1, 0, 0, 1, 0]);
    let unseen = report(&store, bot, "from=2026-03-03&to=2026-03-03&channel=fax", 2 * DAY).await;
    assert_eq!(values(&unseen), [0; 6]);
    assert_eq!(unseen.timeseries[0].messages, Some(0));
}

#[tokio::test]
async fn a_late_message_closes_the_gap_between_two_sessions() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    store.ingest(bot, built([incoming("1", "ada", 0), incoming("3", "ada", 50)])).await.unwrap();
    assert_eq!(values(&report(&store, bot, "period=week", DAY).await), [1, 1, 0, 2, 2, 0]);
    store.ingest(bot, built([outgoing("2", "ada", 25)])).await.unwrap();
    assert_eq!(values(&report(&store, bot, "period=week", DAY).await), [1, 1, 0, 1, 2, 1]);
    assert_eq!(store.verify(bot, false).await.unwrap(), []);
}

#[tokio::test]
async fn an_answer_at_the_instant_of_its_question_opens_nothing() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    store.ingest(bot, built([incoming("1", "ada", 0), incoming("2", "ada", 5)])).await.unwrap();
    store.ingest(bot, built([outgoing("3", "ada", 5), incoming("4", "ada", 35)])).await.unwrap();
    assert_eq!(values(&report(&store, bot, "period=week", DAY).await), [1, 1, 0, 1, 3, 1]);
    assert_eq!(store.verify(bot, false).await.unwrap(), []);
}

#[tokio::test]
async fn an_earlier_message_moves_the_opening_of_a_named_session() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    store.ingest(bot, built([incoming("2", "ada", DAY).within("s")])).await.unwrap();
    store.ingest(bot, built([incoming("1", "ada", 0).on("telegram").within("s")])).await.unwrap();
    store.ingest(bot, built([incoming("0", "bob", 0).within("s")])).await.unwrap();
    let monday = report(&store, bot, "from=2026-03-02&to=2026-03-02", 2 * DAY).await;
    let tuesday = report(&store, bot, "from=2026-03-03&to=2026-03-03", 2 * DAY).await;
    assert_eq!((monday.totals.sessions.value, tuesday.totals.sessions.value), (2, 0));
    assert_eq!(store.verify(bot, false).await.unwrap(), []);
}

#[tokio::test]
async fn an_id_counts_once_whatever_comes_under_it() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let facts = built([incoming("1", "ada", 0), incoming("1", "bob", 5), incoming("2", "ada", 1)]);
    let first = store.ingest(bot, facts).await.unwrap();
    assert_eq!((first.accepted, first.duplicates), (2, 1));
    let again = built([incoming("2", "cyd", 9), event("1", "ada", 0, "handoff").unwrap()]);
    let again = store.ingest(bot, again).await.unwrap();
    assert_eq!((again.accepted, again.duplicates), (0, 2));
    assert_eq!(values(&report(&store, bot, "period=today", HOUR).await), [1, 1, 0, 1, 2, 0]);
    let other = store.add_bot().await.unwrap();
    assert_eq!(store.ingest(other, built([incoming("1", "ada", 0)])).await.unwrap().accepted, 1);
}

#[tokio::test]
async fn events_and_model_calls_count_as_no_message() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let call = model_call("2", "ada", 1, ModelUse { failed: true, ..ModelUse::default() });
    store.ingest(bot, built([event("1", "ada", 0, "handoff").unwrap(), call])).await.unwrap();
    let week = report(&store, bot, "period=week", DAY).await;
    assert_eq!((values(&week), week.first_message_at), ([0; 6], None));
    assert!(week.timeseries.iter().all(|row| row.messages.is_none()));
    assert_eq!(store.list_channels(bot).await.unwrap(), [Channel::parse("web").unwrap()]);
    assert_eq!(store.verify(bot, false).await.unwrap(), []);
}

#[tokio::test]
async fn a_running_day_is_compared_up_to_the_minute() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let facts = built([
        incoming("1", "ada", 14 * HOUR),
        incoming("2", "bob", 14 * HOUR + 19),
        incoming("3", "cyd", 14 * HOUR + 20),
        incoming("4", "ada", 14 * HOUR + 19),
        incoming("5", "ada", DAY + 14 * HOUR),
    ]);
    store.ingest(bot, facts).await.unwrap();
    let today = report(&store, bot, "period=today", DAY + 14 * HOUR + 20).await;
    let previous = |kpi: analytics::report::Kpi| kpi.previous;
    assert_eq!(previous(today.totals.total_users), Some(2));
    assert_eq!(previous(today.totals.new_users), Some(2));
    assert_eq!(previous(today.totals.messages), Some(3));
    assert_eq!(previous(today.totals.sessions), Some(2));
    assert_eq!(values(&today), [1, 0, 1, 1, 1, 0]);
}

#[tokio::test]
async fn a_day_that_begins_off_the_quarter_is_read_from_raw_rows() {
    // There clocks were turned at 00:01 until 2011, and in 2010-11 back over midnight: the edge of a day and of its
    // hours lay a minute off the quarter.
    let store = TestStore::open().await.unwrap();
    let zone: Zone = "America/St_Johns".parse().unwrap();
    let bot = store.add_bot_with(zone, WeekStart::Monday, IdleTimeout::default()).await.unwrap();
    let at = |text: &str| Instant::from(chrono::DateTime::parse_from_rfc3339(text).unwrap());
    let facts = built([
        incoming("1", "ada", 0).at(at("2010-11-07T02:29:59Z")),
        incoming("2", "bob", 0).at(at("2010-11-07T02:30:30Z")),
        incoming("3", "cyd", 0).at(at("2010-11-07T02:40:00Z")),
        incoming("4", "ada", 0).at(at("2010-11-07T03:40:00Z")),
    ]);
    let oracle = crate::testing::Oracle::new(&facts, IdleTimeout::default());
    store.ingest(bot, facts).await.unwrap();
    for granularity in [Granularity::Hour, Granularity::Day] {
        for (from, to) in
            [("2010-11-06", "2010-11-06"), ("2010-11-07", "2010-11-07"), ("2010-11-06", "2010-11-07")]
        {
            let period = Period::Dates { from: from.parse().unwrap(), to: to.parse().unwrap() };
            let query = ReportQuery { period, granularity: Some(granularity), ..ReportQuery::default() };
            let report = store.reading(bot).await.load_report(&query, MONDAY).await.unwrap();
            oracle.check(&report).unwrap();
        }
    }
}

#[tokio::test]
async fn what_was_sent_is_what_is_exported() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let message = Message {
        direction: Direction::Outgoing,
        text: Some("Grüße, \"Ada\" \u{1F600}".to_owned()),
        intent: Some("greet".to_owned()),
        handled: Some(false),
        model_use: Some(ModelUse { cost_nano_usd: Some(-5), latency_ms: Some(12), ..ModelUse::default() }),
    };
    let failed = ModelUse { model: Some("m-1".to_owned()), failed: true, ..ModelUse::default() };
    let rating = Event {
        name: EventName::parse("rating").unwrap(),
        value_nano: Some(4_500_000_000),
        properties: Some(r#"{"stars":[1,"\u0000"]}"#.to_owned()),
    };
    let facts = built([
        incoming("b", "ada", 5),
        incoming("a", "ada", 5).within("s 1").on("telegram"),
        outgoing("c", "ada", 6).kind(FactKind::Message(message)),
        incoming("d", "\"ö\\", 7).kind(FactKind::Event(rating)),
        model_call("e", "ada", 8, failed.clone()).within("s 1"),
        model_call("f", "bob", 8, ModelUse::default()),
        outgoing("g", "ada", 9).kind(FactKind::Message(Message {
            model_use: Some(failed),
            ..Message::new(Direction::Outgoing)
        })),
    ]);
    store.ingest(bot, facts.clone()).await.unwrap();
    let first = store.load_facts(bot, None, None, 3).await.unwrap();
    let cursor = (first[2].at, first[2].id.as_str().to_owned());
    let rest = store.load_facts(bot, None, Some(&cursor), 9).await.unwrap();
    let exported: Vec<Fact> = first.into_iter().chain(rest).collect();
    assert_eq!(exported[..2], [facts[1].clone(), facts[0].clone()]);
    assert_eq!(exported[2..], facts[2..]);
    let hour =
        analytics::instant::TimeRange::new(MONDAY.plus_ms(6 * MINUTE_MS), MONDAY.plus_ms(7 * MINUTE_MS));
    assert_eq!(store.load_facts(bot, Some(hour), None, 9).await.unwrap(), [facts[2].clone()]);
}
