//! Who may read the files that the store makes.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::Store;
use crate::engine::Engine;
use crate::private_file::create_private_file;
use crate::testing::{TestStore, incoming};

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn only_the_owner_reads_a_database_its_log_and_its_copies() {
    let store = TestStore::open().await.unwrap();
    if store.database().engine() == Engine::Postgres {
        return;
    }
    let bot = store.add_bot().await.unwrap();
    store.ingest(bot, vec![incoming("1", "ada", 0).build().unwrap()]).await.unwrap();
    let file = |name: &str| store.directory().join(name);
    store.back_up(&file("backup.db")).await.unwrap();
    let url = format!("sqlite://{}", file("restored.db").display());
    Store::restore(&file("backup.db"), &url).await.unwrap();
    for name in ["parlance.db", "parlance.db-wal", "parlance.db-shm", "backup.db", "restored.db"] {
        assert_eq!(mode(&file(name)), 0o600, "{name}");
    }
}

#[tokio::test]
async fn a_file_that_is_there_is_not_made_anew() {
    let store = TestStore::open().await.unwrap();
    let path = store.directory().join("there");
    std::fs::write(&path, "something else").unwrap();
    assert!(create_private_file(&path).is_err());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "something else");
}
