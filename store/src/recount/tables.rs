//! The derived tables, and how to load their stored rows.

use crate::StoreError;
use crate::counting::rows::{Rows, read_rows};
use crate::counting::table::Table;
use crate::engine::{Transaction, values};
use crate::rules::{Revisions, Side};

/// Rows of `activity`: scope, user and quarter; messages, bot messages and sessions.
pub(crate) type ActivityRows = Rows<3, 3>;

pub(super) const OPENS: Table<2, 1> = Table {
    name: "facts",
    keys: ["fact_key", "bit"],
    values: ["opens"],
    upsert: "update facts
        set opens = case when input.opens = 1 then facts.opens | input.bit else facts.opens & ~input.bit end
        from input where facts.bot_key = $1 and facts.fact_key = input.fact_key",
    delete: None,
};

pub(super) const OPENINGS: Table<1, 1> = Table {
    name: "sessions",
    keys: ["session_key"],
    values: ["opening_key"],
    upsert: "update sessions set opening_key = nullif(input.opening_key, 0) from input
        where sessions.bot_key = $1 and sessions.session_key = input.session_key",
    delete: None,
};

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
pub(super) const ACTIVITY: [Table<3, 3>; 2] =
    [activity!("sessions_0", "sessions_1"), activity!("sessions_1", "sessions_0")];

pub(super) const COUNTS: Table<4, 5> = Table {
    name: "counts",
    keys: ["revision", "scope", "tier", "bucket"],
    values: ["messages", "bot_messages", "sessions", "users", "new_users"],
    upsert: "insert into counts
            (bot_key, revision, scope, tier, bucket, messages, bot_messages, sessions, users, new_users)
        select $1, revision, scope, tier, bucket, messages, bot_messages, sessions, users, new_users
        from input where true
        on conflict (bot_key, revision, scope, tier, bucket) do update set messages = excluded.messages,
            bot_messages = excluded.bot_messages, sessions = excluded.sessions, users = excluded.users,
            new_users = excluded.new_users",
    delete: Some(
        "delete from counts where bot_key = $1
            and (revision, scope, tier, bucket) in (select revision, scope, tier, bucket from input)",
    ),
};

pub(super) const VISITS: Table<5, 1> = Table {
    name: "visits",
    keys: ["revision", "scope", "tier", "bucket", "previous"],
    values: ["users"],
    upsert: "insert into visits (bot_key, revision, scope, tier, bucket, previous, users)
        select $1, revision, scope, tier, bucket, previous, users from input where true
        on conflict (bot_key, revision, scope, tier, bucket, previous) do update set users = excluded.users",
    delete: Some(
        "delete from visits where bot_key = $1 and (revision, scope, tier, bucket, previous) in
            (select revision, scope, tier, bucket, previous from input)",
    ),
};

pub(super) const STATE_SPAN: Table<1, 2> = Table {
    name: "bot_state",
    keys: ["scope"],
    values: ["first_message_at", "last_message_at"],
    upsert: "update bot_state set first_message_at = nullif(input.first_message_at, 0),
            last_message_at = nullif(input.last_message_at, 0)
        from input where bot_state.bot_key = $1 and input.scope = 0",
    delete: None,
};

pub(super) const CHANNEL_SPANS: Table<1, 2> = Table {
    name: "channels",
    keys: ["channel_key"],
    values: ["first_message_at", "last_message_at"],
    upsert: "update channels set first_message_at = nullif(input.first_message_at, 0),
            last_message_at = nullif(input.last_message_at, 0)
        from input where channels.bot_key = $1 and channels.channel_key = input.channel_key",
    delete: None,
};

/// The openings of named sessions of the users from `first` up to `end`; with each, whether it lies behind the horizon.
pub(super) async fn load_openings(
    transaction: &mut Transaction,
    bot: i64,
    horizon: i64,
    first: i64,
    end: i64,
) -> Result<Rows<1, 2>, StoreError> {
    let sql = "select sessions.session_key, sessions.opening_key,
            case when $2 = 0 or facts.at >= $2 then 1 else 0 end as is_behind
        from sessions left join facts on facts.bot_key = $1 and facts.fact_key = sessions.opening_key
        where sessions.bot_key = $1 and sessions.user_key >= $3 and sessions.user_key < $4
            and sessions.opening_key is not null";
    let rows = transaction.fetch_all(sql, values![bot, horizon, first, end]).await?;
    read_rows(&rows, OPENINGS.keys, ["opening_key", "is_behind"])
}

pub(crate) async fn load_activity(
    transaction: &mut Transaction,
    bot: i64,
    sessions: i64,
    first: i64,
    end: i64,
) -> Result<Rows<3, 3>, StoreError> {
    let sql = "select scope, user_key, quarter, messages, bot_messages,
            case when $4 = 0 then sessions_0 else sessions_1 end as sessions
        from activity where bot_key = $1 and user_key >= $2 and user_key < $3";
    let rows = transaction.fetch_all(sql, values![bot, first, end, sessions]).await?;
    read_rows(&rows, ACTIVITY[0].keys, ACTIVITY[0].values)
}

pub(super) async fn load_counts(
    transaction: &mut Transaction,
    bot: i64,
    side: &Side,
) -> Result<Rows<4, 5>, StoreError> {
    let sql = "select revision, scope, tier, bucket, messages, bot_messages, sessions, users, new_users
        from counts where bot_key = $1
            and ((revision = $2 and tier > 0) or (revision = $3 and tier = 0 and $4 = 1))";
    let Revisions { local, sessions, .. } = side.revisions;
    let rows = transaction.fetch_all(sql, values![bot, local, sessions, side.has_own_sessions]).await?;
    read_rows(&rows, COUNTS.keys, COUNTS.values)
}

pub(super) async fn load_visits(
    transaction: &mut Transaction,
    bot: i64,
    side: &Side,
) -> Result<Rows<5, 1>, StoreError> {
    let sql = "select revision, scope, tier, bucket, previous, users from visits
        where bot_key = $1
            and ((revision = $2 and tier = 1 and $3 = 1) or (revision = $4 and tier > 1 and $5 = 1))";
    let Revisions { calendar, hours, .. } = side.revisions;
    let values = values![bot, hours, side.has_own_hours(), calendar, side.has_own_calendar];
    let rows = transaction.fetch_all(sql, values).await?;
    read_rows(&rows, VISITS.keys, VISITS.values)
}

pub(super) async fn load_state_span(
    transaction: &mut Transaction,
    bot: i64,
) -> Result<Rows<1, 2>, StoreError> {
    let sql = "select 0 as scope, first_message_at, last_message_at from bot_state
        where bot_key = $1 and first_message_at is not null";
    let rows = transaction.fetch_all(sql, values![bot]).await?;
    read_rows(&rows, STATE_SPAN.keys, STATE_SPAN.values)
}

pub(super) async fn load_channel_spans(
    transaction: &mut Transaction,
    bot: i64,
) -> Result<Rows<1, 2>, StoreError> {
    let sql = "select channel_key, first_message_at, last_message_at from channels
        where bot_key = $1 and first_message_at is not null";
    let rows = transaction.fetch_all(sql, values![bot]).await?;
    read_rows(&rows, CHANNEL_SPANS.keys, CHANNEL_SPANS.values)
}
