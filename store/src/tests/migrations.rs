//! Databases of earlier versions are brought up to date with what is in them.

use std::borrow::Cow;

use analytics::fact::{Fact, FactKind, ModelUse};
use analytics::query::QueryParts;
use proptest::prelude::*;
use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use super::any_order::{add_bot, block_on, check_uses};
use super::recounts::{advance, ask_for, rule};
use super::traffic::{facts, queries, settings};
use crate::Store;
use crate::bots::BotScope;
use crate::engine::{Engine, postgres, sqlite, values};
use crate::testing::{MONDAY, TestDatabase, TestStore, UseOracle, incoming, outgoing};

/// A bot in UTC with two messages of ada's in the first minutes of a Monday, which is where every bucket begins, and
/// one of the bot's.
const FIRST_SCHEMA_ROWS: &str = "
    insert into accounts (account_id, email, password_hash, is_admin, created_at)
        values (1, 'ada@example.org', '', 0, 0);
    insert into bots (bot_key, bot_id, owner_id, name, is_activated, stores_text, created_at)
        values (1, 42, 1, 'Bot', 1, 0, 0);
    insert into bot_state (bot_key, time_zone, week_start, idle_timeout_ms, next_user_key, next_session_key,
            first_message_at, last_message_at, version)
        values (1, 'UTC', 'monday', 1800000, 2, 1, MONDAY, MONDAY + 120000, 4);
    insert into users (bot_key, user_key, user_id) values (1, 1, 'ada');
    insert into channels (bot_key, channel_key, name, first_message_at, last_message_at)
        values (1, 1, 'web', MONDAY, MONDAY + 120000);
    insert into facts (fact_key, bot_key, at, user_key, channel_key, kind, opens, id) values
        (1, 1, MONDAY, 1, 1, 0, 1, 'one'), (2, 1, MONDAY + 60000, 1, 1, 1, 0, 'two'),
        (3, 1, MONDAY + 120000, 1, 1, 0, 0, 'three');
    insert into activity (bot_key, scope, user_key, quarter, messages, bot_messages, sessions)
        values (1, 0, 1, MONDAY, 2, 1, 1), (1, 1, 1, MONDAY, 2, 1, 1);
    with scopes (scope) as (values (0), (1)), tiers (tier) as (values (0), (1), (2), (3))
        insert into counts (bot_key, scope, tier, bucket, messages, bot_messages, sessions, users, new_users)
        select 1, scope, tier, MONDAY, 2, 1, 1, 1, 1 from scopes, tiers;
    insert into visits (bot_key, scope, tier, bucket, previous, users)
        select 1, scope, tier, bucket, -1, 1 from counts where tier > 0;";

const SQLITE_ROWS: &str = "insert into fact_ids (bot_key, id_hash, fact_key)
    values (1, 1000, 1), (1, 2000, 2), (1, 3000, 3);";
const POSTGRES_ROWS: &str = "update bot_state set next_fact_key = 4;";

/// A database as the version with this schema left it.
async fn write_released(url: &str, version: i64) {
    match Engine::of_url(url).unwrap() {
        Engine::Sqlite => {
            let mut connection = SqliteConnection::connect(&format!("{url}?mode=rwc")).await.unwrap();
            let released = up_to(&sqlite::MIGRATIONS, version);
            released.run_direct(None, &mut connection, false).await.unwrap();
            sqlx::raw_sql(AssertSqlSafe(rows(SQLITE_ROWS))).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        }
        Engine::Postgres => {
            let mut connection = PgConnection::connect(url).await.unwrap();
            let released = up_to(&postgres::MIGRATIONS, version);
            released.run_direct(None, &mut connection, false).await.unwrap();
            sqlx::raw_sql(AssertSqlSafe(rows(POSTGRES_ROWS))).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        }
    }
}

fn up_to(all: &Migrator, version: i64) -> Migrator {
    let known = all.iter().filter(|migration| migration.version <= version).cloned().collect();
    Migrator { migrations: Cow::Owned(known), ..Migrator::DEFAULT }
}

fn rows(of_engine: &str) -> String {
    format!("{FIRST_SCHEMA_ROWS}\n{of_engine}").replace("MONDAY", &MONDAY.as_ms().to_string())
}

