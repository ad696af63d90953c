//! Databases that another version of Parlance made.

use crate::engine::values;
use crate::testing::TestDatabase;
use crate::{Store, StoreError};

#[tokio::test]
async fn a_database_with_another_schema_is_refused_and_told_what_to_do() {
    let changed = "update _sqlx_migrations set checksum = substr(checksum, 2)";
    let unknown = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
        select 9999, 'later', success, checksum, 0 from _sqlx_migrations where version = 1";
    for other in [changed, unknown] {
        let database = TestDatabase::empty().await.unwrap();
        let store = Store::open(database.url()).await.unwrap();
        let mut transaction = store.database().write().await.unwrap();
        assert_eq!(transaction.execute(other, values![]).await.unwrap(), 1);
        transaction.commit().await.unwrap();
        store.close().await;
        let refused = Store::open(database.url()).await.unwrap_err();
        assert!(matches!(refused, StoreError::OtherSchema), "{refused:?}");
        assert!(refused.to_string().contains("parlance export"), "{refused}");
    }
}
