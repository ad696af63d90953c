//! Events and model use, counted by hand.

use analytics::calendar::{Calendar, Zone};
use analytics::events::EventsReport;
use analytics::fact::{Direction, Event, Fact, FactKind, Message, ModelUse};
use analytics::ids::{BotId, EventName, UserId};
use analytics::instant::MINUTE_MS;
use analytics::latency::Percentile;
use analytics::model_use::ModelUseReport;
use analytics::nano::Nano;
use analytics::query::{QueryParts, ReportQuery};
use analytics::settings::{IdleTimeout, WeekStart};

use super::rebuilds::{advance, ask_for};
use crate::rules::rule::Rule;
use crate::testing::{FactBuilder, MONDAY, TestStore, event, incoming, model_call, outgoing};

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

fn built<const N: usize>(facts: [FactBuilder; N]) -> Vec<Fact> {
    facts.map(|fact| fact.build().unwrap()).into()
}

/// An event with a value in billionths.
fn valued(id: &str, user: &str, minute: i64, value_nano: i64) -> FactBuilder {
    let event =
        Event { name: EventName::parse("order").unwrap(), value_nano: Some(value_nano), properties: None };
    incoming(id, user, minute).kind(FactKind::Event(event))
}

fn used(model: &str, latency_ms: u64) -> ModelUse {
    ModelUse { model: Some(model.to_owned()), latency_ms: Some(latency_ms), ..ModelUse::default() }
}

fn query(period: &str, channel: Option<&str>) -> ReportQuery {
    let parts = QueryParts {
        period: Some(period.to_owned()),
        channel: channel.map(str::to_owned),
        ..QueryParts::default()
    };
    parts.parse().unwrap()
}

async fn events(store: &TestStore, bot: BotId, query: &ReportQuery, minute: i64) -> EventsReport {
    let now = MONDAY.plus_ms(minute * MINUTE_MS);
    store.reading(bot).await.load_events_report(query, now).await.unwrap()
}

async fn model_use(store: &TestStore, bot: BotId, query: &ReportQuery, minute: i64) -> ModelUseReport {
    let now = MONDAY.plus_ms(minute * MINUTE_MS);
    store.reading(bot).await.load_model_use_report(query, now).await.unwrap()
}

/// Name, events, users and value of each row.
fn rows(report: &EventsReport) -> Vec<(&str, u64, u64, String)> {
    let mut rows = Vec::new();
    for row in &report.events {
        rows.push((row.name.as_str(), row.count.value, row.users.value, row.value.value.to_string()));
    }
    rows
}

#[tokio::test]
async fn events_of_a_week_by_name_give_the_figures_counted_by_hand() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let facts = built([
        incoming("first", "ada", -8 * DAY),
        valued("before", "ada", -7 * DAY, 4_000_000_000),
        valued("1", "ada", 0, 2_500_000_000),
        valued("2", "ada", 5, -1).on("telegram"),
        valued("3", "bob", DAY, 1),
        event("4", "bob", DAY, "handoff").unwrap(),
        event("5", "bob", 2 * DAY, "handoff").unwrap().on("telegram"),
    ]);
    // Late, and twice.
    store.ingest(bot, facts[3..].to_vec()).await.unwrap();
    store.ingest(bot, facts).await.unwrap();
    let week = events(&store, bot, &query("week", None), 6 * DAY).await;
    assert_eq!(rows(&week), [("order", 3, 2, "2.5".to_owned()), ("handoff", 2, 1, "0".to_owned())]);
    assert_eq!((week.count.value, week.count.previous), (5, Some(1)));
    let order = &week.events[0];
    assert_eq!(
        (order.count.previous, order.users.previous, order.count.change),
        (Some(1), Some(1), Some(2.0))
    );
    assert_eq!((order.value.previous, order.value.change), (Some(Nano::from_parts(4, 0)), Some(-0.375)));
    assert_eq!(order.timeseries, [2, 1, 0, 0, 0, 0, 0].map(Some));

    let telegram = events(&store, bot, &query("week", Some("telegram")), 6 * DAY).await;
    let rows_there = [("handoff", 1, 1, "0".to_owned()), ("order", 1, 1, "-0.000000001".to_owned())];
    assert_eq!(rows(&telegram), rows_there);
    assert_eq!(rows(&events(&store, bot, &query("week", Some("fax")), 6 * DAY).await), []);
    assert_eq!(store.verify(bot, false).await.unwrap(), []);
}

