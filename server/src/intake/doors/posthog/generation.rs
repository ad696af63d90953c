//! Calls of language models as PostHog's clients tell them: `$ai_generation` and `$ai_embedding`.

use analytics::instant::Instant;

use crate::intake::doors::otlp::{Spoken, Words, read_spoken};
use crate::intake::doors::sent::Sent;
use crate::intake::doors::vocabulary;
use crate::intake::item::{Item, MODEL_CALL, Value};
use crate::intake::json;
use analytics::fact::Direction;

/// The event that is one call of a language model.
pub(super) const GENERATION: &str = "$ai_generation";
/// The event that is one call of a model that makes vectors of texts: nobody has said anything.
const EMBEDDING: &str = "$ai_embedding";
/// The least HTTP status of a call that failed.
const FIRST_ERROR_STATUS: u64 = 400;
/// A property with which an author says that the bot sends its messages as events too.
const MESSAGES: &str = "parlance_messages";
/// Tokens that were read from a cache or written to it.
const CACHED: [&str; 2] = ["$ai_cache_read_input_tokens", "$ai_cache_creation_input_tokens"];

/// Whether an event of this name is a call.
pub(super) fn is_call(name: &str) -> bool {
    [GENERATION, EMBEDDING].contains(&name)
}

/// What a call used.
pub(super) fn describe<'a>(said: &Sent<'a>) -> Item<'a> {
    let find = |name: &str| said.find(name).map(Value::from);
    Item {
        r#type: Some(MODEL_CALL.into()),
        channel: find("channel"),
        model: find("$ai_model"),
        model_failed: has_failed(said).then_some(Value::Flag(true)),
        input_tokens: find_input_tokens(said),
        output_tokens: find("$ai_output_tokens"),
        cost_usd: find_cost(said),
        latency_ms: said.find("$ai_latency").and_then(Value::milliseconds),
        ..Item::default()
    }
}

/// The user of a call. A client that knows none puts the id of the trace there: then the conversation stands for the user,
/// as in traces.
pub(super) fn find_user<'a>(user: Option<Value<'a>>, said: &Sent<'a>) -> Option<Value<'a>> {
    let trace = said.id("$ai_trace_id");
    let is_trace = user.as_ref().and_then(Value::as_id).is_some_and(|user| Some(user) == trace);
    let conversation = || vocabulary::find_id(said, &["$ai_session_id"]);
    if is_trace { conversation().or(user) } else { user }
}

/// The messages around a call, by the item of the call: the user's when it began, the bot's when it ended. Calls of one
/// trace are one turn, so their messages have the trace's ids and count once.
pub(super) fn messages<'a>(call: &Item<'a>, said: &Sent<'a>, arrived_at: Instant) -> Vec<Item<'a>> {
    if said.flag(MESSAGES) == Some(false) {
        return Vec::new();
    }
    let trace =
        said.id("$ai_trace_id").or_else(|| call.id.as_ref()?.as_id().map(|id| id.into_owned().into()));
    let Spoken { asked, answered } = spoken(said);
    let ended_at = call.at.as_ref().and_then(Value::as_moment).unwrap_or(arrived_at);
    let latency = call.latency_ms.as_ref().and_then(Value::as_whole).unwrap_or(0);
    let message = |direction: Direction, end: &str, at: Instant, words: Words| Item {
        r#type: None,
        id: trace.as_ref().map(|trace| format!("{trace}:{end}").into()),
        user_id: call.user_id.clone(),
        session_id: call.session_id.clone(),
        at: Some(at.as_ms().into()),
        direction: Some(direction.into()),
        channel: call.channel.clone(),
        text: words.map(Value::from),
        ..Item::default()
    };
    let began_at = ended_at.plus_ms(latency.saturating_neg());
    let asked = asked.map(|words| message(Direction::Incoming, "in", began_at, words));
    let answered = answered.filter(|_| !has_failed(said));
    let answered = answered.map(|words| message(Direction::Outgoing, "out", ended_at, words));
    asked.into_iter().chain(answered).collect()
}

fn spoken(said: &Sent<'_>) -> Spoken {
    let json = |name: &str| said.find(name).map(serde_json::value::RawValue::get);
    let purpose = said.text("$ai_span_name");
    read_spoken(json("$ai_input"), json("$ai_output_choices"), purpose.as_deref())
}

fn has_failed(said: &Sent<'_>) -> bool {
    let status = said.find("$ai_http_status").and_then(json::read_count);
    said.flag("$ai_is_error") == Some(true) || status.is_some_and(|status| status >= FIRST_ERROR_STATUS)
}

/// Cached tokens are part of the input, unless the client says that it counts them apart.
fn find_input_tokens<'a>(said: &Sent<'a>) -> Option<Value<'a>> {
    let input = said.find("$ai_input_tokens")?;
    if said.flag("$ai_cache_reporting_exclusive") != Some(true) {
        return Some(input.into());
    }
    let cached = CACHED.iter().filter_map(|name| json::read_count(said.find(name)?));
    let all = cached.chain([json::read_count(input)?]).try_fold(0_u64, u64::checked_add);
    all.and_then(Value::count)
}

fn find_cost<'a>(said: &Sent<'a>) -> Option<Value<'a>> {
    let parts = || {
        let parts = ["$ai_input_cost_usd", "$ai_output_cost_usd"].into_iter();
        let mut parts = parts.filter_map(|name| Value::from(said.find(name)?).as_rounded_nano());
        let first = parts.next()?;
        parts.try_fold(first, i64::checked_add).map(Value::Nano)
    };
    said.find("$ai_total_cost_usd").map(Value::from).or_else(parts)
}
