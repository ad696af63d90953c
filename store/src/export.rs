//! Everything a bot ever sent, in order of time, page by page.

use std::borrow::Cow;

use analytics::error::RejectionCode;
use analytics::fact::{Direction, Event, Fact, FactKind, Message, ModelUse};
use analytics::ids::{BotId, Channel, EventName, FactId, SessionId, UserId};
use analytics::instant::{Instant, TimeRange};

use crate::bots::find_bot_key;
use crate::counting::models::read_model_use;
use crate::engine::{Bulk, Row, Transaction, values};
use crate::rows::Kind;
use crate::table_keys::BotKey;
use crate::{Store, StoreError};

/// Where the next page begins: behind this instant and id.
pub type ExportCursor = (Instant, String);

/// Details are looked up by a range of one key: where the key is known to be unique, PostgreSQL counts a look-up that
/// finds nothing twice, and prefers to read two rows, which is what it expects of a bot before it has counted them.
macro_rules! select_facts {
    ($from:literal, $rest:literal) => {
        concat!(
            "select facts.id, facts.at, facts.kind, users.user_id, sessions.session_id, channels.name as channel,
                m.text, m.intent, m.handled, m.model, m.input_tokens, m.output_tokens, m.cost_nano_usd, m.latency_ms,
                m.model_failed, event_names.name as event, e.value_nano, e.properties ",
            $from,
            " join users on users.bot_key = $1 and users.user_key = facts.user_key
            join channels on channels.bot_key = $1 and channels.channel_key = facts.channel_key
            left join sessions on sessions.bot_key = $1 and sessions.session_key = facts.session_key
            left join message_details as m on m.bot_key = $1 and m.fact_key between facts.fact_key and facts.fact_key
            left join event_details as e on e.bot_key = $1 and e.fact_key = facts.fact_key
            left join event_names on event_names.bot_key = $1 and event_names.event_key = e.event_key ",
            $rest
        )
    };
}

const SELECT_FACTS: &str = select_facts!(
    "from facts",
    "where facts.bot_key = $1 and facts.at >= $2 and facts.at < $3 and (facts.at > $4 or facts.id > $5)
    order by facts.at, facts.id limit $6"
);
const SELECT_BY_KEYS: &str = select_facts!(
    "from input join facts on facts.bot_key = $1 and facts.fact_key = input.fact_key",
    "order by facts.at, facts.id"
);

impl Store {
    /// The next facts of `range` (all when absent) behind `after`, in order of (at, id), at most `limit`.
    pub async fn load_facts(
        &self,
        bot: BotId,
        range: Option<TimeRange>,
        after: Option<&ExportCursor>,
        limit: u32,
    ) -> Result<Vec<Fact>, StoreError> {
        let (start, end) =
            range.map_or((i64::MIN, i64::MAX), |range| (range.start.as_ms(), range.end.as_ms()));
        let (after_at, after_id) = after.map_or((i64::MIN, ""), |(at, id)| (at.as_ms(), id.as_str()));
        let start = start.max(after_at);
        let mut transaction = self.database().read().await?;
        let Some(key) = find_bot_key(&mut transaction, bot).await? else { return Ok(Vec::new()) };
        let values = values![key, start, end, after_at, after_id, i64::from(limit)];
        let rows = transaction.fetch_all(SELECT_FACTS, values).await?;
        rows.iter().map(read_fact).collect()
    }
}

/// The facts with these keys, in order of (at, id).
pub(crate) async fn load_by_keys(
    transaction: &mut Transaction,
    bot: BotKey,
    keys: impl IntoIterator<Item = i64>,
) -> Result<Vec<Fact>, StoreError> {
    let bulk = Bulk::new().ints("fact_key", keys);
    let rows = transaction.bulk_fetch(SELECT_BY_KEYS, values![bot], &bulk).await?;
    rows.iter().map(read_fact).collect()
}

fn read_fact(row: &Row) -> Result<Fact, StoreError> {
    let session_id =
        row.optional_text("session_id")?.map(|id| SessionId::parse(id).map_err(corrupt)).transpose()?;
    let kind = match row.kind("kind")? {
        Kind::Incoming => FactKind::Message(read_message(row, Direction::Incoming)?),
        Kind::Outgoing => FactKind::Message(read_message(row, Direction::Outgoing)?),
        Kind::Event => FactKind::Event(read_event(row)?),
        Kind::ModelCall => FactKind::ModelCall(read_model_use(row)?),
    };
    Ok(Fact {
        id: FactId::parse(row.text("id")?).map_err(corrupt)?,
        user_id: UserId::parse(row.text("user_id")?).map_err(corrupt)?,
        session_id,
        at: row.instant("at")?,
        channel: Channel::parse(&row.text("channel")?).map_err(corrupt)?,
        kind,
    })
}

fn read_message(row: &Row, direction: Direction) -> Result<Message, StoreError> {
    let model_use = read_model_use(row)?;
    Ok(Message {
        direction,
        text: row.optional_text("text")?,
        intent: row.optional_text("intent")?,
        handled: row.optional_int("handled")?.map(|handled| handled != 0),
        model_use: (model_use != ModelUse::default()).then_some(model_use),
    })
}

fn read_event(row: &Row) -> Result<Event, StoreError> {
    let name = row.optional_text("event")?.ok_or(corrupt(RejectionCode::TypeInvalid))?;
    Ok(Event {
        name: EventName::parse(name).map_err(corrupt)?,
        value_nano: row.optional_int("value_nano")?,
        properties: row.optional_text("properties")?,
    })
}

fn corrupt(_: RejectionCode) -> StoreError {
    StoreError::Corrupt { table: Cow::Borrowed("facts"), column: "id" }
}
