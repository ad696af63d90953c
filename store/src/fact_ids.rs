//! How a fact is found by its id. SQLite has a table of 48-bit hashes, half the size of an index on the ids themselves;
//! PostgreSQL has such an index, because its rows cost more than its index entries. Ids decide in both.

use std::collections::HashSet;

use analytics::fact::Fact;
use sha2::{Digest, Sha256};

use crate::StoreError;
use crate::engine::{Bulk, Engine, PerEngine, Transaction, values};

const FIND_STORED: PerEngine = PerEngine {
    sqlite: "select input.place from input cross join fact_ids cross join facts
        where fact_ids.bot_key = $1 and fact_ids.id_hash = input.id_hash
            and facts.fact_key = fact_ids.fact_key and facts.id = input.id",
    postgres: "select place from (select input.place, (select facts.fact_key from facts
        where facts.bot_key = $1 and facts.id = input.id) as fact_key from input) as found
        where fact_key is not null",
};

/// The places of those facts whose ids are stored.
pub(crate) async fn find_stored(
    transaction: &mut Transaction,
    bot: i64,
    facts: &[&Fact],
) -> Result<HashSet<usize>, StoreError> {
    let ids = || facts.iter().map(|fact| fact.id.as_str());
    let places = Bulk::new().ints("place", (0_i64..).take(facts.len()));
    let bulk = match transaction.engine() {
        Engine::Sqlite => places.ints("id_hash", ids().map(id_hash)).texts("id", ids()),
        Engine::Postgres => places.texts("id", ids()),
    };
    let rows = transaction.bulk_fetch(transaction.pick(FIND_STORED), values![bot], &bulk).await?;
    rows.iter().map(|row| row.place(0)).collect()
}

/// Lets new facts, by key and id, be found by their ids.
pub(crate) async fn save<'a>(
    transaction: &mut Transaction,
    bot: i64,
    new: impl Iterator<Item = (i64, &'a str)> + Clone,
) -> Result<(), StoreError> {
    if transaction.engine() == Engine::Postgres {
        return Ok(());
    }
    let bulk = hashes(new);
    let sql = "insert into fact_ids (bot_key, id_hash, fact_key) select $1, id_hash, fact_key from input";
    transaction.bulk_execute(sql, values![bot], &bulk).await
}

/// Deletes what finds some facts, by key and id, before the facts.
pub(crate) async fn delete<'a>(
    transaction: &mut Transaction,
    bot: i64,
    gone: impl Iterator<Item = (i64, &'a str)> + Clone,
) -> Result<(), StoreError> {
    if transaction.engine() == Engine::Postgres {
        return Ok(());
    }
    let sql = "delete from fact_ids where bot_key = $1
        and (id_hash, fact_key) in (select id_hash, fact_key from input)";
    transaction.bulk_execute(sql, values![bot], &hashes(gone)).await
}

fn hashes<'a>(facts: impl Iterator<Item = (i64, &'a str)> + Clone) -> Bulk<'static> {
    Bulk::new()
        .ints("fact_key", facts.clone().map(|(key, _)| key))
        .ints("id_hash", facts.map(|(_, id)| id_hash(id)))
}

/// Deletes what finds a bot's facts, before the facts.
pub(crate) async fn delete_all(transaction: &mut Transaction, bot: i64) -> Result<(), StoreError> {
    if transaction.engine() == Engine::Sqlite {
        transaction.execute("delete from fact_ids where bot_key = $1", values![bot]).await?;
    }
    Ok(())
}

/// 48 bits of a hash of a fact's id: what the table `fact_ids` finds it by. Never changes: rows hold it.
pub(crate) fn id_hash(id: &str) -> i64 {
    let hash = Sha256::digest(id.as_bytes());
    hash.iter().take(6).fold(0, |bits, byte| (bits << 8) | i64::from(*byte))
}
