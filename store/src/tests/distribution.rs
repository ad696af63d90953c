//! Ready to be distributed by bot: what PostgreSQL's catalogue and the statements of intake and reports say. (SQLite is
//! one file.)

use analytics::query::ReportQuery;

use super::plans::{add_bot_with_a_past, send_everything};
use crate::engine::{Engine, Transaction, values};
use crate::testing::{MONDAY, TestStore};

/// What intake and reports read and write, of which there is more with every message.
const HOT: [&str; 24] = [
    "bot_state",
    "users",
    "channels",
    "event_names",
    "models",
    "sessions",
    "facts",
    "message_details",
    "event_details",
    "activity",
    "counts",
    "visits",
    "rebuilds",
    "idle_ends",
    "past_quarters",
    "event_activity",
    "event_counts",
    "event_visits",
    "model_activity",
    "model_counts",
    "held_spans",
    "user_aliases",
    "intake_requests",
    "intake_rejections",
];

async fn fetch_texts(transaction: &mut Transaction, sql: &'static str) -> Vec<String> {
    let rows = transaction.fetch_all(sql, values![]).await.unwrap();
    rows.iter().map(|row| row.text("found").unwrap()).collect()
}

#[tokio::test]
async fn a_bot_is_deleted_from_every_hot_table() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    store.database().statements.lock().unwrap().clear();
    assert!(store.delete_bot(bot, MONDAY).await.unwrap());
    let statements = store.database().statements.lock().unwrap().clone();
    for table in HOT {
        let delete = format!("delete from {table} ");
        let lines = statements.iter().map(|sql| sql.split_whitespace().collect::<Vec<_>>().join(" "));
        assert!(lines.into_iter().any(|sql| sql.starts_with(&delete)), "{table}");
    }
}

#[tokio::test]
async fn postgres_tables_with_a_bot_key_are_the_hot_ones_and_the_list_of_bots() {
    let store = TestStore::open().await.unwrap();
    assert_eq!(store.database().engine(), Engine::Postgres);
    let mut transaction = store.database().read().await.unwrap();
    let sql = "select cast(table_name as text) as found from information_schema.columns where column_name = 'bot_key'";
    let mut tables = fetch_texts(&mut transaction, sql).await;
    tables.sort();
    let mut expected = HOT.to_vec();
    expected.push("bots");
    expected.sort_unstable();
    assert_eq!(tables, expected);
}

#[tokio::test]
async fn postgres_hot_tables_are_unique_by_bot_first_and_tied_to_no_other() {
    let store = TestStore::open().await.unwrap();
    let mut transaction = store.database().read().await.unwrap();
    let unique = "select c.relname || ' ' || a.attname as found from pg_index as i
        join pg_class as c on c.oid = i.indrelid
        join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
        where i.indisunique and c.relnamespace = 'public'::regnamespace";
    let unique = fetch_texts(&mut transaction, unique).await;
    let ties = "select cast(conrelid::regclass as text) as found from pg_constraint where contype = 'f'
        union all select cast(confrelid::regclass as text) from pg_constraint where contype = 'f'
        union all select cast(tgrelid::regclass as text) from pg_trigger where not tgisinternal";
    let ties = fetch_texts(&mut transaction, ties).await;
    assert!(ties.contains(&"bots".to_owned()), "the small tables have foreign keys: {ties:?}");
    for table in HOT {
        let firsts: Vec<_> =
            unique.iter().filter_map(|index| index.strip_prefix(table)?.strip_prefix(' ')).collect();
        assert!(!firsts.is_empty() && firsts.iter().all(|first| *first == "bot_key"), "{table}: {firsts:?}");
        assert!(!ties.iter().any(|tied| tied == table), "{table} is tied");
    }
}

#[tokio::test]
async fn postgres_statements_of_intake_and_reports_name_one_bot() {
    let store = TestStore::open().await.unwrap();
    let bot = add_bot_with_a_past(&store).await;
    store.database().statements.lock().unwrap().clear();
    send_everything(&store, bot).await;
    let now = MONDAY.plus_ms(100_000_000);
    store.reading(bot).await.load_report(&ReportQuery::default(), now).await.unwrap();
    store.reading(bot).await.load_events_report(&ReportQuery::default(), now).await.unwrap();
    store.reading(bot).await.load_model_use_report(&ReportQuery::default(), now).await.unwrap();
    let statements = store.database().statements.lock().unwrap().clone();
    assert!(statements.len() > 20, "{} statements", statements.len());
    for sql in statements {
        assert!(names_one_bot(&sql), "{sql}");
    }
}

/// Whether each hot table in a statement is limited to a bot, or filled for one.
fn names_one_bot(sql: &str) -> bool {
    let words: Vec<&str> = sql
        .split(|c: char| !(c.is_alphanumeric() || "_$=".contains(c)))
        .filter(|word| !word.is_empty())
        .collect();
    let tables = words
        .windows(2)
        .filter(|pair| ["from", "join", "update", "into"].contains(&pair[0]) && HOT.contains(&pair[1]));
    let limits =
        words.windows(3).filter(|triple| triple[0] == "bot_key" && triple[1] == "=" && triple[2] == "$1");
    let is_filled = sql.contains("insert into") && (sql.contains("select $1,") || sql.contains("_key, $1,"));
    tables.count() == limits.count() + usize::from(is_filled)
}

#[test]
fn the_guide_to_distribution_names_every_hot_table() {
    let guide = include_str!("../../../docs/SCALING.md");
    let calls = guide.split("create_distributed_table('").skip(1).filter_map(|call| call.split('\'').next());
    let mut calls: Vec<&str> = calls.collect();
    let mut expected = HOT.to_vec();
    calls.sort_unstable();
    expected.sort_unstable();
    assert_eq!(calls, expected);
}

#[test]
fn a_statement_that_forgets_the_bot_is_noticed() {
    assert!(names_one_bot("select 1 from facts as f join users on users.bot_key = $1 where f.bot_key = $1"));
    assert!(!names_one_bot("select 1 from facts join users using (user_key) where facts.bot_key = $1"));
    assert!(!names_one_bot("select count(*) from facts"));
}
