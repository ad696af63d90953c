//! One bot's batch: load the state it touches, decide, save. The caller holds the bot's turn and commits.

use std::collections::{HashMap, HashSet};

use analytics::error::RejectionCode;
use analytics::fact::{Fact, FactKind};
use analytics::ids::BotId;

use super::activity::{Counted, count_activity};
use super::lines::{Lines, Links};
use super::names::{Names, SessionNames};
use super::uses::CountedUses;
use super::{idle, named, save};
use crate::StoreError;
use crate::bots::take_turn;
use crate::engine::{Bulk, PerEngine, Transaction, values};
use crate::rows::{Kind, Span};
use crate::rules::{Rules, Side, rule_columns};

/// What became of one item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Accepted,
    Duplicate,
    Rejected(RejectionCode),
}

/// What intake knows of a bot while it has the turn.
#[derive(Debug)]
pub(super) struct BotState {
    /// Its key.
    pub(super) bot: i64,
    /// By what its rows are counted: the live side, and the one that is being built.
    pub(super) sides: Vec<Side>,
    /// The bits by which `facts.opens` says that a message opens a session by the live rule.
    pub(super) live_opens_bits: i64,
    /// What lies before it is rejected.
    pub(super) horizon: i64,
    pub(super) next_user_key: i64,
    pub(super) next_session_key: i64,
    /// First and last message.
    pub(super) span: Span,
}

/// An accepted fact with its names replaced by keys.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewFact<'a> {
    pub(super) fact: &'a Fact,
    pub(super) key: i64,
    pub(super) user: i64,
    pub(super) channel: i64,
    pub(super) session: Option<i64>,
    pub(super) kind: Kind,
    pub(super) at: i64,
}

impl NewFact<'_> {
    /// Whether it is a message in no named session.
    pub(super) fn is_idle(&self) -> bool {
        self.session.is_none() && self.kind.is_message()
    }
}

/// A session that begins to count (+1) or ceases to (−1), where its opening message is or was.
#[derive(Clone, Copy, Debug)]
pub(super) struct SessionChange {
    /// The place among the bot's sides of the one for which it does.
    pub(super) side: usize,
    pub(super) user: i64,
    pub(super) channel: i64,
    pub(super) at: i64,
    pub(super) sessions: i64,
}

/// Which messages open sessions, as far as the batch decides it.
#[derive(Debug, Default)]
pub(super) struct Openings {
    /// By fact key, new and stored ones: the bits of the revisions in which the message opens a session now.
    pub(super) opens: HashMap<i64, i64>,
    pub(super) changes: Vec<SessionChange>,
    /// The opening of named sessions by session key, where it is new or has moved.
    pub(super) of_sessions: HashMap<i64, i64>,
}

/// All that a batch adds and changes.
#[derive(Debug)]
pub(super) struct Decided<'a> {
    pub(super) names: Names,
    pub(super) sessions: SessionNames,
    pub(super) new: Vec<NewFact<'a>>,
    pub(super) openings: Openings,
    pub(super) links: Links,
    pub(super) counted: Counted,
    pub(super) uses: CountedUses,
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

    let uses = CountedUses::count(transaction, &state, &names, &new).await?;
    let decided = Decided { names, sessions, new, openings, links, counted, uses };
    save::save(transaction, &state, &decided).await?;
    Ok(fates)
}

impl BotState {
    /// The first statements of every batch: from here on the bot's other writers wait.
    async fn load(transaction: &mut Transaction, bot: BotId) -> Result<Self, StoreError> {
        let key = take_turn(transaction, bot).await?.ok_or(StoreError::UnknownBot)?;
        // A statement of its own: PostgreSQL would read `recounts` as it was when the wait for the turn began.
        let sql = concat!(
            "select bot_state.next_user_key, next_session_key, first_message_at, last_message_at, ",
            rule_columns!(),
            " from bot_state left join recounts on recounts.bot_key = $1 where bot_state.bot_key = $1"
        );
        let row = transaction.fetch_one(sql, values![key]).await?;
        let rules = Rules::read(&row, 4)?;
        Ok(Self {
            bot: key,
            next_user_key: row.int(0)?,
            next_session_key: row.int(1)?,
            span: Span::from_columns(row.optional_int(2)?, row.optional_int(3)?),
            sides: rules.sides().collect(),
            live_opens_bits: rules.live_opens_bits(),
            horizon: rules.horizon,
        })
    }

    /// The sides that count a user, with their places.
    pub(super) fn sides_of(&self, user: i64) -> impl Iterator<Item = (usize, &Side)> {
        self.sides.iter().enumerate().filter(move |(_, side)| side.covers(user))
    }

    /// The bits by which `facts.opens` says that a message opens a session for the side at a place.
    pub(super) fn opens_bits(&self, place: usize) -> i64 {
        match place {
            0 => self.live_opens_bits,
            _ => self.sides[place].revisions.opens_bit(),
        }
    }

    fn widen(&mut self, new: &[NewFact<'_>]) {
        for fact in new.iter().filter(|fact| fact.kind.is_message()) {
            self.span.widen(fact.at);
        }
    }
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
    let decide = |(place, fact): (usize, &&Fact)| {
        let id = fact.id.as_str();
        if fact.at.as_ms() < state.horizon {
            return Fate::Rejected(RejectionCode::BeforeRetention);
        }
        if stored.contains(&place) || seen.contains(id) {
            return Fate::Duplicate;
        }
        match names.admit(fact) {
            Ok(()) => {
                seen.insert(id.to_owned());
                Fate::Accepted
            }
            Err(code) => Fate::Rejected(code),
        }
    };
    Ok(facts.iter().enumerate().map(decide).collect())
}

/// The places of those facts whose ids are stored.
async fn find_stored(
    transaction: &mut Transaction,
    bot: i64,
    facts: &[&Fact],
) -> Result<HashSet<usize>, StoreError> {
    let bulk = Bulk::new()
        .ints("place", (0_i64..).take(facts.len()))
        .texts("id", facts.iter().map(|fact| fact.id.as_str()));
    let sql = "select place from (select input.place, (select facts.fact_key from facts
            where facts.bot_key = $1 and facts.id = input.id) as fact_key from input) as found
        where fact_key is not null";
    let rows = transaction.bulk_fetch(sql, values![bot], &bulk).await?;
    rows.iter().map(|row| row.place(0)).collect()
}

/// Takes the keys of $2 new facts and says the first. SQLite's keys are rowids, unique over all bots, and written in the
/// same turn; PostgreSQL's are a bot's own, so that bots do not wait for each other. No key is ever given twice.
const TAKE_FACT_KEYS: PerEngine = PerEngine {
    sqlite: "update fact_keys set next_key = next_key + $2 where only_row = 1 and $1 > 0
        returning next_key - $2",
    postgres: "update bot_state set next_fact_key = next_fact_key + $2 where bot_key = $1
        returning next_fact_key - $2",
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
    let first_key = transaction.fetch_one(sql, values![state.bot, count]).await?.int(0)?;
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
    new.ok_or(StoreError::Corrupt { table: "users", column: "user_id" })
}
