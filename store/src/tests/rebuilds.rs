//! Other rules for a big bot: it is rebuilt beside its live counters, while messages keep coming.

use analytics::calendar::Calendar;
use analytics::fact::Fact;
use analytics::ids::{BotId, UserId};
use analytics::instant::Instant;
use analytics::query::ReportQuery;
use analytics::settings::{IdleTimeout, WeekStart};
use proptest::prelude::*;

use super::any_order::{add_bot, ask, block_on, check_uses, figures, split};
use super::traffic::{Settings, facts, queries, settings};
use crate::Store;
use crate::bots::{BotScope, lock_bot};
use crate::engine::values;
use crate::rebuild::progress::note_wanted;
use crate::rebuild::slice::do_slice;
use crate::rules::rule::Rule;
use crate::testing::{Oracle, TestStore, UseOracle, incoming};

/// What happens before a batch comes.
#[derive(Clone, Debug)]
enum Step {
    /// So many slices of so many rows.
    Advance(u8, i64),
    Ask(Settings),
    /// Whatever was asked for, back to what is live.
    TakeBack,
    Nothing,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (1..6_u8, 1..12_i64).prop_map(|(slices, rows)| Step::Advance(slices, rows)),
        2 => settings().prop_map(Step::Ask),
        1 => Just(Step::TakeBack),
        1 => Just(Step::Nothing),
    ]
}

type Case = (Settings, Vec<Fact>, Vec<(ReportQuery, Instant)>, Vec<usize>, Vec<Step>);

fn case() -> impl Strategy<Value = Case> {
    (settings(), facts(120)).prop_flat_map(|(settings, (start, facts))| {
        let batches = prop::collection::vec(1..20_usize, 40);
        let steps = prop::collection::vec(step(), 12);
        (Just(settings), Just(facts), queries(start), batches, steps)
    })
}

pub(super) fn rule(settings: &Settings) -> Rule {
    let calendar = Calendar::new(settings.zone, settings.week_start);
    Rule { calendar, idle_timeout: settings.idle_timeout }
}

/// Asks for rules as for a big bot.
pub(super) async fn ask_for(store: &Store, bot: BotId, rule: Rule) {
    let mut transaction = store.database().write().await.unwrap();
    let stored = lock_bot(&mut transaction, bot).await.unwrap().unwrap();
    note_wanted(&mut transaction, stored.key, rule).await.unwrap();
    transaction.commit().await.unwrap();
}

pub(super) async fn advance(store: &Store, bot: BotId, rows: i64) -> bool {
    let mut transaction = store.database().write().await.unwrap();
    let stored = lock_bot(&mut transaction, bot).await.unwrap().unwrap();
    let has_more = do_slice(&mut transaction, &stored, rows).await.unwrap();
    transaction.commit().await.unwrap();
    has_more
}

async fn take(store: &Store, bot: BotId, step: &Step) {
    match step {
        Step::Advance(slices, rows) => {
            for _ in 0..*slices {
                advance(store, bot, *rows).await;
            }
        }
        Step::Ask(settings) => ask_for(store, bot, rule(settings)).await,
        Step::TakeBack => {
            let live = store.find_bot(BotScope::All, bot).await.unwrap().unwrap();
            let rule = Rule { calendar: live.calendar, idle_timeout: live.idle_timeout };
            ask_for(store, bot, rule).await;
        }
        Step::Nothing => {}
    }
}

