//! Copies of a database that is in use.

use crate::bots::BotScope;
use crate::engine::Engine;
use crate::testing::{TestStore, incoming};
use crate::{Store, StoreError};

#[tokio::test]
async fn a_backup_beside_a_writer_is_whole_and_comes_back() {
    let store = TestStore::open().await.unwrap();
    if store.database().engine() == Engine::Postgres {
        let refused = store.back_up(&store.directory().join("backup.db")).await;
        return assert!(matches!(refused, Err(StoreError::SqliteOnly)), "{refused:?}");
    }
    let bot = store.add_bot().await.unwrap();
    let fact =
        |n: usize| incoming(&n.to_string(), &format!("user {}", n % 9), (n % 700) as i64).build().unwrap();
    store.ingest(bot, (0..2_000).map(fact).collect()).await.unwrap();
    let writer = tokio::spawn({
        let store = store.store().clone();
        async move {
            for n in 2_000..2_200 {
                store.ingest(bot, vec![fact(n)]).await.unwrap();
            }
        }
    });
    let backup = store.directory().join("backup.db");
    store.back_up(&backup).await.unwrap();
    writer.await.unwrap();

    let url = format!("sqlite://{}", store.directory().join("restored.db").display());
    Store::restore(&backup, &url).await.unwrap();
    let restored = Store::open(&url).await.unwrap();
    assert_eq!(restored.verify(bot, false).await.unwrap(), []);
    let facts = restored.load_facts(bot, None, None, 10_000).await.unwrap().len();
    assert!((2_000..=2_200).contains(&facts), "{facts}");
    assert_eq!(restored.list_bots(BotScope::All).await.unwrap().len(), 1);
    restored.ingest(bot, vec![fact(5_000)]).await.unwrap();
    assert_eq!(store.load_facts(bot, None, None, 10_000).await.unwrap().len(), 2_200);
    restored.close().await;
}

#[tokio::test]
async fn neither_way_overwrites_and_only_a_database_is_restored() {
    let store = TestStore::open().await.unwrap();
    if store.database().engine() == Engine::Postgres {
        let refused = Store::restore(&store.directory().join("backup.db"), store.url()).await;
        return assert!(matches!(refused, Err(StoreError::SqliteOnly)), "{refused:?}");
    }
    let file = store.directory().join("there");
    std::fs::write(&file, "something else").unwrap();
    assert!(matches!(store.back_up(&file).await, Err(StoreError::Conflict(_))));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "something else");
    let backup = store.directory().join("backup.db");
    store.back_up(&backup).await.unwrap();
    assert!(matches!(Store::restore(&backup, store.url()).await, Err(StoreError::Conflict(_))));
    let url = format!("sqlite://{}", store.directory().join("restored.db").display());
    for source in [file, store.directory().join("missing.db")] {
        let refused = Store::restore(&source, &url).await;
        assert!(matches!(refused, Err(StoreError::Database(_))), "{refused:?}");
    }
    assert!(!store.directory().join("restored.db").exists());
    assert!(matches!(Store::restore(&backup, "postgres://x/y").await, Err(StoreError::SqliteOnly)));
}
