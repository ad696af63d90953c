//! Whatever arrives in whatever order: reports, counters and a brute-force recount agree.

use analytics::error::QueryError;
use analytics::events::EventsReport;
use analytics::fact::Fact;
use analytics::ids::{BotId, Channel};
use analytics::instant::{Instant, MINUTE_MS, QUARTER_MS};
use analytics::model_use::ModelUseReport;
use analytics::period::Period;
use analytics::query::ReportQuery;
use analytics::report::Report;
use proptest::prelude::*;

use super::traffic::{Settings, facts, queries, settings};
use crate::bots::BotChange;
use crate::testing::{MONDAY, Oracle, TestStore, UseOracle, event, incoming, outgoing};
use crate::{Store, StoreError};

/// Runs a test of one random case; `TestCaseError` and errors of the store fail it.
pub(super) fn block_on<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test)
}

pub(super) async fn add_bot(store: &TestStore, settings: &Settings) -> BotId {
    store.add_bot_with(settings.zone, settings.week_start, settings.idle_timeout).await.unwrap()
}

/// `None` where the question has too many buckets.
pub(super) async fn ask(store: &Store, bot: BotId, query: &ReportQuery, now: Instant) -> Option<Report> {
    match store.reading(bot).await.load_report(query, now).await {
        Ok(report) => Some(report),
        Err(StoreError::Query(QueryError::TooManyBuckets { .. })) => None,
        Err(error) => panic!("{error:?}"),
    }
}

/// What reports of events and of model use say; `None` where the question has too many buckets.
pub(super) async fn ask_of_uses(
    store: &Store,
    bot: BotId,
    query: &ReportQuery,
    now: Instant,
) -> Option<(EventsReport, ModelUseReport)> {
    let mut reading = store.reading(bot).await;
    let events = match reading.load_events_report(query, now).await {
        Err(StoreError::Query(QueryError::TooManyBuckets { .. })) => return None,
        report => report.unwrap(),
    };
    Some((events, reading.load_model_use_report(query, now).await.unwrap()))
}

/// Compares every figure of events and of model use with a recount of the facts.
pub(super) async fn check_uses(
    store: &Store,
    bot: BotId,
    oracle: &UseOracle,
    (query, now): &(ReportQuery, Instant),
) -> Result<(), TestCaseError> {
    if let Some((events, models)) = ask_of_uses(store, bot, query, *now).await {
        prop_assert_eq!(oracle.check_events(&events), Ok(()), "{:?}", query);
        prop_assert_eq!(oracle.check_model_use(&models), Ok(()), "{:?}", query);
    }
    Ok(())
}

/// What both reports say, without whose they are.
pub(super) fn figures_of_uses(reports: Option<(EventsReport, ModelUseReport)>) -> Option<String> {
    reports.map(|(events, models)| {
        format!("{:?} {:?} {:?} {:?}", events.events, models.totals, models.timeseries, models.models)
    })
}

/// What a report says, without whose it is.
pub(super) fn figures(report: Option<Report>) -> Option<String> {
    report.map(|report| format!("{:?} {:?} {:?}", report.totals, report.timeseries, report.comparison))
}

/// A bot's settings, its facts in order of arrival, questions about them, and the sizes of batches.
type Case = (Settings, Vec<Fact>, Vec<(ReportQuery, Instant)>, Vec<usize>);

fn case() -> impl Strategy<Value = Case> {
    (settings(), facts(120)).prop_flat_map(|(settings, (start, facts))| {
        let batches = prop::collection::vec(1..40_usize, 40);
        (Just(settings), Just(facts), queries(start), batches)
    })
}

pub(super) fn split(facts: &[Fact], sizes: &[usize]) -> Vec<Vec<Fact>> {
    let mut rest = facts;
    let mut batches = Vec::new();
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (batch, behind) = rest.split_at(rest.len().min(*size));
        batches.push(batch.to_vec());
        rest = behind;
    }
    batches
}

