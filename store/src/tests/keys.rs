//! The life of write keys and read tokens.

use analytics::ids::{AccountId, BotId};
use analytics::instant::{Instant, MINUTE_MS};

use crate::StoreError;
use crate::bots::{BotChange, BotScope, NewBot, RESERVED_MS};
use crate::credentials::Secret;
use crate::doors::KeyLimit;
use crate::keys::{KeyEntry, MAX_READ_TOKENS, ReadAccess, WriteAccess};
use crate::openings::Openings;
use crate::sites::Sites;
use crate::testing::{MONDAY, TestStore};

async fn owner(store: &TestStore, bot: BotId) -> AccountId {
    store.find_bot(BotScope::All, bot).await.unwrap().unwrap().owner
}

/// Uses are noted beside the request; this waits until the first is.
async fn noted<F: Future<Output = Vec<KeyEntry>>>(list: impl Fn() -> F) -> Instant {
    loop {
        if let Some(at) = list().await[0].last_used_at {
            return at;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn two_write_keys_live_at_once_and_a_revoked_one_makes_room() {
    let store = TestStore::open().await.unwrap();
    let (bot, other) = (store.add_bot().await.unwrap(), store.add_bot().await.unwrap());
    let (first, entry) = store.create_write_key(bot, MONDAY).await.unwrap().unwrap();
    let (second, _) = store.create_write_key(bot, MONDAY).await.unwrap().unwrap();
    assert!(store.create_write_key(bot, MONDAY).await.unwrap().is_none());
    assert_eq!(store.list_write_keys(bot).await.unwrap()[0], entry);
    assert_eq!(entry.prefix, first.prefix());
    let access = WriteAccess { bot_id: bot, is_activated: true, stores_text: false, limit: None };
    for key in [&first, &second] {
        assert_eq!(store.find_write_access(key, MONDAY).await.unwrap(), Some(access));
    }
    assert!(!store.revoke_write_key(other, entry.id).await.unwrap());
    assert!(store.revoke_write_key(bot, entry.id).await.unwrap());
    assert_eq!(store.find_write_access(&first, MONDAY).await.unwrap(), None);
    assert!(store.create_write_key(bot, MONDAY).await.unwrap().is_some());
}

#[tokio::test]
async fn a_key_revoked_by_another_process_works_for_less_than_five_seconds() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let (key, entry) = store.create_write_key(bot, MONDAY).await.unwrap().unwrap();
    assert!(store.find_write_access(&key, MONDAY).await.unwrap().is_some());
    let other = store.open_again().await.unwrap();
    assert!(other.revoke_write_key(bot, entry.id).await.unwrap());
    assert!(store.find_write_access(&key, MONDAY.plus_ms(4_999)).await.unwrap().is_some());
    assert!(store.find_write_access(&key, MONDAY.plus_ms(5_000)).await.unwrap().is_none());
}

#[tokio::test]
async fn a_token_revoked_by_another_process_works_for_less_than_five_seconds() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let account = owner(&store, bot).await;
    let (token, entry) = store.create_read_token(account, None, MONDAY).await.unwrap().unwrap();
    assert!(store.find_read_access(&token, MONDAY).await.unwrap().is_some());
    let other = store.open_again().await.unwrap();
    assert!(other.revoke_read_token(account, entry.id).await.unwrap());
    assert!(store.find_read_access(&token, MONDAY.plus_ms(4_999)).await.unwrap().is_some());
    assert!(store.find_read_access(&token, MONDAY.plus_ms(5_000)).await.unwrap().is_none());
}

#[tokio::test]
async fn a_token_of_a_deleted_bot_is_forgotten_at_once() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let account = owner(&store, bot).await;
    let (token, _) = store.create_read_token(account, Some(bot), MONDAY).await.unwrap().unwrap();
    assert!(store.find_read_access(&token, MONDAY).await.unwrap().is_some());
    store.delete_bot(bot, MONDAY).await.unwrap();
    assert_eq!(store.find_read_access(&token, MONDAY).await.unwrap(), None);
}

