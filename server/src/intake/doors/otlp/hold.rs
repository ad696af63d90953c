//! Traces that come in pieces. What is stored first under an id stays, so nothing of a trace is counted before its root
//! is there, which comes last and may name the user. Until then, or for a minute, its spans wait in the store: they are
//! acknowledged, so they are on disk.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use analytics::ids::BotId;
use analytics::instant::{Instant, MINUTE_MS};
use store::StoreError;
use store::bots::BotScope;
use store::held_spans::{HeldSpan, HeldSpanId, MAX_HELD_BYTES_OF_ALL, Speaker};
use store::keys::WriteAccess;

use super::spans::Part;
use super::traces::{Sent, Trace};
use super::turns::{incoming_id, translate};
use crate::intake::batch::{Batch, store_batch};
use crate::intake::doors::{Translation, read_parts};
use crate::intake::item::ItemReader;
use crate::intake::log::note::Note;
use crate::intake::reply::Reply;
use crate::memory::Lease;
use crate::problem::Problem;
use crate::state::ServerState;

/// How long a trace waits for its root after its last span came.
pub const WAIT_MS: i64 = MINUTE_MS;
const RELEASE_EVERY: Duration = Duration::from_secs(10);
/// What the Intake log shows of spans that are not counted, or not yet.
const WAITING: &str = "span that waits for its trace";
const OTHER: &str = "span that is no call";
/// About as many bytes as the items of one trace have.
const TRACE_BYTES: usize = 1024;
/// Most bytes of one trace that wait.
const MAX_TRACE_BYTES: u64 = 8 * 1024 * 1024;
/// Memory that waiting spans take while they are read, as a multiple of their bytes.
const JOINING_FACTOR: usize = 4;
/// How often it is counted how much waits in the whole database: other servers add to it too.
const COUNT_EVERY: Duration = Duration::from_secs(60);

/// Counts the traces that are complete, and keeps the others.
pub(super) async fn settle(
    state: &ServerState,
    access: WriteAccess,
    reader: ItemReader,
    sent: Sent,
    lease: &mut Lease,
    note: &mut Note,
) -> Result<Reply, Problem> {
    let Sent { traces, rejected, ignored } = sent;
    let traces = join_held(state, access.bot_id, traces, lease).await?;
    let (mut complete, waiting): (Vec<_>, Vec<_>) = traces.into_iter().partition(is_due);
    if hold(state, access.bot_id, reader, &waiting).await? {
        add_ignored(note, WAITING, waiting.iter().flat_map(new_parts).map(|_| 1).sum());
    } else {
        // No room: they are counted by what is known of them now.
        complete.extend(waiting);
    }
    add_ignored(note, OTHER, ignored);
    count(state, access, reader, Sent { traces: complete, rejected, ignored }).await
}

/// Whether a trace is counted now. One that grows without end is not waited for.
fn is_due(trace: &Trace) -> bool {
    trace.is_complete() || trace.held_bytes() > MAX_TRACE_BYTES
}

fn add_ignored(note: &mut Note, name: &'static str, spans: u64) {
    if spans > 0 {
        note.add_ignored(name, spans);
    }
}

/// What came of a trace in this request.
fn new_parts(trace: &Trace) -> impl Iterator<Item = &Part> {
    trace.parts.iter().filter(|part| part.index.is_some())
}

/// Adds to traces the spans of them that wait. Reading those takes memory that the request did not send.
async fn join_held(
    state: &ServerState,
    bot: BotId,
    traces: Vec<Trace>,
    lease: &mut Lease,
) -> Result<Vec<Trace>, Problem> {
    if traces.is_empty() {
        return Ok(traces);
    }
    let store = &state.context.store;
    let ids: Vec<&str> = traces.iter().map(|trace| trace.id.as_str()).collect();
    let bytes = usize::try_from(store.measure_held_spans(bot, &ids).await?).unwrap_or(usize::MAX);
    if bytes == 0 {
        return Ok(traces);
    }
    lease.grow_by(bytes.saturating_mul(JOINING_FACTOR)).await?;
    let held = store.find_held_spans(bot, &ids).await?;
    state.memory.work(bytes, move || Ok(join(traces, held))).await
}

