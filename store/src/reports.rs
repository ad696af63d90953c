//! Figures from counters: a report costs in proportion to its buckets, never to the messages.

mod edges;
mod events;
mod models;
mod stretches;
mod strips;
mod tally;
mod uses;

use std::collections::HashMap;
use std::time::Duration;

use analytics::assembly::{BucketSource, Figures, ReportPlan, ReportSubject};
use analytics::bucket::Bucket;
use analytics::calendar::Calendar;
use analytics::events::EventsReport;
use analytics::ids::{BotId, Channel};
use analytics::instant::{Instant, TimeRange};
use analytics::metric::Tally;
use analytics::model_use::ModelUseReport;
use analytics::query::ReportQuery;
use analytics::report::{Report, ReportBot};

use crate::bots::{Bot, BotScope, StoredBot, load_bot, load_channels};
use crate::counters::EVERYTHING;
use crate::engine::{Transaction, values};
use crate::rules::Revisions;
use crate::{Store, StoreError, measures};
use stretches::Stretches;
use tally::Series;
use tokio::sync::OwnedSemaphorePermit;

/// How long a report waits for others to end.
const WAIT_FOR_TURN: Duration = Duration::from_secs(10);

/// The counters that a question reads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope {
    /// The bot's key.
    pub(crate) bot: i64,
    /// Everything, or a channel's key; `None` for a channel never seen, which has no rows.
    pub(crate) key: Option<i64>,
    pub(crate) calendar: Calendar,
    /// Which rows are live.
    pub(crate) revisions: Revisions,
    /// Edges before it are moved down to a quarter.
    pub(crate) horizon: Instant,
    /// Raw rows before it are gone.
    pub(crate) raw_from: i64,
    /// No message came before it.
    pub(crate) first_at: i64,
}

/// The first and the last message that count.
#[derive(Clone, Copy, Debug)]
struct Ends {
    first: Option<Instant>,
    last: Option<Instant>,
}

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
        let figures = read_figures(transaction, scope, &plan).await?;
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
        let asked = uses::ask(&mut self.transaction, &self.stored, query, now).await?;
        let figures = match Stretches::new(asked.scope, &asked.plan) {
            Some(stretches) => events::read_figures(&mut self.transaction, &stretches, &asked.plan).await?,
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
        let asked = uses::ask(&mut self.transaction, &self.stored, query, now).await?;
        let figures = match Stretches::new(asked.scope, &asked.plan) {
            Some(stretches) => models::read_figures(&mut self.transaction, &stretches, &asked.plan).await?,
            None => Vec::new(),
        };
        let (head, gaps) = asked.plan.head(asked.subject);
        measures::note_report(began);
        Ok(ModelUseReport::new(head, &gaps, figures))
    }
}

/// What a report says of the bot itself.
fn subject(bot: &Bot, ends: Ends) -> ReportSubject {
    ReportSubject {
        bot: ReportBot { id: bot.id, name: bot.name.clone() },
        idle_timeout: bot.idle_timeout,
        first_message_at: ends.first,
        last_message_at: ends.last,
        recalculation: bot.recalculation.clone(),
    }
}

async fn find_scope(
    transaction: &mut Transaction,
    stored: &StoredBot,
    channel: Option<&Channel>,
) -> Result<(Scope, Ends), StoreError> {
    let bot = &stored.bot;
    let scope = |key, ends: Ends| Scope {
        bot: stored.key,
        key,
        calendar: bot.calendar,
        revisions: stored.rules.live.revisions,
        horizon: Instant::from_ms(stored.rules.horizon),
        raw_from: stored.raw_from,
        first_at: ends.first.map_or(0, Instant::as_ms),
    };
    let Some(channel) = channel else {
        let ends = Ends { first: bot.first_message_at, last: bot.last_message_at };
        return Ok((scope(Some(EVERYTHING), ends), ends));
    };
    let sql = "select channel_key, first_message_at, last_message_at from channels where bot_key = $1 and name = $2";
    let row = transaction.fetch_optional(sql, values![stored.key, channel.as_str()]).await?;
    let none = Ends { first: None, last: None };
    let Some(row) = row else { return Ok((scope(None, none), none)) };
    let ends = Ends { first: row.optional_instant(1)?, last: row.optional_instant(2)? };
    // With events alone a channel is not yet seen.
    Ok((scope(ends.first.and(Some(row.int(0)?)), ends), ends))
}

async fn read_figures(
    transaction: &mut Transaction,
    scope: Scope,
    plan: &ReportPlan,
) -> Result<Figures, StoreError> {
    let counted = plan.comparison.map(|window| window.counted());
    let mut ranges = vec![plan.period.range];
    ranges.extend(counted);
    let series = [&plan.buckets, &plan.comparison_buckets];
    let composed = series.into_iter().flatten().filter(|bucket| !is_whole(plan, bucket));
    ranges.extend(composed.map(|bucket| bucket.range));

    let bars = [find_series(plan, &plan.buckets), find_series(plan, &plan.comparison_buckets)];
    let series: Vec<Series> = bars.into_iter().flatten().collect();
    let (tallies, whole) = tally::read_tallies(transaction, scope, &ranges, &series).await?;
    let (mut tallies, mut whole) = (tallies.into_iter(), whole.into_iter());
    let totals = tallies.next().unwrap_or_default();
    let comparison_totals = counted.and_then(|_| tallies.next()).unwrap_or_default();
    let mut put_together = |buckets, series: Option<Series>| {
        let whole = series.and_then(|_| whole.next()).unwrap_or_default();
        complete_series(plan, buckets, &whole, &mut tallies)
    };
    Ok(Figures {
        totals,
        comparison_totals,
        timeseries: put_together(&plan.buckets, bars[0]),
        comparison_timeseries: put_together(&plan.comparison_buckets, bars[1]),
    })
}

fn is_whole(plan: &ReportPlan, bucket: &Bucket) -> bool {
    matches!(plan.source(bucket), BucketSource::Tier(_))
}

/// Where a series has its whole buckets, if it has any.
fn find_series(plan: &ReportPlan, buckets: &[Bucket]) -> Option<Series> {
    let tier = buckets.iter().find_map(|bucket| match plan.source(bucket) {
        BucketSource::Tier(tier) => Some(tier),
        BucketSource::Counters | BucketSource::RawRows => None,
    });
    let all = buckets.first().zip(buckets.last());
    tier.zip(all.map(|(first, last)| TimeRange::new(first.range.start, last.range.end)))
}

/// A series: whole buckets of a tier from `whole`, the others from `composed`, in order.
fn complete_series(
    plan: &ReportPlan,
    buckets: &[Bucket],
    whole: &HashMap<Instant, Tally>,
    composed: &mut impl Iterator<Item = Tally>,
) -> Vec<Tally> {
    let tally = |bucket: &Bucket| match is_whole(plan, bucket) {
        true => whole.get(&bucket.range.start).copied().unwrap_or_default(),
        false => composed.next().unwrap_or_default(),
    };
    buckets.iter().map(tally).collect()
}
