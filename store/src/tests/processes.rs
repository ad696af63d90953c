//! Several processes on one database.

use crate::testing::{TestDatabase, TestStore, incoming};
use crate::{Store, StoreError};

#[tokio::test]
async fn two_stores_write_at_once_and_every_message_counts_once() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let other = store.open_again().await.unwrap();
    let send = |store: Store| {
        tokio::spawn(async move {
            let mut accepted = 0;
            for n in 0..60 {
                let (id, user) = (format!("{n}"), format!("user {}", n % 7));
                let fact = incoming(&id, &user, n * 11 % 60).build().unwrap();
                accepted += store.ingest(bot, vec![fact]).await.unwrap().accepted;
            }
            accepted
        })
    };
    let (one, two) = (send(store.store().clone()), send(other.clone()));
    assert_eq!(one.await.unwrap() + two.await.unwrap(), 60);
    assert_eq!(other.verify(bot, false).await.unwrap(), []);
    let found = other.find_bot(crate::bots::BotScope::All, bot).await.unwrap().unwrap();
    assert_eq!(
        found.last_message_at,
        store.find_bot(crate::bots::BotScope::All, bot).await.unwrap().unwrap().last_message_at
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn processes_that_start_together_migrate_one_after_the_other() {
    for _ in 0..10 {
        let database = TestDatabase::empty().await.unwrap();
        let url = database.url().to_owned();
        let open = || {
            tokio::spawn({
                let url = url.clone();
                async move { Store::open(&url).await }
            })
        };
        for opened in [open(), open(), open(), open()] {
            opened.await.unwrap().unwrap().check().await.unwrap();
        }
    }
}

#[tokio::test]
async fn only_a_database_that_outlives_the_process_is_opened() {
    for url in [
        "sqlite::memory:",
        "sqlite://:memory:",
        "sqlite://",
        "sqlite://x.db?mode=memory",
        "postgres://user:secret@localhost:port/x",
        "mysql://localhost/x",
        "",
    ] {
        let refused = Store::open(url).await;
        assert!(matches!(refused, Err(StoreError::Url)), "{url:?}: {refused:?}");
        assert!(!format!("{refused:?}").contains("secret"));
    }
    let nobody = Store::open("postgres://user:secret@%2Fnowhere/x").await;
    assert!(matches!(nobody, Err(StoreError::Unavailable(_))), "{nobody:?}");
    let missing = Store::open("sqlite:///nowhere/at/all/parlance.db").await;
    assert!(matches!(missing, Err(StoreError::Database(_))), "{missing:?}");
}

#[tokio::test]
async fn what_was_committed_is_there_after_opening_again() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    store.ingest(bot, vec![incoming("1", "ada", 0).build().unwrap()]).await.unwrap();
    store.close().await;
    let again = store.open_again().await.unwrap();
    again.check().await.unwrap();
    assert_eq!(again.load_facts(bot, None, None, 10).await.unwrap().len(), 1);
    assert!(store.check().await.is_err());
}
