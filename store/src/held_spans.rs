//! Parts of traces that wait: what was acknowledged is on disk, and what it counts as is decided when the rest of its
//! trace is there, or does not come. A row is written once, read once and deleted, mostly within seconds.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use analytics::fact::Fact;
use analytics::ids::{BotId, UserId};
use analytics::instant::Instant;

use crate::bots::find_bot_key;
use crate::engine::{Bulk, PerEngine, Row, Transaction, values};
use crate::ingest::IngestOutcome;
use crate::table_keys::BotKey;
use crate::{Store, StoreError};

/// Most spans of one bot that may wait.
pub const MAX_HELD_SPANS: usize = 10_000;
/// Most bytes of one bot's spans that may wait.
pub const MAX_HELD_BYTES: u64 = 64 * 1024 * 1024;
/// Most bytes of all bots' spans that may wait.
pub const MAX_HELD_BYTES_OF_ALL: u64 = 512 * 1024 * 1024;
/// Most bytes of one span. A row that has more is dropped when it is read.
pub const MAX_SPAN_BYTES: u64 = 1024 * 1024;
/// Most traces that are taken at once from those that have waited long enough, and most bytes unless one has more.
const TRACES_AT_ONCE: i64 = 500;
const BYTES_AT_ONCE: u64 = 8 * 1024 * 1024;

/// Looked up by a range of one trace, since PostgreSQL would rather compare all rows of the bot.
const DELETE: PerEngine = PerEngine {
    sqlite: "delete from held_spans where bot_key = $1
        and (trace_id, span_id) in (select trace_id, span_id from input)",
    postgres: "delete from held_spans as held using input
        where held.bot_key = $1 and held.trace_id between input.trace_id and input.trace_id
            and held.span_id = input.span_id",
};

/// A span that waits for the rest of its trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldSpan {
    /// The trace that it is part of.
    pub trace_id: String,
    /// Its id within the trace.
    pub span_id: String,
    /// The user that it is of, as far as it says itself.
    pub user_id: Option<String>,
    /// When it arrived.
    pub received_at: Instant,
    /// The rest of the span, in the form of the door that holds it. Empty for a row above [`MAX_SPAN_BYTES`].
    pub span: String,
}

/// Which held span it is, and how much it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldSpanId {
    /// The trace that it is part of.
    pub trace_id: String,
    /// Its id within the trace.
    pub span_id: String,
    /// Bytes of [`HeldSpan::span`].
    pub bytes: u64,
}

impl HeldSpan {
    /// Which one it is.
    pub fn id(&self) -> HeldSpanId {
        HeldSpanId { trace_id: self.trace_id.clone(), span_id: self.span_id.clone(), bytes: self.bytes() }
    }

    fn bytes(&self) -> u64 {
        self.span.len() as u64
    }
}

/// How much waits in the whole database, as far as this process knows: counted now and then, and corrected by what the
/// process itself adds and drops.
#[derive(Debug, Default)]
pub(crate) struct HeldTotals(AtomicU64);

impl HeldTotals {
    fn has_room_for(&self, bytes: u64) -> bool {
        self.0.load(Relaxed).saturating_add(bytes) <= MAX_HELD_BYTES_OF_ALL
    }

    fn add(&self, bytes: u64) {
        self.0.fetch_add(bytes, Relaxed);
    }

    fn remove(&self, bytes: u64) {
        let less = |total: u64| Some(total.saturating_sub(bytes));
        // The closure always gives a new value.
        let _ = self.0.fetch_update(Relaxed, Relaxed, less);
    }

    pub(crate) fn set(&self, bytes: u64) {
        self.0.store(bytes, Relaxed);
    }
}

/// Whose a stored message or event is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaker {
    /// The user.
    pub user_id: String,
    /// The named session, if it is part of one.
    pub session_id: Option<String>,
}

/// What becomes of waiting spans together with a batch of facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpanChange {
    /// Spans of traces that are not complete. One that waits already stays as it is.
    pub hold: Vec<HeldSpan>,
    /// Spans that are counted now.
    pub drop: Vec<HeldSpanId>,
}

