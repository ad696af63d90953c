//! Databases of earlier versions are brought up to date with what is in them.

use std::borrow::Cow;

use analytics::query::QueryParts;
use sqlx::migrate::Migrator;
use sqlx::{Connection, SqliteConnection};

use crate::Store;
use crate::bots::BotScope;
use crate::rows::id_hash;
use crate::testing::{MONDAY, TestStore, incoming, outgoing};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// A bot in UTC with two messages of ada's in the first minutes of a Monday, which is where every bucket begins, and
/// one of the bot's.
const FIRST_SCHEMA_ROWS: &str = "
    insert into accounts values (1, 'ada@example.org', '', 0, '{}', 0);
    insert into bots values (1, 42, 1, 'Bot', 1, 0, 0);
    insert into bot_state values (1, 'UTC', 'monday', 1800000, 2, 1, MONDAY, MONDAY + 120000, 4);
    insert into users values (1, 1, 'ada');
    insert into channels values (1, 1, 'web', MONDAY, MONDAY + 120000);
    insert into facts values (1, 1, MONDAY, 1, 1, null, 0, 1, 'one'), (2, 1, MONDAY + 60000, 1, 1, null, 1, 0, 'two'),
        (3, 1, MONDAY + 120000, 1, 1, null, 0, 0, 'three');
    insert into fact_ids values (1, HASH_ONE, 1), (1, HASH_TWO, 2), (1, HASH_THREE, 3);
    insert into activity values (1, 0, 1, MONDAY, 2, 1, 1), (1, 1, 1, MONDAY, 2, 1, 1);
    with scopes (scope) as (values (0), (1)), tiers (tier) as (values (0), (1), (2), (3))
        insert into counts select 1, scope, tier, MONDAY, 2, 1, 1, 1, 1 from scopes, tiers;
    insert into visits select 1, scope, tier, bucket, -1, 1 from counts where tier > 0;";

/// A file as the version with this schema left it.
async fn write_released(url: &str, version: i64) {
    let mut connection = SqliteConnection::connect(&format!("{url}?mode=rwc")).await.unwrap();
    let known = MIGRATIONS.iter().filter(|migration| migration.version <= version).cloned().collect();
    let released = Migrator { migrations: Cow::Owned(known), ..Migrator::DEFAULT };
    released.run_direct(None, &mut connection, false).await.unwrap();
    let mut rows = FIRST_SCHEMA_ROWS.replace("MONDAY", &MONDAY.as_ms().to_string());
    for (name, id) in [("HASH_ONE", "one"), ("HASH_TWO", "two"), ("HASH_THREE", "three")] {
        rows = rows.replace(name, &id_hash(id).to_string());
    }
    sqlx::raw_sql(sqlx::AssertSqlSafe(rows)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_database_of_the_first_schema_keeps_its_figures_and_goes_on() {
    let fresh = TestStore::open().await.unwrap();
    let url = format!("sqlite://{}", fresh.directory().join("released.db").display());
    write_released(&url, 1).await;

    let store = Store::open(&url).await.unwrap();
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
    let report = store.load_report(bot, &today, MONDAY.plus_ms(4_000_000)).await.unwrap().unwrap();
    let totals = report.totals;
    assert_eq!((totals.total_users.value, totals.new_users.value), (1, 1));
    assert_eq!((totals.sessions.value, totals.messages.value, totals.bot_messages.value), (1, 3, 2));
    store.close().await;
}
