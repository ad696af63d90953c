//! Traces that come in pieces. What is stored first under an id stays, so nothing of a trace is counted before its root
//! is there, which comes last and may name the user. Until then, or for a minute, its spans wait in the store: they are
//! acknowledged, so they are on disk.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use analytics::ids::{BotId, SessionId, UserId};
use store::held_spans::{AskedTraces, HeldSpan, KnownTraces, Room, SpanChange, Speaker, TracesRead};
use store::intake_log::{OTHER_SPAN, WAITING_SPAN};
use store::keys::WriteAccess;

use super::spans::SpanPart;
use super::traces::{Sent, Trace};
use super::turns::{INCOMING, TraceItems, message_id, translate};
use crate::intake::batch::{Batch, store_with_spans};
use crate::intake::item::ItemReader;
use crate::intake::log::note::Note;
use crate::intake::reply::Reply;
use crate::memory::Lease;
use crate::problem::Problem;
use crate::state::ServerState;

/// About as many bytes as the items of one trace have.
const TRACE_BYTES: usize = 1024;
/// Most bytes of one trace that wait.
const MAX_TRACE_BYTES: u64 = 8 * 1024 * 1024;
/// Memory that waiting spans take while they are read, as a multiple of their bytes.
const JOINING_FACTOR: usize = 4;

/// What became of spans.
pub(super) struct Settled {
    /// The answers of the store.
    pub(super) replies: Vec<Reply>,
    /// The places in the request of spans that were rejected, with the reasons.
    pub(super) rejected: Vec<(usize, analytics::error::RejectionCode)>,
}

/// Counts the traces that are complete, and keeps the others.
pub(super) async fn settle(
    state: &ServerState,
    access: WriteAccess,
    reader: ItemReader,
    sent: Sent,
    lease: &mut Lease,
    note: &mut Note,
) -> Result<Settled, Problem> {
    let Sent { traces, rejected, ignored } = sent;
    let (spans, known) = read_known(state, access.bot_id, &traces, lease).await?;
    let known = Arc::new(known);
    let traces = join_held(state, traces, spans).await?;
    let is_due = |trace: &Trace| is_due(trace, &known);
    let (complete, waiting): (Vec<_>, Vec<_>) = traces.into_iter().partition(is_due);
    let hold = write_held(reader, &waiting)?;
    let held = hold.len();
    let outdated = waiting.iter().flat_map(|trace| trace.outdated.iter().cloned()).collect();
    let spans = SpanChange { hold, drop: outdated };
    let sent = Sent { traces: complete, rejected, ignored };
    let (mut settled, room) = count(state, access, reader, sent, &known, spans).await?;
    if room == Room::None {
        // They are counted by what is known of them now.
        let sent = Sent { traces: waiting, ..Sent::default() };
        let (more, _) = count(state, access, reader, sent, &known, SpanChange::default()).await?;
        settled.replies.extend(more.replies);
        settled.rejected.extend(more.rejected);
    } else {
        add_ignored(note, WAITING_SPAN, held as u64);
    }
    add_ignored(note, OTHER_SPAN, ignored);
    Ok(settled)
}

/// Whether a trace is counted now. One that grows without end is not waited for. One that was counted before, of a user
/// who was not known then, needs no further call to say who it was.
fn is_due(trace: &Trace, known: &Known) -> bool {
    trace.is_complete() || trace.held_bytes() > MAX_TRACE_BYTES || known.find_move(trace).is_some()
}

fn add_ignored(note: &mut Note, name: &'static str, spans: u64) {
    if spans > 0 {
        note.add_ignored(name, spans);
    }
}

/// What waits of these traces, and what was counted of them before. Reading what waits takes memory that the request did
/// not send.
async fn read_known(
    state: &ServerState,
    bot: BotId,
    traces: &[Trace],
    lease: &mut Lease,
) -> Result<(Vec<HeldSpan>, Known), Problem> {
    let ids: Vec<&str> = traces.iter().map(|trace| trace.id.as_str()).collect();
    let mut most = 0;
    loop {
        match read_traces(state, bot, &ids, traces, most).await? {
            TracesRead::Known(KnownTraces { spans, speakers, users }) => {
                return Ok((spans, Known { speakers, users }));
            }
            TracesRead::TooLarge { bytes } => {
                let more = usize::try_from(bytes - most).unwrap_or(usize::MAX);
                lease.grow_by(more.saturating_mul(JOINING_FACTOR)).await?;
                most = bytes;
            }
        }
    }
}

/// What was counted before of traces of which nothing more waits.
pub(super) async fn find_known(state: &ServerState, bot: BotId, traces: &[Trace]) -> Result<Known, Problem> {
    match read_traces(state, bot, &[], traces, 0).await? {
        TracesRead::Known(KnownTraces { speakers, users, .. }) => Ok(Known { speakers, users }),
        TracesRead::TooLarge { .. } => Ok(Known::default()),
    }
}

/// Reads what waits of `ids`, and what was counted of `traces`.
async fn read_traces(
    state: &ServerState,
    bot: BotId,
    ids: &[&str],
    traces: &[Trace],
    most: u64,
) -> Result<TracesRead, Problem> {
    if traces.is_empty() {
        return Ok(TracesRead::Known(KnownTraces::default()));
    }
    let messages: Vec<String> = traces.iter().map(|trace| message_id(trace, None, INCOMING)).collect();
    let messages: Vec<&str> = messages.iter().map(String::as_str).collect();
    let users: Vec<&str> = traces.iter().flat_map(made_up_users).collect();
    let asked = AskedTraces { traces: ids, messages: &messages, users: &users };
    Ok(state.context.store.read_traces(bot, &asked, most).await?)
}