/// Whether there was room for spans that shall wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// They wait.
    Enough,
    /// None of them waits: the bot has [`MAX_HELD_SPANS`] or [`MAX_HELD_BYTES`], or all bots have
    /// [`MAX_HELD_BYTES_OF_ALL`].
    None,
}

impl SpanChange {
    /// Bytes of the spans that shall wait.
    pub(crate) fn held_bytes(&self) -> u64 {
        self.hold.iter().map(HeldSpan::bytes).sum()
    }

    fn dropped_bytes(&self) -> u64 {
        self.drop.iter().map(|span| span.bytes).sum()
    }

    /// Writes the change.
    pub(crate) async fn apply(&self, transaction: &mut Transaction, bot: BotKey) -> Result<Room, StoreError> {
        if !self.drop.is_empty() {
            delete(transaction, bot, &self.drop).await?;
        }
        if self.hold.is_empty() {
            return Ok(Room::Enough);
        }
        let sql = "select count(*) as spans, cast(coalesce(sum(octet_length(span)), 0) as bigint) as bytes from held_spans
            where bot_key = $1";
        let held = transaction.fetch_one(sql, values![bot]).await?;
        let (count, bytes) = (held.count("spans")?, held.count("bytes")?);
        if count + self.hold.len() as u64 > MAX_HELD_SPANS as u64
            || bytes + self.held_bytes() > MAX_HELD_BYTES
        {
            return Ok(Room::None);
        }
        insert(transaction, bot, &self.hold).await?;
        Ok(Room::Enough)
    }
}

/// What is known of traces of which more has come.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct KnownTraces {
    /// Their spans that wait.
    pub spans: Vec<HeldSpan>,
    /// Whose messages are, by the messages' ids.
    pub speakers: HashMap<String, Speaker>,
    /// The ids of users that there are.
    pub users: HashSet<String>,
}

/// What is to be read of traces.
#[derive(Clone, Copy, Debug, Default)]
pub struct AskedTraces<'a> {
    /// Of which traces to read the spans that wait.
    pub traces: &'a [&'a str],
    /// Ids of messages whose users to find.
    pub messages: &'a [&'a str],
    /// Ids that may be those of users.
    pub users: &'a [&'a str],
}

/// What there is to read of traces.
#[derive(Debug, PartialEq, Eq)]
pub enum TracesRead {
    /// All of it.
    Known(KnownTraces),
    /// More bytes than were allowed wait of them.
    TooLarge {
        /// How many.
        bytes: u64,
    },
}

impl Store {
    /// Stores what complete traces count as, lets the spans go that waited of them, and keeps spans of others, in one
    /// transaction that is committed before this returns. Without room for the spans to be kept, the rest is stored all
    /// the same.
    ///
    /// # Errors
    /// Those of [`Store::ingest`].
    pub async fn ingest_traces(
        &self,
        bot: BotId,
        facts: Vec<Fact>,
        mut spans: SpanChange,
    ) -> Result<(IngestOutcome, Room), StoreError> {
        let held = &self.inner.held;
        let has_room = held.has_room_for(spans.held_bytes());
        if !has_room {
            spans.hold.clear();
        }
        let (added, removed) = (spans.held_bytes(), spans.dropped_bytes());
        let (outcome, room) = self.inner.intake.submit(bot, facts, spans).await?;
        held.remove(removed);
        if room == Room::Enough {
            held.add(added);
        }
        Ok((outcome, if has_room { room } else { Room::None }))
    }

