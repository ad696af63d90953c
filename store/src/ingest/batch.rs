//! One bot's batch: load the state it touches, decide, save. The caller holds the bot's turn and commits.

use std::borrow::Cow;
use std::collections::HashSet;

use analytics::error::RejectionCode;
use analytics::fact::{Fact, FactKind};
use analytics::ids::BotId;

use super::activity::count_activity;
use super::events_and_models::CountedEventsAndModels;
use super::lines::Lines;
use super::names::{Names, SessionNames};
use super::save::{self, Decided};
use super::state::{BotState, NewFact, Openings};

use super::{idle, named};
use crate::StoreError;
use crate::engine::{Bulk, PerEngine, Transaction, values};
use crate::rows::Kind;
use crate::table_keys::BotKey;

/// What became of one item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Accepted,
    Duplicate,
    Rejected(RejectionCode),
}

/// Stores facts and everything derived from them. Fates stand in the order of the facts.
///
/// # Errors
/// [`StoreError::UnknownBot`], before anything is written.
pub(crate) async fn store_facts(
    transaction: &mut Transaction,
    bot: BotId,
    facts: &[&Fact],
) -> Result<Vec<Fate>, StoreError> {
    let mut state = BotState::load(transaction, bot).await?;
    let mut names = Names::load(transaction, &state, facts).await?;
    let fates = decide_fates(transaction, &state, &mut names, facts).await?;
    let accepted = facts.iter().zip(&fates).filter(|(_, fate)| **fate == Fate::Accepted);
    let accepted: Vec<&Fact> = accepted.map(|(fact, _)| *fact).collect();
    if accepted.is_empty() {
        return Ok(fates);
    }
    names.load_users(transaction, &mut state, &accepted).await?;
    let mut sessions = SessionNames::load(transaction, &mut state, &names, &accepted).await?;
    let new = assign_keys(transaction, &state, &names, &sessions, &accepted).await?;

    let lines = Lines::load(transaction, &state, names.first_new_user(), &new).await?;
    let mut openings = Openings::default();
    idle::decide(transaction, &state, &lines, &new, &mut openings).await?;
    named::decide(&state, &new, &mut sessions, &mut openings);
    let links = lines.link(&new);
    let mut counted =
        count_activity(transaction, &state, names.first_new_user(), &new, &openings.changes).await?;
    counted.note_last(&links);
    state.widen(&new);
    names.widen(&new);

    let events_and_models = CountedEventsAndModels::count(transaction, &state, &names, &new).await?;
    let decided = Decided { names, sessions, new, openings, links, counted, events_and_models };
    save::save(transaction, &state, &decided).await?;
    Ok(fates)
}

/// The first of equal ids wins; what is stored already is a duplicate, whatever else may be wrong with it. What lies
/// before the horizon is rejected, stored or not: nobody knows any more. An id is known as long as its row is there.
async fn decide_fates(
    transaction: &mut Transaction,
    state: &BotState,
    names: &mut Names,
    facts: &[&Fact],
) -> Result<Vec<Fate>, StoreError> {
    let stored = find_stored(transaction, state.bot, facts).await?;
    let mut seen = HashSet::with_capacity(facts.len());
    let fates = facts.iter().enumerate().map(|(place, fact)| {
        let id = fact.id.as_str();
        if fact.at.as_ms() < state.horizon {
            return Fate::Rejected(RejectionCode::BeforeRetention);
        }
        if stored.contains(&place) || seen.contains(id) {
            return Fate::Duplicate;
        }
        match names.admit(fact) {
            Ok(()) => {
                seen.insert(id);
                Fate::Accepted
            }
            Err(code) => Fate::Rejected(code),
        }
    });
    Ok(fates.collect())
}

/// The places of those facts whose ids are stored.
async fn find_stored(
    transaction: &mut Transaction,
    bot: BotKey,
    facts: &[&Fact],
) -> Result<HashSet<usize>, StoreError> {
    let bulk = Bulk::new()
        .ints("place", (0_i64..).take(facts.len()))
        .texts("id", facts.iter().map(|fact| fact.id.as_str()));
    let sql = "select place from (select input.place, (select facts.fact_key from facts
            where facts.bot_key = $1 and facts.id = input.id) as fact_key from input) as found
        where fact_key is not null";
    let rows = transaction.bulk_fetch(sql, values![bot], &bulk).await?;
    rows.iter().map(|row| row.place("place")).collect()
}

/// Takes the keys of $2 new facts and says the first. SQLite's keys are rowids, unique over all bots, and written in the
/// same turn; PostgreSQL's are a bot's own, so that bots do not wait for each other. No key is ever given twice.
const TAKE_FACT_KEYS: PerEngine = PerEngine {
    sqlite: "update fact_keys set next_key = next_key + $2 where only_row = 1 and $1 > 0
        returning next_key - $2 as first_key",
    postgres: "update bot_state set next_fact_key = next_fact_key + $2 where bot_key = $1
        returning next_fact_key - $2 as first_key",
};

async fn assign_keys<'a>(
    transaction: &mut Transaction,
    state: &BotState,
    names: &Names,
    sessions: &SessionNames,
    accepted: &[&'a Fact],
) -> Result<Vec<NewFact<'a>>, StoreError> {
    let count = i64::try_from(accepted.len()).ok();
    let sql = transaction.pick(TAKE_FACT_KEYS);
    let first_key = transaction.fetch_one(sql, values![state.bot, count]).await?.int("first_key")?;
    let assign = |(fact, key): (&&'a Fact, i64)| {
        let user = names.user_key(fact.user_id.as_str())?;
        let kind = match &fact.kind {
            FactKind::Message(message) => Kind::from(message.direction),
            FactKind::Event(_) => Kind::Event,
            FactKind::ModelCall(_) => Kind::ModelCall,
        };
        Some(NewFact {
            fact,
            key,
            user,
            channel: names.channel_key(fact.channel.as_str())?,
            session: fact.session_id.as_ref().and_then(|id| sessions.key(user, id.as_str())),
            kind,
            at: fact.at.as_ms(),
        })
    };
    let new: Option<Vec<_>> = accepted.iter().zip(first_key..).map(assign).collect();
    new.ok_or(StoreError::Corrupt { table: Cow::Borrowed("users"), column: "user_id" })
}