async fn join_held(
    state: &ServerState,
    traces: Vec<Trace>,
    held: Vec<HeldSpan>,
) -> Result<Vec<Trace>, Problem> {
    if held.is_empty() {
        return Ok(traces);
    }
    let bytes = held.iter().map(|span| span.span.len()).sum();
    state.memory.work(bytes, move || Ok(join(traces, held))).await
}

fn join(mut traces: Vec<Trace>, held: Vec<HeldSpan>) -> Vec<Trace> {
    let mut held = group_by_trace(held);
    for trace in &mut traces {
        trace.join(held.remove(&trace.id).unwrap_or_default());
    }
    traces
}

pub(super) fn group_by_trace(spans: Vec<HeldSpan>) -> HashMap<String, Vec<HeldSpan>> {
    let mut traces: HashMap<String, Vec<HeldSpan>> = HashMap::new();
    for span in spans {
        traces.entry(span.trace_id.clone()).or_default().push(span);
    }
    traces
}

/// What is new of these traces, as it waits.
fn write_held(reader: ItemReader, traces: &[Trace]) -> Result<Vec<HeldSpan>, Problem> {
    let mut spans = Vec::new();
    for trace in traces {
        for part in trace.parts.iter().filter(|part| part.index.is_some()) {
            spans.push(HeldSpan {
                trace_id: trace.id.clone(),
                span_id: part.span_id.clone(),
                user_id: known_by(part),
                received_at: reader.arrived_at,
                span: serde_json::to_string(part).map_err(|error| Problem::internal(&error))?,
            });
        }
    }
    Ok(spans)
}

/// A conversation stands for the user where none is named.
fn known_by(part: &SpanPart) -> Option<String> {
    part.named.user_id.clone().or_else(|| part.named.conversation_id.clone())
}

/// Stores what traces count as, lets go what waited of them, and keeps the spans of others, at once.
pub(super) async fn count(
    state: &ServerState,
    access: WriteAccess,
    reader: ItemReader,
    sent: Sent,
    known: &Arc<Known>,
    mut spans: SpanChange,
) -> Result<(Settled, Room), Problem> {
    for trace in &sent.traces {
        move_to_user(state, access.bot_id, trace, known).await?;
    }
    let sent = Arc::new(sent);
    let read = {
        let (sent, known) = (sent.clone(), known.clone());
        move || Ok(read_items(&sent, &known, reader))
    };
    let (batch, origins) = state.memory.work(sent.traces.len() * TRACE_BYTES, read).await?;
    spans.drop.extend(sent.traces.iter().flat_map(|trace| trace.held.iter().cloned()));
    let (reply, room) = store_with_spans(state, access.bot_id, batch, spans).await?;
    let rejected = reply.rejections().filter_map(|(place, code)| Some(((*origins.get(place)?)?, code)));
    let rejected = rejected.collect();
    Ok((Settled { replies: vec![reply], rejected }, room))
}

fn read_items(sent: &Sent, known: &Known, reader: ItemReader) -> (Batch, Vec<Option<usize>>) {
    let mut items = TraceItems::new(reader);
    for trace in &sent.traces {
        translate(trace, known.speaker_of(trace), &mut items);
    }
    for (index, code) in &sent.rejected {
        items.reject(*index, *code);
    }
    (items.translation.into(), items.origins)
}

/// Gives what was counted of a trace before to the user whom it names now. Sent again after a failure it moves again.
async fn move_to_user(state: &ServerState, bot: BotId, trace: &Trace, known: &Known) -> Result<(), Problem> {
    let Some((from, to)) = known.find_move(trace) else { return Ok(()) };
    let session = trace.find_earliest(|part| part.named.conversation_id.as_deref());
    let session = session.and_then(|session| SessionId::parse(session).ok());
    let ids = format!("{}:", trace.id);
    state.context.store.move_facts(bot, &ids, &from, &to, session.as_ref()).await?;
    Ok(())
}

/// What was counted of traces before.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Whose the first message of a trace is, by its id.
    pub(super) speakers: HashMap<String, Speaker>,
    /// Users that may have been made up for a trace.
    pub(super) users: HashSet<String>,
}

impl Known {
    fn speaker_of(&self, trace: &Trace) -> Option<&Speaker> {
        self.speakers.get(&message_id(trace, None, INCOMING))
    }

    /// From whom to whom the facts of a trace move: from one who was known by the trace or the conversation alone.
    fn find_move(&self, trace: &Trace) -> Option<(UserId, UserId)> {
        let user = trace.user()?;
        let is_made_up = |speaker: &&Speaker| {
            speaker.user_id == trace.id || speaker.session_id.as_deref() == Some(speaker.user_id.as_str())
        };
        let speaker = self.speaker_of(trace).filter(is_made_up).map(|speaker| speaker.user_id.as_str());
        let from = speaker.or_else(|| made_up_users(trace).find(|user| self.users.contains(*user)))?;
        if from == user {
            return None;
        }
        Some((UserId::parse(from).ok()?, UserId::parse(user).ok()?))
    }
}

/// The users under whom a trace may have been counted before it named one, where no first message tells: a trace of
/// several turns has no message of its own, and what names the user late has no call.
fn made_up_users(trace: &Trace) -> impl Iterator<Item = &str> {
    let may_have_been = trace.names_user() && (trace.has_turns() || !trace.has_calls());
    let conversation = trace.find_earliest(|part| part.named.conversation_id.as_deref());
    [Some(trace.id.as_str()), conversation].into_iter().flatten().filter(move |_| may_have_been)
}
