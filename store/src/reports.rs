//! Figures from counters: a report costs in proportion to its buckets, never to the messages.

mod edges;
mod events;
mod messages;
mod models;
mod quarters;
mod question;
mod ranges;
mod scope;
mod tally;

use std::time::Duration;

use analytics::assembly::ReportPlan;
use analytics::events::EventsReport;
use analytics::ids::{BotId, Channel};
use analytics::instant::Instant;
use analytics::model_use::ModelUseReport;
use analytics::query::ReportQuery;
use analytics::report::Report;
use tokio::sync::OwnedSemaphorePermit;

use crate::bots::{Bot, BotScope, StoredBot, load_bot, load_channels};
use crate::engine::Transaction;
use crate::{Store, StoreError, measures};
use ranges::Ranges;
use scope::{find_scope, subject};

/// How long a report waits for others to end.
const WAIT_FOR_TURN: Duration = Duration::from_secs(10);

/// A bot and its figures as they are at one moment: everything asked of it is read in one transaction.
#[derive(Debug)]
pub struct Reading {
    transaction: Transaction,
    stored: StoredBot,
    _turn: OwnedSemaphorePermit,
}

impl Store {
    /// Opens a bot for reading, if it exists and is in scope. Whether it is activated, and shows figures at all, is decided
    /// above. One reader is always left for other questions.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when other reports take all readers for ten seconds.
    pub async fn read_bot(&self, scope: BotScope, bot: BotId) -> Result<Option<Reading>, StoreError> {
        let turn = self.inner.reports.clone().acquire_owned();
        let turn = tokio::time::timeout(WAIT_FOR_TURN, turn).await.map_err(|_| StoreError::Busy)?;
        let turn = turn.map_err(|_| StoreError::Closed)?;
        let mut transaction = self.database().read().await?;
        let stored = load_bot(&mut transaction, bot).await?.filter(|stored| scope.contains(&stored.bot));
        Ok(stored.map(|stored| Reading { transaction, stored, _turn: turn }))
    }
}

impl Reading {
    /// The bot.
    pub fn bot(&self) -> &Bot {
        &self.stored.bot
    }

    /// Channels that a message or event came on, by name.
    pub async fn list_channels(&mut self) -> Result<Vec<Channel>, StoreError> {
        load_channels(&mut self.transaction, self.stored.key).await
    }

    /// Answers a question about messages.
    ///
    /// # Errors
    /// [`StoreError::Query`] when the question cannot be answered as put.
    pub async fn load_report(&mut self, query: &ReportQuery, now: Instant) -> Result<Report, StoreError> {
        let began = std::time::Instant::now();
        let Self { transaction, stored, .. } = self;
        let (scope, ends) = find_scope(transaction, stored, query.channel.as_ref()).await?;
        let bot = &stored.bot;
        // A channel never seen has zeros since the bot's first message.
        let counts_from = if scope.key.is_some() { ends.first } else { bot.first_message_at };
        let plan = ReportPlan::new(query, bot.calendar, now, counts_from)?.with_horizon(scope.horizon);
        let figures = messages::read_figures(transaction, scope, &plan).await?;
        let subject = subject(bot, ends);
        measures::note_report(began);
        Ok(plan.into_report(subject, &figures))
    }

    /// Answers a question about custom events.
    ///
    /// # Errors
    /// [`StoreError::Query`] when the question cannot be answered as put.
    pub async fn load_events_report(
        &mut self,
        query: &ReportQuery,
        now: Instant,
    ) -> Result<EventsReport, StoreError> {
        let began = std::time::Instant::now();
        let asked = question::resolve(&mut self.transaction, &self.stored, query, now).await?;
        let figures = match Ranges::new(asked.scope, &asked.plan) {
            Some(ranges) => events::read_figures(&mut self.transaction, &ranges, &asked.plan).await?,
            None => Vec::new(),
        };
        let (head, gaps) = asked.plan.head(asked.subject);
        measures::note_report(began);
        Ok(EventsReport::new(head, &gaps, figures))
    }

    /// Answers a question about the use of language models.
    ///
    /// # Errors
    /// [`StoreError::Query`] when the question cannot be answered as put.
    pub async fn load_model_use_report(
        &mut self,
        query: &ReportQuery,
        now: Instant,
    ) -> Result<ModelUseReport, StoreError> {
        let began = std::time::Instant::now();
        let asked = question::resolve(&mut self.transaction, &self.stored, query, now).await?;
        let figures = match Ranges::new(asked.scope, &asked.plan) {
            Some(ranges) => models::read_figures(&mut self.transaction, &ranges, &asked.plan).await?,
            None => Vec::new(),
        };
        let (head, gaps) = asked.plan.head(asked.subject);
        measures::note_report(began);
        Ok(ModelUseReport::new(head, &gaps, figures))
    }
}