    /// What is known of traces; messages and users that are not known are left out. Where more than `most` bytes wait of
    /// the traces nothing is read.
    pub async fn read_traces(
        &self,
        bot: BotId,
        asked: &AskedTraces<'_>,
        most: u64,
    ) -> Result<TracesRead, StoreError> {
        let mut known = KnownTraces::default();
        let mut transaction = self.database().read().await?;
        let Some(key) = find_bot_key(&mut transaction, bot).await? else {
            return Ok(TracesRead::Known(known));
        };
        let bytes = measure(&mut transaction, key, asked.traces).await?;
        if bytes > most {
            return Ok(TracesRead::TooLarge { bytes });
        }
        if bytes > 0 {
            known.spans = find(&mut transaction, key, asked.traces).await?;
        }
        known.speakers = find_speakers(&mut transaction, key, asked.messages).await?;
        known.users = find_users(&mut transaction, key, asked.users).await?;
        Ok(TracesRead::Known(known))
    }

    /// How many spans wait in all, and how many bytes they have. The limit for all bots goes by this from now on.
    pub async fn count_held_spans(&self) -> Result<(u64, u64), StoreError> {
        let sql = "select count(*) as spans, cast(coalesce(sum(octet_length(span)), 0) as bigint) as bytes from held_spans";
        let row = self.database().read().await?.fetch_one(sql, values![]).await?;
        let (count, bytes) = (row.count("spans")?, row.count("bytes")?);
        self.inner.held.set(bytes);
        Ok((count, bytes))
    }

    /// Spans of whole traces, of some of those whose last span arrived at `before` or earlier: at most 500 traces, and
    /// 8 MiB unless one trace has more.
    pub async fn find_due_spans(&self, bot: BotId, before: Instant) -> Result<Vec<HeldSpan>, StoreError> {
        let mut transaction = self.database().read().await?;
        let Some(key) = find_bot_key(&mut transaction, bot).await? else { return Ok(Vec::new()) };
        let sql =
            "select trace_id, cast(sum(octet_length(span)) as bigint) as bytes from held_spans where bot_key = $1
            group by trace_id having max(received_at) <= $2 order by trace_id limit $3";
        let rows = transaction.fetch_all(sql, values![key, before.as_ms(), TRACES_AT_ONCE]).await?;
        let (mut traces, mut bytes) = (Vec::new(), 0);
        for row in &rows {
            bytes += row.count("bytes")?;
            if bytes > BYTES_AT_ONCE && !traces.is_empty() {
                break;
            }
            traces.push(row.text("trace_id")?);
        }
        find(&mut transaction, key, &traces.iter().map(String::as_str).collect::<Vec<_>>()).await
    }

    /// The bots of which a span waits that arrived at `before` or earlier.
    pub async fn list_bots_with_due_spans(&self, before: Instant) -> Result<Vec<BotId>, StoreError> {
        let sql = "select distinct bot_id from held_spans join bots on bots.bot_key = held_spans.bot_key
            where received_at <= $1 order by bot_id";
        let rows = self.database().read().await?.fetch_all(sql, values![before.as_ms()]).await?;
        rows.iter().map(|row| Ok(BotId::from_i64(row.int("bot_id")?))).collect()
    }
}

async fn measure(transaction: &mut Transaction, bot: BotKey, traces: &[&str]) -> Result<u64, StoreError> {
    if traces.is_empty() {
        return Ok(0);
    }
    let bulk = Bulk::new().texts("trace_id", traces.iter().copied());
    let sql = "select cast(coalesce(sum(octet_length(span)), 0) as bigint) as bytes from input
        left join held_spans on held_spans.bot_key = $1 and held_spans.trace_id = input.trace_id";
    let rows = transaction.bulk_fetch(sql, values![bot], &bulk).await?;
    rows.first().map_or(Ok(0), |row| row.count("bytes"))
}

async fn delete(transaction: &mut Transaction, bot: BotKey, spans: &[HeldSpanId]) -> Result<(), StoreError> {
    let bulk = Bulk::new()
        .texts("trace_id", spans.iter().map(|span| span.trace_id.as_str()))
        .texts("span_id", spans.iter().map(|span| span.span_id.as_str()));
    transaction.bulk_execute(transaction.pick(DELETE), values![bot], &bulk).await
}

