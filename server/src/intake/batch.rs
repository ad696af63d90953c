//! What one request holds, and the one way into the store.

use std::collections::HashMap;

use analytics::fact::Fact;
use analytics::ids::{BotId, UserId};
use metrics::counter;
use store::aliases::Alias;
use store::held_spans::{Room, SpanChange};
use store::ingest::IngestOutcome;
use store::keys::WriteAccess;

use super::MAX_EVENTS;
use super::item::Rejection;
use super::log::seen::{Particulars, Seen};
use super::reply::Reply;
use super::translation::{Part, Translation};
use crate::problem::Problem;
use crate::state::ServerState;

/// Facts with the index of the item that each came from, and the items that are none.
#[derive(Debug, Default)]
pub struct Batch {
    /// Other ids of users that it names.
    pub aliases: Vec<Alias>,
    facts: Vec<Fact>,
    indexes: Vec<usize>,
    rejected: Vec<(usize, Rejection)>,
    seen: Seen,
}

impl Batch {
    /// The users of its facts, each as often as they have one.
    pub fn user_ids(&self) -> impl Iterator<Item = &str> {
        self.facts.iter().map(|fact| fact.user_id.as_str())
    }

    /// Gives facts to other users, by the ids under which they are now.
    pub fn rename_users(&mut self, users: &HashMap<String, UserId>) {
        for fact in &mut self.facts {
            if let Some(user) = users.get(fact.user_id.as_str()) {
                fact.user_id = user.clone();
            }
        }
    }

    /// The batch of a whole request.
    ///
    /// # Errors
    /// 413 above [`MAX_EVENTS`] items.
    pub fn of_request(translation: Translation) -> Result<Self, Problem> {
        if translation.parts.len() > MAX_EVENTS {
            Err(Problem::too_many_items())
        } else {
            Ok(translation.into())
        }
    }
}

impl From<Translation> for Batch {
    fn from(translation: Translation) -> Self {
        let mut batch = Self { seen: translation.seen, aliases: translation.aliases, ..Self::default() };
        for (index, part) in translation.parts {
            match part {
                Part::Fact(fact) => {
                    batch.facts.push(fact);
                    batch.indexes.push(index);
                }
                Part::Rejected(rejection) => batch.rejected.push((index, rejection)),
                Part::Ignored(name) => batch.seen.note_ignored(&name),
            }
        }
        batch
    }
}

/// Stores a batch, and says what became of it once it is committed.
///
/// # Errors
/// 503 when the store cannot take it; nothing of it is stored then.
pub async fn store_batch(state: &ServerState, access: WriteAccess, batch: Batch) -> Result<Reply, Problem> {
    Ok(store_with_spans(state, access.bot_id, batch, SpanChange::default()).await?.0)
}

/// The same together with what becomes of spans that wait; says whether there was room for them.
///
/// # Errors
/// Those of [`store_batch`].
pub async fn store_with_spans(
    state: &ServerState,
    bot: BotId,
    batch: Batch,
    spans: SpanChange,
) -> Result<(Reply, Room), Problem> {
    let Batch { facts, indexes, mut rejected, mut seen, .. } = batch;
    let (mut outcome, mut room) = (IngestOutcome::default(), Room::Enough);
    if !facts.is_empty() || spans != SpanChange::default() {
        let particulars = Particulars::of_first(&facts);
        (outcome, room) = state.context.store.ingest_traces(bot, facts, spans).await?;
        for &(at, code) in &outcome.rejected {
            let rejection = Rejection::by_store(code);
            seen.note_refused(rejection, particulars.get(at));
            rejected.extend(indexes.get(at).map(|index| (*index, rejection)));
        }
    }
    rejected.sort_by_key(|&(index, _)| index);
    note_outcome(&outcome, &rejected);
    Ok((Reply::new(outcome.accepted, outcome.duplicates, rejected, seen), room))
}

fn note_outcome(outcome: &IngestOutcome, rejected: &[(usize, Rejection)]) {
    counter!("parlance_intake_accepted_total").increment(outcome.accepted);
    counter!("parlance_intake_duplicates_total").increment(outcome.duplicates);
    for (_, rejection) in rejected {
        counter!("parlance_intake_rejected_total", "code" => rejection.code.as_str()).increment(1);
    }
}
