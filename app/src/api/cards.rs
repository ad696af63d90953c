//! A bot's past week as text and lines, ready to be shown.

use std::cmp::{Ordering, Reverse};

use analytics::metric::Metric;
use analytics::names;
use analytics::query::ReportQuery;
use analytics::report::Report;
use store::bots::{Bot, BotScope};

use super::refusal::internal;
use super::words::ago;
use crate::charts::sparkline;
use crate::context::ServerContext;
use crate::error::AppError;
use crate::format;
use crate::wire::bots::{BotCard, BotSort, BotState, CardFigure, PAGE_BOTS};

/// The cards of a page, in the order asked for. Only the order by messages needs the figures of all bots.
pub(super) async fn load(
    context: &ServerContext,
    mut bots: Vec<Bot>,
    sort: BotSort,
    page: u64,
) -> Result<Vec<BotCard>, AppError> {
    match sort {
        // As they come from the store.
        BotSort::Name => {}
        BotSort::LastMessage => bots.sort_by_key(|bot| Reverse(bot.last_message_at)),
        BotSort::Messages => {
            let mut counted = load_reports(context, bots).await?;
            counted.sort_by_key(|(_, report)| Reverse(messages(report.as_ref())));
            return Ok(cards(context, of_page(counted, page)));
        }
    }
    Ok(cards(context, load_reports(context, of_page(bots, page).collect()).await?.into_iter()))
}

fn of_page<T>(all: Vec<T>, page: u64) -> impl Iterator<Item = T> {
    let size = usize::try_from(PAGE_BOTS).unwrap_or(usize::MAX);
    all.into_iter().skip(usize::try_from(page).unwrap_or(usize::MAX).saturating_mul(size)).take(size)
}

async fn load_reports(
    context: &ServerContext,
    bots: Vec<Bot>,
) -> Result<Vec<(Bot, Option<Report>)>, AppError> {
    let mut counted = Vec::with_capacity(bots.len());
    for bot in bots {
        let report = load_report(context, &bot).await?;
        counted.push((bot, report));
    }
    Ok(counted)
}

fn messages(report: Option<&Report>) -> u64 {
    report.map_or(0, |report| report.totals.messages.value)
}

fn cards(context: &ServerContext, counted: impl Iterator<Item = (Bot, Option<Report>)>) -> Vec<BotCard> {
    counted.map(|(bot, report)| card(context, bot, report.as_ref())).collect()
}

/// How far a bot has come.
pub(super) fn state(bot: &Bot) -> BotState {
    match (bot.is_activated, bot.first_message_at) {
        (false, _) => BotState::Inactive,
        (true, None) => BotState::Waiting,
        (true, Some(_)) => BotState::Receiving,
    }
}

async fn load_report(context: &ServerContext, bot: &Bot) -> Result<Option<Report>, AppError> {
    if state(bot) != BotState::Receiving {
        return Ok(None);
    }
    let Some(mut reading) = context.store.read_bot(BotScope::One(bot.id), bot.id).await.map_err(internal)?
    else {
        return Ok(None);
    };
    let report = reading.load_report(&ReportQuery::default(), context.clock.now()).await;
    report.map(Some).map_err(internal)
}

fn card(context: &ServerContext, bot: Bot, report: Option<&Report>) -> BotCard {
    let figures = report.map(|report| {
        [("Users", Metric::TotalUsers), ("Sessions", Metric::Sessions), ("Messages", Metric::Messages)]
            .map(|(label, metric)| figure(report, label, metric))
            .to_vec()
    });
    BotCard {
        id: bot.id,
        state: state(&bot),
        last_message: bot.last_message_at.map(|at| ago(at, context.clock.now())),
        name: names::show(&bot.name).into_owned(),
        figures: figures.unwrap_or_default(),
    }
}

fn figure(report: &Report, label: &str, metric: Metric) -> CardFigure {
    let kpi = report.totals.get(metric);
    let index = format::index(kpi.index(), "no earlier data");
    let trend = match index.direction {
        Ordering::Greater => "up",
        Ordering::Less => "down",
        Ordering::Equal => "same",
    };
    let days: Vec<_> = report.timeseries.iter().map(|row| row.get(metric)).collect();
    CardFigure {
        label: label.to_owned(),
        value: format::short_count(kpi.value),
        exact: format::count(kpi.value),
        index: index.text,
        index_words: index.words,
        trend: trend.to_owned(),
        sparkline: sparkline::path(&days, sparkline::highest(&days)),
    }
}
