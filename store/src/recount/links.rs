//! The links by which a user's facts are found: counted, and made anew.

use std::collections::BTreeMap;

use super::user::RawFact;
use crate::StoreError;
use crate::engine::{Transaction, values};

/// How many facts are linked as they should be, of facts in order of line and time: each names the one before it, and
/// is found once.
pub(super) fn count_linked(facts: &[RawFact]) -> i64 {
    let lines = facts.chunk_by(|one, next| (one.user, one.channel) == (next.user, next.channel));
    lines.map(count_linked_of_line).sum()
}

/// The first of a line may name one that lies before the horizon or is gone.
fn count_linked_of_line(line: &[RawFact]) -> i64 {
    let befores = line.iter().map(|fact| Some(fact.key));
    let is_linked = |(fact, before): &(&RawFact, Option<i64>)| fact.before_key == *before;
    let linked = line.iter().skip(1).zip(befores).filter(is_linked).count();
    let keys: BTreeMap<i64, ()> = line.iter().map(|fact| (fact.key, ())).collect();
    let first = line.first().and_then(|fact| fact.before_key);
    let begins = usize::from(!line.is_empty() && first.is_none_or(|before| !keys.contains_key(&before)));
    i64::try_from(linked + begins).unwrap_or(i64::MAX)
}

/// Links all facts of a bot anew.
pub(crate) async fn relink(transaction: &mut Transaction, bot: i64) -> Result<(), StoreError> {
    for sql in [
        "update facts set before_key = linked.before_key
            from (select fact_key, lag(fact_key) over (
                    partition by user_key, channel_key order by at, fact_key) as before_key
                from facts where bot_key = $1) as linked
            where facts.bot_key = $1 and facts.fact_key = linked.fact_key",
        "insert into activity
                (bot_key, user_key, scope, quarter, messages, bot_messages, sessions_0, sessions_1, last_key)
            select $1, user_key, channel_key, quarter, 0, 0, 0, 0, fact_key
            from (select user_key, channel_key, at - at % 900000 as quarter, fact_key, row_number() over (
                    partition by user_key, channel_key, at - at % 900000 order by at desc, fact_key desc) as place
                from facts where bot_key = $1) as ranked
            where place = 1
            on conflict (bot_key, user_key, scope, quarter) do update set last_key = excluded.last_key",
    ] {
        transaction.execute(sql, values![bot]).await?;
    }
    Ok(())
}