/// Another process remembers what it has found for a while, by the bot's id.
#[tokio::test]
async fn no_key_or_token_of_a_deleted_bot_opens_the_next_one_of_the_same_id() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let account = owner(&store, bot).await;
    let (key, _) = store.create_write_key(bot, MONDAY).await.unwrap().unwrap();
    let (token, _) = store.create_read_token(account, Some(bot), MONDAY).await.unwrap().unwrap();
    assert!(store.find_write_access(&key, MONDAY).await.unwrap().is_some());
    assert!(store.find_read_access(&token, MONDAY).await.unwrap().is_some());
    let other = store.open_again().await.unwrap();
    assert!(other.delete_bot(bot, MONDAY).await.unwrap());
    let zone = "UTC".parse().unwrap();
    let new = NewBot { id: Some(bot), owner: account, name: "New".to_owned(), zone, is_activated: true };
    // For as long as the old key may be remembered there is no new bot.
    for soon in [MONDAY, MONDAY.plus_ms(RESERVED_MS - 1)] {
        assert!(matches!(other.create_bot(&new, soon).await, Err(StoreError::JustDeleted)));
    }
    let later = MONDAY.plus_ms(RESERVED_MS);
    assert_eq!(other.create_bot(&new, later).await.unwrap(), bot);
    assert_eq!(store.find_write_access(&key, later).await.unwrap(), None);
    assert_eq!(store.find_read_access(&token, later).await.unwrap(), None);
}

#[tokio::test]
async fn a_key_may_open_one_door_and_each_door_has_room_for_two() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    for limit in KeyLimit::ALL.map(Some).into_iter().chain([None]) {
        let create = || store.create_write_key_for(bot, limit, MONDAY);
        let (key, entry) = create().await.unwrap().unwrap();
        assert_eq!(entry.limit, limit);
        assert!(store.list_write_keys(bot).await.unwrap().contains(&entry));
        assert_eq!(store.find_write_access(&key, MONDAY).await.unwrap().unwrap().limit, limit);
        assert!(create().await.unwrap().is_some());
        assert!(create().await.unwrap().is_none());
    }
}

#[tokio::test]
async fn an_unknown_key_is_never_remembered() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let unknown = Secret::presented("pw_unknown");
    assert_eq!(store.find_write_access(&unknown, MONDAY).await.unwrap(), None);
    let other = store.open_again().await.unwrap();
    let mut transaction = other.database().write().await.unwrap();
    let sql = "insert into write_keys (bot_id, key_hash, prefix, created_at) values ($1, $2, '', 0)";
    transaction.execute(sql, crate::engine::values![bot.as_i64(), &unknown.hash()]).await.unwrap();
    transaction.commit().await.unwrap();
    assert!(store.find_write_access(&unknown, MONDAY).await.unwrap().is_some());
}

#[tokio::test]
async fn deactivation_is_known_at_once() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let (key, _) = store.create_write_key(bot, MONDAY).await.unwrap().unwrap();
    assert!(store.find_write_access(&key, MONDAY).await.unwrap().unwrap().is_activated);
    let change = BotChange { is_activated: Some(false), stores_text: Some(true), ..BotChange::default() };
    store.change_bot(bot, &change).await.unwrap();
    let access = WriteAccess { bot_id: bot, is_activated: false, stores_text: true, limit: None };
    assert_eq!(store.find_write_access(&key, MONDAY).await.unwrap(), Some(access));
}