async fn find_speakers(
    transaction: &mut Transaction,
    bot: BotKey,
    messages: &[&str],
) -> Result<HashMap<String, Speaker>, StoreError> {
    if messages.is_empty() {
        return Ok(HashMap::new());
    }
    let bulk = Bulk::new().texts("id", messages.iter().copied());
    let sql = "select input.id, users.user_id, sessions.session_id from input
        left join facts on facts.bot_key = $1 and facts.id = input.id
        left join users on users.bot_key = $1 and users.user_key = facts.user_key
        left join sessions on sessions.bot_key = $1 and sessions.session_key = facts.session_key";
    let mut speakers = HashMap::new();
    for row in transaction.bulk_fetch(sql, values![bot], &bulk).await? {
        if let Some(user_id) = row.optional_text("user_id")? {
            speakers
                .insert(row.text("id")?, Speaker { user_id, session_id: row.optional_text("session_id")? });
        }
    }
    Ok(speakers)
}

async fn find_users(
    transaction: &mut Transaction,
    bot: BotKey,
    users: &[&str],
) -> Result<HashSet<String>, StoreError> {
    if users.is_empty() {
        return Ok(HashSet::new());
    }
    let bulk = Bulk::new().texts("user_id", users.iter().copied());
    let sql = "select users.user_id from input
        left join users on users.bot_key = $1 and users.user_id = input.user_id";
    let rows = transaction.bulk_fetch(sql, values![bot], &bulk).await?;
    rows.iter().filter_map(|row| row.optional_text("user_id").transpose()).collect()
}

/// Drops what waits of a user who is being erased: all of each trace that names them.
pub(crate) async fn drop_user(
    transaction: &mut Transaction,
    bot: BotKey,
    user: &UserId,
) -> Result<u64, StoreError> {
    let sql = "delete from held_spans where bot_key = $1 and trace_id in
        (select trace_id from held_spans where bot_key = $1 and user_id = $2)";
    transaction.execute(sql, values![bot, user.as_str()]).await
}

async fn insert(transaction: &mut Transaction, bot: BotKey, spans: &[HeldSpan]) -> Result<(), StoreError> {
    let bulk = Bulk::new()
        .texts("trace_id", spans.iter().map(|span| span.trace_id.as_str()))
        .texts("span_id", spans.iter().map(|span| span.span_id.as_str()))
        .ints("received_at", spans.iter().map(|span| span.received_at.as_ms()))
        .texts("user_id", spans.iter().map(|span| span.user_id.as_deref()))
        .texts("span", spans.iter().map(|span| span.span.as_str()));
    let sql = "insert into held_spans (bot_key, trace_id, span_id, received_at, user_id, span)
        select $1, trace_id, span_id, received_at, user_id, span from input where true
        on conflict (bot_key, trace_id, span_id) do nothing";
    transaction.bulk_execute(sql, values![bot], &bulk).await
}

async fn find(
    transaction: &mut Transaction,
    bot: BotKey,
    traces: &[&str],
) -> Result<Vec<HeldSpan>, StoreError> {
    let bulk = Bulk::new().texts("trace_id", traces.iter().copied());
    let sql = "select input.trace_id, span_id, user_id, received_at,
            case when octet_length(span) <= $2 then span else '' end as span from input
        left join held_spans on held_spans.bot_key = $1 and held_spans.trace_id = input.trace_id";
    let most = i64::try_from(MAX_SPAN_BYTES).unwrap_or(i64::MAX);
    let rows = transaction.bulk_fetch(sql, values![bot, most], &bulk).await?;
    rows.iter().filter_map(|row| read(row).transpose()).collect()
}

/// Traces of which nothing waits have a row of nulls.
fn read(row: &Row) -> Result<Option<HeldSpan>, StoreError> {
    let Some(span_id) = row.optional_text("span_id")? else { return Ok(None) };
    Ok(Some(HeldSpan {
        trace_id: row.text("trace_id")?,
        span_id,
        user_id: row.optional_text("user_id")?,
        received_at: row.instant("received_at")?,
        span: row.text("span")?,
    }))
}