#[tokio::test]
async fn a_database_of_the_first_schema_keeps_its_figures_and_goes_on() {
    let released = TestDatabase::empty().await.unwrap();
    write_released(released.url(), 1).await;

    let store = Store::open(released.url()).await.unwrap();
    let bot = store.list_bots(BotScope::All).await.unwrap().remove(0).id;
    assert_eq!(store.verify(bot, false).await.unwrap(), []);
    let more = [
        incoming("one", "ada", 0),
        outgoing("four", "ada", 20),
        incoming("five", "ada", 45),
        incoming("six", "bob", -60),
    ];
    let more = more.map(|fact| fact.build().unwrap()).into();
    let outcome = store.ingest(bot, more).await.unwrap();
    assert_eq!((outcome.accepted, outcome.duplicates), (3, 1));
    assert_eq!(store.verify(bot, false).await.unwrap(), []);

    let today = QueryParts { period: Some("today".to_owned()), ..QueryParts::default() }.parse().unwrap();
    let report = store.reading(bot).await.load_report(&today, MONDAY.plus_ms(4_000_000)).await.unwrap();
    let totals = report.totals;
    assert_eq!((totals.total_users.value, totals.new_users.value), (1, 1));
    assert_eq!((totals.sessions.value, totals.messages.value, totals.bot_messages.value), (1, 3, 2));
    store.close().await;
}

/// Takes back what versions 12 and 11 of the schema brought.
const FORGET_HOURS: [&str; 11] = [
    "create index visits_by_previous on visits (bot_key, scope, tier, previous, bucket)",
    "alter table bot_state add column version integer not null default 0",
    "delete from visits where revision <> (select case when tier = 1 then hour_revision else calendar_revision end
        from bot_state where bot_state.bot_key = visits.bot_key)",
    "update visits set revision = (
        select revision from bot_state where bot_state.bot_key = visits.bot_key)",
    "alter table bot_state drop column hour_revision",
    "alter table recounts drop column by_hours",
    "alter table recounts drop column next_scope",
    "alter table recounts drop column next_hour",
    "alter table recounts drop column percent",
    "update recounts set next_user_key = 0",
    "delete from _sqlx_migrations where version in (11, 12)",
];

async fn forget_hours(store: &Store) {
    let mut transaction = store.database().write().await.unwrap();
    for sql in FORGET_HOURS {
        transaction.execute(sql, values![]).await.unwrap();
    }
    transaction.commit().await.unwrap();
}

/// Takes back what version 7 of the schema brought, with everything that is in it.
async fn forget_use(store: &Store) {
    forget_hours(store).await;
    let mut transaction = store.database().write().await.unwrap();
    for sql in [
        "drop table models",
        "drop table event_activity",
        "drop table event_counts",
        "drop table event_visits",
        "drop table model_activity",
        "drop table model_counts",
        "alter table bot_state drop column calendar_revision",
        "delete from _sqlx_migrations where version = 7",
    ] {
        transaction.execute(sql, values![]).await.unwrap();
    }
    transaction.commit().await.unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn revisions_that_were_one_are_told_apart(
        (settings, facts, changes, slices) in (
            settings(),
            facts(120).prop_map(|(_, facts)| facts),
            prop::collection::vec(settings(), 2),
            0..4,
        ),
    ) {
        block_on(async {
            let store = TestStore::open().await.unwrap();
            let bot = add_bot(&store, &settings).await;
            store.ingest(bot, facts.clone()).await.unwrap();
            ask_for(&store, bot, rule(&changes[0])).await;
            store.finish_recount(bot).await.unwrap();
            ask_for(&store, bot, rule(&changes[1])).await;
            for _ in 0..slices {
                advance(&store, bot, 9).await;
            }
            forget_hours(&store).await;
            store.close().await;

            let again = store.open_again().await.unwrap();
            prop_assert_eq!(again.verify(bot, false).await.unwrap(), []);
            again.finish_recount(bot).await.unwrap();
            prop_assert_eq!(again.verify(bot, false).await.unwrap(), []);
            again.close().await;
            Ok(())
        })?;
    }

    #[test]
    fn events_and_model_use_that_were_sent_before_are_counted(
        (settings, (facts, queries), later, slices) in (
            settings(),
            facts(120).prop_flat_map(|(start, facts)| (Just(facts), queries(start))),
            settings(),
            0..4,
        ),
    ) {
        block_on(async {
            let store = TestStore::open().await.unwrap();
            let bot = add_bot(&store, &settings).await;
            let says_nothing = |fact: &Fact| fact.kind == FactKind::ModelCall(ModelUse::default());
            let facts: Vec<Fact> = facts.into_iter().filter(|fact| !says_nothing(fact)).collect();
            store.ingest(bot, facts.clone()).await.unwrap();
            ask_for(&store, bot, rule(&later)).await;
            for _ in 0..slices {
                advance(&store, bot, 9).await;
            }
            forget_use(&store).await;
            store.close().await;

            let again = store.open_again().await.unwrap();
            prop_assert_eq!(again.verify(bot, false).await.unwrap(), []);
            let oracle = UseOracle::new(&facts);
            for question in &queries {
                check_uses(&again, bot, &oracle, question).await?;
            }
            again.finish_recount(bot).await.unwrap();
            prop_assert_eq!(again.verify(bot, false).await.unwrap(), []);
            check_uses(&again, bot, &oracle, &queries[0]).await?;
            again.close().await;
            Ok(())
        })?;
    }
}
