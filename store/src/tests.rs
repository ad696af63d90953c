//! The room as a whole: what comes in is what reports say.

mod accounts;
mod any_order;
mod backup;
mod distribution;
mod figures;
mod foreign;
mod held_spans;
mod intake_log;
mod keeping;
mod keys;
mod limits;
mod migrations;
mod plans;
mod processes;
mod recounts;
mod settings;
mod traffic;
mod uses;

use analytics::events::EventsReport;
use analytics::ids::BotId;
use analytics::instant::Instant;
use analytics::model_use::ModelUseReport;
use analytics::query::ReportQuery;
use analytics::report::Report;

use crate::bots::BotScope;
use crate::{Store, StoreError};

/// One question to any bot.
impl Store {
    async fn load_report(
        &self,
        bot: BotId,
        query: &ReportQuery,
        now: Instant,
    ) -> Result<Option<Report>, StoreError> {
        let Some(mut reading) = self.read_bot(BotScope::All, bot).await? else { return Ok(None) };
        reading.load_report(query, now).await.map(Some)
    }

    async fn load_events_report(
        &self,
        bot: BotId,
        query: &ReportQuery,
        now: Instant,
    ) -> Result<Option<EventsReport>, StoreError> {
        let Some(mut reading) = self.read_bot(BotScope::All, bot).await? else { return Ok(None) };
        reading.load_events_report(query, now).await.map(Some)
    }

    async fn load_model_use_report(
        &self,
        bot: BotId,
        query: &ReportQuery,
        now: Instant,
    ) -> Result<Option<ModelUseReport>, StoreError> {
        let Some(mut reading) = self.read_bot(BotScope::All, bot).await? else { return Ok(None) };
        reading.load_model_use_report(query, now).await.map(Some)
    }
}
