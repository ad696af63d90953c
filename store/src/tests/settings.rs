//! Bots: who sees them, how they change, how they go.

use analytics::calendar::Zone;
use analytics::fact::ModelUse;
use analytics::ids::BotId;
use analytics::instant::MINUTE_MS;
use analytics::settings::IdleTimeout;

use crate::StoreError;
use crate::bots::{Bot, BotChange, BotScope, NewBot, TimeoutPreview, find_bot_key};
use crate::engine::{PerEngine, values};
use crate::table_keys::BotKey;
use crate::testing::{MONDAY, TestStore, event, incoming, model_call, outgoing};

fn timeout(minutes: i64) -> IdleTimeout {
    IdleTimeout::from_ms(minutes * MINUTE_MS).unwrap()
}

fn ids(bots: Vec<Bot>) -> Vec<BotId> {
    bots.into_iter().map(|bot| bot.id).collect()
}

async fn key_of(store: &TestStore, bot: BotId) -> BotKey {
    find_bot_key(&mut store.database().read().await.unwrap(), bot).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_bot_is_seen_in_its_scopes_only() {
    let store = TestStore::open().await.unwrap();
    let (ada, bob) = (store.add_account("ada@x").await.unwrap(), store.add_account("bob@x").await.unwrap());
    let new = |owner, name: &str| NewBot {
        id: None,
        owner,
        name: name.to_owned(),
        zone: Zone::UTC,
        is_activated: false,
    };
    let zeta = store.create_bot(&new(ada, " Zeta "), MONDAY).await.unwrap();
    let alpha = store.create_bot(&new(ada, "alpha"), MONDAY).await.unwrap();
    let bobs = store.create_bot(&new(bob, "Bob's"), MONDAY).await.unwrap();
    assert_eq!(ids(store.list_bots(BotScope::Owner(ada)).await.unwrap()), [alpha, zeta]);
    assert_eq!(ids(store.list_bots(BotScope::All).await.unwrap()), [alpha, bobs, zeta]);
    assert_eq!(ids(store.list_bots(BotScope::OwnedOne(ada, bobs)).await.unwrap()), []);
    assert_eq!(ids(store.list_bots(BotScope::One(bobs)).await.unwrap()), [bobs]);
    for (scope, bot, is_seen) in [
        (BotScope::All, bobs, true),
        (BotScope::Owner(ada), bobs, false),
        (BotScope::Owner(bob), bobs, true),
        (BotScope::OwnedOne(ada, alpha), zeta, false),
        (BotScope::OwnedOne(bob, alpha), alpha, false),
        (BotScope::One(zeta), alpha, false),
        (BotScope::One(alpha), alpha, true),
        (BotScope::All, BotId::from_i64(5), false),
    ] {
        assert_eq!(store.find_bot(scope, bot).await.unwrap().is_some(), is_seen, "{scope:?}");
    }
    let found = store.find_bot(BotScope::All, zeta).await.unwrap().unwrap();
    assert_eq!((found.name.as_str(), found.is_activated, found.created_at), ("Zeta", false, MONDAY));
}

#[tokio::test]
async fn a_chosen_id_is_taken_once() {
    let store = TestStore::open().await.unwrap();
    let owner = store.add_account("ada@x").await.unwrap();
    let id = Some(BotId::from_i64(42));
    let bot = NewBot { id, owner, name: "Bot".to_owned(), zone: Zone::UTC, is_activated: true };
    assert_eq!(store.create_bot(&bot, MONDAY).await.unwrap(), BotId::from_i64(42));
    assert!(matches!(store.create_bot(&bot, MONDAY).await, Err(StoreError::Conflict(_))));
}

#[tokio::test]
async fn a_change_leaves_alone_what_it_does_not_name() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let before = store.find_bot(BotScope::All, bot).await.unwrap().unwrap();
    let change =
        BotChange { stores_text: Some(true), name: Some(" New ".to_owned()), ..BotChange::default() };
    assert!(store.change_bot(bot, &change).await.unwrap());
    let after = store.find_bot(BotScope::All, bot).await.unwrap().unwrap();
    assert_eq!(after, Bot { stores_text: true, name: "New".to_owned(), ..before });
    assert!(!store.change_bot(BotId::from_i64(5), &change).await.unwrap());
}

#[tokio::test]
async fn a_preview_counts_the_sessions_that_another_timeout_would_give() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let day = 24 * 60;
    let facts = [
        // Opened before the 28 days; a day's timeout carries it over their edge.
        incoming("1", "ada", -10),
        incoming("2", "ada", 40),
        incoming("3", "ada", 60),
        outgoing("4", "ada", 95),
        incoming("5", "ada", 110),
        incoming("6", "bob", 2 * day),
        incoming("7", "bob", 2 * day + 45).within("s"),
    ];
    store.ingest(bot, facts.map(|fact| fact.build().unwrap()).into()).await.unwrap();
    let now = MONDAY.plus_ms(27 * day * MINUTE_MS);
    let preview = |minutes| store.preview_idle_timeout(bot, timeout(minutes), now);
    let counts = |sessions_then| TimeoutPreview { sessions_now: 4, sessions_then };
    assert_eq!(preview(30).await.unwrap(), counts(4));
    assert_eq!(preview(10).await.unwrap(), counts(5));
    assert_eq!(preview(40).await.unwrap(), counts(3));
    assert_eq!(preview(24 * 60).await.unwrap(), counts(2));
    store
        .change_bot(bot, &BotChange { idle_timeout: Some(timeout(40)), ..BotChange::default() })
        .await
        .unwrap();
    assert_eq!(preview(40).await.unwrap(), TimeoutPreview { sessions_now: 3, sessions_then: 3 });
}

