//! Rows that are not live, deleted some at a time: before a rebuild begins, and after its rows became the live ones. Every
//! table of counters is here.

use crate::StoreError;
use crate::engine::{Transaction, values};
use crate::rules::rule::Revisions;
use crate::table_keys::{BotKey, EVERYTHING};

/// How some rows of a revision are found and deleted: the last of them, and all up to it.
struct Sweep {
    find: &'static str,
    delete: &'static str,
}

macro_rules! sweep {
    ($table:literal, $scope:literal) => {
        Sweep {
            find: concat!(
                "select tier, bucket from ",
                $table,
                " where bot_key = $1 and revision = $2 and ",
                $scope,
                " = $3 and tier >= $4 and tier <= $5 order by tier, bucket limit 1 offset $6"
            ),
            delete: concat!(
                "delete from ",
                $table,
                " where bot_key = $1 and revision = $2 and ",
                $scope,
                " = $3 and tier >= $4 and (tier, bucket) <= ($5, $6)"
            ),
        }
    };
}

const COUNTS: Sweep = sweep!("counts", "scope");
const VISITS: Sweep = sweep!("visits", "scope");
const EVENT_COUNTS: Sweep = sweep!("event_counts", "channel_key");
const EVENT_VISITS: Sweep = sweep!("event_visits", "channel_key");
const MODEL_COUNTS: Sweep = sweep!("model_counts", "channel_key");

/// Deletes some rows that are not live; says whether there were any.
pub(super) async fn sweep(
    transaction: &mut Transaction,
    bot: BotKey,
    live: Revisions,
    rows: i64,
) -> Result<bool, StoreError> {
    let [local, sessions] = [1 - live.local, 1 - live.sessions];
    let [calendar, hours] = [1 - live.calendar, 1 - live.hours];
    let sql = "select channel_key from channels where bot_key = $1 order by channel_key";
    let channels = transaction.fetch_all(sql, values![bot]).await?;
    let channels =
        channels.iter().map(|row| row.int("channel_key")).collect::<Result<Vec<i64>, StoreError>>()?;
    for scope in std::iter::once(EVERYTHING).chain(channels) {
        // With the first and the last tier.
        for (sweep, revision, first, last) in [
            (&COUNTS, sessions, 0, 0),
            (&COUNTS, local, 1, 4),
            (&VISITS, hours, 1, 1),
            (&VISITS, calendar, 2, 4),
            (&EVENT_COUNTS, calendar, 0, 4),
            (&EVENT_VISITS, calendar, 0, 4),
            (&MODEL_COUNTS, calendar, 0, 4),
        ] {
            let values = values![bot, revision, scope, first, last, rows - 1];
            let [tier, bucket] = match transaction.fetch_optional(sweep.find, values).await? {
                Some(row) => [row.int("tier")?, row.int("bucket")?],
                None => [last, i64::MAX],
            };
            let values = values![bot, revision, scope, first, tier, bucket];
            if transaction.execute(sweep.delete, values).await? > 0 {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