#[tokio::test]
async fn uses_are_noted_to_the_minute() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let account = owner(&store, bot).await;
    let (key, _) = store.create_write_key(bot, MONDAY).await.unwrap().unwrap();
    let (token, _) = store.create_read_token(account, None, MONDAY).await.unwrap().unwrap();
    assert!(store.find_write_access(&key, MONDAY).await.unwrap().is_some());
    assert!(store.find_read_access(&token, MONDAY).await.unwrap().is_some());
    let keys = || async { store.list_write_keys(bot).await.unwrap() };
    let tokens = || async { store.list_read_tokens(account).await.unwrap() };
    assert_eq!((noted(keys).await, noted(tokens).await), (MONDAY, MONDAY));
    let soon = MONDAY.plus_ms(MINUTE_MS - 1);
    assert!(store.find_read_access(&token, soon).await.unwrap().is_some());
    // Not answered from memory.
    let later = soon.plus_ms(5_000);
    assert!(store.find_read_access(&token, later).await.unwrap().is_some());
    while noted(tokens).await != later {
        assert_ne!(noted(tokens).await, soon);
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_read_token_opens_what_its_account_sees_or_one_bot() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let account = owner(&store, bot).await;
    let (all, _) = store.create_read_token(account, None, MONDAY).await.unwrap().unwrap();
    let (one, entry) = store.create_read_token(account, Some(bot), MONDAY).await.unwrap().unwrap();
    let access = |bot_id| Some(ReadAccess { account_id: account, is_admin: false, bot_id });
    assert_eq!(store.find_read_access(&all, MONDAY).await.unwrap(), access(None));
    assert_eq!(store.find_read_access(&one, MONDAY).await.unwrap(), access(Some(bot)));
    assert!(!store.revoke_read_token(AccountId(999), entry.id).await.unwrap());
    assert!(store.revoke_read_token(account, entry.id).await.unwrap());
    assert_eq!(store.find_read_access(&one, MONDAY).await.unwrap(), None);
    store.delete_bot(bot, MONDAY).await.unwrap();
    assert_eq!(store.find_read_access(&all, MONDAY).await.unwrap(), access(None));
}

#[tokio::test]
async fn an_account_has_at_most_twenty_read_tokens() {
    let store = TestStore::open().await.unwrap();
    let account = store.add_account("ada@example.org").await.unwrap();
    for _ in 0..MAX_READ_TOKENS {
        assert!(store.create_read_token(account, None, MONDAY).await.unwrap().is_some());
    }
    assert!(store.create_read_token(account, None, MONDAY).await.unwrap().is_none());
    assert_eq!(store.list_read_tokens(account).await.unwrap().len(), MAX_READ_TOKENS);
}

#[tokio::test]
async fn a_key_names_sites_and_forgets_them() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let (key, entry) = store.create_write_key(bot, MONDAY).await.unwrap().unwrap();
    let sites = Sites::parse("https://shop.example http://localhost:8080").unwrap();
    let find = async || store.find_key_access(&key, MONDAY).await.unwrap().unwrap();
    assert!(find().await.sites.is_empty());
    assert!(store.set_sites(bot, entry.id, &sites).await.unwrap());
    assert_eq!(
        (find().await.sites, &store.list_write_keys(bot).await.unwrap()[0].sites),
        (sites.clone(), &sites)
    );
    assert!(!store.set_sites(bot, entry.id + 1, &sites).await.unwrap());
    assert!(store.set_sites(bot, entry.id, &Sites::default()).await.unwrap());
    assert!(find().await.sites.is_empty());
}

#[tokio::test]
async fn a_bot_has_the_usual_openings_until_its_owner_says_others() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let (key, _) = store.create_write_key(bot, MONDAY).await.unwrap().unwrap();
    let find = async || store.find_key_access(&key, MONDAY).await.unwrap().unwrap().openings;
    assert_eq!(find().await, Openings::default());
    for openings in [Openings::parse("/greet\nhello").unwrap(), Openings::parse("").unwrap()] {
        assert!(store.set_openings(bot, Some(&openings)).await.unwrap());
        assert_eq!((find().await, store.find_openings(bot).await.unwrap()), (openings.clone(), openings));
    }
    assert!(store.set_openings(bot, None).await.unwrap());
    assert_eq!(find().await, Openings::default());
}
