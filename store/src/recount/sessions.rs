//! The sessions of some users in one revision: which of their messages open one, and how many each quarter has.

use super::table::Rows;
use super::tables::{self, ACTIVITY, OPENS};
use super::user::{self, RawFact, derive};
use crate::StoreError;
use crate::engine::Transaction;
use crate::rules::Side;

/// Replaces them for the users with keys from `first` up to `end`; the answer is their activity.
pub(super) async fn replace(
    transaction: &mut Transaction,
    bot: i64,
    side: &Side,
    first: i64,
    end: i64,
) -> Result<Rows<3, 3>, StoreError> {
    let revision = side.revisions.sessions;
    let facts = user::load_facts(transaction, bot, first, end).await?;
    let (mut opens, mut activity) = (Rows::new(), Rows::new());
    for facts in facts.chunk_by(|one, next| one.user == next.user) {
        let derived = derive(facts, side.rule.idle_timeout);
        opens.extend(derived.opens_rows(side));
        activity.extend(derived.activity_rows(facts));
    }
    OPENS.replace(transaction, bot, &OPENS.changes(&stored_opens(&facts, side), &opens)).await?;
    let stored = tables::load_activity(transaction, bot, revision, first, end).await?;
    let table = &ACTIVITY[usize::from(revision == 1)];
    table.replace(transaction, bot, &table.changes(&stored, &activity)).await?;
    Ok(activity)
}

/// Which facts are stored as ones that open a session.
pub(super) fn stored_opens(facts: &[RawFact], side: &Side) -> Rows<2, 1> {
    let bit = side.revisions.opens_bit();
    facts.iter().filter(|fact| fact.opens & bit != 0).map(|fact| ([fact.key, bit], [1])).collect()
}