#[tokio::test]
async fn a_deleted_bot_leaves_nothing_and_its_neighbour_whole() {
    let store = TestStore::open().await.unwrap();
    let (bot, other) = (store.add_bot().await.unwrap(), store.add_bot().await.unwrap());
    let facts = [
        incoming("1", "ada", 0),
        incoming("2", "ada", 1).within("s"),
        outgoing("3", "bob", 2),
        event("4", "bob", 3, "handoff").unwrap(),
        model_call("5", "bob", 4, ModelUse::default()),
    ];
    let facts: Vec<_> = facts.map(|fact| fact.build().unwrap()).into();
    store.ingest(bot, facts.clone()).await.unwrap();
    store.ingest(other, facts.clone()).await.unwrap();
    store.create_write_key(bot, MONDAY).await.unwrap();
    let key = key_of(&store, bot).await;
    assert!(store.delete_bot(bot, MONDAY).await.unwrap());
    assert!(!store.delete_bot(bot, MONDAY).await.unwrap());
    assert!(matches!(store.ingest(bot, facts).await, Err(StoreError::UnknownBot)));
    assert!(store.read_bot(BotScope::All, bot).await.unwrap().is_none());
    assert_eq!(store.verify(other, false).await.unwrap(), []);
    let mut transaction = store.database().read().await.unwrap();
    let tables = transaction.pick(PerEngine {
        sqlite: "select name as table_name from sqlite_schema where sql like '%bot_key%' and type = 'table'",
        postgres: "select cast(table_name as text) as table_name from information_schema.columns where column_name = 'bot_key'",
    });
    let tables = transaction.fetch_all(tables, values![]).await.unwrap();
    assert!(tables.len() > 10);
    for table in tables {
        let sql: &'static str = format!(
            "select count(*) as left_over from {} where bot_key = $1",
            table.text("table_name").unwrap()
        )
        .leak();
        let left = transaction.fetch_one(sql, values![key]).await.unwrap();
        assert_eq!(left.int("left_over").unwrap(), 0, "{sql}");
    }
}

#[tokio::test]
async fn verify_names_what_differs_and_repairs_it() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let facts = [
        incoming("1", "ada", 0),
        incoming("2", "ada", 1).within("s"),
        incoming("3", "ada", 300),
        event("4", "ada", 2, "handoff").unwrap(),
        model_call("5", "ada", 3, ModelUse { cost_nano_usd: Some(-1), ..ModelUse::default() }),
    ];
    let facts: Vec<_> = facts.map(|fact| fact.build().unwrap()).into();
    store.ingest(bot, facts.clone()).await.unwrap();
    let damage = [
        "update counts set sessions = sessions + 1, users = 0 where bot_key = $1 and tier = 2",
        "update activity set messages = 9 where bot_key = $1 and scope = 0 and quarter = (select min(quarter) from activity)",
        "delete from visits where bot_key = $1 and tier = 3",
        "insert into visits (bot_key, revision, scope, tier, bucket, previous, users) select bot_key, revision, scope, tier, bucket, 5, 1 from visits where bot_key = $1 and tier = 1",
        "update facts set opens = 1 - opens where bot_key = $1",
        "update sessions set opening_key = null where bot_key = $1",
        "update bot_state set last_message_at = 7 where bot_key = $1",
        "update channels set first_message_at = null, last_message_at = null where bot_key = $1",
        "update facts set before_key = 0 where bot_key = $1 and before_key > 0",
        "update facts set before_key = fact_key where bot_key = $1 and before_key = 0",
        "update activity set last_key = null where bot_key = $1 and last_key is not null",
        "update activity set last_key = 1 where bot_key = $1 and scope > 0",
        "update event_activity set value_nano = 1 where bot_key = $1 and channel_key = 0",
        "delete from event_activity where bot_key = $1",
        "update event_counts set events = events + 1 where bot_key = $1 and tier = 0",
        "delete from event_visits where bot_key = $1 and tier = 4",
        "update model_activity set cost_whole = 0 where bot_key = $1",
        "insert into model_activity (bot_key, user_key, channel_key, model_key, quarter, bin, calls, errors, input_tokens, output_tokens, cost_whole, cost_nano, latency_ms) select bot_key, user_key, channel_key, model_key, quarter, 7, calls, errors, input_tokens, output_tokens, cost_whole, cost_nano, latency_ms from model_activity where bot_key = $1",
        "delete from model_counts where bot_key = $1 and tier = 2",
    ];
    let key = key_of(&store, bot).await;
    for sql in damage {
        let mut transaction = store.database().write().await.unwrap();
        assert!(transaction.execute(sql, values![key]).await.unwrap() > 0, "{sql}");
        transaction.commit().await.unwrap();
        let found = store.verify(bot, false).await.unwrap();
        assert!(!found.is_empty(), "{sql}");
        assert_eq!(store.verify(bot, true).await.unwrap(), found, "{sql}");
        assert_eq!(store.verify(bot, false).await.unwrap(), [], "{sql}");
    }
    assert_eq!(store.ingest(bot, facts).await.unwrap().duplicates, 5);
    assert_eq!(store.verify(BotId::from_i64(5), true).await.unwrap(), []);
}
