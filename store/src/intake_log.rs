//! What came for each bot lately and what became of it, for its owner to look at. It is written beside the requests, some
//! of them at once, and only the newest rows of a bot stay: no figure depends on them.

mod entries;
mod rows;

use analytics::ids::BotId;

use crate::bots::find_bot_key;
use crate::engine::{Engine, Transaction, values};
use crate::{Store, StoreError};
pub use entries::{
    IntakeRejection, IntakeRequest, MAX_REJECTIONS, MAX_REQUESTS, OPENING, OTHER_SPAN, Refusal,
    RejectionKind, Sample, WAITING_SPAN,
};

/// What is to be noted of one bot, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntakeNotes {
    /// Whose key was used.
    pub bot: BotId,
    /// Requests.
    pub requests: Vec<IntakeRequest>,
    /// Items that were not counted.
    pub rejections: Vec<IntakeRejection>,
}

/// What is known of a bot's requests, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IntakeLog {
    /// At most [`MAX_REQUESTS`].
    pub requests: Vec<IntakeRequest>,
    /// At most [`MAX_REJECTIONS`] of either kind.
    pub rejections: Vec<IntakeRejection>,
}

impl Store {
    /// Notes what came, and forgets what is no longer among the newest. Each bot's notes leave `notes` once they are
    /// stored; those of deleted bots go nowhere.
    pub async fn note_intake(&self, notes: &mut Vec<IntakeNotes>) -> Result<(), StoreError> {
        let at_once = match self.database().engine() {
            // Every transaction has everybody's turn: better one.
            Engine::Sqlite => notes.len(),
            Engine::Postgres => 1,
        };
        while !notes.is_empty() {
            let rest = notes.len().saturating_sub(at_once);
            let mut transaction = self.database().write().await?;
            for notes in &notes[rest..] {
                note(&mut transaction, notes).await?;
            }
            transaction.commit().await?;
            notes.truncate(rest);
        }
        Ok(())
    }

    /// What came for a bot lately.
    pub async fn load_intake_log(&self, bot: BotId) -> Result<IntakeLog, StoreError> {
        let mut transaction = self.database().read().await?;
        let Some(key) = find_bot_key(&mut transaction, bot).await? else { return Ok(IntakeLog::default()) };
        Ok(IntakeLog {
            requests: rows::load_requests(&mut transaction, key).await?,
            rejections: rows::load_rejections(&mut transaction, key).await?,
        })
    }
}

/// Takes turns by the row in `bots`, which nobody needs who stores messages.
async fn note(transaction: &mut Transaction, notes: &IntakeNotes) -> Result<(), StoreError> {
    let sql = "select bot_key from bots where bot_id = $1 for update";
    let row = transaction.fetch_optional(sql, values![notes.bot.as_i64()]).await?;
    let Some(row) = row else { return Ok(()) };
    let bot = row.bot_key("bot_key")?;
    rows::insert_requests(transaction, bot, &notes.requests).await?;
    rows::insert_rejections(transaction, bot, &notes.rejections).await
}
