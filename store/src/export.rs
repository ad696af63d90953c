//! Everything a bot ever sent, in order of time, page by page.

use analytics::fact::Fact;
use analytics::ids::BotId;
use analytics::instant::{Instant, TimeRange};

use crate::{Store, StoreError};

/// Where the next page begins: behind this instant and id.
pub type ExportCursor = (Instant, String);

impl Store {
    /// The next facts of `range` (all when absent) behind `after`, in order of (at, id), at most `limit`.
    pub async fn load_facts(
        &self,
        bot: BotId,
        range: Option<TimeRange>,
        after: Option<&ExportCursor>,
        limit: u32,
    ) -> Result<Vec<Fact>, StoreError> {
        let _ = (bot, range, after, limit);
        unimplemented!()
    }
}
