//! What users did in quarters of an hour: the base rows that all counters of messages are sums of.

use crate::StoreError;
use crate::counting::messages::{Counters, Sums};
use crate::counting::rows::{Rows, read_rows};
use crate::counting::table::Table;
use crate::engine::{Transaction, values};
use crate::rules::counter_set::CounterSet;
use crate::table_keys::{BotKey, EVERYTHING};

/// Rows of `activity`: scope, user and quarter; messages, bot messages and sessions.
pub(crate) type ActivityRows = Rows<3, 3>;

/// Activity with the sessions of one revision; those of the other stay as they are.
macro_rules! activity {
    ($sessions:literal, $others:literal) => {
        Table {
            name: "activity",
            keys: ["scope", "user_key", "quarter"],
            values: ["messages", "bot_messages", "sessions"],
            upsert: concat!(
                "insert into activity (bot_key, user_key, scope, quarter, messages, bot_messages, ",
                concat!($sessions, ", ", $others, ") "),
                "select $1, user_key, scope, quarter, messages, bot_messages, sessions, 0 from input where true
                on conflict (bot_key, user_key, scope, quarter) do update set messages = excluded.messages,
                bot_messages = excluded.bot_messages, ",
                concat!($sessions, " = excluded.", $sessions)
            ),
            delete: Some(
                "delete from activity where bot_key = $1
                    and (user_key, scope, quarter) in (select user_key, scope, quarter from input)",
            ),
        }
    };
}

/// By revision of the sessions.
pub(crate) const ACTIVITY: [Table<3, 3>; 2] =
    [activity!("sessions_0", "sessions_1"), activity!("sessions_1", "sessions_0")];

/// The activity of the users with keys from `first` up to `end`, with the sessions of a revision.
pub(crate) async fn load_activity(
    transaction: &mut Transaction,
    bot: BotKey,
    sessions: i64,
    first: i64,
    end: i64,
) -> Result<ActivityRows, StoreError> {
    let sql = "select scope, user_key, quarter, messages, bot_messages,
            case when $4 = 0 then sessions_0 else sessions_1 end as sessions
        from activity where bot_key = $1 and user_key >= $2 and user_key < $3";
    let rows = transaction.fetch_all(sql, values![bot, first, end, sessions]).await?;
    read_rows(&rows, ACTIVITY[0].keys, ACTIVITY[0].values)
}

/// What users add to the counters of a set, beside counters that are copied from the live ones. `live` and `own` are their
/// activity, with the sessions of the live set and of this one. With `sign` −1 what they take away.
pub(crate) fn count_users(set: &CounterSet, live: &ActivityRows, own: &ActivityRows, sign: i64) -> Counters {
    match set.built.copied_to() {
        None => count_all(set, own, sign),
        Some(_) if set.owns_sessions() => count_moved_sessions(set, live, own, sign),
        Some(_) => Counters::default(),
    }
}

/// What activity adds to the counters of a set, or with `sign` −1 takes away from them.
pub(crate) fn count_all(set: &CounterSet, activity: &ActivityRows, sign: i64) -> Counters {
    let mut counters = Counters::default();
    let rows: Vec<_> = activity.iter().collect();
    for line in
        rows.chunk_by(|([one, user, _], _), ([next, next_user, _], _)| (one, user) == (next, next_user))
    {
        let scope = line.first().map_or(EVERYTHING, |([scope, ..], _)| *scope);
        let quarters = line.iter().map(|([.., quarter], [messages, bot_messages, sessions])| {
            (*quarter, Sums { messages: *messages, bot_messages: *bot_messages, sessions: *sessions })
        });
        counters.add_user(&set.rule.calendar, scope, &quarters.collect::<Vec<_>>(), sign);
    }
    counters
}

/// What users' sessions add to counters that are copied from the live ones, and so have the sessions of the live set.
pub(crate) fn count_moved_sessions(
    set: &CounterSet,
    live: &ActivityRows,
    own: &ActivityRows,
    sign: i64,
) -> Counters {
    let mut counters = Counters::default();
    for (rows, sign) in [(live, -sign), (own, sign)] {
        for ([scope, _, quarter], [.., sessions]) in rows.iter().filter(|(_, [.., sessions])| *sessions != 0)
        {
            let sums = Sums { sessions: sessions * sign, ..Sums::default() };
            counters.add_sums(&set.rule.calendar, *scope, *quarter, sums);
        }
    }
    counters
}
