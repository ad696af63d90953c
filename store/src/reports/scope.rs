//! Which counters a question reads.

use analytics::assembly::ReportSubject;
use analytics::calendar::Calendar;
use analytics::ids::Channel;
use analytics::instant::{Instant, TimeRange};
use analytics::report::ReportBot;

use crate::StoreError;
use crate::bots::{Bot, StoredBot};
use crate::engine::{Transaction, values};
use crate::rules::rule::Revisions;
use crate::table_keys::{BotKey, EVERYTHING};

/// The counters that a question reads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope {
    /// The bot's key.
    pub(crate) bot: BotKey,
    /// Everything, or a channel's key; `None` for a channel never seen, which has no rows.
    pub(crate) key: Option<i64>,
    pub(crate) calendar: Calendar,
    /// Which rows are live.
    pub(crate) revisions: Revisions,
    /// Edges before it are moved down to a quarter.
    pub(crate) horizon: Instant,
    /// Raw rows before it are gone.
    pub(crate) raw_from: i64,
    /// No message came before it.
    pub(crate) first_at: i64,
}

/// The first and the last message that count.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ends {
    pub(super) first: Option<Instant>,
    pub(super) last: Option<Instant>,
}

/// What a report says of the bot itself.
pub(super) fn subject(bot: &Bot, ends: Ends) -> ReportSubject {
    ReportSubject {
        bot: ReportBot { id: bot.id, name: bot.name.clone() },
        idle_timeout: bot.idle_timeout,
        first_message_at: ends.first,
        last_message_at: ends.last,
        recalculation: bot.recalculation.clone(),
    }
}

/// The counters of a bot, or of one of its channels, and the first and the last message that count.
pub(super) async fn find_scope(
    transaction: &mut Transaction,
    stored: &StoredBot,
    channel: Option<&Channel>,
) -> Result<(Scope, Ends), StoreError> {
    let bot = &stored.bot;
    let scope = |key, ends: Ends| Scope {
        bot: stored.key,
        key,
        calendar: bot.calendar,
        revisions: stored.rules.live.revisions,
        horizon: Instant::from_ms(stored.rules.horizon),
        raw_from: stored.raw_from,
        first_at: ends.first.map_or(0, Instant::as_ms),
    };
    let Some(channel) = channel else {
        let ends = Ends { first: bot.first_message_at, last: bot.last_message_at };
        return Ok((scope(Some(EVERYTHING), ends), ends));
    };
    let sql = "select channel_key, first_message_at, last_message_at from channels where bot_key = $1 and name = $2";
    let row = transaction.fetch_optional(sql, values![stored.key, channel.as_str()]).await?;
    let none = Ends { first: None, last: None };
    let Some(row) = row else { return Ok((scope(None, none), none)) };
    let ends = Ends {
        first: row.optional_instant("first_message_at")?,
        last: row.optional_instant("last_message_at")?,
    };
    // With events alone a channel is not yet seen.
    Ok((scope(ends.first.and(Some(row.int("channel_key")?)), ends), ends))
}

/// Ranges with their edges before the horizon moved down to quarters of an hour: nothing finer is known there.
pub(super) fn round_down(horizon: Instant, ranges: &[TimeRange]) -> Vec<TimeRange> {
    let round = |at: Instant| if at < horizon { at.quarter() } else { at };
    ranges.iter().map(|range| TimeRange::new(round(range.start), round(range.end))).collect()
}