/// Everything stored agrees with a recount, and reports say by the live rules what a brute-force recount says.
async fn check(
    store: &Store,
    bot: BotId,
    sent: &[Fact],
    queries: &[(ReportQuery, Instant)],
) -> Result<(), TestCaseError> {
    prop_assert_eq!(store.verify(bot, false).await.unwrap(), []);
    let live = store.find_bot(BotScope::All, bot).await.unwrap().unwrap();
    let oracle = Oracle::new(sent, live.idle_timeout);
    let use_oracle = UseOracle::new(sent);
    for question in queries.iter().take(1) {
        check_uses(store, bot, &use_oracle, question).await?;
    }
    for (query, now) in queries {
        let Some(report) = ask(store, bot, query, *now).await else { continue };
        prop_assert_eq!(&report.time_zone, live.calendar.zone.name());
        prop_assert_eq!(&report.recalculation, &live.recalculation);
        prop_assert_eq!(oracle.check(&report), Ok(()));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn figures_are_exact_before_and_after_every_slice_of_a_rebuild(
        (settings, facts, queries, sizes, steps) in case(),
        last in settings(),
    ) {
        block_on(async {
            let store = TestStore::open().await.unwrap();
            let (changed, fresh) = (add_bot(&store, &settings).await, add_bot(&store, &last).await);
            let mut sent = Vec::new();
            let batches = split(&facts, &sizes);
            let mut steps = steps.iter().cycle();
            for batch in batches {
                if let Some(step) = steps.next() {
                    take(&store, changed, step).await;
                }
                check(&store, changed, &sent, &queries[..2]).await?;
                sent.extend(batch.iter().cloned());
                store.ingest(changed, batch).await.unwrap();
            }
            ask_for(&store, changed, rule(&last)).await;
            let mut percent = 0;
            while advance(&store, changed, 7).await {
                check(&store, changed, &sent, &queries[..1]).await?;
                let bot = store.find_bot(BotScope::All, changed).await.unwrap().unwrap();
                let now = bot.recalculation.map_or(100, |recalculation| recalculation.percent);
                prop_assert!(now >= percent);
                percent = now;
            }
            store.ingest(fresh, facts).await.unwrap();
            check(&store, changed, &sent, &queries).await?;
            for (query, now) in &queries {
                let (one, other) = (ask(&store, changed, query, *now).await, ask(&store, fresh, query, *now).await);
                prop_assert_eq!(figures(one), figures(other));
            }
            Ok(())
        })?;
    }
}

/// Which revisions are live: of counts, of sessions, of visits of days and longer, of visits of hours; and whether every
/// message that opens a session says so for both revisions of sessions.
async fn revisions(store: &TestStore) -> ([i64; 4], bool) {
    let mut transaction = store.database().read().await.unwrap();
    let sql = "select revision, session_revision, calendar_revision, hour_revision from bot_state";
    let row = transaction.fetch_one(sql, values![]).await.unwrap();
    let revisions = ["revision", "session_revision", "calendar_revision", "hour_revision"]
        .map(|column| row.int(column).unwrap());
    let sql = "select count(*) as odd from facts where opens not in (0, 3)";
    let odd = transaction.fetch_one(sql, values![]).await.unwrap().int("odd").unwrap();
    (revisions, odd == 0)
}

#[tokio::test]
async fn a_change_writes_what_depends_on_it_and_nothing_else() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let fact = |n: i64| incoming(&n.to_string(), &format!("user {}", n % 4), n * 11).build().unwrap();
    store.ingest(bot, (0..50).map(fact).collect()).await.unwrap();
    assert_eq!(revisions(&store).await, ([0, 0, 0, 0], true));
    let mut rule = {
        let bot = store.find_bot(BotScope::All, bot).await.unwrap().unwrap();
        Rule { calendar: bot.calendar, idle_timeout: bot.idle_timeout }
    };
    let change = async |rule: Rule| {
        ask_for(&store, bot, rule).await;
        store.finish_rebuild(bot).await.unwrap();
        assert_eq!(store.verify(bot, false).await.unwrap(), []);
        revisions(&store).await
    };
    rule.calendar.zone = "America/New_York".parse().unwrap();
    assert_eq!(change(rule).await, ([1, 0, 1, 0], true));
    rule.calendar.week_start = WeekStart::Sunday;
    assert_eq!(change(rule).await, ([0, 0, 0, 0], true));
    rule.calendar.zone = "Asia/Kolkata".parse().unwrap();
    assert_eq!(change(rule).await, ([1, 0, 1, 1], true));
    // Some sessions are others, the rest is as it was.
    rule.idle_timeout = IdleTimeout::from_ms(3_600_000).unwrap();
    assert_eq!(change(rule).await, ([0, 1, 1, 1], false));
}

/// A zone whose hours begin elsewhere, so that everything is counted user by user.
#[tokio::test]
async fn a_new_user_before_every_slice_does_not_keep_a_rebuild_from_its_end() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let fact = |n: i64| incoming(&n.to_string(), &format!("user {n}"), n * 7).build().unwrap();
    store.ingest(bot, (0..20).map(fact).collect()).await.unwrap();
    let zone = "Asia/Kathmandu".parse().unwrap();
    let live = store.find_bot(BotScope::All, bot).await.unwrap().unwrap();
    ask_for(
        &store,
        bot,
        Rule { calendar: Calendar { zone, ..live.calendar }, idle_timeout: live.idle_timeout },
    )
    .await;
    let mut new_users = 20..80;
    while advance(&store, bot, 5).await {
        let user = new_users.next().expect("it has ended before");
        store.ingest(bot, vec![fact(user)]).await.unwrap();
    }
    assert_eq!(store.find_bot(BotScope::All, bot).await.unwrap().unwrap().calendar.zone, zone);
    assert_eq!(store.verify(bot, false).await.unwrap(), []);
}

