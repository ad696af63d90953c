//! Traces whose root does not come: they are counted by what is known of them.

use std::sync::Arc;
use std::time::Duration;

use analytics::ids::BotId;
use analytics::instant::{Instant, MINUTE_MS};
use store::bots::BotScope;
use store::held_spans::{HeldSpan, MAX_HELD_BYTES_OF_ALL, SpanChange};
use store::keys::WriteAccess;

use super::settle::{count, find_known, group_by_trace};
use super::traces::{Sent, Trace};
use crate::intake::item::ItemReader;
use crate::problem::Problem;
use crate::state::ServerState;

/// How long a trace waits for its root after its last span came, in milliseconds.
pub const WAIT_MS: i64 = MINUTE_MS;
const RELEASE_EVERY: Duration = Duration::from_secs(10);
/// How often it is counted how much waits in the whole database: other servers add to it too.
const COUNT_EVERY: Duration = Duration::from_secs(60);

/// Counts the traces that have waited long enough, as long as it is polled; several processes may do so on one database.
pub async fn release_in_background(state: ServerState) {
    let mut release = tokio::time::interval(RELEASE_EVERY);
    let mut count = tokio::time::interval(COUNT_EVERY);
    let mut is_start = true;
    loop {
        let done = tokio::select! {
            biased;
            _ = count.tick() => count_waiting(&state, std::mem::take(&mut is_start)).await,
            _ = release.tick() => release_due(&state).await,
        };
        if let Err(problem) = done {
            tracing::error!(error = ?problem, "waiting spans are not counted yet");
        }
    }
}

async fn count_waiting(state: &ServerState, is_start: bool) -> Result<(), Problem> {
    let (spans, bytes) = state.context.store.count_held_spans().await?;
    if bytes > MAX_HELD_BYTES_OF_ALL {
        tracing::warn!(spans, bytes, "too many spans wait for their traces; they are counted now");
    } else if is_start && spans > 0 {
        tracing::info!(spans, bytes, "spans wait for their traces");
    }
    Ok(())
}

/// Counts every trace of which nothing has come for [`WAIT_MS`], by what is known of it. A bot whose traces cannot be
/// counted keeps no other waiting.
///
/// # Errors
/// The last [`Problem`] of a bot whose spans the store cannot take: they go on waiting.
pub async fn release_due(state: &ServerState) -> Result<(), Problem> {
    let before = state.context.clock.now().plus_ms(-WAIT_MS);
    let mut result = Ok(());
    for bot in state.context.store.list_bots_with_due_spans(before).await? {
        if let Err(problem) = release_bot(state, bot, before).await {
            result = Err(problem);
        }
    }
    result
}

async fn release_bot(state: &ServerState, bot: BotId, before: Instant) -> Result<(), Problem> {
    loop {
        let due = state.context.store.find_due_spans(bot, before).await?;
        if due.is_empty() {
            return Ok(());
        }
        release(state, bot, due).await?;
    }
}

/// What was taken in is stored, whatever has become of the bot's activation.
async fn release(state: &ServerState, bot: BotId, due: Vec<HeldSpan>) -> Result<(), Problem> {
    let Some(found) = state.context.store.find_bot(BotScope::All, bot).await? else { return Ok(()) };
    let access = WriteAccess { bot_id: bot, is_activated: true, stores_text: found.stores_text, limit: None };
    let reader = ItemReader { arrived_at: state.context.clock.now(), stores_text: found.stores_text };
    let traces: Vec<Trace> =
        group_by_trace(due).into_iter().map(|(id, held)| Trace::of_held(id, held)).collect();
    let known = Arc::new(find_known(state, bot, &traces).await?);
    count(state, access, reader, Sent { traces, ..Sent::default() }, &known, SpanChange::default()).await?;
    Ok(())
}
