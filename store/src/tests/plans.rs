//! Hot statements are answered from indexes: no statement reads a table, or all of a bot, to find a few rows.

use analytics::calendar::{Calendar, Zone};
use analytics::fact::ModelUse;
use analytics::ids::{BotId, UserId};
use analytics::query::{QueryParts, ReportQuery};
use analytics::settings::{IdleTimeout, WeekStart};

use super::held_spans::{held, hold, ids, release, waiting};
use super::intake_log::{notes, rejection, request};
use super::rebuilds::ask_for;
use crate::bots::{BotChange, BotScope, NewBot};
use crate::credentials::Secret;
use crate::engine::Engine;
use crate::held_spans::{AskedTraces, TracesRead};
use crate::intake_log::RejectionKind;
use crate::rules::rule::Rule;
use crate::testing::{MONDAY, TestStore, event, incoming, model_call, outgoing};

/// What may be read from end to end: rows that came with the statement, and those of an hour.
const INPUT: [&str; 8] = ["input", "near", "active", "seen", "edge", "jsonb_each", "lines", "walk"];
/// Tables of which a statement wants all rows of a bot, because there are few.
const SMALL: [&str; 5] = ["channels", "event_names", "models", "write_keys", "read_tokens"];
/// How far into its columns an index has to be used: PostgreSQL also uses one whose next column it knows nothing of.
const DEEP: [(&str, &str); 15] = [
    ("facts_by_at", "at"),
    ("facts_by_id", "id"),
    ("activity_pkey", "user_key"),
    ("counts_pkey", "bucket"),
    ("visits_pkey", "bucket"),
    ("idle_ends_pkey", "user_key"),
    ("past_quarters_pkey", "quarter"),
    ("event_activity_pkey", "user_key"),
    ("event_counts_pkey", "bucket"),
    ("event_visits_pkey", "bucket"),
    ("event_visits_by_previous", "previous"),
    ("model_activity_pkey", "user_key"),
    ("model_counts_pkey", "bucket"),
    ("held_spans_pkey", "trace_id"),
    ("user_aliases_pkey", "alias_id"),
];
/// Tables with one row of a bot.
const ONE_ROW: [&str; 3] = ["bots", "bot_state", "rebuilds"];

/// A bot whose raw messages are kept for five days only, and which is being counted by another rule. What that takes is
/// done by another handle: it is not hot.
pub(super) async fn add_bot_with_a_past(store: &TestStore) -> BotId {
    let bot = store.add_bot().await.unwrap();
    let other = store.open_again().await.unwrap();
    let old = incoming("old", "ada", -10 * 24 * 60).build().unwrap();
    let recent = incoming("recent", "ada", -24 * 60).build().unwrap();
    other.ingest(bot, vec![old, recent]).await.unwrap();
    other.set_retention(bot, Some(5)).await.unwrap();
    other.move_horizon(bot, MONDAY).await.unwrap();
    let idle_timeout = IdleTimeout::from_ms(60_000).unwrap();
    ask_for(&other, bot, Rule { calendar: Calendar::new(Zone::UTC, WeekStart::Sunday), idle_timeout }).await;
    while store.find_bot(BotScope::All, bot).await.unwrap().unwrap().recalculation.unwrap().percent == 0 {
        assert!(other.do_next_slice(bot).await.unwrap());
    }
    other.close().await;
    bot
}

/// Everything that may come, late and in order.
pub(super) async fn send_everything(store: &TestStore, bot: BotId) {
    for late in [90, 0, 40] {
        let id = |name: &str| format!("{name} {late}");
        let facts = [
            incoming(&id("in"), "ada", late),
            outgoing(&id("out"), "ada", late + 1),
            incoming(&id("named"), "ada", late).within("s"),
            event(&id("event"), "bob", late, "handoff").unwrap(),
            event(&id("another event"), "ada", late, "handoff").unwrap(),
            model_call(&id("call"), "ada", late, ModelUse { latency_ms: Some(40), ..ModelUse::default() }),
        ];
        store.ingest(bot, facts.map(|fact| fact.build().unwrap()).into()).await.unwrap();
    }
}

/// Reports of a bot that never had a message.
async fn load_reports_of_uses_alone(store: &TestStore, query: &ReportQuery) {
    let bot = store.add_bot().await.unwrap();
    let call = model_call("call", "ada", 0, ModelUse::default()).build().unwrap();
    store.ingest(bot, vec![call]).await.unwrap();
    store.reading(bot).await.load_events_report(query, MONDAY).await.unwrap();
    store.reading(bot).await.load_model_use_report(query, MONDAY).await.unwrap();
}

