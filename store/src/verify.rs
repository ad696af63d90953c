//! Counters are a cache of the raw messages: this recounts them and compares.

use analytics::ids::BotId;

use crate::bots::take_turn;
pub use crate::difference::Difference;
use crate::recount::{Action, Extent, links, recount};
use crate::{Store, StoreError};

impl Store {
    /// Recounts a bot's derived rows from its raw messages, in one transaction, and lists what differs. With
    /// `repair` the recount replaces them.
    pub async fn verify(&self, bot: BotId, repair: bool) -> Result<Vec<Difference>, StoreError> {
        if !repair {
            return recount(&mut self.database().read().await?, bot, Extent::Everything, Action::Compare)
                .await;
        }
        let mut transaction = self.database().write().await?;
        let Some(key) = take_turn(&mut transaction, bot).await? else { return Ok(Vec::new()) };
        let differences = recount(&mut transaction, bot, Extent::Everything, Action::Compare).await?;
        if !differences.is_empty() {
            // By broken links, facts would be missed.
            links::relink(&mut transaction, key).await?;
            recount(&mut transaction, bot, Extent::Everything, Action::Repair).await?;
        }
        transaction.commit().await?;
        Ok(differences)
    }
}