#[tokio::test]
async fn a_user_who_is_erased_leaves_both_timeouts_however_far_the_other_is_counted() {
    let store = TestStore::open().await.unwrap();
    let fact = |n: i64| incoming(&n.to_string(), &format!("user {}", n % 6), n * 13).build().unwrap();
    for slices in 0..16 {
        let bot = store.add_bot().await.unwrap();
        store.ingest(bot, (0..48).map(fact).collect()).await.unwrap();
        let zone = "America/New_York".parse().unwrap();
        let idle_timeout = IdleTimeout::from_ms(90 * 60_000).unwrap();
        ask_for(&store, bot, Rule { calendar: Calendar::new(zone, WeekStart::Sunday), idle_timeout }).await;
        for _ in 0..slices {
            advance(&store, bot, 9).await;
        }
        store.erase_user(bot, &UserId::parse("user 3").unwrap()).await.unwrap().unwrap();
        assert_eq!(store.verify(bot, false).await.unwrap(), [], "after {slices} slices");
        store.finish_rebuild(bot).await.unwrap();
        assert_eq!(store.verify(bot, false).await.unwrap(), [], "after {slices} slices and the rest");
    }
}

#[tokio::test]
async fn another_process_goes_on_where_one_stopped() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let fact = |n: i64| incoming(&n.to_string(), &format!("user {n}"), n * 7).build().unwrap();
    store.ingest(bot, (0..60).map(fact).collect()).await.unwrap();
    let live = store.find_bot(BotScope::All, bot).await.unwrap().unwrap();
    let zone = "Asia/Kathmandu".parse().unwrap();
    let idle_timeout = IdleTimeout::from_ms(60_000).unwrap();
    ask_for(&store, bot, Rule { calendar: Calendar { zone, ..live.calendar }, idle_timeout }).await;
    while store.find_bot(BotScope::All, bot).await.unwrap().unwrap().recalculation.unwrap().percent < 50 {
        assert!(advance(&store, bot, 5).await);
    }
    store.close().await;

    let again = store.open_again().await.unwrap();
    let found = again.find_bot(BotScope::All, bot).await.unwrap().unwrap();
    assert_eq!((found.calendar, found.idle_timeout), (live.calendar, live.idle_timeout));
    assert!(found.recalculation.is_some_and(|recalculation| recalculation.percent >= 50));
    again.finish_rebuild(bot).await.unwrap();
    let found = again.find_bot(BotScope::All, bot).await.unwrap().unwrap();
    assert_eq!((found.calendar.zone, found.idle_timeout, found.recalculation), (zone, idle_timeout, None));
    assert_eq!(again.verify(bot, false).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn messages_and_slices_of_two_processes_at_once_leave_both_revisions_right() {
    let store = TestStore::open().await.unwrap();
    let others = [store.open_again().await.unwrap(), store.open_again().await.unwrap()];
    let bot = store.add_bot().await.unwrap();
    let fact = |n: i64| incoming(&n.to_string(), &format!("user {}", n % 30), n * 7 % 400).build().unwrap();
    store.ingest(bot, (0..60).map(fact).collect()).await.unwrap();
    for (round, zone) in (1..).zip(["Asia/Kathmandu", "America/New_York", "UTC", "Asia/Kathmandu"]) {
        let idle_timeout = IdleTimeout::from_ms(round * 120_000).unwrap();
        let calendar = Calendar::new(zone.parse().unwrap(), WeekStart::Sunday);
        ask_for(&store, bot, Rule { calendar, idle_timeout }).await;
        let mut tasks = Vec::new();
        for (other, process) in others.iter().cloned().zip(0..) {
            let (writer, builder) = (other.clone(), other);
            tasks.push(tokio::spawn(async move {
                for n in 0..60 {
                    let fact = fact(round * 1_000 + process * 100 + n);
                    writer.ingest(bot, vec![fact]).await.unwrap();
                }
            }));
            tasks.push(tokio::spawn(async move { while advance(&builder, bot, 2).await {} }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(store.verify(bot, false).await.unwrap(), []);
        let found = store.find_bot(BotScope::All, bot).await.unwrap().unwrap();
        assert_eq!((found.calendar, found.idle_timeout, found.recalculation), (calendar, idle_timeout, None));
    }
}