/// Intake with everything that may come, each kind of report, export, and what every request asks.
async fn run_everything_hot(store: &TestStore) {
    store.database().statements.lock().unwrap().clear();
    let bot = add_bot_with_a_past(store).await;
    send_everything(store, bot).await;
    for (period, channel) in [("12mo", None), ("today", Some("web")), ("28d", None)] {
        let parts = QueryParts {
            period: Some(period.to_owned()),
            channel: channel.map(str::to_owned),
            ..QueryParts::default()
        };
        let now = MONDAY.plus_ms(100_000_000);
        let query = parts.parse().unwrap();
        store.reading(bot).await.load_report(&query, now).await.unwrap();
        store.reading(bot).await.load_events_report(&query, now).await.unwrap();
        store.reading(bot).await.load_model_use_report(&query, now).await.unwrap();
    }
    let instants = QueryParts {
        from: Some("2026-02-01T09:15:00Z".to_owned()),
        to: Some("2026-03-02T01:45:00Z".to_owned()),
        ..QueryParts::default()
    };
    let query = instants.parse().unwrap();
    store.reading(bot).await.load_report(&query, MONDAY).await.unwrap();
    store.reading(bot).await.load_events_report(&query, MONDAY).await.unwrap();
    load_reports_of_uses_alone(store, &query).await;
    store.load_facts(bot, None, None, 10).await.unwrap();
    store.find_bot(BotScope::All, bot).await.unwrap().unwrap();
    store.list_channels(bot).await.unwrap();
    hold_and_drop(store, bot).await;
    let secret = Secret::presented("nothing");
    assert_eq!(store.find_write_access(&secret, MONDAY).await.unwrap(), None);
    assert_eq!(store.find_read_access(&secret, MONDAY).await.unwrap(), None);
    assert_eq!(store.find_viewer(&secret, MONDAY).await.unwrap(), None);
    let owner = store.add_account("ada@example.org").await.unwrap();
    let bot = NewBot { id: None, owner, name: "Other".to_owned(), zone: Zone::UTC, is_activated: false };
    store.create_bot(&bot, MONDAY).await.unwrap();
}

/// A trace in pieces.
async fn hold_and_drop(store: &TestStore, bot: BotId) {
    let spans = [held("t", "s", Some("ada"), 0)];
    assert!(hold(store, bot, &spans).await);
    assert_eq!(waiting(store, bot, &["t"]).await, spans);
    release(store, bot, &ids(&spans)).await;
    store.ingest(bot, vec![incoming("t:in", "ada", 0).build().unwrap()]).await.unwrap();
    let read = store
        .read_traces(bot, &AskedTraces { messages: &["t:in"], users: &["ada"], ..AskedTraces::default() }, 0)
        .await
        .unwrap();
    assert!(matches!(read, TracesRead::Known(known) if known.speakers.len() == 1 && known.users.len() == 1));
}

/// What a plan reads without an index, or with one that only tells the bot.
fn complaint(engine: Engine, plan: &[String]) -> Option<&'static str> {
    match engine {
        Engine::Sqlite => plan.iter().find_map(|step| complain_of_sqlite(step)),
        Engine::Postgres => {
            let next = plan.iter().skip(1).map(String::as_str).chain([""]);
            plan.iter().zip(next).find_map(|(step, condition)| complain_of_postgres(step, condition))
        }
    }
}

fn complain_of_sqlite(step: &str) -> Option<&'static str> {
    let words: Vec<&str> = step.split_whitespace().collect();
    match words.as_slice() {
        ["SCAN", table, ..] if !INPUT.contains(table) && *table != "CONSTANT" => {
            Some("is read from end to end")
        }
        ["SEARCH", table, ..] if step.ends_with("(bot_key=?)") && step.contains("USING") => {
            let one_row = ONE_ROW.contains(table) || step.contains("INTEGER PRIMARY KEY");
            (!one_row && !SMALL.contains(table)).then_some("is searched by its bot alone")
        }
        _ if step.contains("AUTOMATIC") => Some("has no index for this"),
        _ => None,
    }
}

fn complain_of_postgres(step: &str, condition: &str) -> Option<&'static str> {
    if step.trim().starts_with("Join Filter: ") {
        return Some("is compared with all rows of the bot");
    }
    let scan = step.split("  (cost").next()?;
    let table = scan.split(" on ").nth(1).and_then(|table| table.split(' ').next())?;
    if ["set_up", "accounts"].contains(&table) {
        return None;
    }
    let condition = condition.trim().strip_prefix("Index Cond: ");
    match condition {
        None if scan.contains("Seq Scan") || scan.contains("Index") => Some("is read from end to end"),
        Some(condition) if DEEP.iter().any(|(index, column)| misses(scan, index, condition, column)) => {
            Some("is searched by the first columns of an index alone")
        }
        Some(condition) if condition.contains("bot_key") && !condition.contains(" AND ") => {
            let is_small = ONE_ROW.contains(&table) || SMALL.contains(&table);
            (!is_small).then_some("is searched by its bot alone")
        }
        _ => None,
    }
}