#[tokio::test]
async fn the_comparison_of_a_running_day_ends_at_the_minute() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let facts = built([
        incoming("first", "ada", -DAY),
        valued("1", "ada", 14 * HOUR, 1_000_000_000),
        valued("2", "ada", 14 * HOUR + 19, 1_000_000_000),
        valued("3", "bob", 14 * HOUR + 19, 1_000_000_000),
        valued("4", "cyd", 14 * HOUR + 20, 1_000_000_000),
        model_call("5", "ada", 14 * HOUR + 19, used("m", 70)),
        model_call("6", "ada", 14 * HOUR + 20, used("m", 80)),
        outgoing("7", "ada", 14 * HOUR + 19),
    ]);
    store.ingest(bot, facts).await.unwrap();
    let now = DAY + 14 * HOUR + 20;
    let today = events(&store, bot, &query("today", None), now).await;
    let order = &today.events[0];
    assert_eq!((order.count.value, order.count.previous, order.users.previous), (0, Some(3), Some(2)));
    assert_eq!(order.value.previous, Some(Nano::from_parts(3, 0)));
    let today = model_use(&store, bot, &query("today", None), now).await;
    assert_eq!(today.totals.calls.previous, Some(1));
    assert_eq!(today.totals.previous_latency.unwrap().mean_ms, Some(70.0));
}

#[tokio::test]
async fn model_use_by_model_gives_the_figures_counted_by_hand() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let answer = ModelUse {
        input_tokens: Some(1_000),
        output_tokens: Some(50),
        cost_nano_usd: Some(1_500_000),
        ..used("m-1", 900)
    };
    let answer = Message { model_use: Some(answer), ..Message::new(Direction::Outgoing) };
    let broken = ModelUse { failed: true, ..used("m-1", 100) };
    let monstrous = ModelUse { input_tokens: Some(u64::MAX), ..ModelUse::default() };
    let facts = built([
        incoming("0", "ada", 0),
        outgoing("1", "ada", 1).kind(FactKind::Message(answer)),
        outgoing("2", "ada", 2),
        model_call("3", "ada", 3, broken),
        model_call("4", "bob", DAY, used("m-1", 101)).on("telegram"),
        model_call("5", "bob", DAY, monstrous),
    ]);
    store.ingest(bot, facts).await.unwrap();
    let week = model_use(&store, bot, &query("week", None), 6 * DAY).await;
    let names: Vec<_> = week.models.iter().map(|row| row.model.as_deref()).collect();
    assert_eq!(names, [Some("m-1"), None]);
    let totals = &week.models[0].totals;
    assert_eq!((totals.calls.value, totals.errors.value, totals.input_tokens.value), (3, 1, 1_000));
    assert_eq!((totals.output_tokens.value, totals.cost_usd.value.to_string()), (50, "0.0015".to_owned()));
    assert_eq!((totals.latency.calls, totals.latency.mean_ms), (3, Some(367.0)));
    let percentile =
        |value_ms, lower_ms, upper| Some(Percentile { value_ms, lower_ms, upper_ms: Some(upper) });
    assert_eq!(totals.latency.median, percentile(99, 96, 104));
    assert_eq!(totals.latency.p95, percentile(927, 896, 960));
    assert_eq!(week.models[1].totals.input_tokens.value, 1_000_000_000_000);
    assert_eq!(week.timeseries.calls, [2, 2, 0, 0, 0, 0, 0].map(Some));
    assert_eq!(week.models[0].timeseries.errors, [1, 0, 0, 0, 0, 0, 0].map(Some));
    let telegram = model_use(&store, bot, &query("week", Some("telegram")), 6 * DAY).await;
    assert_eq!((telegram.totals.calls.value, telegram.models.len()), (1, 1));
    assert_eq!(store.verify(bot, false).await.unwrap(), []);
}

