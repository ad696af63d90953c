//! When a credential was last used, written down at most once a minute and beside the request that used it: nobody
//! waits for it, however long another write takes.

use analytics::instant::{Instant, MINUTE_MS};

use crate::engine::{Database, values};

/// Runs `sql` with the credential's hash as $1 and now as $2, if the last use is a minute old or there was none. A
/// failure is logged: it is no reason to refuse the request.
pub(crate) fn note_use(
    database: &Database,
    sql: &'static str,
    hash: [u8; 32],
    last: Option<Instant>,
    now: Instant,
) {
    if last.is_some_and(|last| now.as_ms() - last.as_ms() < MINUTE_MS) {
        return;
    }
    let database = database.clone();
    tokio::spawn(async move {
        let noted = async {
            let mut transaction = database.write().await?;
            transaction.execute(sql, values![&hash, now.as_ms()]).await?;
            transaction.commit().await
        };
        if let Err(error) = noted.await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the use of a credential was not noted");
        }
    });
}