fn misses(scan: &str, index: &str, condition: &str, column: &str) -> bool {
    scan.contains(&format!("using {index} ")) && !condition.contains(&format!("({column} "))
}

#[tokio::test]
async fn hot_statements_find_their_rows_by_an_index() {
    let store = TestStore::open().await.unwrap();
    run_everything_hot(&store).await;
    let statements = store.database().statements.lock().unwrap().clone();
    assert!(statements.len() > 40, "{} statements", statements.len());
    let mut transaction = store.database().write().await.unwrap();
    let mut complaints = Vec::new();
    for sql in statements.iter().filter(|sql| !sql.starts_with("select count(*)")) {
        let plan = transaction.explain(sql).await.unwrap();
        if let Some(complaint) = complaint(store.database().engine(), &plan) {
            complaints.push(format!("{complaint}\n{}\n{sql}\n", plan.join("\n")));
        }
    }
    assert_eq!(complaints.len(), 0, "{}", complaints.join("\n"));
}

/// What is done beside requests may read all of a bot, but nothing of it once for each row of something else.
#[tokio::test]
async fn statements_in_the_background_join_by_an_index() {
    let store = TestStore::open().await.unwrap();
    let bot = add_bot_with_a_past(&store).await;
    store.database().statements.lock().unwrap().clear();
    store.finish_rebuild(bot).await.unwrap();
    store.apply_retention(bot, MONDAY).await.unwrap();
    store.set_retention(bot, Some(1)).await.unwrap();
    store.move_horizon(bot, MONDAY).await.unwrap();
    store.ingest(bot, vec![incoming("new", "bob", 0).within("s").build().unwrap()]).await.unwrap();
    store.apply_retention(bot, MONDAY.plus_ms(10 * 24 * 60 * 60_000)).await.unwrap();
    store.erase_user(bot, &UserId::parse("bob").unwrap()).await.unwrap().unwrap();
    store.preview_idle_timeout(bot, IdleTimeout::default(), MONDAY).await.unwrap();
    let settings = BotChange { idle_timeout: Some(IdleTimeout::default()), ..BotChange::default() };
    store.change_bot(bot, &settings).await.unwrap();
    store.verify(bot, true).await.unwrap();
    let rejected = rejection(RejectionKind::Rejected, "at_invalid", 0);
    store.note_intake(&mut notes(bot, vec![request(0)], vec![rejected])).await.unwrap();
    assert_eq!(store.load_intake_log(bot).await.unwrap().requests.len(), 1);
    let statements = store.database().statements.lock().unwrap().clone();
    assert!(statements.len() > 60, "{} statements", statements.len());
    let mut transaction = store.database().write().await.unwrap();
    let mut complaints = Vec::new();
    for sql in &statements {
        let plan = transaction.explain(sql).await.unwrap();
        let found = complaint(store.database().engine(), &plan);
        if found.is_some_and(|found| !found.starts_with("is searched by")) {
            complaints.push(format!("{found:?}\n{}\n{sql}\n", plan.join("\n")));
        }
    }
    assert_eq!(complaints.len(), 0, "{}", complaints.join("\n"));
}

#[test]
fn a_plan_that_reads_too_much_is_noticed() {
    let complains = |engine, plan: &[&str]| {
        complaint(engine, &plan.iter().map(|step| (*step).to_owned()).collect::<Vec<_>>()).is_some()
    };
    for (step, is_bad) in [
        ("SCAN facts", true),
        ("SEARCH facts USING INDEX facts_by_at (bot_key=?)", true),
        ("SEARCH facts USING AUTOMATIC COVERING INDEX (fact_key=?)", true),
        ("SEARCH facts USING INDEX facts_by_at (bot_key=? AND at>?)", false),
    ] {
        assert_eq!(complains(Engine::Sqlite, &[step]), is_bad, "{step}");
    }
    let scan = "  ->  Index Scan using facts_by_at on facts  (cost=0.14..8.16 rows=1 width=8)";
    let by_id = "Index Scan using facts_by_id on facts  (cost=0.14..8.16 rows=1 width=8)";
    for (plan, is_bad) in [
        (["Seq Scan on facts  (cost=0.00..1.00 rows=1 width=8)", "  Filter: (bot_key = $1)"], true),
        ([scan, "        Filter: (kind = 0)"], true),
        ([scan, "        Index Cond: (bot_key = $1)"], true),
        (["Nested Loop Left Join  (cost=0.15..8.16)", "  Join Filter: (counts.tier = input.tier)"], true),
        ([scan, "        Index Cond: ((bot_key = $1) AND (at > $2))"], false),
        ([by_id, "        Index Cond: ((bot_key = $1) AND (at > $2))"], true),
    ] {
        assert_eq!(complains(Engine::Postgres, &plan), is_bad, "{plan:?}");
    }
}