#[tokio::test]
async fn the_greatest_values_and_costs_add_up_beyond_64_bits() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let dear = || ModelUse { cost_nano_usd: Some(i64::MAX), ..ModelUse::default() };
    let facts = built([
        valued("1", "ada", 0, i64::MAX),
        valued("2", "ada", 0, i64::MAX),
        valued("3", "ada", 0, 2),
        model_call("4", "ada", 0, dear()),
        model_call("5", "ada", 0, dear()),
    ]);
    store.ingest(bot, facts).await.unwrap();
    let today = events(&store, bot, &query("today", None), HOUR).await;
    assert_eq!(today.events[0].value.value, Nano::from_nano(i128::from(u64::MAX) + 1));
    let today = model_use(&store, bot, &query("today", None), HOUR).await;
    assert_eq!(today.totals.cost_usd.value, Nano::from_nano(i128::from(u64::MAX) - 1));
    let ada = UserId::parse("ada").unwrap();
    assert_eq!(store.erase_user(bot, &ada).await.unwrap(), Some(5));
    assert_eq!(store.verify(bot, false).await.unwrap(), []);
    assert_eq!(rows(&events(&store, bot, &query("today", None), HOUR).await), []);
}

#[tokio::test]
async fn a_bot_without_messages_has_all_its_events_and_calls_since_the_first() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let facts = built([
        event("1", "ada", 0, "handoff").unwrap(),
        model_call("2", "ada", 3 * DAY, ModelUse::default()),
    ]);
    store.ingest(bot, facts).await.unwrap();
    let all = events(&store, bot, &query("all", None), 4 * DAY).await;
    assert_eq!(all.events[0].timeseries, [1, 0, 0, 0, 0].map(Some));
    let all = model_use(&store, bot, &query("all", Some("web")), 4 * DAY).await;
    assert_eq!(all.timeseries.calls, [0, 0, 0, 1, 0].map(Some));
}

#[tokio::test]
async fn plain_messages_ask_nothing_about_events_and_models() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    store.database().statements.lock().unwrap().clear();
    let named = outgoing("3", "ada", 2).within("s");
    store.ingest(bot, built([incoming("1", "ada", 0), outgoing("2", "ada", 1), named])).await.unwrap();
    let statements = store.database().statements.lock().unwrap().clone();
    assert!(statements.len() > 10);
    let of_uses = |sql: &&String| {
        ["event_", "models", "model_activity", "model_counts"].iter().any(|word| sql.contains(word))
    };
    assert_eq!(statements.iter().find(of_uses), None);
}

#[tokio::test]
async fn another_timeout_leaves_events_and_model_use_as_they_are() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let facts = built([
        incoming("1", "ada", 0),
        event("2", "ada", 1, "handoff").unwrap(),
        model_call("3", "ada", 2, ModelUse::default()),
    ]);
    store.ingest(bot, facts).await.unwrap();
    let idle_timeout = IdleTimeout::from_ms(MINUTE_MS).unwrap();
    ask_for(&store, bot, Rule { calendar: Calendar::new(Zone::UTC, WeekStart::Monday), idle_timeout }).await;
    store.database().statements.lock().unwrap().clear();
    while advance(&store, bot, 10).await {}
    let statements = store.database().statements.lock().unwrap().clone();
    let writes = |sql: &&String| sql.contains("insert into event_") || sql.contains("insert into model_");
    assert_eq!(statements.iter().find(writes), None);
    assert_eq!(store.verify(bot, false).await.unwrap(), []);
    let today = model_use(&store, bot, &query("today", None), HOUR).await;
    assert_eq!(today.totals.calls.value, 1);
    assert_eq!(events(&store, bot, &query("today", None), HOUR).await.count.value, 1);
}