/// Most are within the same quarter of an hour, before and behind.
fn minutes_around() -> impl Strategy<Value = i64> {
    prop_oneof![2 => -12..12_i64, 1 => -60..60_i64, 1 => -7_000..4_000_i64]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn reports_say_what_a_recount_of_the_messages_says((settings, facts, queries, sizes) in case()) {
        block_on(async {
            let store = TestStore::open().await.unwrap();
            let bot = add_bot(&store, &settings).await;
            let (mut accepted, mut duplicates) = (0, 0);
            for batch in split(&facts, &sizes) {
                let outcome = store.ingest(bot, batch).await.unwrap();
                accepted += outcome.accepted;
                duplicates += outcome.duplicates;
            }
            prop_assert_eq!(accepted + duplicates, facts.len() as u64);
            let oracle = Oracle::new(&facts, settings.idle_timeout);
            let use_oracle = UseOracle::new(&facts);
            for question in &queries {
                check_uses(&store, bot, &use_oracle, question).await?;
            }
            for (query, now) in &queries {
                let Some(report) = ask(&store, bot, query, *now).await else { continue };
                prop_assert_eq!(oracle.check(&report), Ok(()), "{:?}", query);
                let seen = query.channel.as_ref();
                prop_assert_eq!(report.first_message_at.map(Instant::from), oracle.first_message_at(seen));
                prop_assert_eq!(report.last_message_at.map(Instant::from), oracle.last_message_at(seen));
            }
            prop_assert_eq!(store.verify(bot, false).await.unwrap(), []);
            Ok(())
        })?;
    }

    #[test]
    fn a_running_period_is_compared_up_to_any_minute(
        settings in settings(),
        channel in prop::option::of(prop::sample::select(vec!["web", "telegram"])),
        cut in 0..3 * 24 * 60_i64,
        (quarters, rest) in (1..400_i64, 1..100_i64),
        times in prop::collection::vec((minutes_around(), 0..5_u8, any::<bool>(), any::<bool>(), prop::bool::weighted(0.2)), 1..80),
    ) {
        let fact = |(id, (minute, user, is_incoming, is_web, is_event)): (usize, &(i64, u8, bool, bool, bool))| {
            let build = if *is_incoming { incoming } else { outgoing };
            let (id, user) = (id.to_string(), format!("user {user}"));
            let fact = match is_event {
                true => event(&id, &user, cut + minute, "handoff").unwrap(),
                false => build(&id, &user, cut + minute),
            };
            fact.on(if *is_web { "web" } else { "telegram" }).build().unwrap()
        };
        let facts: Vec<Fact> = times.iter().enumerate().map(fact).collect();
        let cut = MONDAY.plus_ms(cut * MINUTE_MS);
        let start = cut.quarter().plus_ms(-quarters * QUARTER_MS);
        let from = start.plus_ms((quarters + rest) * QUARTER_MS);
        let period = Period::Instants { from, to: from.plus_ms((quarters + rest) * QUARTER_MS) };
        let now = from.plus_ms(cut.as_ms() - start.as_ms());
        let channel = channel.map(|word| Channel::parse(word).unwrap());
        let query = ReportQuery { period, channel, ..ReportQuery::default() };
        block_on(async {
            let store = TestStore::open().await.unwrap();
            let bot = add_bot(&store, &settings).await;
            let oracle = Oracle::new(&facts, settings.idle_timeout);
            let use_oracle = UseOracle::new(&facts);
            store.ingest(bot, facts).await.unwrap();
            let report = ask(&store, bot, &query, now).await.unwrap();
            let compared = report.comparison.as_ref().unwrap();
            prop_assert_eq!(compared.cut.map(Instant::from), Some(cut));
            prop_assert_eq!(oracle.check(&report), Ok(()));
            check_uses(&store, bot, &use_oracle, &(query, now)).await
        })?;
    }

    #[test]
    fn sessions_of_one_user_are_right_after_every_batch(
        turns in prop::collection::vec((0_i64..12, any::<bool>()), 1..16), sizes in prop::collection::vec(1..5_usize, 6)
    ) {
        block_on(async {
            let store = TestStore::open().await.unwrap();
            let bot = store.add_bot().await.unwrap();
            let turn = |(id, (at, is_incoming)): (usize, &(i64, bool))| {
                let build = if *is_incoming { incoming } else { outgoing };
                build(&id.to_string(), "ada", at * 10).build().unwrap()
            };
            let facts: Vec<Fact> = turns.iter().enumerate().map(turn).collect();
            for batch in split(&facts, &sizes) {
                store.ingest(bot, batch).await.unwrap();
                prop_assert_eq!(store.verify(bot, false).await.unwrap(), []);
            }
            Ok(())
        })?;
    }

    #[test]
    fn the_order_of_arrival_changes_no_figure(
        ((settings, facts, queries, sizes), order) in
            case().prop_flat_map(|case| { let places: Vec<usize> = (0..case.1.len()).collect(); (Just(case), Just(places).prop_shuffle()) }),
    ) {
        block_on(async {
            let store = TestStore::open().await.unwrap();
            let mut ids = std::collections::HashSet::new();
            let facts: Vec<Fact> = facts.into_iter().filter(|fact| ids.insert(fact.id.clone())).collect();
            let shuffled: Vec<Fact> = order.iter().filter_map(|place| facts.get(*place)).cloned().collect();
            let (one, other) = (add_bot(&store, &settings).await, add_bot(&store, &settings).await);
            store.ingest(one, facts).await.unwrap();
            for batch in split(&shuffled, &sizes) {
                store.ingest(other, batch).await.unwrap();
            }
            for (query, now) in &queries {
                let uses = (ask_of_uses(&store, one, query, *now).await, ask_of_uses(&store, other, query, *now).await);
                prop_assert_eq!(figures_of_uses(uses.0), figures_of_uses(uses.1));
                let (one, other) = (ask(&store, one, query, *now).await, ask(&store, other, query, *now).await);
                prop_assert_eq!(figures(one), figures(other));
            }
            Ok(())
        })?;
    }

    #[test]
    fn a_changed_rule_gives_the_figures_it_would_always_have_given(
        (settings, facts, queries, sizes) in case(),
        later in settings(),
    ) {
        block_on(async {
            let store = TestStore::open().await.unwrap();
            let (changed, fresh) = (add_bot(&store, &settings).await, add_bot(&store, &later).await);
            let (before, after) = facts.split_at(facts.len() / 2);
            for batch in split(before, &sizes) {
                store.ingest(changed, batch).await.unwrap();
            }
            let change = BotChange {
                zone: Some(later.zone),
                week_start: Some(later.week_start),
                idle_timeout: Some(later.idle_timeout),
                ..BotChange::default()
            };
            prop_assert!(store.change_bot(changed, &change).await.unwrap());
            store.ingest(changed, after.to_vec()).await.unwrap();
            store.ingest(fresh, facts).await.unwrap();
            prop_assert_eq!(store.verify(changed, false).await.unwrap(), []);
            for (query, now) in &queries {
                let uses = (ask_of_uses(&store, changed, query, *now).await, ask_of_uses(&store, fresh, query, *now).await);
                prop_assert_eq!(figures_of_uses(uses.0), figures_of_uses(uses.1));
                let (one, other) = (ask(&store, changed, query, *now).await, ask(&store, fresh, query, *now).await);
                prop_assert_eq!(figures(one), figures(other));
            }
            Ok(())
        })?;
    }
}
