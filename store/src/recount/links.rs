//! The links by which a user's facts are found: counted, and made anew.

use crate::StoreError;
use crate::engine::{Transaction, values};
use crate::raw_facts::RawFact;
use crate::table_keys::BotKey;

/// How many facts are linked as they should be, of facts in order of line and time: each names the one before it, and
/// none of its line is found twice.
pub(super) fn count_linked(facts: &[RawFact]) -> i64 {
    let lines = facts.chunk_by(|one, next| (one.user, one.channel) == (next.user, next.channel));
    lines.map(count_linked_of_line).sum()
}

/// The first of a line may name one that lies before the horizon or is gone.
fn count_linked_of_line(line: &[RawFact]) -> i64 {
    if line.windows(2).any(|pair| pair[0].key == pair[1].key) {
        return 0;
    }
    let linked = line.windows(2).filter(|pair| pair[1].before_key == pair[0].key).count();
    let begins = line.first().is_some_and(|first| line.iter().all(|fact| fact.key != first.before_key));
    i64::try_from(linked + usize::from(begins)).unwrap_or(i64::MAX)
}

/// Links all facts of a bot anew.
pub(crate) async fn relink(transaction: &mut Transaction, bot: BotKey) -> Result<(), StoreError> {
    for sql in [
        "update facts set before_key = linked.before_key
            from (select fact_key, lag(fact_key, 1, 0) over (
                    partition by user_key, channel_key order by at, fact_key) as before_key
                from facts where bot_key = $1) as linked
            where facts.bot_key = $1 and facts.fact_key = linked.fact_key
                and facts.before_key <> linked.before_key",
        "update activity set last_key = null where bot_key = $1 and last_key is not null",
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