fn join(mut traces: Vec<Trace>, held: Vec<HeldSpan>) -> Vec<Trace> {
    let mut held = group_by_trace(held);
    for trace in &mut traces {
        trace.join(held.remove(&trace.id).unwrap_or_default());
    }
    traces
}

fn group_by_trace(spans: Vec<HeldSpan>) -> HashMap<String, Vec<HeldSpan>> {
    let mut traces: HashMap<String, Vec<HeldSpan>> = HashMap::new();
    for span in spans {
        traces.entry(span.trace_id.clone()).or_default().push(span);
    }
    traces
}

/// Keeps what is new of these traces; says whether there was room.
async fn hold(
    state: &ServerState,
    bot: BotId,
    reader: ItemReader,
    traces: &[Trace],
) -> Result<bool, Problem> {
    let mut spans = Vec::new();
    for trace in traces {
        for part in new_parts(trace) {
            spans.push(HeldSpan {
                trace_id: trace.id.clone(),
                span_id: part.span_id.clone(),
                // A conversation stands for the user where none is named.
                user_id: part.user_id.clone().or_else(|| part.conversation_id.clone()),
                received_at: reader.arrived_at,
                span: serde_json::to_string(part).map_err(|error| Problem::internal(&error))?,
            });
        }
    }
    Ok(spans.is_empty() || state.context.store.hold_spans(bot, &spans).await?)
}

/// Stores what traces count as, and then lets go what waited of them. Broken off between the two, they are counted
/// again, by the same ids.
async fn count(
    state: &ServerState,
    access: WriteAccess,
    reader: ItemReader,
    sent: Sent,
) -> Result<Reply, Problem> {
    let stored = find_stored(state, access.bot_id, &sent.traces).await?;
    let sent = Arc::new(sent);
    let read = {
        let sent = sent.clone();
        move || Ok(read_items(&sent, &stored, reader))
    };
    let batch = state.memory.work(sent.traces.len() * TRACE_BYTES, read).await?;
    let reply = store_batch(state, access, batch).await?;
    let held: Vec<HeldSpanId> = sent.traces.iter().flat_map(|trace| trace.held.iter().cloned()).collect();
    if !held.is_empty() {
        state.context.store.drop_held_spans(access.bot_id, &held).await?;
    }
    Ok(reply)
}

/// Whose traces are that name nobody, as far as their first message was counted before.
async fn find_stored(
    state: &ServerState,
    bot: BotId,
    traces: &[Trace],
) -> Result<HashMap<String, Speaker>, StoreError> {
    let unnamed = traces.iter().filter(|trace| !trace.names_user());
    let ids: Vec<String> = unnamed.map(|trace| incoming_id(&trace.id)).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    state.context.store.find_speakers(bot, &ids.iter().map(String::as_str).collect::<Vec<_>>()).await
}

fn read_items(sent: &Sent, stored: &HashMap<String, Speaker>, reader: ItemReader) -> Batch {
    let mut translation = Translation::default();
    for trace in &sent.traces {
        translate(trace, stored.get(&incoming_id(&trace.id)), &mut translation);
    }
    for (index, code) in &sent.rejected {
        translation.reject(*index, *code);
    }
    read_parts(&translation, reader)
}

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
            tracing::error!(error = ?problem, "spans that have waited are not counted yet");
        }
    }
}

async fn count_waiting(state: &ServerState, is_start: bool) -> Result<(), Problem> {
    let (spans, bytes) = state.context.store.count_held_spans().await?;
    if bytes > MAX_HELD_BYTES_OF_ALL {
        tracing::warn!(
            spans,
            bytes,
            "more spans wait for their traces than may wait; they are being counted"
        );
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
    let access = WriteAccess { bot_id: bot, is_activated: true, stores_text: found.stores_text, door: None };
    let reader = ItemReader { arrived_at: state.context.clock.now(), stores_text: found.stores_text };
    let traces = group_by_trace(due).into_iter().map(|(id, held)| Trace::of_held(id, held)).collect();
    count(state, access, reader, Sent { traces, ..Sent::default() }).await?;
    Ok(())
}
