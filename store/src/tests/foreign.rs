//! Databases of other products are read in pages, in order, and never written.

use std::path::Path;

use crate::StoreError;
use crate::foreign::{RasaEvents, RasaTable};
use crate::testing::{MONDAY, TestDatabase, TestStore, run_foreign_sql};

const BROKER: &str = "create table events (id integer primary key, sender_id varchar(255), data text);";
const TRACKER: &str = "create table events (id integer primary key, sender_id varchar(255) not null,
    type_name varchar(255) not null, timestamp float, intent_name varchar(255), action_name varchar(255), data text);";

async fn database(sql: &str) -> TestDatabase {
    let database = TestDatabase::empty().await.unwrap();
    run_foreign_sql(database.url(), sql).await.unwrap();
    database
}

async fn open(database: &TestDatabase, table: RasaTable) -> Result<RasaEvents, StoreError> {
    match database.url().strip_prefix("sqlite://") {
        Some(path) => RasaEvents::open_file(Path::new(path), table).await,
        None => RasaEvents::connect(database.url(), table).await,
    }
}

#[tokio::test]
async fn every_row_is_read_once_in_the_order_of_ids() {
    let insert = "with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 4500)
        insert into events select 9001 - 2 * n, case when n = 1 then null else 'ada' end, '{}' from numbers;";
    let database = database(&format!("{BROKER} {insert}")).await;
    let mut events = open(&database, RasaTable::Broker).await.unwrap();
    let mut rows = Vec::new();
    loop {
        let page = events.next_page().await.unwrap();
        if page.is_empty() {
            break;
        }
        rows.extend(page);
    }
    assert!(rows.iter().map(|row| row.id).eq((0..4_500).map(|place| 1 + 2 * place)));
    assert!(rows.iter().filter(|row| row.sender_id.is_none()).map(|row| row.id).eq([8_999]));
    events.close().await.unwrap();
}

#[tokio::test]
async fn rasas_two_tables_are_told_apart_and_others_are_none() {
    for (sql, tracker, broker) in [
        (TRACKER, Ok(()), Err("tracker store")),
        (BROKER, Err("event broker"), Ok(())),
        ("create table events (id integer primary key);", Err("not from Rasa"), Err("not from Rasa")),
        ("create table others (id integer primary key);", Err("not from Rasa"), Err("not from Rasa")),
    ] {
        let database = database(sql).await;
        for (table, expected) in [(RasaTable::Tracker, tracker), (RasaTable::Broker, broker)] {
            let opened = open(&database, table).await.map(drop).map_err(|error| error.to_string());
            match (&opened, expected) {
                (Ok(()), Ok(())) => {}
                (Err(error), Err(words)) => assert!(error.contains(words), "{error}"),
                _ => panic!("{sql}: {table:?}: {opened:?}"),
            }
        }
    }
}

#[tokio::test]
async fn the_secret_of_a_webhook_is_set_and_taken_away() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    assert_eq!(store.find_chatwoot_secret(bot).await.unwrap(), None);
    for secret in [Some("hush"), Some("hush again"), None] {
        assert!(store.set_chatwoot_secret(bot, secret).await.unwrap());
        assert_eq!(store.find_chatwoot_secret(bot).await.unwrap().as_deref(), secret);
    }
    assert!(store.delete_bot(bot, MONDAY).await.unwrap());
    assert!(!store.set_chatwoot_secret(bot, Some("hush")).await.unwrap());
    assert_eq!(store.find_chatwoot_secret(bot).await.unwrap(), None);
}
